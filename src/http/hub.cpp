// The table of connections and its turns.
#include "http/hub.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/assert.h"

namespace calm::http {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr int kAcceptsPerTurn = 64;  // then the open connections have their turn
constexpr uint32_t kTurnedAwayMax =
    64;  // connections beyond the limit that are told so at one time
constexpr uint32_t kListenerSlot = 0xFFFF'FFFF;
// A TLS handshake costs about 0.4 ms of processor: a flood of them must not hold up open
// connections.
constexpr int kHandshakesPerTurn = 8;

int open_spare() {
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

// What counts as one peer: an IPv4 address, or the /64 that an IPv6 customer has for himself.
std::string peer_key(const Peer& peer) {
    in6_addr v6{};
    std::string address(peer.address);
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
    return std::string(reinterpret_cast<const char*>(&v6), 8);
}

// Fills in who the other end is; `text` holds the address as long as `peer` is used.
void describe_tcp(const sockaddr_storage& from, std::array<char, INET6_ADDRSTRLEN>& text,
                  Peer& peer) {
    if (from.ss_family == AF_INET) {
        const auto& in = reinterpret_cast<const sockaddr_in&>(from);
        inet_ntop(AF_INET, &in.sin_addr, text.data(), text.size());
        peer.loopback = (ntohl(in.sin_addr.s_addr) >> 24) == 127;
        peer.port = ntohs(in.sin_port);
    } else {
        const auto& in = reinterpret_cast<const sockaddr_in6&>(from);
        inet_ntop(AF_INET6, &in.sin6_addr, text.data(), text.size());
        peer.loopback = IN6_IS_ADDR_LOOPBACK(&in.sin6_addr) != 0;
        peer.port = ntohs(in.sin6_port);
    }
    peer.address = text.data();
}

bool describe_unix(int fd, Peer& peer) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return false;
    peer.transport = Peer::Transport::unix_socket;
    peer.address = "unix";
    peer.uid = credentials.uid;
    peer.gid = credentials.gid;
    peer.pid = credentials.pid;
    return true;
}

}  // namespace

Hub::Hub(RouteTable routes, Gate gate, ProblemTable problems, ServerSettings settings,
         Metrics* metrics, std::function<void()> schedule)
    : routes_(std::move(routes)),
      gate_(std::move(gate)),
      problems_(std::move(problems)),
      settings_(std::move(settings)),
      metrics_(metrics, routes_, [this] { return static_cast<double>(open_); }),
      schedule_(std::move(schedule)),
      spare_fd_(open_spare()),
      requests_(settings_.requests_per_second > 0 ? settings_.requests_per_second : 1,
                std::max(1.0, settings_.requests_burst)),
      read_buffer_(kReadBytes) {
    begin_turn();
}

Hub::~Hub() {
    if (spare_fd_ >= 0) ::close(spare_fd_);
}

// Do the limits of one peer apply?
bool Hub::is_limited(const Peer& peer) const {
    if (peer.transport == Peer::Transport::unix_socket) return false;
    return settings_.limit_loopback || !peer.loopback;
}

void Hub::release() {
    if (--references_ == 0) delete this;
}

Result<uint16_t> Hub::listen_tcp(std::string_view address, uint16_t port, const TlsContext* tls) {
    CALM_TRY_ASSIGN(std::unique_ptr<Listener> listener, Listener::tcp(address, port, tls));
    const uint64_t key = (uint64_t{kListenerSlot} << 32) | listeners_.size();
    CALM_ASSERT(poller_.add(listener->fd(), key, EPOLLIN));
    listeners_.push_back(std::move(listener));
    return listeners_.back()->port();
}

Result<> Hub::listen_unix(const std::string& path, uint32_t mode) {
    CALM_TRY_ASSIGN(std::unique_ptr<Listener> listener, Listener::unix_socket(path, mode));
    const uint64_t key = (uint64_t{kListenerSlot} << 32) | listeners_.size();
    CALM_ASSERT(poller_.add(listener->fd(), key, EPOLLIN));
    listeners_.push_back(std::move(listener));
    return {};
}

void Hub::begin_turn() {
    now_ = Clock::now();
    timespec wall{};
    CALM_ASSERT(clock_gettime(CLOCK_REALTIME_COARSE, &wall) == 0);
    date_ = dates_.at(wall.tv_sec);
}

void Hub::end_turn() {
    for (const uint32_t slot : closed_slots_) {
        slots_[slot].connection.reset();
        ++slots_[slot].generation;
        free_slots_.push_back(slot);
    }
    closed_slots_.clear();
    finish_stop_when_empty();
}

void Hub::on_ready() {
    if (thread_ == std::thread::id()) thread_ = std::this_thread::get_id();
    begin_turn();
    int handshakes = kHandshakesPerTurn;
    for (const epoll_event& event : poller_.ready()) {
        const auto slot = static_cast<uint32_t>(event.data.u64 >> 32);
        const auto generation = static_cast<uint32_t>(event.data.u64);
        if (slot == kListenerSlot) {
            if (generation < listeners_.size()) accept_from(*listeners_[generation]);
        } else if (Connection* connection = find({slot, generation, 0})) {
            // Left alone, it is ready again in the next turn.
            if (connection->is_handshaking() && handshakes-- <= 0) continue;
            connection->on_ready(event.events);
        }
    }
    end_turn();
}

void Hub::on_tick() {
    if (thread_ == std::thread::id()) thread_ = std::this_thread::get_id();
    begin_turn();
    // A tick may close connections but never opens one, so the table does not move.
    for (Slot& slot : slots_) {
        if (slot.connection == nullptr || slot.connection->closed) continue;
        if (now_ >= stop_deadline_) {
            close(*slot.connection);
        } else {
            slot.connection->on_tick(now_);
        }
    }
    end_turn();
}

void Hub::run_scheduled() {
    begin_turn();
    schedule_asked_ = false;
    // What is scheduled meanwhile has its turn in the next call.
    std::swap(scheduled_, running_);
    for (const ExchangeKey key : running_) {
        Connection* connection = find(key);
        if (connection == nullptr) continue;
        const bool read = std::exchange(connection->read_scheduled, false);
        connection->answers_scheduled = false;
        if (read) {
            connection->on_ready(EPOLLIN);
        } else {
            connection->on_answers();
        }
    }
    running_.clear();
    end_turn();
}

void Hub::schedule_answers(Connection& connection) {
    if (connection.closed || std::exchange(connection.answers_scheduled, true)) return;
    scheduled_.push_back({connection.slot(), connection.generation(), 0});
    if (!std::exchange(schedule_asked_, true)) schedule_();
}

void Hub::schedule_read(Connection& connection) {
    connection.read_scheduled = true;
    schedule_answers(connection);
}

Connection* Hub::find(ExchangeKey key) {
    if (!alive_) return nullptr;
    CALM_ASSERT(thread_ == std::thread::id() || thread_ == std::this_thread::get_id());
    if (key.slot >= slots_.size()) return nullptr;
    Slot& slot = slots_[key.slot];
    if (slot.generation != key.generation || slot.connection == nullptr) return nullptr;
    return slot.connection->closed ? nullptr : slot.connection.get();
}

void Hub::accept_from(const Listener& listener) {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        sockaddr_storage from{};
        const int fd = listener.accept(from);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
            return turn_away_without_descriptor(listener);
        }
        if (fd < 0) return;
        admit(listener, fd, from);
    }
}

// A connection that cannot be accepted would make the listener ready for ever, and the loop spin.
void Hub::turn_away_without_descriptor(const Listener& listener) {
    metrics_.turned_away(ServerMetrics::Turned::too_many);
    if (spare_fd_ >= 0) ::close(spare_fd_);
    sockaddr_storage from{};
    const int fd = listener.accept(from);
    if (fd >= 0) ::close(fd);
    spare_fd_ = open_spare();
}

void Hub::admit(const Listener& listener, int fd, const sockaddr_storage& from) {
    Peer peer;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (!listener.is_unix()) {
        describe_tcp(from, text, peer);
        if (listener.tls() != nullptr) peer.transport = Peer::Transport::tls;
    } else if (!describe_unix(fd, peer)) {
        ::close(fd);
        return;
    }
    const bool full = open_ >= settings_.connections_max;
    if (!full && is_limited(peer)) {
        const auto found = per_peer_.find(peer_key(peer));
        if (found != per_peer_.end() && found->second >= settings_.connections_per_peer_max) {
            metrics_.turned_away(ServerMetrics::Turned::too_many_of_peer);
            ::close(fd);
            return;
        }
    }
    if (full) {
        metrics_.turned_away(ServerMetrics::Turned::too_many);
        // Under TLS the answer would cost a handshake, which is what we have no room for.
        if (listener.tls() != nullptr || open_ >= settings_.connections_max + kTurnedAwayMax) {
            ::close(fd);
            return;
        }
    }
    Connection* connection = add(fd, listener.tls(), peer);
    if (connection == nullptr) return;
    metrics_.accepted();
    if (full) connection->refuse_connection();
}

Connection* Hub::add(int fd, const TlsContext* tls, const Peer& peer) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    auto connection =
        std::make_unique<Connection>(*this, slot, slots_[slot].generation, fd, tls, peer);
    if (!poller_.add(fd, connection->poll_key(), connection->interest())) {
        free_slots_.push_back(slot);  // the kernel has no room for another watched socket
        return nullptr;
    }
    slots_[slot].connection = std::move(connection);
    ++open_;
    if (is_limited(peer)) ++per_peer_[peer_key(peer)];
    return slots_[slot].connection.get();
}

// Closes for the outside at once; the object lives until the turn ends, because it may be on the
// stack.
void Hub::close(Connection& connection) {
    if (std::exchange(connection.closed, true)) return;
    poller_.remove(connection.fd());
    closed_slots_.push_back(connection.slot());
    --open_;
    if (!is_limited(connection.peer())) return;
    const auto found = per_peer_.find(peer_key(connection.peer()));
    if (found != per_peer_.end() && --found->second == 0) per_peer_.erase(found);
}

bool Hub::limit_request(const Peer& peer, uint32_t& retry_after_s) {
    if (settings_.requests_per_second <= 0 || !is_limited(peer)) return true;
    const std::chrono::milliseconds wait = requests_.take(peer_key(peer), now_);
    if (wait.count() == 0) return true;
    retry_after_s = retry_after_seconds(wait);
    return false;
}

bool Hub::begin_slow() {
    if (slow_ >= settings_.slow_requests_max) return false;
    ++slow_;
    return true;
}

void Hub::begin_stop(std::chrono::milliseconds deadline, std::function<void()> stopped) {
    CALM_ASSERT(!draining_);
    begin_turn();
    draining_ = true;
    stop_deadline_ = now_ + deadline;
    stopped_ = std::move(stopped);
    listeners_.clear();
    for (Slot& slot : slots_) {
        if (slot.connection == nullptr || slot.connection->closed) continue;
        // The connection that is being served right now (stop was asked for by a request) is told
        // later.
        if (slot.connection->in_turn()) {
            slot.connection->draining_after_turn();
        } else {
            slot.connection->begin_draining();
        }
    }
    if (!std::exchange(schedule_asked_, true)) schedule_();
}

void Hub::finish_stop_when_empty() {
    if (!draining_ || open_ > 0 || !closed_slots_.empty() || !stopped_) return;
    const std::function<void()> stopped = std::exchange(stopped_, nullptr);
    stopped();
}

void Hub::shut_down() {
    alive_ = false;
    schedule_ = [] {};
    stopped_ = nullptr;
    listeners_.clear();
    // Handlers and body sources go with their connections; what they do on their way out finds
    // nobody.
    std::vector<Slot> slots = std::move(slots_);
    slots_.clear();
    open_ = 0;
}

}  // namespace calm::http
