// The clearinghouse over its socket: roles against routes, sessions, pages, and the description of
// the API.
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clearinghouse/office_kit.h"
#include "clearinghouse/service.h"
#include "http/server.h"

namespace calm::clearinghouse::testing {
namespace {

struct Told {
    int status = 0;
    std::string head;
    std::string body;

    boost::json::value json() const { return boost::json::parse(body); }
    std::string header(std::string_view name) const {
        const std::string start = "\r\n" + std::string(name) + ": ";
        const size_t at = head.find(start);
        if (at == std::string::npos) return {};
        return head.substr(at + start.size(), head.find("\r\n", at + 2) - at - start.size());
    }
};

// A clearinghouse of its own, on loopback and a Unix socket.
class RunningHouse {
  public:
    RunningHouse() {
        Settings settings;
        settings.data_directory = directory_.path() / "books";
        settings.socket = directory_.path() / "s";
        settings.plain_address = "127.0.0.1";
        settings.plain_port = 0;
        ClearinghouseKit kit;
        auto signer = make_signer(SecretKey::from_seed(Seed{32}), kit.certificate,
                                  {.name = "Contoso & Sons", .key = kit.root.public_key()});
        service_ = *Service::start(loop_, settings, std::move(*signer),
                                   [] { return ClearinghouseKit::kToday + hours(9); });
        EXPECT_TRUE(service_->listen(nullptr));
        socket_ = settings.socket;
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~RunningHouse() {
        loop_.stop();
        thread_.join();
    }

    const std::vector<http::Route>& routes() { return service_->front().routes().routes(); }

    // Over TCP with a token, or over the socket as its owner.
    Told ask(std::string_view verb, std::string_view path, std::string_view body = "",
             std::string_view token = "", std::string_view type = "application/json",
             std::string_view more = "") {
        std::string text = std::string(verb) + " " + std::string(path) +
                           " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + std::string(more);
        if (!token.empty()) text += "Authorization: Bearer " + std::string(token) + "\r\n";
        if (verb == "POST") {
            text += "Content-Type: " + std::string(type) +
                    "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        }
        text += "\r\n" + std::string(body);
        return exchange(text,
                        token.empty() && more.find("Cookie") == std::string_view::npos && as_owner);
    }

    bool as_owner = true;  // without a token: over the socket

  private:
    Told exchange(const std::string& text, bool over_socket) {
        const int fd = over_socket ? connect_unix() : connect_tcp();
        EXPECT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
        std::string got;
        char buffer[65536];
        for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
            got.append(buffer, static_cast<size_t>(n));
        ::close(fd);
        Told told;
        const size_t end = got.find("\r\n\r\n");
        if (end == std::string::npos) return told;
        told.status = std::stoi(got.substr(9, 3));
        told.head = got.substr(0, end + 2);
        told.body = got.substr(end + 4);
        return told;
    }
    int connect_unix() const {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un to{.sun_family = AF_UNIX};
        socket_.copy(to.sun_path, sizeof to.sun_path - 1);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
        return fd;
    }
    int connect_tcp() const {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(service_->plain_port())};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
        return fd;
    }

    store::TemporaryDirectory directory_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<Service> service_;
    std::string socket_;
    std::thread thread_;
};

std::string name_of_route(const http::Route& route) {
    return std::string(http::method_name(route.method)) + " " + route.pattern;
}

// Who may use what, in the words of a person who grants it. A route that is not here is for nobody.
const std::set<std::string> kAll{"viewer", "support", "sales", "owner"};
const std::set<std::string> kServe{"support", "sales", "owner"};
const std::set<std::string> kSell{"sales", "owner"};
const std::set<std::string> kOwn{"owner"};
const std::map<std::string, std::set<std::string>> kMayUse{
    {"POST /v1/products", kSell},
    {"POST /v1/customers", kSell},
    {"POST /v1/orders", kSell},
    {"POST /v1/keys", kSell},
    {"POST /v1/packs", kSell},
    {"POST /v1/packs/merge", kSell},
    {"POST /v1/packs/{pack}/renew", kSell},
    {"POST /v1/packs/{pack}/revoke", kSell},
    {"POST /v1/packs/{pack}/split", kSell},
    {"POST /v1/servers/{server}/replace", kServe},
    {"POST /v1/readouts/activation", kServe},
    {"POST /v1/readouts/pack", kServe},
    {"POST /v1/approvals/{approval}", kSell},
    {"GET /v1/products", kAll},
    {"GET /v1/customers", kAll},
    {"GET /v1/orders", kAll},
    {"GET /v1/keys", kAll},
    {"GET /v1/servers", kAll},
    {"GET /v1/packs", kAll},
    {"GET /v1/packs/{pack}", kAll},
    {"GET /v1/activations", kAll},
    {"GET /v1/events", kAll},
    {"GET /v1/approvals", kAll},
    {"GET /v1/report", kAll},
    {"GET /v1/report/service-providers", kAll},
    {"DELETE /v1/session", kAll},
    {"GET /v1/accounts", kOwn},
    {"POST /v1/accounts", kOwn},
    {"DELETE /v1/accounts/{account}", kOwn},
    {"POST /v1/accounts/{account}/tokens", kOwn},
};

const std::set<std::string> kForEverybody{"POST /v1/activations",
                                          "GET /v1/status-list",
                                          "GET /livez",
                                          "POST /v1/session",
                                          "GET /",
                                          "GET /activate",
                                          "POST /activate",
                                          "GET /pack",
                                          "POST /pack",
                                          "GET /staff",
                                          "POST /staff",
                                          "POST /staff/sign-out",
                                          "GET /style.css",
                                          "GET /problems",
                                          "GET /problems/{code}",
                                          "GET /problems/style.css"};

TEST(FrontTest, every_role_may_use_what_the_table_says_and_nothing_else) {
    RunningHouse house;
    std::map<std::string, std::string> tokens;
    for (const auto& [role, name] : NamesOf<StaffRole>::value) {
        const std::string account = std::string(name) + ".one";
        ASSERT_EQ(
            house
                .ask("POST", "/v1/accounts",
                     R"({"account":")" + account + R"(","role":")" + std::string(name) + "\"}")
                .status,
            201);
        const Told token = house.ask("POST", "/v1/accounts/" + account + "/tokens", "{}");
        ASSERT_EQ(token.status, 201) << token.body;
        tokens[std::string(name)] = text_of(token.json(), "token");
    }
    house.as_owner = false;
    size_t looked_at = 0;
    for (const http::Route& route : house.routes()) {
        const std::string name = name_of_route(route);
        if (kForEverybody.contains(name)) continue;
        ASSERT_TRUE(kMayUse.contains(name)) << name << " is in neither table";
        const std::string verb(http::method_name(route.method));
        std::string path = route.pattern;
        for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}') - open + 1, "x");
        EXPECT_EQ(house.ask(verb, path, "{}").status, 401) << name;
        EXPECT_EQ(house.ask(verb, path, "{}", "calm_api_nobody").status, 401) << name;
        for (const auto& [role, token] : tokens) {
            const int status = house.ask(verb, path, "{}", token).status;
            const bool may = kMayUse.at(name).contains(role);
            EXPECT_EQ(status != 403 && status != 401, may) << name << " as " << role;
            EXPECT_NE(status, 500) << name << " as " << role;
        }
        ++looked_at;
    }
    EXPECT_EQ(looked_at, kMayUse.size());
}

TEST(FrontTest, a_server_is_activated_over_http_and_on_the_page) {
    RunningHouse house;
    ASSERT_EQ(house.ask("POST", "/v1/products", R"({"product":"sql-2012"})").status, 201);
    const Told made = house.ask(
        "POST", "/v1/keys", R"({"product":"sql-2012","kind":"per_user","quantity":5,"count":1})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string key = made.body.substr(made.body.find('\n') + 1, kProductKeySize);
    CustomerServer server(60);
    const Instant now = ClearinghouseKit::kToday;
    house.as_owner = false;
    const std::string first = server.sign(server.request(now, ActivationPurpose::activate));
    EXPECT_EQ(house.ask("POST", "/v1/activations", first).status, 415);
    const Told answer = house.ask("POST", "/v1/activations", first, "", "text/plain");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(blocks(answer.body, "CALM ACTIVATION").size(), 1U);
    EXPECT_EQ(house.ask("POST", "/v1/activations", first, "", "text/plain").body, answer.body);

    const std::string second = server.sign(server.request(now, ActivationPurpose::packs));
    const std::string upload =
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + second +
        "\r\n--b\r\nContent-Disposition: form-data; name=\"keys\"\r\n\r\n" + key +
        "\r\n--b\r\nContent-Disposition: form-data; name=\"as\"\r\n\r\nfile"
        "\r\n--b--\r\n";
    const Told file = house.ask("POST", "/pack", upload, "", "multipart/form-data; boundary=b");
    ASSERT_EQ(file.status, 200) << file.body;
    EXPECT_EQ(blocks(file.body, "CALM KEY PACK").size(), 1U);
    EXPECT_NE(file.header("Content-Disposition").find("attachment"), std::string::npos);
    EXPECT_EQ(house.ask("GET", "/v1/status-list?server=" + server.id()).status, 200);
    EXPECT_EQ(house.ask("GET", "/v1/status-list?server=" + server.id().substr(1)).status, 400);
}

TEST(FrontTest, guessing_over_http_is_answered_with_the_time_to_wait) {
    RunningHouse house;
    CustomerServer server(60);
    const Instant now = ClearinghouseKit::kToday;
    house.as_owner = false;
    Told told;
    for (uint8_t guess = 0; guess < 11; ++guess) {
        ActivationRequest request = server.request(now, ActivationPurpose::activate);
        request.keys = {product_key_of({guess})};
        told = house.ask("POST", "/v1/activations", server.sign(request), "", "text/plain");
        EXPECT_EQ(told.status, guess < 10 ? 404 : 429);
    }
    EXPECT_EQ(told.status, 429);
    EXPECT_EQ(told.header("Retry-After"), "3600");
}

TEST(FrontTest, pages_have_no_script_and_say_the_same_in_two_languages) {
    RunningHouse house;
    house.as_owner = false;
    for (const char* path : {"/", "/activate", "/pack", "/staff"}) {
        const Told english = house.ask("GET", path);
        const Told french = house.ask("GET", std::string(path) + "?lang=fr");
        EXPECT_EQ(english.status, 200);
        EXPECT_NE(english.header("Content-Security-Policy").find("default-src 'none'"),
                  std::string::npos);
        EXPECT_NE(english.body.find("Contoso &amp; Sons"), std::string::npos);
        EXPECT_EQ(english.body.find("<script"), std::string::npos);
        EXPECT_NE(french.body.find("<html lang=\"fr\">"), std::string::npos);
        EXPECT_NE(french.body, english.body);
        // A key of the messages would stand there if its text were missing.
        for (const Told* told : {&english, &french})
            EXPECT_EQ(told->body.find("clearinghouse.page"), std::string::npos) << told->body;
    }
    const Told refused =
        house.ask("POST", "/activate", "request=%3Cb%3E", "", "application/x-www-form-urlencoded");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.body.find("<b>"), std::string::npos);
    EXPECT_NE(refused.body.find("role=\"alert\""), std::string::npos);
}

TEST(FrontTest, the_staff_signs_in_on_its_page_and_a_cookie_only_reads) {
    RunningHouse house;
    ASSERT_EQ(house
                  .ask("POST", "/v1/accounts",
                       R"({"account":"olga","role":"owner","password":"correct horse battery"})")
                  .status,
              201);
    house.ask("POST", "/v1/products", R"({"product":"sql-2012"})");
    house.ask("POST", "/v1/keys",
              R"({"product":"sql-2012","kind":"per_user","quantity":5,"count":7})");
    house.as_owner = false;
    const char* form = "application/x-www-form-urlencoded";
    EXPECT_EQ(
        house.ask("POST", "/staff", "account=olga&password=wrong+horse+battery", "", form).status,
        401);
    const std::string right = "account=olga&password=correct+horse+battery";
    EXPECT_EQ(house.ask("POST", "/staff", right, "", form, "Sec-Fetch-Site: cross-site\r\n").status,
              403);
    const Told page = house.ask("POST", "/staff", right, "", form);
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_NE(page.body.find("<td>sql-2012</td>"), std::string::npos);
    EXPECT_NE(page.body.find("<td class=\"number\">35</td>"), std::string::npos);
    EXPECT_EQ(page.body.find("clearinghouse.page"), std::string::npos);
    const std::string set = page.header("Set-Cookie");
    EXPECT_NE(set.find("HttpOnly; SameSite=Strict"), std::string::npos);
    const std::string cookie = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    EXPECT_EQ(house.ask("GET", "/v1/report", "", "", "", cookie).status, 200);
    EXPECT_EQ(house.ask("POST", "/v1/customers", R"({"name":"x"})", "", "application/json", cookie)
                  .status,
              401);
    house.ask("POST", "/staff/sign-out", "", "", form, cookie);
    EXPECT_EQ(house.ask("GET", "/v1/report", "", "", "", cookie).status, 401);
    const Told session = house.ask("POST", "/v1/session",
                                   R"({"account":"olga","password":"correct horse battery"})");
    ASSERT_EQ(session.status, 200);
    EXPECT_EQ(house.ask("GET", "/v1/accounts", "", text_of(session.json(), "token")).status, 200);
}

// "GET /v1/report" for every operation: a path stands at two blanks, a verb at four.
TEST(FrontTest, the_description_has_every_route_with_its_summary_and_nothing_else) {
    std::ifstream file(CALM_SOURCE_DIR "/api/clearinghouse.yaml");
    std::map<std::string, std::string> described;
    std::string path;
    std::string operation;
    bool in_paths = false;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(' ')) in_paths = line == "paths:";
        if (!in_paths) continue;
        if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
        for (const auto& [verb, name] :
             {std::pair{"get", "GET"}, {"post", "POST"}, {"delete", "DELETE"}}) {
            if (line == "    " + std::string(verb) + ":") operation = name + (" " + path);
        }
        if (line.starts_with("      summary: ")) {
            std::string summary = line.substr(15);
            if (summary.starts_with('"')) summary = summary.substr(1, summary.size() - 2);
            described[operation] = summary;
        }
    }
    std::map<std::string, std::string> served;
    RunningHouse house;
    for (const http::Route& route : house.routes())
        served[name_of_route(route)] = route.summary;
    EXPECT_EQ(described, served);
}

}  // namespace
}  // namespace calm::clearinghouse::testing
