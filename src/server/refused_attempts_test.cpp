// Rows of refused attempts: what is the same row, what is counted together, what is forgotten, and
// what comes back from disk.
#include "server/refused_attempts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/memory_journal.h"

namespace calm {
namespace {

constexpr Instant kNewYear{1'767'225'600};  // 2026-01-01, a day's first second

RefusedAttempt attempt(std::string_view user, Instant at = kNewYear) {
    return {.at = at, .product = "files-1", .host = {1}, .user = user, .device = "pc-1"};
}

std::vector<std::string> users_of(const RefusedAttempts& attempts) {
    std::vector<std::string> out;
    for (const auto& [id, row] : attempts.rows())
        out.push_back(fmt::format("{}:{}", row.user, row.attempts));
    return out;
}

using Users = std::vector<std::string>;

// Writes all that is due, and reads it again as a start of the server does.
RefusedAttempts restarted(store::MemoryDisk& disk, RefusedAttempts& attempts) {
    auto journal = store::open_memory_journal(disk).value();
    while (attempts.due() > 0) {
        auto due = attempts.take_due(2);
        store::Batch batch;
        batch.puts = std::move(due.puts);
        batch.erases = std::move(due.erases);
        EXPECT_TRUE(journal->append(batch).is_committed());
    }
    const auto reader = journal->open_reader().value();
    return RefusedAttempts::read(*reader).value();
}

TEST(RefusedAttempts, counts_a_row_for_each_day_and_person) {
    RefusedAttempts attempts;
    attempts.count(attempt("anna"), true);
    attempts.count(attempt("anna", kNewYear + hours(3)), true);
    attempts.count(attempt("bruno"), true);
    attempts.count(attempt("anna", kNewYear + days(1)), true);
    EXPECT_EQ(users_of(attempts), (Users{"anna:2", "bruno:1", "anna:1"}));
    EXPECT_EQ(attempts.rows().at(1).first_at, kNewYear);
    EXPECT_EQ(attempts.rows().at(1).last_at, kNewYear + hours(3));
}

TEST(RefusedAttempts, are_other_rows_for_anything_else_that_differs) {
    RefusedAttempts attempts;
    const RefusedAttempt one = attempt("anna");
    attempts.count(one, true);
    for (auto change : std::vector<void (*)(RefusedAttempt&)>{
             [](RefusedAttempt& a) { a.product = "files-2"; },
             [](RefusedAttempt& a) { a.reason = Reason::user_missing; },
             [](RefusedAttempt& a) { a.host = {2}; }, [](RefusedAttempt& a) { a.device = "pc-2"; },
             [](RefusedAttempt& a) { a.station = "desk-1"; },
             [](RefusedAttempt& a) { a.offline = true; }}) {
        const size_t before = attempts.rows().size();
        RefusedAttempt other = one;
        change(other);
        attempts.count(other, true);
        EXPECT_EQ(attempts.rows().size(), before + 1);
        attempts.count(other, true);
        EXPECT_EQ(attempts.rows().size(), before + 1);
    }
}

TEST(RefusedAttempts, counts_together_what_is_too_much_for_a_day) {
    RefusedAttempts attempts({.rows = 100, .rows_per_day = 2});
    for (const char* user : {"anna", "bruno", "chloe", "denis", "anna"})
        attempts.count(attempt(user), true);
    EXPECT_EQ(users_of(attempts), (Users{"anna:2", "bruno:1", ":2"}));
    EXPECT_TRUE(attempts.rows().at(3).is_others());
    EXPECT_EQ(attempts.rows().at(3).product, "files-1");
    // What nobody has ever heard of is not kept by its name there.
    RefusedAttempt odd = attempt("emil");
    odd.product = "no-such-thing";
    attempts.count(odd, false);
    EXPECT_EQ(attempts.rows().at(4).product, "");
    EXPECT_EQ(attempts.complete_since(), 0U);
    attempts.count(attempt("chloe", kNewYear + days(1)), true);
    EXPECT_EQ(attempts.rows().at(5).user, "chloe");
}

TEST(RefusedAttempts, drops_the_oldest_and_says_since_when_it_is_complete) {
    RefusedAttempts attempts({.rows = 3, .rows_per_day = 3});
    for (int day = 0; day < 5; ++day)
        attempts.count(attempt(fmt::format("user-{}", day), kNewYear + days(day)), true);
    EXPECT_EQ(users_of(attempts), (Users{"user-2:1", "user-3:1", "user-4:1"}));
    EXPECT_EQ(attempts.complete_since(), kNewYear.seconds / 86400 + 2);

    store::MemoryDisk disk;
    const RefusedAttempts again = restarted(disk, attempts);
    EXPECT_EQ(again.rows(), attempts.rows());
    EXPECT_EQ(again.complete_since(), attempts.complete_since());
}

TEST(RefusedAttempts, come_back_and_go_on_as_they_were) {
    RefusedAttempts attempts;
    RefusedAttempt odd = attempt("O'Néill \"x\"\\");
    odd.station = "salle 1";
    odd.offline = true;
    attempts.count(odd, true);
    attempts.count(attempt("bruno"), true);
    store::MemoryDisk disk;
    RefusedAttempts again = restarted(disk, attempts);
    EXPECT_EQ(again.rows(), attempts.rows());
    EXPECT_EQ(again.due(), 0U);
    again.count(odd, true);
    again.count(attempt("chloe"), true);
    EXPECT_EQ(again.rows().at(1).attempts, 2U);
    EXPECT_EQ(again.rows().at(3).user, "chloe");
}

TEST(RefusedAttempts, forgets_a_name_here_and_on_disk) {
    RefusedAttempts attempts;
    for (const char* user : {"anna", "bruno", "anna"})
        attempts.count(attempt(user), true);
    attempts.count(attempt("anna", kNewYear + days(1)), true);
    store::MemoryDisk disk;
    RefusedAttempts written = restarted(disk, attempts);
    EXPECT_EQ(written.naming(HolderKind::user, "anna").size(), 2U);
    EXPECT_TRUE(written.naming(HolderKind::device, "anna").empty());
    EXPECT_TRUE(written.naming(HolderKind::user, "").empty());
    EXPECT_EQ(written.forget(HolderKind::user, "anna"), (std::vector<uint64_t>{1, 3}));
    EXPECT_EQ(users_of(restarted(disk, written)), Users{"bruno:1"});
    EXPECT_EQ(written.naming(HolderKind::device, "pc-1").size(), 1U);
}

TEST(RefusedAttempts, drops_what_is_old) {
    RefusedAttempts attempts;
    for (const int day : {0, 10, 100})
        attempts.count(attempt(fmt::format("user-{}", day), kNewYear + days(day)), true);
    attempts.drop_old(kNewYear + days(400), 0);
    EXPECT_EQ(attempts.rows().size(), 3U);
    attempts.drop_old(kNewYear + days(401), 0);
    EXPECT_EQ(users_of(attempts), (Users{"user-10:1", "user-100:1"}));
    attempts.drop_old(kNewYear + days(401), 305);
    EXPECT_EQ(users_of(attempts), (Users{"user-100:1"}));
    EXPECT_EQ(attempts.complete_since(), 0U);
}

TEST(RefusedAttempts, are_due_again_when_they_could_not_be_written) {
    RefusedAttempts attempts;
    attempts.count(attempt("anna"), true);
    attempts.count(attempt("bruno"), true);
    const auto due = attempts.take_due(1);
    EXPECT_EQ(due.puts.size(), 1U);
    attempts.give_back(due.ids);
    EXPECT_EQ(attempts.take_due(9).puts.size(), 2U);
    EXPECT_EQ(attempts.due(), 0U);
}

TEST(RefusedAttempts, do_not_read_what_is_damaged) {
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"0000000000000001", "{"},
                                                          {"0000000000000001", "{}"},
                                                          {"one", "{}"},
                                                          {"0000000000000000", "x"}}) {
        store::MemoryDisk disk;
        auto journal = store::open_memory_journal(disk).value();
        store::Batch batch;
        batch.puts.push_back({"refused_attempts", key, value});
        ASSERT_TRUE(journal->append(batch).is_committed());
        const auto reader = journal->open_reader().value();
        EXPECT_EQ(RefusedAttempts::read(*reader).error().code, "database_damaged") << key << value;
    }
}

}  // namespace
}  // namespace calm
