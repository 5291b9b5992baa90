// A backup, a server that starts from it, and hosts that tell it what it lacks.
#include <fmt/format.h>

#include "documents/cal_token.h"
#include "documents/host_auth.h"
#include "documents/ledger_id.h"
#include "http_runner.h"
#include "wire/host_json.h"

namespace calm::testing {

using scenario::Observed;
namespace json = boost::json;

// As the host itself asks.
std::string HttpRunner::bearer_of(const std::string& name) {
    const auto ledger =
        parse_ledger_id(std::string(get("/v1/status").at("license_server_id").as_string().c_str()));
    CALM_ASSERT(ledger.has_value());
    return make_host_token(key_of(host_keys_.at(name)), {host(name)}, *ledger, now());
}

void HttpRunner::keep_token(const scenario::Admit& step, const std::string& token) {
    // What the host has it shows first to a server that asks for it.
    const Answer contact = server_->ask({.path = "/v1/revocations", .token = bearer_of(step.host)});
    if (contact.json().as_object().contains("reassert")) return;
    const auto decoded = CalToken::decode(token);
    CALM_ASSERT(decoded.has_value());
    tokens_[step.host][step.product + ' ' + std::string(decoded->holder())] = token;
}

Result<Observed> HttpRunner::operator()(const scenario::Backup&) {
    // The memory journal is whole between two answers.
    backup_ = std::make_unique<store::MemoryDisk>();
    backup_->copy(disk_);
    called_then_ = called_;
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::Restore&) {
    server_.reset();
    disk_.copy(*backup_);
    called_ = called_then_;
    start_server(true);
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::Reassert& step) {
    if (!host_keys_.contains(step.host)) return Observed{.refused = "host_unknown"};
    const std::string bearer = bearer_of(step.host);
    std::vector<std::string> tokens;
    for (const auto& [place, token] : tokens_[step.host])
        tokens.push_back(token);
    size_t told = 0;
    do {
        wire::Reassertions each;
        while (told < tokens.size() && each.tokens.size() < wire::kReassertionsMax)
            each.tokens.push_back(tokens[told++]);
        each.all = told == tokens.size();
        std::string body;
        wire::write_reassertions(body, each);
        const Answer answer = server_->ask(
            {.method = "POST", .path = "/v1/reassertions", .body = body, .token = bearer});
        if (answer.status != 200) return Observed{.refused = answer.code(), .detail = answer.body};
    } while (told < tokens.size());
    return Observed{};
}

}  // namespace calm::testing
