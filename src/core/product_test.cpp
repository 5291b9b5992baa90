#include "core/product.h"

#include <functional>

#include <gtest/gtest.h>

namespace calm {
namespace {

TEST(ProductCode, IsShortLowerCaseAndPlain) {
    for (const char* good : {"a", "9", "sql-2012", "terminal-services-2022", "x.y_z-1"})
        EXPECT_TRUE(is_product_code(good)) << good;
    EXPECT_TRUE(is_product_code(std::string(64, 'a')));
    for (const char* bad : {"", "Sql", "-sql", ".sql", "_sql", "s q", "sql\n", "é", "a/b"})
        EXPECT_FALSE(is_product_code(bad)) << bad;
    EXPECT_FALSE(is_product_code(std::string(65, 'a')));
}

TEST(ProductCode, EndsInItsVersion) {
    struct {
        const char* code;
        const char* family;
        uint16_t version;
    } const cases[] = {
        {"sql-2012", "sql", 2012},
        {"terminal-services-2022", "terminal-services", 2022},
        {"sql", "sql", 0},
        {"sql-", "sql-", 0},
        {"sql-2012r2", "sql-2012r2", 0},
        {"sql-2012-r2", "sql-2012-r2", 0},
        {"2012", "2012", 0},
        {"sql-65535", "sql", 65535},
        {"sql-65536", "sql-65536", 0},
        {"sql-123456", "sql-123456", 0},
        {"sql-0", "sql", 0},
    };
    for (const auto& [code, family, version] : cases) {
        const auto product = product_from_code(code);
        ASSERT_TRUE(product.has_value()) << code;
        EXPECT_EQ(product->code, code);
        EXPECT_EQ(product->family, family) << code;
        EXPECT_EQ(product->version, version) << code;
        EXPECT_EQ(product->rules, ProductRules{}) << code;
    }
    EXPECT_EQ(product_from_code("SQL").error().code, "bad_product_code");
    EXPECT_LT(product_from_code(std::string(10'000, 'X')).error().detail.size(), 200u);
}

TEST(Product, HasTheReferencesNumbers) {
    const ProductRules rules;
    EXPECT_EQ(rules.requirement, CalRequirement::activated);
    EXPECT_EQ(rules.overuse, OverUse::admit);
    EXPECT_EQ(rules.temporary_days, 90);
    EXPECT_EQ(rules.user_days, 60);
    EXPECT_EQ(rules.device_days_min, 52);
    EXPECT_EQ(rules.device_days_max, 89);
    EXPECT_EQ(rules.renewal_days, 7);
    EXPECT_EQ(rules.initial_grace_days, 120);
    EXPECT_EQ(rules.outage_days, 7);
    EXPECT_EQ(rules.revoke_percent, 20);
    EXPECT_FALSE(rules.prevent_upgrade);
    EXPECT_FALSE(rules.grace_ends_with_first_cal);
}

struct BadRule {
    const char* what;
    std::function<void(Product&)> change;
};

template <PackKind Kind>
std::function<void(Product&)> sold_in_only(void (*also)(ProductRules&)) {
    return [also](Product& product) {
        product.rules.pack_kinds = {Kind};
        also(product.rules);
    };
}
constexpr auto sold_by_core = sold_in_only<PackKind::core>;
constexpr auto sold_in_server_packs = sold_in_only<PackKind::server>;
constexpr auto sold_per_user = sold_in_only<PackKind::per_user>;

TEST(Product, IsSoundOrSaysWhatIsNot) {
    const Product sound = *product_from_code("sql-2012");
    EXPECT_TRUE(check_product(sound).has_value());
    const BadRule cases[] = {
        {"longer than 3650 days", [](Product& p) { p.rules.temporary_days = 3651; }},
        {"longer than 3650 days", [](Product& p) { p.rules.user_days = 3651; }},
        {"longer than 3650 days", [](Product& p) { p.rules.device_days_max = 3651; }},
        {"longer than 3650 days", [](Product& p) { p.rules.initial_grace_days = 65535; }},
        {"longer than 3650 days", [](Product& p) { p.rules.outage_days = 3651; }},
        {"longer than 3650 days", [](Product& p) { p.rules.renewal_days = 3651; }},
        {"at least 1 day", [](Product& p) { p.rules.user_days = 0; }},
        {"at least 1 day", [](Product& p) { p.rules.device_days_min = 0; }},
        {"device_days_min is above", [](Product& p) { p.rules.device_days_min = 90; }},
        {"renewal_days must be shorter", [](Product& p) { p.rules.renewal_days = 52; }},
        {"renewal_days must be shorter", [](Product& p) { p.rules.user_days = 7; }},
        {"revoke_percent is above 100", [](Product& p) { p.rules.revoke_percent = 101; }},
        {"`family` is not a name", [](Product& p) { p.family = "SQL"; }},
        {"`cal_pack_sizes` ascend",
         [](Product& p) {
             p.rules.cal_pack_sizes = {20, 5};
         }},
        {"`cal_pack_sizes` ascend",
         [](Product& p) {
             p.rules.cal_pack_sizes = {5, 5};
         }},
        {"`cal_pack_sizes` ascend",
         [](Product& p) {
             p.rules.cal_pack_sizes = {0, 5};
         }},
        {"`cal_pack_sizes` ascend", [](Product& p) { p.rules.cal_pack_sizes = {100'000'001}; }},
        {"names neither kind of them", sold_by_core([](ProductRules& r) { r.cals_max = 5; })},
        {"names neither kind of them", sold_by_core([](ProductRules& r) { r.cal_pack = 5; })},
        {"names neither kind of them",
         sold_by_core([](ProductRules& r) { r.cal_pack_sizes = {5}; })},
        {"names `server` and `per_user`",
         sold_by_core([](ProductRules& r) { r.cals_included = 5; })},
        {"names `server` and `per_user`",
         sold_in_server_packs([](ProductRules& r) { r.cals_included = 5; })},
        {"does not name `core`", sold_in_server_packs([](ProductRules& r) { r.cores_min = 4; })},
        {"does not name `core`", sold_in_server_packs([](ProductRules& r) { r.core_pack = 2; })},
        {"names `server` or `core`",
         sold_per_user([](ProductRules& r) { r.server_license = true; })},
    };
    for (const auto& [what, change] : cases) {
        Product bad = sound;
        change(bad);
        const auto checked = check_product(bad);
        ASSERT_FALSE(checked.has_value()) << what;
        EXPECT_EQ(checked.error().code, "bad_product");
        EXPECT_NE(checked.error().detail.find(what), std::string::npos) << checked.error().detail;
        EXPECT_TRUE(checked.error().detail.starts_with("`sql-2012`")) << checked.error().detail;
    }
    Product nameless = sound;
    nameless.code = "";
    EXPECT_EQ(check_product(nameless).error().code, "bad_product_code");
}

TEST(Product, SaysHowItIsSoldInKindsThatItIsSoldIn) {
    Product product = *product_from_code("sql-2012");
    product.rules.pack_kinds = {PackKind::server, PackKind::per_user, PackKind::core};
    product.rules.server_license = true;
    product.rules.cores_min = 4;
    product.rules.core_pack = 2;
    product.rules.cals_max = 75;
    product.rules.cals_included = 5;
    product.rules.cal_pack_sizes = {1, 2, 3, 4, 5, 6, 7, 100'000'000};
    EXPECT_TRUE(check_product(product).has_value());
    EXPECT_TRUE(sold_in(product.rules, PackKind::core));
    EXPECT_FALSE(sold_in(product.rules, PackKind::per_device));
    product.rules.pack_kinds = {};
    EXPECT_TRUE(check_product(product).has_value());
    EXPECT_TRUE(sold_in(product.rules, PackKind::per_device));
}

TEST(Product, NamesKindsOfPacksOnceEach) {
    const PackKinds kinds{PackKind::core, PackKind::per_user};
    EXPECT_EQ(pack_kind_names(kinds), (std::vector<std::string>{"per_user", "core"}));
    EXPECT_EQ(pack_kinds_named({"core", "per_user"}), kinds);
    EXPECT_EQ(pack_kinds_named({}), PackKinds{});
    EXPECT_EQ(pack_kinds_named({"core", "core"}), std::nullopt);
    EXPECT_EQ(pack_kinds_named({"cores"}), std::nullopt);
}

TEST(Product, MayHaveTheLongestAndTheShortestPeriods) {
    Product product = *product_from_code("p");
    product.rules = {.temporary_days = 0,
                     .user_days = 1,
                     .device_days_min = 1,
                     .device_days_max = 1,
                     .renewal_days = 0,
                     .initial_grace_days = 0,
                     .outage_days = 0,
                     .revoke_percent = 0};
    EXPECT_TRUE(check_product(product).has_value());
    product.rules = {.temporary_days = 3650,
                     .user_days = 3650,
                     .device_days_min = 3650,
                     .device_days_max = 3650,
                     .renewal_days = 3649,
                     .initial_grace_days = 3650,
                     .outage_days = 3650,
                     .revoke_percent = 100};
    EXPECT_TRUE(check_product(product).has_value());
}

}  // namespace
}  // namespace calm
