// calm vendor pack PRODUCT QUANTITY: signs a key pack and writes it into a file.
#include <boost/json.hpp>
#include <sodium.h>

#include "cli/commands/declare.h"
#include "cli/dates.h"
#include "cli/files.h"
#include "cli/pack_view.h"
#include "cli/passphrase.h"
#include "cli/product_options.h"
#include "documents/armour.h"
#include "documents/key_pack.h"
#include "documents/vendor.h"

namespace calm::cli {
namespace {

struct Options {
    std::string product;
    uint32_t quantity = 0;
    std::string kind = "per_user";
    std::string channel = "retail";
    std::string agreement;
    std::string from;
    std::string until;
    std::string maintained_until;
    std::string license_server;
    std::string hardware;
    std::string buy_url;
    std::vector<std::string> also;
    uint32_t overdraft = 0;
    std::string key_file;
    std::string vendor_file;
    std::string passphrase_file;
    std::string output;
    std::string metric = "named";
    ProductOptions rules;
};

Result<Product> product_of(const Options& options) {
    CALM_TRY_ASSIGN(Product product, product_from_code(options.product));
    CALM_TRY(options.rules.apply_to(product));
    CALM_TRY(check_product(product));
    return product;
}

Result<KeyPackDocument> terms_of(const Call& call, const Options& options,
                                 const VendorDocument& vendor) {
    KeyPackDocument pack{
        .defines_product = options.rules.any(),
        .kind = from_name<PackKind>(options.kind).value_or(PackKind::per_user),
        .quantity = options.quantity,
        .channel = from_name<Channel>(options.channel).value_or(Channel::retail),
        .not_before = call.now(),
        .vendor = vendor.name,
        .issued_at = call.now(),
        .buy_url = options.buy_url.empty() ? vendor.buy_url : options.buy_url,
        .also = options.also,
        .metric = from_name<PackMetric>(options.metric).value_or(PackMetric::named),
        .overdraft = options.overdraft};
    randombytes_buf(pack.pack_id.data(), pack.pack_id.size());
    CALM_TRY_ASSIGN(pack.product, product_of(options));
    if (!options.agreement.empty()) {
        CALM_TRY_ASSIGN(pack.agreement, parse_agreement(options.agreement));
        pack.channel = Channel::volume;
    }
    if (!options.from.empty()) {
        CALM_TRY_ASSIGN(pack.not_before, parse_moment(options.from, false));
    }
    if (!options.until.empty()) {
        CALM_TRY_ASSIGN(pack.expires_at, parse_moment(options.until, true));
    }
    if (!options.maintained_until.empty()) {
        CALM_TRY_ASSIGN(pack.maintained_until, parse_moment(options.maintained_until, true));
    }
    if (!options.license_server.empty()) {
        CALM_TRY_ASSIGN(pack.license_server, parse_ledger_id(options.license_server));
    }
    if (!options.hardware.empty()) {
        pack.hardware = hardware_hash(options.hardware);
        pack.channel = Channel::oem;
    }
    return pack;
}

// The vendor document stands beside the key, unless it is named.
std::string vendor_file_of(const Options& options) {
    if (!options.vendor_file.empty()) return options.vendor_file;
    return std::filesystem::path(options.key_file).replace_extension(".vendor");
}

struct Signer {
    VendorDocument vendor;
    SecretKey key;
};

Result<Signer> open_signer(Call& call, const Options& options) {
    CALM_TRY_ASSIGN(const std::string document,
                    read_file(vendor_file_of(options), kArmouredSizeMax));
    CALM_TRY_ASSIGN(const VendorDocument vendor, read_vendor(document));
    CALM_TRY_ASSIGN(const std::string sealed, read_file(options.key_file, kArmouredSizeMax));
    CALM_TRY_ASSIGN(std::string passphrase, known_passphrase(call, options.passphrase_file));
    auto key = open_vendor_key(sealed, passphrase);
    wipe(passphrase);
    if (!key) return std::unexpected(std::move(key).error());
    if (key->public_key() != vendor.key) {
        return fail("vendor_key_mismatch", "`" + vendor_file_of(options) + "` shows another key");
    }
    return Signer{vendor, std::move(*key)};
}

Exit sign(Call& call, const Options& options) {
    auto signer = open_signer(call, options);
    if (!signer) return call.fail(signer.error());
    const auto terms = terms_of(call, options, signer->vendor);
    if (!terms) return call.fail(terms.error());
    const auto armoured = issue_key_pack(*terms, signer->key);
    if (!armoured) return call.fail(armoured.error());
    const std::string file =
        options.output.empty() ? options.product + "-" + std::to_string(options.quantity) + ".pack"
                               : options.output;
    if (file != "-") {
        if (const auto made = create_file(file, *armoured, 0644); !made) {
            return call.fail(made.error());
        }
    }
    const auto pack = inspect_key_pack(*armoured);
    if (!pack) return call.fail(pack.error());
    if (call.json()) {
        boost::json::object out = pack_json(*pack, call.now());
        if (file != "-") out["file"] = file;
        out["armour"] = *armoured;
        call.print_json(out);
    } else if (file == "-") {
        call.print(*armoured);
    } else {
        call.print(pack_facts(call, *pack, call.now()));
        call.say("command.vendor.pack.done", {{"file", file}});
    }
    return Exit::ok;
}

}  // namespace

Action declare_vendor_pack(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    form.argument("QUANTITY", options.quantity);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.required_option("--key", "FILE", options.key_file);
    form.option("--vendor", "FILE", options.vendor_file);
    form.option("--passphrase-file", "FILE", options.passphrase_file);
    form.option("-o,--output", "FILE", options.output);
    form.only_names_of<Channel>(form.option("--channel", "CHANNEL", options.channel));
    form.option("--agreement", "PROGRAM:NUMBER", options.agreement);
    form.option("--from", "DATE", options.from);
    form.option("--until", "DATE", options.until);
    form.option("--maintained-until", "DATE", options.maintained_until);
    form.option("--for", "SERVER-ID", options.license_server);
    form.option("--hardware", "NUMBER", options.hardware);
    form.option("--buy-url", "URL", options.buy_url);
    form.option("--also", "PRODUCT", options.also);
    form.option("--overdraft", "N", options.overdraft);
    form.only_names_of<PackMetric>(form.option("--metric", "METRIC", options.metric));
    options.rules.declare(form);
    return [&options](Call& call) { return sign(call, options); };
}

}  // namespace calm::cli
