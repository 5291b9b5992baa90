// One transaction, one signature, one fsync for whatever waits.
#include "server/log_writer.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <spdlog/spdlog.h>

#include "base/assert.h"
#include "documents/cal_token.h"
#include "server/log_batch.h"

namespace calm {
namespace {

using Clock = std::chrono::steady_clock;

// Above this a commit counts as slow, and company is worth waiting for (facts performance B7).
constexpr double kSlowCommitUs = 500;
constexpr double kAverageWeight = 0.2;

// Those who were just answered ask again within a millisecond or so. What can wait begins only when
// nobody has for longer.
constexpr auto kPause = std::chrono::milliseconds(20);

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

}  // namespace

LogWriter::LogWriter(std::unique_ptr<store::Journal> journal, Frontier frontier, const Node& node,
                     uint32_t epoch, Report report)
    : journal_(std::move(journal)),
      frontier_(std::move(frontier)),
      node_(node),
      epoch_(epoch),
      report_(std::move(report)) {
    CALM_ASSERT(frontier_.size() == journal_->size());
    thread_ = std::thread([this] { run(); });
}

LogWriter::~LogWriter() {
    stop();
}

void LogWriter::push(std::vector<WriteJob> jobs) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) {
            queue_ = std::move(jobs);
        } else {
            for (WriteJob& job : jobs)
                queue_.push_back(std::move(job));
        }
    }
    changed_.notify_one();
}

void LogWriter::resume() {
    {
        const std::lock_guard lock(mutex_);
        queue_.clear();
        failed_ = false;
    }
    changed_.notify_one();
}

void LogWriter::run_between(std::function<bool(store::Journal&)> step) {
    {
        const std::lock_guard lock(mutex_);
        steps_.push_back(std::move(step));
    }
    changed_.notify_one();
}

void LogWriter::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

Result<std::unique_ptr<store::JournalReader>> LogWriter::open_reader() {
    return journal_->open_reader();
}

void LogWriter::run() {
    bool idle = false;
    while (true) {
        std::vector<WriteJob> jobs;
        {
            std::unique_lock lock(mutex_);
            const auto awake = [&] {
                return stopping_ || (!failed_ && !queue_.empty()) || !steps_.empty();
            };
            if (idle) {
                changed_.wait(lock, awake);
            } else if (!changed_.wait_for(lock, kPause, awake)) {
                lock.unlock();
                idle = !idle_work();
                continue;
            }
            idle = false;
            if (!failed_ && !queue_.empty()) {
                wait_for_company(lock);
                jobs = std::move(queue_);
                queue_.clear();
            } else if (stopping_) {
                return;
            }
        }
        if (!jobs.empty()) write(std::move(jobs));
        idle_work();
    }
}

// When commits are slow, a tenth of one is a fair price for one commit less; someone alone waits
// for nobody.
void LogWriter::wait_for_company(std::unique_lock<std::mutex>& lock) {
    if (average_commit_us_ < kSlowCommitUs || last_jobs_ < 2 || stopping_) return;
    const auto until =
        Clock::now() + std::chrono::microseconds(static_cast<int64_t>(average_commit_us_ / 10));
    while (queue_.size() < last_jobs_ && !stopping_ &&
           changed_.wait_until(lock, until) != std::cv_status::timeout) {
    }
}

// One slice of what nobody waits for; false when there is no more.
bool LogWriter::idle_work() {
    std::function<bool(store::Journal&)> step;
    {
        const std::lock_guard lock(mutex_);
        if (!steps_.empty()) {
            step = std::move(steps_.front());
            steps_.pop_front();
        }
    }
    if (step) {
        if (step(*journal_)) {
            const std::lock_guard lock(mutex_);
            steps_.push_back(std::move(step));
        }
        return true;
    }
    const auto more = journal_->maintain();
    if (more) return *more;
    if (more.error().code == "fsync_failed") {
        spdlog::critical("fsync failed; the process stops: {}", more.error().detail);
        std::_Exit(70);
    }
    return false;
}

void LogWriter::write(std::vector<WriteJob> jobs) {
    last_jobs_ = jobs.size();
    LogBatch batch(frontier_);
    std::vector<uint64_t> ends;  // by job: the log's size behind it
    for (WriteJob& job : jobs) {
        for (const LedgerEntry& entry : job.entries)
            batch.add(entry);
        ends.push_back(batch.batch.size_after());
        for (auto& each : job.subjects)
            batch.batch.subjects.push_back(std::move(each));
        for (const auto each : job.erased_subjects)
            batch.batch.erased_subjects.push_back(each);
        for (auto& each : job.puts)
            batch.batch.put(std::move(each));
        for (auto& each : job.erases)
            batch.batch.erase(std::move(each));
        batch.batch.usage.insert(batch.batch.usage.end(), job.usage.begin(), job.usage.end());
    }
    batch.sign(node_, epoch_);

    const auto start = Clock::now();
    store::Append outcome = journal_->append(batch.batch);
    if (outcome.outcome == store::Append::Outcome::unknown) settle(outcome);
    average_commit_us_ += kAverageWeight * (microseconds_since(start) - average_commit_us_);

    CommitReport report{.durable = journal_->size(), .last_ticket = jobs.back().ticket};
    if (outcome.is_committed()) {
        make_tokens(jobs, ends, batch, report);
        frontier_ = std::move(batch.after);
    } else {
        spdlog::error("{} entries were not written: {}", batch.leaves.size(), outcome.error.detail);
        report.failure = std::make_unique<Error>(std::move(outcome.error));
        const std::lock_guard lock(mutex_);
        failed_ = true;
    }
    report_(std::move(report));
}

void LogWriter::make_tokens(const std::vector<WriteJob>& jobs, const std::vector<uint64_t>& ends,
                            const LogBatch& batch, CommitReport& report) {
    const bool wished =
        std::ranges::any_of(jobs, [](const WriteJob& job) { return job.token != nullptr; });
    if (!wished) return;
    const BatchProofs proofs(frontier_, batch.leaves);
    const auto line = [&](uint64_t sequence) {
        return batch.batch.lines[sequence - batch.batch.first_sequence];
    };
    for (size_t i = 0; i < jobs.size(); ++i) {
        if (!jobs[i].token) continue;
        const WriteJob::TokenWish& wish = *jobs[i].token;
        const uint64_t cal = ends[i] - 1;
        const auto added = std::ranges::find_if(jobs[i].entries, [](const LedgerEntry& entry) {
            return std::holds_alternative<entry::SubjectAdded>(entry.body);
        });
        CALM_ASSERT(added != jobs[i].entries.end());
        auto token = encode_cal_token({.identity = node_.identity.public_key(),
                                       .node_certificate = node_.certificate,
                                       .tree_head = batch.batch.tree_head,
                                       .cal_line = line(cal),
                                       .cal_proof = proofs.inclusion(cal),
                                       .subject_line = line(added->sequence),
                                       .subject_proof = proofs.inclusion(added->sequence),
                                       .salt = wish.holder.salt,
                                       .holder = wish.holder.name,
                                       .key_pack = wish.key_pack});
        // Without a token the answer stands all the same; it can be fetched later.
        if (token) report.tokens.push_back({jobs[i].ticket, std::move(*token)});
    }
}

// Nobody is answered before it is known what the disk holds.
void LogWriter::settle(store::Append& outcome) {
    while (true) {
        if (outcome.is_fatal()) {
            spdlog::critical("fsync failed; the process stops: {}", outcome.error.detail);
            std::_Exit(70);
        }
        const auto committed = journal_->settle();
        if (committed) {
            outcome = *committed ? store::Append::committed()
                                 : store::Append::not_committed(outcome.error);
            return;
        }
        outcome.error = committed.error();
        spdlog::error("what became of a batch is not known yet: {}", committed.error().detail);
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

}  // namespace calm
