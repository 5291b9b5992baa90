// The offline rule as a table, and the two properties that everything hangs on: time only takes
// rights away, and knowing less never gives more.
#include "client/offline.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

constexpr Instant kContact{1'800'000'000};
constexpr OfflineToken kGood{.expires_at = kContact + days(60)};
constexpr OfflineToken kWithdrawn{.expires_at = kContact + days(60), .withdrawn = true};

struct Row {
    const char* what;
    Seconds since_contact;
    std::optional<OfflineToken> token;
    int grace_days;  // from the contact on; negative: over
    uint16_t outage_days;
    uint16_t offline_days_max;
    CalRequirement requirement;
    OfflinePolicy policy;
    Reason expected;
};

constexpr auto kActivated = CalRequirement::activated;
constexpr auto kRefuse = OfflinePolicy::refuse;
constexpr auto kAdmit = OfflinePolicy::admit;

const Row kRows[] = {
    // the holder's token comes first
    {"token", days(0), kGood, 30, 7, 0, kActivated, kRefuse, Reason::offline_token},
    {"token, long after", days(59), kGood, -1, 7, 0, kActivated, kRefuse, Reason::offline_token},
    {"token at its expiry", days(60), kGood, -1, 7, 0, kActivated, kRefuse,
     Reason::server_unreachable},
    {"token, limited", days(2), kGood, -1, 0, 3, kActivated, kRefuse, Reason::offline_token},
    {"token at the limit", days(3), kGood, -1, 0, 3, kActivated, kRefuse,
     Reason::server_unreachable},
    {"token at the limit, in the outage period", days(3), kGood, -1, 7, 3, kActivated, kRefuse,
     Reason::offline_outage},
    {"withdrawn token", days(8), kWithdrawn, -1, 7, 0, kActivated, kRefuse,
     Reason::server_unreachable},
    {"withdrawn token, in the outage period", days(1), kWithdrawn, -1, 7, 0, kActivated, kRefuse,
     Reason::offline_outage},
    // then the initial grace, then the outage period
    {"grace", days(1), {}, 2, 7, 0, kActivated, kRefuse, Reason::offline_grace},
    {"grace at its end", days(2), {}, 2, 7, 0, kActivated, kRefuse, Reason::offline_outage},
    {"grace beyond the outage", days(9), {}, 10, 7, 0, kActivated, kRefuse, Reason::offline_grace},
    {"outage", hours(7 * 24 - 1), {}, -1, 7, 0, kActivated, kRefuse, Reason::offline_outage},
    {"outage at its end", days(7), {}, -1, 7, 0, kActivated, kRefuse, Reason::server_unreachable},
    {"no outage period", days(0), {}, -1, 0, 0, kActivated, kRefuse, Reason::server_unreachable},
    // then the policy
    {"policy", days(30), {}, -1, 7, 0, kActivated, kAdmit, Reason::offline_policy},
    {"policy comes last", days(1), {}, -1, 7, 0, kActivated, kAdmit, Reason::offline_outage},
    // products that nobody enforces
    {"no CAL required",
     days(900),
     {},
     -1,
     0,
     0,
     CalRequirement::none,
     kRefuse,
     Reason::not_required},
    {"trusted", days(900), {}, -1, 7, 0, CalRequirement::trusted, kRefuse, Reason::offline_policy},
    {"trusted, in the outage period",
     days(1),
     {},
     -1,
     7,
     0,
     CalRequirement::trusted,
     kRefuse,
     Reason::offline_outage},
    // a clock that was set back gains nothing and costs nothing
    {"clock set back", days(-400), {}, -1, 7, 0, kActivated, kRefuse, Reason::offline_outage},
};

OfflineFacts facts_of(const Row& row) {
    return {
        .now = kContact + row.since_contact,
        .last_contact = kContact,
        .terms = OfflineTerms{.requirement = row.requirement,
                              .grace_until = row.grace_days < 0
                                                 ? std::nullopt
                                                 : std::optional(kContact + days(row.grace_days)),
                              .outage_days = row.outage_days,
                              .offline_days_max = row.offline_days_max},
        .token = row.token,
        .policy = row.policy};
}

TEST(OfflineRule, TheTable) {
    for (const Row& row : kRows) {
        EXPECT_EQ(name_of(decide_offline(facts_of(row))), name_of(row.expected)) << row.what;
    }
}

TEST(OfflineRule, AStateThatWasLostLeavesOnlyThePolicy) {
    for (const Row& row : kRows) {
        OfflineFacts facts = facts_of(row);
        const Reason only_policy =
            row.policy == kAdmit ? Reason::offline_policy : Reason::server_unreachable;
        facts.last_contact.reset();
        EXPECT_EQ(decide_offline(facts), only_policy) << row.what;
        facts = facts_of(row);
        facts.terms.reset();
        EXPECT_EQ(decide_offline(facts), only_policy) << row.what;
    }
}

TEST(OfflineRule, NobodyIsLockedOutOfTheConsole) {
    for (const Row& row : kRows) {
        OfflineFacts facts = facts_of(row);
        facts.at_console = true;
        const bool refused = row.expected == Reason::server_unreachable;
        EXPECT_EQ(decide_offline(facts), refused ? Reason::console_without_cal : row.expected)
            << row.what;
    }
    EXPECT_EQ(decide_offline({.at_console = true}), Reason::console_without_cal);
}

OfflineFacts any_facts() {
    const auto near_contact = [] {
        return kContact + Seconds{*rc::gen::inRange<int64_t>(-days(100).count, days(100).count)};
    };
    OfflineFacts facts{.now = near_contact()};
    if (*rc::gen::arbitrary<bool>()) facts.last_contact = near_contact();
    if (*rc::gen::arbitrary<bool>()) {
        OfflineTerms terms{.requirement = *rc::gen::element(CalRequirement::none,
                                                            CalRequirement::trusted, kActivated),
                           .outage_days = *rc::gen::inRange<uint16_t>(0, 20),
                           .offline_days_max = *rc::gen::inRange<uint16_t>(0, 20)};
        if (*rc::gen::arbitrary<bool>()) terms.grace_until = near_contact();
        facts.terms = terms;
    }
    if (*rc::gen::arbitrary<bool>()) {
        facts.token = OfflineToken{near_contact(), *rc::gen::arbitrary<bool>()};
    }
    facts.policy = *rc::gen::element(kRefuse, kAdmit);
    facts.at_console = *rc::gen::arbitrary<bool>();
    return facts;
}

RC_GTEST_PROP(OfflineRule, TimeOnlyTakesAway, ()) {
    OfflineFacts facts = any_facts();
    const bool before = allows(decide_offline(facts));
    facts.now = facts.now + Seconds{*rc::gen::inRange<int64_t>(0, days(50).count)};
    RC_ASSERT(before || !allows(decide_offline(facts)));
}

RC_GTEST_PROP(OfflineRule, WhatAdmitsEndsWhenItIsSaidTo, ()) {
    OfflineFacts facts = any_facts();
    const Reason reason = decide_offline(facts);
    const auto end = end_offline(reason, facts);
    RC_ASSERT(end || (reason != Reason::offline_token && reason != Reason::offline_grace &&
                      reason != Reason::offline_outage));
    if (!end) return;
    facts.now = *end - Seconds{1};
    RC_ASSERT(decide_offline(facts) == reason);
    facts.now = *end;
    RC_ASSERT(decide_offline(facts) != reason);
}

RC_GTEST_PROP(OfflineRule, KnowingLessNeverGivesMore, ()) {
    const OfflineFacts facts = any_facts();
    OfflineFacts less = facts;
    switch (*rc::gen::inRange(0, 4)) {
        case 0: less.last_contact.reset(); break;
        case 1: less.terms.reset(); break;
        case 2: less.token.reset(); break;
        case 3:
            if (less.terms) less.terms->grace_until.reset();
            break;
    }
    RC_ASSERT(allows(decide_offline(facts)) || !allows(decide_offline(less)));
}

OfflineFacts known(std::optional<Instant> grace_until, uint16_t outage_days = 0) {
    return {.now = kContact + days(1),
            .last_contact = kContact,
            .terms = OfflineTerms{.grace_until = grace_until, .outage_days = outage_days},
            .token = {}};
}

TEST(OfflineOfSeveral, GraceLastsWhileEachServerThatKnowsTheProductSaysSo) {
    const OfflineFacts in_grace = known(kContact + days(30));
    const OfflineFacts shorter = known(kContact + days(2));
    const OfflineFacts over = known({});
    OfflineFacts other_products = over;
    other_products.terms.reset();
    const OfflineFacts unknown{.now = kContact + days(1)};

    EXPECT_EQ(decide_offline_of_several({in_grace, shorter}).reason, Reason::offline_grace);
    EXPECT_EQ(decide_offline_of_several({in_grace, shorter}).until, kContact + days(2));
    EXPECT_EQ(decide_offline_of_several({in_grace, other_products}).until, kContact + days(30));
    EXPECT_EQ(decide_offline_of_several({in_grace, over}).reason, Reason::server_unreachable);
    EXPECT_EQ(decide_offline_of_several({over, in_grace}).reason, Reason::server_unreachable);
    EXPECT_EQ(decide_offline_of_several({in_grace, unknown}).reason, Reason::server_unreachable);
}

TEST(OfflineOfSeveral, TheBestRightCountsWhosesoeverItIs) {
    OfflineFacts with_token = known({});
    with_token.token = kGood;
    const OfflineFacts in_outage = known({}, 7);
    const auto by_token = decide_offline_of_several({in_outage, with_token});
    EXPECT_EQ(by_token.reason, Reason::offline_token);
    EXPECT_EQ(by_token.server, 1);
    EXPECT_EQ(by_token.until, kGood.expires_at);
    const auto by_outage = decide_offline_of_several({known({}), in_outage, in_outage});
    EXPECT_EQ(by_outage.reason, Reason::offline_outage);
    EXPECT_EQ(by_outage.server, 1);
}

TEST(OfflineOfSeveral, TheStrictestRequirementHolds) {
    OfflineFacts free = known({});
    free.terms->requirement = CalRequirement::none;
    EXPECT_EQ(decide_offline_of_several({free}).reason, Reason::not_required);
    EXPECT_EQ(decide_offline_of_several({free, known({})}).reason, Reason::server_unreachable);
}

// A further license server that was never reached, or that knows less, takes and gives nothing by
// itself, except that grace may end.
RC_GTEST_PROP(OfflineOfSeveral, OneServerIsDecidedAsBefore, ()) {
    const OfflineFacts facts = any_facts();
    const OfflineChoice choice = decide_offline_of_several({facts});
    RC_ASSERT(choice.reason == decide_offline(facts));
    RC_ASSERT(choice.until == end_offline(choice.reason, facts));
}

}  // namespace
}  // namespace calm
