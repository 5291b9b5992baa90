// Sessions over a restart of the agent: real processes log on through the socket, the agent goes
// and comes back from its files, and the processes end, with and without a word.
#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/exec_child.h"
#include "agent/host_files.h"
#include "agent/keeper.h"
#include "agent/leader.h"
#include "agent/socket_server.h"
#include "client/fake_servers.h"

namespace calm {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int kPatienceMs = 60'000;  // for a loaded machine

// A login's process: WORDS are the agent's socket and what is asked.
void live(const test::Words& words, int in, int out) {
    auto question = parse_agent_question(words.at(1));
    if (!question) _exit(1);
    const auto say = [&](AgentVerb verb) {
        question->verb = verb;
        return ask_agent(words.at(0), agent_question_line(*question), kPatienceMs).has_value();
    };
    const auto done = [&](bool well) {
        if (write(out, well ? "y" : "n", 1) != 1) _exit(1);
    };
    done(say(AgentVerb::admit) && say(AgentVerb::logged_on));
    char word = 0;
    if (read(in, &word, 1) == 1) done(say(AgentVerb::ended));
}

const test::ChildMain kLogin("login", live);

// One login, as a PAM service does it: admitted, logged on, and gone when it is told to.
class Login {
  public:
    Login(const std::string& socket, AgentQuestion question) {
        question.leads = true;
        process_.emplace("login", test::Words{socket, line_of(question)});
        hear();
    }

    // Closes its session.
    void end() {
        EXPECT_EQ(write(process_->in, "e", 1), 1);
        hear();
        process_->reap();
    }
    void be_killed() { process_->be_killed(); }

  private:
    static std::string line_of(const AgentQuestion& question) {
        std::string line = agent_question_line(question);
        while (line.ends_with('\n'))
            line.pop_back();
        return line;
    }
    void hear() const {
        char word = 0;
        EXPECT_EQ(read(process_->out, &word, 1), 1);
        EXPECT_EQ(word, 'y');
    }

    std::optional<test::ExecChild> process_;
};

class RestartTest : public testing::Test {
  protected:
    RestartTest() {
        spdlog::set_level(spdlog::level::off);
        std::string pattern =
            (std::filesystem::temp_directory_path() / "calm-restart-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        files_ = std::make_unique<HostFiles>(directory_.string());
        config_.services = {{.name = "sshd", .product = "sql-2012"}};
        config_.budget = std::chrono::milliseconds(2000);
        // Ahead of the file system's clock: a state from the past counts as copied back.
        clocks_.wall = servers_.time = Instant{time(nullptr)} + hours(1);
        servers_.ledger.pack.not_before = servers_.time - days(1);
        servers_.lease = minutes(10);
        servers_.seats = 2;
    }
    ~RestartTest() override {
        stop();
        std::filesystem::remove_all(directory_);
    }

    std::string socket() const { return (directory_ / "sock").string(); }

    void start() {
        auto state = files_->load_state(key_);
        client_ = std::make_unique<Client>(servers_.identity(), Client::Settings{.lives = lives},
                                           servers_, clocks_.clocks(boot_id_),
                                           state ? std::optional(std::move(*state)) : std::nullopt,
                                           files_->load_tokens(key_), [](auto, auto) {});
        agent_ = std::make_unique<Agent>(config_, *client_, "ssh1", Language::en);
        auto socket_server = SocketServer::start(
            {.path = socket(), .threads = 2, .patience_ms = 10'000},
            [this](std::string_view line, pid_t asker) { return agent_->answer(line, asker); });
        ASSERT_TRUE(socket_server) << socket_server.error().detail;
        server_ = std::move(*socket_server);
    }
    void stop() {
        server_.reset();
        agent_.reset();
        if (client_) {
            EXPECT_TRUE(files_->keep_state(key_, client_->state_to_keep(), clocks_.wall));
        }
        client_.reset();
    }
    void restart() {
        stop();
        start();
    }
    void pass(Seconds by) {
        clocks_.advance(by);
        servers_.time = servers_.time + by;
        client_->keep();
    }

    std::filesystem::path directory_;
    std::unique_ptr<HostFiles> files_;
    const SecretKey key_ = SecretKey::from_seed(Seed{77});
    HostConfig config_;
    test::FakeServers servers_;
    test::FakeClocks clocks_;
    std::string boot_id_ = "boot";
    std::unique_ptr<Client> client_;
    std::unique_ptr<Agent> agent_;
    std::unique_ptr<SocketServer> server_;
};

TEST_F(RestartTest, WhoIsConnectedKeepsTheSeatAndGivesItBack) {
    start();
    Login anna(socket(), {.service = "sshd", .user = "anna"});
    ASSERT_THAT(servers_.questions_so_far(), SizeIs(1));
    restart();
    pass(minutes(5));
    ASSERT_THAT(servers_.questions_so_far(), SizeIs(2)) << "the seat is asked for again";
    EXPECT_THAT(servers_.ends_so_far(), IsEmpty());
    restart();
    anna.end();
    pass(minutes(1));
    ASSERT_THAT(servers_.ends_so_far(), SizeIs(1));
    EXPECT_EQ(servers_.ends_so_far()[0].user, "anna");
    EXPECT_FALSE(servers_.ends_so_far()[0].others);
}

TEST_F(RestartTest, WhoWentWhileTheAgentWasAwayGivesTheSeatBack) {
    start();
    Login anna(socket(), {.service = "sshd", .user = "anna"});
    Login bruno(socket(), {.service = "sshd", .user = "bruno"});
    stop();
    anna.be_killed();
    start();
    client_->keep();
    ASSERT_THAT(servers_.ends_so_far(), SizeIs(1));
    EXPECT_EQ(servers_.ends_so_far()[0].user, "anna");
    EXPECT_THAT(client_->status().state.sessions, SizeIs(1));
}

TEST_F(RestartTest, WhoIsKilledGivesTheSeatBack) {
    start();
    Login anna(socket(), {.service = "sshd", .user = "anna"});
    client_->keep();
    EXPECT_THAT(servers_.ends_so_far(), IsEmpty());
    anna.be_killed();
    pass(Seconds{10});
    EXPECT_THAT(servers_.ends_so_far(), SizeIs(1));
}

TEST_F(RestartTest, OneOfTwoSessionsFreesNothing) {
    start();
    Login first(socket(), {.service = "sshd", .user = "anna"});
    Login second(socket(), {.service = "sshd", .user = "anna"});
    restart();
    first.end();
    pass(minutes(1));
    ASSERT_THAT(servers_.ends_so_far(), SizeIs(1));
    EXPECT_TRUE(servers_.ends_so_far()[0].others);
    second.be_killed();
    pass(minutes(1));
    ASSERT_THAT(servers_.ends_so_far(), SizeIs(2));
    EXPECT_FALSE(servers_.ends_so_far()[1].others);
}

TEST_F(RestartTest, AStateThatWasEditedKnowsOfNoSession) {
    start();
    Login anna(socket(), {.service = "sshd", .user = "anna"});
    stop();
    std::filesystem::resize_file(directory_ / "state.json",
                                 std::filesystem::file_size(directory_ / "state.json") - 1);
    start();
    pass(minutes(5));
    EXPECT_THAT(servers_.questions_so_far(), SizeIs(1));
    EXPECT_THAT(client_->status().state.sessions, IsEmpty());
}

TEST_F(RestartTest, TheKeeperStoresSessionsWithoutBeingStopped) {
    start();
    const Login anna(socket(), {.service = "sshd", .user = "anna"});
    const Clocks clocks = clocks_.clocks(boot_id_);
    const Keeper keeper(*client_, *files_, key_, clocks);
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(kPatienceMs)) {
        const auto state = HostFiles(directory_.string()).load_state(key_);
        if (state && !state->sessions.empty()) {
            EXPECT_EQ(state->sessions[0].ask.user, "anna");
            EXPECT_TRUE(state->sessions[0].marks.leader);
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << "the session was not stored";
}

}  // namespace
}  // namespace calm
