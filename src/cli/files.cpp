// Whole files.
#include "cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace calm::cli {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ > STDERR_FILENO) close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

std::unexpected<Error> system_fail(const char* code, const std::filesystem::path& path) {
    return fail(code, "`" + path.string() + "`: " + std::strerror(errno));
}

Result<> write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_fail("file_unwritable", path);
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    if (fsync(fd) != 0) return system_fail("file_unwritable", path);
    return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, size_t bytes_max) {
    const bool standard = path == "-";
    const Descriptor file(standard ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        return system_fail(errno == ENOENT ? "file_not_found" : "file_unreadable", path);
    }
    std::string bytes;
    char piece[16384];
    while (true) {
        const ssize_t got = read(file.get(), piece, sizeof(piece));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_fail("file_unreadable", path);
        if (got == 0) return bytes;
        if (bytes.size() + static_cast<size_t>(got) > bytes_max) {
            return fail("file_too_large", "`" + path.string() + "` has more than " +
                                              std::to_string(bytes_max) + " bytes");
        }
        bytes.append(piece, static_cast<size_t>(got));
    }
}

Result<std::string> read_secret_file(const std::filesystem::path& path) {
    CALM_TRY_ASSIGN(std::string text, read_file(path, 4096));
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
}

Result<> create_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) {
        return system_fail(errno == EEXIST ? "file_exists" : "file_unwritable", path);
    }
    auto written = write_all(file.get(), bytes, path);
    if (!written) unlink(path.c_str());
    return written;
}

Result<> replace_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    std::filesystem::path part = path;
    part += ".part";
    unlink(part.c_str());
    CALM_TRY(create_file(part, bytes, mode));
    if (rename(part.c_str(), path.c_str()) != 0) {
        auto failed = system_fail("file_unwritable", path);
        unlink(part.c_str());
        return failed;
    }
    return {};
}

}  // namespace calm::cli
