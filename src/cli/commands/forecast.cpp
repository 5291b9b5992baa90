// calm forecast: the day on which each pool runs out, and what that rests on.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

// The packs that end or begin, as "2027-01-31: -25".
std::string pack_changes(const boost::json::value& forecast) {
    std::string out;
    for (const auto& each : array_at(forecast, "packs")) {
        const int64_t seats = number_at(each, "seats");
        out += (out.empty() ? "" : ", ") + text_at(each, "at").substr(0, 10) + ": " +
               (seats > 0 ? "+" : "") + std::to_string(seats);
    }
    return out;
}

std::string growth_text(const boost::json::value& forecast) {
    const auto* const growth = find_at(forecast, "growth_per_day");
    if (growth == nullptr || !growth->is_number()) return "-";
    std::string out = std::to_string(growth->to_number<double>());
    return out.substr(0, out.find('.') + 3);
}

void show(Call& call, const boost::json::value& forecast) {
    const std::string outcome = text_at(forecast, "outcome");
    const std::string product = text_at(forecast, "product");
    const std::string kind = text_at(forecast, "kind");
    const std::string used = text_at(forecast, "used");
    const std::string seats = text_at(forecast, "seats");
    call.print_line(call.text("command.forecast.outcome." + outcome,
                              {{"product", product},
                               {"kind", kind},
                               {"used", used},
                               {"seats", seats},
                               {"day", text_at(forecast, "day")},
                               {"history", text_at(forecast, "history_days")},
                               {"samples", text_at(forecast, "samples")}}));
    if (outcome != "not_enough_history" && outcome != "full") {
        call.print_line("  " + call.text("command.forecast.assumes_growth",
                                         {{"growth", growth_text(forecast)},
                                          {"history", text_at(forecast, "history_days")},
                                          {"samples", text_at(forecast, "samples")}}));
        const std::string changes = pack_changes(forecast);
        call.print_line("  " + (changes.empty() ? call.text("command.forecast.assumes_packs")
                                                : call.text("command.forecast.assumes_changes",
                                                            {{"changes", changes}})));
    }
}

Exit run(Call& call, const std::string& product) {
    const std::string path =
        product.empty() ? "/v1/forecast" : "/v1/forecast?product=" + url_escape(product);
    return present(call, call.get(path), [&](const boost::json::value& answer) {
        const auto& forecasts = array_at(answer, "forecasts");
        if (forecasts.empty()) return call.say("command.forecast.no_pools");
        for (const auto& each : forecasts)
            show(call, each);
    });
}

}  // namespace

Action declare_forecast(Form& form) {
    auto& product = form.make<std::string>();
    form.optional_argument("PRODUCT", product);
    return [&product](Call& call) { return run(call, product); };
}

}  // namespace calm::cli
