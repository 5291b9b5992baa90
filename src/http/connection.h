// One connection: reads requests, hands them to their routes, and writes the answers in order. A
// state machine driven by the hub: readiness, answers and ticks come in, bytes go out. Internal to
// this layer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <netinet/in.h>

#include "http/exchange.h"
#include "http/request.h"
#include "http/transport.h"

namespace calm::http {

class Hub;

class Connection {
  public:
    Connection(Hub& hub, uint32_t slot, uint32_t generation, int fd, const TlsContext* tls,
               const Peer& peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // What the hub calls. Each may close the connection (Hub::close), which frees it after the
    // turn.
    void on_ready(uint32_t events);
    void on_tick(Clock::time_point now);
    void on_answers();         // exchanges were answered outside of a turn
    void refuse_connection();  // too many: 503 and close
    void begin_draining();     // the server stops: finish what is in work
    void draining_after_turn() { draining_ = true; }

    // What responders call.
    Exchange* find(uint32_t number) { return exchanges_.find(number); }
    void answer(Exchange& exchange, const AnswerHead& head, std::string_view body);
    void answer_with_stream(Exchange& exchange, AnswerHead head,
                            std::unique_ptr<BodyStream> stream);
    void answer_with_problem(Exchange& exchange, const Error& error, uint32_t retry_after_s,
                             std::string_view header_lines = {});
    void wake_stream(Exchange& exchange);

    uint32_t slot() const { return slot_; }
    uint32_t generation() const { return generation_; }
    uint64_t poll_key() const { return (uint64_t{slot_} << 32) | generation_; }
    const Peer& peer() const { return peer_; }
    int fd() const { return transport_.fd(); }
    uint32_t interest() const { return interest_; }
    bool in_turn() const { return in_turn_; }
    bool is_handshaking() const { return phase_ == Phase::handshake; }
    bool closed = false;             // set by the hub: only to be freed any more
    bool answers_scheduled = false;  // kept by the hub
    bool read_scheduled = false;     // kept by the hub: TLS has input that no readiness tells of

  private:
    enum class Phase : uint8_t { handshake, open, lingering };
    enum class Waiting : uint8_t { nothing, idle, head, body };

    // connection.cpp: reading
    void read_and_process();
    void process_buffered();
    size_t process(std::string_view input);
    size_t take_request(std::string_view input);
    void refuse(Refusal refusal);
    void forget_request();
    void offer_continue();
    bool admit_request(const RouteTable::Match& match, Request& request);
    void refuse_request(const RequestHead& head, const Route* route, const Error& error,
                        uint32_t retry_after_s, std::string_view header_lines = {});
    void dispatch(const RequestHead& head, const Route& route, Request& request);
    Exchange& begin_exchange(const RequestHead& head, const Route* route);
    bool may_take_request() const;

    // connection_output.cpp: answers, writing, time limits
    std::string& output_of(Exchange& exchange);
    void settle();
    void pump_stream();
    bool take_piece(BodyStream& stream, BodySource::Pull pulled, std::string_view piece);
    void finish_front();
    void end_turn();
    bool write_out();
    void close_or_linger();
    void update_interest();
    void update_deadline();
    size_t backlog() const { return out_.size() - out_sent_; }

    Hub& hub_;
    const uint32_t slot_;
    const uint32_t generation_;
    Transport transport_;
    std::array<char, INET6_ADDRSTRLEN> address_{};
    Peer peer_;

    Phase phase_ = Phase::open;
    bool in_turn_ = false;
    bool ended_ = false;         // the peer sends no more
    bool closing_ = false;       // nothing more is read; closed when the output has left
    bool unread_input_ = false;  // the peer may still be sending what we will not read
    bool last_taken_ = false;    // a request asked for the connection to be closed
    bool draining_ = false;
    uint32_t interest_ = 0;

    // Input that is not a whole request yet, and what is known about it.
    std::string in_;
    size_t scanned_ = 0;
    size_t head_bytes_ = 0;
    size_t needed_ = 0;  // bytes of head and body of an admitted request whose body is on its way
    size_t skip_ = 0;    // bytes of a refused request's body still to be thrown away
    Caller caller_;      // of that admitted request
    bool continue_due_ = false;
    uint32_t requests_ = 0;  // taken so far

    ExchangeQueue exchanges_;
    std::string out_;
    size_t out_sent_ = 0;

    Waiting waiting_ = Waiting::nothing;
    uint32_t waiting_for_ = 0;  // value of requests_ when the waiting began
    Clock::time_point read_deadline_ = Clock::time_point::max();
    Clock::time_point write_deadline_ = Clock::time_point::max();
};

}  // namespace calm::http
