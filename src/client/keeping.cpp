// Client's housekeeping: the contact, what has not been told yet, tokens that are missing.
#include <algorithm>

#include <fmt/format.h>

#include "client/client.h"
#include "documents/merkle.h"
#include "wire/fields.h"
#include "wire/host_json.h"

namespace calm {
namespace {

constexpr Seconds kContactEvery = minutes(1);       // design.md 6
constexpr Seconds kContactAgainAfter = seconds(5);  // while no server answers
constexpr Seconds kServersApart = minutes(5);  // two servers of one ledger, core/trusted_clock.h

}  // namespace

void Client::keep() {
    end_lost_sessions();
    const Seconds boot = clocks_.boot();
    if (!contact_due_ || boot >= *contact_due_) {
        bool reached = false;
        for (const size_t server : order()) {
            const auto done = contact(server);
            if (done) {
                reached = true;
                break;
            }
            if (!is_silence(done.error())) {
                notice_(NoticeLevel::warning,
                        fmt::format("contact with {} failed: {}: {}", servers_.name(server),
                                    done.error().code, done.error().detail));
            }
        }
        contact_due_ = Seconds{boot.count + (reached ? kContactEvery : kContactAgainAfter).count};
        {
            const std::scoped_lock lock(mutex_);
            unreached_ = !reached;
        }
        if (!reached) return;
        if (const auto told = reassert(); !told) {
            notice_(NoticeLevel::warning, fmt::format("telling what is held failed: {}: {}",
                                                      told.error().code, told.error().detail));
        }
    }
    tell();
    extend_seats();
    fetch_wanted();
}

Result<> Client::contact(size_t server) {
    wire::HostTold tells = settings_.tells;
    {
        const std::scoped_lock lock(mutex_);
        const ModeInForce in_force = mode();
        tells.mode = in_force.mode;
        tells.mode_from = in_force.source;
    }
    tells.time = clocks_.wall();
    const HttpRequest request{
        .path = "/v1/revocations",
        .headers = {{std::string(wire::kHostToldHeader), wire::write_host_told(tells)}}};
    CALM_TRY_ASSIGN(const auto json, ask_json(server, request, settings_.contact_timeout));
    CALM_TRY_ASSIGN(const wire::HostContact told, wire::parse_contact(json));
    CALM_TRY_ASSIGN(const VerifiedContact verified,
                    verify_contact(told, identity_.ledger_identity));
    CALM_TRY_ASSIGN(const bool goes_on, continues(server, verified));
    take(told, verified, goes_on);
    return {};
}

// Whether the log that the server shows continues the one that this host has seen. A history that
// was rewritten is said, loudly, and remembered; the server is asked all the same: an alarm must
// not lock people out.
Result<bool> Client::continues(size_t server, const VerifiedContact& told) {
    std::optional<TreeHead> kept;
    std::optional<Instant> last_contact;
    {
        const std::scoped_lock lock(mutex_);
        kept = state_.head;
        last_contact = state_.last_contact;
    }
    const HeadStep step = compare_heads(kept, told.head);
    // Ledger time never runs backwards within an epoch: an older list is an old answer shown again.
    if (kept && told.revocations.epoch == kept->epoch && last_contact &&
        told.revocations.time + kServersApart < *last_contact) {
        return fail("contact_untrusted", "it is older than the one before");
    }
    switch (step) {
        case HeadStep::first:
        case HeadStep::same: return true;
        case HeadStep::newer_epoch:
            notice_(NoticeLevel::warning,
                    fmt::format("{} was restored from a backup: epoch {} follows epoch {}",
                                servers_.name(server), told.head.epoch, kept->epoch));
            return true;
        case HeadStep::longer: break;
        default:
            see_rollback(fmt::format(
                "{}: {}: it shows epoch {} with {} entries after epoch {} with {} entries",
                servers_.name(server), name_of(step), told.head.epoch, told.head.size, kept->epoch,
                kept->size));
            return false;
    }
    const std::string path =
        fmt::format("/v1/audit/proof?first={}&second={}", kept->size, told.head.size);
    CALM_TRY_ASSIGN(const auto json, ask_json(server, {.path = path}, settings_.contact_timeout));
    CALM_TRY_ASSIGN(const auto proof, wire::parse_proof(json));
    if (!verify_consistency(kept->size, kept->root, told.head.size, told.head.root, proof)) {
        see_rollback(fmt::format("{}: forked: its {} entries do not begin with the {} seen before",
                                 servers_.name(server), told.head.size, kept->size));
        return false;
    }
    return true;
}

void Client::see_rollback(std::string detail) {
    notice_(NoticeLevel::alarm,
            "the license server's history was rolled back or rewritten: " + detail);
    const std::scoped_lock lock(mutex_);
    if (!state_.rollback) state_.rollback = RollbackSeen{.at = now(), .detail = std::move(detail)};
    ++changes_;
}

void Client::take(const wire::HostContact& contact, const VerifiedContact& told, bool continues) {
    const std::scoped_lock lock(mutex_);
    // A restored server may have forgotten what it took back; the host has not.
    if (state_.head && told.head.epoch > state_.head->epoch) {
        shelf_.drop_if([&](const ShelvedToken& token) {
            return state_.is_withdrawn(token.cal, token.sequence);
        });
    }
    clock_.hear(told.revocations.time, clocks_.boot());
    server_ahead_ = told.revocations.time - clocks_.wall();
    state_.last_contact = told.revocations.time;
    state_.mode = contact.mode;
    state_.offline_days_max = contact.offline_days_max;
    state_.products = contact.products;
    state_.certificate = contact.certificate;
    state_.node_certificates = contact.certificates;
    state_.successor = contact.successor;
    reassert_ = contact.reassert;
    state_.withdrawn = told.revocations.cals;
    state_.withdrawn_size = told.revocations.size;
    std::vector<PublicKey> vendors;
    for (const KeyBytes& key : contact.vendors)
        vendors.push_back(PublicKey{key});
    if (vendors != state_.vendors) {
        state_.vendors = std::move(vendors);
        reset_verifier();
    }
    // After an alarm the head kept stays the highest one seen, so that every contact says it again.
    if (continues) state_.head = told.head;
    shelf_.drop_expired(now());
    ++changes_;
}

// A backup was restored: the server gives nothing new before its hosts have told what it may lack.
// What fails is asked for again at the next contact.
Result<> Client::reassert() {
    std::vector<std::string> texts;
    {
        const std::scoped_lock lock(mutex_);
        if (!reassert_) return {};
        shelf_.each([&](const ShelvedToken& token) {
            if (!state_.is_withdrawn(token.cal, token.sequence)) texts.push_back(token.text);
        });
    }
    size_t told = 0;
    do {
        const size_t count = std::min(texts.size() - told, wire::kReassertionsMax);
        const auto begin = texts.begin() + static_cast<ptrdiff_t>(told);
        told += count;
        std::string body;
        wire::write_reassertions(body, {.tokens = {begin, begin + static_cast<ptrdiff_t>(count)},
                                        .all = told == texts.size()});
        CALM_TRY(ask_any({.method = "POST", .path = "/v1/reassertions", .body = body}));
    } while (told < texts.size());
    {
        const std::scoped_lock lock(mutex_);
        reassert_ = false;
    }
    notice_(NoticeLevel::info,
            fmt::format("the license server was told of {} CAL tokens that this host holds", told));
    return {};
}

void Client::fetch_wanted() {
    while (true) {
        std::optional<Wanted> wanted;
        {
            const std::scoped_lock lock(mutex_);
            if (wanted_.empty()) return;
            wanted = wanted_.front();
            wanted_.pop_front();
        }
        const std::string path = fmt::format("/v1/cals/{}/token", wanted->cal.value);
        const auto json = ask_any({.path = path});
        if (!json) {
            if (is_silence(json.error())) return;  // the next question wants it too
            continue;
        }
        std::string token;
        wire::Fields fields(*json);
        fields.text("token", token, kCalTokenSizeMax);
        fields.require("token");
        if (!fields.finish(wire::Fields::Unknown::ignored)) continue;
        const std::scoped_lock lock(mutex_);
        shelve(wanted->ask, wanted->cal, token);
    }
}

Result<wire::HostStations> Client::report_stations(const wire::StationReport& report,
                                                   std::chrono::milliseconds timeout) {
    std::string body;
    wire::write_station_report(body, report);
    CALM_TRY_ASSIGN(
        const auto json,
        ask_any({.method = "POST", .path = "/v1/stations/report", .body = body}, timeout));
    CALM_TRY_ASSIGN(auto stations, wire::parse_host_stations(json));
    std::map<std::string, SubjectId, std::less<>> holders;
    for (const auto& each : stations.stations) {
        if (holders.size() < HostState::kStationsMax) holders[each.name] = each.holder;
    }
    const std::scoped_lock lock(mutex_);
    if (holders != state_.stations) {
        state_.stations = std::move(holders);
        ++changes_;
    }
    return stations;
}

void Client::tell() {
    for (const auto step :
         {&Client::tell_validations, &Client::tell_ends, &Client::tell_decisions}) {
        const auto told = (this->*step)();
        if (told) continue;
        if (is_silence(told.error())) return;
        notice_(NoticeLevel::warning, fmt::format("a server did not take what was told: {}: {}",
                                                  told.error().code, told.error().detail));
    }
}

Result<> Client::tell_validations() {
    while (true) {
        CalId cal;
        {
            const std::scoped_lock lock(mutex_);
            if (state_.validations.empty()) return {};
            cal = state_.validations.front();
        }
        const std::string body = fmt::format(R"({{"cal":{}}})", cal.value);
        const auto answer =
            ask_any({.method = "POST", .path = "/v1/admissions/validate", .body = body});
        if (!answer && is_silence(answer.error())) {
            return std::unexpected(answer.error());
        }
        // Refused: the CAL is gone, and there is nothing left to validate.
        const std::scoped_lock lock(mutex_);
        if (!state_.validations.empty() && state_.validations.front() == cal) {
            state_.validations.pop_front();
        }
        ++changes_;
    }
}

Result<> Client::tell_ends() {
    while (true) {
        std::string body;
        {
            const std::scoped_lock lock(mutex_);
            if (ends_.empty()) return {};
            const auto& [ask, others] = ends_.front();
            wire::write_session_end(body, {.product = ask.product,
                                           .user = ask.user,
                                           .device = ask.device,
                                           .station = ask.station,
                                           .others = others});
            ends_.pop_front();  // counted, not promised
        }
        CALM_TRY(ask_any({.method = "POST", .path = "/v1/admissions/end", .body = body}));
    }
}

Result<> Client::tell_decisions() {
    while (true) {
        std::vector<wire::OfflineDecision> decisions;
        {
            const std::scoped_lock lock(mutex_);
            const size_t count = std::min(state_.decisions.size(), wire::kReportMax);
            if (count == 0) return {};
            decisions.assign(state_.decisions.begin(),
                             state_.decisions.begin() + static_cast<ptrdiff_t>(count));
        }
        std::string body;
        wire::write_report(body, decisions);
        const auto answer =
            ask_any({.method = "POST", .path = "/v1/admissions/report", .body = body});
        if (!answer && is_silence(answer.error())) {
            return std::unexpected(answer.error());
        }
        // What a server refuses to take now it would refuse for ever.
        const std::scoped_lock lock(mutex_);
        // Only what was told goes; a full queue may have lost its oldest meanwhile.
        for (const auto& told : decisions) {
            if (!state_.decisions.empty() && state_.decisions.front() == told) {
                state_.decisions.pop_front();
            }
        }
        ++changes_;
        if (!answer) return std::unexpected(answer.error());
    }
}

}  // namespace calm
