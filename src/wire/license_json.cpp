// Licenses of hosts and installations.
#include "wire/license_json.h"

#include <iterator>

#include "base/append.h"
#include "core/host_licenses.h"
#include "wire/admission_json.h"
#include "wire/fields.h"

namespace calm::wire {
namespace {

const std::string& code_of(const Ledger& ledger, ProductId product) {
    return ledger.product(product).product.code;
}

}  // namespace

void write_host_licenses(std::string& out, const Ledger& ledger, HostId id, Instant now) {
    const Host& host = ledger.host(id);
    const auto list = [&](std::string_view name, const auto& rows, auto write) {
        if (rows.empty()) return;
        append(out, R"(,"{}":[)", name);
        for (const auto& row : rows) {
            if (out.back() != '[') out += ',';
            write(row);
        }
        out += ']';
    };
    list("runs", host.runs,
         [&](ProductId product) { append(out, R"("{}")", code_of(ledger, product)); });
    list("licenses", host.licenses, [&](const HostLicense& each) {
        const Pack& pack = ledger.pack(each.pack);
        append(out,
               R"({{"pack":{},"product":"{}","kind":"{}","quantity":{},"valid":{},"since":"{}"}})",
               each.pack.value, pack.terms.product, name_of(pack.terms.kind), each.quantity,
               pack.valid(now), to_rfc3339(each.since));
    });
    list("unlicensed", unlicensed_on(ledger, id, now), [&](const UnlicensedProduct& each) {
        append(out, R"({{"product":"{}","kind":"{}","missing":{}}})", code_of(ledger, each.product),
               name_of(each.kind), each.missing);
    });
}

Result<HostLicenseRequest> parse_host_license(const boost::json::value& json) {
    Fields fields(json);
    HostLicenseRequest request;
    fields.text("product", request.product, 64);
    fields.choice("kind", request.kind);
    fields.number("quantity", request.quantity, 1'000'000);
    fields.require("product");
    fields.require("kind");
    CALM_TRY(fields.finish());
    return request;
}

Result<InstallationRequest> parse_installation(const boost::json::value& json, bool moves) {
    Fields fields(json);
    InstallationRequest request;
    fields.text("product", request.product, 64);
    fields.text("computer", request.computer, kNameBytesMax);
    if (moves) fields.text("to", request.to, kNameBytesMax);
    fields.require("product");
    fields.require("computer");
    if (moves) fields.require("to");
    CALM_TRY(fields.finish());
    return request;
}

void write_installation(std::string& out, const Ledger& ledger, const Installation& installation,
                        std::string_view name) {
    append(out, R"({{"pack":{},"product":"{}","computer":{{"subject":{})", installation.pack.value,
           ledger.pack(installation.pack).terms.product, installation.computer.value);
    if (!name.empty()) {
        out += R"(,"name":)";
        append_json_string(out, name);
    }
    append(out, R"(}},"since":"{}"}})", to_rfc3339(installation.since));
}

}  // namespace calm::wire
