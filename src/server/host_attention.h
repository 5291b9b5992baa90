// Which hosts somebody should look at, as Home counts them and the list of hosts is filtered by.
// Loop thread.
#pragma once

#include <optional>
#include <string_view>

#include "server/api.h"

namespace calm {

enum class HostAttention : uint8_t {
    in_grace,      // its initial grace runs
    grace_over,    // it is over, and no CALs are there for its mode
    without_mode,  // it admits nobody
    silent         // not heard of for five minutes
};

template <>
struct NamesOf<HostAttention> {
    static constexpr Names<HostAttention, 4> value{{{HostAttention::in_grace, "in_grace"},
                                                    {HostAttention::grace_over, "grace_over"},
                                                    {HostAttention::without_mode, "without_mode"},
                                                    {HostAttention::silent, "silent"}}};
};

// Looks at hosts of one moment: what is the same for all of them is found out once.
class HostWatch {
  public:
    explicit HostWatch(const Api& api);

    bool asks_for(HostAttention what, HostId host) const;

  private:
    const Api& api_;
    Instant now_;
    bool per_user_ = false;  // a pack with such CALs may be used
    bool per_device_ = false;
};

}  // namespace calm
