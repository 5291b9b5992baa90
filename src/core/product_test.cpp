#include "core/product.h"

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
    void (*change)(Product&);
};

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
