// Asking for secrets.
#include "cli/passphrase.h"

#include "cli/files.h"
#include "documents/crypto.h"
#include "documents/vendor.h"

namespace calm::cli {
namespace {

Result<std::string> ask_twice(Call& call, std::string_view key, std::string_view again,
                              std::string_view option) {
    CALM_TRY_ASSIGN(std::string first, call.ask_secret(key, option));
    auto second = call.ask_secret(again, option);
    const bool same = second && *second == first;
    if (second) wipe(*second);
    if (same) return first;
    wipe(first);
    if (!second) return std::unexpected(std::move(second).error());
    return fail("passphrases_differ", "");
}

}  // namespace

Result<std::string> new_passphrase(Call& call, const std::string& file) {
    Result<std::string> text = file.empty() ? ask_twice(call, "ask.new_passphrase",
                                                        "ask.passphrase_again", "--passphrase-file")
                                            : read_secret_file(file);
    if (text && text->size() < kPassphraseSizeMin) {
        wipe(*text);
        return fail("passphrase_too_short", "");
    }
    return text;
}

Result<std::string> known_passphrase(Call& call, const std::string& file) {
    if (!file.empty()) return read_secret_file(file);
    return call.ask_secret("ask.passphrase", "--passphrase-file");
}

Result<std::string> read_password(Call& call, const std::string& file, bool is_new,
                                  std::string_view option) {
    if (!file.empty()) return read_secret_file(file);
    if (!is_new) return call.ask_secret("ask.password", option);
    return ask_twice(call, "ask.new_password", "ask.password_again", option);
}

}  // namespace calm::cli
