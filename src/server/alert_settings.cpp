// Reading, checking, and fetching secrets from their files.
#include "server/alert_settings.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/stat.h>

#include "server/settings.h"

namespace calm {
namespace {

constexpr size_t kPartsMax = 100;
constexpr size_t kRecipientsMax = 50;
constexpr size_t kWebhooksMax = 8;
constexpr size_t kAddressBytesMax = 254;
constexpr size_t kUrlBytesMax = 2048;
constexpr size_t kSecretBytesMin = 16;
constexpr size_t kSecretBytesMax = 4096;

std::unexpected<Error> invalid(std::string what) {
    return fail("setting_invalid", std::move(what));
}

// Calls `take(part)` for what stands between commas.
template <class Take>
Result<> each_part(std::string_view text, Take take) {
    for (size_t parts = 0; !text.empty(); ++parts) {
        if (parts == kPartsMax) return invalid(fmt::format("more than {} parts", kPartsMax));
        const size_t comma = text.find(',');
        std::string_view part = text.substr(0, comma);
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        while (part.ends_with(' '))
            part.remove_suffix(1);
        CALM_TRY(take(part));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return {};
}

Result<std::vector<uint16_t>> parse_numbers(std::string_view text, uint16_t max) {
    std::vector<uint16_t> out;
    CALM_TRY(each_part(text, [&](std::string_view part) -> Result<> {
        uint16_t number = 0;
        const auto [end, failed] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (failed != std::errc() || end != part.data() + part.size() || number == 0 ||
            number > max) {
            return invalid(
                fmt::format("`{}` is not a whole number from 1 to {}", part.substr(0, 40), max));
        }
        out.push_back(number);
        return {};
    }));
    std::ranges::sort(out);
    const auto twice = std::ranges::unique(out);
    out.erase(twice.begin(), twice.end());
    return out;
}

Result<Instant> parse_day(std::string_view text) {
    auto day = parse_rfc3339(std::string(text) + "T00:00:00Z");
    if (!day) {
        return invalid(
            fmt::format("`{}` is not a day such as 2026-12-25", std::string(text.substr(0, 40))));
    }
    return *day;
}

std::string day_text(Instant at) {
    return to_rfc3339(at).substr(0, 10);
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool is_mail_address(std::string_view text) {
    const size_t sign = text.find('@');
    return text.size() <= kAddressBytesMax && is_plain(text) && sign != std::string_view::npos &&
           sign > 0 && sign + 1 < text.size() && text.find_first_of("<>,;\"") == text.npos;
}

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

// "host:port" in two; the port is empty without one.
std::pair<std::string_view, std::string_view> split_port(std::string_view text) {
    const size_t behind_address = text.starts_with('[') ? text.find(']') : 0;
    if (behind_address == std::string_view::npos) return {text, {}};
    const size_t colon = text.find(':', behind_address);
    if (colon == std::string_view::npos) return {text, {}};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

// "https://host:port" of an address; empty when it is none.
std::string_view origin_of(std::string_view url) {
    const size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

Result<> check_mail(const Settings& settings) {
    if (settings.mail_server.empty()) {
        if (settings.mail_to.empty()) return {};
        return invalid("`mail.to` needs `mail.server`");
    }
    const auto [host, port] = split_port(settings.mail_server);
    const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (host.empty() || !is_plain(host) || host.find('/') != host.npos || port.empty() ||
        port.size() > 5 || !digits) {
        return invalid("`mail.server` is not a name and a port such as mail.example.org:587");
    }
    if (settings.mail_security == MailSecurity::none && !is_this_machine(host)) {
        return invalid("`mail.security`: without TLS mail goes to this machine only");
    }
    if (!is_mail_address(settings.mail_from)) return invalid("`mail.from` is no mail address");
    if (settings.mail_to.empty()) return invalid("`mail.server` needs `mail.to`");
    if (settings.mail_to.size() > kRecipientsMax) {
        return invalid(fmt::format("`mail.to` has more than {} addresses", kRecipientsMax));
    }
    for (const std::string& each : settings.mail_to) {
        if (!is_mail_address(each))
            return invalid(fmt::format("`mail.to`: `{}` is no mail address", each.substr(0, 80)));
    }
    if (settings.mail_account.empty() != settings.mail_password_file.empty()) {
        return invalid("`mail.account` and `mail.password_file` belong together");
    }
    return {};
}

Result<> check_webhooks(const Settings& settings) {
    if (settings.webhook_urls.size() > kWebhooksMax) {
        return invalid(fmt::format("`webhook.urls` has more than {} addresses", kWebhooksMax));
    }
    for (const std::string& url : settings.webhook_urls) {
        const std::string_view origin = origin_of(url);
        const bool plain_http = origin.starts_with("http://");
        // What stands before an @ would be a secret, and shown as the receiver's name.
        if (url.size() > kUrlBytesMax || !is_plain(url) || origin.find('@') != origin.npos ||
            (!origin.starts_with("https://") && !plain_http)) {
            return invalid("`webhook.urls`: an address begins with https:// and a host's name");
        }
        if (plain_http && !is_this_machine(split_port(origin.substr(7)).first)) {
            return invalid(
                fmt::format("`webhook.urls`: `{}` is not this machine, so it needs "
                            "https",
                            origin));
        }
    }
    if (!settings.webhook_urls.empty() && settings.webhook_secret_file.empty()) {
        return invalid("`webhook.urls` needs `webhook.secret_file`, which signs what is sent");
    }
    return {};
}

// The first line of a file that not everybody may read.
Result<std::string> read_secret(const std::string& path) {
    const auto unreadable = [&](std::string_view why) {
        return fail("secret_unreadable", fmt::format("`{}`: {}", path, why));
    };
    struct stat about {};
    std::ifstream file(path, std::ios::binary);
    if (!file || stat(path.c_str(), &about) != 0) return unreadable("it cannot be read");
    if ((about.st_mode & 07) != 0) return unreadable("everybody on this machine may read it");
    std::string line;
    std::getline(file, line);
    while (line.ends_with('\r') || line.ends_with(' '))
        line.pop_back();
    if (line.empty() || line.size() > kSecretBytesMax) {
        return unreadable(fmt::format("its first line is empty or over {} bytes", kSecretBytesMax));
    }
    return line;
}

}  // namespace

Result<std::vector<uint16_t>> parse_percents(std::string_view text) {
    return parse_numbers(text, 100);
}

Result<std::vector<uint16_t>> parse_days_left(std::string_view text) {
    CALM_TRY_ASSIGN(auto days, parse_numbers(text, 366));
    std::ranges::reverse(days);
    return days;
}

Result<std::vector<Holiday>> parse_holidays(std::string_view text) {
    std::vector<Holiday> out;
    CALM_TRY(each_part(text, [&](std::string_view part) -> Result<> {
        const size_t slash = part.find('/');
        CALM_TRY_ASSIGN(const Instant first, parse_day(part.substr(0, slash)));
        Instant last = first;
        if (slash != std::string_view::npos) {
            CALM_TRY_ASSIGN(last, parse_day(part.substr(slash + 1)));
        }
        if (last < first || last - first > days(366)) {
            return invalid(fmt::format("`{}` does not end within a year behind its beginning",
                                       std::string(part)));
        }
        out.push_back({.first = first, .after = last + days(1)});
        return {};
    }));
    return out;
}

std::string show_numbers(const std::vector<uint16_t>& numbers) {
    return fmt::format("{}", fmt::join(numbers, ","));
}

std::string show_holidays(const std::vector<Holiday>& holidays) {
    std::string out;
    for (const Holiday& each : holidays) {
        out += fmt::format("{}{}/{}", out.empty() ? "" : ",", day_text(each.first),
                           day_text(each.after - days(1)));
    }
    return out;
}

Result<> check_alert_settings(const Settings& settings) {
    CALM_TRY(check_mail(settings));
    return check_webhooks(settings);
}

Result<std::vector<Receiver>> receivers_of(const Settings& settings) {
    std::vector<Receiver> out;
    if (!settings.mail_server.empty()) {
        MailTarget mail{.server = settings.mail_server,
                        .security = settings.mail_security,
                        .from = settings.mail_from,
                        .to = settings.mail_to,
                        .account = settings.mail_account,
                        .ca_file = settings.mail_ca_file};
        if (!settings.mail_password_file.empty()) {
            CALM_TRY_ASSIGN(mail.password, read_secret(settings.mail_password_file));
        }
        out.push_back({.name = "mail", .target = std::move(mail)});
    }
    if (settings.webhook_urls.empty()) return out;
    CALM_TRY_ASSIGN(const std::string secret, read_secret(settings.webhook_secret_file));
    if (secret.size() < kSecretBytesMin) {
        return fail("secret_unreadable",
                    fmt::format("`{}`: a secret has at least {} bytes",
                                settings.webhook_secret_file, kSecretBytesMin));
    }
    for (const std::string& url : settings.webhook_urls) {
        // The path may be a secret too; the name, which everybody sees, leaves it out.
        std::string name(origin_of(url));
        const auto alike = std::ranges::count_if(
            out, [&](const Receiver& each) { return each.name.starts_with(name); });
        if (alike > 0) name += fmt::format(" ({})", alike + 1);
        out.push_back({.name = std::move(name),
                       .target = WebhookTarget{url, secret, settings.webhook_ca_file}});
    }
    return out;
}

}  // namespace calm
