// Reading lines about warnings, and looking for what they name.
#include "core/scenario_warnings.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/core_runner.h"

namespace calm::scenario {
namespace {

Result<Instant> date(Words& words, std::string_view what) {
    CALM_TRY_ASSIGN(const When when, words.when(what));
    if (!when.date) return words.error(fmt::format("{} is a date like 2026-12-24", what));
    return *when.date;
}

// "none", "started", "over", "90"; behind a threshold there may be `early`.
Result<std::string> level(Words& words) {
    for (const char* word : {"none", "started", "over"}) {
        if (words.take(word)) return std::string(word) + (words.take("early") ? " early" : "");
    }
    CALM_TRY_ASSIGN(const uint32_t threshold, words.number("the threshold"));
    return fmt::format("{}{}", threshold, words.take("early") ? " early" : "");
}

Result<std::string> raised_or_none(Words& words) {
    if (words.take("none")) return std::string("none");
    if (words.take("raised")) return std::string("raised");
    return words.error("such a warning is `raised`, or there is `none`");
}

bool names_a_day(WarningKind kind) {
    return kind == WarningKind::initial_grace || kind == WarningKind::pack_expiring;
}

}  // namespace

Result<Step> parse_holiday(Words& words) {
    SetHoliday step;
    CALM_TRY_ASSIGN(step.holiday.first, date(words, "the first day"));
    CALM_TRY_ASSIGN(const Instant last, date(words, "the last day"));
    if (last < step.holiday.first) return words.error("a holiday ends before it begins");
    step.holiday.after = last + days(1);
    return step;
}

Result<Step> parse_warned(Words& words, Expectation& expected) {
    Warned step;
    if (words.take("clock")) {
        const bool behind = words.take("behind");
        step.kind = behind ? WarningKind::clock_behind : WarningKind::clock_stands;
        if (!behind && !words.take("stands")) return words.error("a clock `stands` or is `behind`");
        CALM_TRY_ASSIGN(expected.warning, raised_or_none(words));
        return step;
    }
    if (words.take("overuse")) {
        step.kind = WarningKind::over_use;
        CALM_TRY_ASSIGN(step.name, words.word("the product"));
        CALM_TRY_ASSIGN(expected.warning, raised_or_none(words));
        return step;
    }
    if (words.take("look-alike")) {
        step.kind = WarningKind::look_alike;
        CALM_TRY_ASSIGN(step.name, words.word("the device"));
        CALM_TRY_ASSIGN(expected.warning, raised_or_none(words));
        return step;
    }
    if (words.take("pool")) {
        CALM_TRY_ASSIGN(step.name, words.word("the product"));
        CALM_TRY_ASSIGN(step.pool, words.name<PackKind>("the kind of CAL"));
    } else if (words.take("grace")) {
        step.kind = WarningKind::initial_grace;
        CALM_TRY_ASSIGN(step.name, words.word("the host"));
    } else if (words.take("pack")) {
        step.kind = WarningKind::pack_expiring;
        CALM_TRY_ASSIGN(step.name, words.word("the pack"));
    } else {
        return words.error(
            "there are warnings of `pool`, `overuse`, `grace`, `pack`, `look-alike` and `clock`");
    }
    CALM_TRY_ASSIGN(expected.warning, level(words));
    return step;
}

std::string word_of(const std::optional<Warning>& warning) {
    if (!warning) return "none";
    std::string word = std::to_string(warning->level);
    if (names_a_day(warning->kind) && warning->level == kLevelStarted) word = "started";
    if (names_a_day(warning->kind) && warning->level == kLevelOver) word = "over";
    if (!names_a_day(warning->kind) && warning->kind != WarningKind::pool_filling) word = "raised";
    return word + (warning->early ? " early" : "");
}

Result<Observed> CoreRunner::operator()(const SetHoliday& step) {
    warning_terms_.holidays.push_back(step.holiday);
    return Observed{};
}

// Counters of packs count a seat until its expiry is written, so that is done first.
Result<Observed> CoreRunner::operator()(const Warned& step) {
    CALM_TRY((*this)(Sweep{}));
    Warning looked_for{.kind = step.kind};
    if (step.kind == WarningKind::pool_filling || step.kind == WarningKind::over_use) {
        CALM_TRY_ASSIGN(const ProductId id, product(step.name));
        looked_for.about = id.value;
    } else if (step.kind == WarningKind::pack_expiring) {
        const auto pack = called_.packs.find(step.name);
        looked_for.about = pack == called_.packs.end() ? 0 : pack->second.value;
    } else if (step.kind == WarningKind::initial_grace) {
        const auto named = called_.hosts.find(step.name);
        looked_for.about = named == called_.hosts.end() ? 0 : named->second.value;
    }
    if (step.kind == WarningKind::look_alike) {
        const auto device = called_.devices.find(step.name);
        looked_for.about = device == called_.devices.end() ? 0 : device->second.value;
        if (const Doubt* doubt = ledger_.doubt_of({looked_for.about}))
            looked_for.part = doubt->like.value;
    }
    if (step.kind == WarningKind::pool_filling) looked_for.part = static_cast<uint32_t>(step.pool);
    const TrustedClock::Reading reading = clock_.read(real_ + lie_, boot_);
    std::vector<Warning> all = warnings(ledger_, warning_terms_, now());
    if (const auto clock = clock_warning(reading)) all.push_back(*clock);
    Observed observed;
    observed.warning = "none";
    for (const Warning& each : all) {
        if (each.kind == looked_for.kind && each.about == looked_for.about &&
            each.part == looked_for.part) {
            observed.warning = word_of(each);
        }
    }
    return observed;
}

}  // namespace calm::scenario
