// The order of questions, and what several servers' silence comes to.
#include "client/server_list.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "base/assert.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kAnsweredMax = 8192;

// Another license server may have what this one lacks. What the host, the question or an
// administrator's verb is refused for stays refused: asking on would go round the rule.
bool next_may_have_it(Reason reason) {
    switch (reason) {
        case Reason::product_unknown:
        case Reason::temporary_cal_expired:
        case Reason::no_cal_available:
        case Reason::server_not_activated:
        case Reason::seats_all_in_use:
        case Reason::seat_queued:
        case Reason::seats_reserved: return true;
        default: return false;
    }
}

}  // namespace

ServerList::ServerList(std::vector<Client*> clients, size_t unknown)
    : clients_(std::move(clients)), unknown_(unknown) {
    CALM_ASSERT(!clients_.empty());
}

// A server that did not answer in time a moment ago comes last, whatever it issued; but before
// everybody one that may have written something that the host cannot show.
std::vector<ServerList::Turn> ServerList::turns(const AdmissionAsk& ask) const {
    std::vector<Turn> turns;
    for (Client* client : clients_) {
        turns.push_back(
            {client, turns.size(), clients_.size() > 1 ? client->token_text(ask) : std::string()});
    }
    std::ranges::sort(turns, {}, [&](const Turn& turn) {
        return std::tuple(!is_unproven(ask, turn.client), turn.client->slow(), turn.token.empty(),
                          turn.place);
    });
    return turns;
}

bool ServerList::is_unproven(const AdmissionAsk& ask, Client* client) const {
    const std::scoped_lock lock(mutex_);
    return unproven_.contains({ask, client});
}

// Asks one, and remembers what it may have written, and what it gave without a token that another
// would believe.
Client::Asked ServerList::ask_one(Client* client, const AdmissionAsk& ask,
                                  Client::Deadline deadline, const AskedWith& with) {
    Client::Asked asked = client->ask_all(ask, deadline, with);
    const bool shown_later = !client->token_text(ask).empty();
    const std::scoped_lock lock(mutex_);
    const std::pair place(ask, client);
    const bool unproven =
        !shown_later && (asked.admission ? static_cast<bool>(asked.admission->cal) : asked.lost);
    if (unproven && unproven_.size() < kAnsweredMax) unproven_.insert(place);
    if (!unproven && (asked.admission || shown_later)) unproven_.erase(place);
    asked.lost = unproven_.contains(place);
    return asked;
}

std::optional<Admission> ServerList::ask_servers(const AdmissionAsk& ask, Client::Deadline deadline,
                                                 const AskedWith& with) {
    const std::vector<Turn> turns = this->turns(ask);
    const auto issuer =
        std::ranges::find_if(turns, [](const Turn& turn) { return !turn.token.empty(); });
    std::optional<Admission> refused;
    Client* refuser = nullptr;
    bool silence_admits = false;
    for (size_t i = 0; i < turns.size(); ++i) {
        const Turn& turn = turns[i];
        AskedWith asked_with = with;
        if (issuer != turns.end() && turn.token.empty()) asked_with.held_token = issuer->token;
        asked_with.administrators_elsewhere = administrators_beside(ask, turn.client);
        // Whoever stands in line does so at the first server only.
        if (refused) asked_with.wait = false;
        // Each gets its share of what is left, so that a silent first one does not take it all.
        const auto share = (deadline - steady_clock::now()) / static_cast<int>(turns.size() - i);
        const auto asked = ask_one(turn.client, ask, steady_clock::now() + share, asked_with);
        if (!asked.admission) {
            const bool admits = turns.size() > 1 && allows(turn.client->offline_reason(ask));
            if (asked.lost && admits) return {};
            silence_admits |= admits;
            continue;
        }
        if (!next_may_have_it(asked.admission->reason)) {
            remember(ask, turn.client);
            return asked.admission;
        }
        // That a product is not known says less than that it is used up.
        if (!refused || refused->reason == Reason::product_unknown) {
            refused = asked.admission;
            refuser = turn.client;
        }
    }
    if (!refused || silence_admits) return {};
    remember(ask, refuser);
    return refused;
}

uint32_t ServerList::administrators_beside(const AdmissionAsk& ask, const Client* asked) const {
    uint32_t count = 0;
    if (!ask.administration) return count;
    for (const Client* client : clients_) {
        if (client != asked) count += client->administrators(ask);
    }
    return count;
}

Admission ServerList::admit_offline(const AdmissionAsk& ask, bool at_console) {
    std::vector<OfflineFacts> facts;
    for (const Client* client : clients_)
        facts.push_back(client->offline_facts(ask, at_console));
    const OfflinePolicy policy = facts.front().policy;
    for (size_t i = 0; i < unknown_; ++i)
        facts.push_back({.policy = policy, .at_console = at_console});
    const OfflineChoice choice = decide_offline_of_several(std::move(facts));
    Client* by = choice.server < clients_.size() ? clients_[choice.server] : clients_.front();
    by->note_offline(ask, choice.reason);
    remember(ask, by);
    return {.reason = choice.reason,
            .cal = {},
            .expires_at = choice.until.value_or(Instant{}),
            .offline = true};
}

void ServerList::remember(const AdmissionAsk& ask, Client* client) {
    const std::scoped_lock lock(mutex_);
    if (answered_.size() >= kAnsweredMax) answered_.clear();
    answered_[ask] = client;
}

Client& ServerList::answered_last(const AdmissionAsk& ask) const {
    const std::scoped_lock lock(mutex_);
    const auto found = answered_.find(ask);
    return found == answered_.end() ? *clients_.front() : *found->second;
}

Client* ServerList::with_session(const AdmissionAsk& ask, const SessionMarks& marks) const {
    const auto found = std::ranges::find_if(
        clients_, [&](const Client* client) { return client->has_session(ask, marks); });
    return found == clients_.end() ? nullptr : *found;
}

void ServerList::logged_on(const AdmissionAsk& ask, const SessionMarks& marks) {
    answered_last(ask).logged_on(ask, marks);
}

void ServerList::ended(const AdmissionAsk& ask, const SessionMarks& marks) {
    Client* client = with_session(ask, marks);
    (client == nullptr ? answered_last(ask) : *client).ended(ask, marks);
}

void ServerList::runs(const AdmissionAsk& ask, const SessionMarks& marks) {
    if (with_session(ask, marks) == nullptr) answered_last(ask).runs(ask, marks);
}

std::vector<ClientStatus> ServerList::status() const {
    std::vector<ClientStatus> all;
    for (const Client* client : clients_)
        all.push_back(client->status());
    return all;
}

Instant ServerList::time() const {
    Instant latest = clients_.front()->time();
    for (const Client* client : clients_)
        latest = std::max(latest, client->time());
    return latest;
}

}  // namespace calm
