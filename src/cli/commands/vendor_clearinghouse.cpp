// calm vendor clearinghouse: a key that may sell for the vendor, certified by the vendor's root,
// which goes back into its safe.
#include <boost/json.hpp>
#include <sodium.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/dates.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "documents/armour.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/vendor.h"

namespace calm::cli {
namespace {

struct ClearinghouseOptions {
    std::string key_file;
    std::string vendor_file;
    std::string address;
    uint32_t days = 400;
    uint32_t number = 1;
    std::string from;
    std::string output;
    std::string passphrase_file;
    std::string new_passphrase_file;
};

struct VendorRoot {
    std::string document;  // the armoured vendor document alone
    SecretKey key;
};

// The vendor's file may have a certificate of before behind the document.
Result<VendorRoot> open_root(Call& call, const ClearinghouseOptions& options) {
    const std::string file =
        options.vendor_file.empty()
            ? std::filesystem::path(options.key_file).replace_extension(".vendor").string()
            : options.vendor_file;
    CALM_TRY_ASSIGN(const std::string text, read_file(file, kArmouredSizeMax));
    CALM_TRY_ASSIGN(const VendorDocument vendor, read_vendor(text));
    CALM_TRY_ASSIGN(const std::string body, unarmour(kVendorLabel, text));
    CALM_TRY_ASSIGN(const std::string sealed, read_file(options.key_file, kArmouredSizeMax));
    CALM_TRY_ASSIGN(std::string passphrase, known_passphrase(call, options.passphrase_file));
    auto key = open_vendor_key(sealed, passphrase);
    wipe(passphrase);
    if (!key) return std::unexpected(std::move(key).error());
    if (key->public_key() != vendor.key)
        return fail("vendor_key_mismatch", "`" + file + "` shows another key");
    return VendorRoot{armour(kVendorLabel, body), std::move(*key)};
}

SecretKey draw_clearinghouse_key() {
    Seed seed{};
    randombytes_buf(seed.data(), seed.size());
    SecretKey key = SecretKey::from_seed(seed);
    wipe(seed);
    return key;
}

Result<std::string> seal_clearinghouse_key(Call& call, const SecretKey& key,
                                           const std::string& passphrase_file) {
    CALM_TRY_ASSIGN(std::string passphrase, new_passphrase(call, passphrase_file));
    SealRandom random;
    randombytes_buf(random.salt.data(), random.salt.size());
    randombytes_buf(random.nonce.data(), random.nonce.size());
    auto sealed = seal_vendor_key(key, passphrase, {}, random);
    wipe(passphrase);
    return sealed;
}

// All three, or none.
Result<> create_files(const std::vector<std::tuple<std::string, std::string, mode_t>>& files) {
    for (size_t i = 0; i < files.size(); ++i) {
        const auto& [name, text, mode] = files[i];
        auto made = create_file(name, text, mode);
        if (made) continue;
        std::error_code ignored;
        for (size_t before = 0; before < i; ++before)
            std::filesystem::remove(std::get<0>(files[before]), ignored);
        return made;
    }
    return {};
}

Exit certify(Call& call, const ClearinghouseOptions& options) {
    Instant from = call.now();
    if (!options.from.empty()) {
        const auto moment = parse_moment(options.from, false);
        if (!moment) return call.fail(moment.error());
        from = *moment;
    }
    const auto root = open_root(call, options);
    if (!root) return call.fail(root.error());
    const SecretKey key = draw_clearinghouse_key();
    const auto certificate = issue_clearinghouse({.key = key.public_key(),
                                                  .number = options.number,
                                                  .not_before = from,
                                                  .expires_at = from + days(options.days),
                                                  .address = options.address},
                                                 root->key);
    if (!certificate) return call.fail(certificate.error());
    const auto sealed = seal_clearinghouse_key(call, key, options.new_passphrase_file);
    if (!sealed) return call.fail(sealed.error());
    const std::string armoured = armour(kClearinghouseLabel, *certificate);
    const std::string together = root->document + armoured;
    if (const auto read = read_vendor(together); !read) return call.fail(read.error());
    if (const auto made = create_files({{options.output + ".key", *sealed, 0600},
                                        {options.output + ".cert", armoured, 0644},
                                        {options.output + ".vendor", together, 0644}});
        !made) {
        return call.fail(made.error());
    }
    if (call.json()) {
        call.print_json(boost::json::object{{"key_file", options.output + ".key"},
                                            {"certificate_file", options.output + ".cert"},
                                            {"vendor_file", options.output + ".vendor"},
                                            {"key", to_text(key.public_key())},
                                            {"not_before", to_rfc3339(from)},
                                            {"expires_at", to_rfc3339(from + days(options.days))},
                                            {"address", options.address}});
        return Exit::ok;
    }
    call.say("command.vendor.clearinghouse.done",
             {{"prefix", options.output}, {"until", to_rfc3339(from + days(options.days))}});
    return Exit::ok;
}

}  // namespace

Action declare_vendor_clearinghouse(Form& form) {
    auto& options = form.make<ClearinghouseOptions>();
    form.required_option("--key", "FILE", options.key_file);
    form.option("--vendor", "FILE", options.vendor_file);
    form.option("--address", "URL", options.address);
    form.option("--days", "N", options.days);
    form.option("--number", "N", options.number);
    form.option("--from", "DATE", options.from);
    form.option("--passphrase-file", "FILE", options.passphrase_file);
    form.option("--new-passphrase-file", "FILE", options.new_passphrase_file);
    form.required_option("-o,--output", "PREFIX", options.output);
    return [&options](Call& call) { return certify(call, options); };
}

}  // namespace calm::cli
