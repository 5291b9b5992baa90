// (p) what one request costs the server in processor time: holds on a busy machine, where rates do
// not, and tells whether a change made calmd cheaper.
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "servers.h"

namespace calm::bench {
namespace {

constexpr double kSeconds = 4;
constexpr uint64_t kHolders = 100'000;

uint64_t next_holder = 0;

std::string holder(uint64_t n) {
    return fmt::format("holder-{:012}@example.org", n);
}

std::string claim(const std::string& token) {
    ++next_holder;
    return http_post(
        "/v1/admissions",
        fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}","request_id":"{:032x}"}})",
                    holder(next_holder), next_holder),
        token);
}

std::string check(uint64_t n, const std::string& token) {
    return http_post("/v1/admissions",
                     fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}"}})",
                                 holder(1 + n * 7919 % kHolders)),
                     token);
}

// A number of /metrics.
double metric(const Calmd& calmd, std::string_view name) {
    const std::string text = calmd.must(http_get("/metrics"));
    const size_t at = text.find(fmt::format("\n{} ", name));
    return at == std::string::npos ? 0 : std::atof(text.c_str() + at + name.size() + 2);
}

template <class Request>
void measure(const char* what, Calmd& calmd, const Target& target, unsigned connections,
             Request request) {
    const double commits = metric(calmd, "calm_commits");
    const double before = calmd.process().processor_seconds();
    const LoadResult result = run_load({.target = target,
                                        .connections = connections,
                                        .seconds = kSeconds,
                                        .request = request,
                                        .accept = {}});
    const double spent = calmd.process().processor_seconds() - before;
    const auto answers = static_cast<double>(result.answers);
    const double written = metric(calmd, "calm_commits") - commits;
    fmt::print(
        "   {:<32} {:>6.2f} us of processor a request, {:>5.1f} requests a commit   {:>7.0f}/s, "
        "p99 {:.1f} ms, {} errors\n",
        what, spent * 1e6 / answers, written > 0 ? answers / written : 0, result.rate(),
        result.percentile(0.99) / 1000, result.errors);
}

}  // namespace

void cost() {
    fmt::print("(p) processor time of calmd for one request, both of its threads on one core\n");
    const TemporaryDirectory directory;
    Calmd calmd(directory.path(), 0);
    const std::string token = calmd.prepare(100'000'000);
    const auto grant = [&](uint64_t) { return claim(token); };
    const auto held = [&](uint64_t n) { return check(n, token); };
    measure("new CALs, 50 connections", calmd, calmd.tcp(), 50, grant);
    measure("new CALs, 200 connections", calmd, calmd.tcp(), 200, grant);
    measure("new CALs, 50 on the Unix socket", calmd, calmd.unix_socket(), 50, grant);
    measure("holders, 64 connections", calmd, calmd.tcp(), 64, held);
    measure("holders, 64 on the Unix socket", calmd, calmd.unix_socket(), 64, held);
}

}  // namespace calm::bench
