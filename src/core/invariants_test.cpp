// broken_invariant() finds what the log could say and the rules never would.
#include "core/invariants.h"

#include <gtest/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;

class Invariants : public testing::Test {
  protected:
    Kit kit;
    SubjectId anna;

    void SetUp() override {
        kit.set("ts-2019");
        kit.set("ts-2022");
        kit.pack("ts-2019", PackKind::per_user, 5);
        kit.pack("ts-2022", PackKind::per_user, 5, kit.now + days(30));
        anna = kit.subject(HolderKind::user);
    }
    void give(std::string product, PackId pack, Seconds length = days(20)) {
        kit.add(entry::CalIssued{{.cal = kit.ledger.next_cal(),
                                  .holder = anna,
                                  .product = std::move(product),
                                  .pack = pack,
                                  .overuse = !pack,
                                  .issued_at = kit.now,
                                  .expires_at = kit.now + length}});
    }
    std::string broken() const { return broken_invariant(kit.ledger, kit.now).value_or(""); }
};

TEST_F(Invariants, HoldInAnEmptyLedgerAndInAPlainOne) {
    EXPECT_EQ(broken_invariant(Ledger(), {}), std::nullopt);
    give("ts-2022", {2});
    EXPECT_EQ(broken(), "");
}

TEST_F(Invariants, TwoSeatsOfOneHolderCoverTheSame) {
    give("ts-2019", {1});
    give("ts-2022", {2});
    EXPECT_EQ(broken(), "CALs 2 and 1 of one holder cover the same");
    kit.now = kit.now + days(20);  // none of them is held any more
    EXPECT_EQ(broken(), "");
}

TEST_F(Invariants, OverUseBesideASeatCoversMoreOrElseIsPaidTwice) {
    give("ts-2019", {1});
    give("ts-2022", {});
    EXPECT_EQ(broken(), "");
    give("ts-2019", {});
    EXPECT_EQ(broken(), "CALs 3 and 2 of one holder cover the same");
}

TEST_F(Invariants, ACalDoesNotOutliveItsPack) {
    give("ts-2022", {2}, days(31));
    EXPECT_EQ(broken(), "CAL 1 outlives its pack");
}

}  // namespace
}  // namespace calm
