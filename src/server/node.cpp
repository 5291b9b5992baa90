// Making and keeping this server's keys.
#include "server/node.h"

#include <algorithm>

#include <sodium.h>

#include "documents/ledger_id.h"
#include "documents/node_certificate.h"

namespace calm {
namespace {

constexpr std::string_view kNodeTable = "node";

Seed random_seed() {
    Seed seed{};
    randombytes_buf(seed.data(), seed.size());
    return seed;
}

SecretKey key_from(Seed seed) {
    SecretKey key = SecretKey::from_seed(seed);
    wipe(seed);
    return key;
}

Result<Seed> read_seed(store::JournalReader& reader, std::string_view name) {
    CALM_TRY_ASSIGN(auto value, reader.record(kNodeTable, name));
    if (!value || value->size() != sizeof(Seed)) {
        return fail("node_keys_missing",
                    "the database holds entries but not the keys of the server that wrote them");
    }
    Seed seed{};
    std::copy(value->begin(), value->end(), seed.begin());
    return seed;
}

std::string text_of(const Seed& seed) {
    return std::string(as_text(seed));
}

}  // namespace

Node Node::make(Instant now) {
    Node node{.identity = key_from(random_seed()), .key = key_from(random_seed())};
    node.certificate = issue_node_certificate(node.identity, node.key.public_key(), now);
    node.ledger_id = to_string(ledger_id_of(node.identity.public_key()));
    randombytes_buf(node.request_hash_key.data(), node.request_hash_key.size());
    return node;
}

Result<Node> Node::read(store::JournalReader& reader) {
    CALM_TRY_ASSIGN(const Seed identity, read_seed(reader, "identity"));
    CALM_TRY_ASSIGN(const Seed key, read_seed(reader, "key"));
    CALM_TRY_ASSIGN(const auto certificate, reader.record(kNodeTable, "certificate"));
    CALM_TRY_ASSIGN(const auto hash_key, reader.record(kNodeTable, "request_hash_key"));
    Node node{.identity = key_from(identity), .key = key_from(key)};
    if (!certificate || !hash_key || hash_key->size() != node.request_hash_key.size()) {
        return fail("node_keys_missing", "the server's own records are not complete");
    }
    node.certificate = *certificate;
    std::copy(hash_key->begin(), hash_key->end(), node.request_hash_key.begin());
    node.ledger_id = to_string(ledger_id_of(node.identity.public_key()));
    return node;
}

std::vector<store::Record> Node::records() const {
    const std::string table(kNodeTable);
    return {{table, "identity", text_of(identity.seed())},
            {table, "key", text_of(key.seed())},
            {table, "certificate", certificate},
            {table, "request_hash_key", std::string(as_text(request_hash_key))}};
}

std::vector<EntryBody> Node::first_entries() const {
    return {entry::LedgerCreated{.identity = identity.public_key().bytes},
            entry::NodeAdded{.key = key.public_key().bytes, .certificate = certificate},
            entry::PolicySet{}};
}

}  // namespace calm
