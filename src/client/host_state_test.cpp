// The state survives its file, and answers what the offline rule asks.
#include "client/host_state.h"

#include <gtest/gtest.h>

#include "documents/ledger_id.h"

namespace calm {
namespace {

constexpr Instant kMorning{1'800'000'000};

HostState full_state() {
    HostState state;
    state.clock = ClockMark{.at = kMorning, .boot_id = "b-1", .boot = Seconds{77}};
    state.last_contact = kMorning - minutes(1);
    state.mode = LicensingMode::per_device;
    state.offline_days_max = 3;
    state.products = {{.product = "a", .grace_until = kMorning + days(2), .outage_days = 7},
                      {.product = "b", .requirement = CalRequirement::trusted}};
    PublicKey vendor;
    vendor.bytes.fill(5);
    state.vendors = {vendor};
    state.withdrawn = {CalId{3}, CalId{9}};
    state.withdrawn_size = 100;
    state.head =
        TreeHead{.ledger = ledger_id_of(vendor), .epoch = 2, .size = 100, .time = kMorning};
    state.head->root.fill(7);
    state.rollback = RollbackSeen{.at = kMorning, .detail = "a \"shorter\" log"};
    for (size_t i = 0; i < wire::kReportMax + 5; ++i) {
        state.decisions.push_back({.at = kMorning + Seconds{static_cast<int64_t>(i)},
                                   .product = "a",
                                   .user = "änna",
                                   .reason = Reason::offline_outage});
    }
    state.validations = {CalId{4}};
    state.stations = {{"seat-1", {5}}, {"sä\"t", {6}}};
    state.sessions = {{.ask = {.product = "a", .user = "änna"}, .since = kMorning},
                      {.ask = {.product = "a",
                               .user = "b\"r",
                               .device = "d",
                               .station = "s",
                               .from_server = "f",
                               .via = "v",
                               .workload = Workload::hpc,
                               .outside = true,
                               .administration = true,
                               .host_service = true},
                       .marks = {.service = "sshd", .leader = Leader{.pid = 7, .started = 12345}},
                       .cal = {9},
                       .since = kMorning,
                       .ask_again_at = kMorning + minutes(5)}};
    return state;
}

TEST(HostState, ItSurvivesItsFile) {
    for (const HostState& state : {full_state(), HostState{}}) {
        const auto read = parse_host_state(to_json(state));
        ASSERT_TRUE(read.has_value()) << read.error().detail;
        EXPECT_EQ(*read, state);
    }
}

TEST(HostState, WhatIsNoStateIsRefused) {
    const std::string whole = to_json(full_state());
    for (size_t size = 0; size < whole.size(); size += 37) {
        const auto read = parse_host_state(whole.substr(0, size));
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, "host_state_malformed");
    }
    for (const char* json : {"{}", "[]", R"({"contact":{},"report":[]})"}) {
        EXPECT_FALSE(parse_host_state(json)) << json;
    }
    std::string disordered = whole;
    disordered.replace(disordered.find("[3,9]"), 5, "[9,3]");
    EXPECT_FALSE(parse_host_state(disordered));
}

// A state with this in place of its one session.
std::string with_session(const std::string& session) {
    HostState state;
    std::string json = to_json(state);
    json.replace(json.find("\"sessions\":[]"), 13, "\"sessions\":[" + session + "]");
    return json;
}

TEST(HostState, SessionsAreBounded) {
    const std::string least = R"({"product":"a","since":"2027-01-15T08:00:00Z"})";
    std::string most = least;
    for (size_t i = 1; i < HostState::kSessionsMax; ++i)
        most += ',' + least;
    EXPECT_EQ(parse_host_state(with_session(most))->sessions.size(), HostState::kSessionsMax);
    EXPECT_FALSE(parse_host_state(with_session(most + ',' + least)));
    for (const std::string& session :
         {std::string("7"), std::string("{}"), std::string(R"({"product":"a"})"),
          std::string(R"({"product":"../a","since":"2027-01-15T08:00:00Z"})"),
          std::string(R"({"product":"a","since":"today"})"),
          std::string(R"({"product":"a","since":"2027-01-15T08:00:00Z","mood":1})"),
          std::string(R"({"product":"a","since":"2027-01-15T08:00:00Z","cal":-1})"),
          std::string(R"({"product":"a","since":"2027-01-15T08:00:00Z","leader":{}})"),
          std::string(R"({"product":"a","since":"2027-01-15T08:00:00Z","leader":{"pid":0}})"),
          std::string(
              R"({"product":"a","since":"2027-01-15T08:00:00Z","leader":{"pid":4294967295}})"),
          R"({"product":"a","since":"2027-01-15T08:00:00Z","user":")" + std::string(257, 'a') +
              "\"}"}) {
        EXPECT_FALSE(parse_host_state(with_session(session))) << session;
    }
}

TEST(HostState, AStationThatIsNoneIsRefused) {
    const auto with_stations = [](const std::string& stations) {
        std::string json = to_json(HostState{});
        const std::string none = R"("stations":[])";
        return json.replace(json.find(none), none.size(), "\"stations\":" + stations);
    };
    EXPECT_TRUE(parse_host_state(with_stations(R"([{"holder":5,"name":"s"}])")));
    for (const char* stations : {"1", "[1]", "[{}]", R"([{"name":"s"}])", R"([{"holder":-1}])",
                                 R"([{"holder":1,"kind":2}])"}) {
        EXPECT_FALSE(parse_host_state(with_stations(stations))) << stations;
    }
}

TEST(HostState, AStateFromBeforeThereWereSessionsIsOne) {
    std::string json = to_json(full_state());
    const size_t begin = json.find(",\"sessions\"");
    json.erase(begin, json.find(",\"report\"") - begin);
    HostState without = full_state();
    without.sessions.clear();
    without.stations.clear();
    EXPECT_EQ(parse_host_state(json), without);
}

TEST(HostState, TheTermsOfAProductAreTheLastContacts) {
    const HostState state = full_state();
    EXPECT_EQ(
        state.terms_of("a"),
        (OfflineTerms{.grace_until = kMorning + days(2), .outage_days = 7, .offline_days_max = 3}));
    EXPECT_EQ(state.terms_of("c"), std::nullopt);
}

TEST(HostState, ACalThatWasWrittenAfterTheListIsNotWithdrawnByIt) {
    const HostState state = full_state();
    EXPECT_TRUE(state.is_withdrawn({9}, 50));
    EXPECT_TRUE(state.is_withdrawn({9}, 99));
    EXPECT_FALSE(state.is_withdrawn({9}, 100));  // issued again since
    EXPECT_FALSE(state.is_withdrawn({4}, 50));
}

}  // namespace
}  // namespace calm
