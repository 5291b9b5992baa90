// The state as JSON, and the two questions asked of it.
#include "client/host_state.h"

#include <algorithm>
#include <iterator>

#include <boost/json/parse.hpp>

#include "base/append.h"
#include "wire/fields.h"

namespace calm {
namespace {

constexpr size_t kDetailMax = 4096;

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

template <class T, class Parse>
Result<> read_part(wire::Fields& fields, std::string_view name, std::optional<T>& into,
                   Parse parse) {
    if (const auto* value = fields.any(name)) {
        CALM_TRY_ASSIGN(into, parse(*value));
    }
    return {};
}

// What a contact brought stands in the state in the contact's own form.
void take_contact(const wire::HostContact& contact, HostState& state) {
    state.mode = contact.mode;
    state.offline_days_max = contact.offline_days_max;
    state.products = contact.products;
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
    wire::HostContact contact{
        .mode = state.mode, .offline_days_max = state.offline_days_max, .products = state.products};
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
    out += R"(,"report":[)";
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
