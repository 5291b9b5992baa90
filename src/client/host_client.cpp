// One question to several ledgers.
#include "client/host_client.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace calm {
namespace {

// Refusals that say nothing about another server's CALs.
bool next_may_admit(Reason reason) {
    return reason == Reason::no_cal_available || reason == Reason::product_unknown;
}

}  // namespace

HostClient::HostClient(std::vector<Client*> clients) : clients_(std::move(clients)) {
    CALM_ASSERT(!clients_.empty());
}

std::string HostClient::token_of_others(size_t client, const AdmissionAsk& ask) const {
    for (size_t i = 0; i < clients_.size(); ++i) {
        if (i == client) continue;
        if (std::string token = clients_[i]->token_to_show(ask); !token.empty()) return token;
    }
    return {};
}

// Asks one, and remembers what it may have written, and what it gave without a token that another
// would believe.
Client::Asked HostClient::ask_one(size_t client, const AdmissionAsk& ask, Deadline deadline,
                                  const AskedWith& with) {
    AskedWith shown = with;
    shown.held_token = token_of_others(client, ask);
    Client::Asked asked = clients_[client]->ask_all(ask, deadline, shown);
    const std::scoped_lock lock(mutex_);
    const std::pair place(ask, client);
    if (asked.admission) {
        const bool shown_later = !asked.admission->cal || can_show(client, ask);
        if (shown_later) {
            unproven_.erase(place);
        } else if (unproven_.size() < kRememberedMax) {
            unproven_.insert(place);
        }
        if (admitted_by_.size() >= kRememberedMax) admitted_by_.clear();
        if (allows(asked.admission->reason)) admitted_by_[ask] = client;
        return asked;
    }
    if (asked.lost && unproven_.size() < kRememberedMax) unproven_.insert(place);
    asked.lost = unproven_.contains(place) && !can_show(client, ask);
    return asked;
}

bool HostClient::can_show(size_t client, const AdmissionAsk& ask) const {
    return !clients_[client]->token_to_show(ask).empty();
}

bool HostClient::decides_alone(size_t client, const AdmissionAsk& ask) const {
    return allows(clients_[client]->offline_reason(ask));
}

std::optional<Admission> HostClient::ask_servers(const AdmissionAsk& ask, Deadline deadline,
                                                 const AskedWith& with) {
    std::optional<Admission> refusal;
    bool silence_admits = false;
    for (size_t i = 0; i < clients_.size(); ++i) {
        // Each gets its share of what is left, so that a silent first one does not take it all.
        const auto now = std::chrono::steady_clock::now();
        const auto share = (deadline - now) / static_cast<int>(clients_.size() - i);
        const Client::Asked asked = ask_one(i, ask, now + share, with);
        if (!asked.admission) {
            const bool admits = clients_.size() > 1 && decides_alone(i, ask);
            if (asked.lost && admits) return {};
            silence_admits |= admits;
            continue;
        }
        if (!next_may_admit(asked.admission->reason)) return asked.admission;
        if (!refusal || refusal->reason == Reason::product_unknown) refusal = asked.admission;
    }
    if (refusal && silence_admits) return {};
    return refusal;
}

// By the first that lets somebody in, a CAL token before everything else.
Admission HostClient::admit_offline(const AdmissionAsk& ask) {
    Client* decides = nullptr;
    for (Client* client : clients_) {
        const Reason reason = client->offline_reason(ask);
        if (reason == Reason::offline_token) {
            decides = client;
            break;
        }
        if (decides == nullptr && allows(reason)) decides = client;
    }
    return (decides == nullptr ? clients_.front() : decides)->admit_offline(ask);
}

// Whose session it is: who knows of it, else who admitted it last.
Client& HostClient::client_of(const AdmissionAsk& ask, const SessionMarks& marks) const {
    for (Client* client : clients_) {
        if (client->knows_session(ask, marks)) return *client;
    }
    const std::scoped_lock lock(mutex_);
    const auto found = admitted_by_.find(ask);
    return *clients_[found == admitted_by_.end() ? 0 : found->second];
}

void HostClient::logged_on(const AdmissionAsk& ask, const SessionMarks& marks) {
    size_t admitted_by = 0;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = admitted_by_.find(ask);
        if (found != admitted_by_.end()) admitted_by = found->second;
    }
    clients_[admitted_by]->logged_on(ask, marks);
}

void HostClient::ended(const AdmissionAsk& ask, const SessionMarks& marks) {
    client_of(ask, marks).ended(ask, marks);
}

void HostClient::runs(const AdmissionAsk& ask, const SessionMarks& marks) {
    client_of(ask, marks).runs(ask, marks);
}

ClientStatus HostClient::status() const {
    ClientStatus all = clients_.front()->status();
    HostState& state = all.state;
    for (size_t i = 1; i < clients_.size(); ++i) {
        ClientStatus one = clients_[i]->status();
        std::ranges::move(one.servers, std::back_inserter(all.servers));
        all.tokens += one.tokens;
        std::ranges::move(one.state.decisions, std::back_inserter(state.decisions));
        std::ranges::move(one.state.sessions, std::back_inserter(state.sessions));
        for (auto& product : one.state.products) {
            if (!state.terms_of(product.product)) state.products.push_back(std::move(product));
        }
        if (!state.rollback) state.rollback = std::move(one.state.rollback);
    }
    return all;
}

}  // namespace calm
