// On which hosts the holder of a CAL was let in lately: read from usage, which lies in the store.
#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "server/api.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr uint32_t kDaysDefault = 30;
constexpr uint32_t kDaysMax = 366;
constexpr size_t kPlacesMax = 1000;

// Where somebody used which product.
struct Place {
    HostId host;
    ProductId product;
    auto operator<=>(const Place&) const = default;
};

struct Uses {
    uint32_t first_day = 0;  // of the days that were read; days since 1970-01-01 UTC
    uint32_t last_day = 0;
    uint32_t days = 0;
    uint64_t count = 0;
};

using Places = std::vector<std::pair<Place, Uses>>;

// The latest used first. Days come in order and may come in several rows, one for each device.
Result<Places> places_of(store::JournalReader& reader, SubjectId holder, uint32_t first_day,
                         uint32_t last_day) {
    std::map<Place, Uses> found;
    CALM_TRY(reader.usage(first_day, last_day, [&](const store::UsageRow& row) {
        if (row.user != holder && row.device != holder) return true;
        Uses& uses = found[{row.host, row.product}];
        if (uses.days == 0) uses.first_day = row.day;
        if (uses.days == 0 || uses.last_day != row.day) ++uses.days;
        uses.last_day = row.day;
        uses.count += row.count;
        return true;
    }));
    Places places(found.begin(), found.end());
    std::ranges::sort(places, [](const auto& a, const auto& b) {
        if (a.second.last_day != b.second.last_day) return a.second.last_day > b.second.last_day;
        return a.first < b.first;
    });
    if (places.size() > kPlacesMax) places.resize(kPlacesMax);
    return places;
}

std::string places_json(const Api& api, CalId cal, uint32_t days, const Places& places) {
    std::string out = fmt::format(R"({{"cal":{},"days":{},"hosts":[)", cal.value, days);
    for (const auto& [place, uses] : places) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"host":{},"name":)", place.host.value);
        wire::append_json_string(out, api.directory.host_name(place.host));
        out += fmt::format(
            R"(,"product":"{}","first_day":"{}","last_day":"{}","days_used":{},"count":{}}})",
            api.server.ledger().product(place.product).product.code, day_text(uses.first_day),
            day_text(uses.last_day), uses.days, uses.count);
    }
    return out + "]}";
}

void list(Api& api, const Request& request, Responder responder) {
    const CalId cal{number_of(request, "cal")};
    const Ledger& ledger = api.server.ledger();
    if (!ledger.has_cal(cal)) {
        return responder.fail(
            {"cal_unknown", fmt::format("there is no CAL `{}`", request.parameter("cal"))});
    }
    const auto days = query_number(request, "days", kDaysDefault);
    if (!days) return responder.fail(days.error());
    if (*days < 1 || *days > kDaysMax) {
        return responder.fail({"bad_query", fmt::format("`days` is not 1 to {}", kDaysMax)});
    }
    auto reader = api.server.writer().open_reader();
    if (!reader) return responder.fail(reader.error());
    if (api.workers.full())
        return responder.fail({"unavailable", "too many long reads at once"}, 2);
    const auto today = static_cast<uint32_t>(api.server.now().seconds / 86400);
    const uint32_t first = today - std::min(today, *days - 1);
    std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
    api.workers.run(
        [shared, holder = ledger.cal(cal).holder, first, today] {
            return places_of(*shared, holder, first, today);
        },
        [&api, cal, days = *days, responder = std::move(responder)](Result<Places> places) mutable {
            if (!places) return responder.fail(places.error());
            responder.send(Response::json(200, places_json(api, cal, days, *places)));
        });
}

}  // namespace

void add_cal_host_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/cals/{cal}/hosts", rights::operate,
        "On which hosts a CAL's holder was let in lately", list, http::kSlow);
}

}  // namespace calm
