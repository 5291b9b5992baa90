// A loop with a second's pause.
#include "agent/keeper.h"

#include <chrono>

#include <spdlog/spdlog.h>

namespace calm {
namespace {

constexpr auto kPause = std::chrono::seconds(1);
constexpr Seconds kStoreSoonest = seconds(2);
constexpr Seconds kStoreLatest = minutes(10);

}  // namespace

Keeper::Keeper(Client& client, HostFiles& files, const SecretKey& key, const Clocks& clocks,
               std::function<void()> also)
    : client_(client),
      files_(files),
      key_(key),
      clocks_(clocks),
      also_(std::move(also)),
      thread_([this] { run(); }) {}

Keeper::~Keeper() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Keeper::run() {
    while (true) {
        if (also_) also_();
        client_.keep();
        store(false);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kPause, [this] { return stopping_; });
        if (stopping_) break;
    }
    store(true);
}

void Keeper::store(bool always) {
    const Seconds boot = clocks_.boot();
    const int64_t since = stored_at_ ? boot.count - stored_at_->count : kStoreLatest.count;
    const uint64_t changes = client_.change_count();
    const bool due = always || since >= kStoreLatest.count ||
                     (changes != stored_changes_ && since >= kStoreSoonest.count);
    if (!due) return;
    Result<> stored = files_.keep_state(key_, client_.state_to_keep(), clocks_.wall());
    for (const auto& change : client_.take_token_changes()) {
        if (auto kept = files_.keep_token(key_, change); !kept && stored) stored = kept;
    }
    stored_changes_ = changes;
    stored_at_ = boot;
    // The agent goes on: a full disk must not lock people out while a server answers.
    if (!stored && !said_unwritable_) {
        spdlog::error("{}: {}", stored.error().code, stored.error().detail);
    }
    said_unwritable_ = !stored;
}

}  // namespace calm
