// The way back from a handler to its connection, which may be gone.
#include "http/responder.h"

#include <utility>

#include "http/hub.h"

namespace calm::http {
namespace {

struct Target {
    Connection* connection = nullptr;
    Exchange* exchange = nullptr;
};

Target target_of(Hub* hub, ExchangeKey key) {
    Target target;
    if (hub != nullptr) target.connection = hub->find(key);
    if (target.connection != nullptr) target.exchange = target.connection->find(key.number);
    return target;
}

}  // namespace

Responder::Responder(Hub& hub, ExchangeKey key) : hub_(&hub), key_(key) {
    hub.retain();
}

Responder::Responder(Responder&& other) noexcept
    : hub_(std::exchange(other.hub_, nullptr)), key_(other.key_) {}

Responder& Responder::operator=(Responder&& other) noexcept {
    std::swap(hub_, other.hub_);
    std::swap(key_, other.key_);
    return *this;
}

Responder::~Responder() {
    if (hub_ == nullptr) return;
    fail({"internal", "a handler gave no answer"});
}

void Responder::release() {
    std::exchange(hub_, nullptr)->release();
}

bool Responder::connected() const {
    return target_of(hub_, key_).exchange != nullptr;
}

void Responder::send(const Response& response) {
    const auto [connection, exchange] = target_of(hub_, key_);
    if (exchange != nullptr) {
        AnswerHead head;
        head.status = response.status;
        head.content_type = response.content_type;
        head.header_lines = response.headers.text();
        head.cache_control = response.cache_control;
        connection->answer(*exchange, head, response.body);
    }
    if (hub_ != nullptr) release();
}

void Responder::send(int status, std::string_view content_type, std::string_view body,
                     std::string_view header_lines) {
    const auto [connection, exchange] = target_of(hub_, key_);
    if (exchange != nullptr) {
        AnswerHead head;
        head.status = status;
        head.content_type = content_type;
        head.header_lines = header_lines;
        connection->answer(*exchange, head, body);
    }
    if (hub_ != nullptr) release();
}

void Responder::fail(const Error& error, uint32_t retry_after_s) {
    const auto [connection, exchange] = target_of(hub_, key_);
    if (exchange != nullptr) connection->answer_with_problem(*exchange, error, retry_after_s);
    if (hub_ != nullptr) release();
}

StreamWaker Responder::stream(const Response& head, std::unique_ptr<BodySource> source,
                              std::optional<uint64_t> length) {
    StreamWaker waker;
    const auto [connection, exchange] = target_of(hub_, key_);
    if (exchange != nullptr) {
        waker = StreamWaker(*hub_, key_);
        auto stream = std::make_unique<BodyStream>();
        stream->source = std::move(source);
        stream->framing = length ? Framing::length : Framing::chunked;
        stream->bytes_left = length.value_or(0);
        AnswerHead answer;
        answer.status = head.status;
        answer.content_type = head.content_type;
        answer.header_lines = head.headers.text();
        answer.cache_control = head.cache_control;
        connection->answer_with_stream(*exchange, answer, std::move(stream));
    }
    if (hub_ != nullptr) release();
    return waker;
}

StreamWaker::StreamWaker(Hub& hub, ExchangeKey key) : hub_(&hub), key_(key) {
    hub.retain();
}

StreamWaker::StreamWaker(StreamWaker&& other) noexcept
    : hub_(std::exchange(other.hub_, nullptr)), key_(other.key_) {}

StreamWaker& StreamWaker::operator=(StreamWaker&& other) noexcept {
    std::swap(hub_, other.hub_);
    std::swap(key_, other.key_);
    return *this;
}

StreamWaker::~StreamWaker() {
    if (hub_ != nullptr) hub_->release();
}

void StreamWaker::wake() {
    const auto [connection, exchange] = target_of(hub_, key_);
    if (exchange != nullptr) connection->wake_stream(*exchange);
}

bool StreamWaker::connected() const {
    return target_of(hub_, key_).exchange != nullptr;
}

}  // namespace calm::http
