#include "server/report_shelf.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

ReportShelf::Report report(std::string id, size_t bytes = 10) {
    return {
        .id = std::move(id), .file = "f", .content_type = "t", .bytes = std::string(bytes, 'x')};
}

TEST(ReportShelf, keeps_a_report_for_an_hour) {
    ReportShelf shelf;
    shelf.put(report("a"), {1000});
    ASSERT_NE(shelf.find("a", {1000 + 3599}), nullptr);
    EXPECT_EQ(shelf.find("b", {1000}), nullptr);
    EXPECT_EQ(shelf.find("a", {1000 + 3600}), nullptr);
    EXPECT_EQ(shelf.size(), 0U);
}

TEST(ReportShelf, a_newer_one_pushes_out_the_oldest) {
    ReportShelf shelf;
    for (size_t i = 0; i <= ReportShelf::kReportsMax; ++i)
        shelf.put(report(std::to_string(i)), {1000});
    EXPECT_EQ(shelf.size(), ReportShelf::kReportsMax);
    EXPECT_EQ(shelf.find("0", {1000}), nullptr);
    EXPECT_NE(shelf.find("1", {1000}), nullptr);
    shelf.put(report("great", ReportShelf::kBytesMax), {1000});
    EXPECT_EQ(shelf.size(), 1U);
    EXPECT_NE(shelf.find("great", {1000}), nullptr);
}

}  // namespace
}  // namespace calm
