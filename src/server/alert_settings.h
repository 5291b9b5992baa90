// The settings about warnings and who is told: how their texts read, what they must agree on, and
// the receivers that follow from them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/warnings.h"
#include "server/alert_transport.h"

namespace calm {

struct Settings;

// Texts with commas between the parts. Errors: `setting_invalid`.
Result<std::vector<uint16_t>> parse_percents(std::string_view text);
Result<std::vector<uint16_t>> parse_days_left(std::string_view text);
// "2026-12-21/2027-01-03", both days included, or one day; days begin at 00:00 UTC.
Result<std::vector<Holiday>> parse_holidays(std::string_view text);
std::string show_numbers(const std::vector<uint16_t>& numbers);
std::string show_holidays(const std::vector<Holiday>& holidays);

// What no single setting can say. Errors: `setting_invalid`.
Result<> check_alert_settings(const Settings& settings);

// Who is told, with their secrets, which are read here. REQUIRES: check_alert_settings() is
// content. Errors: `secret_unreadable`.
Result<std::vector<Receiver>> receivers_of(const Settings& settings);

}  // namespace calm
