// Keeper: the agent's own thread. It calls Client::keep() once a second and stores what has
// changed: the state at most every two seconds and at least every ten minutes (the clock's
// high-water mark), tokens as they come, everything once more at the end.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "agent/host_files.h"
#include "client/client.h"

namespace calm {

class Keeper {
  public:
    // All outlive the keeper; nobody else uses `files` meanwhile.
    // `also`: done each second too, before the rest.
    Keeper(Client& client, HostFiles& files, const SecretKey& key, const Clocks& clocks,
           std::function<void()> also = {});
    // Stores everything. Waits for a contact that is under way.
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

  private:
    void run();
    void store(bool always);

    Client& client_;
    HostFiles& files_;
    const SecretKey& key_;
    const Clocks& clocks_;
    const std::function<void()> also_;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;

    // The thread's own.
    uint64_t stored_changes_ = 0;
    std::optional<Seconds> stored_at_;
    bool said_unwritable_ = false;

    std::thread thread_;
};

}  // namespace calm
