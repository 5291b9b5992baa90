// Product files: those that are shipped, and what is wrong with others.
#include "cli/product_file.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/scenario.h"
#include "wire/resource_json.h"

namespace calm::cli {
namespace {

std::string read(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::map<std::string, Product> shipped() {
    std::map<std::string, Product> products;
    for (const auto& file :
         std::filesystem::directory_iterator(CALM_SOURCE_DIR "/share/products")) {
        const ProductFileReading reading = read_product_file(read(file.path()));
        for (const ProductFileMistake& mistake : reading.mistakes)
            ADD_FAILURE() << file.path() << ":" << mistake.line << ": " << mistake.what;
        EXPECT_FALSE(reading.file.title.empty()) << file.path();
        EXPECT_FALSE(reading.file.sources.empty()) << file.path();
        for (const Product& product : reading.file.products)
            EXPECT_TRUE(products.emplace(product.code, product).second) << product.code;
    }
    return products;
}

// Line and sentence of the first mistake.
std::string first_mistake(std::string_view text) {
    const auto reading = read_product_file(text);
    if (reading.mistakes.empty()) return "sound";
    return fmt::format("{}: {}", reading.mistakes.front().line, reading.mistakes.front().what);
}

TEST(ProductFile, EveryShippedFileIsSound) {
    EXPECT_GT(shipped().size(), 15U);
}

// The file that vendors copy says that it has every rule, with its default.
TEST(ProductFile, AVendorsOwnHasEveryRuleWithItsDefault) {
    const std::string text = read(CALM_SOURCE_DIR "/share/products/own-product.toml");
    const ProductFileReading reading = read_product_file(text);
    ASSERT_EQ(reading.file.products.size(), 1U);
    EXPECT_EQ(reading.file.products[0].rules, ProductRules{});
    std::string written;
    wire::write_product(written, reading.file.products[0]);
    const boost::json::value rules = boost::json::parse(written);
    const std::set<std::string_view> no_rules{"family", "version", "bases"};
    for (const auto& [name, value] : rules.as_object()) {
        if (no_rules.contains(name)) continue;
        EXPECT_NE(text.find(fmt::format("\n{} = ", std::string_view(name))), std::string::npos)
            << name;
    }
}

// The scenario of a shipped product plays that product and no other.
TEST(ProductFile, ScenariosOfShippedProductsStateTheirRules) {
    const auto products = shipped();
    std::map<std::string, int> played;
    for (const auto& file :
         std::filesystem::directory_iterator(CALM_SOURCE_DIR "/tests/scenarios")) {
        if (!file.path().filename().string().starts_with("product_")) continue;
        const auto scenario = scenario::parse_scenario(read(file.path()));
        ASSERT_TRUE(scenario) << file.path();
        for (const scenario::Line& line : scenario->lines) {
            const auto* set = std::get_if<scenario::SetProduct>(&line.step);
            if (set == nullptr || !products.contains(set->product.code)) continue;
            EXPECT_EQ(products.at(set->product.code), set->product)
                << file.path() << ":" << line.number;
            ++played[set->product.code];
        }
    }
    for (const auto& [code, product] : products) {
        // Versions of one family are played by some of them.
        const bool family_played = std::ranges::any_of(played, [&](const auto& each) {
            return products.at(each.first).family == product.family;
        });
        EXPECT_TRUE(family_played) << code;
    }
}

TEST(ProductFile, WhatIsWrittenIsRead) {
    const auto reading = read_product_file(R"(
title = "T"
sources = ["https://a.example"]
[[product]]
product = "base-1"
requires = "trusted"
[[product]]
product = "on-top-2"
bases = ["base-1"]
overuse = "refuse"
temporary_days = 0
prevent_upgrade = true
)");
    ASSERT_TRUE(reading.mistakes.empty()) << reading.mistakes.front().what;
    EXPECT_EQ(reading.file.title, "T");
    ASSERT_EQ(reading.file.products.size(), 2U);
    const Product& product = reading.file.products[1];
    EXPECT_EQ(product.family, "on-top");
    EXPECT_EQ(product.version, 2);
    EXPECT_EQ(product.bases, std::vector<std::string>{"base-1"});
    EXPECT_EQ(product.rules.overuse, OverUse::refuse);
    EXPECT_EQ(product.rules.temporary_days, 0);
    EXPECT_TRUE(product.rules.prevent_upgrade);
}

TEST(ProductFile, EveryMistakeIsNamedInItsLine) {
    EXPECT_EQ(first_mistake(""), "1: there is no [[product]]");
    EXPECT_TRUE(first_mistake("title = \"x\"\nnothing here").starts_with("2: "));
    EXPECT_EQ(first_mistake("titel = \"x\""),
              "1: `titel` is not known here; did you mean `title`?");
    EXPECT_EQ(first_mistake("\nsources = 7"), "2: `sources` is not a list of texts");
    EXPECT_TRUE(first_mistake("product = 7").starts_with("1: products are written as"));
    const auto product = [](std::string_view line) {
        return first_mistake(fmt::format("[[product]]\nproduct = \"a-1\"\n{}\n", line));
    };
    EXPECT_EQ(product(""), "sound");
    EXPECT_TRUE(product("requires = \"maybe\"").starts_with("3: `requires` is none of"));
    EXPECT_TRUE(product("temporary_day = 3").starts_with("3: `temporary_day` is not a field"));
    // The field that is meant stands in the sentence too, and elsewhere in the table.
    EXPECT_TRUE(product("prodct = 3").starts_with("3: `prodct` is not a field here; did you mean"));
    EXPECT_TRUE(product("temporary_days = \"3\"").starts_with("3: `temporary_days`"));
    EXPECT_TRUE(product("temporary_days = -3").starts_with("3: `temporary_days`"));
    EXPECT_TRUE(product("bases = [\"b-1\"]").starts_with("3: the base `b-1` is not described"));
    EXPECT_TRUE(product("bases = [[\"b-1\"]]").starts_with("3: `bases`"));
    EXPECT_EQ(product("[[product]]\nproduct = \"a-1\""), "4: `a-1` is described twice");
    EXPECT_TRUE(product("[[product]]\nproduct = \"a-2\"\nbases = [\"a-1\"]")
                    .ends_with("of the same family"));
    EXPECT_TRUE(first_mistake(std::string(kProductFileSizeMax + 1, '#')).starts_with("1: "));
}

TEST(ProductFile, AllMistakesAreSaidAtOnce) {
    const auto reading =
        read_product_file("[[product]]\nproduct = \"a\"\nx = 1\n[[product]]\nproduct = \"B\"\n");
    ASSERT_EQ(reading.mistakes.size(), 2U);
    EXPECT_EQ(reading.mistakes[0].line, 3U);
    EXPECT_EQ(reading.mistakes[1].line, 5U);
}

}  // namespace
}  // namespace calm::cli
