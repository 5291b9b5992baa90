// Where the lines of a log come from: a license server, page by page, or a file that `calm audit
// export` wrote: the lines as they are, and behind them one that holds the signed tree head.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/call.h"

namespace calm::cli {

using LineVisitor = std::function<Result<>(std::string_view line)>;

class LogSource {
  public:
    LogSource() = default;
    LogSource(const LogSource&) = delete;
    LogSource& operator=(const LogSource&) = delete;
    virtual ~LogSource() = default;

    // Every line in order; an error of the visitor ends it.
    virtual Result<> each(const LineVisitor& visit) = 0;

    // The signed tree head; empty when there is none. After each().
    virtual std::string head() const = 0;

    // Lines to come, 0 when it is not known.
    virtual uint64_t expected() const = 0;
};

class ServerLog final : public LogSource {
  public:
    // `limit` lines from `from` on, or fewer where the log ends. Errors: those of the server.
    static Result<std::unique_ptr<ServerLog>> open(Call& call, uint64_t from, uint64_t limit);

    // The whole log, as the newest head signs it.
    static Result<std::unique_ptr<ServerLog>> whole(Call& call);

    Result<> each(const LineVisitor& visit) override;
    std::string head() const override { return head_; }
    uint64_t expected() const override { return limit_; }

  private:
    ServerLog(Call& call, uint64_t from, uint64_t limit)
        : call_(call), from_(from), limit_(limit) {}

    Call& call_;
    uint64_t from_;
    uint64_t limit_;
    std::string head_;
};

class FileLog final : public LogSource {
  public:
    explicit FileLog(std::string file) : file_(std::move(file)) {}

    // Errors: `file_not_found`, `entry_malformed` (a line too long, or behind the head).
    Result<> each(const LineVisitor& visit) override;
    std::string head() const override { return head_; }
    uint64_t expected() const override { return 0; }

  private:
    std::string file_;
    std::string head_;
};

// The last line of an exported file, and the head that it holds; empty for any other line.
std::string head_line(std::string_view head);
std::string head_of_line(std::string_view line);

// How many entries a head states, before anything about it is verified. Errors:
// `tree_head_malformed`.
Result<uint64_t> head_size(std::string_view head);

}  // namespace calm::cli
