// (a) durable new CALs per second, (f) a logon storm, (g) claim and release with pools of any size.
#include <atomic>
#include <memory>

#include <fmt/format.h>

#include "postgres.h"
#include "servers.h"

namespace calm::bench {
namespace {

constexpr int kRounds = 5;
constexpr double kSeconds = 3;

// Holders are never used twice in a run, so that every answer is a new CAL.
uint64_t next_holder = 0;

std::string holder() {
    return fmt::format("holder-{:012}@example.org", ++next_holder);
}

std::string calm_claim(const std::string& token) {
    const std::string name = holder();
    return http_post(
        "/v1/admissions",
        fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}","request_id":"{:032x}"}})", name,
                    next_holder),
        token);
}

bool calm_issued(uint64_t, std::string_view answer) {
    return answer.find("\"cal_issued\"") != std::string_view::npos;
}

std::string redis_claim() {
    return resp(
        {"EVAL", kClaimScript, "3", "pool", "held", "audit", holder(), "2026-11-21T00:00:00Z"});
}

bool redis_issued(uint64_t, std::string_view answer) {
    return answer.find("issued") != std::string_view::npos;
}

void show(const char* what, const LoadResult& calm, const LoadResult& redis) {
    fmt::print(
        "   {:<24} CALM {:>8.0f}/s p99 {:>6.1f} ms   Redis {:>8.0f}/s p99 {:>6.1f} ms   {:.2f} x   "
        "errors {}/{}\n",
        what, calm.rate(), calm.percentile(0.99) / 1000, redis.rate(),
        redis.percentile(0.99) / 1000, calm.rate() / redis.rate(), calm.errors, redis.errors);
}

void round_trip(unsigned connections, unsigned slower_us) {
    const TemporaryDirectory directory;
    Calmd calmd(directory.path(), 0, {slower_us});
    const std::string token = calmd.prepare(100'000'000);
    Redis redis(directory / "redis", 0, true, {slower_us});
    redis.ask({"HSET", "pool", "quantity", "100000000"});
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
        const LoadResult ours = run_load({.target = calmd.tcp(),
                                          .connections = connections,
                                          .seconds = kSeconds,
                                          .request = [&](uint64_t) { return calm_claim(token); },
                                          .accept = calm_issued});
        const LoadResult theirs = run_load({.target = redis.target(),
                                            .connections = connections,
                                            .seconds = kSeconds,
                                            .request = [](uint64_t) { return redis_claim(); },
                                            .accept = redis_issued});
        show(fmt::format("{} connections, +{} ms", connections, slower_us / 1000).c_str(), ours,
             theirs);
        ratios.push_back(ours.rate() / theirs.rate());
    }
    fmt::print(" = median {:.2f} x Redis\n", median(ratios));
}

// A row that every grant changes is locked from the change to the commit: this is what a database
// does with the plain way to write it down.
void beside_postgres(unsigned clients) {
    const TemporaryDirectory directory;
    Calmd calmd(directory.path(), 0);
    const std::string token = calmd.prepare(100'000'000);
    const Postgres postgres(0, 0);
    if (!postgres.ready()) {
        fmt::print("   PostgreSQL could not be started here: left out\n");
        return;
    }
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
        const LoadResult ours = run_load({.target = calmd.tcp(),
                                          .connections = clients,
                                          .seconds = kSeconds,
                                          .request = [&](uint64_t) { return calm_claim(token); },
                                          .accept = calm_issued});
        const double theirs = postgres.grants_per_second(clients, kSeconds);
        fmt::print("   {:<24} CALM {:>8.0f}/s   PostgreSQL {:>8.0f}/s   {:.1f} x   errors {}\n",
                   fmt::format("{} clients", clients), ours.rate(), theirs, ours.rate() / theirs,
                   ours.errors);
        ratios.push_back(ours.rate() / theirs);
    }
    fmt::print(" = median {:.1f} x PostgreSQL, one transaction for each grant\n", median(ratios));
}

}  // namespace

void durable_grants() {
    fmt::print(
        "(a) durable new CALs/s over HTTP keep-alive, beside Redis appendfsync always + Lua\n");
    for (const unsigned connections : {50U, 200U})
        round_trip(connections, 0);
    round_trip(50, 1000);
    round_trip(50, 5000);
    beside_postgres(50);
    beside_postgres(64);
}

void storm() {
    fmt::print(
        "(f) 1,000 clients claim at the same instant over open connections: time to the last "
        "answer\n");
    const TemporaryDirectory directory;
    Calmd calmd(directory.path(), 0);
    const std::string token = calmd.prepare(100'000'000);
    Redis redis(directory / "redis", 0, true);
    redis.ask({"HSET", "pool", "quantity", "100000000"});
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
        const LoadResult ours = run_load({.target = calmd.tcp(),
                                          .connections = 1000,
                                          .seconds = 60,
                                          .once_each = true,
                                          .request = [&](uint64_t) { return calm_claim(token); },
                                          .accept = calm_issued});
        const LoadResult theirs = run_load({.target = redis.target(),
                                            .connections = 1000,
                                            .seconds = 60,
                                            .once_each = true,
                                            .request = [](uint64_t) { return redis_claim(); },
                                            .accept = redis_issued});
        fmt::print("   CALM {:.0f} ms ({} errors)   Redis {:.0f} ms ({} errors)\n",
                   ours.seconds * 1000, ours.errors, theirs.seconds * 1000, theirs.errors);
        ratios.push_back(ours.seconds / theirs.seconds);
    }
    fmt::print(" = median {:.2f} x Redis' time\n", median(ratios));
}

void pools() {
    fmt::print(
        "(g) claim + release, one connection, pools of 100 to 1,000,000 CALs of which all but 50 "
        "are held\n");
    double first = 0;
    for (const uint32_t size : {100U, 10'000U, 1'000'000U}) {
        const TemporaryDirectory directory;
        Calmd calmd(directory.path(), 0);
        const std::string token = calmd.prepare(size);
        // All but 50 seats are held already.
        const uint64_t held = size - 50;
        const LoadResult filled = run_load({.target = calmd.tcp(),
                                            .connections = 200,
                                            .seconds = 600,
                                            .requests = held,
                                            .request = [&](uint64_t) { return calm_claim(token); },
                                            .accept = calm_issued});
        // CALs are numbered in the order of their holders; each connection claims with a name of
        // its own and gives the CAL back.
        std::vector<std::string> names(16);
        std::vector<uint64_t> cals(16, 0);
        std::atomic<uint64_t> cycles = 0;
        const LoadResult result = run_load(
            {.target = calmd.tcp(),
             .connections = 1,
             .seconds = kSeconds,
             .request =
                 [&](uint64_t n) {
                     const size_t slot = n / 2 % names.size();
                     if (n % 2 == 0) {
                         names[slot] = holder();
                         return http_post(
                             "/v1/admissions",
                             fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}"}})",
                                         names[slot]),
                             token);
                     }
                     return http_post(fmt::format("/v1/cals/{}/release", cals[slot]), "", token);
                 },
             .accept =
                 [&](uint64_t n, std::string_view answer) {
                     if (n % 2 == 1) {
                         ++cycles;
                         return answer.size() > 9 && answer[9] == '2';
                     }
                     const size_t at = answer.find("\"cal\":");
                     if (at == std::string_view::npos) return false;
                     cals[n / 2 % names.size()] =
                         std::strtoull(answer.data() + at + 6, nullptr, 10);
                     return true;
                 }});
        const double rate = static_cast<double>(cycles.load()) / result.seconds;
        if (first == 0) first = rate;
        fmt::print(
            "   pool of {:>9}: {:>7.0f} cycles/s one after the other ({:.2f} x the smallest "
            "pool's), {} + {} errors\n",
            size, rate, rate / first, filled.errors, result.errors);
    }
}

}  // namespace calm::bench
