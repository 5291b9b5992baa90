#include "clearinghouse/wrong_keys.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "base/bytes.h"

namespace calm::clearinghouse {

std::string WrongKeys::network_of(std::string_view address) {
    const std::string text(address);
    std::array<uint8_t, 16> bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
    return to_hex(std::span(bytes).first(8));
}

uint32_t WrongKeys::wait_of(std::string_view address, Instant now) const {
    const auto found = hours_.find(network_of(address));
    if (found == hours_.end() || found->second.wrong < per_hour_max_) return 0;
    const Seconds left = found->second.begun + hours(1) - now;
    return static_cast<uint32_t>(std::clamp<int64_t>(left.count, 0, 3600));
}

void WrongKeys::count(std::string_view address, Instant now) {
    if (hours_.size() >= kNetworksMax) {
        std::erase_if(hours_,
                      [&](const auto& each) { return each.second.begun + hours(1) <= now; });
        if (hours_.size() >= kNetworksMax) hours_.clear();
    }
    Hour& hour = hours_[network_of(address)];
    if (hour.wrong == 0 || hour.begun + hours(1) <= now) hour = {.begun = now};
    ++hour.wrong;
}

}  // namespace calm::clearinghouse
