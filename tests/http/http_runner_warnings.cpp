// What a license server warns of, as the routes of alerts tell it.
#include <fmt/format.h>

#include "http_runner.h"
#include "server/alert_desk.h"

namespace calm::testing {

using scenario::Observed;
namespace json = boost::json;

namespace {

std::string text_at(const json::object& object, std::string_view name) {
    const auto* const text = object.if_contains(name);
    return text == nullptr || !text->is_string() ? std::string() : std::string(text->as_string());
}

}  // namespace

// Holidays are a setting that a server starts with.
void HttpRunner::start_server(bool restored) {
    server_.reset();
    server_ = std::make_unique<TestServer>(
        disk_, wall_ + lie_, [this](Settings& settings) { settings.warnings.holidays = holidays_; },
        restored);
}

Result<Observed> HttpRunner::operator()(const scenario::SetHoliday& step) {
    holidays_.push_back(step.holiday);
    start_server();
    return Observed{};
}

bool HttpRunner::is_about(const json::object& alert, const scenario::Warned& step) const {
    if (text_at(alert, "kind") != name_of(step.kind)) return false;
    const json::object& about = alert.at("about").as_object();
    switch (step.kind) {
        case WarningKind::pool_filling:
            return text_at(about, "name") == step.name &&
                   text_at(about, "part") == name_of(step.pool);
        case WarningKind::pack_expiring: {
            const auto pack = called_.packs.find(step.name);
            return pack != called_.packs.end() &&
                   about.at("number").to_number<uint32_t>() == pack->second;
        }
        default: return text_at(about, "name") == step.name;
    }
}

Result<Observed> HttpRunner::operator()(const scenario::Warned& step) {
    static_cast<void>((*this)(scenario::Sweep{}));
    // Minutes of the desk's time: however small the slices of its looks, one has begun and ended.
    constexpr int kMinutes = 12;
    for (int minute = 0; minute < kMinutes; ++minute) {
        server_->on_loop([](Service& service) {
            for (int second = 0; second < 60; ++second)
                service.alerts().tick();
        });
    }
    Observed observed{.warning = "none"};
    const json::value alerts = get("/v1/alerts?limit=1000");
    for (const json::value& each : alerts.at("alerts").as_array()) {
        const json::object& alert = each.as_object();
        if (!is_about(alert, step)) continue;
        const json::value& level = alert.at("level");
        observed.warning = level.is_string() ? std::string(level.as_string())
                           : step.kind == WarningKind::pool_filling || alert.contains("until")
                               ? std::to_string(level.to_number<int>())
                               : "raised";
        if (alert.at("early").as_bool()) *observed.warning += " early";
    }
    return observed;
}

}  // namespace calm::testing
