// Processes that live, have ended, or have left their number to another one.
#include "agent/leader.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace calm {
namespace {

// Lives until it is told to end.
pid_t start_process() {
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, "a) b (c) 1 2");  // a name that would lead a careless reader astray
        while (true)
            pause();
    }
    return pid;
}

TEST(Leader, AProcessLivesUntilItEnds) {
    const pid_t pid = start_process();
    const auto leader = leader_of(pid);
    ASSERT_TRUE(leader);
    EXPECT_EQ(leader->pid, pid);
    EXPECT_GT(leader->started, 0U);
    EXPECT_TRUE(lives(*leader));
    EXPECT_EQ(leader_of(pid), leader);

    kill(pid, SIGKILL);
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(lives(*leader)) << "it is dead, though its parent has not noticed";
    EXPECT_FALSE(leader_of(pid));
    ASSERT_EQ(waitpid(pid, nullptr, 0), pid);
    EXPECT_FALSE(lives(*leader));
    EXPECT_FALSE(leader_of(pid));
}

TEST(Leader, AnotherProcessWithTheSameNumberIsNotTheLeader) {
    auto leader = leader_of(getpid());
    ASSERT_TRUE(leader);
    EXPECT_TRUE(lives(*leader));
    ++leader->started;
    EXPECT_FALSE(lives(*leader));
}

TEST(Leader, NoProcessIsNoLeader) {
    EXPECT_FALSE(leader_of(0));
    EXPECT_FALSE(leader_of(-1));
    EXPECT_FALSE(leader_of(0x7FFF'FFFF));
    EXPECT_FALSE(lives({.pid = 0x7FFF'FFFF, .started = 1}));
}

}  // namespace
}  // namespace calm
