// HostFiles: what calm-hostd keeps in its state directory.
//
//   host.key        the host's Ed25519 seed, hex; 0600; made on the host, never leaves it
//   enrolment.json  which host of which ledger this is; sealed
//   state.json      HostState; sealed
//   tokens/         CAL tokens, a file each; sealed
//
// A sealed file that was edited, cut short or brought from another host counts as absent, and so
// does a state that was copied back: its inode has changed since the state was written, which says
// when it was. What is absent is least favourable and comes back with the next contact. Not safe
// for two threads at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/client.h"
#include "client/host_state.h"
#include "client/token_shelf.h"
#include "wire/host_json.h"

namespace calm {

class HostFiles {
  public:
    explicit HostFiles(std::string directory) : directory_(std::move(directory)) {}

    // The host's key; drawn and stored when there is none yet. Errors: `host_key_malformed` (the
    // file is not such a key, or others may read it), `host_file_unwritable`,
    // `host_file_unreadable`.
    Result<SecretKey> key_for_enrolment();

    Result<> keep_enrolment(const SecretKey& key, const wire::Enrolled& enrolled);

    // Errors: `host_not_enrolled`; those of key_for_enrolment().
    Result<HostIdentity> identity();

    // `wall`: the machine's clock, which the inode's time is read off. Errors:
    // `host_state_malformed`: the state counts as absent, and why.
    Result<HostState> load_state(const SecretKey& key);
    Result<> keep_state(const SecretKey& key, const HostState& state, Instant wall);

    // Those that are whole; others are removed.
    std::vector<ShelvedToken> load_tokens(const SecretKey& key);
    Result<> keep_token(const SecretKey& key, const Client::TokenChange& change);

  private:
    std::string path(const std::string& name) const { return directory_ + "/" + name; }
    std::string token_path(const std::string& token_key) const;
    Result<SecretKey> read_key();

    std::string directory_;
};

}  // namespace calm
