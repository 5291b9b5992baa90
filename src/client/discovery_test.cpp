// Servers that a domain names: what is read of an answer, in which order, and what comes of a real
// name server that changes its mind, is silent, or lies.
#include "client/discovery.h"

#include <atomic>
#include <future>
#include <map>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <rapidcheck/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/discovered_servers.h"
#include "client/scripted_server.h"

namespace calm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Bytes = std::vector<uint8_t>;

void put16(Bytes& out, unsigned value) {
    out.push_back(static_cast<uint8_t>(value >> 8));
    out.push_back(static_cast<uint8_t>(value));
}

void put_name(Bytes& out, const std::string& name) {
    size_t begin = 0;
    while (begin < name.size()) {
        const size_t end = std::min(name.find('.', begin), name.size());
        out.push_back(static_cast<uint8_t>(end - begin));
        out.insert(out.end(), name.begin() + static_cast<ptrdiff_t>(begin),
                   name.begin() + static_cast<ptrdiff_t>(end));
        begin = end + 1;
    }
    out.push_back(0);
}

// An answer to the question that begins with these 12 bytes of head and the question itself.
Bytes answer_to(const Bytes& question, const std::vector<SrvRecord>& records, uint16_t code = 0) {
    size_t end = 12;
    while (end < question.size() && question[end] != 0)
        end += question[end] + 1U;
    end += 5;
    Bytes out(question.begin(), question.begin() + static_cast<ptrdiff_t>(end));
    out[2] = 0x84;
    out[3] = static_cast<uint8_t>(code);
    for (size_t i = 6; i < 12; ++i)
        out[i] = 0;
    out[7] = static_cast<uint8_t>(records.size());
    for (const SrvRecord& record : records) {
        put16(out, 0xC00C);  // the question's name
        put16(out, 33);
        put16(out, 1);
        put16(out, 0);
        put16(out, 60);  // TTL
        Bytes data;
        put16(data, record.priority);
        put16(data, record.weight);
        put16(data, record.port);
        put_name(data, record.target);
        put16(out, static_cast<unsigned>(data.size()));
        out.insert(out.end(), data.begin(), data.end());
    }
    return out;
}

Bytes question() {
    Bytes out = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    put_name(out, "_calm._tcp.example.org");
    put16(out, 33);
    put16(out, 1);
    return out;
}

const std::vector<SrvRecord> kThree = {{20, 0, 7443, "c.example.org"},
                                       {10, 60, 7443, "a.example.org"},
                                       {10, 0, 8443, "b.example.org"}};

// A name server on loopback, with what it says at the moment.
class NameServer {
  public:
    NameServer() {
        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;
    ~NameServer() {
        stopping_ = true;
        thread_.join();
        close(fd_);
    }

    // Empty: it does not answer.
    void say(std::optional<std::vector<SrvRecord>> records, uint16_t code = 0) {
        const std::scoped_lock lock(mutex_);
        records_ = std::move(records);
        code_ = code;
    }
    uint16_t port() const { return port_; }
    int questions() const { return questions_; }

  private:
    void run() {
        while (!stopping_) {
            pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
            if (poll(&ready, 1, 20) <= 0) continue;
            Bytes asked(1500);
            sockaddr_in from{};
            socklen_t size = sizeof from;
            const ssize_t got = recvfrom(fd_, asked.data(), asked.size(), 0,
                                         reinterpret_cast<sockaddr*>(&from), &size);
            if (got < 17) continue;
            asked.resize(static_cast<size_t>(got));
            const std::scoped_lock lock(mutex_);
            ++questions_;
            if (!records_) continue;
            const Bytes answer = answer_to(asked, *records_, code_);
            sendto(fd_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
        }
    }

    int fd_ = -1;
    uint16_t port_ = 0;
    std::mutex mutex_;
    std::optional<std::vector<SrvRecord>> records_;
    uint16_t code_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> questions_ = 0;
    std::thread thread_;
};

std::vector<std::string> texts(const std::vector<ServerAddress>& servers) {
    std::vector<std::string> out;
    for (const ServerAddress& server : servers)
        out.push_back(to_string(server));
    return out;
}

void until(const std::function<bool()>& true_now) {
    const auto begin = std::chrono::steady_clock::now();
    while (!true_now() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(60))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_TRUE(true_now());
}

TEST(SrvAnswer, IsReadAsItCame) {
    const auto answer = parse_srv_answer(answer_to(question(), kThree));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->records, kThree);
    EXPECT_EQ(answer->ttl, std::chrono::seconds(60));
}

TEST(SrvAnswer, ARefusalIsNone) {
    const auto answer = parse_srv_answer(answer_to(question(), {}, 3));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "discovery_refused");
}

TEST(SrvAnswer, OneThatIsCutShortOrChangedIsReadOrRefused) {
    const Bytes whole = answer_to(question(), kThree);
    for (size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(parse_srv_answer(std::span(whole).first(size))) << size;
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const int bit : {1, 0x40, 0x80, 0xC0}) {
            Bytes changed = whole;
            changed[at] = static_cast<uint8_t>(changed[at] ^ bit);
            const auto answer = parse_srv_answer(changed);
            EXPECT_LE(answer ? answer->records.size() : 0, kSrvRecordsMax);
        }
    }
}

TEST(SrvOrder, LowPrioritiesFirstThenByWeight) {
    const auto lowest = srv_order(kThree, [](uint32_t) { return 0; });
    EXPECT_THAT(lowest, ElementsAre(kThree[2], kThree[1], kThree[0]));
    const auto highest = srv_order(kThree, [](uint32_t n) { return n; });
    EXPECT_THAT(highest, ElementsAre(kThree[1], kThree[2], kThree[0]));
}

TEST(SrvOrder, WeightsAreChancesInProportion) {
    const std::vector<SrvRecord> records = {{1, 1, 1, "a"}, {1, 3, 1, "b"}};
    std::map<std::string, int> first;
    for (uint32_t draw = 0; draw <= 4; ++draw)
        ++first[srv_order(records, [&](uint32_t n) { return std::min(n, draw); })[0].target];
    // As RFC 2782 draws: from 0 to the sum, both included.
    EXPECT_EQ(first["a"], 2);
    EXPECT_EQ(first["b"], 3);
}

RC_GTEST_PROP(SrvOrder, EachComesOnceAndNoPriorityBeforeALowerOne,
              (const std::vector<std::pair<uint8_t, uint16_t>>& given, uint32_t chance)) {
    std::vector<SrvRecord> records;
    for (const auto& [priority, weight] : given)
        records.push_back({priority, weight, 1, std::to_string(records.size())});
    const auto order = srv_order(records, [&](uint32_t n) { return chance % (n + 1); });
    RC_ASSERT(std::ranges::is_permutation(order, records));
    RC_ASSERT(std::ranges::is_sorted(order, {}, &SrvRecord::priority));
}

TEST(ServersInDomain, OnlyThoseOfTheDomainCount) {
    const std::vector<SrvRecord> records = {{0, 0, 1, "evil.example"},
                                            {0, 0, 1, "badexample.org"},
                                            {0, 0, 0, "a.example.org"},
                                            {0, 0, 7443, "A.Example.ORG"},
                                            {0, 0, 7444, "example.org"},
                                            {0, 0, 1, "."},
                                            {0, 0, 1, ""},
                                            {0, 0, 1, "a b.example.org"}};
    EXPECT_THAT(texts(servers_in_domain(records, "example.org")),
                ElementsAre("https://A.Example.ORG:7443", "https://example.org:7444"));
    EXPECT_THAT(servers_in_domain(std::vector(9, SrvRecord{0, 0, 1, "a.b"}), "a.b"),
                SizeIs(kDiscoveredMax));
}

TEST(ServersInDomain, ADomainIsAName) {
    for (const char* good : {"example.org", "corp", "a-b.example.org"})
        EXPECT_TRUE(is_domain(good)) << good;
    for (const char* bad : {"", ".", "example.org.", ".org", "a..b", "a b", "[::1]", "a/b", "a:1"})
        EXPECT_FALSE(is_domain(bad)) << bad;
}

TEST(Discovery, ANameServerSaysWhichOnesAndInWhichOrder) {
    NameServer dns;
    dns.say(kThree);
    std::promise<std::vector<std::string>> found;
    const Discovery discovery({.domain = "example.org", .port_on_loopback = dns.port()},
                              [&](const auto& servers) { found.set_value(texts(servers)); });
    const auto servers = found.get_future().get();
    ASSERT_THAT(servers, SizeIs(3));
    EXPECT_EQ(servers[2], "https://c.example.org:7443");
}

class DiscoveredServersTest : public testing::Test {
  protected:
    DiscoveredServers make() {
        return DiscoveredServers({{.settings = fixed, .domain = {}},
                                  {.settings = {.ca_file = "/nonexistent"},
                                   .domain = "example.org",
                                   .name_server_port = dns.port()}});
    }
    static std::vector<std::string> names(const DiscoveredServers& servers) {
        std::vector<std::string> out;
        for (size_t i = 0; i < servers.size(); ++i) {
            if (servers.is_taken(i)) out.push_back(servers.name(i));
        }
        return out;
    }

    NameServer dns;
    HttpClientSettings fixed{.server = {.socket_path = "/nonexistent/calmd.sock"}};
};

TEST_F(DiscoveredServersTest, TheyStandBehindThoseThatAreNamedBeforeThem) {
    dns.say({{{1, 0, 7443, "a.example.org"}, {2, 0, 7443, "b.example.org"}}});
    DiscoveredServers servers = make();
    until([&] { return names(servers).size() == 3; });
    EXPECT_THAT(names(servers),
                ElementsAre("unix:/nonexistent/calmd.sock", "https://a.example.org:7443",
                            "https://b.example.org:7443"));
}

TEST_F(DiscoveredServersTest, WhatWasFoundStaysUntilSomethingElseIsFound) {
    dns.say({{{1, 0, 7443, "a.example.org"}}});
    DiscoveredServers servers = make();
    until([&] { return names(servers).size() == 2; });
    const auto then = names(servers);
    for (const uint16_t code : {0, 2, 3}) {
        dns.say(std::vector<SrvRecord>(), code);
        const int asked = dns.questions();
        servers.ask_again();
        until([&] { return dns.questions() > asked; });
        EXPECT_EQ(names(servers), then);
    }
    dns.say({{{1, 0, 7443, "b.example.org"}}});
    servers.ask_again();
    until([&] { return names(servers).back() == "https://b.example.org:7443"; });
    EXPECT_THAT(names(servers), SizeIs(2));
}

TEST_F(DiscoveredServersTest, ASilentNameServerHoldsNobodyUp) {
    DiscoveredServers servers = make();
    EXPECT_THAT(names(servers), SizeIs(1));
    const auto answer = servers.send(1, {.path = "/v1/status"}, "");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "server_unreachable");
    dns.say({{{1, 0, 7443, "a.example.org"}}});
    servers.ask_again();
    until([&] { return names(servers).size() == 2; });
}

}  // namespace
}  // namespace calm
