// The client between license servers with real documents that come and go and a clock that the test
// turns. Included by tests only.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "client/client.h"
#include "client/fake_servers.h"

namespace calm::test {

inline const AdmissionAsk kAnna{.product = "sql-2012", .user = "anna", .device = ""};
inline const AdmissionAsk kBruno{.product = "sql-2012", .user = "bruno", .device = ""};

// Time enough on any machine; nothing here waits for it.
inline Client::Deadline soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(60);
}

class ClientTest : public testing::Test {
  protected:
    std::unique_ptr<Client> make_client(std::optional<HostState> state = {},
                                        const std::vector<ShelvedToken>& tokens = {},
                                        const std::string& boot_id = "boot") {
        return std::make_unique<Client>(
            servers.identity(), settings, servers, clocks.clocks(boot_id), std::move(state), tokens,
            [this](NoticeLevel level, std::string_view text) {
                const std::scoped_lock lock(notices_mutex_);
                (level == NoticeLevel::alarm ? alarms : notices).emplace_back(text);
            });
    }

    // The next contact, as a minute passes.
    void contact(Client& client) {
        pass(minutes(1));
        client.keep();
    }

    // Time passes for host and servers alike.
    void pass(Seconds by) {
        clocks.advance(by);
        servers.time = servers.time + by;
    }

    // What the agent's files keep of it, written and read.
    static HostState kept(const Client& client) {
        return parse_host_state(to_json(client.state_to_keep())).value();
    }

    Reason ask(Client& client, const AdmissionAsk& ask) { return client.admit(ask, soon()).reason; }

    Client::Settings settings;
    FakeServers servers;
    FakeClocks clocks;
    std::vector<std::string> notices;
    std::vector<std::string> alarms;
    std::set<Leader> gone;  // processes that have ended, for watch_leaders()

    void watch_leaders() {
        settings.lives = [this](const Leader& leader) { return !gone.contains(leader); };
    }

  private:
    std::mutex notices_mutex_;
};

}  // namespace calm::test
