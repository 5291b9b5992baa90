// ServerList: the ordered license servers of a host, each with a ledger of its own and a Client
// that speaks to it. Who holds a CAL of one of them is not charged by another
// (docs/hosts/two-servers.md):
//
// 1. first the server is asked whose CAL token the holder has, then the others in order, which are
//    shown that token; where one has nothing left to give, the next (facts rd-licensing 3.4);
// 2. when a server is silent that may have given a CAL without a token having come here (its answer
//    got lost), the host decides alone as long as its own rule admits: the next server would charge
//    a second time;
// 3. a refusal of one counts for nothing while another is silent and the host's own rule admits.
//
// Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "client/client.h"

namespace calm {

class ServerList {
  public:
    // In their order; they outlive the list. `unknown`: further ones that the host should know and
    // does not, such as one whose enrolment was deleted: they count against initial grace.
    // REQUIRES: at least one client.
    explicit ServerList(std::vector<Client*> clients, size_t unknown = 0);

    // As Client's, over all of them. Empty: to be decided without a server, by admit_offline().
    std::optional<Admission> ask_servers(const AdmissionAsk& ask, Client::Deadline deadline,
                                         const AskedWith& with = {});
    Admission admit_offline(const AdmissionAsk& ask, bool at_console = false);

    // Told to the server that admitted, or that has the session.
    void logged_on(const AdmissionAsk& ask, const SessionMarks& marks = {});
    void ended(const AdmissionAsk& ask, const SessionMarks& marks = {});
    void runs(const AdmissionAsk& ask, const SessionMarks& marks = {});

    std::vector<ClientStatus> status() const;
    Instant time() const;  // the latest that one of them knows

  private:
    struct Turn {
        Client* client;
        size_t place;       // in the host's list
        std::string token;  // of its own for who asks; empty: none
    };

    std::vector<Turn> turns(const AdmissionAsk& ask) const;
    Client::Asked ask_one(Client* client, const AdmissionAsk& ask, Client::Deadline deadline,
                          const AskedWith& with);
    bool is_unproven(const AdmissionAsk& ask, Client* client) const;
    uint32_t administrators_beside(const AdmissionAsk& ask, const Client* asked) const;
    void remember(const AdmissionAsk& ask, Client* client);
    Client& answered_last(const AdmissionAsk& ask) const;
    Client* with_session(const AdmissionAsk& ask, const SessionMarks& marks) const;

    const std::vector<Client*> clients_;
    const size_t unknown_;
    mutable std::mutex mutex_;
    std::map<AdmissionAsk, Client*> answered_;  // the one whose answer counted last
    // What a server has, or may have, written for a question, and the host cannot show to another.
    std::set<std::pair<AdmissionAsk, Client*>> unproven_;
};

}  // namespace calm
