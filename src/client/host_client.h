// HostClient: a host that is enrolled at several license servers, each with a ledger of its own. It
// keeps a Client for each and asks them in order; who holds a CAL of one of them is not charged by
// another. design.md 6, docs/hosts/two-servers.md.
//
// The order of one question:
// 1. each server is asked with the CAL token that another one gave for it; the first that admits
//    settles it, and so does the first refusal, unless the server has no CAL left or does not know
//    the product;
// 2. when a server is silent that may have given a CAL without a token having come here (its answer
//    got lost), the host decides alone as long as its own rule admits: the next server would
//    charge a second time;
// 3. a refusal of one counts for nothing while another is silent and the host's own rule admits.
//
// Threads: every function may be called from any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "client/client.h"

namespace calm {

class HostClient {
  public:
    using Deadline = Client::Deadline;

    // In the order in which they are asked; at least one. They outlive it.
    explicit HostClient(std::vector<Client*> clients);

    // Empty: to be decided without a server, by admit_offline().
    std::optional<Admission> ask_servers(const AdmissionAsk& ask, Deadline deadline,
                                         const AskedWith& with = {});
    Admission admit_offline(const AdmissionAsk& ask);

    // As those of Client; of the license server that admitted.
    void logged_on(const AdmissionAsk& ask, const SessionMarks& marks);
    void ended(const AdmissionAsk& ask, const SessionMarks& marks);
    void runs(const AdmissionAsk& ask, const SessionMarks& marks);

    Instant time() const { return clients_.front()->time(); }

    // Of the first, with the servers, counts and products of the others beside its own.
    ClientStatus status() const;

  private:
    static constexpr size_t kRememberedMax = 8192;

    std::string token_of_others(size_t client, const AdmissionAsk& ask) const;
    Client::Asked ask_one(size_t client, const AdmissionAsk& ask, Deadline deadline,
                          const AskedWith& with);
    bool can_show(size_t client, const AdmissionAsk& ask) const;
    bool decides_alone(size_t client, const AdmissionAsk& ask) const;
    Client& client_of(const AdmissionAsk& ask, const SessionMarks& marks) const;

    const std::vector<Client*> clients_;
    mutable std::mutex mutex_;                    // guards what follows
    std::map<AdmissionAsk, size_t> admitted_by_;  // the last to do so
    // What a server has, or may have, written for a question, and the host cannot show to another.
    std::set<std::pair<AdmissionAsk, size_t>> unproven_;
};

}  // namespace calm
