// What makes a product definition sound.
#include "core/product.h"

#include <algorithm>
#include <functional>

namespace calm {
namespace {

bool is_code_digit(char c) {
    return c >= '0' && c <= '9';
}

bool are_others(std::string_view code, const std::vector<std::string>& others, size_t count_max) {
    for (size_t i = 0; i < others.size(); ++i) {
        if (!is_product_code(others[i]) || others[i] == code ||
            std::find(others.begin(), others.begin() + static_cast<ptrdiff_t>(i), others[i]) !=
                others.begin() + static_cast<ptrdiff_t>(i)) {
            return false;
        }
    }
    return others.size() <= count_max;
}

// Ascending, zeros only behind the sizes.
bool are_sizes(const PackSizes& sizes) {
    const auto end = std::ranges::find(sizes, 0U);
    return std::adjacent_find(sizes.begin(), end, std::greater_equal{}) == end &&
           std::all_of(end, sizes.end(), [](uint32_t size) { return size == 0; }) &&
           std::ranges::max(sizes) <= kPackQuantityMax;
}

// What is wrong about how it is sold, or null.
const char* sale_mistake(const ProductRules& r) {
    const bool cals = sold_in(r, PackKind::per_user) || sold_in(r, PackKind::per_device);
    if (!are_sizes(r.cal_pack_sizes)) return "`cal_pack_sizes` ascend, none is zero, none twice";
    if (!r.pack_kinds.any()) return nullptr;
    if (!cals && (r.cals_max > 0 || r.cal_pack > 0 || r.cal_pack_sizes.front() > 0))
        return "it says how its CALs are sold, and `pack_kinds` names neither kind of them";
    if (r.cals_included > 0 && (!sold_in(r, PackKind::server) || !sold_in(r, PackKind::per_user)))
        return "with `cals_included`, `pack_kinds` names `server` and `per_user`";
    if ((r.cores_min > 0 || r.core_pack > 0) && !sold_in(r, PackKind::core))
        return "it says how its cores are sold, and `pack_kinds` does not name `core`";
    if (r.server_license && !sold_in(r, PackKind::server) && !sold_in(r, PackKind::core))
        return "with `server_license`, `pack_kinds` names `server` or `core`";
    return nullptr;
}

}  // namespace

std::vector<std::string> pack_kind_names(const PackKinds& kinds) {
    std::vector<std::string> names;
    for (const auto& [kind, name] : NamesOf<PackKind>::value) {
        if (kinds.has(kind)) names.emplace_back(name);
    }
    return names;
}

std::optional<PackKinds> pack_kinds_named(const std::vector<std::string>& names) {
    PackKinds kinds;
    for (const std::string& name : names) {
        const auto kind = from_name<PackKind>(name);
        if (!kind || kinds.has(*kind)) return {};
        kinds.add(*kind);
    }
    return kinds;
}

std::span<const uint32_t> stated_sizes(const PackSizes& sizes) {
    return std::span(sizes).first(
        static_cast<size_t>(std::ranges::find(sizes, 0U) - sizes.begin()));
}

bool is_product_code(std::string_view text) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || is_code_digit(c); };
    return !text.empty() && text.size() <= 64 && plain(text.front()) &&
           std::ranges::all_of(
               text, [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

Result<Product> product_from_code(std::string_view code) {
    if (!is_product_code(code)) {
        return fail("bad_product_code", "`" + std::string(code.substr(0, 64)) +
                                            "` is not a product code such as sql-2012");
    }
    Product product{
        .code = std::string(code), .family = std::string(code), .version = 0, .rules = {}};
    const size_t dash = code.rfind('-');
    if (dash == std::string_view::npos || dash == 0 || dash + 1 == code.size()) return product;
    const std::string_view digits = code.substr(dash + 1);
    if (digits.size() > 5 || !std::ranges::all_of(digits, is_code_digit)) return product;
    uint32_t version = 0;
    for (const char c : digits)
        version = version * 10 + static_cast<uint32_t>(c - '0');
    if (version > 65535) return product;
    product.family = std::string(code.substr(0, dash));
    product.version = static_cast<uint16_t>(version);
    return product;
}

Result<> check_product(const Product& product) {
    if (!is_product_code(product.code)) {
        return fail("bad_product_code",
                    "`" + product.code.substr(0, 64) + "` is not a product code such as sql-2012");
    }
    const auto bad = [&](const char* what) {
        return fail("bad_product", "`" + product.code + "`: " + what);
    };
    if (!is_product_code(product.family)) return bad("`family` is not a name such as sql");
    const ProductRules& r = product.rules;
    for (const uint16_t period :
         {r.temporary_days, r.user_days, r.device_days_max, r.initial_grace_days, r.outage_days,
          r.renewal_days, r.reassign_days, r.borrow_days_max}) {
        if (period > 3650) return bad("a period is longer than 3650 days");
    }
    if (r.user_days == 0 || r.device_days_min == 0)
        return bad("a CAL must live for at least 1 day");
    if (r.device_days_min > r.device_days_max)
        return bad("device_days_min is above device_days_max");
    if (r.renewal_days >= r.user_days || r.renewal_days >= r.device_days_min) {
        return bad("renewal_days must be shorter than a CAL lives");
    }
    if (r.lease_minutes == 0 || r.queue_minutes == 0)
        return bad("lease_minutes and queue_minutes are at least 1");
    for (const uint16_t period : {r.lease_minutes, r.linger_minutes, r.queue_minutes}) {
        if (period > 1440) return bad("minutes of a concurrent seat are at most 1440");
    }
    if (r.queue_max > 10'000) return bad("queue_max is above 10000");
    if (r.revoke_percent > 100) return bad("revoke_percent is above 100");
    if (const char* mistake = sale_mistake(r)) return bad(mistake);
    if (!are_others(product.code, product.bases, kBasesMax)) {
        return bad("`bases` are at most 4 codes of other products, none twice");
    }
    return {};
}

Result<> check_suite(std::string_view code, const std::vector<std::string>& also) {
    if (are_others(code, also, kSuiteMax)) return {};
    return fail("bad_product", "`also` are at most 16 codes of other products, none twice");
}

}  // namespace calm
