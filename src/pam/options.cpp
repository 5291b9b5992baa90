// name=value, nothing else.
#include "pam/options.h"

#include <string.h>

namespace calm::pam {
namespace {

template <size_t N>
bool copy(std::string_view text, char (&into)[N]) {
    if (text.empty() || text.size() >= N) return false;
    memcpy(into, text.data(), text.size());
    into[text.size()] = '\0';
    return true;
}

// "2", "1.5", "0.25": seconds with at most three decimals, 0.05 to 2.
bool read_budget(std::string_view text, int& budget_ms) {
    int value = 0;
    int decimals = -1;
    if (text.empty() || text.size() > 5) return false;
    for (const char c : text) {
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || decimals == 3) return false;
        value = value * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; ++i)
        value *= 10;
    if (value < 50 || value > kBudgetMaxMs) return false;
    budget_ms = value;
    return true;
}

}  // namespace

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
    if (name == "timeout") return read_budget(value, options.budget_ms);
    if (name == "mode" && (value == "user" || value == "device")) return copy(value, options.mode);
    if (name == "fail" && (value == "open" || value == "closed")) {
        options.fail_open = value == "open";
        return true;
    }
    return false;
}

}  // namespace calm::pam
