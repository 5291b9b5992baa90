// Asking: request, order, learning from the answer, and the decision without one.
#include "client/client.h"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include "base/assert.h"
#include "client/bounded.h"
#include "wire/host_json.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A server that was too slow is asked last for this long.
constexpr auto kSlowFor = std::chrono::seconds(10);
// Less than this is no time to ask anybody.
constexpr milliseconds kAskMin{20};

// A proof of identity is made two minutes "old" and used for two: it is good with a clock that is
// up to three minutes off, and is signed rarely.
constexpr Seconds kBearerBackdated = minutes(2);
constexpr Seconds kBearerUsedFor = minutes(2);

Admission admission_of(const wire::AdmissionAnswer& answer) {
    Admission admission{.reason = answer.reason,
                        .cal = answer.cal,
                        .expires_at = answer.expires_at,
                        .place = answer.place};
    if (answer.ask_again_at != Instant{}) admission.ask_again_at = answer.ask_again_at;
    return admission;
}

// Decided without a look at what the holder has.
bool needs_no_cal(Reason reason) {
    switch (reason) {
        case Reason::administration:
        case Reason::host_service:
        case Reason::server_to_server:
        case Reason::web_workload:
        case Reason::hpc_workload:
        case Reason::anonymous_access:
        case Reason::external_connector:
        case Reason::core_licensed: return true;
        default: return false;
    }
}

RequestId new_request_id() {
    RequestId id;
    randombytes_buf(id.bytes.data(), id.bytes.size());
    return id;
}

milliseconds left_until(Client::Deadline deadline) {
    return std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
}

Result<boost::json::value> json_of(const HttpAnswer& answer) {
    if (answer.status / 100 != 2) {
        Error problem = problem_of(answer);
        // A proxy speaks: who knows how far the question came.
        if (problem.code == "server_unreachable") problem.code = "answer_lost";
        return std::unexpected(std::move(problem));
    }
    if (answer.body.empty()) return boost::json::value();
    boost::system::error_code error;
    auto value = boost::json::parse(answer.body, error);
    if (error) return fail("answer_malformed", "the answer is not JSON");
    return value;
}

}  // namespace

Client::Client(HostIdentity identity, Settings settings, Servers& servers, Clocks clocks,
               std::optional<HostState> state, const std::vector<ShelvedToken>& tokens,
               Notice notice)
    : identity_(std::move(identity)),
      settings_(settings),
      servers_(servers),
      clocks_(std::move(clocks)),
      notice_(std::move(notice)),
      offline_(settings_.offline),
      wishes_(settings_.mode),
      clock_(state ? state->clock : std::nullopt, clocks_.wall(), clocks_.boot_id, clocks_.boot()),
      state_(state ? std::move(*state) : HostState{}),
      health_(servers.size()) {
    CALM_ASSERT(sodium_init() >= 0);
    reset_verifier();
    // The machine was started again, and nothing runs that ran before.
    if (!state_.clock || state_.clock->boot_id != clocks_.boot_id) {
        for (const HostSession& session : std::exchange(state_.sessions, {}))
            note_end(session);
    }
    for (const ShelvedToken& token : tokens) {
        if (auto verified = verify(ask_for(token), token.text)) shelf_.put(std::move(*verified));
    }
    shelf_.take_changed();  // they are stored already
    for (const ShelvedToken& token : tokens)
        shelf_.forget_unless_there(TokenShelf::key(token));
}

void Client::go_by(OfflinePolicy offline, const ModeWishes& mode) {
    const std::scoped_lock lock(mutex_);
    offline_ = offline;
    wishes_ = mode;
}

// A question that the token would answer.
AdmissionAsk Client::ask_for(const ShelvedToken& token) const {
    AdmissionAsk ask{.product = token.product, .user = {}, .device = {}};
    if (token.kind == HolderKind::user) ask.user = token.name;
    if (token.kind == HolderKind::device) ask.device = token.name;
    if (token.kind == HolderKind::station) {
        const auto named = std::ranges::find_if(state_.stations, [&](const auto& each) {
            return wire::station_token_name(each.second) == token.name;
        });
        if (named != state_.stations.end()) ask.station = named->first;
    }
    return ask;
}

// Whose token may answer this question. At a station that of whoever holds its CAL, if a server has
// said who that is. REQUIRES: mutex_ is held, except while the client is made.
std::vector<Client::TokenHolder> Client::token_holders(const AdmissionAsk& ask) const {
    if (ask.station.empty())
        return {{HolderKind::user, ask.user}, {HolderKind::device, ask.device}};
    const auto station = state_.stations.find(ask.station);
    if (station == state_.stations.end()) return {};
    return {{HolderKind::station, wire::station_token_name(station->second)}};
}

void Client::reset_verifier() {
    verifier_.emplace(TrustAnchors{.vendors = state_.vendors, .ledgers = {identity_.ledger()}});
}

// The configured order, except that those which were too slow a moment ago come last.
std::vector<size_t> Client::order() const {
    const std::scoped_lock lock(mutex_);
    const auto at = steady_clock::now();
    std::vector<size_t> order;
    for (size_t i = 0; i < health_.size(); ++i) {
        if (servers_.is_taken(i)) order.push_back(i);
    }
    std::ranges::sort(order, {},
                      [&](size_t i) { return std::pair(health_[i].ask_last_until > at, i); });
    return order;
}

std::string Client::bearer() {
    const std::scoped_lock lock(mutex_);
    const Instant at = clocks_.wall() + server_ahead_;
    if (bearer_.empty() || at < bearer_made_at_ || at >= bearer_made_at_ + kBearerUsedFor) {
        bearer_ = make_host_token(identity_.key, identity_.host, identity_.ledger(),
                                  at - kBearerBackdated);
        bearer_made_at_ = at;
    }
    return bearer_;
}

void Client::note_health(size_t server, const Error* error, bool answered, bool slow) {
    const std::scoped_lock lock(mutex_);
    if (server >= health_.size()) return;  // the list has become shorter meanwhile
    Health& health = health_[server];
    const std::string text =
        error == nullptr ? "" : fmt::format("{}: {}", error->code, error->detail);
    // Said when it changes: a server that is down for a night fills no log.
    if (error != nullptr && text != health.last_error) {
        notice_(NoticeLevel::warning,
                fmt::format("license server {}: {}", servers_.name(server), text));
    }
    if (error == nullptr && !health.last_error.empty()) {
        notice_(NoticeLevel::info,
                fmt::format("license server {} answers again", servers_.name(server)));
    }
    health.answered = answered;
    health.last_error = text;
    health.ask_last_until = slow ? steady_clock::now() + kSlowFor : Deadline{};
}

// One exchange. A proof of identity that the server finds expired is made again by the server's own
// clock, once: a host whose clock is wrong is no reason to lock people out.
Result<HttpAnswer> Client::send(size_t server, HttpRequest request, milliseconds timeout) {
    const auto deadline = steady_clock::now() + timeout;
    for (int attempt = 0;; ++attempt) {
        request.timeout = left_until(deadline);
        request.connect_timeout = request.timeout;
        if (request.timeout < kAskMin) return fail("server_unreachable", "no time is left");
        auto answer = servers_.send(server, request, bearer());
        if (!answer) {
            note_health(server, &answer.error(), false, left_until(deadline) < kAskMin);
            return answer;
        }
        if (answer->status / 100 == 2) {
            note_health(server, nullptr, true, false);
            return answer;
        }
        const Error problem = problem_of(*answer);
        const bool clock_off = answer->status == 401 && answer->date && attempt == 0 &&
                               problem.code == "host_token_expired";
        if (!clock_off) {
            note_health(server, &problem, answer->status < 500, false);
            return answer;
        }
        const std::scoped_lock lock(mutex_);
        server_ahead_ = *answer->date - clocks_.wall();
        bearer_.clear();
        notice_(NoticeLevel::warning,
                fmt::format("the clocks of this host and of {} differ by {} seconds",
                            servers_.name(server), server_ahead_.count));
    }
}

Result<boost::json::value> Client::ask_json(size_t server, const HttpRequest& request,
                                            milliseconds timeout) {
    CALM_TRY_ASSIGN(const HttpAnswer answer, send(server, request, timeout));
    return json_of(answer);
}

// The first server that answers with success.
Result<boost::json::value> Client::ask_any(const HttpRequest& request, milliseconds timeout) {
    Result<boost::json::value> answer = fail("server_unreachable", "there is no license server");
    for (const size_t server : order()) {
        answer = ask_json(server, request, timeout);
        if (answer) break;
    }
    return answer;
}

wire::AdmissionQuestion Client::question_of(const AdmissionAsk& ask, const AskedWith& with) const {
    wire::AdmissionQuestion question{.request_id = new_request_id(),
                                     .product = ask.product,
                                     .user = ask.user,
                                     .device = ask.device,
                                     .want_token = lacks_token(ask),
                                     .administration = ask.administration,
                                     .host_service = ask.host_service,
                                     .station = ask.station,
                                     .from_server = ask.from_server,
                                     .via = ask.via,
                                     .workload = ask.workload,
                                     .outside = ask.outside,
                                     .held_token = with.held_token,
                                     .hardware_id = with.hardware_id,
                                     .certificate = with.certificate,
                                     .device_mark = with.device_mark,
                                     .wait = with.wait};
    const std::scoped_lock lock(mutex_);
    // What was set at the server it knows itself, and better.
    if (const ModeInForce asked = mode();
        asked.source != SettingSource::license_server && asked.source != SettingSource::built_in) {
        question.mode = asked.mode;
    }
    if (ask.administration) {
        question.administrators_now =
            administrators_beside(state_.sessions, ask) + with.administrators_elsewhere;
    }
    return question;
}

uint32_t Client::administrators(const AdmissionAsk& ask) const {
    const std::scoped_lock lock(mutex_);
    return administrators_beside(state_.sessions, ask);
}

Client::Asked Client::ask_all(const AdmissionAsk& ask, Deadline deadline, const AskedWith& with) {
    Asked asked;
    std::string body;
    wire::write_question(body, question_of(ask, with));
    const HttpRequest request{.method = "POST", .path = "/v1/admissions", .body = body};

    const std::vector<size_t> servers = order();
    for (size_t i = 0; i < servers.size(); ++i) {
        // Each gets its share of what is left, so that a silent first one does not take it all.
        const milliseconds share = left_until(deadline) / static_cast<int>(servers.size() - i);
        if (share < kAskMin) break;
        const auto json = ask_json(servers[i], request, share);
        if (!json) {
            asked.lost |= json.error().code == "answer_lost";
            continue;
        }
        const auto answer = wire::parse_answer(*json);
        asked.lost |= !answer;
        if (!answer) continue;
        learn(ask, *answer);
        asked.admission = admission_of(*answer);
        break;
    }
    return asked;
}

std::optional<Admission> Client::ask_servers(const AdmissionAsk& ask, Deadline deadline,
                                             const AskedWith& with) {
    return ask_all(ask, deadline, with).admission;
}

Admission Client::admit(const AdmissionAsk& ask, Deadline deadline) {
    const auto admission = ask_servers(ask, deadline);
    return admission ? *admission : admit_offline(ask);
}

OfflineFacts Client::offline_facts(const AdmissionAsk& ask, bool at_console) const {
    const std::scoped_lock lock(mutex_);
    return {.now = now(),
            .last_contact = state_.last_contact,
            .terms = state_.terms_of(ask.product),
            .token = token_of(ask),
            .policy = offline_,
            .at_console = at_console};
}

Reason Client::offline_reason(const AdmissionAsk& ask) const {
    return decide_offline(offline_facts(ask));
}

void Client::note_offline(const AdmissionAsk& ask, Reason reason) {
    const std::scoped_lock lock(mutex_);
    push_bounded(state_.decisions,
                 wire::OfflineDecision{.at = now(),
                                       .product = ask.product,
                                       .user = ask.user,
                                       .device = ask.device,
                                       .reason = reason},
                 HostState::kDecisionsMax);
    ++changes_;
}

Admission Client::admit_offline(const AdmissionAsk& ask, bool at_console) {
    const OfflineFacts facts = offline_facts(ask, at_console);
    const Reason reason = decide_offline(facts);
    note_offline(ask, reason);
    return {.reason = reason,
            .cal = {},
            .expires_at = end_offline(reason, facts).value_or(Instant{}),
            .offline = true};
}

void Client::learn(const AdmissionAsk& ask, const wire::AdmissionAnswer& answer) {
    const std::scoped_lock lock(mutex_);
    if (answers_.size() >= kAnswersMax) answers_.clear();
    answers_[ask] = admission_of(answer);
    for (HostSession& session : state_.sessions) {
        if (session.ask == ask) go_on(session, answer);
    }
    const std::vector<TokenHolder> holders = token_holders(ask);
    if (holders.empty()) return;
    if (!answer.cal) {
        // Whoever holds no CAL now is not admitted by an old token when the servers are gone.
        if (needs_no_cal(answer.reason)) return;
        for (const auto& [kind, name] : holders)
            shelf_.drop(ask.product, kind, name);
        return;
    }
    if (!answer.token.empty()) return shelve(ask, answer.cal, answer.token);
    for (const auto& [kind, name] : holders) {
        const ShelvedToken* token = shelf_.find(ask.product, kind, name);
        if (token != nullptr && token->cal == answer.cal &&
            token->expires_at == answer.expires_at) {
            return;
        }
    }
    if (wanted_.size() < kWantedMax) wanted_.push_back({ask, answer.cal});
}

// REQUIRES: mutex_ is held.
void Client::shelve(const AdmissionAsk& ask, CalId cal, const std::string& text) {
    auto token = verify(ask, text);
    if (token && token->cal == cal) {
        if (must_be_told_first(*token)) return;
        shelf_.put(std::move(*token));
        ++changes_;
        return;
    }
    // The person is admitted all the same: the server's answer says so. Only the host cannot prove
    // it alone later.
    notice_(NoticeLevel::warning,
            fmt::format("the token of CAL {} is not kept: {}", cal.value,
                        token ? "it is another CAL's" : token.error().detail));
}

// A restored server may say less than the token that is kept: it is shown that one before.
bool Client::must_be_told_first(const ShelvedToken& token) const {
    const ShelvedToken* kept = shelf_.find(token.product, token.kind, token.name);
    const bool untold = reassert_ || !state_.head || token.epoch > state_.head->epoch;
    return kept != nullptr && kept->epoch < token.epoch && untold;
}

// REQUIRES: mutex_ is held, except while the client is made.
Result<ShelvedToken> Client::verify(const AdmissionAsk& ask, const std::string& text) {
    CALM_TRY_ASSIGN(const TrustedCal trusted, verifier_->verify(text, now()));
    const VerifiedCal& cal = trusted.cal;
    const bool meant = std::ranges::any_of(token_holders(ask), [&](const TokenHolder& holder) {
        return holder.kind == cal.holder_kind && holder.name == cal.holder && !cal.holder.empty();
    });
    if (!meant) {
        return fail("cal_token_mismatch", "it names another holder than who was asked for");
    }
    if (trusted.head.head.ledger != identity_.ledger()) {
        return fail("cal_token_untrusted", "it is of another ledger");
    }
    // Both clocks count whole seconds, so this one may be two behind the server's: a right of 60
    // days that was just given would have begun its 61st.
    clock_.hear_at_least(trusted.head.head.time, clocks_.boot());
    return ShelvedToken{.product = ask.product,
                        .kind = cal.holder_kind,
                        .name = cal.holder,
                        .text = text,
                        .cal = cal.cal.cal,
                        .sequence = cal.sequence,
                        .epoch = trusted.head.head.epoch,
                        .expires_at = cal.cal.expires_at};
}

// The best token for this question under the host's licensing mode. REQUIRES: mutex_ is held.
const ShelvedToken* Client::best_token(const AdmissionAsk& ask) const {
    const ShelvedToken* best = nullptr;
    const auto worth = [this](const ShelvedToken& token) {
        return std::pair(!state_.is_withdrawn(token.cal, token.sequence), token.expires_at);
    };
    for (const auto& [kind, name] : token_holders(ask)) {
        if (kind == HolderKind::user && mode().mode == LicensingMode::per_device) continue;
        if (kind == HolderKind::device && mode().mode == LicensingMode::per_user) continue;
        const ShelvedToken* token = shelf_.find(ask.product, kind, name);
        if (token == nullptr) continue;
        if (best == nullptr || worth(*token) > worth(*best)) best = token;
    }
    return best;
}

// REQUIRES: mutex_ is held.
std::optional<OfflineToken> Client::token_of(const AdmissionAsk& ask) const {
    const ShelvedToken* token = best_token(ask);
    if (token == nullptr) return {};
    return OfflineToken{.expires_at = token->expires_at,
                        .withdrawn = state_.is_withdrawn(token->cal, token->sequence)};
}

std::string Client::token_text(const AdmissionAsk& ask) const {
    const std::scoped_lock lock(mutex_);
    const ShelvedToken* token = best_token(ask);
    if (token == nullptr || token->expires_at <= now()) return {};
    return state_.is_withdrawn(token->cal, token->sequence) ? std::string() : token->text;
}

bool Client::seeks_successor() const {
    const std::scoped_lock lock(mutex_);
    return unreached_ || !state_.successor.empty();
}

bool Client::slow() const {
    const std::scoped_lock lock(mutex_);
    const auto at = steady_clock::now();
    return std::ranges::all_of(health_,
                               [at](const Health& health) { return health.ask_last_until > at; });
}

bool Client::lacks_token(const AdmissionAsk& ask) const {
    const std::scoped_lock lock(mutex_);
    if (token_holders(ask).empty()) return false;
    const auto token = token_of(ask);
    return !token || token->withdrawn || token->expires_at <= now();
}

Instant Client::time() const {
    const std::scoped_lock lock(mutex_);
    return now();
}

ClientStatus Client::status() const {
    const std::scoped_lock lock(mutex_);
    ClientStatus status{
        .now = now(), .servers = {}, .state = state_, .mode = mode(), .tokens = shelf_.size()};
    for (size_t i = 0; i < health_.size(); ++i) {
        if (!servers_.is_taken(i)) continue;
        status.servers.push_back({.name = servers_.name(i),
                                  .answered = health_[i].answered,
                                  .last_error = health_[i].last_error});
    }
    std::set<uint32_t> temporary;
    for (const auto& [ask, answer] : answers_) {
        const bool runs = (answer.reason == Reason::cal_temporary_issued ||
                           answer.reason == Reason::cal_temporary_held) &&
                          answer.expires_at > status.now;
        if (!runs || !temporary.insert(answer.cal.value).second) continue;
        status.temporary_until =
            std::min(status.temporary_until.value_or(answer.expires_at), answer.expires_at);
    }
    status.temporary = temporary.size();
    return status;
}

uint64_t Client::change_count() const {
    const std::scoped_lock lock(mutex_);
    return changes_;
}

HostState Client::state_to_keep() const {
    const std::scoped_lock lock(mutex_);
    HostState state = state_;
    state.clock = clock_.mark(clocks_.boot());
    return state;
}

std::vector<Client::TokenChange> Client::take_token_changes() {
    const std::scoped_lock lock(mutex_);
    std::vector<TokenChange> changes;
    for (std::string& key : shelf_.take_changed()) {
        const ShelvedToken* token = shelf_.find(key);
        changes.push_back({.key = std::move(key),
                           .token = token == nullptr ? std::nullopt : std::optional(*token)});
    }
    return changes;
}

}  // namespace calm
