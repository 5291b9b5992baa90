// What scenarios cannot say about an admission: its entries, what it rests on, and its marks. The
// rules themselves are in tests/scenarios.
#include "core/admission.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;
using test::kPlain;

class Admission : public testing::Test {
  protected:
    Kit kit;
    HostId users;
    HostId devices;

    void SetUp() override {
        kit.set("ts-2022");
        kit.set("web", {.requirement = CalRequirement::none});
        users = kit.host(LicensingMode::per_user);
        devices = kit.host(LicensingMode::per_device);
    }

    AdmissionRequest stranger(HostId host, std::string_view code = "ts-2022") const {
        AdmissionRequest request;
        request.host = host;
        request.product = code;
        (host == users ? request.user : request.device) = Kit::stranger(7);
        return request;
    }
    template <class E>
    static const E* find(const Decision& decision) {
        for (const EntryBody& body : decision.entries) {
            if (const auto* found = std::get_if<E>(&body)) return found;
        }
        return nullptr;
    }
};

TEST_F(Admission, AStrangerBecomesASubjectFirst) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const Decision decision = kit.ask(stranger(users));
    ASSERT_EQ(decision.entries.size(), 2u);
    const auto& added = std::get<entry::SubjectAdded>(decision.entries[0]);
    EXPECT_EQ(added.subject, SubjectId{1});
    EXPECT_EQ(added.kind, HolderKind::user);
    EXPECT_EQ(added.commitment, test::key_of(7));
    const auto& issued = std::get<entry::CalIssued>(decision.entries[1]).cal;
    EXPECT_EQ(issued.holder, added.subject);
    EXPECT_EQ(decision.cal, issued.cal);

    ProductRules rules = kPlain;
    rules.temporary_days = 90;
    kit.set("ts-2022", rules);
    const Decision device = kit.ask(stranger(devices));
    EXPECT_EQ(find<entry::SubjectAdded>(device)->kind, HolderKind::device);
}

TEST_F(Admission, AStrangerWhoIsRefusedIsNotWrittenDown) {
    const Decision decision = kit.ask(stranger(devices));
    EXPECT_EQ(decision.reason, Reason::no_cal_available);
    EXPECT_TRUE(decision.entries.empty());
}

TEST_F(Admission, EveryEntryThatGivesARightStatesTheWholeCal) {
    const PackId pack = kit.pack("ts-2022", PackKind::per_user, 1);
    const SubjectId anna = kit.subject(HolderKind::user);
    const Decision decision = kit.admit(kit.by_user(anna, users, "ts-2022"));
    const CalStatement expected{.cal = {1},
                                .holder = anna,
                                .kind = PackKind::per_user,
                                .product = "ts-2022",
                                .pack = pack,
                                .state = CalState::active,
                                .overuse = false,
                                .validated = false,
                                .issued_at = kit.now,
                                .expires_at = kit.now + days(60),
                                .host = users};
    EXPECT_EQ(find<entry::CalIssued>(decision)->cal, expected);

    kit.now = kit.now + days(55);
    const Decision renewed = kit.admit(kit.by_user(anna, users, "ts-2022"));
    CalStatement later = expected;
    later.expires_at = kit.now + days(60);
    EXPECT_EQ(find<entry::CalRenewed>(renewed)->cal, later);
}

TEST_F(Admission, TheMarkStandsOnTheEntryThatCarriesTheAnswer) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    AdmissionRequest request = stranger(users);
    request.id = test::request_id(3);
    request.content = 99;
    const Decision decision = kit.admit(request);
    EXPECT_EQ(kit.log[kit.log.size() - 2].request, std::nullopt);
    EXPECT_EQ(kit.log.back().request, (RequestMark{*request.id, 99, Reason::cal_issued}));
    EXPECT_TRUE(std::holds_alternative<entry::CalIssued>(kit.log.back().body));
    EXPECT_EQ(kit.ask(request).cal, decision.cal);
}

TEST_F(Admission, WhatWritesNothingOrHasNoIdCarriesNoMark) {
    AdmissionRequest request = stranger(users, "web");
    request.id = test::request_id(3);
    EXPECT_EQ(mark_of(request, kit.ask(request)), std::nullopt);
    kit.pack("ts-2022", PackKind::per_user, 1);
    request = stranger(users);
    EXPECT_EQ(mark_of(request, kit.ask(request)), std::nullopt);
}

TEST_F(Admission, ARepeatRestsOnTheFirstAnswersEntry) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    AdmissionRequest request = stranger(users);
    request.id = test::request_id(3);
    const Decision first = kit.admit(request);
    const uint64_t answered = kit.ledger.size();
    kit.add(entry::ClockAccepted{});
    const Decision again = kit.ask(request);
    EXPECT_TRUE(again.repeated);
    EXPECT_TRUE(again.entries.empty());
    EXPECT_EQ(again.rests_on, answered);
    EXPECT_EQ(again.reason, first.reason);
    EXPECT_EQ(again.expires_at, first.expires_at);
}

TEST_F(Admission, AnotherQuestionUnderTheSameIdIsAnError) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    AdmissionRequest request = stranger(users);
    request.id = test::request_id(3);
    request.content = 1;
    kit.admit(request);
    request.content = 2;
    const auto other = decide(kit.ledger, request, kit.now);
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().code, "request_id_reused");
    EXPECT_TRUE(decide(kit.ledger, request, kit.now + hours(24)).has_value());
}

TEST_F(Admission, AHeldCalRestsOnItsOwnEntryAndNothingLater) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const SubjectId anna = kit.subject(HolderKind::user);
    kit.admit(kit.by_user(anna, users, "ts-2022"));
    const uint64_t issued = kit.ledger.size();
    kit.add(entry::ClockAccepted{});
    const Decision held = kit.ask(kit.by_user(anna, users, "ts-2022"));
    EXPECT_EQ(held.reason, Reason::cal_held);
    EXPECT_TRUE(held.entries.empty());
    EXPECT_EQ(held.rests_on, issued);
    EXPECT_EQ(held.cal, CalId{1});
}

TEST_F(Admission, ADecisionThatWritesRestsOnItsOwnEntries) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const Decision decision = kit.ask(stranger(users));
    EXPECT_EQ(decision.rests_on, kit.ledger.size() + 2);
}

TEST_F(Admission, ARefusalRestsOnEverythingBeforeIt) {
    EXPECT_EQ(kit.ask(stranger(devices)).rests_on, kit.ledger.size());
    EXPECT_EQ(kit.ask(stranger(users, "nothing")).rests_on, kit.ledger.size());
    EXPECT_EQ(kit.ask(stranger(HostId{77})).rests_on, kit.ledger.size());
}

// I2: a product that was made free of CALs a moment ago is free once that is on disk.
TEST_F(Admission, NotRequiredRestsOnTheProductsLastStatement) {
    const uint64_t stated = kit.ledger.product(kit.ledger.find_product("web")).sequence + 1;
    EXPECT_EQ(kit.ask(stranger(users, "web")).rests_on, stated);
    EXPECT_LT(stated, kit.ledger.size());
    kit.set("ts-2022", {.requirement = CalRequirement::none});
    EXPECT_EQ(kit.ask(stranger(users)).rests_on, kit.ledger.size());
}

TEST_F(Admission, TheSeatOfAnExpiredCalIsWrittenFreeBeforeItIsGiven) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const SubjectId anna = kit.subject(HolderKind::user);
    const SubjectId bruno = kit.subject(HolderKind::user);
    kit.admit(kit.by_user(anna, users, "ts-2022"));
    kit.now = kit.now + days(60);
    const Decision decision = kit.admit(kit.by_user(bruno, users, "ts-2022"));
    EXPECT_EQ(decision.reason, Reason::cal_issued);
    ASSERT_EQ(decision.entries.size(), 2u);
    EXPECT_EQ(std::get<entry::CalExpired>(decision.entries[0]).cal, CalId{1});
}

TEST_F(Admission, ARecordIsUsedAgainForTheSameHolder) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const SubjectId anna = kit.subject(HolderKind::user);
    for (int i = 0; i < 5; ++i) {
        kit.admit(kit.by_user(anna, users, "ts-2022"));
        kit.now = kit.now + days(61);
    }
    EXPECT_EQ(kit.ledger.cal_count(), 1u);
    for (int i = 0; i < 5; ++i) {
        const CalId cal = kit.admit(kit.by_user(anna, users, "ts-2022")).cal;
        kit.add(decide_release(kit.ledger, cal, ReturnReason::left, kit.now));
    }
    EXPECT_EQ(kit.ledger.cal_count(), 1u);
}

// Facts rd-licensing 2, "Permanent validity": a random 52 to 89 days, so that devices which came on
// one day do not all come back on one day.
TEST_F(Admission, DeviceCalsEndOnEveryDayOfTheRange) {
    kit.pack("ts-2022", PackKind::per_device, 1);
    const SubjectId kiosk = kit.subject(HolderKind::device);
    std::map<int64_t, int> ends;
    for (uint64_t chance = 0; chance < 3800; ++chance) {
        AdmissionRequest request = kit.by_device(kiosk, devices, "ts-2022");
        request.chance = chance * 0x9E3779B97F4A7C15U;
        ++ends[(kit.ask(request).expires_at - kit.now).count / 86400];
    }
    EXPECT_EQ(ends.size(), 38u);
    EXPECT_EQ(ends.begin()->first, 52);
    EXPECT_EQ(ends.rbegin()->first, 89);
    for (const auto& [day, count] : ends)
        EXPECT_NEAR(count, 100, 50) << day;
}

TEST_F(Admission, AUsersCalDoesNotDependOnChance) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    AdmissionRequest request = kit.by_user(kit.subject(HolderKind::user), users, "ts-2022");
    for (const uint64_t chance : {0UL, 1UL, ~0UL}) {
        request.chance = chance;
        EXPECT_EQ(kit.ask(request).expires_at, kit.now + days(60));
    }
}

TEST_F(Admission, NoCalEndsAfterWhatThirtyTwoBitsHold) {
    kit.now = kInstantMax - days(10);
    kit.pack("ts-2022", PackKind::per_user, 1);
    const SubjectId anna = kit.subject(HolderKind::user);
    EXPECT_EQ(kit.admit(kit.by_user(anna, users, "ts-2022")).expires_at, kInstantMax);
    ProductRules rules = kPlain;
    rules.temporary_days = 90;
    kit.set("ts-2022", rules);
    EXPECT_EQ(kit.admit(stranger(devices)).expires_at, kInstantMax);
}

TEST_F(Admission, TheFirstActiveCalEndsTheGraceOnlyWhereTheRuleSaysSo) {
    ProductRules rules = kPlain;
    rules.initial_grace_days = 120;
    kit.set("ts-2022", rules);
    kit.pack("ts-2022", PackKind::per_user, 5);
    const HostId host = kit.host(LicensingMode::per_user, PackKind::per_user, days(120));
    const auto ask = [&] {
        return kit.admit(kit.by_user(kit.subject(HolderKind::user), host, "ts-2022"));
    };
    EXPECT_EQ(find<entry::HostGraceEnded>(ask()), nullptr);
    rules.grace_ends_with_first_cal = true;
    kit.set("ts-2022", rules);
    const Decision first = ask();
    ASSERT_NE(find<entry::HostGraceEnded>(first), nullptr);
    EXPECT_TRUE(std::holds_alternative<entry::CalIssued>(first.entries.back()));
    EXPECT_EQ(find<entry::HostGraceEnded>(ask()), nullptr);  // it has ended
    EXPECT_TRUE(kit.ledger.host(host).grace_ended);
}

TEST_F(Admission, FreeSeatsAreThoseThatCouldBeGiven) {
    kit.set("ts-2019");
    const ProductId older = kit.ledger.find_product("ts-2019");
    const ProductId newer = kit.ledger.find_product("ts-2022");
    const auto free = [&](ProductId product, PackKind kind = PackKind::per_user) {
        return free_seats(kit.ledger, product, kind, kit.now);
    };
    EXPECT_EQ(free(newer), 0u);
    kit.pack("ts-2019", PackKind::per_user, 3);
    kit.pack("ts-2022", PackKind::per_user, 2);
    kit.pack("ts-2022", PackKind::per_user, 4, kit.now + days(61));
    kit.pack("ts-2022", PackKind::per_device, 7);
    EXPECT_EQ(free(older), 9u);
    EXPECT_EQ(free(newer), 6u);
    EXPECT_EQ(free(older, PackKind::per_device), 7u);
    kit.admit(stranger(users));
    EXPECT_EQ(free(newer), 5u);
    kit.now = kit.now + days(60);  // over, and nobody wrote so
    EXPECT_EQ(free(newer), 6u);
    EXPECT_EQ(free_seats(kit.ledger, newer, PackKind::per_user, test::kBegin - days(9)), 5u);
    kit.now = kit.now + days(1);  // the pack with an end has ended
    EXPECT_EQ(free(newer), 2u);
}

// The last seat wanted by a thousand at once: they are decided one after the other.
TEST_F(Admission, OfAThousandWhoWantTheLastSeatOneGetsIt) {
    ProductRules rules = kPlain;
    rules.overuse = OverUse::refuse;
    kit.set("ts-2022", rules);
    kit.pack("ts-2022", PackKind::per_user, 1);
    int issued = 0;
    for (int i = 0; i < 1000; ++i) {
        const Decision decision = kit.admit(stranger(users));
        issued += decision.reason == Reason::cal_issued ? 1 : 0;
        EXPECT_TRUE(i == 0 || decision.reason == Reason::no_cal_available) << i;
    }
    EXPECT_EQ(issued, 1);
}

TEST_F(Admission, AnIdOfNobodyOrNothingIsRefusedAndNotFollowed) {
    AdmissionRequest request;
    EXPECT_EQ(kit.ask(request).reason, Reason::product_unknown);
    request.product = "ts-2022";
    EXPECT_EQ(kit.ask(request).reason, Reason::host_unknown);
    request.host = users;
    EXPECT_EQ(kit.ask(request).reason, Reason::user_missing);
    request.host = devices;
    EXPECT_EQ(kit.ask(request).reason, Reason::device_missing);
}

}  // namespace
}  // namespace calm
