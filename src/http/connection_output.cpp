// The writing half: answers in order, streams, time limits and the end of a connection.
#include <utility>

#include "base/assert.h"
#include "http/connection.h"
#include "http/hub.h"
#include "http/problem.h"

namespace calm::http {
namespace {

constexpr size_t kStreamRoom = 128 * 1024;  // a stream is pulled while less than this is unsent
constexpr size_t kOutputKept = 64 * 1024;   // capacity that an idle connection may keep

bool may_have_body(int status) {
    return status != 204 && status != 304;
}

}  // namespace

void Connection::answer(Exchange& exchange, const AnswerHead& head, std::string_view body) {
    CALM_ASSERT(!exchange.answered());
    CALM_ASSERT(body.empty() || may_have_body(head.status));
    AnswerHead full = head;
    full.length = body.size();
    full.http_1_1 = exchange.http_1_1;
    if (body.empty()) full.content_type = {};
    // While draining, the last answer of a connection says that it is the last.
    if (draining_ && needed_ == 0 && &exchange == &exchanges_.back()) exchange.close = true;
    full.close = exchange.close;
    exchange.status = head.status;
    std::string& to = output_of(exchange);
    append_answer_head(to, full, hub_.date());
    if (!exchange.head_only) to += body;
    settle();
}

void Connection::answer_with_stream(Exchange& exchange, AnswerHead head,
                                    std::unique_ptr<BodyStream> stream) {
    CALM_ASSERT(!exchange.answered() && may_have_body(head.status));
    if (stream->framing == Framing::chunked && !exchange.http_1_1) {
        stream->framing = Framing::until_close;
        exchange.close = true;
        last_taken_ = true;
    }
    if (draining_ && needed_ == 0 && &exchange == &exchanges_.back()) exchange.close = true;
    head.framing = stream->framing;
    head.length = stream->bytes_left;
    head.http_1_1 = exchange.http_1_1;
    head.close = exchange.close;
    exchange.status = head.status;
    append_answer_head(output_of(exchange), head, hub_.date());
    if (!exchange.head_only) exchange.stream = std::move(stream);
    settle();
}

void Connection::answer_with_problem(Exchange& exchange, const Error& error, uint32_t retry_after_s,
                                     std::string_view header_lines) {
    const int status = hub_.problems().status(error.code);
    if (status == 500 && hub_.settings().report) hub_.settings().report(error);
    HeaderLines lines;
    if (status == 401) lines.add("WWW-Authenticate", "Bearer");
    if (retry_after_s > 0) lines.add("Retry-After", std::to_string(retry_after_s));
    AnswerHead head;
    head.status = status;
    head.content_type = kProblemJson;
    const std::string all_lines = std::string(lines.text()) + std::string(header_lines);
    head.header_lines = all_lines;
    answer(exchange, head, problem_json(error, status, exchange.language));
}

// Where an answer is written: straight into the output when it is its turn.
std::string& Connection::output_of(Exchange& exchange) {
    return &exchange == &exchanges_.front() && !closing_ ? out_ : exchange.bytes;
}

void Connection::wake_stream(Exchange& exchange) {
    if (exchange.stream == nullptr) return;
    exchange.stream->waiting = false;
    if (!in_turn_) hub_.schedule_answers(*this);
}

// Moves what is answered, in order, into the output.
void Connection::settle() {
    while (!closing_ && !exchanges_.empty() && exchanges_.front().answered()) {
        Exchange& front = exchanges_.front();
        out_ += front.bytes;
        front.bytes.clear();
        if (front.stream != nullptr) break;
        finish_front();
    }
    if (!in_turn_) hub_.schedule_answers(*this);
}

void Connection::finish_front() {
    Exchange& front = exchanges_.front();
    hub_.metrics().answered(front.route, front.status,
                            std::chrono::duration<double>(Clock::now() - front.started).count());
    if (front.counted_slow) hub_.end_slow();
    front.counted_slow = false;
    if (front.close) closing_ = true;
    exchanges_.pop();
}

// Takes one piece of the stream whose turn it is. One per turn: other connections wait meanwhile.
void Connection::pump_stream() {
    if (exchanges_.empty() || exchanges_.front().stream == nullptr) return;
    BodyStream& stream = *exchanges_.front().stream;
    if (stream.waiting || backlog() >= kStreamRoom) return;
    std::string& piece = hub_.piece_buffer();
    piece.clear();
    const BodySource::Pull pulled = stream.source->pull(piece);
    if (closed) return;
    if (!take_piece(stream, pulled, piece)) {
        hub_.metrics().ended(ServerMetrics::Ended::broken);
        return hub_.close(*this);
    }
    if (pulled != BodySource::Pull::done) return;
    finish_front();
    settle();
}

// False: the body cannot be what was promised.
bool Connection::take_piece(BodyStream& stream, BodySource::Pull pulled, std::string_view piece) {
    if (pulled == BodySource::Pull::failed) return false;
    stream.waiting = pulled == BodySource::Pull::wait;
    switch (stream.framing) {
        case Framing::chunked:
            append_chunk(out_, piece);
            if (pulled == BodySource::Pull::done) out_ += kLastChunk;
            return true;
        case Framing::until_close: out_ += piece; return true;
        case Framing::length:
            if (piece.size() > stream.bytes_left) return false;
            stream.bytes_left -= piece.size();
            out_ += piece;
            return pulled != BodySource::Pull::done || stream.bytes_left == 0;
    }
    return false;
}

// Ends every turn: sends what there is with one write, and takes the requests that waited for room.
void Connection::end_turn() {
    if (phase_ == Phase::open) {
        uint32_t requests_before;
        do {
            requests_before = requests_;
            if (may_take_request()) process_buffered();
            pump_stream();
            if (closed) return;
            if (!write_out()) {
                hub_.metrics().ended(ServerMetrics::Ended::broken);
                return hub_.close(*this);
            }
        } while (requests_ != requests_before);
    }
    in_turn_ = false;
    close_or_linger();
    if (closed) return;
    update_interest();
    update_deadline();
}

bool Connection::write_out() {
    if (backlog() == 0) return true;
    const auto [io, bytes] = transport_.write(std::string_view(out_).substr(out_sent_));
    out_sent_ += bytes;
    if (backlog() == 0) {
        out_.clear();
        out_sent_ = 0;
        if (out_.capacity() > kOutputKept) std::string().swap(out_);
        write_deadline_ = Clock::time_point::max();
    } else if (bytes > 0 || write_deadline_ == Clock::time_point::max()) {
        write_deadline_ = hub_.now() + hub_.settings().write_timeout;
        if (out_sent_ >= kStreamRoom) {
            out_.erase(0, out_sent_);
            out_sent_ = 0;
        }
    }
    return io != Transport::Io::failed && io != Transport::Io::ended;
}

void Connection::close_or_linger() {
    // Behind an answer that ends the connection no other answer is sent.
    const bool nothing_left = (exchanges_.empty() || closing_) && backlog() == 0;
    if (phase_ == Phase::lingering) {
        if (ended_) hub_.close(*this);
        return;
    }
    if (!nothing_left) return;
    const bool drained = draining_ && needed_ == 0;
    if (!closing_ && !ended_ && !drained) return;
    transport_.shutdown_write();
    if (ended_ || !unread_input_) return hub_.close(*this);
    // Closing now would reset the connection and take the answer from the sender's hands while it
    // is still sending (RFC 9112 9.6). It may go on for a moment; nothing of it is kept.
    phase_ = Phase::lingering;
    std::string().swap(in_);
    read_deadline_ = hub_.now() + hub_.settings().linger_timeout;
}

void Connection::update_interest() {
    uint32_t wanted = 0;
    const bool reads = phase_ != Phase::open || may_take_request();
    if (reads && !ended_) wanted |= EPOLLIN;
    const bool streams = !exchanges_.empty() && exchanges_.front().stream != nullptr &&
                         !exchanges_.front().stream->waiting;
    if (backlog() > 0 || streams || transport_.wants_write()) wanted |= EPOLLOUT;
    if (wanted == interest_) return;
    const bool resumed = (wanted & ~interest_ & EPOLLIN) != 0;
    interest_ = wanted;
    hub_.poller().modify(fd(), poll_key(), wanted);
    if (resumed && transport_.is_tls()) hub_.schedule_read(*this);
}

void Connection::update_deadline() {
    if (phase_ != Phase::open) return;
    Waiting waiting = Waiting::idle;
    if (!exchanges_.empty() || backlog() > 0) {
        waiting = Waiting::nothing;
    } else if (needed_ != 0 || skip_ != 0) {
        waiting = Waiting::body;
    } else if (!in_.empty()) {
        waiting = Waiting::head;
    }
    // The same wait goes on, however many bytes dribble in.
    if (waiting == waiting_ && waiting_for_ == requests_) return;
    waiting_ = waiting;
    waiting_for_ = requests_;
    const ServerSettings& settings = hub_.settings();
    switch (waiting) {
        case Waiting::nothing: read_deadline_ = Clock::time_point::max(); break;
        case Waiting::idle: read_deadline_ = hub_.now() + settings.idle_timeout; break;
        case Waiting::head: read_deadline_ = hub_.now() + settings.header_timeout; break;
        case Waiting::body: read_deadline_ = hub_.now() + settings.body_timeout; break;
    }
}

void Connection::on_tick(Clock::time_point now) {
    if (now >= write_deadline_) {
        hub_.metrics().ended(ServerMetrics::Ended::slow_reader);
        return hub_.close(*this);
    }
    if (now < read_deadline_) return;
    const bool in_request =
        phase_ == Phase::open && (waiting_ == Waiting::head || waiting_ == Waiting::body);
    if (!in_request) return hub_.close(*this);
    hub_.metrics().ended(ServerMetrics::Ended::timed_out);
    in_turn_ = true;
    Exchange& exchange = exchanges_.push();
    exchange.started = now;
    exchange.close = true;
    last_taken_ = true;
    unread_input_ = true;
    answer_with_problem(
        exchange,
        {"timeout", waiting_ == Waiting::head ? "the head of the request took too long"
                                              : "the body of the request took too long"},
        0);
    needed_ = 0;
    end_turn();
}

}  // namespace calm::http
