// Reading and writing of Checkup.
#include "wire/checkup_json.h"

#include "base/append.h"
#include "wire/admission_json.h"
#include "wire/fields.h"

namespace calm::wire {
namespace {

constexpr size_t kVendorsMax = 1024;

Result<CheckupStock> parse_stock(const boost::json::value* json) {
    CheckupStock stock;
    if (json == nullptr) return stock;
    Fields fields(*json);
    fields.number("seats", stock.seats);
    fields.number("free", stock.free);
    fields.number("not_activated", stock.not_activated);
    fields.number("older", stock.older);
    fields.number("elsewhere", stock.elsewhere);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return stock;
}

Result<CheckupProduct> parse_product(const boost::json::value& json) {
    CheckupProduct product;
    Fields fields(json);
    fields.text("product", product.product, 64);
    fields.choice("requires", product.requirement);
    fields.flag("overuse", product.overuse);
    fields.flag("temporary", product.temporary);
    fields.time("grace_until", product.grace_until);
    const auto per_user = parse_stock(fields.any("per_user"));
    const auto per_device = parse_stock(fields.any("per_device"));
    for (const auto name : {"product", "requires"})
        fields.require(name);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    CALM_TRY_ASSIGN(product.per_user, per_user);
    CALM_TRY_ASSIGN(product.per_device, per_device);
    return product;
}

void write_stock(std::string& out, std::string_view name, const CheckupStock& stock) {
    append(out, R"(,"{}":{{"seats":{},"free":{},"not_activated":{},"older":{},"elsewhere":{}}})",
           name, stock.seats, stock.free, stock.not_activated, stock.older, stock.elsewhere);
}

}  // namespace

Result<Checkup> parse_checkup(const boost::json::value& json) {
    Checkup checkup;
    std::optional<Instant> ledger_time;
    Fields fields(json);
    fields.text("version", checkup.version, 64);
    fields.time("ledger_time", ledger_time);
    fields.choice("clock", checkup.clock);
    fields.number("clock_difference_s", checkup.clock_difference_s);
    fields.flag("issuing", checkup.issuing);
    fields.flag("restoring", checkup.restoring);
    fields.texts("not_activated", checkup.not_activated, kVendorsMax, 1024);
    fields.number("host", checkup.host.value);
    fields.text("name", checkup.name, kNameBytesMax);
    fields.choice("mode", checkup.mode);
    const auto* product = fields.any("product");
    for (const auto name : {"version", "ledger_time", "host", "mode"})
        fields.require(name);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    checkup.ledger_time = *ledger_time;
    if (product != nullptr) {
        CALM_TRY_ASSIGN(checkup.product, parse_product(*product));
    }
    return checkup;
}

void write_checkup(std::string& out, const Checkup& checkup) {
    out += R"({"version":)";
    append_json_string(out, checkup.version);
    append(out,
           R"(,"ledger_time":"{}","clock":"{}","clock_difference_s":{},"issuing":{},)"
           R"("restoring":{},"not_activated":[)",
           to_rfc3339(checkup.ledger_time), name_of(checkup.clock), checkup.clock_difference_s,
           checkup.issuing, checkup.restoring);
    const char* separator = "";
    for (const std::string& vendor : checkup.not_activated) {
        out += separator;
        append_json_string(out, vendor);
        separator = ",";
    }
    append(out, R"(],"host":{},"name":)", checkup.host.value);
    append_json_string(out, checkup.name);
    append(out, R"(,"mode":"{}")", name_of(checkup.mode));
    if (const auto& product = checkup.product) {
        out += R"(,"product":{"product":)";
        append_json_string(out, product->product);
        append(out, R"(,"requires":"{}","overuse":{},"temporary":{})",
               name_of(product->requirement), product->overuse, product->temporary);
        if (product->grace_until)
            append(out, R"(,"grace_until":"{}")", to_rfc3339(*product->grace_until));
        write_stock(out, "per_user", product->per_user);
        write_stock(out, "per_device", product->per_device);
        out += '}';
    }
    out += '}';
}

}  // namespace calm::wire
