// The process's own streams.
#include "cli/terminal.h"

#include <cstdlib>
#include <iostream>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace calm::cli {
namespace {

constexpr char kInterrupt = 0x03;  // Ctrl-C, Ctrl-D, Ctrl-\ as bytes
constexpr char kEndOfInput = 0x04;
constexpr char kQuit = 0x1C;
constexpr size_t kSecretBytesMax = 4096;

// The terminal without echo, for as long as it lives. Signals of the keyboard are bytes meanwhile:
// whoever interrupts must not be left with a terminal that shows nothing.
class Silence {
  public:
    explicit Silence(int fd) : fd_(fd) {
        if (tcgetattr(fd_, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        active_ = tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() {
        if (active_) tcsetattr(fd_, TCSAFLUSH, &before_);
    }
    bool active() const { return active_; }

  private:
    int fd_;
    termios before_{};
    bool active_ = false;
};

Result<std::string> read_line_silently(int fd) {
    std::string line;
    while (true) {
        char c = 0;
        const ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || c == kInterrupt || c == kQuit || (c == kEndOfInput && line.empty())) {
            return fail("input_needed", "nothing was typed");
        }
        if (c == '\n' || c == '\r') return line;
        if (line.size() == kSecretBytesMax) return fail("input_needed", "too long");
        line += c;
    }
}

Result<std::string> read_secret(const std::string& prompt) {
    const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0) return fail("input_needed", "there is no terminal to ask on");
    Result<std::string> line = fail("input_needed", "the terminal would show what is typed");
    {
        const Silence silence(fd);
        if (silence.active() && write(fd, prompt.data(), prompt.size()) >= 0) {
            line = read_line_silently(fd);
            if (write(fd, "\n", 1) < 0) line = fail("input_needed", "the terminal is gone");
        }
    }
    close(fd);
    return line;
}

size_t terminal_columns() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40) return 80;
    return size.ws_col < 100 ? size.ws_col : 100;
}

}  // namespace

Terminal process_terminal() {
    return {.in = std::cin,
            .out = std::cout,
            .err = std::cerr,
            .in_is_tty = isatty(STDIN_FILENO) == 1,
            .out_is_tty = isatty(STDOUT_FILENO) == 1,
            .err_is_tty = isatty(STDERR_FILENO) == 1,
            .columns = terminal_columns(),
            .environment =
                [](const std::string& name) {
                    const char* const value = std::getenv(name.c_str());
                    return std::string(value == nullptr ? "" : value);
                },
            .read_secret = read_secret};
}

}  // namespace calm::cli
