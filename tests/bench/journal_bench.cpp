// links: calm_store
// What the journal costs: entries a second by entries per commit, beside what the disk gives (4 KiB
// overwritten and synced), and how fast a log and its names are read at a start.
//
//   journal_bench DIRECTORY [SECONDS] [ROWS]
//
// SECONDS (2) per figure; the rounds are interleaved and the median is told, because the disk's
// speed drifts. ROWS (1000000) lines and names are written and read back. DIRECTORY must be empty;
// what is put there stays, so that it can be looked at.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/sqlite/sqlite_journal.h"

namespace {

using namespace calm::store;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 5;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

[[noreturn]] void stop(const calm::Error& why) {
    std::fprintf(stderr, "journal_bench: %s: %s\n", why.code.c_str(), why.detail.c_str());
    std::exit(1);
}

template <class T>
T value_of(calm::Result<T> result) {
    if (!result) stop(result.error());
    return std::move(*result);
}

// A line as long as that of an issued CAL.
std::string line_of(uint64_t sequence) {
    std::string line = R"({"v":1,"seq":)" + std::to_string(sequence) +
                       R"(,"at":"2026-11-21T18:24:21Z","cal_issued":{"cal":)" +
                       std::to_string(sequence) + R"(,"holder":)" + std::to_string(sequence) +
                       R"(,"kind":"per_user","product":"terminal-services-2022","pack":17,)"
                       R"("state":"active","issued_at":"2026-11-21T18:24:21Z",)"
                       R"("expires_at":"2027-01-20T18:24:21Z","host":4}})";
    return line;
}

SubjectName subject_of(uint32_t id) {
    SubjectName subject{
        {id}, calm::HolderKind::user, "user" + std::to_string(id) + "@example.org", {}};
    std::copy_n(reinterpret_cast<const uint8_t*>(&id), sizeof id, subject.salt.begin());
    return subject;
}

// `entries` lines; with names, every second one brings a new subject, as a first admission does.
Batch batch_of(uint64_t first_sequence, uint64_t entries, bool names) {
    Batch batch;
    batch.first_sequence = first_sequence;
    for (uint64_t i = 0; i < entries; ++i) {
        const uint64_t sequence = first_sequence + i;
        batch.lines.push_back(line_of(sequence));
        if (names && sequence % 2 == 0) {
            batch.subjects.push_back(subject_of(static_cast<uint32_t>(sequence / 2 + 1)));
        }
        if (sequence % 256 == 255)
            batch.tiles.push_back({0, sequence / 256, std::string(8192, 'h')});
    }
    batch.tree_head.assign(420, 's');
    return batch;
}

struct Rate {
    double per_second = 0;
    double processor_us = 0;  // for each
};

Rate append_rate(Journal& journal, uint64_t per_commit, bool names, double seconds) {
    const auto start = Clock::now();
    const double processor = processor_seconds();
    uint64_t done = 0;
    while (seconds_since(start) < seconds) {
        const Append result = journal.append(batch_of(journal.size(), per_commit, names));
        if (!result.is_committed()) stop(result.error);
        if (auto more = journal.maintain(); !more) stop(more.error());
        done += per_commit;
    }
    const auto count = static_cast<double>(done);
    return {count / seconds_since(start), (processor_seconds() - processor) * 1e6 / count};
}

// The floor: one page overwritten in a file that is already there, and synced.
Rate sync_rate(const std::string& path, double seconds) {
    constexpr size_t kPages = 4096;
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const std::string page(4096, 'p');
    for (size_t i = 0; i < kPages; ++i) {
        if (write(file, page.data(), page.size()) != 4096) std::exit(1);
    }
    fsync(file);
    const auto start = Clock::now();
    uint64_t done = 0;
    while (seconds_since(start) < seconds) {
        const auto offset = static_cast<off_t>(done % kPages * page.size());
        if (pwrite(file, page.data(), page.size(), offset) != 4096) std::exit(1);
        fdatasync(file);
        ++done;
    }
    close(file);
    return {static_cast<double>(done) / seconds_since(start), 0};
}

Rate median(std::vector<Rate> rates) {
    std::ranges::sort(rates, {}, &Rate::per_second);
    return rates[rates.size() / 2];
}

std::unique_ptr<Journal> open_in(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    SqliteOptions options;
    options.directory = directory;
    return value_of(open_sqlite_journal(options));
}

void tell_appends(const std::filesystem::path& directory, double seconds) {
    const uint64_t sizes[] = {1, 10, 100, 1000};
    std::map<std::pair<uint64_t, bool>, std::vector<Rate>> rates;
    std::map<bool, std::unique_ptr<Journal>> journals;
    journals[false] = open_in(directory / "lines");
    journals[true] = open_in(directory / "names");
    std::vector<Rate> syncs;
    for (int round = 0; round < kRounds; ++round) {
        std::fprintf(stderr, "\rappends: round %d of %d", round + 1, kRounds);
        syncs.push_back(sync_rate(directory / "floor", seconds));
        for (const uint64_t size : sizes) {
            for (const bool names : {false, true}) {
                rates[{size, names}].push_back(append_rate(*journals[names], size, names, seconds));
            }
        }
    }
    const Rate floor = median(syncs);
    std::fprintf(stderr, "\n");
    std::printf("4 KiB overwritten and synced: %.0f/s (the floor of a commit)\n\n",
                floor.per_second);
    std::printf("entries per   entries/s   commits/s    CPU us   the same, every second entry\n");
    std::printf("     commit                 x floor  an entry   with a new name\n");
    for (const uint64_t size : sizes) {
        const Rate lines = median(rates[{size, false}]);
        const Rate names = median(rates[{size, true}]);
        std::printf("%11lu %11.0f %11.2f %9.2f %11.0f\n", size, lines.per_second,
                    lines.per_second / static_cast<double>(size) / floor.per_second,
                    lines.processor_us, names.per_second);
    }
}

void fill(const std::filesystem::path& directory, uint64_t rows) {
    const auto journal = open_in(directory);
    while (journal->size() < rows) {
        const uint64_t first = journal->size();
        Batch batch = batch_of(first, std::min<uint64_t>(rows - first, 10000), false);
        for (uint64_t i = 0; i < batch.lines.size(); ++i) {
            batch.subjects.push_back(subject_of(static_cast<uint32_t>(first + i + 1)));
        }
        if (const Append result = journal->append(batch); !result.is_committed())
            stop(result.error);
        if (auto more = journal->maintain(); !more) stop(more.error());
        std::fprintf(stderr, "\rlines and names written: %lu of %lu", journal->size(), rows);
    }
    std::fprintf(stderr, "\n");
}

// Runs `body` and tells how long it took, and the processor time of it.
template <class Body>
void tell(const char* what, const Body& body) {
    const auto start = Clock::now();
    const double processor = processor_seconds();
    body();
    std::printf("  %-12s %6.2f s   processor %6.2f s\n", what, seconds_since(start),
                processor_seconds() - processor);
}

void tell_start(const std::filesystem::path& directory, uint64_t rows) {
    fill(directory, rows);
    const auto megabytes =
        static_cast<double>(std::filesystem::file_size(sqlite_file(directory))) / 1e6;
    std::printf("\n%lu lines and as many names, %.0f MB:\n", rows, megabytes);
    std::unique_ptr<Journal> journal;
    tell("open", [&] { journal = open_in(directory); });
    const auto reader = value_of(journal->open_reader());
    uint64_t bytes = 0;
    tell("read lines", [&] {
        value_of(reader->read(0, UINT64_MAX, [&](uint64_t, std::string_view line) {
            bytes += line.size();
            return true;
        }));
    });
    tell("read names", [&] {
        const auto read = reader->subjects({0}, [&](const SubjectName& subject) {
            bytes += subject.name.size();
            return true;
        });
        if (!read) stop(read.error());
    });
    tell("check all", [&] {
        if (auto checked = reader->check(); !checked) stop(checked.error());
    });
    if (bytes == 0) stop({"empty", "nothing was read"});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: journal_bench DIRECTORY [SECONDS] [ROWS]\n");
        return 2;
    }
    const std::filesystem::path directory = argv[1];
    const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
    const uint64_t rows = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1'000'000;
    if (std::filesystem::exists(directory) && !std::filesystem::is_empty(directory)) {
        std::fprintf(stderr, "journal_bench: `%s` is not empty\n", argv[1]);
        return 1;
    }
    std::filesystem::create_directories(directory);
    if (seconds > 0) tell_appends(directory, seconds);
    if (rows > 0) tell_start(directory / "start", rows);
    return 0;
}
