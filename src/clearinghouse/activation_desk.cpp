// The rules of asking. One transaction for each request: all that it asks for, or nothing.
#include "clearinghouse/activation_desk.h"

#include <algorithm>

#include <fmt/format.h>

#include "clearinghouse/issue.h"
#include "documents/armour.h"

namespace calm::clearinghouse {

// What the books know of a server.
struct ActivationDesk::Known {
    bool there = false;
    std::string state;
    Instant asked_at;
    uint32_t epoch = 0;
    uint64_t size = 0;
    Instant activated_until;
    std::optional<int64_t> customer;
    std::string replaced_by;
};

struct ActivationDesk::Asked {
    ActivationRequest request;
    std::string server;
    std::string nonce;
    Hash mark;  // of the document and of the keys that came beside it
    std::vector<ProductKey> keys;
};

namespace {

// A key may be kept for longer than the dates that are possible.
Instant days_from(Instant now, int64_t count) {
    return std::min(now + days(count), kInstantMax);
}

Hash mark_of_request(std::string_view document, std::span<const ProductKey> more_keys) {
    std::string all(document);
    for (const ProductKey& key : more_keys)
        all += "\n" + key.printed;
    return sha256(all);
}

const char* event_of(ActivationPurpose purpose) {
    switch (purpose) {
        case ActivationPurpose::activate: return "server_activated";
        case ActivationPurpose::reactivate: return "server_reactivated";
        case ActivationPurpose::deactivate: return "server_deactivated";
        case ActivationPurpose::packs: return "packs_fetched";
    }
    return "?";
}

const Actor kCustomer{.account = kCustomerAccount, .role = StaffRole::viewer};

}  // namespace

Result<> ActivationDesk::check_guesses(std::string_view address) const {
    const uint32_t wait = wait_of(address);
    if (wait == 0) return {};
    return fail("too_many_wrong_keys",
                fmt::format("too many unknown product keys came from here; again in {} s", wait));
}

Result<std::string> ActivationDesk::answer(std::string_view text,
                                           std::span<const ProductKey> more_keys,
                                           std::string_view address) {
    CALM_TRY_ASSIGN(ActivationRequest request, read_activation_request(text));
    CALM_TRY_ASSIGN(const std::string document, unarmour(kActivationRequestLabel, text));
    if (request.vendor != office_.signer->vendor().key) {
        return fail("clearinghouse_other_vendor",
                    fmt::format("the request asks the vendor with the key {}; this one is `{}`",
                                fingerprint(request.vendor), office_.signer->vendor().name));
    }
    Asked asked{.server = to_string(request.server),
                .nonce = to_hex(request.nonce),
                .mark = mark_of_request(document, more_keys),
                .keys = request.keys};
    asked.keys.insert(asked.keys.end(), more_keys.begin(), more_keys.end());
    asked.request = std::move(request);
    if (!asked.keys.empty()) CALM_TRY(check_guesses(address));
    auto answer = office_.books.in_transaction([&] { return decide(asked); });
    if (answer) return answer;
    if (answer.error().code == "product_key_unknown") count_guess(address);
    // Nothing of a refused request is kept but that it was refused.
    if (answer.error().code == "server_cloned" || answer.error().code == "product_key_used") {
        CALM_TRY(office_.books.note(office_.now(), kCustomerAccount, answer.error().code,
                                    asked.server, answer.error().detail));
    }
    return answer;
}

Result<ActivationDesk::Known> ActivationDesk::known_server(std::string_view server) {
    CALM_TRY_ASSIGN(auto row,
                    office_.books.query("SELECT state, asked_at, epoch, size, activated_until, "
                                        "customer, replaced_by FROM servers WHERE id = ?",
                                        server));
    Known known;
    CALM_TRY_ASSIGN(known.there, row.step());
    if (!known.there) return known;
    known.state = row.text(0);
    known.asked_at = {row.number(1)};
    known.epoch = static_cast<uint32_t>(row.number(2));
    known.size = static_cast<uint64_t>(row.number(3));
    known.activated_until = {row.number(4)};
    if (!row.is_null(5)) known.customer = row.number(5);
    known.replaced_by = row.text(6);
    return known;
}

namespace {

Result<> check_not_replaced(std::string_view state, std::string_view by) {
    if (state != "replaced" && state != "dead") return {};
    return fail("server_replaced", fmt::format("license server {} took its place", by));
}

// What the license server would not read is not given.
Result<> check_answer(std::string_view answer) {
    if (answer.size() <= kAnswerSizeMax && armour_blocks(answer)) return {};
    return fail("too_many_packs",
                fmt::format("{} bytes of key packs, of at most {} in at most {} documents",
                            answer.size(), kAnswerSizeMax, kArmourBlocksMax));
}

}  // namespace

// A log only grows, and a restored one says so by its epoch: whoever knows less than was known
// before is a copy of the server, or its request an old one.
Result<std::string> ActivationDesk::decide(const Asked& asked) {
    CALM_TRY_ASSIGN(auto before, office_.books.query("SELECT request, answer FROM answers WHERE "
                                                     "server = ? AND nonce = ?",
                                                     asked.server, asked.nonce));
    CALM_TRY_ASSIGN(const bool answered, before.step());
    if (answered) {
        if (before.text(0) == as_text(asked.mark)) return std::string(before.text(1));
        return fail("activation_request_used", "another request of this number was answered");
    }
    CALM_TRY_ASSIGN(const Known known, known_server(asked.server));
    const ActivationRequest& request = asked.request;
    // A server that another has replaced still learns that its packs were taken back.
    const bool gone = known.state == "replaced" || known.state == "dead";
    if (gone && request.purpose == ActivationPurpose::packs && asked.keys.empty())
        return status_list_of(office_, request.server);
    CALM_TRY(check_not_replaced(known.state, known.replaced_by));
    const bool backwards =
        known.there && std::pair(request.epoch, request.size) < std::pair(known.epoch, known.size);
    if (backwards && request.why != ReactivationReason::redeployed) {
        if (request.at < known.asked_at) {
            return fail("activation_request_older",
                        fmt::format("it was made at {}, and the last one at {}",
                                    to_rfc3339(request.at), to_rfc3339(known.asked_at)));
        }
        return fail("server_cloned",
                    fmt::format("its log has {} entries (epoch {}), and had {} (epoch {}) before",
                                request.size, request.epoch, known.size, known.epoch));
    }
    CALM_TRY_ASSIGN(std::string answer, grant(asked, known));
    CALM_TRY(
        office_.books.run("INSERT INTO answers(server, nonce, request, answer, serial, at) "
                          "VALUES(?, ?, ?, ?, 0, ?)",
                          asked.server, asked.nonce, asked.mark, answer, office_.now()));
    return answer;
}

Result<std::string> ActivationDesk::grant(const Asked& asked, const Known& known) {
    const ActivationRequest& request = asked.request;
    const bool active = known.state == "active";
    const bool runs = active && known.activated_until > office_.now();
    const bool gives_up = request.purpose == ActivationPurpose::deactivate;
    if (!active && (gives_up || request.purpose == ActivationPurpose::packs))
        return fail("server_not_activated", "the license server is not activated here");
    CALM_TRY(keep_server(request, known, gives_up ? "deactivated" : "active"));
    CALM_TRY(office_.books.note(office_.now(), kCustomerAccount, event_of(request.purpose),
                                asked.server,
                                request.why ? name_of(*request.why) : std::string_view()));
    std::string out;
    if (gives_up) {
        CALM_TRY(
            office_.books.run("UPDATE servers SET activated_until = 0 WHERE id = ?", asked.server));
    } else {
        for (const ProductKey& key : asked.keys)
            CALM_TRY(redeem(key, asked.server, known.customer, kCustomer));
        if (request.purpose != ActivationPurpose::packs || !runs) {
            CALM_TRY_ASSIGN(out, certify(request));
        }
        CALM_TRY_ASSIGN(const std::string packs, packs_of(office_, asked.server));
        CALM_TRY_ASSIGN(const std::string successions, successions_of(office_, request.server));
        out += packs + successions;
    }
    CALM_TRY_ASSIGN(const std::string list, status_list_of(office_, request.server));
    out += list;
    CALM_TRY(check_answer(out));
    return out;
}

Result<> ActivationDesk::keep_server(const ActivationRequest& request, const Known& known,
                                     std::string_view state) {
    const Instant now = office_.now();
    return office_.books.run(
        "INSERT INTO servers(id, identity, state, company, contact, country, asked_at, epoch, "
        "size, serial, activated_until, first_seen, last_seen) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, ?10, ?10) "
        "ON CONFLICT(id) DO UPDATE SET identity = ?2, state = ?3, "
        "company = iif(?4 = '', company, ?4), contact = iif(?5 = '', contact, ?5), "
        "country = iif(?6 = '', country, ?6), asked_at = ?7, epoch = ?8, size = ?9, "
        "last_seen = ?10",
        to_string(request.server), to_text(request.identity), state, request.company,
        request.contact, request.country, std::max(request.at, known.asked_at), request.epoch,
        request.size, now);
}

Result<std::string> ActivationDesk::certify(const ActivationRequest& request) {
    const Instant now = office_.now();
    CALM_TRY_ASSIGN(const uint64_t serial, office_.books.next("serial"));
    const Instant until = now + days(office_.rules.activation_days);
    CALM_TRY(office_.books.run("UPDATE servers SET serial = ?, activated_until = ? WHERE id = ?",
                               serial, until, to_string(request.server)));
    return office_.signer->activation({.server = request.server,
                                       .nonce = request.nonce,
                                       .serial = serial,
                                       .issued_at = now,
                                       .until = until});
}

Result<std::string> ActivationDesk::redeem(const ProductKey& key, std::string_view server,
                                           std::optional<int64_t> customer, const Actor& actor) {
    const Hash hash = product_key_hash(key);
    CALM_TRY_ASSIGN(auto row,
                    office_.books.query(
                        "SELECT redeemed_by, product_keys.pack, product, kind, quantity, channel, "
                        "customer, order_id, valid_days, maintained_days FROM product_keys "
                        "JOIN key_batches ON id = batch WHERE hash = ?",
                        hash));
    CALM_TRY_ASSIGN(const bool found, row.step());
    if (!found) return fail("product_key_unknown", "no such key was made here");
    if (!row.is_null(0)) {
        // Asked again after its answer was lost: what was paid for is there.
        if (row.text(0) == server) return std::string(row.text(1));
        return fail("product_key_used", "it was redeemed for another license server");
    }
    KeptPack pack{.server = std::string(server)};
    CALM_TRY_ASSIGN(pack.document.product, product_of(office_, row.text(2)));
    pack.document.defines_product = true;
    pack.document.kind = from_name<PackKind>(row.text(3)).value_or(PackKind::per_user);
    pack.document.quantity = static_cast<uint32_t>(row.number(4));
    pack.document.channel = from_name<Channel>(row.text(5)).value_or(Channel::retail);
    pack.customer = row.is_null(6) ? customer : std::optional(row.number(6));
    if (!row.is_null(7)) pack.order = row.number(7);
    if (!row.is_null(8)) pack.document.expires_at = days_from(office_.now(), row.number(8));
    if (!row.is_null(9)) pack.document.maintained_until = days_from(office_.now(), row.number(9));
    row.reset();
    CALM_TRY_ASSIGN(std::string id, issue_pack(office_, actor, std::move(pack)));
    CALM_TRY(office_.books.run(
        "UPDATE product_keys SET redeemed_at = ?, redeemed_by = ?, pack = ? WHERE hash = ?",
        office_.now(), server, id, hash));
    CALM_TRY(office_.books.note(office_.now(), actor.account, "key_redeemed", server, id));
    return id;
}

}  // namespace calm::clearinghouse
