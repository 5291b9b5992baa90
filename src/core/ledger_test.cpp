// Entries one by one: what each does, that undoing it is the identity, and what cannot follow.
#include "core/ledger.h"

#include <gtest/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::key_of;
using test::Kit;
using test::kPlain;
using test::read_back;

// A ledger with a little of everything: product, packs, hosts, a user and a device.
class LedgerOf : public testing::Test {
  protected:
    Kit kit;
    HostId host;
    PackId user_pack;
    PackId device_pack;
    SubjectId anna;
    SubjectId kiosk;

    void SetUp() override {
        kit.set("ts-2019");
        kit.set("ts-2022");
        kit.set("ex", {.requirement = CalRequirement::trusted});
        host = kit.host(LicensingMode::either, PackKind::per_user, days(120));
        user_pack = kit.pack("ts-2022", PackKind::per_user, 2);
        device_pack = kit.pack("ts-2022", PackKind::per_device, 2);
        anna = kit.subject(HolderKind::user);
        kiosk = kit.subject(HolderKind::device);
    }

    CalStatement seat(SubjectId holder) const {
        const bool device = holder == kiosk;
        return {.cal = kit.ledger.next_cal(),
                .holder = holder,
                .kind = device ? PackKind::per_device : PackKind::per_user,
                .product = "ts-2022",
                .pack = device ? device_pack : user_pack,
                .issued_at = kit.now,
                .expires_at = kit.now + days(60),
                .host = host};
    }
    CalStatement temporary() const {
        CalStatement cal = seat(kiosk);
        cal.pack = {};
        cal.state = CalState::temporary;
        return cal;
    }
    CalStatement overuse(std::string product = "ex") const {
        CalStatement cal = seat(anna);
        cal.pack = {};
        cal.product = std::move(product);
        cal.overuse = true;
        return cal;
    }
    // What the objection to `body` begins with.
    void meets(const EntryBody& body, const char* expected) const {
        const auto found = objection(body);
        ASSERT_TRUE(found.has_value()) << expected;
        EXPECT_TRUE(found->starts_with(expected)) << *found << "\nis not: " << expected;
    }

    std::optional<std::string> objection(const EntryBody& body) const {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body});
    }
};

TEST_F(LedgerOf, UndoingAnyEntryIsTheIdentity) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{temporary()});
    kit.add(entry::CalIssued{overuse()});
    CalStatement renewed = seat(anna);
    renewed.cal = {1};
    renewed.expires_at = kit.now + days(90);
    CalStatement validated = temporary();
    validated.cal = {2};
    validated.validated = true;
    CalStatement moved = seat(anna);
    moved.cal = {3};
    CalStatement converted = seat(kiosk);
    converted.cal = {2};
    entry::PackInstalled pack{.pack = kit.ledger.next_pack(),
                              .document = {77},
                              .product = "ts-2019",
                              .quantity = 3,
                              .vendor = key_of(2)};
    const SubjectId bruno = kit.ledger.next_subject();
    const EntryBody bodies[] = {
        entry::NodeAdded{key_of(9), "certificate"},
        entry::EpochStarted{1},
        entry::ClockAccepted{},
        entry::SecondFactorRemoved{key_of(6)},
        entry::VendorTrusted{key_of(8)},
        entry::ProductSet{test::product("new-1")},
        entry::ProductSet{test::product("ts-2024")},
        entry::ProductSet{test::product("ts-2022", {.user_days = 30})},
        entry::PolicySet{{.default_mode = LicensingMode::per_user, .initial_grace_days = 5}},
        pack,
        entry::HostEnrolled{.host = kit.ledger.next_host(), .grace_until = kit.now},
        entry::HostSet{host, LicensingMode::per_device, PackKind::per_device},
        entry::HostGraceEnded{host},
        entry::HostRemoved{host},
        entry::SubjectAdded{bruno, HolderKind::user, key_of(7)},
        entry::CalIssued{seat(anna)},
        entry::CalIssued{temporary()},
        entry::CalIssued{converted},
        entry::CalValidated{validated},
        entry::CalRenewed{renewed},
        entry::CalMoved{moved},
        entry::CalExpired{{1}},
        entry::CalRevoked{{1}},
        entry::CalReturned{{2}},
        entry::CalReturned{{3}},
    };
    const std::string before = kit.bytes();
    kit.now = kit.now + days(1);
    for (const EntryBody& body : bodies) {
        SCOPED_TRACE(body.index());
        const RequestMark mark{test::request_id(5), 6, Reason::cal_issued};
        const Undo undo = kit.add(body, mark);
        EXPECT_NE(kit.bytes(), before);
        kit.ledger.undo(undo);
        EXPECT_EQ(kit.bytes(), before);
        EXPECT_EQ(kit.ledger.remembered(test::request_id(5), kit.now), nullptr);
        // The indexes as well: it can be applied again, and taken back again.
        kit.ledger.undo(kit.add(body));
        EXPECT_EQ(kit.bytes(), before);
    }
}

// What another ledger, which never had the products that were taken back, says of the next one.
TEST_F(LedgerOf, UndoingAProductTakesItsFamilyOnlyWhenItBeganThat) {
    test::Kit fresh;
    test::Kit undone;
    for (test::Kit* each : {&fresh, &undone})
        each->set("ts-2022");
    for (const char* code : {"ts-2025", "mail-2019", "ts-2019"})
        undone.ledger.undo(undone.ledger.apply(
            {undone.ledger.size(), undone.now, {}, entry::ProductSet{test::product(code)}}));
    for (test::Kit* each : {&fresh, &undone}) {
        each->set("cad-1");
        each->set("ts-2024");
        each->pack("cad-1", PackKind::per_user, 1);
    }
    for (const char* code : {"ts-2022", "cad-1", "ts-2024"}) {
        SCOPED_TRACE(code);
        const ProductId id = fresh.ledger.find_product(code);
        EXPECT_EQ(undone.ledger.find_product(code), id);
        EXPECT_EQ(undone.ledger.product(id).family, fresh.ledger.product(id).family);
        EXPECT_TRUE(std::ranges::equal(undone.ledger.family_products(id),
                                       fresh.ledger.family_products(id)));
        EXPECT_TRUE(
            std::ranges::equal(undone.ledger.family_packs(id), fresh.ledger.family_packs(id)));
    }
    EXPECT_EQ(undone.bytes(), fresh.bytes());
}

TEST_F(LedgerOf, UndoingTheFirstEntryLeavesAnEmptyLedger) {
    Ledger ledger;
    const Undo undo = ledger.apply({0, kit.now, {}, entry::LedgerCreated{key_of(1)}});
    EXPECT_EQ(ledger.identity(), key_of(1));
    ledger.undo(undo);
    EXPECT_EQ(ledger.size(), 0u);
    EXPECT_EQ(ledger.identity(), std::nullopt);
    EXPECT_EQ(ledger.time(), Instant{});
}

TEST_F(LedgerOf, UndoingAnErasureAndARemoval) {
    const std::string before = kit.bytes();
    const Undo erased = kit.add(entry::SubjectErased{anna});
    EXPECT_EQ(kit.ledger.subject(anna).erased, 1);
    const Undo removed = kit.add(entry::PackRemoved{user_pack});
    EXPECT_TRUE(kit.ledger.pack(user_pack).removed);
    kit.ledger.undo(removed);
    kit.ledger.undo(erased);
    EXPECT_EQ(kit.bytes(), before);
}

TEST_F(LedgerOf, SeatsAndPoolsAreCounted) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{temporary()});
    kit.add(entry::CalIssued{overuse()});
    EXPECT_EQ(kit.ledger.pack(user_pack).used, 1u);
    EXPECT_EQ(kit.ledger.pack(user_pack).free(), 1u);
    EXPECT_EQ(kit.ledger.product(kit.ledger.find_product("ts-2022")).temporary, 1u);
    EXPECT_EQ(kit.ledger.product(kit.ledger.find_product("ex")).overuse, 1u);
    kit.now = kit.now + days(60);
    for (uint32_t cal = 1; cal <= 3; ++cal)
        kit.add(entry::CalExpired{{cal}});
    EXPECT_EQ(kit.ledger.pack(user_pack).used, 0u);
    EXPECT_EQ(kit.ledger.product(kit.ledger.find_product("ts-2022")).temporary, 0u);
    EXPECT_EQ(kit.ledger.product(kit.ledger.find_product("ex")).overuse, 0u);
}

TEST_F(LedgerOf, ACalMovesBetweenPoolsWithItsStatement) {
    kit.add(entry::CalIssued{temporary()});
    CalStatement active = seat(kiosk);
    active.cal = {1};
    kit.add(entry::CalIssued{active});
    EXPECT_EQ(kit.ledger.product(kit.ledger.find_product("ts-2022")).temporary, 0u);
    EXPECT_EQ(kit.ledger.pack(device_pack).used, 1u);
    EXPECT_EQ(kit.ledger.cal_count(), 1u);
    EXPECT_EQ(kit.ledger.cal({1}).kind(), PackKind::per_device);
    EXPECT_EQ(kit.ledger.cal({1}).sequence, kit.ledger.size() - 1);
}

TEST_F(LedgerOf, ASubjectsCalsAreAChainFromTheNewest) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{temporary()});
    kit.add(entry::CalIssued{overuse()});
    EXPECT_EQ(kit.ledger.subject(anna).first, CalId{3});
    EXPECT_EQ(kit.ledger.cal({3}).next, CalId{1});
    EXPECT_EQ(kit.ledger.cal({1}).next, CalId{});
    EXPECT_EQ(kit.ledger.subject(kiosk).first, CalId{2});
    EXPECT_EQ(kit.ledger.subject(anna).added_at(), kit.ledger.subject(kiosk).added_at() - 1);
}

TEST_F(LedgerOf, DueIsWhatIsOverAndNotWritten) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{overuse()});
    const Instant end = kit.now + days(60);
    EXPECT_TRUE(kit.ledger.due(end - seconds(1), 10).empty());
    EXPECT_EQ(kit.ledger.due(end, 10), (std::vector<CalId>{{1}, {2}}));
    EXPECT_EQ(kit.ledger.due(end, 1).size(), 1u);
    EXPECT_EQ(kit.ledger.due_in(user_pack, end), CalId{1});
    EXPECT_EQ(kit.ledger.due_in(device_pack, end), CalId{});
    EXPECT_EQ(kit.ledger.all_due_in(user_pack, end), (std::vector<CalId>{{1}}));

    CalStatement renewed = seat(anna);
    renewed.cal = {1};
    renewed.expires_at = kit.now + days(90);
    const Undo undo = kit.add(entry::CalRenewed{renewed});
    EXPECT_EQ(kit.ledger.due_in(user_pack, end), CalId{});
    EXPECT_EQ(kit.ledger.due_in(user_pack, kit.now + days(90)), CalId{1});
    // Undone, the CAL stands in the queue twice with the same end, and is named once.
    kit.ledger.undo(undo);
    EXPECT_EQ(kit.ledger.due(end, 10), (std::vector<CalId>{{1}, {2}}));
    EXPECT_EQ(kit.ledger.all_due_in(user_pack, end), (std::vector<CalId>{{1}}));
    kit.now = end;
    kit.add(entry::CalExpired{{1}});
    EXPECT_EQ(kit.ledger.due(end, 10), (std::vector<CalId>{{2}}));
}

TEST_F(LedgerOf, FamilyPacksAreInTheOrderOfVersionAndThenOfInstalling) {
    const PackId older = kit.pack("ts-2019", PackKind::per_user, 1);
    const PackId later = kit.pack("ts-2022", PackKind::per_user, 1);
    kit.pack("ex", PackKind::per_user, 1);
    const auto packs = kit.ledger.family_packs(kit.ledger.find_product("ts-2019"));
    EXPECT_EQ(std::vector(packs.begin(), packs.end()),
              (std::vector<PackId>{older, user_pack, device_pack, later}));
}

TEST_F(LedgerOf, ADocumentIsFoundAlsoWhenItsPackIsGone) {
    const Bytes16 document = kit.ledger.pack(user_pack).terms.document;
    EXPECT_EQ(kit.ledger.find_document(document), user_pack);
    kit.add(entry::PackRemoved{user_pack});
    EXPECT_EQ(kit.ledger.find_document(document), user_pack);
    EXPECT_EQ(kit.ledger.find_document({99}), PackId{});
}

TEST_F(LedgerOf, HostsAreToldOfWhatWasTakenBackUntilItWouldHaveEnded) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{seat(kiosk)});
    const Instant end = kit.now + days(60);
    kit.add(entry::CalReturned{{1}});
    kit.add(entry::CalRevoked{{2}});
    auto list = kit.ledger.withdrawn(kit.now);
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].cal, CalId{1});
    EXPECT_FALSE(list[0].revoked);
    EXPECT_TRUE(list[1].revoked);
    EXPECT_EQ(list[1].until, end.seconds);
    EXPECT_EQ(kit.ledger.withdrawn(end - seconds(1)).size(), 2u);
    EXPECT_TRUE(kit.ledger.withdrawn(end).empty());
}

// The record is used again for the same holder: its number must not stay void.
TEST_F(LedgerOf, ACalThatIsGivenAgainIsNotWithdrawnAnyMore) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalReturned{{1}});
    CalStatement again = seat(anna);
    again.cal = {1};
    again.expires_at = kit.now + days(10);
    kit.add(entry::CalIssued{again});
    EXPECT_TRUE(kit.ledger.withdrawn(kit.now).empty());
    // When the new one ends first, the old token would look valid again.
    const auto list = kit.ledger.withdrawn(kit.now + days(10));
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].until, (kit.now + days(60)).seconds);
}

TEST_F(LedgerOf, AWithdrawalIsNamedOnceWithItsLastMoment) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalReturned{{1}});
    CalStatement again = seat(anna);
    again.cal = {1};
    again.expires_at = kit.now + days(90);
    kit.add(entry::CalIssued{again});
    kit.add(entry::CalReturned{{1}});
    const auto list = kit.ledger.withdrawn(kit.now);
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].until, (kit.now + days(90)).seconds);
}

TEST_F(LedgerOf, WithdrawalsThatAreOverDoNotPileUp) {
    const SubjectId subject = anna;
    for (int i = 0; i < 5000; ++i) {
        CalStatement cal = seat(subject);
        if (kit.ledger.cal_count() > 0) cal.cal = {1};
        kit.add(entry::CalIssued{cal});
        kit.add(entry::CalReturned{{1}});
        kit.now = kit.now + days(1);
        kit.ledger.forget_old_requests();
    }
    EXPECT_LT(kit.ledger.withdrawals().size(), 1100u);
}

TEST_F(LedgerOf, AnAnswerIsRememberedWithItsCal) {
    const RequestMark mark{test::request_id(5), 1234, Reason::cal_issued};
    kit.add(entry::CalIssued{seat(anna)}, mark);
    const RememberedAnswer* answer = kit.ledger.remembered(mark.id, kit.now);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->content, 1234u);
    EXPECT_EQ(answer->cal, CalId{1});
    EXPECT_EQ(answer->expires_at, (kit.now + days(60)).seconds);
    EXPECT_EQ(answer->sequence, kit.ledger.size() - 1);
    EXPECT_EQ(kit.ledger.remembered(mark.id, kit.now + hours(24)), nullptr);
}

// What a damaged or forged log would say, and the answer to it.
TEST_F(LedgerOf, MeetsWhatCannotFollowWithAnObjection) {
    kit.add(entry::CalIssued{seat(anna)});
    const auto cal = [&](auto change) {
        CalStatement statement = seat(anna);
        change(statement);
        return entry::CalIssued{statement};
    };
    Product unsound = test::product("new");
    unsound.rules.user_days = 0;
    Product other_version = test::product("ts-2022");
    other_version.version = 1;
    const std::pair<EntryBody, const char*> cases[] = {
        {entry::LedgerCreated{}, "a ledger is created once"},
        {entry::EpochStarted{0}, "an epoch must be newer"},
        {entry::VendorTrusted{key_of(2)}, "the vendor is trusted already"},
        {entry::ProductSet{unsound}, "`new`: a CAL must live"},
        {entry::ProductSet{other_version}, "family and version of a product never change"},
        {entry::PackRemoved{{9}}, "pack 9 does not exist"},
        {entry::PackRemoved{{0}}, "pack 0 does not exist"},
        {entry::PackRemoved{user_pack}, "the pack is in use or gone"},
        {entry::HostEnrolled{.host = {9}}, "hosts are numbered in order"},
        {entry::HostEnrolled{.host = {2}, .grace_until = {-5}}, "impossible dates"},
        {entry::HostSet{.host = {9}}, "host 9 does not exist"},
        {entry::HostGraceEnded{{0}}, "host 0 does not exist"},
        {entry::HostRemoved{{9}}, "host 9 does not exist"},
        {entry::SubjectAdded{.subject = {9}}, "subjects are numbered in order"},
        {entry::SubjectErased{{9}}, "the subject does not exist"},
        {entry::SubjectErased{anna}, "the subject still holds a CAL"},
        {cal([](auto& c) { c.holder = {9}; }), "holder or product does not exist"},
        {cal([](auto& c) { c.product = "nothing"; }), "holder or product does not exist"},
        {cal([](auto& c) { c.kind = PackKind::per_device; }), "the holder cannot hold a CAL"},
        {cal([](auto& c) { c.cal = {9}; }), "CALs are numbered in order"},
        {cal([](auto& c) { c.cal = {0}; }), "CALs are numbered in order"},
        {cal([&](auto& c) {
             c = seat(kiosk);
             c.cal = {1};
         }),
         "a CAL record stays with its holder"},
        {cal([](auto& c) { c.state = CalState::expired; }), "only active and temporary CALs"},
        {cal([](auto& c) { c.state = CalState::temporary; }), "a temporary CAL spends no seat"},
        {cal([](auto& c) { c.issued_at = c.expires_at + seconds(1); }), "impossible dates"},
        {cal([](auto& c) { c.issued_at = {-1}; }), "impossible dates"},
        {cal([](auto& c) { c.expires_at = kInstantMax + seconds(1); }), "impossible dates"},
        {cal([](auto& c) { c.pack = {}; }), "an active CAL names its pack"},
        {cal([](auto& c) { c.pack = {9}; }), "pack 9 does not exist"},
        {cal([](auto& c) { c.overuse = true; }), "the overdraft of pack 1 is used up"},
        {cal([&](auto& c) { c.pack = device_pack; }), "the CAL is not one of that pack"},
        {cal([](auto& c) { c.product = "ts-2019"; }), "the CAL is not one of that pack"},
        {entry::CalExpired{{9}}, "CAL 9 is not out"},
        {entry::CalRevoked{{0}}, "CAL 0 is not out"},
        {entry::CalReturned{{9}}, "CAL 9 is not out"},
    };
    for (const auto& [body, expected] : cases)
        meets(body, expected);
}

TEST_F(LedgerOf, MeetsPacksThatCannotBeWithAnObjection) {
    const auto pack = [&](auto change) {
        entry::PackInstalled terms{
            .pack = kit.ledger.next_pack(), .document = {50}, .product = "ts-2022", .quantity = 1};
        change(terms);
        return terms;
    };
    const std::pair<EntryBody, const char*> cases[] = {
        {pack([](auto& p) { p.pack = {9}; }), "packs are numbered in order"},
        {pack([](auto& p) { p.product = "nothing"; }), "the pack's product does not exist"},
        {pack([](auto& p) { p.quantity = 0; }), "a pack holds at least one CAL"},
        {pack([](auto& p) { p.document = {1}; }), "the pack is installed already"},
        {pack([](auto& p) {
             p.agreement = {AgreementProgram::select, "1234567"};
         }),
         "the agreement is not one of the channel"},
        {pack([](auto& p) {
             p.channel = Channel::volume;
             p.agreement = {AgreementProgram::select, "12345"};
         }),
         "the agreement is not one of the channel"},
        {pack([](auto& p) { p.not_before = {-1}; }), "impossible dates"},
        {pack([](auto& p) { p.expires_at = kInstantMax + seconds(1); }), "impossible dates"},
    };
    for (const auto& [body, expected] : cases)
        meets(body, expected);
}

TEST_F(LedgerOf, MeetsWhatCanFollowWithoutAnObjection) {
    kit.add(entry::CalIssued{seat(anna)});
    EXPECT_EQ(objection(entry::CalIssued{seat(anna)}), std::nullopt);
    EXPECT_EQ(
        objection(entry::PackInstalled{
            .pack = kit.ledger.next_pack(), .document = {50}, .product = "ts-2022", .quantity = 1}),
        std::nullopt);
}

TEST_F(LedgerOf, ObjectsToASeatTooMany) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{seat(kit.subject(HolderKind::user))});
    const SubjectId third = kit.subject(HolderKind::user);
    EXPECT_EQ(objection(entry::CalIssued{seat(third)}), "pack 1 has no free seat");
    // One who is there already may be stated again.
    CalStatement same = seat(anna);
    same.cal = {1};
    EXPECT_EQ(objection(entry::CalRenewed{same}), std::nullopt);
}

TEST_F(LedgerOf, ObjectsToWrongOrderAndWrongTime) {
    const entry::ClockAccepted body;
    const uint64_t size = kit.ledger.size();
    EXPECT_TRUE(kit.ledger.objection({size + 1, kit.now, {}, body})->starts_with("entry "));
    EXPECT_TRUE(kit.ledger.objection({size, kit.now - seconds(1), {}, body})
                    ->starts_with("the time runs backwards"));
    EXPECT_TRUE(kit.ledger.objection({size, kInstantMax + seconds(1), {}, body})
                    ->starts_with("the time runs backwards or too far"));
    EXPECT_EQ(Ledger().objection({0, kit.now, {}, body}), "the first entry creates the ledger");
    EXPECT_EQ(Ledger().objection({0, kit.now, {}, entry::LedgerCreated{}}), std::nullopt);
}

TEST_F(LedgerOf, ObjectsToACalOfSomebodyWhoWasErased) {
    kit.add(entry::SubjectErased{anna});
    EXPECT_EQ(objection(entry::CalIssued{seat(anna)}), "the holder was erased");
    EXPECT_EQ(objection(entry::SubjectErased{anna}), "the subject does not exist");
}

using LedgerOfDeathTest = LedgerOf;

TEST_F(LedgerOfDeathTest, ASeatTooManyStopsTheProcess) {
    kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::CalIssued{seat(kit.subject(HolderKind::user))});
    CalStatement third = seat(kit.subject(HolderKind::user));
    const LedgerEntry entry{kit.ledger.size(), kit.now, {}, entry::CalIssued{third}};
    EXPECT_DEATH(kit.ledger.apply(entry), "used <= pack.quantity");
}

TEST_F(LedgerOfDeathTest, AnUndoOutOfOrderStopsTheProcess) {
    const Undo first = kit.add(entry::CalIssued{seat(anna)});
    kit.add(entry::ClockAccepted{});
    EXPECT_DEATH(kit.ledger.undo(first), "undo.sequence");
}

TEST_F(LedgerOf, ASnapshotHoldsEverything) {
    kit.add(entry::NodeAdded{key_of(4), "certificate"});
    kit.add(entry::PolicySet{{.default_mode = LicensingMode::per_device, .offline_days_max = 9}});
    kit.add(entry::EpochStarted{3});
    kit.pack("ex", PackKind::per_user, 5, kit.now + days(30));
    kit.add(entry::CalIssued{seat(anna)}, RequestMark{test::request_id(1), 2, Reason::cal_issued});
    kit.add(entry::CalIssued{temporary()});
    kit.add(entry::CalReturned{{2}});
    Ledger ledger;
    ASSERT_TRUE(read_back(ledger, kit.bytes()).has_value());
    EXPECT_EQ(ledger.size(), kit.ledger.size());
    EXPECT_EQ(ledger.time(), kit.ledger.time());
    EXPECT_EQ(ledger.epoch(), 3u);
    EXPECT_EQ(ledger.identity(), key_of(1));
    EXPECT_TRUE(ledger.trusts(key_of(2)));
    EXPECT_EQ(ledger.nodes(), kit.ledger.nodes());
    EXPECT_EQ(ledger.policy(), kit.ledger.policy());
    EXPECT_EQ(ledger.host(host), kit.ledger.host(host));
    EXPECT_EQ(ledger.cal({1}), kit.ledger.cal({1}));
    EXPECT_EQ(ledger.subject(anna), kit.ledger.subject(anna));
    EXPECT_EQ(ledger.pack({3}).terms, kit.ledger.pack({3}).terms);
    EXPECT_EQ(ledger.withdrawals(), kit.ledger.withdrawals());
    EXPECT_EQ(*ledger.remembered(test::request_id(1), kit.now),
              *kit.ledger.remembered(test::request_id(1), kit.now));
    EXPECT_EQ(ledger.find_product("ts-2022"), kit.ledger.find_product("ts-2022"));
    EXPECT_EQ(ledger.due(kit.now + days(90), 9), kit.ledger.due(kit.now + days(90), 9));
}

TEST_F(LedgerOf, ASnapshotLeavesOutWhatIsOver) {
    kit.add(entry::CalIssued{seat(anna)}, RequestMark{test::request_id(1), 2, Reason::cal_issued});
    kit.add(entry::CalReturned{{1}});
    kit.now = kit.now + days(61);
    kit.add(entry::ClockAccepted{});
    Ledger ledger;
    ASSERT_TRUE(read_back(ledger, kit.bytes()).has_value());
    EXPECT_TRUE(ledger.withdrawals().empty());
    EXPECT_EQ(ledger.remembered(test::request_id(1), kit.now), nullptr);
}

TEST_F(LedgerOf, WhatIsNoSnapshotIsRefused) {
    for (const std::string& text : {std::string(), std::string("CALMSTATE"), std::string(500, 'x'),
                                    std::string("CALMSTATE8") + std::string(500, '\0')}) {
        Ledger ledger;
        const auto read = read_back(ledger, text);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, "snapshot_malformed");
    }
}

TEST_F(LedgerOf, ASnapshotWithALyingCountEndsWithItsInput) {
    std::string bytes = kit.bytes();
    // The first count behind the fixed part is the one of the nodes.
    const size_t restoration = 1 + 8 + 8;
    const size_t policy = 1 + 2 + 2 + 1;  // its first settings
    const size_t nodes = 10 + 8 + 8 + 4 + restoration + 32 + policy;
    std::memset(bytes.data() + nodes, 0xFF, 8);
    Ledger ledger;
    EXPECT_EQ(read_back(ledger, bytes).error().detail, "the snapshot ends too early");
}

}  // namespace
}  // namespace calm
