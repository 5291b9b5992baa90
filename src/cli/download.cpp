// Downloads.
#include "cli/download.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/progress.h"

namespace calm::cli {
namespace {

// The server copies its database before it sends the first byte of it.
constexpr std::chrono::minutes kSilenceMax{10};

Result<> write_piece(int fd, std::string_view piece, const std::string& file) {
    while (!piece.empty()) {
        const ssize_t written = write(fd, piece.data(), piece.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return std::unexpected(write_error(errno, file));
        piece.remove_prefix(static_cast<size_t>(written));
    }
    return {};
}

// What goes wrong with the part is told of the file: nobody asked for a part.
Result<uint64_t> fill(Call& call, HttpClient& server, const std::string& path,
                      const std::string& part, const std::string& file) {
    const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return std::unexpected(write_error(errno, file));
    uint64_t size = 0;
    Progress progress(call, "progress.bytes");
    auto done = server.download({.path = path, .timeout = kSilenceMax},
                                [&](std::string_view piece) -> Result<> {
                                    CALM_TRY(write_piece(fd, piece, file));
                                    size += piece.size();
                                    progress.at(size, 0);
                                    return {};
                                });
    if (done && fsync(fd) != 0) done = std::unexpected(write_error(errno, file));
    close(fd);
    if (!done) return std::unexpected(std::move(done).error());
    return size;
}

}  // namespace

Result<uint64_t> download_file(Call& call, const std::string& path, const std::string& file,
                               const std::function<Result<>(const std::string&)>& check) {
    std::error_code error;
    if (std::filesystem::exists(file, error)) return fail("file_exists", "`" + file + "`");
    CALM_TRY_ASSIGN(HttpClient* const server, call.client());
    const std::string part = file + ".part";
    auto size = fill(call, *server, path, part, file);
    if (size && check) {
        if (auto sound = check(part); !sound) size = std::unexpected(std::move(sound).error());
    }
    if (size) {
        std::filesystem::rename(part, file, error);
        if (error) size = std::unexpected(write_error(error.value(), file));
    }
    if (!size) std::filesystem::remove(part, error);
    return size;
}

}  // namespace calm::cli
