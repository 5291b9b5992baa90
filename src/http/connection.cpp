// The reading half: bytes to requests, requests to routes.
#include "http/connection.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "http/hub.h"
#include "http/problem.h"

namespace calm::http {

Connection::Connection(Hub& hub, uint32_t slot, uint32_t generation, int fd, const TlsContext* tls,
                       const Peer& peer)
    : hub_(hub), slot_(slot), generation_(generation), transport_(fd, tls), peer_(peer) {
    CALM_ASSERT(peer.address.size() < address_.size());
    std::memcpy(address_.data(), peer.address.data(), peer.address.size());
    peer_.address = std::string_view(address_.data(), peer.address.size());
    phase_ = tls != nullptr ? Phase::handshake : Phase::open;
    interest_ = EPOLLIN;
    if (phase_ == Phase::handshake) {
        read_deadline_ = hub.now() + hub.settings().handshake_timeout;
    } else {
        update_deadline();
    }
}

Connection::~Connection() {
    exchanges_.each([&](const Exchange& exchange) {
        if (exchange.counted_slow) hub_.end_slow();
    });
}

void Connection::on_ready(uint32_t events) {
    in_turn_ = true;
    if (phase_ == Phase::handshake) {
        const Transport::Io io = transport_.handshake();
        if (io == Transport::Io::failed || io == Transport::Io::ended) {
            hub_.metrics().ended(ServerMetrics::Ended::handshake_failed);
            return hub_.close(*this);
        }
        if (io == Transport::Io::would_block) {
            in_turn_ = false;
            return update_interest();
        }
        phase_ = Phase::open;
        events |= EPOLLIN;  // the first request often comes with the end of the handshake
    }
    if ((events & interest_ & EPOLLIN) != 0 || transport_.wants_write()) read_and_process();
    if (closed) return;
    // Both directions are shut, so nobody can read an answer.
    const bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (gone && (ended_ || (events & EPOLLIN) == 0)) {
        hub_.metrics().ended(ServerMetrics::Ended::broken);
        return hub_.close(*this);
    }
    end_turn();
}

void Connection::on_answers() {
    in_turn_ = true;
    end_turn();
}

void Connection::begin_draining() {
    draining_ = true;
    if (phase_ == Phase::handshake) return hub_.close(*this);
    on_answers();
}

void Connection::refuse_connection() {
    in_turn_ = true;
    unread_input_ = true;
    Exchange& exchange = exchanges_.push();
    exchange.close = true;
    last_taken_ = true;
    answer_with_problem(exchange, {"unavailable", "too many connections are open"}, 1);
    end_turn();
}

void Connection::read_and_process() {
    const std::span<char> buffer = hub_.read_buffer();
    const auto [io, bytes] = transport_.read(buffer);
    if (bytes > 0 && phase_ == Phase::open) {
        const std::string_view input(buffer.data(), bytes);
        if (in_.empty()) {
            in_.assign(input.substr(process(input)));
        } else {
            in_.append(input);
            process_buffered();
        }
    }
    switch (io) {
        case Transport::Io::done: hub_.schedule_read(*this); break;  // TLS has more in memory
        case Transport::Io::would_block: break;
        case Transport::Io::ended: ended_ = true; break;
        case Transport::Io::failed:
            hub_.metrics().ended(ServerMetrics::Ended::broken);
            hub_.close(*this);
            break;
    }
}

void Connection::process_buffered() {
    if (in_.empty()) return;
    in_.erase(0, process(in_));
    if (in_.empty() && in_.capacity() > kBodyBytesMax) std::string().swap(in_);
}

size_t Connection::process(std::string_view input) {
    size_t used = 0;
    while (used < input.size() && may_take_request()) {
        const size_t taken = take_request(input.substr(used));
        if (taken == 0) break;
        used += taken;
    }
    // What follows the last request of a connection is not read by anybody.
    if (last_taken_ && used < input.size()) unread_input_ = true;
    return last_taken_ ? input.size() : used;
}

bool Connection::may_take_request() const {
    if (closing_ || last_taken_ || phase_ != Phase::open) return false;
    if (draining_) return needed_ != 0;  // its head came before the stop, so it is in work
    return exchanges_.size() < hub_.settings().pipelined_max &&
           backlog() < hub_.settings().output_bytes_max;
}

// Takes one request, or a part of a body that is thrown away, off the front of `input`. Gives the
// bytes used; 0 when the request is not complete.
size_t Connection::take_request(std::string_view input) {
    if (skip_ > 0) {
        const size_t skipped = std::min(skip_, input.size());
        skip_ -= skipped;
        return skipped;
    }
    if (needed_ != 0 && input.size() < needed_) {
        offer_continue();
        return 0;
    }
    if (needed_ == 0) {
        const HeadScan scan = scan_head(input, scanned_);
        if (scan.refusal != Refusal::none) {
            refuse(scan.refusal);
            return input.size();
        }
        if (scan.head_bytes == 0) return 0;
        head_bytes_ = scan.head_bytes;
    }
    // An admitted request whose body has come is parsed again: its bytes may have moved.
    RequestHead& head = hub_.head_buffer();
    if (const Refusal refusal = parse_head(input.substr(0, head_bytes_), head);
        refusal != Refusal::none) {
        refuse(refusal);
        return input.size();
    }
    Request request(head, peer_);
    const RouteTable::Match match = hub_.routes().find(head.method, head.path);
    request.parameters = match.parameters;
    if (needed_ != 0) {
        request.caller = caller_;
    } else if (!admit_request(match, request)) {
        forget_request();
        return std::exchange(head_bytes_, 0);
    }
    const size_t total = head_bytes_ + head.content_length;
    if (input.size() < total) {
        needed_ = total;
        caller_ = request.caller;
        continue_due_ = head.expect_continue;
        offer_continue();
        return 0;
    }
    request.body = input.substr(head_bytes_, head.content_length);
    forget_request();
    dispatch(head, *match.route, request);
    return total;
}

void Connection::forget_request() {
    scanned_ = 0;
    needed_ = 0;
    continue_due_ = false;
}

void Connection::offer_continue() {
    // An interim answer must not overtake the answers to earlier requests.
    if (!continue_due_ || !exchanges_.empty()) return;
    continue_due_ = false;
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

// Everything that can be said before the body is read: is there such a route, is the body small
// enough, may this caller use it. Otherwise answers and gives false.
bool Connection::admit_request(const RouteTable::Match& match, Request& request) {
    const RequestHead& head = request.head();
    uint32_t retry_after_s = 0;
    if (!hub_.limit_request(peer_, retry_after_s)) {
        hub_.metrics().turned_away(ServerMetrics::Turned::rate);
        refuse_request(head, match.route, {"too_many_requests", "this address asks too often"},
                       retry_after_s);
        return false;
    }
    if (match.route == nullptr) {
        const std::string what =
            std::string(head.method_text) + " `" + std::string(head.path) + "`";
        if (!match.path_known) {
            refuse_request(head, nullptr, {"no_such_route", what + " is not served here"}, 0);
            return false;
        }
        HeaderLines allow;
        allow.add("Allow", hub_.routes().allowed_methods(head.path));
        refuse_request(head, nullptr, {"method_not_allowed", what + " is not answered"}, 0,
                       allow.text());
        return false;
    }
    const Route& route = *match.route;
    if (head.content_length > route.body_bytes_max) {
        refuse_request(head, &route,
                       {"body_too_large",
                        "the body has " + std::to_string(head.content_length) + " bytes, at most " +
                            std::to_string(route.body_bytes_max) + " are taken here"},
                       0);
        return false;
    }
    if (route.is(kUnauthenticated)) return true;
    Result<Caller> caller = hub_.gate()(request, route);
    if (!caller) {
        refuse_request(head, &route, caller.error(), 0);
        return false;
    }
    request.caller = *caller;
    return true;
}

// A request that cannot be read: where the next one would begin is unknown, so the connection ends.
void Connection::refuse(Refusal refusal) {
    const RefusalText text = refusal_text(refusal);
    Exchange& exchange = exchanges_.push();
    exchange.started = Clock::now();
    exchange.close = true;
    last_taken_ = true;
    unread_input_ = true;
    ++requests_;
    answer_with_problem(exchange, {std::string(text.code), std::string(text.detail)}, 0);
}

// A readable request that is not served. A small body is thrown away and the connection goes on (a
// new one would cost its owner a TLS handshake); before a big or an unconfirmed one the connection
// ends.
void Connection::refuse_request(const RequestHead& head, const Route* route, const Error& error,
                                uint32_t retry_after_s, std::string_view header_lines) {
    Exchange& exchange = begin_exchange(head, route);
    const bool may_skip = head.content_length <= kBodyBytesMax && !head.expect_continue;
    if (head.content_length > 0 && !may_skip) {
        exchange.close = true;
        last_taken_ = true;
        unread_input_ = true;
    } else {
        skip_ = head.content_length;
    }
    answer_with_problem(exchange, error, retry_after_s, header_lines);
}

Exchange& Connection::begin_exchange(const RequestHead& head, const Route* route) {
    Exchange& exchange = exchanges_.push();
    exchange.route = route;
    exchange.started = Clock::now();
    exchange.head_only = head.method == Method::head;
    exchange.http_1_1 = head.http_1_1;
    exchange.close = !head.keep_alive;
    if (const std::string_view* accept = head.find("accept-language")) {
        exchange.language = language_from_accept_language(*accept);
    }
    last_taken_ = exchange.close;
    ++requests_;
    return exchange;
}

void Connection::dispatch(const RequestHead& head, const Route& route, Request& request) {
    Exchange& exchange = begin_exchange(head, &route);
    if (route.is(kSlow)) {
        if (!hub_.begin_slow()) {
            answer_with_problem(exchange, {"unavailable", "too many long reads at once"}, 1);
            return;
        }
        exchange.counted_slow = true;
    }
    route.handler(request, Responder(hub_, {slot_, generation_, exchange.number}));
}

}  // namespace calm::http
