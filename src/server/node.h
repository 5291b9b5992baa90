// Node: the keys of this license server. The identity key names the ledger (its license server id);
// the node key, certified by it, signs tree heads. Both stand in the journal's records, so that a
// backup is whole. Immutable after it was made; any thread may read it.
#pragma once

#include <string>
#include <vector>

#include "base/instant.h"
#include "core/entry.h"
#include "documents/crypto.h"
#include "store/journal.h"

namespace calm {

struct Node {
    SecretKey identity;
    SecretKey key;
    std::string certificate;  // signed document: the identity key certifies the node key
    std::string ledger_id;    // 35 characters in 7 groups
    std::array<uint8_t, 16> request_hash_key{};  // keys the content hash of requests

    // Draws new keys; REQUIRES: sodium_init() was called. `now` is stated in the certificate.
    static Node make(Instant now);

    // From the records of a journal. Errors: `node_keys_missing`, and those of the reader.
    static Result<Node> read(store::JournalReader& reader);

    // The records that read() wants.
    std::vector<store::Record> records() const;

    // The first entries of a new ledger.
    std::vector<EntryBody> first_entries() const;
};

}  // namespace calm
