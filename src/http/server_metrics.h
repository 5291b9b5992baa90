// What the server counts about itself. Internal to this layer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "http/metrics.h"
#include "http/routes.h"

namespace calm::http {

class ServerMetrics {
  public:
    enum class Ended : uint8_t { handshake_failed, timed_out, slow_reader, broken };
    enum class Turned : uint8_t { too_many, too_many_of_peer, rate };

    // `metrics` may be nullptr: then nothing is counted. `routes` outlives this.
    ServerMetrics(Metrics* metrics, const RouteTable& routes, std::function<double()> connections);

    // `route` is nullptr for what no route answered.
    void answered(const Route* route, int status, double seconds);
    void accepted();
    void ended(Ended how);
    void turned_away(Turned why);

  private:
    static constexpr size_t kStatusClasses = 6;
    struct PerRoute {
        std::array<Counter*, kStatusClasses> by_status{};
        Histogram* seconds = nullptr;
    };
    Counter& counter_of(PerRoute& numbers, const Route* route, size_t status_class);

    Metrics* metrics_;
    const RouteTable& routes_;
    std::vector<PerRoute> per_route_;  // the last one is "no route"
    Counter* accepted_ = nullptr;
    std::array<Counter*, 4> ended_{};
    std::array<Counter*, 3> turned_away_{};
};

}  // namespace calm::http
