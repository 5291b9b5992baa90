// A product's rules on the command line.
#include "cli/product_options.h"

#include <charconv>

#include <boost/json.hpp>

#include "cli/dates.h"
#include "wire/resource_json.h"

namespace calm::cli {

namespace {

// What `--pack-kind` takes for every kind.
constexpr const char* kAnyKind = "any";

// What is no number stays as it was typed: the API's own reader refuses it.
boost::json::array sizes_of(const std::vector<std::string>& typed) {
    boost::json::array sizes;
    if (typed == std::vector<std::string>{"0"}) return sizes;
    for (const std::string& each : typed) {
        int64_t size = 0;
        const char* const end = each.data() + each.size();
        const auto read = std::from_chars(each.data(), end, size);
        if (read.ec == std::errc() && read.ptr == end) {
            sizes.emplace_back(size);
        } else {
            sizes.emplace_back(each);
        }
    }
    return sizes;
}

}  // namespace

void ProductOptions::declare(Form& form) {
    form.only_names_of<CalRequirement>(form.option("--requires", "WHAT", requirement));
    form.only_names_of<OverUse>(form.option("--overuse", "WHAT", overuse));
    form.option("--family", "NAME", family);
    form.option("--product-version", "N", version);
    form.option("--base", "PRODUCT", bases);
    form.option("--released", "DATE", released);
    form.option("--temporary-days", "N", temporary_days);
    form.option("--user-days", "N", user_days);
    form.option("--device-days-min", "N", device_days_min);
    form.option("--device-days-max", "N", device_days_max);
    form.option("--renewal-days", "N", renewal_days);
    form.option("--initial-grace-days", "N", initial_grace_days);
    form.option("--outage-days", "N", outage_days);
    form.option("--revoke-percent", "N", revoke_percent);
    form.option("--reassign-days", "N", reassign_days);
    form.only(form.option("--prevent-upgrade", "YES-NO", prevent_upgrade), {"yes", "no"});
    form.only(form.option("--grace-ends-with-first-cal", "YES-NO", grace_ends_with_first_cal),
              {"yes", "no"});
    form.only(form.option("--cal-for-servers", "YES-NO", cal_for_servers), {"yes", "no"});
    form.only(form.option("--cal-for-web", "YES-NO", cal_for_web), {"yes", "no"});
    form.only(form.option("--cal-for-hpc", "YES-NO", cal_for_hpc), {"yes", "no"});
    form.only(form.option("--cal-for-anonymous", "YES-NO", cal_for_anonymous), {"yes", "no"});
    form.only(form.option("--server-license", "YES-NO", server_license), {"yes", "no"});
    form.option("--cores-min", "N", cores_min);
    form.option("--core-pack", "N", core_pack);
    form.option("--cals-max", "N", cals_max);
    form.option("--cal-pack", "N", cal_pack);
    form.option("--cals-included", "N", cals_included);
    form.option("--lease-minutes", "N", lease_minutes);
    form.option("--linger-minutes", "N", linger_minutes);
    form.option("--queue-minutes", "N", queue_minutes);
    form.option("--queue-max", "N", queue_max);
    form.option("--borrow-days-max", "N", borrow_days_max);
    form.option("--administrators-max", "N", administrators_max);
    form.only(form.option("--pack-kind", "KIND", pack_kinds),
              {"per_user", "per_device", "external_connector", "server", "installation", "core",
               kAnyKind});
    form.option("--cal-pack-size", "N", cal_pack_sizes);
}

boost::json::object ProductOptions::to_json() const {
    boost::json::object out;
    const auto put = [&](const char* name, const std::optional<std::string>& value) {
        if (value) out[name] = *value;
    };
    // Signed, as parsed JSON has them.
    const auto put_number = [&](const char* name, std::optional<uint16_t> value) {
        if (value) out[name] = int64_t{*value};
    };
    const auto put_flag = [&](const char* name, const std::optional<std::string>& value) {
        if (value) out[name] = *value == "yes";
    };
    put("requires", requirement);
    put("overuse", overuse);
    put("family", family);
    put_number("version", version);
    // A day as people type it; what is none is refused by the API's own reader.
    if (released) {
        const auto day = parse_moment(*released, false);
        out["released"] = day ? to_rfc3339(*day) : *released;
    }
    if (!bases.empty()) out["bases"] = boost::json::value_from(bases);
    put_number("temporary_days", temporary_days);
    put_number("user_days", user_days);
    put_number("device_days_min", device_days_min);
    put_number("device_days_max", device_days_max);
    put_number("renewal_days", renewal_days);
    put_number("initial_grace_days", initial_grace_days);
    put_number("outage_days", outage_days);
    put_number("revoke_percent", revoke_percent);
    put_number("reassign_days", reassign_days);
    put_flag("prevent_upgrade", prevent_upgrade);
    put_flag("grace_ends_with_first_cal", grace_ends_with_first_cal);
    put_flag("cal_for_servers", cal_for_servers);
    put_flag("cal_for_web", cal_for_web);
    put_flag("cal_for_hpc", cal_for_hpc);
    put_flag("cal_for_anonymous", cal_for_anonymous);
    put_flag("server_license", server_license);
    put_number("cores_min", cores_min);
    put_number("core_pack", core_pack);
    if (cals_max) out["cals_max"] = static_cast<int64_t>(*cals_max);
    put_number("cal_pack", cal_pack);
    put_number("cals_included", cals_included);
    put_number("lease_minutes", lease_minutes);
    put_number("linger_minutes", linger_minutes);
    put_number("queue_minutes", queue_minutes);
    put_number("queue_max", queue_max);
    put_number("borrow_days_max", borrow_days_max);
    put_number("administrators_max", administrators_max);
    const bool any_kind = pack_kinds == std::vector<std::string>{kAnyKind};
    if (any_kind) out["pack_kinds"] = boost::json::array{};
    if (!any_kind && !pack_kinds.empty()) out["pack_kinds"] = boost::json::value_from(pack_kinds);
    if (!cal_pack_sizes.empty()) out["cal_pack_sizes"] = sizes_of(cal_pack_sizes);
    return out;
}

Result<> ProductOptions::apply_to(Product& product) const {
    // The API's own reader judges the values, so that both ways mean the same.
    CALM_TRY_ASSIGN(product, wire::parse_product(to_json(), &product));
    return {};
}

}  // namespace calm::cli
