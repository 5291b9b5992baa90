// The agent's answers: who is named, what is said and in which language, and that nobody waits
// longer than agreed. Then the whole of it behind its socket.
#include "agent/agent.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/exec_child.h"
#include "agent/socket_server.h"
#include "client/fake_servers.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::FakeClocks;
using test::FakeServers;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Mood = FakeServers::Mood;

class AgentTest : public testing::Test {
  protected:
    AgentTest() {
        spdlog::set_level(spdlog::level::off);
        config.services = {
            {.name = "sshd", .product = "sql-2012", .mode = AskFor::user},
            {.name = "kiosk", .product = "sql-2012", .mode = AskFor::device, .device = "kiosk-7"},
            {.name = "both", .product = "sql-2012"},
            {.name = "seats",
             .product = "sql-2012",
             .station = "seat",
             .via = "gateway-1",
             .from_server = "app-1",
             .workload = Workload::hpc,
             .outside = true,
             .host_service = true,
             .wait = true}};
        config.budget = milliseconds(2000);
    }

    Agent& agent() {
        if (!agent_) {
            client_ = std::make_unique<Client>(
                servers.identity(), Client::Settings{.offline = config.offline}, servers,
                clocks.clocks(), std::nullopt, std::vector<ShelvedToken>(), [](auto, auto) {});
            list_ = std::make_unique<ServerList>(std::vector{client_.get()});
            agent_ = std::make_unique<Agent>(config, *list_, "ssh1", Language::en);
        }
        return *agent_;
    }
    Client& client() {
        agent();
        return *client_;
    }

    std::string ask(AgentQuestion question) {
        return agent().answer(agent_question_line(question));
    }

    HostConfig config;
    FakeServers servers;
    FakeClocks clocks;

  private:
    std::unique_ptr<Client> client_;
    std::unique_ptr<ServerList> list_;
    std::unique_ptr<Agent> agent_;
};

TEST_F(AgentTest, AnAdmissionIsAVerdict) {
    // Until its CAL ends: 60 days.
    EXPECT_EQ(ask({.service = "sshd", .user = "anna"}),
              "{\"verdict\":\"allow\",\"reason\":\"cal_issued\",\"seconds_left\":5184000}\n");
    EXPECT_THAT(ask({.service = "sshd", .user = "bruno"}),
                StartsWith(R"({"verdict":"deny","reason":"no_cal_available","sentence":")"));
}

TEST_F(AgentTest, TheServiceSaysWhoIsNamed) {
    struct Case {
        AgentQuestion question;
        const char* user;
        const char* device;
    };
    for (const auto& [question, user, device] : {
             Case{{.service = "sshd", .user = "anna", .rhost = "192.0.2.7"}, "anna", ""},
             Case{{.service = "kiosk", .user = "anna", .rhost = "192.0.2.7"}, "", "kiosk-7"},
             Case{{.service = "both", .user = "anna", .rhost = "192.0.2.7"}, "anna", "192.0.2.7"},
             Case{{.service = "both", .user = "anna"}, "anna", "ssh1"},
             Case{{.service = "sshd", .user = "anna", .rhost = "192.0.2.7", .mode = AskFor::device},
                  "",
                  "192.0.2.7"},
             Case{{.service = "kiosk", .user = "anna", .device = "k9"}, "", "k9"},
             Case{{.user = "anna", .product = "sql-2012"}, "anna", "ssh1"},
         }) {
        servers.questions.clear();
        ask(question);
        ASSERT_EQ(servers.questions.size(), 1U);
        EXPECT_EQ(servers.questions[0].user, user);
        EXPECT_EQ(servers.questions[0].device, device);
        EXPECT_EQ(servers.questions[0].product, "sql-2012");
    }
}

TEST_F(AgentTest, TheServiceSaysHowItIsAskedAndTheQuestionMore) {
    ask({.service = "seats", .user = "anna", .seat = "seat-1"});
    ask({.service = "seats",
         .user = "anna",
         .station = "front-desk",
         .via = "gateway-2",
         .from_server = "app-2",
         .workload = Workload::person,
         .outside = false,
         .host_service = false,
         .wait = false,
         .hardware_id = "board-7",
         .certificate = "ab:cd",
         .device_mark = "m-1"});
    ask({.service = "both", .user = "anna"});
    ASSERT_EQ(servers.questions.size(), 3U);
    const auto& by_service = servers.questions[0];
    EXPECT_EQ(by_service.station, "seat-1");
    EXPECT_EQ(by_service.via, "gateway-1");
    EXPECT_EQ(by_service.from_server, "app-1");
    EXPECT_EQ(by_service.workload, Workload::hpc);
    EXPECT_TRUE(by_service.outside && by_service.host_service && by_service.wait);
    const auto& by_question = servers.questions[1];
    EXPECT_EQ(by_question.station, "front-desk");
    EXPECT_EQ(by_question.via, "gateway-2");
    EXPECT_EQ(by_question.from_server, "app-2");
    EXPECT_EQ(by_question.workload, Workload::person);
    EXPECT_FALSE(by_question.outside || by_question.host_service || by_question.wait);
    EXPECT_EQ(by_question.hardware_id, "board-7");
    EXPECT_EQ(by_question.certificate, "ab:cd");
    EXPECT_EQ(by_question.device_mark, "m-1");
    const auto& by_nobody = servers.questions[2];
    EXPECT_EQ(by_nobody.station + by_nobody.via + by_nobody.from_server + by_nobody.hardware_id,
              "");
    EXPECT_EQ(by_nobody.workload, Workload::person);
    EXPECT_FALSE(by_nobody.outside || by_nobody.host_service || by_nobody.wait);
}

TEST_F(AgentTest, AStationIsWherePamSaysThatThePersonSits) {
    struct Case {
        AgentQuestion question;
        const char* station;
    };
    for (const auto& [question, station] : {
             Case{{.tty = "tty1", .station = "tty"}, "tty1"},
             Case{{.tty = "/dev/tty2", .station = "tty"}, "tty2"},
             Case{{.tty = ":0", .seat = "seat0", .station = "seat"}, "seat0"},
             Case{{.tty = "/dev/tty1", .station = "seat"}, "seat0"},
             Case{{.rhost = "192.0.2.7", .station = "rhost"}, "192.0.2.7"},
             Case{{.tty = "tty1", .seat = "seat0", .station = "desk"}, "desk"},
             Case{{.tty = "tty1", .seat = "seat0"}, ""},
             // Unknown: the license server refuses, and says that it knows no such station.
             Case{{.seat = "seat0", .station = "tty"}, "tty"},
             Case{{.tty = "ssh", .station = "seat"}, "seat"},
             Case{{.station = "rhost"}, "rhost"},
         }) {
        AgentQuestion asked = question;
        asked.service = "both";
        asked.user = "anna";
        ask(asked);
        EXPECT_EQ(servers.questions.back().station, station);
    }
}

TEST_F(AgentTest, WhoWaitsReadsTheirPlace) {
    servers.seats = 0;
    servers.refusal = Reason::seat_queued;
    servers.place = 3;
    AgentQuestion anna{.service = "sshd", .user = "anna", .wait = true};
    EXPECT_THAT(ask(anna),
                AllOf(HasSubstr("waiting in line"), HasSubstr("You are number 3 in the queue."),
                      HasSubstr(R"("place":3)")));
    anna.language = "fr_FR.UTF-8";
    EXPECT_THAT(ask(anna), HasSubstr("Vous êtes numéro 3 dans la file."));
    servers.refusal = Reason::seats_all_in_use;
    servers.place = 0;
    EXPECT_THAT(ask(anna), Not(HasSubstr("\"place\"")));
}

TEST_F(AgentTest, SilenceDoesNotLetInWhoWaits) {
    client().keep();
    servers.set_mood(Mood::down);
    EXPECT_EQ(ask({.service = "sshd", .user = "anna", .wait = true, .again = true}),
              "{\"error\":\"server_unreachable\"}\n");
    EXPECT_THAT(client().status().state.decisions, IsEmpty());
    EXPECT_THAT(ask({.service = "sshd", .user = "anna", .wait = true}),
                HasSubstr("offline_outage"));
}

TEST_F(AgentTest, WhoIsRefusedReadsASentenceInTheirLanguage) {
    servers.seats = 0;
    config.contact = "poste 1234";
    const AgentQuestion anna{.service = "sshd", .user = "anna"};
    const auto in = [&](const char* locale) {
        AgentQuestion question = anna;
        question.language = locale;
        return ask(question);
    };
    EXPECT_THAT(ask(anna), HasSubstr("in use"));
    EXPECT_THAT(in("fr_FR.UTF-8"), HasSubstr("Toutes les licences"));
    EXPECT_THAT(in("fr_FR.UTF-8"), HasSubstr("Contact : poste 1234."));
    EXPECT_THAT(in("de_DE.UTF-8"), HasSubstr("in use"));
    config.language = Language::fr;
    agent().go_by(config);
    EXPECT_THAT(ask(anna), HasSubstr("Toutes les licences"));
    EXPECT_THAT(in("C.UTF-8"), HasSubstr("Toutes les licences"));
    EXPECT_THAT(in("en_GB.UTF-8"), HasSubstr("in use"));
}

TEST_F(AgentTest, WhoIsRefusedReadsThatTheInitialGraceIsOver) {
    servers.terms.products[0].grace_until = servers.time - hours(1);
    client().keep();
    ask({.service = "sshd", .user = "anna"});
    const AgentQuestion second{.service = "sshd", .user = "bruno"};
    EXPECT_THAT(ask(second), AllOf(HasSubstr("The initial grace period of this server ended on"),
                                   HasSubstr("Ask your administrator to add")));
    AgentQuestion french = second;
    french.language = "fr_FR.UTF-8";
    EXPECT_THAT(ask(french), AllOf(HasSubstr("La période de grâce initiale de ce serveur s'est"),
                                   HasSubstr("Demandez à votre administrateur d'ajouter")));
    servers.refusal = Reason::mode_not_configured;
    EXPECT_THAT(ask(second), HasSubstr("its licensing mode is not configured"));
    // A month later nobody counts on it any more.
    servers.refusal = Reason::no_cal_available;
    servers.terms.products[0].grace_until = servers.time - days(31);
    clocks.advance(minutes(2));
    client().keep();
    EXPECT_THAT(ask(second), HasSubstr("All licenses for this server are in use"));
}

TEST_F(AgentTest, AnAdministratorReadsTheNoticeOnceADay) {
    servers.terms.products[0].grace_until = servers.time + days(12);
    client().keep();
    const AgentQuestion root{.verb = AgentVerb::notice, .service = "sshd", .user = "root"};
    EXPECT_THAT(ask(root),
                AllOf(StartsWith(R"({"done":true,"sentence":")"), HasSubstr("days left: 12")));
    EXPECT_EQ(ask(root), "{\"done\":true}\n");
    EXPECT_EQ(ask({.verb = AgentVerb::notice, .service = "sshd", .user = "nobody"}),
              "{\"done\":true}\n");
    EXPECT_EQ(servers.questions.size(), 0U);
}

TEST_F(AgentTest, NoticesAreHiddenWhenSettingsSaySo) {
    servers.terms.products[0].grace_until = servers.time + days(12);
    client().keep();
    HostConfig hidden = config;
    hidden.hide_notices = true;
    agent().go_by(hidden);
    const AgentQuestion french{
        .verb = AgentVerb::notice, .service = "sshd", .user = "root", .language = "fr_FR.UTF-8"};
    EXPECT_EQ(ask(french), "{\"done\":true}\n");
    // What was hidden was not read.
    agent().go_by(config);
    EXPECT_THAT(ask(french), HasSubstr("jours restants : 12"));
}

TEST_F(AgentTest, TemporaryCalsAreCountedInTheNotice) {
    servers.temporary = true;
    ask({.service = "kiosk", .user = "anna", .device = "k1"});
    EXPECT_EQ(client().status().temporary, 1U);
    EXPECT_THAT(ask({.verb = AgentVerb::notice, .service = "sshd", .user = "root"}),
                HasSubstr("temporary CAL only: 1."));
}

TEST_F(AgentTest, EveryRefusalHasASentence) {
    for (const auto& [reason, name] : NamesOf<Reason>::value) {
        if (allows(reason) || reason >= Reason::pack_malformed) continue;
        servers.seats = 0;
        servers.refusal = reason;
        const std::string answer = ask({.service = "sshd", .user = "anna"});
        EXPECT_THAT(answer, HasSubstr(std::string(name)));
        EXPECT_THAT(answer, HasSubstr("\"sentence\":\""));
        EXPECT_THAT(answer, Not(HasSubstr("reason."))) << "no text for " << name;
    }
}

TEST_F(AgentTest, AServiceWithoutAProductIsSaid) {
    EXPECT_THAT(ask({.service = "login", .user = "anna"}),
                StartsWith(R"({"error":"service_unknown","sentence":"This server is not set up)"));
    EXPECT_THAT(servers.questions, IsEmpty());
    EXPECT_THAT(agent().answer("hello"), StartsWith(R"({"error":"agent_question_malformed")"));
}

TEST_F(AgentTest, WithoutServersTheOfflineRuleAnswers) {
    client().keep();
    servers.set_mood(Mood::down);
    EXPECT_THAT(ask({.service = "sshd", .user = "anna"}), HasSubstr("offline_outage"));
    clocks.advance(days(7));
    EXPECT_THAT(ask({.service = "sshd", .user = "anna"}),
                StartsWith(R"({"verdict":"deny","reason":"server_unreachable","sentence":")"));
}

TEST_F(AgentTest, HowLongAHostAdmitsAloneIsSaid) {
    client().keep();
    ask({.service = "sshd", .user = "anna"});
    servers.set_mood(Mood::down);
    EXPECT_EQ(
        ask({.service = "sshd", .user = "anna"}),
        R"({"verdict":"allow","reason":"offline_token","offline":true,"seconds_left":5184000})"
        "\n");
    clocks.advance(days(6));
    EXPECT_EQ(ask({.service = "sshd", .user = "bruno"}),
              R"({"verdict":"allow","reason":"offline_outage","offline":true,"seconds_left":86400})"
              "\n");
}

TEST_F(AgentTest, ASessionThatRunsIsToldWhatBecameOfItsRight) {
    const AgentQuestion anna{.service = "sshd", .user = "anna"};
    AgentQuestion running = anna;
    running.verb = AgentVerb::running;
    ask(anna);
    ask({.verb = AgentVerb::logged_on, .service = "sshd", .user = "anna"});
    EXPECT_THAT(ask(running), StartsWith(R"({"verdict":"allow","reason":"cal_held")"));
    EXPECT_EQ(client().status().state.sessions.size(), 1U);

    // An administrator takes the CAL back, and somebody else gets it.
    servers.release("anna");
    ask({.service = "sshd", .user = "bruno"});
    EXPECT_THAT(ask(running), AllOf(HasSubstr(R"("reason":"no_cal_available")"),
                                    HasSubstr("in use"), HasSubstr(R"("ends":true)")));
    EXPECT_EQ(client().status().state.sessions.size(), 1U) << "it runs until its program ends it";
    // What is not set up takes no right away.
    servers.refusal = Reason::mode_not_configured;
    EXPECT_THAT(ask(running), AllOf(HasSubstr("deny"), Not(HasSubstr("ends"))));

    servers.set_mood(Mood::down);
    EXPECT_EQ(ask(running), "{\"error\":\"server_unreachable\"}\n");
    EXPECT_THAT(client().status().state.decisions, IsEmpty());
}

TEST_F(AgentTest, ASessionThatTheAgentHasLostIsKnownAgain) {
    AgentQuestion running{.verb = AgentVerb::running, .service = "sshd", .user = "anna"};
    servers.set_mood(Mood::down);
    ask(running);
    servers.set_mood(Mood::up);
    ask(running);
    EXPECT_EQ(client().status().state.sessions.size(), 1U);
    running.verb = AgentVerb::ended;
    ask(running);
    EXPECT_THAT(client().status().state.sessions, IsEmpty());
}

TEST_F(AgentTest, ASilentServerIsNotWaitedForBeyondTheBudget) {
    client().keep();
    servers.set_mood(Mood::silent);
    const auto begin = steady_clock::now();
    EXPECT_THAT(ask({.service = "sshd", .user = "anna", .budget_ms = 200}),
                HasSubstr("offline_outage"));
    // The configured budget is the most that a question can ask for.
    config.budget = milliseconds(200);
    agent().go_by(config);
    EXPECT_THAT(ask({.service = "sshd", .user = "bruno", .budget_ms = 60'000}),
                HasSubstr("offline_outage"));
    EXPECT_LT(steady_clock::now() - begin, milliseconds(20'000));  // for a loaded machine
}

TEST_F(AgentTest, AStormWithoutServersIsAnsweredToTheLastOne) {
    client().keep();
    servers.set_mood(Mood::silent);
    config.budget = milliseconds(150);
    agent().go_by(config);
    std::vector<std::thread> people;
    std::atomic<int> admitted = 0;
    for (int i = 0; i < 60; ++i) {
        people.emplace_back([&, i] {
            const std::string answer = ask({.service = "sshd", .user = "u" + std::to_string(i)});
            if (answer.find("offline_outage") != std::string::npos) ++admitted;
        });
    }
    for (auto& person : people)
        person.join();
    EXPECT_EQ(admitted.load(), 60);
    EXPECT_EQ(client().status().state.decisions.size(), 60U);
}

TEST_F(AgentTest, TheStatusSaysWhatIsKnown) {
    std::string line = agent().answer(R"({"ask":"status"})");
    EXPECT_THAT(*status_text(line, Language::en), HasSubstr("No contact"));
    client().keep();
    ask({.service = "sshd", .user = "anna"});
    ask({.verb = AgentVerb::logged_on, .service = "sshd", .user = "anna"});
    line = agent().answer(R"({"ask":"status"})");
    for (const Language language : {Language::en, Language::fr}) {
        const std::string text = *status_text(line, language);
        EXPECT_THAT(text, HasSubstr("ssh1"));
        EXPECT_THAT(text, HasSubstr("server 1"));
        EXPECT_THAT(text, HasSubstr("sql-2012"));
        EXPECT_THAT(text, HasSubstr(": 1\n")) << "the session";
        EXPECT_THAT(text, Not(HasSubstr("hostd.status"))) << "a text is missing";
        EXPECT_THAT(text, Not(HasSubstr("{"))) << "a blank is not filled";
    }
    servers.shows_size = 3;
    clocks.advance(minutes(1));
    servers.time = servers.time + minutes(1);
    client().keep();
    line = agent().answer(R"({"ask":"status"})");
    EXPECT_THAT(*status_text(line, Language::en), HasSubstr("ALARM"));
    EXPECT_FALSE(status_text("[]", Language::en));
}

class SocketTest : public AgentTest {
  protected:
    SocketTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "calm-sock-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        path_ = directory_ / "run" / "agent";
    }
    ~SocketTest() override { std::filesystem::remove_all(directory_); }

    std::unique_ptr<SocketServer> serve(SocketServer::Handler handler, size_t threads = 4) {
        auto server = SocketServer::start(
            {.path = path_.string(), .threads = threads, .patience_ms = 2000}, std::move(handler));
        EXPECT_TRUE(server.has_value());
        return server ? std::move(*server) : nullptr;
    }
    int connect() const {
        sockaddr_un address{.sun_family = AF_UNIX};
        path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return fd;
    }

    std::filesystem::path directory_;
    std::filesystem::path path_;
};

TEST_F(SocketTest, AQuestionIsAnsweredThroughTheSocket) {
    const auto server =
        serve([this](std::string_view line, pid_t asker) { return agent().answer(line, asker); });
    const auto answer =
        ask_agent(path_.string(), agent_question_line({.service = "sshd", .user = "anna"}), 60'000);
    EXPECT_EQ(answer, R"({"verdict":"allow","reason":"cal_issued","seconds_left":5184000})");
}

TEST_F(SocketTest, ManyAskAtOnce) {
    const auto server =
        serve([](std::string_view line, pid_t) { return std::string(line) + "!\n"; });
    std::vector<std::thread> people;
    std::atomic<int> answered = 0;
    for (int i = 0; i < 32; ++i) {
        people.emplace_back([&, i] {
            const std::string question = std::to_string(i);
            if (ask_agent(path_.string(), question + "\n", 60'000) == question + "!") ++answered;
        });
    }
    for (auto& person : people)
        person.join();
    EXPECT_EQ(answered.load(), 32);
}

TEST_F(SocketTest, WhoHangsUpOrTalksTooMuchHoldsUpNobody) {
    const auto server = serve([](std::string_view, pid_t) { return "fine\n"; }, 1);
    close(connect());  // says nothing
    {
        const int fd = connect();  // says half a line
        EXPECT_EQ(send(fd, "half", 4, MSG_NOSIGNAL), 4);
        close(fd);
    }
    {
        const int fd = connect();  // never ends its line
        const std::string endless(64'000, 'x');
        send(fd, endless.data(), endless.size(), MSG_NOSIGNAL);
        char byte = 0;
        EXPECT_LE(recv(fd, &byte, 1, 0), 0);
        close(fd);
    }
    EXPECT_EQ(ask_agent(path_.string(), "well?\n", 60'000), "fine");
}

TEST_F(SocketTest, ASecondAgentAtTheSamePathIsRefused) {
    const auto server = serve([](std::string_view, pid_t) { return "first\n"; });
    const auto second =
        SocketServer::start({.path = path_.string()}, [](std::string_view, pid_t) { return ""; });
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, "agent_already_runs");
    EXPECT_EQ(ask_agent(path_.string(), "who?\n", 60'000), "first");
}

TEST_F(SocketTest, ASocketThatWasLeftBehindIsReplaced) {
    std::filesystem::create_directories(path_.parent_path());
    {
        sockaddr_un address{.sun_family = AF_UNIX};
        path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
        const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
        ASSERT_EQ(bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        close(dead);
    }
    const auto server = serve([](std::string_view, pid_t) { return "alive\n"; });
    EXPECT_EQ(ask_agent(path_.string(), "?\n", 60'000), "alive");
}

TEST_F(SocketTest, TheSocketGoesWithTheServer) {
    {
        const auto server = serve([](std::string_view, pid_t) { return "x\n"; });
        EXPECT_TRUE(std::filesystem::exists(path_));
    }
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_EQ(ask_agent(path_.string(), "?\n", 1000).error().code, "agent_unreachable");
    const auto nowhere = SocketServer::start({.path = "/proc/nowhere/agent"},
                                             [](std::string_view, pid_t) { return ""; });
    EXPECT_EQ(nowhere.error().code, "agent_socket_failed");
}

constexpr uid_t kNobody = 65534;

// Asks at the socket that WORDS names, as somebody else.
const test::ChildMain kAskAsNobody("nobody", [](const test::Words& words, int, int out) {
    const bool became = setuid(kNobody) == 0;
    const auto answer = ask_agent(words.at(0), "?\n", 60'000);
    const std::string text = !became ? "setuid failed" : answer ? *answer : answer.error().code;
    _exit(write(out, text.data(), text.size()) < 0 ? 1 : 0);
});

TEST_F(SocketTest, AnotherAccountMayNotAskUnlessItIsNamed) {
    // The kernel lets nobody but root change its user; CI runs as root, so there it always runs.
    if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    std::filesystem::permissions(directory_, std::filesystem::perms::all);
    const auto ask_as_nobody = [&] {
        test::ExecChild child("nobody", {path_.string()});
        char text[256] = "";
        EXPECT_GT(read(child.out, text, sizeof text - 1), 0);
        child.reap();
        return std::string(text);
    };
    for (const bool named : {false, true}) {
        SocketServer::Settings settings{.path = path_.string(), .threads = 1};
        if (named) settings.may_ask = {kNobody};
        const auto server =
            SocketServer::start(settings, [](std::string_view, pid_t) { return "welcome\n"; });
        ASSERT_TRUE(server.has_value());
        EXPECT_EQ(ask_as_nobody(), named ? "welcome" : R"({"error":"agent_not_allowed"})");
    }
}

}  // namespace
}  // namespace calm
