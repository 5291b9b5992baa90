// The state as JSON, and the two questions asked of it.
#include "client/host_state.h"

#include <algorithm>
#include <iterator>

#include <boost/json/parse.hpp>

#include "base/append.h"
#include "core/product.h"
#include "wire/admission_json.h"
#include "wire/fields.h"

namespace calm {
namespace {

constexpr size_t kDetailMax = 4096;
constexpr uint32_t kPidMax = 0x7FFF'FFFF;

template <class Ids>
void append_ids(std::string& out, std::string_view name, const Ids& ids) {
    append(out, R"(,"{}":[)", name);
    const char* separator = "";
    for (const CalId id : ids) {
        append(out, "{}{}", separator, id.value);
        separator = ",";
    }
    out += ']';
}

uint64_t large_number(wire::Fields& fields, std::string_view name) {
    const auto* value = fields.any(name);
    if (value == nullptr) return 0;
    if (!value->is_int64() || value->get_int64() < 0) {
        fields.complain(name, "is not a whole number");
        return 0;
    }
    return static_cast<uint64_t>(value->get_int64());
}

template <class Ids>
void read_ids(wire::Fields& fields, std::string_view name, Ids& into) {
    const auto* value = fields.any(name);
    const auto* list = value == nullptr ? nullptr : value->if_array();
    if (list == nullptr) return fields.complain(name, "is not a list");
    for (const auto& each : *list) {
        if (!each.is_int64() || each.get_int64() < 1 || each.get_int64() > 0xFFFF'FFFF) {
            return fields.complain(name, "holds something that is not a number of a CAL");
        }
        into.push_back(CalId{static_cast<uint32_t>(each.get_int64())});
    }
}

Result<ClockMark> parse_clock(const boost::json::value& json) {
    ClockMark mark;
    std::optional<Instant> at;
    wire::Fields fields(json);
    fields.time("at", at);
    fields.text("boot_id", mark.boot_id, 64);
    mark.boot = Seconds{static_cast<int64_t>(large_number(fields, "boot"))};
    fields.require("at");
    CALM_TRY(fields.finish());
    mark.at = *at;
    return mark;
}

Result<TreeHead> parse_head(const boost::json::value& json) {
    TreeHead head;
    std::string ledger;
    std::string root;
    std::optional<Instant> time;
    wire::Fields fields(json);
    fields.text("ledger", ledger, 64);
    fields.number("epoch", head.epoch);
    head.size = large_number(fields, "size");
    fields.text("root", root, 64);
    fields.time("time", time);
    fields.require("time");
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(head.ledger, parse_ledger_id(ledger));
    CALM_TRY_ASSIGN(head.root, array_from_hex<32>(root));
    head.time = *time;
    return head;
}

Result<RollbackSeen> parse_rollback(const boost::json::value& json) {
    RollbackSeen rollback;
    std::optional<Instant> at;
    wire::Fields fields(json);
    fields.time("at", at);
    fields.text("detail", rollback.detail, kDetailMax);
    fields.require("at");
    CALM_TRY(fields.finish());
    rollback.at = *at;
    return rollback;
}

Result<Leader> parse_leader(const boost::json::value& json) {
    Leader leader;
    uint32_t pid = 0;
    wire::Fields fields(json);
    fields.number("pid", pid, kPidMax);
    leader.started = large_number(fields, "started");
    if (pid == 0) fields.complain("pid", "is no process");
    CALM_TRY(fields.finish());
    leader.pid = static_cast<int32_t>(pid);
    return leader;
}

template <class T, class Parse>
Result<> read_part(wire::Fields& fields, std::string_view name, std::optional<T>& into,
                   Parse parse) {
    if (const auto* value = fields.any(name)) {
        CALM_TRY_ASSIGN(into, parse(*value));
    }
    return {};
}

Result<HostSession> parse_session(const boost::json::value& json) {
    HostSession session;
    AdmissionAsk& ask = session.ask;
    std::optional<Instant> since;
    wire::Fields fields(json);
    fields.text("product", ask.product, 64);
    for (const auto& [name, into] :
         {std::pair("user", &ask.user), std::pair("device", &ask.device),
          std::pair("station", &ask.station), std::pair("from_server", &ask.from_server),
          std::pair("via", &ask.via), std::pair("service", &session.marks.service)}) {
        fields.text(name, *into, wire::kNameBytesMax);
    }
    fields.choice("workload", ask.workload);
    fields.flag("outside", ask.outside);
    fields.flag("administration", ask.administration);
    fields.flag("host_service", ask.host_service);
    fields.number("cal", session.cal.value);
    fields.time("since", since);
    fields.time("ask_again_at", session.ask_again_at);
    CALM_TRY(read_part(fields, "leader", session.marks.leader, parse_leader));
    fields.require("since");
    if (!is_product_code(ask.product)) fields.complain("product", "is no product code");
    CALM_TRY(fields.finish());
    session.since = *since;
    return session;
}

// Hands each element of a list to `read`; absent counts as empty.
template <class Read>
Result<> read_list(wire::Fields& fields, std::string_view name, size_t count_max, Read read) {
    const auto* value = fields.any(name);
    if (value == nullptr) return {};
    const auto* list = value->if_array();
    if (list == nullptr || list->size() > count_max) {
        return fail("bad_field", fmt::format("`{}` is no list of at most {}", name, count_max));
    }
    for (const auto& each : *list)
        CALM_TRY(read(each));
    return {};
}

Result<> read_sessions(wire::Fields& fields, std::vector<HostSession>& into) {
    return read_list(fields, "sessions", HostState::kSessionsMax,
                     [&](const boost::json::value& each) -> Result<> {
                         CALM_TRY_ASSIGN(into.emplace_back(), parse_session(each));
                         return {};
                     });
}

Result<> read_stations(wire::Fields& fields, HostState& state) {
    return read_list(fields, "stations", HostState::kStationsMax,
                     [&](const boost::json::value& each) -> Result<> {
                         std::string name;
                         SubjectId holder;
                         wire::Fields station(each);
                         station.text("name", name, wire::kNameBytesMax);
                         station.number("holder", holder.value);
                         station.require("holder");
                         CALM_TRY(station.finish());
                         state.stations[name] = holder;
                         return {};
                     });
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    append(out, R"(,"{}":)", name);
    wire::append_json_string(out, text);
}

void append_session(std::string& out, const HostSession& session) {
    const AdmissionAsk& ask = session.ask;
    append(out, R"({{"product":"{}","since":"{}")", ask.product, to_rfc3339(session.since));
    append_text(out, "user", ask.user);
    append_text(out, "device", ask.device);
    append_text(out, "station", ask.station);
    append_text(out, "from_server", ask.from_server);
    append_text(out, "via", ask.via);
    if (ask.workload != Workload::person) append_text(out, "workload", name_of(ask.workload));
    if (ask.outside) out += R"(,"outside":true)";
    if (ask.administration) out += R"(,"administration":true)";
    if (ask.host_service) out += R"(,"host_service":true)";
    append_text(out, "service", session.marks.service);
    if (session.cal) append(out, R"(,"cal":{})", session.cal.value);
    if (session.ask_again_at) {
        append(out, R"(,"ask_again_at":"{}")", to_rfc3339(*session.ask_again_at));
    }
    if (session.marks.leader) {
        append(out, R"(,"leader":{{"pid":{},"started":{}}})", session.marks.leader->pid,
               session.marks.leader->started);
    }
    out += '}';
}

// What a contact brought stands in the state in the contact's own form.
void take_contact(const wire::HostContact& contact, HostState& state) {
    state.mode = contact.mode;
    state.offline_days_max = contact.offline_days_max;
    state.products = contact.products;
    state.certificate = contact.certificate;
    state.node_certificates = contact.certificates;
    state.successor = contact.successor;
    for (const KeyBytes& key : contact.vendors)
        state.vendors.push_back(PublicKey{key});
}

Result<HostState> read(const boost::json::value& json) {
    HostState state;
    wire::Fields fields(json);
    CALM_TRY(read_part(fields, "clock", state.clock, parse_clock));
    fields.time("last_contact", state.last_contact);
    CALM_TRY(read_part(fields, "head", state.head, parse_head));
    CALM_TRY(read_part(fields, "rollback", state.rollback, parse_rollback));
    state.withdrawn_size = large_number(fields, "withdrawn_size");
    read_ids(fields, "withdrawn", state.withdrawn);
    read_ids(fields, "validations", state.validations);
    CALM_TRY(read_sessions(fields, state.sessions));
    CALM_TRY(read_stations(fields, state));
    const auto* contact = fields.any("contact");
    const auto* report = fields.any("report");
    fields.require("contact");
    fields.require("report");
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const auto told, wire::parse_contact(*contact));
    take_contact(told, state);
    const auto* parts = report->if_array();
    if (parts == nullptr) return fail("bad_field", "`report` is not a list");
    for (const auto& part : *parts) {
        CALM_TRY_ASSIGN(const auto decisions, wire::parse_report(part));
        state.decisions.insert(state.decisions.end(), decisions.begin(), decisions.end());
    }
    if (!std::ranges::is_sorted(state.withdrawn)) {
        return fail("bad_field", "`withdrawn` is not in order");
    }
    return state;
}

}  // namespace

std::optional<OfflineTerms> HostState::terms_of(std::string_view product) const {
    const auto found = std::ranges::find(products, product, &wire::ProductTerms::product);
    if (found == products.end()) return {};
    return OfflineTerms{.requirement = found->requirement,
                        .grace_until = found->grace_until,
                        .outage_days = found->outage_days,
                        .offline_days_max = offline_days_max};
}

bool HostState::is_withdrawn(CalId cal, uint64_t sequence) const {
    return sequence < withdrawn_size && std::ranges::binary_search(withdrawn, cal);
}

std::string to_json(const HostState& state) {
    wire::HostContact contact{.certificates = state.node_certificates,
                              .mode = state.mode,
                              .offline_days_max = state.offline_days_max,
                              .certificate = state.certificate,
                              .successor = state.successor,
                              .products = state.products};
    for (const PublicKey& key : state.vendors)
        contact.vendors.push_back(key.bytes);
    std::string out = R"({"contact":)";
    wire::write_contact(out, contact);
    if (state.clock) {
        append(out, R"(,"clock":{{"at":"{}","boot_id":)", to_rfc3339(state.clock->at));
        wire::append_json_string(out, state.clock->boot_id);
        append(out, R"(,"boot":{}}})", state.clock->boot.count);
    }
    if (state.last_contact) {
        append(out, R"(,"last_contact":"{}")", to_rfc3339(*state.last_contact));
    }
    if (state.head) {
        append(out, R"(,"head":{{"ledger":"{}","epoch":{},"size":{},"root":"{}","time":"{}"}})",
               to_string(state.head->ledger), state.head->epoch, state.head->size,
               to_hex(state.head->root), to_rfc3339(state.head->time));
    }
    if (state.rollback) {
        append(out, R"(,"rollback":{{"at":"{}","detail":)", to_rfc3339(state.rollback->at));
        wire::append_json_string(out, state.rollback->detail);
        out += '}';
    }
    append(out, R"(,"withdrawn_size":{})", state.withdrawn_size);
    append_ids(out, "withdrawn", state.withdrawn);
    append_ids(out, "validations", state.validations);
    const char* separator = "";
    out += R"(,"sessions":[)";
    for (const HostSession& session : state.sessions) {
        out += separator;
        append_session(out, session);
        separator = ",";
    }
    separator = "";
    out += R"(],"stations":[)";
    for (const auto& [name, holder] : state.stations) {
        append(out, R"({}{{"holder":{})", separator, holder.value);
        append_text(out, "name", name);
        out += '}';
        separator = ",";
    }
    out += R"(],"report":[)";
    for (size_t i = 0; i < state.decisions.size(); i += wire::kReportMax) {
        const size_t end = std::min(state.decisions.size(), i + wire::kReportMax);
        if (i > 0) out += ',';
        wire::write_report(out, {state.decisions.begin() + static_cast<ptrdiff_t>(i),
                                 state.decisions.begin() + static_cast<ptrdiff_t>(end)});
    }
    out += "]}";
    return out;
}

Result<HostState> parse_host_state(std::string_view json) {
    boost::system::error_code error;
    const auto value = boost::json::parse(json, error);
    if (error) return fail("host_state_malformed", "this is not JSON");
    auto state = read(value);
    if (!state) return fail("host_state_malformed", state.error().detail);
    return state;
}

}  // namespace calm
