// HostFiles: what calm-hostd keeps in its state directory.
//
//   host.key        the host's Ed25519 seed, hex; 0600; made on the host, never leaves it
//   enrolment.json  which host of which ledger this is; sealed
//   state.json      HostState; sealed
//   tokens/         CAL tokens, a file each; sealed
//   servers/ID/     the last three again, for each further license server: ID is its ledger's
//   followed.json   which license servers took the place of which; sealed
//
// A sealed file that was edited, cut short or brought from another host counts as absent, and so
// does a state that was copied back: its inode has changed since the state was written, which says
// when it was. What is absent is least favourable and comes back with the next contact. Not safe
// for two threads at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/host_config.h"
#include "base/result.h"
#include "client/client.h"
#include "client/host_state.h"
#include "client/token_shelf.h"
#include "wire/host_json.h"

namespace calm {

// A license server that took another one's place; `server` names its ledger.
struct Followed {
    LedgerId from;
    ServerConfig server;

    bool operator==(const Followed&) const = default;
};

class HostFiles {
  public:
    // `further`: the ledger of a license server beside the first one that the host enrolled with.
    explicit HostFiles(std::string directory, const std::optional<LedgerId>& further = {});

    // The host's key; drawn and stored when there is none yet. Errors: `host_key_malformed` (the
    // file is not such a key, or others may read it), `host_file_unwritable`,
    // `host_file_unreadable`.
    Result<SecretKey> key_for_enrolment();

    Result<> keep_enrolment(const SecretKey& key, const wire::Enrolled& enrolled);

    // Errors: `host_not_enrolled` (also of another ledger's enrolment); those of
    // key_for_enrolment().
    Result<HostIdentity> identity();

    // In the order in which they were followed; none when the file is not there or does not read.
    std::vector<Followed> load_followed(const SecretKey& key);
    Result<> keep_followed(const SecretKey& key, const std::vector<Followed>& followed);

    // Whether there is one, sound or not.
    bool has_state() const;

    // `wall`: the machine's clock, which the inode's time is read off. Errors:
    // `host_state_malformed`: the state counts as absent, and why.
    Result<HostState> load_state(const SecretKey& key);
    Result<> keep_state(const SecretKey& key, const HostState& state, Instant wall);

    // Those that are whole; others are removed.
    std::vector<ShelvedToken> load_tokens(const SecretKey& key);
    Result<> keep_token(const SecretKey& key, const Client::TokenChange& change);

  private:
    std::string path(const std::string& name) const { return place_ + "/" + name; }
    std::string key_path() const { return directory_ + "/host.key"; }
    std::string token_path(const std::string& token_key) const;
    std::string purpose(const char* file) const;
    Result<SecretKey> read_key();

    std::string directory_;
    std::string ledger_;  // empty: the first one's
    std::string place_;
};

}  // namespace calm
