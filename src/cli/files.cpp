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

std::unexpected<Error> write_failed(const std::filesystem::path& path) {
    return std::unexpected(write_error(errno, path));
}

Result<> write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return write_failed(path);
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    if (fsync(fd) != 0) return write_failed(path);
    return {};
}

// `at` is where it is made, `named` what its errors are told of.
Result<> make_file(const std::filesystem::path& at, const std::filesystem::path& named,
                   std::string_view bytes, mode_t mode) {
    const Descriptor file(open(at.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) {
        return errno == EEXIST ? system_fail("file_exists", named) : write_failed(named);
    }
    auto written = write_all(file.get(), bytes, named);
    if (!written) unlink(at.c_str());
    return written;
}

}  // namespace

Error write_error(int number, const std::filesystem::path& path) {
    const char* code = "file_unwritable";
    switch (number) {
        case EACCES:
        case EPERM:
        case EROFS: code = "file_forbidden"; break;
        case ENOENT:
        case ENOTDIR: code = "directory_missing"; break;
        default: break;
    }
    return {code, "`" + path.string() + "`: " + std::strerror(number)};
}

Result<std::string> read_file(const std::filesystem::path& path, size_t bytes_max) {
    const bool standard = path == "-";
    const Descriptor file(standard ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        const bool missing = errno == ENOENT || errno == ENOTDIR;
        return system_fail(missing ? "file_not_found" : "file_unreadable", path);
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
    return make_file(path, path, bytes, mode);
}

Result<> replace_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    std::filesystem::path part = path;
    part += ".part";
    unlink(part.c_str());
    CALM_TRY(make_file(part, path, bytes, mode));
    if (rename(part.c_str(), path.c_str()) != 0) {
        auto failed = write_failed(path);
        unlink(part.c_str());
        return failed;
    }
    return {};
}

}  // namespace calm::cli
