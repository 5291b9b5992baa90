// The entry, the name, and the answer.
#include "server/host_enrolment.h"

#include <sodium.h>

#include "documents/commitment.h"
#include "wire/host_json.h"

namespace calm {
namespace {

using http::Responder;
using http::Response;

wire::Enrolled welcome(const Api& api, HostId host) {
    const Node& node = api.server.node();
    return {.host = host,
            .ledger = node.ledger_id,
            .identity = node.identity.public_key().bytes,
            .mode = api.server.ledger().host(host).mode};
}

void send_welcome(const Api& api, int status, HostId host, Responder& responder) {
    std::string out;
    wire::write_enrolled(out, welcome(api, host));
    responder.send(Response::json(status, std::move(out)));
}

}  // namespace

bool answer_known_host(Api& api, std::string_view name, const KeyBytes& key, Responder& responder) {
    const HostId known = api.directory.find_host(name);
    if (!known || !api.server.ledger().has_host(known)) return false;
    if (api.server.ledger().host(known).key == key) {
        send_welcome(api, 200, known, responder);
    } else {
        responder.fail({"host_name_taken", "a host `" + std::string(name) +
                                               "` with another key is enrolled; remove it first"});
    }
    return true;
}

void add_host(Api& api, const NewHost& wanted, Extras extras, Responder responder,
              std::function<void()> undo) {
    const HostId host = api.server.ledger().next_host();
    HostName name{.name = wanted.name};
    randombytes_buf(name.salt.data(), name.salt.size());
    const entry::HostEnrolled enrolled{.host = host,
                                       .commitment = commitment_to(name.salt, "host", name.name),
                                       .key = wanted.key,
                                       .mode = wanted.mode,
                                       .grace_until = wanted.grace_until};
    extras.puts.push_back(Directory::record_of(host, name));
    api.directory.put(host, name);
    api.server.change(Entries{enrolled}, std::move(extras),
                      [&api, host, undo = std::move(undo),
                       responder = std::move(responder)](Result<Committed> done) mutable {
                          if (!done) {
                              undo();
                              return responder.fail(done.error());
                          }
                          send_welcome(api, 201, host, responder);
                      });
}

}  // namespace calm
