// What hosts and servers say to each other survives the wire, and what is wrong is named.
#include "wire/host_json.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace calm::wire {
namespace {

template <class T>
auto read_back(Result<T> (*parse)(const boost::json::value&), const std::string& json) {
    return parse(boost::json::parse(json));
}

KeyBytes key_of(uint8_t byte) {
    KeyBytes key;
    key.fill(byte);
    return key;
}

TEST(HostJson, AnEnrolmentSurvivesTheWire) {
    for (const std::optional<LicensingMode> mode :
         {std::optional<LicensingMode>(), std::optional(LicensingMode::per_device)}) {
        const Enrolment enrolment{.token = "t\"1", .name = "hôte", .key = key_of(7), .mode = mode};
        std::string json;
        write_enrolment(json, enrolment);
        EXPECT_EQ(read_back(parse_enrolment, json), enrolment) << json;
    }
    const Enrolled enrolled{
        .host = {3}, .ledger = "ABCDE", .identity = key_of(9), .mode = LicensingMode::per_user};
    std::string json;
    write_enrolled(json, enrolled);
    EXPECT_EQ(read_back(parse_enrolled, json), enrolled) << json;
}

TEST(HostJson, AContactSurvivesTheWire) {
    const HostContact full{
        .revocations = "v4.public.a",
        .head = "v4.public.b",
        .certificates = {"v4.public.c", "v4.public.d"},
        .vendors = {key_of(1), key_of(2)},
        .mode = LicensingMode::per_device,
        .offline_days_max = 3,
        .reassert = true,
        .products = {{.product = "a", .grace_until = Instant{1'800'000'000}, .outage_days = 7},
                     {.product = "b", .requirement = CalRequirement::none}}};
    const HostContact least{.revocations = "r", .head = "h", .certificates = {}};
    for (const HostContact& contact : {full, least}) {
        std::string json;
        write_contact(json, contact);
        EXPECT_EQ(read_back(parse_contact, json), contact) << json;
    }
}

TEST(HostJson, ReassertionsSurviveTheWire) {
    const Reassertions told{.tokens = {"calm-cal-v1.a", "calm-cal-v1.b"}, .all = true};
    for (const Reassertions& each : {told, Reassertions{}}) {
        std::string json;
        write_reassertions(json, each);
        EXPECT_EQ(read_back(parse_reassertions, json), each) << json;
    }
    Reassertions many;
    many.tokens.resize(kReassertionsMax + 1);
    std::string json;
    write_reassertions(json, many);
    EXPECT_FALSE(parse_reassertions(boost::json::parse(json)));
}

TEST(HostJson, AReportAndASessionEndSurviveTheWire) {
    const std::vector<OfflineDecision> decisions{
        {.at = {100}, .product = "p", .user = "anna", .reason = Reason::offline_token},
        {.at = {200}, .product = "p", .device = "kiosk", .reason = Reason::server_unreachable}};
    std::string json;
    write_report(json, decisions);
    EXPECT_EQ(read_back(parse_report, json), decisions) << json;

    const SessionEnd end{.product = "p", .user = "anna", .device = "kiosk"};
    const SessionEnd at_station{.product = "p", .station = "seat-1", .others = true};
    for (const SessionEnd& each : {end, at_station}) {
        json.clear();
        write_session_end(json, each);
        EXPECT_EQ(read_back(parse_session_end, json), each) << json;
    }
}

TEST(HostJson, WhatAHostSaysOfItsStationsSurvivesTheWire) {
    const StationReport told{
        .stations = {{"seat0", StationKind::console}, {"a \"b\"", StationKind::virtual_desktop}},
        .all_desktops = true};
    for (const StationReport& each : {told, StationReport{}}) {
        std::string json;
        write_station_report(json, each);
        EXPECT_EQ(read_back(parse_station_report, json), each) << json;
    }
    StationReport many;
    many.stations.resize(kStationsMax + 1, {"s", StationKind::local});
    std::string json;
    write_station_report(json, many);
    EXPECT_FALSE(read_back(parse_station_report, json));
    for (const char* wrong :
         {"{}", R"({"stations":[{"name":"s"}]})", R"({"stations":[{"kind":"local"}]})",
          R"({"stations":[{"name":"s","kind":"seat"}]})", R"({"stations":{}})",
          R"({"stations":[{"name":"s","kind":"local","shows":"t"}]})"}) {
        EXPECT_FALSE(read_back(parse_station_report, wrong)) << wrong;
    }
}

TEST(HostJson, AHostReadsWhichStationsItHas) {
    const auto read = read_back(
        parse_host_stations,
        R"({"console_mode":true,"stations":[{"station":3,"name":"seat0","kind":"console","cals":[]},)"
        R"({"station":4,"name":"seat-1","kind":"local","host":1,"shows":5,"cals":[7]}],"later":1})");
    ASSERT_TRUE(read.has_value());
    const HostStations wanted{
        .stations = {{.station = {3}, .name = "seat0", .kind = StationKind::console, .holder = {3}},
                     {.station = {4}, .name = "seat-1", .holder = {5}, .has_cal = true}},
        .console_mode = true};
    EXPECT_EQ(*read, wanted);
    EXPECT_FALSE(read_back(parse_host_stations, R"({"console_mode":true})"));
}

TEST(HostJson, AQuestionIsReadAsItWasWritten) {
    AdmissionQuestion question{.request_id = RequestId{{1, 2, 3}},
                               .product = "p",
                               .user = "anna",
                               .device = "kiosk",
                               .host = 4,
                               .want_token = true,
                               .administration = true,
                               .host_service = true,
                               .administrators_now = 1,
                               .station = "front-desk",
                               .from_server = "app-1",
                               .via = "gateway-1",
                               .workload = Workload::web,
                               .outside = true,
                               .held_token = "v4",
                               .hardware_id = "board-7",
                               .certificate = "ab:cd",
                               .device_mark = "m-1",
                               .wait = true,
                               .mode = LicensingMode::per_device};
    std::string json;
    write_question(json, question);
    const auto read = read_back(parse_admission, json);
    ASSERT_TRUE(read.has_value()) << json;
    EXPECT_EQ(read->station, question.station);
    EXPECT_EQ(read->from_server, question.from_server);
    EXPECT_EQ(read->via, question.via);
    EXPECT_EQ(read->workload, question.workload);
    EXPECT_TRUE(read->outside);
    EXPECT_EQ(read->hardware_id, question.hardware_id);
    EXPECT_EQ(read->certificate, question.certificate);
    EXPECT_EQ(read->device_mark, question.device_mark);
    EXPECT_TRUE(read->wait);
    EXPECT_EQ(read->mode, question.mode);
    std::string again;
    write_question(again, *read);
    EXPECT_EQ(again, json);
}

TEST(HostJson, AnAnswerIsReadAsItWasWritten) {
    const AdmissionAnswer answer{
        .reason = Reason::cal_issued, .cal = {12}, .expires_at = {1'800'000'000}, .token = "tok"};
    std::string json;
    write_answer(json, answer, "Welcome.");
    const auto read = read_back(parse_answer, json);
    ASSERT_TRUE(read.has_value()) << json;
    EXPECT_EQ(read->reason, answer.reason);
    EXPECT_EQ(read->cal, answer.cal);
    EXPECT_EQ(read->expires_at, answer.expires_at);
    EXPECT_EQ(read->token, answer.token);
}

TEST(HostJson, AnAnswerOfANewerServerIsRead) {
    const auto read = read_back(
        parse_answer, R"({"verdict":"deny","reason":"no_cal_available","mood":{"new":[1]}})");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->reason, Reason::no_cal_available);
}

TEST(HostJson, AnAnswerThatContradictsItselfIsRefused) {
    EXPECT_FALSE(read_back(parse_answer, R"({"verdict":"allow","reason":"no_cal_available"})"));
    EXPECT_FALSE(read_back(parse_answer, R"({"verdict":"deny","reason":"cal_held"})"));
}

TEST(HostJson, AProofSurvivesTheWireAndIsBounded) {
    const std::vector<Hash> proof{key_of(1), key_of(2)};
    std::string json;
    write_proof(json, proof);
    EXPECT_EQ(read_back(parse_proof, json), proof);

    json.clear();
    write_proof(json, std::vector<Hash>(kProofMax + 1));
    EXPECT_FALSE(read_back(parse_proof, json));
}

TEST(HostJson, WhatIsWrongIsNamed) {
    struct Case {
        const char* json;
        const char* detail;
    };
    for (const auto& [json, detail] : {
             Case{R"({"name":"h","public_key":"00"})", "public_key"},
             Case{R"({"token":"t","name":"h"})", "public_key"},
             Case{R"({"token":"t","name":"h","public_key":"XY"})", "public_key"},
             Case{R"({"token":1})", "token"},
             Case{R"({"token":"t","name":"h","public_key":"","mode":"all"})", "public_key"},
         }) {
        const auto read = read_back(parse_enrolment, json);
        ASSERT_FALSE(read.has_value()) << json;
        EXPECT_NE(read.error().detail.find(detail), std::string::npos) << read.error().detail;
    }
    EXPECT_FALSE(read_back(parse_contact, R"({"revocations":"r","head":"h"})"));
    EXPECT_FALSE(read_back(
        parse_contact,
        R"({"revocations":"r","head":"h","certificates":[],"products":[{"product":"p"}]})"));
    EXPECT_FALSE(read_back(parse_report, R"({"decisions":[{"at":"2026","product":"p"}]})"));
    EXPECT_FALSE(read_back(parse_session_end, R"({"user":"anna"})"));
}

}  // namespace
}  // namespace calm::wire
