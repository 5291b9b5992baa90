// What becomes of alerts from one look at the ledger to the next, and over a restart.
#include "server/alert_book.h"

#include <gtest/gtest.h>

#include "store/memory_journal.h"

namespace calm {
namespace {

constexpr Instant kStart{1'767'225'600};

Warning pool(uint16_t level) {
    return {.kind = WarningKind::pool_filling,
            .about = 1,
            .part = 1,
            .level = level,
            .severity = level >= 100 ? Severity::critical : Severity::warning,
            .used = level,
            .owned = 100};
}

Warning pack(uint16_t days_left, bool early = false) {
    return {.kind = WarningKind::pack_expiring,
            .about = 3,
            .level = days_left,
            .early = early,
            .severity = days_left <= 1    ? Severity::critical
                        : days_left <= 14 ? Severity::warning
                                          : Severity::notice,
            .until = kStart + days(40)};
}

using Ids = std::vector<uint32_t>;

class Book : public ::testing::Test {
  protected:
    // A look that sees exactly these; the alerts that are to be told.
    Ids look(const std::vector<Warning>& warnings) {
        book.begin_sweep();
        for (const Warning& each : warnings)
            book.see(each, now);
        while (!book.resolve_unseen(now, 2)) {
        }
        return book.take_raised();
    }
    AlertState state(uint32_t id) const { return book.alert(id)->state; }

    AlertBook book;
    Instant now = kStart;
};

TEST_F(Book, tells_once_and_again_at_the_next_threshold_of_the_same_thing) {
    EXPECT_EQ(look({pool(80)}), Ids{1});
    EXPECT_EQ(look({pool(80)}), Ids{});
    EXPECT_EQ(look({pool(90)}), Ids{1});
    EXPECT_EQ(look({pool(90), pack(30)}), Ids{2});
    EXPECT_EQ(book.alerts().size(), 2U);
}

TEST_F(Book, a_warning_that_goes_away_resolves_its_alert) {
    look({pool(80), pack(30)});
    now = now + hours(1);
    look({pack(30)});
    EXPECT_EQ(state(1), AlertState::resolved);
    EXPECT_EQ(book.alert(1)->resolved_at, now);
    EXPECT_EQ(state(2), AlertState::open);
    EXPECT_EQ(book.count(AlertState::open, Severity::warning), 0U);
    EXPECT_EQ(book.count(AlertState::open, Severity::notice), 1U);
}

TEST_F(Book, an_acknowledged_alert_is_quiet_until_it_becomes_more_urgent) {
    look({pool(80)});
    EXPECT_TRUE(book.acknowledge(1, "anna", now));
    EXPECT_FALSE(book.acknowledge(1, "bruno", now));
    EXPECT_EQ(look({pool(80)}), Ids{});
    EXPECT_EQ(state(1), AlertState::acknowledged);
    EXPECT_EQ(book.alert(1)->acknowledged_by, "anna");
    EXPECT_EQ(look({pool(100)}), Ids{1});
    EXPECT_EQ(state(1), AlertState::open);
    EXPECT_TRUE(book.alert(1)->acknowledged_by.empty());
}

TEST_F(Book, a_pool_that_swings_is_told_of_once_a_day) {
    EXPECT_EQ(look({pool(90)}), Ids{1});
    for (int i = 0; i < 5; ++i) {
        now = now + hours(1);
        EXPECT_EQ(look({}), Ids{});
        EXPECT_EQ(look({pool(80)}), Ids{});
        EXPECT_EQ(look({pool(90)}), Ids{});
    }
    EXPECT_EQ(book.alerts().size(), 1U);
    look({pool(80)});
    now = now + days(1);
    look({pool(80)});
    EXPECT_EQ(look({pool(90)}), Ids{1}) << "a day later it is news again";
}

TEST_F(Book, what_comes_back_after_a_day_is_another_alert) {
    look({pool(80)});
    look({});
    now = now + days(1);
    EXPECT_EQ(look({pool(80)}), Ids{2});
    EXPECT_EQ(state(1), AlertState::resolved);
}

TEST_F(Book, an_acknowledgement_survives_a_swing) {
    look({pool(90)});
    book.acknowledge(1, "anna", now);
    look({});
    EXPECT_EQ(look({pool(90)}), Ids{});
    EXPECT_EQ(state(1), AlertState::acknowledged);
}

// Told early, and in the holiday as always.
TEST_F(Book, a_countdown_that_was_told_early_goes_on_as_always) {
    EXPECT_EQ(look({pack(14)}), Ids{1});
    EXPECT_EQ(look({pack(kLevelOver, true)}), Ids{1});
    EXPECT_EQ(look({pack(14)}), Ids{}) << "the holiday begins";
    EXPECT_EQ(look({pack(7)}), Ids{1});
    EXPECT_EQ(look({pack(1)}), Ids{1});
    EXPECT_EQ(look({pack(kLevelOver)}), Ids{1});
}

TEST_F(Book, a_look_alike_ends_when_somebody_decides_and_not_because_nobody_sees_it) {
    const Warning alike{.kind = WarningKind::look_alike, .about = 5, .part = 2};
    book.see(alike, now);
    look({});
    EXPECT_EQ(state(1), AlertState::open);
    book.end(key_of(alike), now);
    EXPECT_EQ(state(1), AlertState::resolved);
}

TEST_F(Book, forgets_what_was_resolved_long_ago) {
    look({pool(80), pack(30)});
    look({pack(30)});
    book.take_dirty(100);
    now = now + kAlertKept;
    look({pack(30)});
    EXPECT_EQ(book.alert(1), nullptr);
    const Ids dirty = book.take_dirty(100);
    EXPECT_NE(std::ranges::find(dirty, 1U), dirty.end()) << "its record is to be erased";
}

TEST_F(Book, nothing_is_told_twice_after_a_restart) {
    look({pool(90), pack(30)});
    book.acknowledge(2, "anna", now);
    book.begin_deliveries(1, {{.receiver = "mail", .message = "m1"}});
    book.note_delivery(1, {.receiver = "mail",
                           .message = "m1",
                           .state = DeliveryState::failed,
                           .tries = 6,
                           .at = now,
                           .why = "no \"answer\""});
    store::MemoryDisk disk;
    auto journal = store::open_memory_journal(disk).value();
    store::Batch batch;
    for (const uint32_t id : book.take_dirty(100))
        batch.put(record_of(*book.alert(id)));
    ASSERT_TRUE(journal->append(batch).is_committed());
    const auto before = book.alerts();
    book = AlertBook::read(*journal->open_reader().value()).value();
    EXPECT_EQ(book.alerts(), before);
    EXPECT_EQ(look({pool(90), pack(30)}), Ids{});
    EXPECT_EQ(state(2), AlertState::acknowledged);
    EXPECT_EQ(look({pool(100), pack(30)}), Ids{1});
}

TEST_F(Book, a_record_that_does_not_read_is_damage) {
    for (const char* value :
         {"", "{}", "[]", R"({"kind":"no_such"})", R"({"kind":"over_use","x":1})"})
        EXPECT_FALSE(read_alert("0000000001", value)) << value;
    EXPECT_TRUE(read_alert("0000000001", R"({"kind":"over_use"})"));
    EXPECT_FALSE(read_alert("x", R"({"kind":"over_use"})"));
    EXPECT_FALSE(read_alert("0000000000", R"({"kind":"over_use"})"));
}

}  // namespace
}  // namespace calm
