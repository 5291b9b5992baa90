// Backup and export: whole files, made beside the data and streamed.
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "server/api.h"
#include "server/sqlite_export.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// A file that is deleted already and lives as long as it is read.
class FileSource final : public http::BodySource {
  public:
    explicit FileSource(int descriptor) : descriptor_(descriptor) {}
    ~FileSource() override { ::close(descriptor_); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    Pull pull(std::string& out) override {
        constexpr size_t kPiece = 64 * 1024;
        const size_t before = out.size();
        out.resize(before + kPiece);
        const ssize_t got = ::read(descriptor_, out.data() + before, kPiece);
        out.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0) return Pull::failed;
        return got == 0 ? Pull::done : Pull::more;
    }

  private:
    int descriptor_;
};

void stream_and_delete(const std::filesystem::path& file, Responder responder) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    std::error_code ignored;
    const auto size = std::filesystem::file_size(file, ignored);
    std::filesystem::remove(file, ignored);
    if (descriptor < 0)
        return responder.fail({"backup_failed", "the file that was made cannot be read"});
    Response response;
    response.content_type = http::kSqlite;
    responder.stream(response, std::make_unique<FileSource>(descriptor), size);
}

std::filesystem::path temporary_file(const Api& api, std::string_view kind) {
    static uint64_t number = 0;
    const auto file =
        std::filesystem::path(api.data_directory) / fmt::format(".{}-{}", kind, ++number);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);  // left by a process that was killed
    return file;
}

// The writer thread copies a few milliseconds at a time between commits.
void backup(Api& api, const Request&, Responder responder) {
    const auto file = temporary_file(api, "backup");
    struct Work {
        std::unique_ptr<store::Backup> backup;
        std::optional<Error> error;
        Responder responder;
    };
    // Steps run on the writer thread and the answer on the loop, one after the other.
    auto work = std::make_shared<Work>(Work{{}, {}, std::move(responder)});
    const auto finish = [&api, work, file] {
        api.server.post([work, file] {
            if (work->error) return work->responder.fail(*work->error);
            stream_and_delete(file, std::move(work->responder));
        });
        return false;
    };
    api.server.writer().run_between([work, file, finish](store::Journal& journal) {
        if (!work->backup) {
            auto started = journal.start_backup(file);
            if (!started) {
                work->error = started.error();
                return finish();
            }
            work->backup = std::move(*started);
        }
        const auto progress = work->backup->step();
        if (progress && !progress->finished) return true;
        if (!progress) work->error = progress.error();
        work->backup.reset();
        return finish();
    });
}

void export_sqlite(Api& api, const Request&, Responder responder) {
    const auto file = temporary_file(api, "export");
    make_sqlite_export(api, file,
                       [file, responder = std::move(responder)](Result<Committed> done) mutable {
                           if (!done) return responder.fail(done.error());
                           stream_and_delete(file, std::move(responder));
                       });
}

}  // namespace

void add_export_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/backup", rights::own, "A copy of the database, keys included", backup,
        http::kSlow);
    row(Method::get, "/v1/export/sqlite", rights::audit,
        "Packs, CALs, hosts and usage as plain SQL tables", export_sqlite, http::kSlow);
}

}  // namespace calm
