// A PASETO token in a file.
#include "agent/sealed_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "documents/paseto.h"

namespace calm {
namespace {

constexpr size_t kSealedBytesMax = size_t{64} << 20;

std::string assertion_for(std::string_view purpose) {
    return fmt::format("calm.host-file.{}.v1", purpose);
}

Error cannot(std::string_view code, std::string_view what, const std::string& path) {
    return {std::string(code), fmt::format("{} `{}`: {}", what, path, std::strerror(errno))};
}

class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd_ >= 0) close(fd_);
    }
    int fd() const { return fd_; }

  private:
    int fd_;
};

bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

Result<SealedFile> read_all(const std::string& path, size_t size_max) {
    // Not to be held up by a pipe in its place.
    const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info {};
    if (file.fd() < 0 || fstat(file.fd(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return std::unexpected(cannot("host_file_unreadable", "cannot read", path));
    }
    if (static_cast<size_t>(info.st_size) > size_max) {
        return fail("host_file_unreadable", fmt::format("`{}` is too long", path));
    }
    SealedFile out{.content = std::string(static_cast<size_t>(info.st_size), '\0'),
                   .changed = Instant{info.st_ctim.tv_sec}};
    size_t size = 0;
    while (size < out.content.size()) {
        const ssize_t got = ::read(file.fd(), out.content.data() + size, out.content.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += static_cast<size_t>(got);
    }
    out.content.resize(size);
    return out;
}

}  // namespace

Result<> write_file(const std::string& path, std::string_view content, unsigned mode) {
    const std::string temporary = path + ".new";
    {
        unlink(temporary.c_str());
        const File file(
            open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
        if (file.fd() < 0 || fchmod(file.fd(), mode) != 0 || !write_all(file.fd(), content) ||
            fsync(file.fd()) != 0) {
            const Error error = cannot("host_file_unwritable", "cannot write", temporary);
            unlink(temporary.c_str());
            return std::unexpected(error);
        }
    }
    if (rename(temporary.c_str(), path.c_str()) != 0) {
        return std::unexpected(cannot("host_file_unwritable", "cannot write", path));
    }
    const size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const File folder(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.fd() < 0 || fsync(folder.fd()) != 0) {
        return std::unexpected(cannot("host_file_unwritable", "cannot write", directory));
    }
    return {};
}

Result<std::string> read_file(const std::string& path, size_t size_max) {
    CALM_TRY_ASSIGN(SealedFile file, read_all(path, size_max));
    return std::move(file.content);
}

Result<> make_directory(const std::string& path, unsigned mode) {
    if (mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return {};
    return std::unexpected(cannot("host_file_unwritable", "cannot make the directory", path));
}

Result<> write_sealed_file(const std::string& path, const SecretKey& key, std::string_view purpose,
                           std::string_view content) {
    return write_file(path, paseto_sign(key, content, "", assertion_for(purpose)), 0600);
}

Result<SealedFile> read_sealed_file(const std::string& path, const PublicKey& key,
                                    std::string_view purpose) {
    auto file = read_all(path, kSealedBytesMax);
    if (!file) return fail("host_state_malformed", file.error().detail);
    auto parts = paseto_verify(file->content, key, assertion_for(purpose), kSealedBytesMax);
    if (!parts) {
        return fail("host_state_malformed", fmt::format("`{}`: {}", path, parts.error().detail));
    }
    file->content = std::move(parts->message);
    return file;
}

}  // namespace calm
