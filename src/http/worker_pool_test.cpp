// Work off the loop, and back.
#include "http/worker_pool.h"

#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "http/credentials.h"
#include "http/test_client.h"

namespace calm::http {
namespace {

TEST(WorkerPool, the_result_comes_back_to_the_loop) {
    boost::asio::io_context loop;
    const auto work = boost::asio::make_work_guard(loop);
    WorkerPool pool(loop, 2);
    const auto here = std::this_thread::get_id();
    int sum = 0;
    int back = 0;
    for (int i = 1; i <= 100; ++i) {
        pool.run(
            [i, here] {
                EXPECT_NE(std::this_thread::get_id(), here);
                return std::make_unique<int>(i);  // results need not be copyable
            },
            [&, here](std::unique_ptr<int> result) {
                EXPECT_EQ(std::this_thread::get_id(), here);
                sum += *result;
                if (++back == 100) loop.stop();
            });
    }
    loop.run();
    EXPECT_EQ(sum, 5050);
}

TEST(WorkerPool, a_request_is_answered_after_work_off_the_loop_while_others_are_served) {
    std::unique_ptr<WorkerPool> pool;
    testing::RunningServer running({testing::open_route(
        Method::post, "/sign-in", [&](const Request& request, Responder responder) {
            if (pool == nullptr) return responder.fail({"unavailable", "stopping"});
            pool->run([password = std::string(
                           request.body)] { return hash_password(password, PasswordCost::cheap); },
                      [responder = std::move(responder)](Result<std::string> hash) mutable {
                          if (!hash) return responder.fail(hash.error());
                          responder.send(200, kPlainText, hash->substr(0, 9));
                      });
        })});
    running.on_loop([&] { pool = std::make_unique<WorkerPool>(running.loop(), 2); });
    testing::RawClient client(running.port());
    const auto post = [](const std::string& body) {
        return "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    std::string burst;
    for (int i = 0; i < 20; ++i)
        burst += post(i % 2 == 0 ? "correct horse battery" : "short");
    client.send(burst);
    for (int i = 0; i < 20; ++i) {
        const testing::Answer answer = client.read_answer();
        const bool good = i % 2 == 0;
        EXPECT_EQ(answer.status, good ? 200 : 400);
        EXPECT_EQ(answer.body.starts_with(good ? "$argon2id" : "{\"type\":"), true);
    }
    // The last requests may be on a thread when the client goes and the pool ends.
    client.send(burst);
    client.close();
    running.on_loop([&] { pool.reset(); });
}

TEST(WorkerPool, is_full_at_its_limit_and_not_for_ever) {
    boost::asio::io_context loop;
    const auto work = boost::asio::make_work_guard(loop);
    WorkerPool pool(loop, 1, 2);
    std::promise<void> gate;
    std::promise<void> started;
    int done = 0;
    pool.run(
        [&, opened = gate.get_future().share()] {
            started.set_value();
            opened.wait();
            return 0;
        },
        [&](int) { ++done; });
    started.get_future().wait();  // it runs, so it waits no more
    EXPECT_FALSE(pool.full());
    for (int i = 0; i < 2; ++i)
        pool.run([] { return 0; }, [&](int) { ++done; });
    EXPECT_TRUE(pool.full());
    gate.set_value();
    while (done < 3)
        loop.run_one();
    EXPECT_FALSE(pool.full());
}

TEST(WorkerPool, what_has_not_come_back_when_it_ends_is_let_go_here) {
    boost::asio::io_context loop;
    struct Noted {
        std::thread::id& where;
        ~Noted() { where = std::this_thread::get_id(); }
    };
    std::thread::id ended_on;
    std::atomic<bool> ran = false;
    bool followed = false;
    {
        WorkerPool pool(loop, 1);
        pool.run(
            [&] {
                ran = true;
                return 0;
            },
            [&, noted = std::make_unique<Noted>(ended_on)](int) { followed = true; });
        while (!ran)
            std::this_thread::yield();
    }
    loop.run();
    EXPECT_FALSE(followed);
    EXPECT_EQ(ended_on, std::this_thread::get_id());
}

}  // namespace
}  // namespace calm::http
