// Refused attempts: who was refused what, when, and why; rows and their totals.
#include <algorithm>
#include <chrono>
#include <map>

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include "server/api.h"
#include "server/refused_desk.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr uint32_t kPageMax = 1000;
constexpr uint32_t kPageDefault = 100;
constexpr uint32_t kDaysShown = 30;  // unless it is said otherwise; today is one of them
constexpr auto kSlice = std::chrono::milliseconds(1);

struct Wanted {
    uint32_t since = 0;  // first and last day, days since 1970-01-01 UTC
    uint32_t until = 0;
    std::optional<std::string> product;
    std::optional<Reason> reason;
    HostId host;          // zero: any
    std::string name;     // a part of one; empty: any
    uint64_t before = 0;  // rows with smaller numbers
    bool first_page = true;
    uint32_t limit = kPageDefault;

    bool fits(const RefusedRow& row) const {
        if (row.day < since || row.day > until) return false;
        if (product && row.product != *product) return false;
        if (reason && row.reason != *reason) return false;
        if (host && row.host != host) return false;
        const auto has = [&](const std::string& text) {
            return text.find(name) != std::string::npos;
        };
        return name.empty() || has(row.user) || has(row.device) || has(row.station);
    }
};

Result<uint32_t> query_day(const Request& request, std::string_view name, uint32_t fallback) {
    const auto text = request.query(name);
    if (!text) return fallback;
    const auto day = parse_rfc3339(*text + "T00:00:00Z");
    if (!day || day->seconds < 0)
        return fail("bad_query", fmt::format("`{}` is not a day such as 2026-12-25", *text));
    return static_cast<uint32_t>(day->seconds / days(1).count);
}

Result<Wanted> wanted_of(Api& api, const Request& request) {
    Wanted wanted;
    const auto today = static_cast<uint32_t>(api.server.now().seconds / days(1).count);
    CALM_TRY_ASSIGN(wanted.until, query_day(request, "until", today));
    const uint32_t back = std::min(wanted.until, kDaysShown - 1);
    CALM_TRY_ASSIGN(wanted.since, query_day(request, "since", wanted.until - back));
    if (wanted.since > wanted.until)
        return fail("bad_query", "`since` is a later day than `until`");
    wanted.product = request.query("product");
    if (const auto text = request.query("reason")) {
        wanted.reason = from_name<Reason>(*text);
        if (!wanted.reason) return fail("bad_query", fmt::format("there is no reason `{}`", *text));
    }
    if (const auto text = request.query("host")) {
        CALM_TRY_ASSIGN(wanted.host, host_named(api, *text));
    }
    if (const auto text = request.query("name"); text && !text->empty()) {
        CALM_TRY_ASSIGN(wanted.name, normalised_name(*text));
    }
    CALM_TRY_ASSIGN(wanted.limit, query_number(request, "limit", wanted.limit));
    wanted.limit = std::clamp(wanted.limit, 1U, kPageMax);
    CALM_TRY_ASSIGN(const uint32_t cursor, query_number(request, "cursor", 0));
    wanted.first_page = cursor == 0;
    wanted.before = cursor == 0 ? UINT64_MAX : cursor;
    return wanted;
}

// Whom the row counts as: a person wherever it came from, else the station, else the device.
size_t who_of(const RefusedRow& row) {
    const std::hash<std::string_view> hash;
    if (!row.user.empty()) return hash(row.user);
    return row.station.empty() ? hash(row.device) * 31 + 1 : hash(row.station) * 31 + 2;
}

struct Total {
    uint64_t attempts = 0;
    boost::unordered_flat_set<size_t> who;  // hashes of their names: a count, not a decision
    boost::unordered_flat_set<uint32_t> days;
};

// The most attempts first. At most RefusedAttempts' bound of rows: some milliseconds.
std::string totals_json(const RefusedAttempts& attempts, const Wanted& wanted) {
    using What = std::pair<std::string_view, Reason>;
    std::map<What, Total> totals;
    for (const auto& [id, row] : attempts.rows()) {
        if (!wanted.fits(row)) continue;
        Total& total = totals[{row.product, row.reason}];
        total.attempts += row.attempts;
        total.days.insert(row.day);
        if (row.is_others()) continue;
        total.who.insert(who_of(row));
    }
    std::vector<std::pair<What, const Total*>> order;
    for (const auto& [what, total] : totals)
        order.emplace_back(what, &total);
    std::ranges::sort(order, [](const auto& a, const auto& b) {
        return std::pair(b.second->attempts, a.first) < std::pair(a.second->attempts, b.first);
    });
    std::string out;
    for (const auto& [what, total] : order) {
        out += out.empty() ? R"({"product":)" : R"(,{"product":)";
        wire::append_json_string(out, what.first);
        out += fmt::format(R"(,"reason":"{}","attempts":{},"who":{},"days":{}}})",
                           name_of(what.second), total->attempts, total->who.size(),
                           total->days.size());
    }
    return out;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out += fmt::format(R"("{}":)", name);
    wire::append_json_string(out, text);
    out += ',';
}

// The latest first. A page costs at most a millisecond of the loop: it may come back shorter than
// asked, with a cursor to go on from.
void list(Api& api, const Request& request, Responder responder) {
    const auto wanted = wanted_of(api, request);
    if (!wanted) return responder.fail(wanted.error());
    const RefusedAttempts& attempts = api.refused.attempts();
    std::string out =
        fmt::format(R"({{"since":"{}","until":"{}","kept_days":{})", day_text(wanted->since),
                    day_text(wanted->until), api.refused.days_kept());
    if (attempts.complete_since() > wanted->since)
        out += fmt::format(R"(,"complete_since":"{}")", day_text(attempts.complete_since()));
    if (wanted->first_page) out += fmt::format(R"(,"totals":[{}])", totals_json(attempts, *wanted));
    out += R"(,"refusals":[)";
    const auto& rows = attempts.rows();
    const auto deadline = std::chrono::steady_clock::now() + kSlice;
    auto at = rows.lower_bound(wanted->before);
    uint32_t shown = 0;
    uint32_t looked = 0;
    while (at != rows.begin() && shown < wanted->limit) {
        --at;
        // What came before a row of an earlier day is of that day at the latest.
        if (at->second.day < wanted->since && !at->second.offline) {
            at = rows.begin();
            break;
        }
        if (wanted->fits(at->second)) {
            if (shown++ > 0) out += ',';
            append_refused_row(out, api, request.language(), at->second);
        }
        if (++looked % 16 == 0 && std::chrono::steady_clock::now() > deadline) break;
    }
    out += ']';
    if (at != rows.begin()) out += fmt::format(R"(,"cursor":"{}")", at->first);
    out += '}';
    responder.send(Response::json(200, std::move(out)));
}

}  // namespace

void append_refused_row(std::string& out, const Api& api, Language language,
                        const RefusedRow& row) {
    out += fmt::format(R"({{"refusal":{},"day":"{}","product":)", row.id, day_text(row.day));
    wire::append_json_string(out, row.product);
    out += fmt::format(R"(,"reason":"{}",)", name_of(row.reason));
    if (row.is_others()) {
        out += R"("others":true,)";
    } else {
        out += fmt::format(R"("host":{},)", row.host.value);
        append_text(out, "host_name", api.directory.host_name(row.host));
    }
    append_text(out, "user", row.user);
    append_text(out, "device", row.device);
    append_text(out, "station", row.station);
    out +=
        fmt::format(R"("offline":{},"attempts":{},"first_at":"{}","last_at":"{}","sentence":)",
                    row.offline, row.attempts, to_rfc3339(row.first_at), to_rfc3339(row.last_at));
    wire::append_json_string(
        out, message(language, fmt::format("reason.{}.sentence", name_of(row.reason))));
    out += '}';
}

void add_refused_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/refusals", rights::view, "List who was refused, the latest first", list);
}

}  // namespace calm
