// WrongKeys: how many product keys an address has guessed wrong within the hour. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/instant.h"

namespace calm::clearinghouse {

class WrongKeys {
  public:
    explicit WrongKeys(uint32_t per_hour_max) : per_hour_max_(per_hour_max) {}

    // Seconds until the address may try again; 0: now.
    uint32_t wait_of(std::string_view address, Instant now) const;
    void count(std::string_view address, Instant now);

    // Who counts as one: an IPv6 customer has a whole /64.
    static std::string network_of(std::string_view address);

  private:
    struct Hour {
        Instant begun;
        uint32_t wrong = 0;
    };
    static constexpr size_t kNetworksMax = 65'536;

    uint32_t per_hour_max_;
    std::unordered_map<std::string, Hour> hours_;
};

}  // namespace calm::clearinghouse
