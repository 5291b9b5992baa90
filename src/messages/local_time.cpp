#include "messages/local_time.h"

#include <array>
#include <ctime>

namespace calm {

std::string local_minute(Instant at) {
    const auto seconds = static_cast<time_t>(at.seconds);
    tm local{};
    if (localtime_r(&seconds, &local) == nullptr) return to_rfc3339(at);
    std::array<char, 64> text{};
    const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M %Z", &local);
    return {text.data(), size};
}

}  // namespace calm
