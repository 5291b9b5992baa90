// An agent at two license servers that come and go while many people log in at once: everybody gets
// an answer. What runs at the same time (workers, socket, keeper, two
// clients) is what TSan is to look at.
#include <atomic>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "agent/agent.h"
#include "agent/host_files.h"
#include "agent/hostd.h"
#include "agent/keeper.h"
#include "agent/socket_server.h"
#include "client/fake_servers.h"

namespace calm {
namespace {

using test::FakeServers;
using Mood = FakeServers::Mood;

constexpr int kAnswerMs = 60'000;  // for a loaded machine
constexpr int kPeople = 40;
constexpr int kThreads = 8;
constexpr int kLoginsEach = 50;

// One ledger, and what the host keeps of it.
struct Side {
    explicit Side(const std::filesystem::path& directory, uint8_t which)
        : files(directory.string()) {
        if (which > 0) servers.become_another();
        std::filesystem::create_directory(directory);
        servers.seats = kPeople;
        servers.time = clocks.wall();
        servers.ledger.pack.not_before = servers.time - days(1);
        client.emplace(servers.identity(),
                       Client::Settings{.contact_timeout = std::chrono::milliseconds(kAnswerMs)},
                       servers, clocks, std::nullopt, std::vector<ShelvedToken>(),
                       [](auto, auto) {});
        client->keep();
        keeper.emplace(*client, files, key, clocks, [] {});
    }

    FakeServers servers;
    const Clocks clocks = system_clocks();
    const SecretKey key = SecretKey::from_seed(Seed{77});
    HostFiles files;
    std::optional<Client> client;
    std::optional<Keeper> keeper;
};

class LoadTest : public testing::Test {
  protected:
    LoadTest() {
        spdlog::set_level(spdlog::level::off);
        std::string pattern =
            (std::filesystem::temp_directory_path() / "calm-load-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        config_.services = {{.name = "sshd", .product = "sql-2012", .mode = AskFor::user}};
        config_.budget = std::chrono::milliseconds(kAnswerMs);
        first_ = std::make_unique<Side>(directory_ / "first", 0);
        second_ = std::make_unique<Side>(directory_ / "second", 1);
        list_.emplace(std::vector{&*first_->client, &*second_->client});
        agent_ = std::make_unique<Agent>(config_, *list_, "ssh1", Language::en);
        auto server = SocketServer::start(
            {.path = socket(), .patience_ms = kAnswerMs},
            [this](std::string_view line, pid_t asker) { return agent_->answer(line, asker); });
        EXPECT_TRUE(server);
        server_ = std::move(*server);
    }
    ~LoadTest() override {
        server_.reset();
        agent_.reset();
        first_.reset();
        second_.reset();
        std::filesystem::remove_all(directory_);
    }

    std::string socket() const { return (directory_ / "sock").string(); }

    // Whether each step of the login had an answer; who is refused goes no further.
    bool log_in(const std::string& user) const {
        AgentQuestion question{.service = "sshd", .user = user, .budget_ms = kAnswerMs};
        for (const AgentVerb verb :
             {AgentVerb::admit, AgentVerb::logged_on, AgentVerb::running, AgentVerb::ended}) {
            question.verb = verb;
            const auto answer = ask_agent(socket(), agent_question_line(question), kAnswerMs);
            if (!answer) return false;
            if (verb == AgentVerb::admit && answer->find(R"("allow")") == std::string::npos) {
                ADD_FAILURE() << user << ": " << *answer;
                return false;
            }
        }
        return true;
    }

    std::filesystem::path directory_;
    HostConfig config_;
    std::unique_ptr<Side> first_;
    std::unique_ptr<Side> second_;
    std::optional<ServerList> list_;
    std::unique_ptr<Agent> agent_;
    std::unique_ptr<SocketServer> server_;
};

TEST_F(LoadTest, EverybodyIsAnsweredWhileServersComeAndGo) {
    std::atomic<int> answered = 0;
    std::atomic<bool> over = false;
    std::thread weather([&] {
        for (int turn = 0; !over; ++turn) {
            first_->servers.set_mood(turn % 2 == 0 ? Mood::down : Mood::up);
            second_->servers.set_mood(turn % 3 == 0 ? Mood::wrong : Mood::up);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            static_cast<void>(agent_->answer(R"({"ask":"status"})"));
        }
    });
    std::vector<std::thread> people;
    for (int thread = 0; thread < kThreads; ++thread) {
        people.emplace_back([&, thread] {
            for (int i = 0; i < kLoginsEach; ++i) {
                const int person = (i * kThreads + thread * 7) % kPeople;
                if (log_in("person-" + std::to_string(person))) ++answered;
            }
        });
    }
    for (auto& each : people)
        each.join();
    over = true;
    weather.join();
    EXPECT_EQ(answered.load(), kThreads * kLoginsEach);
    EXPECT_FALSE(first_->servers.questions_so_far().empty());
    EXPECT_FALSE(second_->servers.questions_so_far().empty());
}

}  // namespace
}  // namespace calm
