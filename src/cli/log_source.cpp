// Lines of a log.
#include "cli/log_source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <boost/json.hpp>

#include "cli/json_view.h"
#include "documents/entry_codec.h"
#include "documents/paseto.h"
#include "documents/tree_head.h"

namespace calm::cli {
namespace {

constexpr uint64_t kPageLines = 10'000;
constexpr std::string_view kHeadBegin = R"({"tree_head":")";
constexpr std::string_view kHeadEnd = R"("})";

}  // namespace

std::string head_line(std::string_view head) {
    return std::string(kHeadBegin) + std::string(head) + std::string(kHeadEnd);
}

std::string head_of_line(std::string_view line) {
    if (!line.starts_with(kHeadBegin) || !line.ends_with(kHeadEnd)) return {};
    line.remove_prefix(kHeadBegin.size());
    line.remove_suffix(kHeadEnd.size());
    return std::string(line);
}

Result<uint64_t> head_size(std::string_view head) {
    CALM_TRY_ASSIGN(const PasetoParts parts, paseto_split(head, kTreeHeadSizeMax));
    CALM_TRY_ASSIGN(const TreeHead claimed, read_tree_head(parts.message));
    return claimed.size;
}

Result<std::unique_ptr<ServerLog>> ServerLog::open(Call& call, uint64_t from, uint64_t limit) {
    CALM_TRY(call.client());
    return std::unique_ptr<ServerLog>(new ServerLog(call, from, limit));
}

Result<std::unique_ptr<ServerLog>> ServerLog::whole(Call& call) {
    CALM_TRY_ASSIGN(const boost::json::value answer, call.get("/v1/audit/head"));
    std::string head = text_at(answer, "head");
    CALM_TRY_ASSIGN(const uint64_t size, head_size(head));
    std::unique_ptr<ServerLog> log(new ServerLog(call, 0, size));
    log->head_ = std::move(head);
    return log;
}

Result<> ServerLog::each(const LineVisitor& visit) {
    CALM_TRY_ASSIGN(HttpClient* const server, call_.client());
    uint64_t next = from_;
    const uint64_t end = from_ + std::min(limit_, kSequenceMax - from_);
    while (next < end) {
        const std::string path = "/v1/audit?from=" + std::to_string(next) +
                                 "&limit=" + std::to_string(std::min(kPageLines, end - next));
        CALM_TRY_ASSIGN(const HttpAnswer answer, server->send({.path = path}));
        if (answer.status / 100 != 2) return std::unexpected(problem_of(answer));
        std::string_view rest = answer.body;
        const uint64_t before = next;
        while (!rest.empty() && next < end) {
            const size_t newline = std::min(rest.find('\n'), rest.size());
            CALM_TRY(visit(rest.substr(0, newline)));
            rest.remove_prefix(std::min(newline + 1, rest.size()));
            ++next;
        }
        if (next == before) break;  // the log ends here
    }
    return {};
}

Result<> FileLog::each(const LineVisitor& visit) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file_, ignored)) {
        return fail("file_not_found", "`" + file_ + "`");
    }
    std::ifstream in(file_, std::ios::binary);
    if (!in) return fail("file_unreadable", "`" + file_ + "`");
    std::string line;
    while (std::getline(in, line)) {
        if (!head_.empty()) return fail("entry_malformed", "there are lines behind the tree head");
        head_ = head_of_line(line);
        if (head_.empty()) CALM_TRY(visit(line));
    }
    return {};
}

}  // namespace calm::cli
