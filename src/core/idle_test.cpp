#include "core/idle.h"

#include <gtest/gtest.h>

#include "core/machines.h"
#include "core/reservations.h"
#include "core/test_kit.h"
#include "core/verbs.h"

namespace calm {
namespace {

using test::Kit;
using test::kPlain;

class Idle : public testing::Test {
  protected:
    Kit kit;
    HostId users;
    HostId devices;

    void SetUp() override {
        users = kit.host(LicensingMode::per_user);
        devices = kit.host(LicensingMode::per_device);
        ProductRules rules = kPlain;
        rules.device_days_min = rules.device_days_max = 60;
        rules.user_days = 60;
        kit.set("ts-2022", rules);
        kit.pack("ts-2022", PackKind::per_user, 3);
        kit.pack("ts-2022", PackKind::per_device, 10);
    }
    bool idle(SubjectId subject, Instant since) { return is_idle(kit.ledger, subject, since); }
    void expire() { kit.add(Result<Entries>(decide_expiries(kit.ledger, kit.now, 100))); }
};

TEST_F(Idle, NobodyIsWhoHoldsACal) {
    const SubjectId anna = kit.subject(HolderKind::user);
    const CalId cal = kit.admit(kit.by_user(anna, users, "ts-2022")).cal;
    EXPECT_FALSE(idle(anna, kit.now + days(1000)));
    kit.add(decide_release(kit.ledger, cal, ReturnReason::left, kit.now));
    EXPECT_TRUE(idle(anna, kit.now));
}

TEST_F(Idle, ACalThatEndedKeepsItsHolderUntilThatIsLongAgo) {
    const SubjectId anna = kit.subject(HolderKind::user);
    kit.admit(kit.by_user(anna, users, "ts-2022"));
    const Instant end = kit.now + days(60);
    kit.now = end + days(1);
    EXPECT_FALSE(idle(anna, kit.now));  // its expiry is not written yet
    expire();
    EXPECT_FALSE(idle(anna, end));
    EXPECT_TRUE(idle(anna, end + seconds(1)));
}

TEST_F(Idle, ARevokedCalKeepsItsHolderForItsFormerTime) {
    const SubjectId desk = kit.subject(HolderKind::device);
    const CalId cal = kit.admit(kit.by_device(desk, devices, "ts-2022")).cal;
    const Instant end{kit.ledger.cal(cal).expires_at};
    kit.add(decide_revocation(kit.ledger, cal, RevocationReason::lost, kit.now));
    EXPECT_FALSE(idle(desk, end));
    EXPECT_TRUE(idle(desk, end + seconds(1)));
}

TEST_F(Idle, WhoIsInAGroupIsKept) {
    const SubjectId anna = kit.subject(HolderKind::user);
    EXPECT_TRUE(idle(anna, kit.now));
    kit.add(decide_joining(kit.ledger, "engineers", {.subject = anna}));
    EXPECT_FALSE(idle(anna, kit.now));
}

TEST_F(Idle, AnotherNameOfAMachineIsKeptAsLongAsTheMachineHoldsSomething) {
    const SubjectId desk = kit.subject(HolderKind::device);
    const SubjectId renamed = kit.subject(HolderKind::device);
    const CalId cal = kit.admit(kit.by_device(desk, devices, "ts-2022")).cal;
    kit.add(decide_merge(kit.ledger, desk, renamed, kit.now));
    EXPECT_FALSE(idle(renamed, kit.now + days(1000)));
    kit.add(decide_release(kit.ledger, cal, ReturnReason::out_of_service, kit.now));
    EXPECT_TRUE(idle(renamed, kit.now));
    EXPECT_TRUE(idle(desk, kit.now));
}

TEST_F(Idle, WhoLooksLikeADeviceIsKeptUntilSomebodyDecides) {
    const SubjectId desk = kit.subject(HolderKind::device);
    const SubjectId other = kit.subject(HolderKind::device);
    kit.admit(kit.by_device(desk, devices, "ts-2022"));
    AdmissionRequest request = kit.by_device(other, devices, "ts-2022");
    request.looks_like = desk;
    const Decision decision = kit.admit(request);
    ASSERT_EQ(decision.reason, Reason::quarantine_begun);
    kit.add(decide_release(kit.ledger, decision.cal, ReturnReason::left, kit.now));
    EXPECT_FALSE(idle(other, kit.now + days(1000)));
    kit.add(decide_acceptance(kit.ledger, other, kit.now));
    EXPECT_TRUE(idle(other, kit.now));
}

TEST_F(Idle, AComputerWithAnInstallationIsKept) {
    kit.set("desktop-7");
    const PackId box = kit.pack("desktop-7", PackKind::installation, 1);
    const SubjectId computer = kit.subject(HolderKind::device);
    const SubjectId renamed = kit.subject(HolderKind::device);
    kit.add(decide_merge(kit.ledger, computer, renamed, kit.now));
    kit.add(entry::InstallationClaimed{box, computer});
    EXPECT_FALSE(idle(computer, kit.now));
    EXPECT_FALSE(idle(renamed, kit.now));
    kit.add(entry::InstallationReleased{box, computer});
    EXPECT_TRUE(idle(computer, kit.now));
}

TEST_F(Idle, WhoWaitsForASeatIsKept) {
    kit.set("cad-1", {.overuse = OverUse::refuse, .temporary_days = 0, .initial_grace_days = 0});
    entry::PackInstalled seat{.pack = kit.ledger.next_pack(), .product = "cad-1", .quantity = 1};
    seat.document[0] = 99;
    seat.vendor = test::key_of(2);
    seat.metric = PackMetric::concurrent;
    kit.add(seat);
    kit.admit(kit.by_user(kit.subject(HolderKind::user), users, "cad-1"));
    const SubjectId anna = kit.subject(HolderKind::user);
    AdmissionRequest request = kit.by_user(anna, users, "cad-1");
    request.wait = true;
    ASSERT_EQ(kit.admit(request).reason, Reason::seat_queued);
    EXPECT_FALSE(idle(anna, kit.now));
}

TEST_F(Idle, NobodyIsWhoIsForgottenOrAStation) {
    const SubjectId anna = kit.subject(HolderKind::user);
    kit.add(decide_erasure(kit.ledger, anna));
    EXPECT_FALSE(idle(anna, kit.now));
    EXPECT_FALSE(idle(kit.subject(HolderKind::station), kit.now));
}

}  // namespace
}  // namespace calm
