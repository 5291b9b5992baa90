// Sentences are in i18n under `alert`.
#include "server/alert_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "messages/detail.h"
#include "messages/local_time.h"
#include "server/pack_preview.h"
#include "wire/fields.h"

namespace calm {
namespace {

using wire::append_json_string;

std::string key_for(const Warning& warning, std::string_view text) {
    return fmt::format("alert.{}.{}", name_of(warning.kind), text);
}

std::string product_code(const AlertNames& names, uint32_t number) {
    if (number == 0 || number > names.ledger.products().size()) return std::to_string(number);
    return names.ledger.products()[number - 1].product.code;
}

std::string subject_name(const AlertNames& names, uint32_t number) {
    std::string_view name;
    if (names.ledger.has_subject(SubjectId{number})) name = names.subjects.name(SubjectId{number});
    return name.empty() ? std::to_string(number) : std::string(name);
}

std::string vendor_called(const AlertNames& names, uint32_t number) {
    const auto& vendors = names.ledger.vendors();
    if (number == 0 || number > vendors.size()) return std::to_string(number);
    const std::string* text = names.directory.vendor_document(to_hex(vendors[number - 1]));
    const auto vendor = text == nullptr ? Result<VendorDocument>(fail("vendor_unknown", ""))
                                        : vendor_shown_by(*text);
    return vendor ? vendor->name : key_id(PublicKey{vendors[number - 1]});
}

// What it is about, as a person calls it; empty for the license server itself.
std::string about_name(const Warning& warning, const AlertNames& names) {
    switch (warning.kind) {
        case WarningKind::pool_filling:
        case WarningKind::over_use: return product_code(names, warning.about);
        case WarningKind::initial_grace: {
            const std::string_view name = names.directory.host_name(HostId{warning.about});
            return name.empty() ? std::to_string(warning.about) : std::string(name);
        }
        case WarningKind::pack_expiring: return std::to_string(warning.about);
        case WarningKind::look_alike: return subject_name(names, warning.about);
        case WarningKind::activation_ending: return vendor_called(names, warning.about);
        case WarningKind::certificate_expiring:
        case WarningKind::clock_stands:
        case WarningKind::clock_behind: return {};
    }
    return {};
}

std::string part_name(const Warning& warning, const AlertNames& names) {
    if (warning.kind == WarningKind::look_alike) return subject_name(names, warning.part);
    if (warning.kind == WarningKind::pool_filling) {
        return std::string(name_of(static_cast<PackKind>(warning.part)));
    }
    return {};
}

// The same in a sentence: people read "per user", programs `per_user`.
std::string part_words(Language language, const Warning& warning, const AlertNames& names) {
    const std::string name = part_name(warning, names);
    if (warning.kind != WarningKind::pool_filling) return name;
    return std::string(message(language, fmt::format("report.word.{}", name)));
}

// The product of a pack, which says more than its number.
std::string product_of(const Warning& warning, const AlertNames& names) {
    if (warning.kind != WarningKind::pack_expiring || warning.about == 0 ||
        warning.about > names.ledger.packs().size()) {
        return {};
    }
    return product_code(names, names.ledger.pack(PackId{warning.about}).product.value);
}

// Which of its sentences fits.
std::string_view sentence_of(const Warning& warning) {
    switch (warning.kind) {
        case WarningKind::pool_filling: return warning.level >= 100 ? "full" : "sentence";
        case WarningKind::initial_grace:
            if (warning.level == kLevelStarted) return "started";
            [[fallthrough]];
        case WarningKind::activation_ending:
            if (warning.until == Instant{}) return "never";
            [[fallthrough]];
        case WarningKind::pack_expiring:
        case WarningKind::certificate_expiring:
            // Told early, it has not ended yet.
            return warning.level == kLevelOver && !warning.early ? "over" : "sentence";
        default: return "sentence";
    }
}

std::string level_json(const Warning& warning) {
    if (warning.until.seconds == 0 && warning.kind != WarningKind::activation_ending)
        return std::to_string(warning.level);
    if (warning.level == kLevelStarted) return R"("started")";
    if (warning.level == kLevelOver) return R"("over")";
    return std::to_string(warning.level);
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
    out += fmt::format(R"(,"{}":)", name);
    append_json_string(out, value);
}

void append_time(std::string& out, std::string_view name, const std::optional<Instant>& at) {
    if (at) out += fmt::format(R"(,"{}":"{}")", name, to_rfc3339(*at));
}

void append_deliveries(std::string& out, Language language, const Alert& alert) {
    out += R"(,"deliveries":[)";
    for (const Delivery& each : alert.deliveries) {
        if (out.back() == '}') out += ',';
        out += R"({"receiver":)";
        append_json_string(out, each.receiver);
        out += fmt::format(R"(,"state":"{}","tries":{})", name_of(each.state), each.tries);
        append_time(out, "at", each.at);
        if (!each.why.empty()) append_text(out, "why", translated_detail(language, each.why));
        out += '}';
    }
    out += ']';
}

std::string json_head(std::string_view message_id, std::string_view server_id, Instant now,
                      bool test) {
    return fmt::format(
        R"({{"message":"{}","license_server_id":"{}","at":"{}","test":{},"alerts":[)", message_id,
        server_id, to_rfc3339(now), test);
}

}  // namespace

std::string alert_sentence(Language language, const Warning& warning, const AlertNames& names) {
    const uint64_t percent = warning.owned == 0 ? 0 : warning.used * 100 / warning.owned;
    std::string out =
        message(language, key_for(warning, sentence_of(warning)),
                {{"about", about_name(warning, names)},
                 {"part", part_words(language, warning, names)},
                 {"product", product_of(warning, names)},
                 {"until", warning.until.seconds > 0 ? local_minute(warning.until) : std::string()},
                 {"percent", std::to_string(percent)},
                 {"used", std::to_string(warning.used)},
                 {"owned", std::to_string(warning.owned)}});
    if (warning.early) out += fmt::format(" {}", message(language, "alert.early"));
    return out;
}

std::string alert_remedy(Language language, const Warning& warning) {
    return std::string(message(language, key_for(warning, "remedy")));
}

void append_alert(std::string& out, Language language, const Alert& alert,
                  const AlertNames& names) {
    const Warning& warning = alert.warning;
    out += fmt::format(R"({{"alert":{},"kind":"{}","state":"{}","severity":"{}","level":{})",
                       alert.id, name_of(warning.kind), name_of(alert.state),
                       name_of(warning.severity), level_json(warning));
    out += fmt::format(R"(,"early":{},"about":{{"number":{})", warning.early, warning.about);
    if (const std::string name = about_name(warning, names); !name.empty())
        append_text(out, "name", name);
    if (const std::string part = part_name(warning, names); !part.empty())
        append_text(out, "part", part);
    out += '}';
    if (warning.until.seconds > 0) append_time(out, "until", warning.until);
    if (warning.used > 0) out += fmt::format(R"(,"used":{})", warning.used);
    if (warning.owned > 0) out += fmt::format(R"(,"owned":{})", warning.owned);
    append_time(out, "first_seen", alert.first_seen);
    append_time(out, "last_seen", alert.last_seen);
    append_time(out, "raised_at", alert.raised_at);
    append_time(out, "acknowledged_at", alert.acknowledged_at);
    if (!alert.acknowledged_by.empty()) append_text(out, "acknowledged_by", alert.acknowledged_by);
    append_time(out, "resolved_at", alert.resolved_at);
    append_text(out, "sentence", alert_sentence(language, warning, names));
    append_text(out, "remedy", alert_remedy(language, warning));
    append_deliveries(out, language, alert);
    out += '}';
}

AlertWords alert_words(Language language, std::string_view message_id, std::string_view server_id,
                       std::vector<const Alert*> alerts, const AlertNames& names, Instant now) {
    // The most urgent first; of equals, the one that was raised first.
    std::ranges::sort(alerts, [](const Alert* a, const Alert* b) {
        return std::pair(b->warning.severity, a->id) < std::pair(a->warning.severity, b->id);
    });
    const size_t shown = std::min(alerts.size(), kAlertsInMessageMax);
    AlertWords out{.subject = "[CALM] ", .json = json_head(message_id, server_id, now, false)};
    for (size_t i = 0; i < shown; ++i) {
        const Alert& alert = *alerts[i];
        const std::string severity(
            message(language, fmt::format("alert.severity.{}", name_of(alert.warning.severity))));
        out.text += fmt::format("{}: {}\n{}\ncalm alert show {}\n\n", severity,
                                alert_sentence(language, alert.warning, names),
                                alert_remedy(language, alert.warning), alert.id);
        if (i > 0) out.json += ',';
        append_alert(out.json, language, alert, names);
    }
    const std::string count = std::to_string(alerts.size());
    out.subject += alerts.size() == 1 ? alert_sentence(language, alerts[0]->warning, names)
                                      : message(language, "alert.mail.subject", {{"count", count}});
    if (shown < alerts.size()) {
        out.text += message(language, "alert.mail.more",
                            {{"count", std::to_string(alerts.size() - shown)}}) +
                    "\n\n";
    }
    out.text += message(language, "alert.mail.foot", {{"server", server_id}}) + "\n";
    out.json += fmt::format(R"(],"count":{}}})", count);
    return out;
}

AlertWords test_words(Language language, std::string_view message_id, std::string_view server_id,
                      Instant now) {
    return {.subject = fmt::format("[CALM] {}", message(language, "alert.mail.test_subject")),
            .text = fmt::format("{}\n\n{}\n", message(language, "alert.mail.test"),
                                message(language, "alert.mail.foot", {{"server", server_id}})),
            .json = json_head(message_id, server_id, now, true) + R"(],"count":0})"};
}

}  // namespace calm
