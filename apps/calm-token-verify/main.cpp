// calm-token-verify: whether a CAL token is sound, from a vendor document alone. It links only the
// documents library, so that it shows what a host has to trust: no server, no network, no database.
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "documents/cal_token.h"
#include "documents/json_fields.h"
#include "documents/vendor.h"

namespace {

using namespace calm;

constexpr std::string_view kUsage =
    R"(Usage: calm-token-verify [--vendor FILE]... [--ledger ID]... [--at TIME] [--json] TOKENFILE

Says whether a CAL token is sound: who holds the CAL, for what, until when.

  --vendor FILE   the document of a vendor you trust (`calm vendor init` writes it)
  --ledger ID     the ID of a license server you trust (`calm status` shows it)
  --at TIME       the time to judge by, such as 2026-11-21T18:24:21Z; now when left out
  --json          one JSON object on standard output
  --help          this text
TOKENFILE is a file with one token; - reads it from standard input.

Exit status: 0 sound, 1 unreadable or altered, 2 wrong usage, 3 no such file, 4 nobody you trust
stands behind it, 5 the CAL is over.

Example: calm-token-verify --vendor contoso.vendor anna.token
)";

enum Exit { kSound = 0, kUnsound = 1, kWrongUsage = 2, kNotFound = 3, kUntrusted = 4, kOver = 5 };

struct Options {
    std::vector<std::string> vendor_files;
    TrustAnchors anchors;
    Instant at;
    bool json = false;
    std::string token_file;
};

int complain(int exit, std::string_view what) {
    fmt::print(stderr, "calm-token-verify: {}\n", what);
    return exit;
}

// At most `max` bytes of a file; nothing when it cannot be read.
std::optional<std::string> read_file(const std::string& path, size_t max) {
    const auto close = [](std::FILE* file) {
        if (file != stdin) static_cast<void>(std::fclose(file));
    };
    const std::unique_ptr<std::FILE, decltype(close)> file(
        path == "-" ? stdin : std::fopen(path.c_str(), "rbe"), close);
    if (file == nullptr) return std::nullopt;
    std::string text(max + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) return std::nullopt;
    return text;
}

int exit_of(const Error& error) {
    if (error.code == "cal_token_untrusted" || error.code == "cal_token_mismatch")
        return kUntrusted;
    if (error.code == "cal_token_expired" || error.code == "pack_expired" ||
        error.code == "cal_token_from_future") {
        return kOver;
    }
    return kUnsound;
}

// What went wrong, in words; the error's own detail follows.
std::string_view sentence_of(const Error& error) {
    if (error.code == "cal_token_untrusted") return "nobody you trust stands behind this CAL";
    if (error.code == "cal_token_mismatch") return "the CAL and its pack do not belong together";
    if (error.code == "cal_token_expired") return "the CAL has expired";
    if (error.code == "pack_expired") return "the pack behind the CAL has expired";
    if (error.code == "cal_token_from_future") return "the CAL was issued in the future";
    if (error.code == "cal_token_altered") return "the token was altered";
    return "the token cannot be read";
}

std::string json_of(const TrustedCal& trusted) {
    std::string out = R"({"sound":true,"holder":)";
    append_json_string(out, trusted.cal.holder);
    const CalStatement& cal = trusted.cal.cal;
    out += fmt::format(
        R"(,"holder_kind":"{}","product":"{}","kind":"{}","state":"{}","cal":{},"issued_at":"{}",)"
        R"("expires_at":"{}","license_server":"{}","vendor":)",
        name_of(trusted.cal.holder_kind), cal.product, name_of(cal.kind), name_of(cal.state),
        cal.cal.value, to_rfc3339(cal.issued_at), to_rfc3339(cal.expires_at),
        to_string(trusted.head.head.ledger));
    if (trusted.pack) {
        append_json_string(out, trusted.pack->vendor);
    } else {
        out += "null";
    }
    return out + "}\n";
}

std::string text_of(const TrustedCal& trusted) {
    const CalStatement& cal = trusted.cal.cal;
    std::string out = fmt::format("sound: {} CAL {}\n", name_of(cal.state), cal.cal.value);
    out += fmt::format("  holder          {} ({})\n", trusted.cal.holder,
                       name_of(trusted.cal.holder_kind));
    out += fmt::format("  product         {}, {}\n", cal.product, name_of(cal.kind));
    out += fmt::format("  valid until     {}\n", to_rfc3339(cal.expires_at));
    out += fmt::format("  license server  {}\n", to_string(trusted.head.head.ledger));
    if (trusted.pack) {
        out += fmt::format("  pack            {} CALs of {}, {}\n", trusted.pack->quantity,
                           trusted.pack->vendor,
                           trusted.pack->license_server ? "bound to this license server"
                                                        : "bound to no license server");
    } else {
        out += "  pack            none that a vendor you trust has signed\n";
    }
    return out;
}

// The options, or the exit status that ends the program.
std::expected<Options, int> read_arguments(const std::vector<std::string>& arguments) {
    Options options{.at = {std::time(nullptr)}};
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const bool takes_value =
            argument == "--vendor" || argument == "--ledger" || argument == "--at";
        if (takes_value && i + 1 == arguments.size()) {
            return std::unexpected(complain(kWrongUsage, argument + " needs a value"));
        }
        if (argument == "--help") {
            fmt::print("{}", kUsage);
            return std::unexpected(kSound);
        }
        if (argument == "--json") {
            options.json = true;
        } else if (argument == "--vendor") {
            options.vendor_files.push_back(arguments[++i]);
        } else if (argument == "--ledger") {
            const auto id = parse_ledger_id(arguments[++i]);
            if (!id)
                return std::unexpected(complain(kWrongUsage, "--ledger: " + id.error().detail));
            options.anchors.ledgers.push_back(*id);
        } else if (argument == "--at") {
            const auto at = parse_rfc3339(arguments[++i]);
            if (!at) return std::unexpected(complain(kWrongUsage, "--at: " + at.error().detail));
            options.at = *at;
        } else if (argument.starts_with("--")) {
            return std::unexpected(complain(
                kWrongUsage, "`" + argument + "` is no option; see calm-token-verify --help"));
        } else if (!options.token_file.empty()) {
            return std::unexpected(complain(kWrongUsage, "one token at a time"));
        } else {
            options.token_file = argument;
        }
    }
    if (options.token_file.empty() ||
        (options.vendor_files.empty() && options.anchors.ledgers.empty())) {
        fmt::print(stderr, "{}", kUsage);
        return std::unexpected(kWrongUsage);
    }
    return options;
}

int run(Options options) {
    for (const auto& path : options.vendor_files) {
        const auto text = read_file(path, 65536);
        if (!text) return complain(kNotFound, "cannot read `" + path + "`");
        const auto vendor = read_vendor(*text);
        if (!vendor) return complain(kUnsound, "`" + path + "`: " + vendor.error().detail);
        options.anchors.vendors.push_back(vendor->key);
    }
    auto text = read_file(options.token_file, kCalTokenSizeMax + 2);
    if (!text) return complain(kNotFound, "cannot read `" + options.token_file + "`");
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r'))
        text->pop_back();

    const auto trusted = CalTokenVerifier(options.anchors).verify(*text, options.at);
    if (trusted) {
        fmt::print("{}", options.json ? json_of(*trusted) : text_of(*trusted));
        return kSound;
    }
    if (options.json) {
        fmt::print(R"({{"sound":false,"code":"{}"}})"
                   "\n",
                   trusted.error().code);
    }
    complain(exit_of(trusted.error()),
             fmt::format("{}: {}", sentence_of(trusted.error()), trusted.error().detail));
    return exit_of(trusted.error());
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = read_arguments({argv + 1, argv + argc});
    return options ? run(*options) : options.error();
}
