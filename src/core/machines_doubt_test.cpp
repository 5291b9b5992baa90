// Doubts about devices: what an erasure, a separation and an acceptance make of them.
#include <gtest/gtest.h>

#include "core/machines.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;

class Doubts : public testing::Test {
  protected:
    Kit kit;
    SubjectId first;
    SubjectId second;

    void SetUp() override {
        kit.set("p-1");
        first = kit.subject(HolderKind::device);
        second = kit.subject(HolderKind::device);
    }
    CalId give(PackId from, CalState state, bool validated) {
        const CalStatement cal{.cal = kit.ledger.next_cal(),
                               .holder = second,
                               .kind = PackKind::per_device,
                               .product = "p-1",
                               .pack = from,
                               .state = state,
                               .validated = validated,
                               .issued_at = kit.now,
                               .expires_at = kit.now + days(9)};
        kit.add(entry::CalIssued{cal});
        return cal.cal;
    }
};

TEST_F(Doubts, AnErasureSettlesTheDoubtsOfItsOtherNames) {
    const SubjectId third = kit.subject(HolderKind::device);
    kit.add(entry::DeviceDoubted{second, third});
    kit.add(entry::DevicesMerged{second, first});
    kit.add(entry::DevicesMerged{third, first});
    Entries parted;
    part(kit.ledger, first, parted);
    EXPECT_EQ(parted.size(), 3u);
    EXPECT_EQ(std::ranges::count(parted, EntryBody(entry::DeviceAccepted{second})), 1);
    kit.add(entry::DeviceAccepted{second});
    parted.clear();
    part(kit.ledger, first, parted);
    EXPECT_EQ(parted.size(), 2u);
}

TEST_F(Doubts, ADoubtThatWasSettledIsNotSettledAgain) {
    kit.add(entry::DeviceDoubted{second, first});
    kit.add(entry::DevicesMerged{second, first});
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 2u);
    kit.add(entry::DeviceAccepted{second});
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);
}

TEST_F(Doubts, AnAcceptanceValidatesWhatADeviceWasGivenMeanwhile) {
    kit.add(entry::DeviceDoubted{second, first});
    const CalId first_days = give({}, CalState::temporary, false);
    give({}, CalState::temporary, true);
    give(kit.pack("p-1", PackKind::per_device, 1), CalState::active, false);
    const auto accepted = decide_acceptance(kit.ledger, second, kit.now);
    ASSERT_EQ(accepted->size(), 2u);
    EXPECT_EQ(std::get<entry::CalValidated>(accepted->back()).cal.cal, first_days);
    EXPECT_EQ(decide_acceptance(kit.ledger, second, kit.now + days(9))->size(), 1u);
}

TEST_F(Doubts, ADoubtAboutWhoeverWasErasedIsNone) {
    kit.add(entry::DeviceDoubted{second, first});
    EXPECT_TRUE(kit.ledger.is_doubted(second));
    kit.add(entry::SubjectErased{first});
    EXPECT_FALSE(kit.ledger.is_doubted(second));
}

}  // namespace
}  // namespace calm
