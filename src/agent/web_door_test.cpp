// The web socket: many questions over one connection, and peers that do not behave.
#include "agent/web_door.h"

#include <atomic>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/unix_socket.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class WebDoorTest : public testing::Test {
  protected:
    void SetUp() override {
        char name[] = "/tmp/calm_web_door_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        directory_ = name;
    }
    void TearDown() override {
        door_.reset();
        std::filesystem::remove_all(directory_);
    }

    std::string path() const { return directory_ + "/web.sock"; }

    void open(WebDoor::Settings settings = {}) {
        settings.path = path();
        auto door = WebDoor::start(settings, [this](const WebQuestion& question) {
            ++questions_;
            if (question.user == "slow") std::this_thread::sleep_for(milliseconds(300));
            return web_answer(204, {{"CALM-User", question.user}}, question.last);
        });
        ASSERT_TRUE(door.has_value()) << door.error().detail;
        door_ = std::move(*door);
    }

    int connected() const {
        const int fd = connect_to(path());
        EXPECT_GE(fd, 0);
        return fd;
    }

    static void say(int fd, std::string_view text) {
        EXPECT_TRUE(send_all(fd, text, steady_clock::now() + milliseconds(5000)));
    }

    // What comes until there are so many heads, or the other side hangs up.
    static std::string hear(int fd, size_t heads) {
        std::string heard;
        const auto deadline = steady_clock::now() + milliseconds(20'000);
        char piece[1024];
        while (true) {
            size_t found = 0;
            for (size_t at = 0; (at = heard.find("\r\n\r\n", at)) != std::string::npos; at += 4)
                ++found;
            if (found >= heads) return heard;
            const ssize_t got = recv(fd, piece, sizeof piece, 0);
            if (got > 0) {
                heard.append(piece, static_cast<size_t>(got));
            } else if (got == 0 || !may_retry() || !wait_for(fd, POLLIN, deadline)) {
                return heard;
            }
        }
    }

    static std::string asking(const std::string& user, const std::string& more = "") {
        return "GET /calm HTTP/1.1\r\nCALM-User: " + user + "\r\n" + more + "\r\n";
    }

    std::string directory_;
    std::unique_ptr<WebDoor> door_;
    std::atomic<int> questions_{0};
};

TEST_F(WebDoorTest, OneConnectionAsksManyTimes) {
    open();
    const int fd = connected();
    for (int i = 0; i < 20; ++i) {
        const std::string user = "user-" + std::to_string(i);
        say(fd, asking(user));
        EXPECT_THAT(hear(fd, 1), testing::HasSubstr("CALM-User: " + user + "\r\n"));
    }
    close(fd);
}

TEST_F(WebDoorTest, QuestionsThatComeTogetherAreAnsweredInOrder) {
    open();
    const int fd = connected();
    say(fd, asking("slow") + asking("second") + asking("third").substr(0, 20));
    say(fd, asking("third").substr(20));
    const std::string heard = hear(fd, 3);
    const size_t first = heard.find("slow");
    const size_t second = heard.find("second");
    const size_t third = heard.find("third");
    ASSERT_NE(third, std::string::npos) << heard;
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    close(fd);
}

TEST_F(WebDoorTest, ASlowOneHoldsUpNobody) {
    open();
    const int slow = connected();
    const int quick = connected();
    say(slow, asking("slow"));
    say(quick, asking("quick"));
    EXPECT_THAT(hear(quick, 1), testing::HasSubstr("quick"));
    EXPECT_THAT(hear(slow, 1), testing::HasSubstr("slow"));
    close(slow);
    close(quick);
}

TEST_F(WebDoorTest, ALastQuestionIsAnsweredAndHungUpOn) {
    open();
    const int fd = connected();
    say(fd, asking("anna", "Connection: close\r\n"));
    const std::string heard = hear(fd, 2);
    EXPECT_THAT(heard, testing::HasSubstr("anna"));
    EXPECT_THAT(heard, testing::HasSubstr("Connection: close\r\n"));
    close(fd);
}

TEST_F(WebDoorTest, WhatIsNoQuestionEndsTheConnection) {
    open();
    for (const std::string& nonsense :
         {std::string("POST /calm HTTP/1.1\r\n\r\n"), std::string("\r\n\r\n")}) {
        const int fd = connected();
        say(fd, nonsense);
        EXPECT_THAT(hear(fd, 2), testing::StartsWith("HTTP/1.1 400 ")) << nonsense;
        close(fd);
    }
    const int endless = connected();
    say(endless, std::string(kWebHeadBytesMax + 1, 'a'));
    EXPECT_EQ(hear(endless, 1), "");
    close(endless);
    EXPECT_EQ(questions_, 0);
}

TEST_F(WebDoorTest, AHeadThatDoesNotEndIsNotWaitedFor) {
    open({.patience = milliseconds(50)});
    const int fd = connected();
    say(fd, "GET /calm HTTP/1.1\r\n");
    EXPECT_EQ(hear(fd, 1), "");
    close(fd);
}

TEST_F(WebDoorTest, AtItsLimitTheNextOneWaits) {
    open({.connections_max = 1, .idle_max = milliseconds(50)});
    const int first = connected();
    const int second = connected();
    say(second, asking("second"));
    EXPECT_THAT(hear(second, 1), testing::HasSubstr("second"));
    EXPECT_EQ(hear(first, 1), "");
    close(first);
    close(second);
}

TEST_F(WebDoorTest, WhatWasAskedIsAnsweredBeforeTheEnd) {
    open();
    const int fd = connected();
    say(fd, asking("slow"));
    while (questions_ == 0)
        std::this_thread::yield();
    door_.reset();
    EXPECT_THAT(hear(fd, 1), testing::HasSubstr("slow"));
    EXPECT_FALSE(std::filesystem::exists(path()));
    close(fd);
}

}  // namespace
}  // namespace calm
