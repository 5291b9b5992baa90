// host.toml: what it can say, and that every mistake in it is named where it stands.
#include "agent/host_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/server_link.h"

namespace calm {
namespace {

constexpr const char* kFull = R"(
[host]
name = "ssh1"
state_dir = "/srv/calm"
socket = "/srv/calm/sock"
language = "fr"
contact = "poste 1234"
offline = "admit"
budget_ms = 1500
ask_as = ["postgres", "www-data"]
mode = "per_device"
hide_notices = true
notice_groups = ["wheel"]
policy = ["/srv/a.pol", "/srv/b.pol"]

[web]
socket = "/srv/calm/web"

[stations]
product = "wms-2011"
console = false
terminals = ["ttyS0"]
split = ["seat-1", "seat-2"]
remote = ["xrdp-sesman"]
desktops = "qemu:///system"

[[server]]
address = "https://license.example.org:8443"
fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

[[server]]
address = "unix:/run/calm/calmd.sock"
license_server = "3NVK4-VKUW4-QC2MZ-2J8RB-9X7HQ-QJG6J-Y4BHZ"

[[server]]
address = "srv:example.org"
license_server = "ZB8SR-FJXPQ-C8P8T-TPY5M-GQGJT-A525H-HVTEL"
ca_file = "/etc/calm/ca.pem"

[service.sshd]
product = "terminal-services-2022"

[service.kiosk]
product = "kiosk"
mode = "device"
device = "kiosk-1"

[service.gdm]
product = "wms-2011"
station = "seat"
via = "gateway-1"
from_server = "app-1"
workload = "hpc"
outside = true
administration = true
host_service = true
wait = true
)";

TEST(HostConfig, EverySettingIsRead) {
    const auto config = parse_host_config(kFull);
    ASSERT_TRUE(config.has_value()) << config.error().detail;
    EXPECT_EQ(config->name, "ssh1");
    EXPECT_EQ(config->state_dir, "/srv/calm");
    EXPECT_EQ(config->socket, "/srv/calm/sock");
    EXPECT_EQ(config->language, Language::fr);
    EXPECT_EQ(config->contact, "poste 1234");
    EXPECT_EQ(config->offline, OfflinePolicy::admit);
    EXPECT_EQ(config->budget.count(), 1500);
    EXPECT_EQ(config->mode, LicensingMode::per_device);
    EXPECT_TRUE(config->hide_notices);
    EXPECT_EQ(config->notice_groups, std::vector<std::string>{"wheel"});
    EXPECT_EQ(config->products(),
              (std::vector<std::string>{"wms-2011", "kiosk", "terminal-services-2022"}));
    EXPECT_EQ(config->policy_files, (std::vector<std::string>{"/srv/a.pol", "/srv/b.pol"}));
    EXPECT_EQ(config->web_socket, "/srv/calm/web");
    EXPECT_EQ(config->stations, (StationsConfig{.product = "wms-2011",
                                                .console = false,
                                                .terminals = {"ttyS0"},
                                                .split = {"seat-1", "seat-2"},
                                                .remote = {"xrdp-sesman"},
                                                .desktops = "qemu:///system"}));
    EXPECT_EQ(config->ask_as, (std::vector<std::string>{"postgres", "www-data"}));
    ASSERT_EQ(config->servers.size(), 3U);
    EXPECT_EQ(config->servers[0].address.host, "license.example.org");
    EXPECT_EQ(config->servers[0].fingerprint->front(), 0xAA);
    EXPECT_EQ(config->servers[1].address.socket_path, "/run/calm/calmd.sock");
    EXPECT_EQ(config->servers[0].license_server, std::nullopt);
    EXPECT_EQ(config->servers[1].license_server,
              parse_ledger_id("3NVK4-VKUW4-QC2MZ-2J8RB-9X7HQ-QJG6J-Y4BHZ").value());
    EXPECT_EQ(config->servers[2].discover, "example.org");
    EXPECT_EQ(to_string(*config->servers[2].license_server),
              "ZB8SR-FJXPQ-C8P8T-TPY5M-GQGJT-A525H-HVTEL");
    ASSERT_NE(config->find_service("kiosk"), nullptr);
    EXPECT_EQ(config->find_service("kiosk")->mode, AskFor::device);
    EXPECT_EQ(config->find_service("kiosk")->device, "kiosk-1");
    EXPECT_EQ(config->find_service("sshd")->mode, AskFor::both);
    EXPECT_EQ(config->find_service("login"), nullptr);
    const ServiceConfig plain{.name = "sshd", .product = "terminal-services-2022"};
    EXPECT_EQ(*config->find_service("sshd"), plain);
    const ServiceConfig full{.name = "gdm",
                             .product = "wms-2011",
                             .station = "seat",
                             .via = "gateway-1",
                             .from_server = "app-1",
                             .workload = Workload::hpc,
                             .outside = true,
                             .administration = true,
                             .host_service = true,
                             .wait = true};
    EXPECT_EQ(*config->find_service("gdm"), full);
}

TEST(HostConfig, WhatIsWrittenIsReadAgain) {
    for (const char* text : {kFull, "", "[stations]"}) {
        const auto config = parse_host_config(text);
        ASSERT_TRUE(config.has_value());
        const auto again = parse_host_config(to_toml(*config));
        ASSERT_TRUE(again.has_value()) << again.error().detail << to_toml(*config);
        EXPECT_EQ(*again, *config);
    }
}

TEST(HostConfig, AServerIsAddedAtTheEnd) {
    const HostConfig config = parse_host_config(kFull).value();
    ServerConfig further = config.servers[1];
    further.address.socket_path = "/run/other.sock";
    const auto extended = parse_host_config(kFull + to_toml(further));
    ASSERT_TRUE(extended.has_value()) << extended.error().detail;
    ASSERT_EQ(extended->servers.size(), 4U);
    EXPECT_EQ(extended->servers[3], further);
    EXPECT_EQ(extended->services, config.services);
}

// Two addresses of one ledger are one license server; the first enrolment's needs no name.
TEST(HostConfig, ServersAreToldApartByTheirLedgers) {
    HostConfig config = parse_host_config(kFull).value();
    config.servers.pop_back();
    const LedgerId named = *config.servers[1].license_server;
    config.servers.push_back(config.servers[0]);
    const auto two = by_ledger(config, ledger_id_of(PublicKey{}));
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[0].ledger, std::nullopt);
    EXPECT_EQ(two[0].servers.size(), 2U);
    EXPECT_EQ(two[1].ledger, named);
    const auto one = by_ledger(config, named);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].ledger, std::nullopt);
    EXPECT_EQ(one[0].servers.size(), 3U);
}

TEST(HostConfig, AnEmptyFileMeansTheDefaults) {
    EXPECT_EQ(parse_host_config(""), HostConfig{});
    EXPECT_EQ(parse_host_config("[stations]")->stations, StationsConfig{});
}

TEST(HostConfig, ANameThatNoServerTakesIsRefused) {
    for (const char* key : {"device", "station", "via", "from_server"}) {
        const std::string head = std::string("[service.a]\nproduct = \"a\"\n") + key + " = \"";
        EXPECT_TRUE(parse_host_config(head + std::string(256, 'n') + '"')) << key;
        const auto config = parse_host_config(head + std::string(257, 'n') + '"');
        ASSERT_FALSE(config) << key;
        EXPECT_THAT(config.error().detail, testing::HasSubstr("is longer than 256 bytes"));
    }
}

TEST(HostConfig, TheEnvironmentOverridesTheHostSection) {
    const auto config = parse_host_config(
        kFull, {{"CALM_HOST_NAME", "ssh2"}, {"CALM_HOST_BUDGET_MS", "200"}, {"PATH", "/bin"}});
    ASSERT_TRUE(config.has_value()) << config.error().detail;
    EXPECT_EQ(config->name, "ssh2");
    EXPECT_EQ(config->budget.count(), 200);
    EXPECT_EQ(parse_host_config("", {{"CALM_HOST_OFFLINE", "admit"}})->offline,
              OfflinePolicy::admit);

    for (const auto& [name, value] : Overrides{{"CALM_HOST_STATE", "/x"},
                                               {"CALM_HOST_BUDGET_MS", "9999"},
                                               {"CALM_HOST_BUDGET_MS", "soon"},
                                               {"CALM_HOST_STATE_DIR", "here"}}) {
        EXPECT_FALSE(parse_host_config("", {{name, value}})) << name;
    }
}

// What a fuzz target found: the library asked whether the character before broken UTF-8 is white
// space.
TEST(HostConfig, BrokenTextInTheMiddleOfANumberIsAMistake) {
    const auto config = parse_host_config(
        "[stations]\nproductremote =0[\"sshddddddd@d.ddddddddddddd\xEF\xB3\xBF"
        "ddddddd\xE4"
        "ddddd\xC1"
        "ddlt\"\n");
    ASSERT_FALSE(config.has_value());
    EXPECT_THAT(config.error().detail, testing::HasSubstr("line 2"));
}

TEST(HostConfig, EveryMistakeIsNamedWhereItStands) {
    struct Case {
        const char* text;
        const char* detail;
    };
    for (const auto& [text, detail] : {
             Case{"[[server]]\naddress = \"srv:example..org\"",
                  "line 2: `address` of [[server]] names no domain"},
             Case{"[[server]]\naddress = \"srv:a\"\nlicense_server = \"ABCDE\"",
                  "line 3: `license_server` of [[server]] is no license server id"},
             Case{"[host]\nsate_dir = \"/x\"",
                  "line 2: `sate_dir` of [host] is not a setting; did you mean `state_dir`?"},
             Case{"[host]\ncolour = 1", "line 2: `colour` of [host] is not a setting"},
             Case{"[hots]\n", "`hots` of the file is not a setting; did you mean `host`?"},
             Case{"[host]\noffline = \"allow\"",
                  "line 2: `offline` of [host] is `allow`; it can be `refuse` or `admit`"},
             Case{"[host]\nname = 7", "line 2: `name` of [host] is not a text in quotes"},
             Case{"[host]\nname = \"\"", "line 2: `name` of [host] is empty"},
             Case{"[host]\nlanguage = \"de\"", "neither `en` nor `fr`"},
             Case{"[host]\nsocket = \"run/x\"", "not an absolute path"},
             Case{"[host]\nbudget_ms = 2001", "not a whole number from 100 to 2000"},
             Case{"[host]\nbudget_ms = \"2000\"", "not a whole number from 100 to 2000"},
             Case{"[host]\nask_as = \"postgres\"", "not a list of texts"},
             Case{"[host]\nask_as = [1]", "holds something that is no text"},
             Case{"[host]\nmode = \"user\"",
                  "`mode` of [host] is `user`; it can be `per_device` or"},
             Case{"[host]\npolicy = [\"a.pol\"]", "`policy` of [host] holds what is not an abs"},
             Case{"[host]\npolicy = \"/a.pol\"", "`policy` of [host] is not a list of texts"},
             Case{"[web]\n", "`socket` of [web] is missing"},
             Case{"[web]\nsocket = \"web\"", "line 2: `socket` of [web] is not an absolute path"},
             Case{"[web]\nsocket = \"/run/calm/hostd.sock\"", "is the one of [host]"},
             Case{"web = 1", "write [web]"},
             Case{"stations = 1", "write [stations]"},
             Case{"[stations]\nproduct = \"A b\"", "is no product code"},
             Case{"[stations]\nconsole = 1", "is neither true nor false"},
             Case{"[stations]\ndesktops = \"--help\"", "is no libvirt connection"},
             Case{"[stations]\nsplit = \"seat-1\"", "not a list of texts"},
             Case{"[stations]\nseats = []", "`seats` of [stations] is not a setting"},
             Case{"[server]\naddress = \"unix:/x\"", "write [[server]]"},
             Case{"[[server]]\n", "`address` of [[server]] is missing"},
             Case{"[[server]]\naddress = \"ftp://x\"", "`address` of [[server]] is no address"},
             Case{"[[server]]\naddress = \"unix:/x\"\nfingerprint = \"12\"", "`fingerprint`"},
             Case{"[[server]]\naddress = \"unix:/x\"\nlicense_server = \"3NVK4\"",
                  "`license_server` of [[server]] is no license server id"},
             Case{"[[server]]\naddress = \"unix:/x\"\npin = \"12\"", "`pin` of [[server]]"},
             Case{"[service]\nsshd = 1", "write [service.NAME]"},
             Case{"[service.sshd]\n", "`product` of [service.sshd] is missing"},
             Case{"[service.sshd]\nproduct = \"A b\"", "is no product code"},
             Case{"[service.sshd]\nproduct = \"a\"\nmode = \"seat\"", "it can be `both` or `user`"},
             Case{"[service.sshd]\nproduct = \"a\"\nworkload = \"admin\"",
                  "line 3: `workload` of [service.sshd] is `admin`; it can be `person` or `web` or "
                  "`hpc` or `anonymous`"},
             Case{"[service.sshd]\nproduct = \"a\"\nwait = 2",
                  "line 3: `wait` of [service.sshd] is neither true nor false"},
             Case{"[service.sshd]\nproduct = \"a\"\nstation = \"\"",
                  "`station` of [service.sshd] is empty"},
             Case{"[service.sshd]\nproduct = \"a\"\nadministrator = true",
                  "did you mean `administration`?"},
             Case{"[host\nname", "line 1: "},
             Case{"[host]\nname = \"a\"\nname = \"b\"", "line 3: "},
         }) {
        const auto config = parse_host_config(text);
        ASSERT_FALSE(config.has_value()) << text;
        EXPECT_THAT(config.error().code, testing::StartsWith("setting"));
        EXPECT_NE(config.error().detail.find(detail), std::string::npos)
            << config.error().detail << "\n  should say: " << detail;
    }
}

}  // namespace
}  // namespace calm
