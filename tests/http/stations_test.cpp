// What a host says of its stations, and what becomes of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/host_auth.h"
#include "documents/ledger_id.h"
#include "test_server.h"
#include "wire/host_json.h"

namespace calm::testing {
namespace {

namespace json = boost::json;

class HostStationsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const auto& [name, key] :
             {std::pair("room", &room_key), std::pair("hall", &hall_key)}) {
            const std::string token = text(post("/v1/hosts/tokens", "{}").at("token"));
            post("/v1/hosts",
                 json::serialize(json::object{{"token", token},
                                              {"name", name},
                                              {"public_key", to_hex(key->public_key().bytes)}}));
        }
        ledger = *parse_ledger_id(text(get("/v1/status").at("license_server_id")));
    }
    static std::string text(const json::value& value) {
        return {value.as_string().data(), value.as_string().size()};
    }
    json::value get(const std::string& path) {
        const Answer answer = server.ask({.path = path});
        EXPECT_EQ(answer.status, 200) << path << answer.body;
        return answer.json();
    }
    json::value post(const std::string& path, const std::string& body) {
        const Answer answer = server.ask({.method = "POST", .path = path, .body = body});
        EXPECT_LT(answer.status, 300) << path << answer.body;
        return answer.body.empty() ? json::value() : answer.json();
    }
    Answer told(const std::string& body, bool by_room = true) {
        const SecretKey& key = by_room ? room_key : hall_key;
        return server.ask({.method = "POST",
                           .path = "/v1/stations/report",
                           .body = body,
                           .token = make_host_token(key, {by_room ? 1U : 2U}, ledger, kNow)});
    }
    // Each as NAME KIND, in the order of the ledger.
    std::vector<std::string> tell(const wire::StationReport& report, bool by_room = true) {
        std::string body;
        wire::write_station_report(body, report);
        const Answer answer = told(body, by_room);
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto known = wire::parse_host_stations(answer.json());
        EXPECT_TRUE(known.has_value());
        std::vector<std::string> lines;
        for (const auto& each : known.value_or(wire::HostStations{}).stations)
            lines.push_back(each.name + " " + std::string(name_of(each.kind)));
        return lines;
    }
    using Lines = std::vector<std::string>;

    store::MemoryDisk disk;
    TestServer server{disk, kNow};
    SecretKey room_key = SecretKey::from_seed(Seed{1});
    SecretKey hall_key = SecretKey::from_seed(Seed{2});
    LedgerId ledger;
};

const wire::StationReport::Seen kConsole{"seat0", StationKind::console};
const wire::StationReport::Seen kSeat{"seat-1", StationKind::local};

TEST_F(HostStationsTest, are_registered_once_and_each_hosts_own) {
    EXPECT_EQ(tell({.stations = {kConsole, kSeat}}), (Lines{"seat0 console", "seat-1 local"}));
    const auto size = get("/v1/status").at("entries");
    EXPECT_EQ(tell({.stations = {kConsole, kSeat}}), (Lines{"seat0 console", "seat-1 local"}));
    EXPECT_EQ(get("/v1/status").at("entries"), size);
    EXPECT_EQ(tell({.stations = {kSeat, kSeat}}, false), (Lines{"seat-1 local"}));
    EXPECT_EQ(get("/v1/stations").at("stations").as_array().size(), 3U);
    // What is not seen stays.
    EXPECT_EQ(tell({}), (Lines{"seat0 console", "seat-1 local"}));
}

TEST_F(HostStationsTest, stay_as_an_administrator_has_set_them) {
    post("/v1/stations", R"({"name":"desk","host":"room","kind":"console"})");
    post("/v1/stations", R"({"name":"seat-1","host":"room","kind":"remote"})");
    EXPECT_EQ(tell({.stations = {kConsole, kSeat}}), (Lines{"desk console", "seat-1 remote"}));
}

TEST_F(HostStationsTest, that_are_desktops_go_when_the_host_has_them_no_more) {
    const wire::StationReport::Seen one{"d1", StationKind::virtual_desktop};
    const wire::StationReport::Seen two{"d2", StationKind::virtual_desktop};
    tell({.stations = {one}, .all_desktops = true}, false);
    EXPECT_EQ(tell({.stations = {kSeat, one, two}, .all_desktops = true}),
              (Lines{"seat-1 local", "d1 virtual_desktop", "d2 virtual_desktop"}));
    EXPECT_EQ(tell({.stations = {kSeat}}).size(), 3U);
    EXPECT_EQ(tell({.stations = {two}, .all_desktops = true}),
              (Lines{"seat-1 local", "d2 virtual_desktop"}));
    EXPECT_EQ(tell({}, false), (Lines{"d1 virtual_desktop"}));
}

TEST_F(HostStationsTest, without_a_name_that_can_be_asked_for_are_none) {
    EXPECT_EQ(tell({.stations = {{"", StationKind::local}, {" a", StationKind::local}, kSeat}}),
              (Lines{"seat-1 local"}));
    EXPECT_EQ(told("{}").code(), "missing_field");
    EXPECT_EQ(told(R"({"stations":[{"name":"a","kind":"chair"}]})").code(), "bad_field");
}

TEST_F(HostStationsTest, cannot_fill_the_ledger) {
    for (int batch = 0; batch < 3; ++batch) {
        wire::StationReport many;
        for (int i = 0; i < 200; ++i)
            many.stations.push_back({fmt::format("s-{}-{}", batch, i), StationKind::remote});
        EXPECT_EQ(tell(many).size(), batch == 0 ? 200U : 256U);
    }
}

TEST_F(HostStationsTest, and_console_mode_is_told) {
    EXPECT_FALSE(told(R"({"stations":[]})").json().at("console_mode").as_bool());
    EXPECT_EQ(server
                  .ask({.method = "PUT",
                        .path = "/v1/hosts/room",
                        .body = R"({"console_mode":true})",
                        .headers = {{"If-Match", "*"}}})
                  .status,
              200);
    EXPECT_TRUE(told(R"({"stations":[]})").json().at("console_mode").as_bool());
    EXPECT_FALSE(told(R"({"stations":[]})", false).json().at("console_mode").as_bool());
}

TEST_F(HostStationsTest, whose_cal_was_taken_back_twice_hear_of_it_once) {
    post("/v1/products", R"({"product":"p-1","requires":"trusted"})");
    post("/v1/packs", R"({"declared":{"product":"p-1","kind":"per_user","quantity":2}})");
    tell({.stations = {kSeat}});
    for (int i = 0; i < 2; ++i) {
        const auto given =
            post("/v1/admissions", R"({"product":"p-1","host":1,"station":"seat-1"})");
        EXPECT_EQ(given.at("cal").as_int64(), 1);
        post("/v1/cals/1/release", "{}");
    }
    const Answer contact = server.ask(
        {.path = "/v1/revocations", .token = make_host_token(room_key, {1}, ledger, kNow)});
    EXPECT_EQ(contact.status, 200) << contact.body;
}

TEST_F(HostStationsTest, that_would_be_refused_are_counted_before_cals_are_bought) {
    post(
        "/v1/products",
        R"({"product":"wms-2011","requires":"activated","overuse":"refuse","initial_grace_days":0})");
    tell({.stations = {kConsole, kSeat, {"seat-2", StationKind::local}}});
    const auto refused = [&](const std::string& query) {
        return get("/v1/products/wms-2011/refusals" + query).at("stations").at("now").as_int64();
    };
    EXPECT_EQ(refused(""), 2);
    EXPECT_EQ(refused("?kind=per_user&quantity=1"), 1);
    EXPECT_EQ(refused("?kind=server&quantity=2"), 2);
    EXPECT_EQ(refused("?quantity=2"), 0);
    // As many are missing in the position, and in the status that consoles show.
    EXPECT_EQ(get("/v1/position").at("rows").at(0).at("short").as_int64(), 2);
    EXPECT_EQ(get("/v1/position").at("rows").at(0).at("refused").as_int64(), 2);
    EXPECT_EQ(get("/v1/status").at("products").at(0).at("missing").as_int64(), 2);
    for (const char* wrong : {"?kind=chair", "?quantity=-1", "?quantity=1x", "?quantity=1000001"}) {
        EXPECT_EQ(
            server.ask({.path = std::string("/v1/products/wms-2011/refusals") + wrong}).code(),
            "bad_query")
            << wrong;
    }
    EXPECT_EQ(server.ask({.path = "/v1/products/nothing/refusals"}).code(), "product_unknown");
}

TEST_F(HostStationsTest, whose_host_needs_looking_at_is_found_by_its_state) {
    const auto found = [&](const std::string& state) {
        return get("/v1/hosts?state=" + state).at("total").as_int64();
    };
    EXPECT_EQ(found("in_grace"), 2);
    EXPECT_EQ(found("grace_over"), 0);
    EXPECT_EQ(found("without_mode"), 0);
    EXPECT_EQ(found("silent"), 0);
    server.advance(minutes(6));
    EXPECT_EQ(found("silent"), 2);
    server.ask({.path = "/v1/revocations",
                .token = make_host_token(room_key, {1}, ledger, kNow + minutes(6))});
    EXPECT_EQ(found("silent"), 1);
    const auto silent = get("/v1/status").at("silent");
    EXPECT_EQ(silent.at("hosts").as_int64(), 1);
    EXPECT_EQ(silent.at("first").as_string(), get("/v1/hosts/2").at("name").as_string());
    // What the grace ended with matters only where there are no CALs.
    server.ask({.method = "PUT",
                .path = "/v1/hosts/2",
                .body = R"({"mode":"per_device"})",
                .headers = {{"If-Match", "*"}}});
    post("/v1/products", R"({"product":"p-1","requires":"trusted"})");
    server.advance(days(121));
    EXPECT_EQ(found("in_grace"), 0);
    EXPECT_EQ(found("grace_over"), 2);
    post("/v1/packs", R"({"declared":{"product":"p-1","kind":"per_user","quantity":2}})");
    EXPECT_EQ(found("grace_over"), 1);
    EXPECT_EQ(get("/v1/status").at("grace_over").at("hosts").as_int64(), 1);
    EXPECT_EQ(server.ask({.path = "/v1/hosts?state=gone"}).code(), "bad_query");
}

}  // namespace
}  // namespace calm::testing
