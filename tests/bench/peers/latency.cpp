// (c) how long a holder waits for its answer while 50 others are being granted CALs, beside Redis
// GET; and the same while the server also makes snapshots, an export and a list of all CALs.
#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers.h"

namespace calm::bench {
namespace {

constexpr int kRounds = 5;
constexpr double kSeconds = 3;
constexpr uint64_t kHolders = 100'000;
constexpr Disk kDisk{.slower_us = 1000};
constexpr uint32_t kSnapshotEvery = 5000;  // entries: as good as always under this load

std::string name_of_holder(uint64_t n) {
    return fmt::format("holder-{:012}@example.org", n);
}

std::string ask_for(const std::string& user, const std::string& token) {
    return http_post("/v1/admissions",
                     fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}"}})", user), token);
}

void fill(const Calmd& calmd, const std::string& token) {
    run_load({.target = calmd.tcp(),
              .connections = 500,
              .seconds = 600,
              .requests = kHolders,
              .request = [&](uint64_t n) { return ask_for(name_of_holder(n), token); },
              .accept = {}});
}

// What one connection meets while 50 others are being granted.
template <class Grant, class Request>
LoadResult beside_grants(const Target& target, Grant grant, Request request) {
    std::thread others([&] {
        run_load({.target = target,
                  .connections = 50,
                  .seconds = kSeconds,
                  .request = grant,
                  .accept = {}});
    });
    LoadResult result = run_load({.target = target,
                                  .connections = 1,
                                  .seconds = kSeconds - 0.3,
                                  .request = request,
                                  .accept = {}});
    others.join();
    return result;
}

// Reads an answer of any length to the end of its connection; gives the bytes.
uint64_t read_to_end(const Target& target, const std::string& path) {
    const int fd = connect_to(target);
    if (fd < 0) return 0;
    const std::string request =
        fmt::format("GET {} HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n", path);
    uint64_t bytes = 0;
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        static thread_local char buffer[1 << 16];
        for (ssize_t got = 1; got > 0; bytes += static_cast<uint64_t>(got))
            got = std::max<ssize_t>(0, ::recv(fd, buffer, sizeof buffer, 0));
    }
    ::close(fd);
    return bytes;
}

// Full lists and exports, side by side, for as long as it lives.
class LongReads {
  public:
    explicit LongReads(const Target& target)
        : lists_([this, target] {
              while (!ending_)
                  list_all_cals(target);
          }),
          exports_([this, target] {
              while (!ending_)
                  export_bytes += read_to_end(target, "/v1/export/sqlite");
          }) {}
    ~LongReads() {
        ending_ = true;
        lists_.join();
        exports_.join();
    }

    std::atomic<uint64_t> list_pages = 0;
    std::atomic<uint64_t> export_bytes = 0;

  private:
    // Page by page through every CAL, as a console does.
    void list_all_cals(const Target& target) {
        std::string cursor = "0";
        while (!cursor.empty() && !ending_) {
            const std::string answer = exchange(target, http_get("/v1/cals?cursor=" + cursor));
            const size_t at = answer.rfind("\"cursor\":\"");
            cursor = at == std::string::npos
                         ? std::string()
                         : answer.substr(at + 10, answer.find('"', at + 10) - at - 10);
            ++list_pages;
        }
    }

    std::atomic<bool> ending_ = false;
    std::thread lists_;
    std::thread exports_;
};

void show(const char* what, const LoadResult& calm, const LoadResult& redis) {
    fmt::print(
        "   {:<10} CALM p50 {:.0f} p99 {:.0f} p999 {:.0f} us   Redis GET p50 {:.0f} p99 {:.0f} "
        "p999 "
        "{:.0f} us\n",
        what, calm.percentile(0.5), calm.percentile(0.99), calm.percentile(0.999),
        redis.percentile(0.5), redis.percentile(0.99), redis.percentile(0.999));
}

}  // namespace

void latency() {
    fmt::print(
        "(c) one connection checks a holder while 50 are being granted, fsync +1 ms, beside Redis "
        "GET; `busy`: while snapshots, exports and full lists run, too\n");
    const TemporaryDirectory directory;
    const TemporaryDirectory busy_directory;
    Calmd calmd(directory.path(), 0, kDisk);
    Calmd busy(busy_directory.path(), 0, kDisk, kSnapshotEvery);
    const std::string token = calmd.prepare(100'000'000);
    const std::string busy_token = busy.prepare(100'000'000);
    fill(calmd, token);
    fill(busy, busy_token);
    Redis redis(directory / "redis", 0, true, kDisk);
    redis.ask({"HSET", "pool", "quantity", "100000000"});
    redis.ask({"SET", "held", "1"});
    uint64_t number = 0;
    const auto ours = [&](const Calmd& server, const std::string& bearer) {
        return beside_grants(
            server.tcp(),
            [&](uint64_t) { return ask_for(fmt::format("new-{}", ++number), bearer); },
            [&](uint64_t n) { return ask_for(name_of_holder(n % kHolders), bearer); });
    };
    std::vector<double> ratios;
    std::vector<double> busy_ratios;
    for (int round = 0; round < kRounds; ++round) {
        const LoadResult quiet_reads = ours(calmd, token);
        LoadResult busy_reads;
        {
            const LongReads long_reads(busy.unix_socket());
            busy_reads = ours(busy, busy_token);
            fmt::print("   (busy: {} pages of CALs, {} MiB exported)\n",
                       long_reads.list_pages.load(), long_reads.export_bytes.load() >> 20);
        }
        const LoadResult theirs = beside_grants(
            redis.target(),
            [&](uint64_t) {
                return resp({"EVAL", kClaimScript, "3", "pool", "heldby", "audit",
                             fmt::format("new-{}", ++number), "t"});
            },
            [](uint64_t) {
                return resp({"GET", "held"});
            });
        show("granting", quiet_reads, theirs);
        show("busy", busy_reads, theirs);
        ratios.push_back(quiet_reads.percentile(0.99) / theirs.percentile(0.99));
        busy_ratios.push_back(busy_reads.percentile(0.99) / theirs.percentile(0.99));
    }
    fmt::print(" = median p99 {:.2f} x Redis GET's, busy {:.2f} x\n", median(ratios),
               median(busy_ratios));
}

}  // namespace calm::bench
