// Discovery: license servers that the domain names itself, by the SRV records of
// _calm._tcp.DOMAIN (RFC 2782), so that no host has to be told when one moves. DNS is believed only
// so far: a server counts if its name is in the domain, and it still has to prove itself by its
// certificate.
//
// What was found last counts until something else is found: a name server that is down takes no
// license server away.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "client/server_address.h"

namespace calm {

struct SrvRecord {
    uint16_t priority = 0;
    uint16_t weight = 0;
    uint16_t port = 0;
    std::string target;

    bool operator==(const SrvRecord&) const = default;
};

struct SrvAnswer {
    std::vector<SrvRecord> records;  // as they came
    std::chrono::seconds ttl{0};     // the smallest
};

inline constexpr size_t kSrvRecordsMax = 64;

// A DNS message that answers a question for SRV records. Pure. Errors: `discovery_malformed`,
// `discovery_refused` (the name server's code says so).
Result<SrvAnswer> parse_srv_answer(std::span<const uint8_t> message);

// In the order in which RFC 2782 asks: by priority, and within one by chance in proportion to the
// weights. `below(n)`: a number from 0 to n. Pure.
std::vector<SrvRecord> srv_order(std::vector<SrvRecord> records,
                                 const std::function<uint32_t(uint32_t)>& below);

// The servers among them whose name is the domain or in it, the first kDiscoveredMax.
inline constexpr size_t kDiscoveredMax = 4;
std::vector<ServerAddress> servers_in_domain(const std::vector<SrvRecord>& records,
                                             std::string_view domain);

// Whether it is a domain that can be asked for.
bool is_domain(std::string_view text);

class Discovery {
  public:
    struct Settings {
        std::string domain;
        // Whom to ask; absent: the name servers of resolv.conf.
        std::optional<uint16_t> port_on_loopback;
    };
    // On a thread of its own, each time that others are found than before.
    using Found = std::function<void(const std::vector<ServerAddress>& servers)>;

    // Waits for the first answer for 2 seconds at most, and asks again as often as the records say.
    Discovery(Settings settings, Found found);
    ~Discovery();
    Discovery(const Discovery&) = delete;
    Discovery& operator=(const Discovery&) = delete;

    // Asks again now.
    void ask_again();

  private:
    void run();
    std::chrono::seconds look_up();

    const Settings settings_;
    const Found found_;
    std::vector<SrvRecord> known_;  // sorted; the thread's own

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    bool stopping_ = false;
    bool again_ = false;
    bool looked_up_ = false;
    std::thread thread_;
};

}  // namespace calm
