// Responder: the right and the duty to answer one request, now or later.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/response.h"

namespace calm::http {

class Hub;

// Which exchange of which connection; a connection that is gone is found missing, never touched.
struct ExchangeKey {
    uint32_t slot = 0;
    uint32_t generation = 0;
    uint32_t number = 0;
};

// A body that is made while it is sent (exports, backups, server-sent events). Called on the loop
// thread, one piece at a time, whenever the connection has room: a piece should cost at most 1 ms.
class BodySource {
  public:
    enum class Pull : uint8_t {
        more,    // `out` got bytes, and there are more
        wait,    // nothing now: StreamWaker::wake() says when to ask again
        done,    // `out` got the last bytes (or none)
        failed,  // the body cannot be finished: the connection is cut, so the reader sees it
    };
    virtual ~BodySource() = default;

    // Appends at most about 64 KiB to `out`.
    virtual Pull pull(std::string& out) = 0;
};

// Asks a stream that said `wait` to be pulled again. Harmless when the connection is gone. Loop
// thread.
class StreamWaker {
  public:
    StreamWaker() = default;
    StreamWaker(Hub& hub, ExchangeKey key);
    StreamWaker(StreamWaker&& other) noexcept;
    StreamWaker& operator=(StreamWaker&& other) noexcept;
    ~StreamWaker();

    void wake();
    // Is there still a reader?
    bool connected() const;

  private:
    Hub* hub_ = nullptr;
    ExchangeKey key_;
};

// Move-only. Answered exactly once, on the loop thread, in the handler or any time later; answers
// leave the connection in the order of the requests. When the connection is gone, answering does
// nothing. It may pass through other threads, but is used and destroyed on the loop thread;
// destroyed unanswered it answers 500, because a connection that waits forever is worse.
class Responder {
  public:
    Responder(Hub& hub, ExchangeKey key);
    Responder(Responder&& other) noexcept;
    Responder& operator=(Responder&& other) noexcept;
    ~Responder();

    void send(const Response& response);

    // The same without building a Response: the hot path. `header_lines` are whole lines, each
    // ended by CRLF, of names and values that the program itself made (numbers, reasons), never of
    // outside text.
    void send(int status, std::string_view content_type, std::string_view body,
              std::string_view header_lines = {});

    // problem+json in the language of the request (problem.h). `retry_after_s` > 0 adds
    // Retry-After.
    void fail(const Error& error, uint32_t retry_after_s = 0);

    // Streams a body; `head.body` is ignored. With `length` the body has exactly that many bytes (a
    // source that gives another number is a failed one); without, it is sent in chunks.
    StreamWaker stream(const Response& head, std::unique_ptr<BodySource> source,
                       std::optional<uint64_t> length = std::nullopt);

    // Is somebody still waiting for the answer? (To save work; answering is harmless anyway.)
    bool connected() const;

  private:
    void release();

    Hub* hub_ = nullptr;
    ExchangeKey key_;
};

}  // namespace calm::http
