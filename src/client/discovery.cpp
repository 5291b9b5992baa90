// SRV records by libresolv, which takes the message apart as well.
#include "client/discovery.h"

#include <algorithm>
#include <tuple>

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sodium.h>

namespace calm {
namespace {

constexpr size_t kMessageMax = 4096;
constexpr std::chrono::seconds kAgainSoonest{30};
constexpr std::chrono::seconds kAgainLatest{3600};
constexpr std::chrono::seconds kAgainAfterFailure{10};
constexpr std::chrono::seconds kFirstAnswerMax{2};  // design.md 6: what a question may take in all

bool equal_names(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_in(std::string_view name, std::string_view domain) {
    if (name.size() <= domain.size()) return equal_names(name, domain);
    const size_t begin = name.size() - domain.size();
    return name[begin - 1] == '.' && equal_names(name.substr(begin), domain);
}

Result<SrvRecord> parse_record(const ns_msg& message, const ns_rr& record) {
    constexpr uint16_t kFixed = 6;
    if (ns_rr_rdlen(record) <= kFixed) return fail("discovery_malformed", "a record is cut short");
    const unsigned char* data = ns_rr_rdata(record);
    SrvRecord srv{.priority = static_cast<uint16_t>(ns_get16(data)),
                  .weight = static_cast<uint16_t>(ns_get16(data + 2)),
                  .port = static_cast<uint16_t>(ns_get16(data + 4))};
    char name[NS_MAXDNAME] = "";
    if (ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), data + kFixed, name,
                           sizeof name) < 0) {
        return fail("discovery_malformed", "a record names no target");
    }
    srv.target = name;
    return srv;
}

// One question, to two name servers at most, each for a second at most.
Result<std::vector<uint8_t>> ask_dns(const Discovery::Settings& settings) {
    struct __res_state state {};
    if (res_ninit(&state) != 0) return fail("discovery_failed", "resolv.conf cannot be read");
    state.retrans = 1;
    state.retry = 1;
    state.nscount = std::min(state.nscount, 2);
    state.options |= RES_USE_EDNS0 | RES_IGNTC;  // TCP could take longer
    if (settings.port_on_loopback) {
        state.nscount = 1;
        state.nsaddr_list[0] = {.sin_family = AF_INET,
                                .sin_port = htons(*settings.port_on_loopback),
                                .sin_addr = {htonl(INADDR_LOOPBACK)},
                                .sin_zero = {}};
    }
    std::vector<uint8_t> message(kMessageMax);
    const std::string name = "_calm._tcp." + settings.domain;
    const int size = res_nquery(&state, name.c_str(), ns_c_in, ns_t_srv, message.data(),
                                static_cast<int>(message.size()));
    res_nclose(&state);
    if (size <= 0) return fail("discovery_failed", name + " has no answer");
    message.resize(std::min(message.size(), static_cast<size_t>(size)));
    return message;
}

}  // namespace

Result<SrvAnswer> parse_srv_answer(std::span<const uint8_t> message) {
    ns_msg parsed{};
    if (message.size() > kMessageMax ||
        ns_initparse(message.data(), static_cast<int>(message.size()), &parsed) != 0) {
        return fail("discovery_malformed", "this is no DNS message");
    }
    if (ns_msg_getflag(parsed, ns_f_rcode) != ns_r_noerror) {
        return fail("discovery_refused", "the name server has no such records");
    }
    SrvAnswer answer{.records = {}, .ttl = kAgainLatest};
    for (int i = 0; i < ns_msg_count(parsed, ns_s_an); ++i) {
        ns_rr record{};
        if (ns_parserr(&parsed, ns_s_an, i, &record) != 0) {
            return fail("discovery_malformed", "a record is cut short");
        }
        if (ns_rr_type(record) != ns_t_srv || ns_rr_class(record) != ns_c_in) continue;
        CALM_TRY_ASSIGN(SrvRecord srv, parse_record(parsed, record));
        answer.ttl = std::min(answer.ttl, std::chrono::seconds(ns_rr_ttl(record)));
        if (answer.records.size() < kSrvRecordsMax) answer.records.push_back(std::move(srv));
    }
    return answer;
}

std::vector<SrvRecord> srv_order(std::vector<SrvRecord> records,
                                 const std::function<uint32_t(uint32_t)>& below) {
    // Those of weight 0 first, so that they have their small chance; otherwise chance decides.
    std::ranges::sort(records, {}, [](const SrvRecord& each) {
        return std::tuple(each.priority, each.weight > 0, std::string_view(each.target), each.port);
    });
    std::vector<SrvRecord> order;
    while (!records.empty()) {
        const auto end = std::ranges::find_if(records, [&](const SrvRecord& each) {
            return each.priority != records.front().priority;
        });
        uint32_t sum = 0;
        for (auto each = records.begin(); each != end; ++each)
            sum += each->weight;
        uint32_t chosen = below(sum);
        auto next = records.begin();
        while (next + 1 != end && chosen > next->weight) {
            chosen -= next->weight;
            ++next;
        }
        order.push_back(std::move(*next));
        records.erase(next);
    }
    return order;
}

std::vector<ServerAddress> servers_in_domain(const std::vector<SrvRecord>& records,
                                             std::string_view domain) {
    std::vector<ServerAddress> servers;
    for (const SrvRecord& record : records) {
        const auto address =
            parse_server_address("https://" + record.target + ":" + std::to_string(record.port));
        if (!address || !is_in(address->host, domain) || servers.size() >= kDiscoveredMax) continue;
        servers.push_back(*address);
    }
    return servers;
}

bool is_domain(std::string_view text) {
    return text.size() <= 200 && !text.starts_with('.') && !text.ends_with('.') &&
           text.find("..") == std::string_view::npos &&
           parse_server_address("https://" + std::string(text) + ":1").has_value() &&
           text.find('[') == std::string_view::npos && text.find('/') == std::string_view::npos;
}

Discovery::Discovery(Settings settings, Found found)
    : settings_(std::move(settings)), found_(std::move(found)), thread_([this] { run(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kFirstAnswerMax, [this] { return looked_up_; });
}

Discovery::~Discovery() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Discovery::ask_again() {
    const std::scoped_lock lock(mutex_);
    again_ = true;
    changed_.notify_all();
}

void Discovery::run() {
    while (true) {
        const std::chrono::seconds pause = look_up();
        std::unique_lock lock(mutex_);
        looked_up_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, pause, [this] { return stopping_ || again_; });
        if (stopping_) return;
        again_ = false;
    }
}

// How long its answer holds.
std::chrono::seconds Discovery::look_up() {
    const auto message = ask_dns(settings_);
    if (!message) return kAgainAfterFailure;
    auto answer = parse_srv_answer(*message);
    if (!answer) return kAgainAfterFailure;
    std::ranges::sort(answer->records, {}, [](const SrvRecord& each) {
        return std::tie(each.priority, each.target, each.port, each.weight);
    });
    const auto servers = servers_in_domain(
        srv_order(answer->records, [](uint32_t n) { return randombytes_uniform(n + 1); }),
        settings_.domain);
    // The same ones keep their order, and their connections.
    if (!servers.empty() && answer->records != known_) {
        known_ = answer->records;
        found_(servers);
    }
    return std::clamp(answer->ttl, kAgainSoonest, kAgainLatest);
}

}  // namespace calm
