// Bodies that are made while they are sent.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "http/server.h"
#include "http/test_client.h"

namespace calm::http::testing {
namespace {

// Gives `pieces` pieces of `bytes` bytes, then ends as told.
class Pieces : public BodySource {
  public:
    Pieces(size_t pieces, size_t bytes, Pull end = Pull::done)
        : left_(pieces), bytes_(bytes), end_(end) {}

    Pull pull(std::string& out) override {
        if (left_ == 0) return end_;
        --left_;
        out.append(bytes_, static_cast<char>('a' + left_ % 26));
        return Pull::more;
    }

  private:
    size_t left_;
    size_t bytes_;
    Pull end_;
};

Route streaming(std::string path, size_t pieces, size_t bytes, std::optional<uint64_t> length,
                BodySource::Pull end = BodySource::Pull::done) {
    Route route =
        open_route(Method::get, std::move(path), [=](const Request&, Responder responder) {
            Response head;
            head.content_type = kJsonLines;
            responder.stream(head, std::make_unique<Pieces>(pieces, bytes, end), length);
        });
    route.flags |= kSlow;
    return route;
}

Route text_hello() {
    return open_route(Method::get, "/hello", [](const Request&, Responder responder) {
        responder.send(200, kPlainText, "hello");
    });
}

std::string get(std::string_view path, std::string_view version = "1.1") {
    return "GET " + std::string(path) + " HTTP/" + std::string(version) + "\r\nHost: x\r\n\r\n";
}

std::string expected(size_t pieces, size_t bytes) {
    std::string text;
    while (pieces-- > 0)
        text.append(bytes, static_cast<char>('a' + pieces % 26));
    return text;
}

TEST(Stream, an_export_of_unknown_length_comes_in_chunks_and_the_connection_goes_on) {
    RunningServer running({streaming("/export", 100, 50'000, std::nullopt), text_hello()});
    RawClient client(running.port());
    client.send(get("/export") + get("/hello"));
    const Answer exported = client.read_answer();
    EXPECT_EQ(exported.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(exported.header("Content-Length"), "");
    EXPECT_EQ(exported.body, expected(100, 50'000));
    EXPECT_EQ(client.read_answer().body, "hello");
    EXPECT_TRUE(client.rest().empty());
}

TEST(Stream, a_known_length_is_said_and_kept) {
    RunningServer running({streaming("/backup", 10, 1000, 10'000)});
    RawClient client(running.port());
    client.send(get("/backup") + get("/backup"));
    for (int i = 0; i < 2; ++i) {
        const Answer answer = client.read_answer();
        EXPECT_EQ(answer.header("Content-Length"), "10000");
        EXPECT_EQ(answer.body, expected(10, 1000));
    }
}

TEST(Stream, a_source_that_breaks_its_word_cuts_the_connection) {
    RunningServer running({streaming("/short", 1, 1000, 1001), streaming("/long", 2, 1000, 1500),
                           streaming("/failed", 2, 1000, std::nullopt, BodySource::Pull::failed)});
    for (const char* path : {"/short", "/long", "/failed"}) {
        RawClient client(running.port());
        client.send(get(path));
        EXPECT_EQ(client.read_answer().status, 0)
            << path;  // the framing shows that the end is missing
    }
}

TEST(Stream, http_1_0_gets_the_plain_body_and_the_end_of_the_connection) {
    RunningServer running({streaming("/export", 3, 1000, std::nullopt)});
    RawClient client(running.port());
    client.send("GET /export HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Answer head = client.read_answer();
    EXPECT_EQ(head.header("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), expected(3, 1000));
}

TEST(Stream, head_of_a_stream_pulls_nothing) {
    RunningServer running(
        {streaming("/failed", 0, 0, std::nullopt, BodySource::Pull::failed), text_hello()});
    RawClient client(running.port());
    client.send("HEAD /failed HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.read_answer(true).status, 200);
    EXPECT_EQ(client.read_answer().body, "hello");
}

// Says `wait` until somebody puts something in.
struct Events : BodySource {
    std::shared_ptr<std::string> waiting = std::make_shared<std::string>();
    Pull pull(std::string& out) override {
        out += std::exchange(*waiting, {});
        return out.ends_with("end") ? Pull::done : Pull::wait;
    }
};

TEST(Stream, a_source_that_waits_is_pulled_again_when_it_is_woken) {
    std::shared_ptr<std::string> events;
    StreamWaker waker;
    RunningServer running(
        {open_route(Method::get, "/events", [&](const Request&, Responder responder) {
            auto source = std::make_unique<Events>();
            events = source->waiting;
            Response head;
            head.content_type = kEventStream;
            waker = responder.stream(head, std::move(source));
        })});
    RawClient client(running.port());
    client.send(get("/events"));
    bool open = false;
    while (!open)
        running.on_loop([&] { open = waker.connected(); });
    for (const char* event : {"one ", "two ", "end"}) {
        running.on_loop([&] {
            *events += event;
            waker.wake();
        });
    }
    EXPECT_EQ(client.read_answer().body, "one two end");
    running.on_loop([&] {
        EXPECT_FALSE(waker.connected());
        waker.wake();
        waker = StreamWaker();
    });
}

TEST(Stream, others_are_served_while_a_stream_runs_and_a_stalled_reader_holds_up_nobody) {
    RunningServer running({streaming("/endless", SIZE_MAX, 65'536, std::nullopt), text_hello()});
    RawClient reader(running.port());
    RawClient stalled(running.port());
    reader.send(get("/endless"));
    stalled.send(get("/endless"));
    RawClient other(running.port());
    char buffer[65536];
    for (int i = 0; i < 100; ++i) {
        ASSERT_GT(recv(reader.fd(), buffer, sizeof buffer, 0), 0);
        other.send(get("/hello"));
        ASSERT_EQ(other.read_answer().body, "hello");
    }
}

TEST(Stream, the_source_is_let_go_when_its_reader_goes) {
    struct Counted : Pieces {
        explicit Counted(int& alive) : Pieces(SIZE_MAX, 1000), alive_(alive) { ++alive_; }
        ~Counted() override { --alive_; }
        int& alive_;
    };
    int alive = 0;
    RunningServer running(
        {open_route(Method::get, "/endless", [&](const Request&, Responder responder) {
            responder.stream(Response(), std::make_unique<Counted>(alive));
        })});
    {
        RawClient client(running.port());
        client.send(get("/endless"));
        char byte;
        ASSERT_EQ(recv(client.fd(), &byte, 1, 0), 1);
        running.on_loop([&] { EXPECT_EQ(alive, 1); });
    }
    while (running.connections() > 0) {
    }
    running.on_loop([&] { EXPECT_EQ(alive, 0); });
}

}  // namespace
}  // namespace calm::http::testing
