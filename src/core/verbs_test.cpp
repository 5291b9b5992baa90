#include "core/verbs.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;
using test::kPlain;

// One host per kind, and a device or user that holds a CAL.
class Verbs : public testing::Test {
  protected:
    Kit kit;
    HostId users;
    HostId devices;

    void SetUp() override {
        users = kit.host(LicensingMode::per_user);
        devices = kit.host(LicensingMode::per_device);
        kit.set("ts-2022", fixed());
    }
    static ProductRules fixed() {
        ProductRules rules = kPlain;
        rules.device_days_min = rules.device_days_max = 60;
        return rules;
    }
    CalId device_cal(std::string_view code = "ts-2022") {
        return kit.admit(kit.by_device(kit.subject(HolderKind::device), devices, code)).cal;
    }
    CalId user_cal(std::string_view code = "ts-2022") {
        return kit.admit(kit.by_user(kit.subject(HolderKind::user), users, code)).cal;
    }
    Result<Entries> revoke(CalId cal) {
        return decide_revocation(kit.ledger, cal, RevocationReason::lost, kit.now);
    }
};

TEST_F(Verbs, ValidationMarksATemporaryCalOnce) {
    ProductRules rules = fixed();
    rules.temporary_days = 90;
    kit.set("ts-2022", rules);
    const CalId cal = device_cal();
    ASSERT_EQ(kit.ledger.cal(cal).state, CalState::temporary);
    const auto entries = decide_validation(kit.ledger, cal, kit.now);
    ASSERT_EQ(entries->size(), 1u);
    const CalStatement& stated = std::get<entry::CalValidated>(entries->front()).cal;
    EXPECT_TRUE(stated.validated);
    EXPECT_EQ(stated.state, CalState::temporary);
    EXPECT_EQ(stated.expires_at, kit.now + days(90));
    kit.add(entries);
    EXPECT_TRUE(decide_validation(kit.ledger, cal, kit.now)->empty());
}

TEST_F(Verbs, ValidationOfAnActiveCalIsNothingToDo) {
    kit.pack("ts-2022", PackKind::per_device, 1);
    EXPECT_TRUE(decide_validation(kit.ledger, device_cal(), kit.now)->empty());
}

TEST_F(Verbs, ValidationOfACalThatIsOverIsRefused) {
    ProductRules rules = fixed();
    rules.temporary_days = 90;
    kit.set("ts-2022", rules);
    const CalId cal = device_cal();
    kit.now = kit.now + days(90);
    EXPECT_EQ(code_of(decide_validation(kit.ledger, cal, kit.now)), "cal_not_live");
    EXPECT_EQ(code_of(decide_validation(kit.ledger, CalId{99}, kit.now)), "cal_unknown");
    EXPECT_EQ(code_of(decide_validation(kit.ledger, CalId{}, kit.now)), "cal_unknown");
}

TEST_F(Verbs, ReleaseGivesAnyLiveCalBack) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const CalId held = user_cal();
    const CalId beyond = user_cal();
    for (const CalId cal : {held, beyond}) {
        kit.add(decide_release(kit.ledger, cal, ReturnReason::left, kit.now));
        EXPECT_EQ(kit.ledger.cal(cal).state, CalState::returned);
        const auto again = decide_release(kit.ledger, cal, ReturnReason::left, kit.now);
        EXPECT_EQ(code_of(again), "cal_not_live");
        EXPECT_NE(again.error().detail.find("returned"), std::string::npos);
    }
    EXPECT_EQ(code_of(decide_release(kit.ledger, CalId{99}, ReturnReason::left, kit.now)),
              "cal_unknown");
}

TEST_F(Verbs, ACalWhoseExpiryIsNotWrittenIsOverAllTheSame) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    const CalId cal = user_cal();
    kit.now = kit.now + days(60);
    const auto refused = decide_release(kit.ledger, cal, ReturnReason::left, kit.now);
    EXPECT_EQ(code_of(refused), "cal_not_live");
    EXPECT_NE(refused.error().detail.find("expired"), std::string::npos);
}

TEST_F(Verbs, AVerbWithAnEarlierTimeIsDoneAtTheLedgersTime) {
    kit.pack("ts-2022", PackKind::per_user, 2);
    const CalId cal = user_cal();
    kit.now = kit.now + days(60);
    static_cast<void>(user_cal());  // takes ledger time along
    EXPECT_EQ(code_of(decide_release(kit.ledger, cal, ReturnReason::left, test::kBegin)),
              "cal_not_live");
}

TEST_F(Verbs, RevocationStopsAtTheLimitAndNamesTheNextDate) {
    kit.pack("ts-2022", PackKind::per_device, 10);
    std::vector<CalId> cals;
    for (int i = 0; i < 4; ++i) {
        cals.push_back(device_cal());
        kit.now = kit.now + days(1);
    }
    EXPECT_EQ(std::get<entry::CalRevoked>(revoke(cals[1])->back()).why, RevocationReason::lost);
    kit.add(revoke(cals[1]));  // ends on day 61
    kit.add(revoke(cals[0]));  // ends on day 60
    const auto refused = revoke(cals[2]);
    ASSERT_EQ(code_of(refused), "revoke_limit_reached");
    EXPECT_EQ(refused.error().detail,
              "2 of the 10 device CALs of this version are revoked already and 20 % is the limit; "
              "the next may be revoked after 2026-03-02T00:00:00Z");
    kit.now = test::kBegin + days(60);  // the moment it names
    EXPECT_EQ(code_of(revoke(cals[2])), "(done)");
}

// Packs may go while revocations still count: then the first of them to end is not enough.
TEST_F(Verbs, TheNextDateWaitsForAsManyAsMustEnd) {
    const Instant soon = kit.now + days(30);
    kit.pack("ts-2022", PackKind::per_device, 10, soon);
    kit.pack("ts-2022", PackKind::per_device, 5);
    std::vector<CalId> cals;
    for (int i = 0; i < 15; ++i) {
        if (i >= 10) kit.now = kit.now + days(1);
        cals.push_back(device_cal());
    }
    // Those of the second pack end on days 61, 62 and 63.
    for (int i = 10; i < 13; ++i)
        kit.add(revoke(cals[static_cast<size_t>(i)]));
    kit.now = soon;
    const auto refused = revoke(cals[14]);
    ASSERT_EQ(code_of(refused), "revoke_limit_reached");
    EXPECT_EQ(refused.error().detail,
              "3 of the 5 device CALs of this version are revoked already and 20 % is the limit; "
              "the next may be revoked after 2026-03-05T00:00:00Z");
}

TEST_F(Verbs, RevocationWhereTheLimitAllowsNoneSaysSo) {
    kit.pack("ts-2022", PackKind::per_device, 4);  // 20 % of 4 is less than one
    const auto refused = revoke(device_cal());
    ASSERT_EQ(code_of(refused), "revoke_limit_reached");
    EXPECT_TRUE(refused.error().detail.ends_with("it allows none")) << refused.error().detail;
}

TEST_F(Verbs, RevocationCountsAllPacksOfOneVersion) {
    kit.pack("ts-2022", PackKind::per_device, 3);
    kit.pack("ts-2022", PackKind::per_device, 2);
    kit.pack("ts-2022", PackKind::per_user, 100);  // of another kind: does not count
    const CalId first = device_cal();
    const CalId second = device_cal();
    kit.add(revoke(first));
    EXPECT_EQ(code_of(revoke(second)), "revoke_limit_reached");
}

TEST_F(Verbs, ReleasesDoNotCountAsRevocations) {
    kit.pack("ts-2022", PackKind::per_device, 5);
    const CalId first = device_cal();
    const CalId second = device_cal();
    kit.add(decide_release(kit.ledger, first, ReturnReason::left, kit.now));
    EXPECT_EQ(code_of(revoke(second)), "(done)");
}

TEST_F(Verbs, OnlyActiveDeviceCalsAreRevoked) {
    kit.pack("ts-2022", PackKind::per_user, 10);
    EXPECT_EQ(code_of(revoke(user_cal())), "revoke_needs_device_cal");
    EXPECT_EQ(code_of(revoke(CalId{99})), "cal_unknown");
    kit.set("ex", {.requirement = CalRequirement::trusted});
    EXPECT_EQ(code_of(revoke(device_cal("ex"))), "revoke_needs_device_cal");  // over-use
}

TEST_F(Verbs, ErasureReturnsAllCalsFirst) {
    kit.pack("ts-2022", PackKind::per_user, 5);
    kit.set("ex", {.requirement = CalRequirement::trusted});
    const SubjectId anna = kit.subject(HolderKind::user);
    const CalId seat = kit.admit(kit.by_user(anna, users, "ts-2022")).cal;
    const CalId beyond = kit.admit(kit.by_user(anna, users, "ex")).cal;
    const auto entries = decide_erasure(kit.ledger, anna);
    ASSERT_EQ(entries->size(), 3u);
    EXPECT_EQ(std::get<entry::SubjectErased>(entries->back()).subject, anna);
    kit.add(entries);
    EXPECT_EQ(kit.ledger.cal(seat).state, CalState::returned);
    EXPECT_EQ(kit.ledger.cal(beyond).state, CalState::returned);
    EXPECT_EQ(code_of(decide_erasure(kit.ledger, anna)), "subject_unknown");
    EXPECT_EQ(code_of(decide_erasure(kit.ledger, SubjectId{99})), "subject_unknown");
}

TEST_F(Verbs, RemovalWaitsUntilNobodyHoldsACalOfThePack) {
    const PackId pack = kit.pack("ts-2022", PackKind::per_user, 2);
    static_cast<void>(user_cal());
    kit.now = kit.now + days(59);
    static_cast<void>(user_cal());
    const auto refused = decide_removal(kit.ledger, pack, kit.now);
    ASSERT_EQ(code_of(refused), "pack_in_use");
    EXPECT_EQ(refused.error().detail, "2 CALs of pack `1` are held; release them first");
    kit.now = kit.now + days(1);  // the first is over, and nobody wrote so
    EXPECT_EQ(decide_removal(kit.ledger, pack, kit.now).error().detail,
              "1 CALs of pack `1` are held; release them first");
    kit.now = kit.now + days(59);
    const auto entries = decide_removal(kit.ledger, pack, kit.now);
    ASSERT_EQ(entries->size(), 3u);
    kit.add(entries);
    EXPECT_TRUE(kit.ledger.pack(pack).removed);
    EXPECT_EQ(code_of(decide_removal(kit.ledger, pack, kit.now)), "pack_unknown");
    EXPECT_EQ(code_of(decide_removal(kit.ledger, PackId{9}, kit.now)), "pack_unknown");
}

TEST_F(Verbs, APackIsInstalledOrItIsSaidWhyNot) {
    entry::PackInstalled terms{.document = {1},
                               .product = "ts-2022",
                               .kind = PackKind::per_user,
                               .quantity = 5,
                               .vendor = test::key_of(2)};
    const auto install = [&](const entry::PackInstalled& each) {
        return decide_installation(kit.ledger, each, kit.now);
    };
    kit.add(install(terms));
    EXPECT_EQ(kit.ledger.packs().back().terms.pack, PackId{1});
    const auto again = install(terms);
    EXPECT_EQ(code_of(again), "pack_already_installed");
    EXPECT_EQ(again.error().detail, "the pack was installed before, as pack 1");

    terms.document = {2};
    entry::PackInstalled bad = terms;
    bad.product = "nothing";
    EXPECT_EQ(code_of(install(bad)), "pack_product_unknown");
    bad = terms;
    bad.quantity = 0;
    EXPECT_EQ(code_of(install(bad)), "pack_malformed");
    bad = terms;
    bad.expires_at = kit.now;
    EXPECT_EQ(code_of(install(bad)), "pack_expired");
    bad = terms;
    bad.vendor = test::key_of(3);
    EXPECT_EQ(code_of(install(bad)), "pack_vendor_unknown");
    bad = terms;
    bad.declared = true;
    EXPECT_EQ(code_of(install(bad)), "pack_malformed");
    EXPECT_EQ(code_of(install(terms)), "(done)");
}

TEST_F(Verbs, APackOfATrustedProductMayBeDeclaredByHandAgainAndAgain) {
    kit.set("ex", {.requirement = CalRequirement::trusted});
    const entry::PackInstalled terms{
        .product = "ex", .kind = PackKind::per_user, .quantity = 5, .declared = true};
    kit.add(decide_installation(kit.ledger, terms, kit.now));
    kit.add(decide_installation(kit.ledger, terms, kit.now));
    EXPECT_EQ(kit.ledger.packs().size(), 2u);
}

TEST_F(Verbs, AProductIsDefinedChangedOrLeftAlone) {
    Product product = test::product("sql-2012");
    EXPECT_EQ(decide_product(kit.ledger, product)->size(), 1u);
    kit.add(decide_product(kit.ledger, product));
    EXPECT_TRUE(decide_product(kit.ledger, product)->empty());
    product.rules.user_days = 30;
    EXPECT_EQ(decide_product(kit.ledger, product)->size(), 1u);
    product.version = 2014;
    EXPECT_EQ(code_of(decide_product(kit.ledger, product)), "bad_product");
    product.version = 2012;
    product.rules.user_days = 0;
    EXPECT_EQ(code_of(decide_product(kit.ledger, product)), "bad_product");
    product.code = "SQL";
    EXPECT_EQ(code_of(decide_product(kit.ledger, product)), "bad_product_code");
}

TEST_F(Verbs, ExpiriesAreWrittenInSlices) {
    kit.pack("ts-2022", PackKind::per_user, 5);
    kit.set("ex", {.requirement = CalRequirement::trusted});
    for (int i = 0; i < 5; ++i)
        static_cast<void>(user_cal());
    static_cast<void>(user_cal("ex"));
    static_cast<void>(user_cal("ex"));
    EXPECT_TRUE(decide_expiries(kit.ledger, kit.now + days(59), 100).empty());
    kit.now = kit.now + days(60);
    size_t written = 0;
    for (Entries slice = decide_expiries(kit.ledger, kit.now, 3); !slice.empty();
         slice = decide_expiries(kit.ledger, kit.now, 3)) {
        EXPECT_LE(slice.size(), 3u);
        written += slice.size();
        kit.add(slice);
    }
    EXPECT_EQ(written, 7u);
    EXPECT_TRUE(decide_expiries(kit.ledger, kit.now, 0).empty());
}

// A clock that lies must not end anything: time before the ledger's is the ledger's.
TEST_F(Verbs, ExpiriesBeforeTheLedgersTimeAreThoseOfTheLedgersTime) {
    kit.pack("ts-2022", PackKind::per_user, 5);
    static_cast<void>(user_cal());
    EXPECT_TRUE(decide_expiries(kit.ledger, Instant{-1}, 10).empty());
}

}  // namespace
}  // namespace calm
