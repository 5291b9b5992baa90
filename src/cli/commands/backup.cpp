// calm backup FILE, calm restore FILE, calm export sqlite FILE.
#include <filesystem>

#include <boost/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/download.h"
#include "cli/files.h"
#include "cli/progress.h"
#include "cli/server_file.h"
#include "store/sqlite/sqlite_journal.h"

namespace calm::cli {
namespace {

Exit tell(Call& call, const Result<uint64_t>& size, const std::string& file, const char* key) {
    if (!size) return call.fail_server(size.error());
    if (call.json()) call.print_json(boost::json::object{{"file", file}, {"bytes", *size}});
    call.say(key, {{"file", file}, {"size", bytes_text(*size)}});
    return Exit::ok;
}

Exit backup(Call& call, const std::string& file) {
    const auto size = download_file(call, "/v1/backup", file, [](const std::string& part) {
        return store::verify_sqlite_file(part);
    });
    return tell(call, size, file, "command.backup.done");
}

struct RestoreOptions {
    std::string file;
    std::string data;
    std::string config;
    bool dry_run = false;
};

// What root restores belongs to whom the directory belongs to.
void give_to_owner_of(const std::filesystem::path& directory) {
    struct stat owner {};
    if (geteuid() != 0 || stat(directory.c_str(), &owner) != 0) return;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
        if (!entry.is_regular_file(ignored)) continue;
        if (lchown(entry.path().c_str(), owner.st_uid, owner.st_gid) != 0) return;
    }
}

Result<> check_backup(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return fail("file_not_found", "`" + file + "`");
    return store::verify_sqlite_file(file);
}

Result<> put_back(Call& call, const RestoreOptions& options,
                  const std::filesystem::path& directory) {
    std::error_code ignored;
    if (!std::filesystem::exists(options.file, ignored)) {
        return fail("file_not_found", "`" + options.file + "`");
    }
    // The mark stands before the database does: whatever is interrupted, calmd never takes a
    // restored log for the one that went on. An earlier restoration's mark must stay.
    const auto mark = directory / kRestoredMark;
    const bool marked_before = std::filesystem::exists(mark, ignored);
    CALM_TRY(replace_file(mark, "", 0600));
    Progress progress(call, "progress.bytes");
    const auto done = store::restore_sqlite_journal(
        options.file, directory, [&](uint64_t at, uint64_t total) { progress.at(at, total); });
    if (!done) {
        if (!marked_before) std::filesystem::remove(mark, ignored);
        return done;
    }
    give_to_owner_of(directory);
    return {};
}

Exit restore(Call& call, const RestoreOptions& options) {
    std::filesystem::path directory = options.data;
    if (directory.empty()) {
        const auto file = read_server_file(server_file_path(call.terminal(), options.config));
        if (!file) return call.fail(file.error());
        directory = file->data_directory;
    }
    if (!options.dry_run) {
        std::error_code error;
        const bool made = std::filesystem::create_directories(directory, error);
        if (error) return call.fail(write_error(error.value(), directory));
        // The server's keys will lie in it.
        if (made) {
            std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
        }
    }
    const auto done =
        options.dry_run ? check_backup(options.file) : put_back(call, options, directory);
    if (!done) return call.fail(done.error());
    if (call.json()) {
        call.print_json(
            boost::json::object{{"file", options.file}, {"data_directory", directory.string()}});
    }
    call.say(options.dry_run ? "command.restore.sound" : "command.restore.done",
             {{"file", options.file}, {"directory", directory.string()}});
    return Exit::ok;
}

Exit export_sqlite(Call& call, const std::string& file) {
    return tell(call, download_file(call, "/v1/export/sqlite", file, {}), file,
                "command.export.sqlite.done");
}

}  // namespace

Action declare_backup(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return backup(call, file); };
}

Action declare_restore(Form& form) {
    auto& options = form.make<RestoreOptions>();
    form.is_file(form.argument("FILE", options.file));
    form.option("--data", "DIRECTORY", options.data);
    form.option("--config", "FILE", options.config);
    form.flag("--dry-run", options.dry_run);
    return [&options](Call& call) { return restore(call, options); };
}

Action declare_export_sqlite(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return export_sqlite(call, file); };
}

}  // namespace calm::cli
