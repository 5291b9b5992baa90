// name=value, nothing else.
#include "pam/options.h"

#include <initializer_list>

#include <string.h>

namespace calm::pam {
namespace {

constexpr int kBudgetMinMs = 50;

template <size_t N>
bool copy(std::string_view text, char (&into)[N]) {
    if (text.empty() || text.size() >= N) return false;
    memcpy(into, text.data(), text.size());
    into[text.size()] = '\0';
    return true;
}

// "2", "1.5", "0.25": seconds with at most three decimals, up to 2.
bool read_seconds(std::string_view text, int min_ms, int& into_ms) {
    int value = 0;
    int decimals = -1;
    bool digits = false;
    if (text.empty() || text.size() > 5) return false;
    for (const char c : text) {
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || decimals == 3) return false;
        value = value * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
        digits = true;
    }
    if (!digits) return false;
    for (int i = decimals < 0 ? 0 : decimals; i < 3; ++i)
        value *= 10;
    if (value < min_ms || value > kBudgetMaxMs) return false;
    into_ms = value;
    return true;
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (value == word) return true;
    }
    return false;
}

struct Usage {
    std::string_view name;
    const char* usage;
};

constexpr Usage kUsages[] = {
    {"product", "product=CODE, of at most 64 characters"},
    {"mode", "mode=user or mode=device"},
    {"device", "device=rhost or device=NAME, of at most 256 bytes"},
    {"station", "station=seat, station=tty or station=NAME, of at most 256 bytes"},
    {"via", "via=NAME, of at most 256 bytes"},
    {"from_server", "from_server=NAME, of at most 256 bytes"},
    {"workload", "workload=person, web, hpc or anonymous"},
    {"outside", "outside=yes or outside=no"},
    {"administration", "administration=yes or administration=no"},
    {"host_service", "host_service=yes or host_service=no"},
    {"wait", "wait=SECONDS, from 0 to 2"},
    {"fail", "fail=open or fail=closed"},
    {"socket", "socket=PATH, of at most 107 bytes"},
    {"timeout", "timeout=SECONDS, from 0.05 to 2"},
    {"lang", "lang=en or lang=fr"},
};

}  // namespace

const char* usage_of(std::string_view word) {
    const std::string_view name(
        word.data(), word.find('=') == std::string_view::npos ? word.size() : word.find('='));
    for (const Usage& each : kUsages) {
        if (each.name == name) return each.usage;
    }
    return "there is no such option";
}

bool read_option(std::string_view word, Options& options) {
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) return false;
    // Not substr(): it could throw, and that would bring the whole of libstdc++'s exceptions in.
    const std::string_view name(word.data(), equals);
    const std::string_view value(word.data() + equals + 1, word.size() - equals - 1);
    if (name == "product") return copy(value, options.product);
    if (name == "device") return copy(value, options.device);
    if (name == "socket") return copy(value, options.socket);
    if (name == "lang") return copy(value, options.language);
    if (name == "station") return copy(value, options.station);
    if (name == "via") return copy(value, options.via);
    if (name == "from_server") return copy(value, options.from_server);
    if (name == "timeout") return read_seconds(value, kBudgetMinMs, options.budget_ms);
    if (name == "wait") return read_seconds(value, 0, options.wait_ms);
    if (name == "mode" && is_one_of(value, {"user", "device"})) return copy(value, options.mode);
    if (name == "workload" && is_one_of(value, {"person", "web", "hpc", "anonymous"})) {
        return copy(value, options.workload);
    }
    if (is_one_of(value, {"yes", "no"})) {
        if (name == "outside") return copy(value, options.outside);
        if (name == "administration") return copy(value, options.administration);
        if (name == "host_service") return copy(value, options.host_service);
    }
    if (name == "fail" && is_one_of(value, {"open", "closed"})) {
        options.fail_open = value == "open";
        return true;
    }
    return false;
}

}  // namespace calm::pam
