// LogWriter: the writer thread. It takes everything that waits, writes it as ONE transaction with
// one signed tree head, and reports what has become durable. It owns the journal while it runs;
// nobody else appends. What it signs and hashes is exactly what it stores.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/entry.h"
#include "documents/merkle.h"
#include "server/log_batch.h"
#include "server/node.h"
#include "store/journal.h"

namespace calm {

// What one request adds to the log, and beside it.
struct WriteJob {
    uint64_t ticket = 0;  // the caller's number for it; ascending
    std::vector<LedgerEntry> entries;
    std::vector<store::SubjectName> subjects;
    std::vector<SubjectId> erased_subjects;
    std::vector<store::Record> puts;
    std::vector<store::RecordKey> erases;
    std::vector<store::UsageRow> usage;
    // Set when the job adds its holder and the CAL token is wanted with the answer.
    struct TokenWish {
        store::SubjectName holder;
        std::string key_pack;  // signed document; empty for a CAL that spends no seat
    };
    std::unique_ptr<TokenWish> token;
};

// What became of a batch.
struct CommitReport {
    uint64_t durable = 0;      // entries of the log that are on disk now
    uint64_t last_ticket = 0;  // of the batch
    struct Token {
        uint64_t ticket = 0;
        std::string token;
    };
    std::vector<Token> tokens;
    // Set: the batch was not written, nor will be anything that was queued behind it; the caller
    // takes back all entries from `durable` on and calls resume().
    std::unique_ptr<Error> failure;
};

class LogWriter {
  public:
    // Called on the writer thread. Must not block.
    using Report = std::function<void(CommitReport)>;

    // `frontier` is that of the journal's log. The writer thread starts at once.
    LogWriter(std::unique_ptr<store::Journal> journal, Frontier frontier, const Node& node,
              uint32_t epoch, Report report);
    ~LogWriter();  // stop()
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    // Hands over jobs in their order; their entries continue the log. Any one thread.
    void push(std::vector<WriteJob> jobs);

    // After a failure was reported and undone: go on. Jobs pushed before it are forgotten.
    void resume();

    // Runs `step` on the writer thread between batches until it returns false (a backup's steps,
    // say).
    void run_between(std::function<bool(store::Journal&)> step);

    // Writes what is queued, then ends the thread.
    void stop();

    // A reader for another thread. Errors: see store::Journal.
    Result<std::unique_ptr<store::JournalReader>> open_reader();

  private:
    void run();
    std::vector<WriteJob> take();
    void wait_for_company(std::unique_lock<std::mutex>& lock);
    void write(std::vector<WriteJob> jobs);
    void make_tokens(const std::vector<WriteJob>& jobs, const std::vector<uint64_t>& ends,
                     const LogBatch& batch, CommitReport& report);
    void settle(store::Append& outcome);
    bool idle_work();

    std::unique_ptr<store::Journal> journal_;
    Frontier frontier_;
    const Node& node_;
    uint32_t epoch_;
    Report report_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<WriteJob> queue_;
    std::deque<std::function<bool(store::Journal&)>> steps_;
    bool failed_ = false;  // waiting for resume()
    bool stopping_ = false;
    size_t last_jobs_ = 0;          // size of the previous batch
    double average_commit_us_ = 0;  // exponentially weighted
    std::thread thread_;
};

}  // namespace calm
