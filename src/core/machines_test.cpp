// What merging, separating and doubting devices writes and refuses. Their rules are played in
// tests/scenarios/*merged*.calm and look_alike_*.calm.
#include "core/machines.h"

#include <gtest/gtest.h>

#include "core/invariants.h"
#include "core/test_kit.h"
#include "core/warnings.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;
using test::read_back;

class Machines : public testing::Test {
  protected:
    Kit kit;
    HostId devices;
    PackId pack;
    SubjectId first;
    SubjectId second;

    void SetUp() override {
        devices = kit.host(LicensingMode::per_device);
        kit.set("p-1");
        pack = kit.pack("p-1", PackKind::per_device, 3);
        first = kit.subject(HolderKind::device);
        second = kit.subject(HolderKind::device);
    }
    Decision admit(SubjectId device) { return kit.admit(kit.by_device(device, devices, "p-1")); }
    std::string objection(const EntryBody& body) {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).value_or("");
    }
    // Each entry undone and applied again, and the state between them compared.
    void add(const Result<Entries>& entries) {
        ASSERT_TRUE(entries.has_value()) << entries.error().detail;
        for (const EntryBody& body : *entries) {
            const std::string before = kit.bytes();
            kit.ledger.undo(kit.ledger.apply({kit.ledger.size(), kit.now, {}, body}));
            EXPECT_EQ(kit.bytes(), before);
            kit.add(body);
        }
        EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
    }
};

TEST_F(Machines, BothNamesFindTheOneCal) {
    const CalId kept = admit(first).cal;
    const CalId given_up = admit(second).cal;
    EXPECT_EQ(kit.ledger.pack(pack).used, 2u);
    add(decide_merge(kit.ledger, first, second, kit.now));
    EXPECT_EQ(kit.ledger.pack(pack).used, 1u);
    EXPECT_EQ(admit(second).cal, kept);
    EXPECT_EQ(kit.ledger.cal(given_up).state, CalState::returned);
    EXPECT_EQ(kit.ledger.machine(second), first);
    EXPECT_TRUE(decide_merge(kit.ledger, second, first, kit.now)->empty());
}

TEST_F(Machines, NamesOfNamesAreTheMachine) {
    const SubjectId third = kit.subject(HolderKind::device);
    admit(third);
    add(decide_merge(kit.ledger, second, third, kit.now));
    add(decide_merge(kit.ledger, first, third, kit.now));
    EXPECT_EQ(kit.ledger.machine(third), first);
    EXPECT_EQ(admit(third).reason, Reason::cal_held);
    // Separated, the second keeps its other name.
    add(decide_separation(kit.ledger, second, kit.now));
    EXPECT_EQ(kit.ledger.machine(third), second);
    EXPECT_EQ(admit(third).reason, Reason::cal_held);
    EXPECT_EQ(kit.ledger.pack(pack).used, 1u);
}

TEST_F(Machines, ASnapshotHasThem) {
    admit(first);
    kit.add(entry::DeviceDoubted{.device = second, .like = first});
    add(decide_merge(kit.ledger, first, second, kit.now));
    Ledger again;
    ASSERT_TRUE(read_back(again, kit.bytes()));
    EXPECT_EQ(again.machine(second), first);
    EXPECT_FALSE(again.is_doubted(second));
    EXPECT_NE(again.doubt_of(second), nullptr);
}

TEST_F(Machines, WhatIsNoDeviceIsRefused) {
    const SubjectId user = kit.subject(HolderKind::user);
    EXPECT_EQ(code_of(decide_merge(kit.ledger, first, user, kit.now)), "subject_unknown");
    EXPECT_EQ(code_of(decide_merge(kit.ledger, {}, first, kit.now)), "subject_unknown");
    EXPECT_EQ(code_of(decide_separation(kit.ledger, first, kit.now)), "device_not_merged");
    EXPECT_EQ(code_of(decide_acceptance(kit.ledger, first, kit.now)), "device_not_doubted");
    EXPECT_EQ(objection(entry::DevicesMerged{user, first}), "the subject is no device");
    EXPECT_EQ(objection(entry::DevicesMerged{first, first}),
              "the device is another name of a machine already");
    EXPECT_EQ(objection(entry::DeviceSeparated{first}), "the device is no other name");
    EXPECT_EQ(objection(entry::DeviceDoubted{first, first}), "the device was doubted before");
    EXPECT_EQ(objection(entry::DeviceAccepted{first}), "the device was never doubted");
    kit.add(entry::DevicesMerged{first, second});
    EXPECT_EQ(objection(entry::DevicesMerged{second, first}),
              "the device is another name of a machine already");
    EXPECT_EQ(objection(entry::SubjectErased{second}), "the subject is still part of a machine");
}

TEST_F(Machines, ALookAlikeIsWarnedOfUntilSomebodyDecides) {
    admit(first);
    AdmissionRequest request = kit.by_device(second, devices, "p-1");
    request.looks_like = first;
    EXPECT_EQ(kit.admit(request).reason, Reason::quarantine_begun);
    EXPECT_EQ(kit.ledger.pack(pack).used, 1u);
    const auto found = warnings(kit.ledger, {}, kit.now);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found.front().kind, WarningKind::look_alike);
    EXPECT_EQ(found.front().about, second.value);
    EXPECT_EQ(found.front().part, first.value);
    add(decide_acceptance(kit.ledger, second, kit.now));
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
    EXPECT_EQ(admit(second).reason, Reason::cal_issued);
}

// One that looks like a device without a CAL, or like itself, is no look-alike.
TEST_F(Machines, OnlyWhatHoldsACalCanBeMistakenFor) {
    AdmissionRequest request = kit.by_device(second, devices, "p-1");
    request.looks_like = first;
    EXPECT_EQ(kit.ask(request).reason, Reason::cal_issued);
    request.looks_like = second;
    EXPECT_EQ(kit.ask(request).reason, Reason::cal_issued);
    admit(first);
    request.looks_like = first;
    EXPECT_EQ(kit.ask(request).reason, Reason::quarantine_begun);
    Policy policy;
    policy.quarantine_days = 0;
    kit.add(entry::PolicySet{policy});
    EXPECT_EQ(kit.ask(request).reason, Reason::cal_issued);
}

}  // namespace
}  // namespace calm
