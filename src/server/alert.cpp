// An alert's record: one small JSON object.
#include "server/alert.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "wire/fields.h"

namespace calm {
namespace {

namespace json = boost::json;

void put_time(json::object& into, const char* name, const std::optional<Instant>& at) {
    if (at) into[name] = to_rfc3339(*at);
}

void put_warning(json::object& into, const Warning& warning) {
    const auto seats = [](uint64_t n) { return std::min<uint64_t>(n, 0xFFFF'FFFF); };
    into["kind"] = name_of(warning.kind);
    into["about"] = warning.about;
    into["part"] = warning.part;
    into["level"] = warning.level;
    into["early"] = warning.early;
    into["severity"] = name_of(warning.severity);
    if (warning.until.seconds > 0) into["until"] = to_rfc3339(warning.until);
    into["used"] = seats(warning.used);
    into["owned"] = seats(warning.owned);
}

void read_warning(wire::Fields& fields, Warning& into) {
    uint32_t used = 0;
    uint32_t owned = 0;
    std::optional<Instant> until;
    fields.choice("kind", into.kind);
    fields.number("about", into.about);
    fields.number("part", into.part);
    fields.number("level", into.level);
    fields.flag("early", into.early);
    fields.choice("severity", into.severity);
    fields.time("until", until);
    fields.number("used", used);
    fields.number("owned", owned);
    fields.require("kind");
    into.until = until.value_or(Instant{});
    into.used = used;
    into.owned = owned;
}

json::array deliveries_json(const Alert& alert) {
    json::array out;
    for (const Delivery& each : alert.deliveries) {
        json::object one{{"receiver", each.receiver},
                         {"message", each.message},
                         {"state", name_of(each.state)},
                         {"tries", each.tries},
                         {"why", each.why}};
        put_time(one, "at", each.at);
        out.push_back(std::move(one));
    }
    return out;
}

bool read_deliveries(const json::value* list, Alert& into) {
    if (list == nullptr || !list->is_array()) return list == nullptr;
    for (const json::value& each : list->get_array()) {
        wire::Fields fields(each);
        Delivery delivery;
        fields.text("receiver", delivery.receiver, 4096);
        fields.text("message", delivery.message);
        fields.choice("state", delivery.state);
        fields.number("tries", delivery.tries);
        fields.text("why", delivery.why);
        fields.time("at", delivery.at);
        if (!fields.finish()) return false;
        into.deliveries.push_back(std::move(delivery));
    }
    return true;
}

}  // namespace

AlertKey key_of(const Warning& warning) {
    return {.kind = warning.kind, .about = warning.about, .part = warning.part};
}

uint32_t rank_of(const Warning& warning) {
    return (static_cast<uint32_t>(warning.severity) << 20) + urgency(warning);
}

std::string alert_record_key(uint32_t id) {
    return fmt::format("{:010}", id);  // so that keys sort as numbers do
}

store::Record record_of(const Alert& alert) {
    json::object value;
    put_warning(value, alert.warning);
    value["state"] = name_of(alert.state);
    put_time(value, "first_seen", alert.first_seen);
    put_time(value, "last_seen", alert.last_seen);
    put_time(value, "raised_at", alert.raised_at);
    put_time(value, "acknowledged_at", alert.acknowledged_at);
    value["acknowledged_by"] = alert.acknowledged_by;
    put_time(value, "resolved_at", alert.resolved_at);
    value["peak"] = alert.peak;
    put_time(value, "peak_at", alert.peak_at);
    value["deliveries"] = deliveries_json(alert);
    return {std::string(kAlertTable), alert_record_key(alert.id), json::serialize(value)};
}

Result<Alert> read_alert(std::string_view key, std::string_view value) {
    const auto damaged = [&] {
        return fail("database_damaged", fmt::format("alert `{}` does not read", key));
    };
    Alert alert;
    const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), alert.id);
    if (failed != std::errc() || end != key.data() + key.size() || alert.id == 0) return damaged();
    boost::system::error_code error;
    const json::value parsed = json::parse({value.data(), value.size()}, error);
    if (error) return damaged();
    wire::Fields fields(parsed);
    std::optional<Instant> first;
    std::optional<Instant> last;
    std::optional<Instant> raised;
    std::optional<Instant> peak;
    read_warning(fields, alert.warning);
    fields.choice("state", alert.state);
    fields.time("first_seen", first);
    fields.time("last_seen", last);
    fields.time("raised_at", raised);
    fields.time("acknowledged_at", alert.acknowledged_at);
    fields.text("acknowledged_by", alert.acknowledged_by);
    fields.time("resolved_at", alert.resolved_at);
    fields.number("peak", alert.peak);
    fields.time("peak_at", peak);
    if (!read_deliveries(fields.any("deliveries"), alert) || !fields.finish()) return damaged();
    alert.first_seen = first.value_or(Instant{});
    alert.last_seen = last.value_or(Instant{});
    alert.raised_at = raised.value_or(Instant{});
    alert.peak_at = peak.value_or(Instant{});
    return alert;
}

}  // namespace calm
