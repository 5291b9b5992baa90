// What happens to files that a backup made: verified, and copied into an empty data directory.
#include <algorithm>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>

#include "store/files.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/directory_lock.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_journal.h"

namespace calm::store {
namespace {

using Progress = std::function<void(uint64_t, uint64_t)>;

Result<> copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                   const Progress& progress) {
    CALM_TRY_ASSIGN(File source, File::open(from, O_RDONLY));
    CALM_TRY_ASSIGN(File target, File::open(to, O_RDWR | O_CREAT | O_TRUNC));
    std::error_code failed;
    const uint64_t total = std::filesystem::file_size(from, failed);
    if (failed) return std::unexpected(system_error(failed.value(), "read", from));
    std::string chunk(1 << 20, '\0');
    for (uint64_t done = 0; done < total;) {
        const auto size = std::min<uint64_t>(chunk.size(), total - done);
        CALM_TRY(source.read_at(done, chunk.data(), size, from));
        CALM_TRY(target.write_at(done, std::string_view(chunk).substr(0, size), to));
        done += size;
        if (progress) progress(done, total);
    }
    return target.sync(to);
}

Result<> verify_copy(const std::filesystem::path& file) {
    CALM_TRY_ASSIGN(Database database, open_read_only(file, ""));
    CALM_TRY_ASSIGN(const int64_t form, form_of(database));
    if (form == 0) return fail("database_foreign", "it holds no ledger");
    return check_all(database);
}

Result<> copy_verified(const std::filesystem::path& backup, const std::filesystem::path& part,
                       const std::filesystem::path& to, const Progress& progress) {
    CALM_TRY(copy_file(backup, part, progress));
    CALM_TRY(verify_copy(part));
    return publish(part, to);
}

}  // namespace

Result<> verify_sqlite_file(const std::filesystem::path& file) {
    CALM_TRY(File::open(file, O_RDONLY));
    return verify_copy(file);
}

Result<> restore_sqlite_journal(const std::filesystem::path& backup,
                                const std::filesystem::path& directory,
                                const std::function<void(uint64_t, uint64_t)>& progress) {
    CALM_TRY(verify_sqlite_file(backup));
    CALM_TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::take(directory));
    const auto file = sqlite_file(directory);
    // A log without its database would be taken for the restored one's.
    for (const char* behind : {"", "-wal", "-shm"}) {
        auto path = file;
        path += behind;
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) {
            return fail("database_exists", fmt::format("`{}` exists already", path.string()));
        }
    }
    auto part = file;
    part += ".part";
    const auto done = copy_verified(backup, part, file, progress);
    std::error_code ignored;
    if (!done) std::filesystem::remove(part, ignored);
    return done;
}

}  // namespace calm::store
