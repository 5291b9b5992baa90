// ActivationRefresh: asks the clearinghouses of those vendors that have activated this server for
// new packs, renewals and status lists, some hours apart. One that does not answer changes nothing.
// Loop thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "server/api.h"

namespace calm {

class ActivationRefresh {
  public:
    // `hours`: between two questions; zero: never. REQUIRES: the Api outlives it.
    // The first one comes soon after the start, for servers that run by day only.
    ActivationRefresh(Api& api, uint32_t hours)
        : api_(api),
          period_s_(uint64_t{hours} * 3600),
          passed_s_(period_s_ - std::min(period_s_, kFirstAfterS)) {}

    void tick();  // once a second

  private:
    static constexpr uint64_t kFirstAfterS = 300;

    void ask(const KeyBytes& vendor);

    Api& api_;
    uint64_t period_s_;
    uint64_t passed_s_;
};

}  // namespace calm
