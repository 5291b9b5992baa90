// (d) bytes of memory and disk per CAL, (e) start-up, both with ten million CALs (CALM_BENCH_CALS
// sets another number), beside a Redis hash and its RDB load.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "documents/commitment.h"
#include "server/log_batch.h"
#include "server/open_ledger.h"
#include "server/snapshots.h"
#include "servers.h"
#include "store/sqlite/sqlite_journal.h"

namespace calm::bench {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

uint32_t wanted_cals() {
    const char* text = std::getenv("CALM_BENCH_CALS");
    return text != nullptr ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : 10'000'000;
}

std::string name_of_holder(uint32_t n) {
    return fmt::format("holder-{:012}@example.org", n);
}

// Writes the ledger that `cals` admissions over the last weeks would have left, and its snapshot.
bool make_ledger(const std::string& directory, uint32_t cals) {
    std::filesystem::create_directories(directory);
    auto journal = store::open_sqlite_journal({.directory = directory, .reserve_bytes = 0});
    if (!journal) return false;
    const Instant today = system_clock().wall;
    const Instant begin = today - days(40);
    auto opened = open_ledger(std::move(*journal), {.now = begin});
    if (!opened) return false;
    LogBatch first(opened->frontier);
    uint64_t sequence = opened->ledger.size();
    const auto add = [&](LogBatch& batch, EntryBody body, Instant at) {
        const LedgerEntry entry{.sequence = sequence++, .at = at, .body = std::move(body)};
        opened->ledger.apply(entry);
        batch.add(entry);
    };
    Product product = *product_from_code("sql-2012");
    product.rules.overuse = OverUse::refuse;
    add(first, entry::ProductSet{product}, begin);
    add(first, entry::VendorTrusted{}, begin);
    add(first,
        entry::PackInstalled{
            .pack = {1}, .product = "sql-2012", .quantity = 100'000'000, .not_before = begin},
        begin);
    add(first,
        entry::HostEnrolled{.host = {1}, .mode = LicensingMode::per_user, .grace_until = begin},
        begin);
    first.sign(opened->node, 0);
    if (!opened->journal->append(first.batch).is_committed()) return false;
    opened->frontier = std::move(first.after);
    const auto start = Clock::now();
    for (uint32_t done = 0; done < cals;) {
        LogBatch batch(opened->frontier);
        for (uint32_t i = 0; i < 10'000 && done < cals; ++i) {
            const uint32_t id = ++done;
            const Instant at = begin + Seconds{int64_t{id} * 39 * 86400 / cals};
            store::SubjectName name{.subject = {id}, .name = name_of_holder(id)};
            name.salt[0] = static_cast<uint8_t>(id);
            add(batch,
                entry::SubjectAdded{.subject = {id},
                                    .commitment = commitment_to(name.salt, name.kind, name.name)},
                at);
            add(batch,
                entry::CalIssued{{.cal = {id},
                                  .holder = {id},
                                  .product = "sql-2012",
                                  .pack = {1},
                                  .issued_at = at,
                                  .expires_at = at + days(60),
                                  .host = {1}}},
                at);
            batch.batch.subjects.push_back(std::move(name));
        }
        batch.sign(opened->node, 0);
        if (!opened->journal->append(batch.batch).is_committed()) return false;
        opened->frontier = std::move(batch.after);
        if (done % 1'000'000 == 0)
            fmt::print("   {} CALs written after {:.0f} s\n", done, since(start));
    }
    return save_snapshot(directory, *opened).has_value();
}

// The same number of fields in one Redis hash; gives resident bytes per field and the seconds to
// load its RDB.
std::pair<double, double> redis_side(const std::string& directory, uint32_t cals,
                                     uint64_t& aof_bytes) {
    Redis redis(directory, 0, false);
    const uint64_t empty = redis.process().resident_bytes();
    run_load({.target = redis.target(),
              .connections = 16,
              .seconds = 600,
              .requests = (cals + 499) / 500,
              .request =
                  [&](uint64_t n) {
                      std::vector<std::string> words{"HSET", "held"};
                      for (uint64_t i = n * 500; i < std::min<uint64_t>((n + 1) * 500, cals); ++i) {
                          words.push_back(name_of_holder(static_cast<uint32_t>(i)));
                          words.push_back(fmt::format("1 {:010} {:010}", 1'700'000'000 + i, i));
                      }
                      return resp(words);
                  },
              .accept = {}});
    const double bytes = static_cast<double>(redis.process().resident_bytes() - empty) / cals;
    // What an append-only file holds for one claim: its four commands' arguments and framing.
    aof_bytes = resp({"HINCRBY", "pool", "used", "1"}).size() +
                resp({"HSET", "held", name_of_holder(1), "1 1700000000 0000000001"}).size() +
                resp({"RPUSH", "audit", name_of_holder(1) + " 1 1700000000 0000000001"}).size();
    bench::exchange(redis.target(), resp({"SAVE"}));
    redis.stop();
    const auto start = Clock::now();
    std::filesystem::rename(directory + "/dump.rdb", directory + "/load.rdb");
    Process loading({"redis-server", "--port", "0", "--unixsocket", directory + "/r.sock", "--dir",
                     directory, "--dbfilename", "load.rdb", "--save", "", "--appendonly", "no"},
                    0, directory + "/load.log");
    const Target target{.port = 0, .unix_path = directory + "/r.sock", .resp = true};
    while (since(start) < 300 &&
           bench::exchange(target, resp({"HLEN", "held"})).find(fmt::format(":{}", cals)) ==
               std::string::npos) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {bytes, since(start)};
}

}  // namespace

void scale() {
    const uint32_t cals = wanted_cals();
    fmt::print(
        "(d, e) memory, disk and start-up with {} CALs, beside a Redis hash of as many fields\n",
        cals);
    const TemporaryDirectory directory;
    uint64_t empty = 0;
    {
        const TemporaryDirectory other;
        Calmd calmd(other.path(), 0);
        empty = calmd.process().resident_bytes();
    }
    if (!make_ledger(directory / "data", cals)) {
        fmt::print("the ledger could not be made\n");
        std::exit(1);
    }
    double calm_start = 0;
    double calm_bytes = 0;
    {
        Calmd calmd(directory.path(), 0);
        calm_start = calmd.start_seconds();
        calm_bytes = static_cast<double>(calmd.process().resident_bytes() - empty) / cals;
        const std::string answer = calmd.must(http_post(
            "/v1/admissions", fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}"}})",
                                          name_of_holder(cals / 2))));
        fmt::print("   the started server says: {}\n", answer);
    }
    const double disk = static_cast<double>(directory_bytes(directory / "data")) / cals;
    uint64_t aof = 0;
    const auto [redis_bytes, redis_start] = redis_side(directory / "redis", cals, aof);
    fmt::print("   memory: CALM {:.0f} B/CAL, Redis hash {:.0f} B/field = {:.2f} x\n", calm_bytes,
               redis_bytes, calm_bytes / redis_bytes);
    fmt::print(
        "   disk: CALM {:.0f} B/CAL (log, names, tree, snapshot); Redis' AOF would hold {} B for "
        "the claim\n",
        disk, aof);
    fmt::print(
        "   start: CALM {:.1f} s from a verified snapshot, Redis RDB load {:.1f} s = {:.2f} x\n",
        calm_start, redis_start, calm_start / redis_start);
}

}  // namespace calm::bench
