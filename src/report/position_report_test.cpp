#include "report/position_report.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace calm::report {
namespace {

PositionReport some_report(Language language = Language::en) {
    PositionReport report{.license_server_id = "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2-34567-89ABC",
                          .epoch = 1,
                          .made_at = {1'769'904'000},
                          .made_for = "auditor.one",
                          .language = language};
    report.table.at = {1'769'903'999};  // 2026-01-31T23:59:59Z
    report.table.entries = 12'345;
    PositionRow row{.required = 31, .owned = 25, .declared = 5, .held = 25, .overuse = 6};
    row.holders = {0, 0, 31};
    row.short_of = 6;
    report.table.lines.push_back({"terminal-services-2022", CalRequirement::activated, row});
    for (const char* name : {"poste-26", "=HYPERLINK(\"http://evil\")", "a,b\"c", "été"}) {
        report.table.missing.push_back({.product = "terminal-services-2022",
                                        .holder_kind = HolderKind::station,
                                        .holder = {7},
                                        .name = name,
                                        .since = {1'769'000'000}});
    }
    return report;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// The fields of each row, read as RFC 4180 says.
std::vector<std::vector<std::string>> parsed(std::string_view csv) {
    EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBF"));
    csv.remove_prefix(3);
    std::vector<std::vector<std::string>> rows{{""}};
    bool quoted = false;
    for (size_t i = 0; i < csv.size(); ++i) {
        const char c = csv[i];
        if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
            rows.back().back() += csv[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            rows.back().emplace_back();
        } else if (c == '\r' && !quoted) {
            EXPECT_EQ(csv[++i], '\n');
            if (i + 1 < csv.size()) rows.emplace_back(1);
        } else {
            rows.back().back() += c;
        }
    }
    EXPECT_FALSE(quoted);
    return rows;
}

TEST(PositionCsv, has_a_row_for_each_host_without_its_license) {
    PositionReport report = some_report();
    report.table.hosts.push_back(
        {.host = {3}, .name = "db1", .product = "sql-2012", .kind = PackKind::core, .missing = 4});
    const auto rows = parsed(position_csv(report));
    const auto& titles = rows.front();
    const auto& row = rows.back();
    ASSERT_EQ(row.size(), titles.size());
    EXPECT_EQ(row[0], "host_without_license");
    const auto at = [&](std::string_view title) {
        return row[static_cast<size_t>(std::ranges::find(titles, title) - titles.begin())];
    };
    EXPECT_EQ(at("Product"), "sql-2012");
    EXPECT_EQ(at("Kind"), "core");
    EXPECT_EQ(at("Short"), "4");
    EXPECT_EQ(at("Holder"), "db1");
}

TEST(PositionCsv, has_a_row_for_each_product_and_each_holder_who_is_not_covered) {
    const auto rows = parsed(position_csv(some_report()));
    ASSERT_EQ(rows.size(), 6U);
    for (const auto& row : rows)
        EXPECT_EQ(row.size(), rows[0].size());
    const auto at = [&](size_t row, std::string_view title) {
        for (size_t i = 0; i < rows[0].size(); ++i) {
            if (rows[0][i] == title) return rows[row][i];
        }
        return std::string("no such column");
    };
    EXPECT_EQ(at(1, "Record"), "position");
    EXPECT_EQ(at(1, "Product"), "terminal-services-2022");
    EXPECT_EQ(at(1, "Required"), "31");
    EXPECT_EQ(at(1, "Stations"), "31");
    EXPECT_EQ(at(1, "Owned"), "25");
    EXPECT_EQ(at(1, "Entered by hand"), "5");
    EXPECT_EQ(at(1, "Short"), "6");
    EXPECT_EQ(at(1, "Holder"), "");
    EXPECT_EQ(at(2, "Record"), "missing");
    EXPECT_EQ(at(2, "Holder"), "poste-26");
    EXPECT_EQ(at(2, "Kind of holder"), "station");
    EXPECT_EQ(at(2, "State"), "overuse");
    EXPECT_EQ(at(2, "As of"), "2026-01-31T23:59:59Z");
    EXPECT_EQ(at(2, "Entries"), "12345");
    EXPECT_EQ(at(4, "Holder"), "a,b\"c");
    EXPECT_EQ(at(5, "Holder"), "été");
}

TEST(PositionCsv, no_field_is_a_formula) {
    const std::string csv = position_csv(some_report());
    EXPECT_TRUE(has(csv, ",\"'=HYPERLINK(\"\"http://evil\"\")\",")) << csv;
    for (const char* name : {"=1", "+1", "-1", "@x", "\tx", "\rx"}) {
        PositionReport report = some_report();
        report.table.missing = {{.product = "p", .name = name}};
        const auto rows = parsed(position_csv(report));
        EXPECT_EQ(rows.back()[17], std::string("'") + name);
    }
}

TEST(PositionCsv, has_a_row_for_each_station_without_a_cal) {
    PositionReport report = some_report();
    report.table.stations = {.registered = 3, .covered = 1, .uncovered = {{4}, {5}}};
    report.table.station_names = {"window", "door"};
    const auto rows = parsed(position_csv(report));
    ASSERT_EQ(rows.size(), 8U);
    EXPECT_EQ(rows[6].size(), rows[0].size());
    EXPECT_EQ(rows[6][0], "station_without_cal");
    EXPECT_EQ(rows[6][17], "window");
    EXPECT_EQ(rows[7][17], "door");
    EXPECT_EQ(rows[7][18], "station");
    EXPECT_GT(position_pdf(report)->size(), position_pdf(some_report())->size());
}

TEST(PositionCsv, its_titles_are_in_the_language_that_was_asked_for) {
    EXPECT_TRUE(has(position_csv(some_report(Language::fr)), ",Manquantes,"));
    EXPECT_EQ(file_name(some_report(), "csv"), "position-2026-01-31.csv");
}

TEST(PositionPdf, is_the_same_for_the_same_report) {
    const auto pdf = position_pdf(some_report());
    ASSERT_TRUE(pdf) << pdf.error().detail;
    EXPECT_TRUE(pdf->starts_with("%PDF-"));
    EXPECT_TRUE(has(*pdf, "%%EOF"));
    EXPECT_EQ(position_pdf(some_report()), *pdf);
    EXPECT_NE(position_pdf(some_report(Language::fr)), *pdf);
}

TEST(PositionPdf, grows_by_pages_and_not_without_end) {
    PositionReport report = some_report();
    const size_t one = position_pdf(report)->size();
    report.table.missing.resize(30'000, report.table.missing[0]);
    const auto many = position_pdf(report);
    ASSERT_TRUE(many);
    EXPECT_GT(many->size(), one);
    EXPECT_LT(many->size(), 4U * 1024 * 1024);
}

}  // namespace
}  // namespace calm::report
