// Which session has ended when somebody says so, and who else is there.
#include "client/session.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

const AdmissionAsk kAnnaAtDesk{.product = "cad-1", .user = "anna", .device = "desk"};
const AdmissionAsk kBrunoAtDesk{.product = "cad-1", .user = "bruno", .device = "desk"};
constexpr Leader kFirstLeader{.pid = 100, .started = 5};
constexpr Leader kSecondLeader{.pid = 200, .started = 6};
constexpr Leader kFirstPidAgain{.pid = 100, .started = 900};  // the number, used again

HostSession running(const AdmissionAsk& ask, std::optional<Leader> leader,
                    const std::string& service = "sshd", CalId cal = {1}) {
    return {.ask = ask, .marks = {.service = service, .leader = leader}, .cal = cal};
}

TEST(HostSession, TheLeadersOwnEnds) {
    std::vector<HostSession> sessions{running(kAnnaAtDesk, kFirstLeader),
                                      running(kAnnaAtDesk, kSecondLeader)};
    const auto taken =
        take_session(sessions, kAnnaAtDesk, {.service = "sshd", .leader = kSecondLeader});
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->marks.leader, kSecondLeader);
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].marks.leader, kFirstLeader);
}

TEST(HostSession, WhatAnotherProcessBeganStays) {
    std::vector<HostSession> sessions{running(kAnnaAtDesk, kFirstLeader)};
    EXPECT_FALSE(take_session(sessions, kAnnaAtDesk, {.service = "sshd", .leader = kSecondLeader}));
    EXPECT_FALSE(
        take_session(sessions, kAnnaAtDesk, {.service = "sshd", .leader = kFirstPidAgain}));
    EXPECT_TRUE(take_session(sessions, kAnnaAtDesk, {.service = "sshd", .leader = {}}));
    EXPECT_TRUE(sessions.empty());
    EXPECT_FALSE(take_session(sessions, kAnnaAtDesk, {}));
}

TEST(HostSession, ItIsFoundThoughWhatIsAskedHasChanged) {
    AdmissionAsk edited = kAnnaAtDesk;
    edited.product = "cad-2";
    edited.device = "ssh1";
    AdmissionAsk brunos = kBrunoAtDesk;
    brunos.product = "cad-2";
    // One process with the sessions of two people.
    std::vector<HostSession> sessions{running(kBrunoAtDesk, kFirstLeader),
                                      running(kAnnaAtDesk, kFirstLeader)};
    EXPECT_FALSE(take_session(sessions, edited, {.service = "sshd", .leader = {}}));
    EXPECT_FALSE(take_session(sessions, edited, {.service = "login", .leader = kFirstLeader}));
    const auto annas = take_session(sessions, edited, {.service = "sshd", .leader = kFirstLeader});
    ASSERT_TRUE(annas);
    EXPECT_EQ(annas->ask, kAnnaAtDesk);
    EXPECT_EQ(take_session(sessions, brunos, {.service = "sshd", .leader = kFirstLeader})->ask,
              kBrunoAtDesk);
}

TEST(HostSession, OfEqualOnesTheServicesOwnEndsAndTheOldestFirst) {
    std::vector<HostSession> sessions{running(kAnnaAtDesk, {}, "login", {1}),
                                      running(kAnnaAtDesk, {}, "sshd", {2}),
                                      running(kAnnaAtDesk, {}, "sshd", {3})};
    for (const CalId expected : {CalId{2}, CalId{3}, CalId{1}}) {
        EXPECT_EQ(take_session(sessions, kAnnaAtDesk, {.service = "sshd", .leader = {}})->cal,
                  expected);
    }
}

TEST(HostSession, ACalIsSharedByWhoeverRunsOnIt) {
    AdmissionAsk laptop = kAnnaAtDesk;
    laptop.device = "laptop";
    AdmissionAsk other = laptop;
    other.product = "cad-2";
    const HostSession ended = running(kAnnaAtDesk, kFirstLeader);
    EXPECT_FALSE(shares_cal({}, ended));
    EXPECT_TRUE(shares_cal({running(laptop, kSecondLeader)}, ended));
    EXPECT_FALSE(shares_cal({running(laptop, kSecondLeader, "sshd", {2})}, ended));
    EXPECT_FALSE(shares_cal({running(other, kSecondLeader)}, ended));
    // The same question needs the same CAL, known or not.
    EXPECT_TRUE(shares_cal({running(kAnnaAtDesk, kSecondLeader, "sshd", {})},
                           running(kAnnaAtDesk, {}, "", {})));
    EXPECT_FALSE(
        shares_cal({running(laptop, kSecondLeader, "sshd", {})}, running(kAnnaAtDesk, {}, "", {})));
}

TEST(HostSession, AdministratorsAreCountedByPerson) {
    const auto administers = [](AdmissionAsk ask) {
        ask.administration = true;
        return ask;
    };
    AdmissionAsk laptop = kAnnaAtDesk;
    laptop.device = "laptop";
    const std::vector<HostSession> sessions{running(administers(kAnnaAtDesk), kFirstLeader),
                                            running(administers(laptop), kSecondLeader),
                                            running(kBrunoAtDesk, kSecondLeader)};
    EXPECT_EQ(administrators_beside(sessions, administers(kBrunoAtDesk)), 1U);
    EXPECT_EQ(administrators_beside(sessions, administers(laptop)), 0U);
    EXPECT_EQ(administrators_beside({}, kAnnaAtDesk), 0U);
}

}  // namespace
}  // namespace calm
