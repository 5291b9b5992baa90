// calm vendor init | show | list | trust: who signs key packs, and whom this server believes.
#include "documents/vendor.h"

#include <algorithm>

#include <boost/json.hpp>
#include <sodium.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "cli/pack_view.h"
#include "cli/passphrase.h"
#include "documents/armour.h"

namespace calm::cli {
namespace {

struct InitOptions {
    std::string name;
    std::string output;
    std::string contact;
    std::string buy_url;
    std::string passphrase_file;
};

// "Contoso Ltd" → "contoso-ltd": a file name that needs no quoting.
std::string file_stem(std::string_view name) {
    std::string stem;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 && byte < 0x80) {
            stem += static_cast<char>(std::tolower(byte));
        } else if (!stem.empty() && stem.back() != '-') {
            stem += '-';
        }
    }
    while (stem.ends_with('-'))
        stem.pop_back();
    return stem.empty() ? "vendor" : stem;
}

SecretKey draw_key() {
    Seed seed{};
    randombytes_buf(seed.data(), seed.size());
    SecretKey key = SecretKey::from_seed(seed);
    wipe(seed);
    return key;
}

Result<std::string> seal(Call& call, const SecretKey& key, const InitOptions& options) {
    CALM_TRY_ASSIGN(std::string passphrase, new_passphrase(call, options.passphrase_file));
    SealRandom random;
    randombytes_buf(random.salt.data(), random.salt.size());
    randombytes_buf(random.nonce.data(), random.nonce.size());
    auto sealed = seal_vendor_key(key, passphrase, {}, random);
    wipe(passphrase);
    return sealed;
}

Exit init(Call& call, const InitOptions& options) {
    const std::string stem = options.output.empty() ? file_stem(options.name) : options.output;
    const std::string secret_file = stem + ".key";
    const std::string public_file = stem + ".vendor";
    const SecretKey key = draw_key();
    const auto document = issue_vendor({.name = options.name,
                                        .issued_at = call.now(),
                                        .contact = options.contact,
                                        .buy_url = options.buy_url},
                                       key);
    if (!document) return call.fail(document.error());
    const auto sealed = seal(call, key, options);
    if (!sealed) return call.fail(sealed.error());
    if (const auto made = create_file(secret_file, *sealed, 0600); !made) {
        return call.fail(made.error());
    }
    if (const auto made = create_file(public_file, *document, 0644); !made) {
        std::error_code ignored;
        std::filesystem::remove(secret_file, ignored);
        return call.fail(made.error());
    }
    const auto vendor = read_vendor(*document);
    if (!vendor) return call.fail(vendor.error());
    if (call.json()) {
        boost::json::object out = vendor_json(*vendor);
        out["vendor_file"] = public_file;
        out["key_file"] = secret_file;
        call.print_json(out);
        return Exit::ok;
    }
    call.print(vendor_facts(call, *vendor));
    call.say("command.vendor.init.done", {{"public", public_file}, {"secret", secret_file}});
    return Exit::ok;
}

Result<VendorDocument> read_vendor_file(const std::string& file) {
    CALM_TRY_ASSIGN(const std::string text, read_file(file, kArmouredSizeMax));
    return read_vendor(text);
}

Exit show(Call& call, const std::string& file) {
    const auto vendor = read_vendor_file(file);
    if (!vendor) return call.fail(vendor.error());
    if (call.json()) {
        call.print_json(vendor_json(*vendor));
    } else {
        call.print(vendor_facts(call, *vendor));
    }
    return Exit::ok;
}

Exit list(Call& call) {
    return present(call, call.get("/v1/vendors"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.name")},
                     {call.text("column.contact")},
                     {call.text("column.fingerprint")}});
        for (const auto& vendor : array_at(answer, "vendors")) {
            table.add({cell(call.language(), vendor, "name"),
                       cell(call.language(), vendor, "contact"),
                       cell(call.language(), vendor, "fingerprint")});
        }
        call.print_table(table);
    });
}

struct TrustOptions {
    std::string file;
    std::string confirm;
};

// Hexadecimal digits only, so that it does not matter how somebody has grouped them.
std::string digits_of(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

Result<> confirm_fingerprint(Call& call, const VendorDocument& vendor,
                             const TrustOptions& options) {
    if (!options.confirm.empty()) {
        if (digits_of(options.confirm) == digits_of(fingerprint(vendor.key))) return {};
        return fail("vendor_fingerprint_mismatch", "`" + fingerprint(vendor.key) + "`");
    }
    call.say("command.vendor.trust.compare",
             {{"name", vendor.name}, {"fingerprint", fingerprint_block(vendor.key)}});
    return call.confirm("command.vendor.trust.question", {{"name", vendor.name}});
}

Exit trust(Call& call, const TrustOptions& options) {
    const auto text = read_file(options.file, kArmouredSizeMax);
    if (!text) return call.fail(text.error());
    const auto vendor = read_vendor(*text);
    if (!vendor) return call.fail(vendor.error());
    if (const auto agreed = confirm_fingerprint(call, *vendor, options); !agreed) {
        return call.fail(agreed.error());
    }
    const std::string key = new_request_id();
    const auto answer = call.send({.method = "POST",
                                   .path = "/v1/vendors",
                                   .body = *text,
                                   .content_type = "text/plain",
                                   .idempotency_key = key,
                                   .headers = {{"CALM-Fingerprint", fingerprint(vendor->key)}}});
    return present(call, answer, [&](const boost::json::value&) {
        call.print(vendor_facts(call, *vendor));
        call.say("command.vendor.trust.done", {{"name", vendor->name}});
    });
}

}  // namespace

Action declare_vendor_init(Form& form) {
    auto& options = form.make<InitOptions>();
    form.argument("NAME", options.name);
    form.option("-o,--output", "PREFIX", options.output);
    form.option("--contact", "TEXT", options.contact);
    form.option("--buy-url", "URL", options.buy_url);
    form.option("--passphrase-file", "FILE", options.passphrase_file);
    return [&options](Call& call) { return init(call, options); };
}

Action declare_vendor_show(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return show(call, file); };
}

Action declare_vendor_list(Form&) {
    return list;
}

Action declare_vendor_trust(Form& form) {
    auto& options = form.make<TrustOptions>();
    form.is_file(form.argument("FILE", options.file));
    form.option("--confirm", "FINGERPRINT", options.confirm);
    return [&options](Call& call) { return trust(call, options); };
}

}  // namespace calm::cli
