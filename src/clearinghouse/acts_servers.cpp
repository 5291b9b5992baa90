// License servers: one takes another's place, and what is read out on the telephone.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "clearinghouse/acts.h"
#include "clearinghouse/issue.h"
#include "wire/fields.h"

namespace calm::clearinghouse {
namespace {

struct ServerState {
    std::string state;  // empty: never heard of
    std::string replaced_by;
    std::optional<int64_t> customer;
};

Result<ServerState> state_of_server(Office& office, std::string_view id) {
    CALM_TRY_ASSIGN(
        auto row,
        office.books.query("SELECT state, replaced_by, customer FROM servers WHERE id = ?", id));
    ServerState state;
    CALM_TRY_ASSIGN(const bool found, row.step());
    if (!found) return state;
    state.state = row.text(0);
    state.replaced_by = row.text(1);
    if (!row.is_null(2)) state.customer = row.number(2);
    return state;
}

struct Replacement {
    std::string old_id;
    std::string new_id;
    PackSource source = PackSource::reachable;
};

// {"server":…,"by":…,"old":"reachable"|"unreachable"|"dead"}
Result<Replacement> replacement_of(Office& office, const boost::json::value& body) {
    wire::Fields fields(body);
    Replacement replacement;
    fields.text("server", replacement.old_id, 64);
    fields.text("by", replacement.new_id, 64);
    fields.choice("old", replacement.source);
    for (const char* needed : {"server", "by", "old"})
        fields.require(needed);
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const LedgerId from, parse_ledger_id(replacement.old_id));
    CALM_TRY_ASSIGN(const LedgerId to, receiving_server(office, replacement.new_id));
    if (from == to) return fail("bad_field", "a license server does not take its own place");
    replacement.old_id = to_string(from);
    replacement.new_id = to_string(to);
    return replacement;
}

// Servers that took each other's place within the year, up to this one.
Result<> check_moves(Office& office, std::string_view old) {
    const uint32_t most = office.rules.moves_per_year_max;
    if (most == 0) return {};
    CALM_TRY_ASSIGN(
        const int64_t moves,
        office.books.number("WITH RECURSIVE chain(id) AS (SELECT ?1 UNION SELECT old FROM moves "
                            "JOIN chain ON moves.new = chain.id) SELECT count(*) FROM moves WHERE "
                            "new IN (SELECT id FROM chain) AND at > ?2",
                            old, office.now() - days(365)));
    if (moves < most) return {};
    return fail("move_limit_reached",
                fmt::format("its packs were moved {} times within a year", moves));
}

// Every pack of the old server, for the new one; the old ones end in the next status list.
Result<std::string> move_packs(Office& office, const Actor& actor, const Replacement& how) {
    std::vector<std::string> ids;
    {
        CALM_TRY_ASSIGN(auto rows,
                        office.books.query("SELECT pack FROM packs WHERE server = ? AND revoked_at "
                                           "IS NULL AND replaced_by IS NULL AND (expires_at IS "
                                           "NULL OR expires_at > ?) ORDER BY issued_at, pack",
                                           how.old_id, office.now()));
        while (true) {
            CALM_TRY_ASSIGN(const bool more, rows.step());
            if (!more) break;
            ids.emplace_back(rows.text(0));
        }
    }
    std::string out;
    for (const std::string& id : ids) {
        CALM_TRY_ASSIGN(const KeptPack pack, live_pack_named(office, id));
        KeptPack moved = pack;
        moved.server = how.new_id;
        moved.came_from = id;
        CALM_TRY_ASSIGN(const std::string into, issue_pack(office, actor, std::move(moved)));
        CALM_TRY(end_pack(office, pack, "moved", into));
        CALM_TRY_ASSIGN(const std::string text, pack_text(office, into));
        out += out.empty() ? text : "," + text;
    }
    return out;
}

}  // namespace

Result<LedgerId> receiving_server(Office& office, std::string_view id) {
    CALM_TRY_ASSIGN(const LedgerId server, parse_ledger_id(id));
    CALM_TRY_ASSIGN(const ServerState known, state_of_server(office, to_string(server)));
    if (known.state == "replaced" || known.state == "dead") {
        return fail("server_replaced",
                    fmt::format("license server {} took its place", known.replaced_by));
    }
    return server;
}

Result<Reply> replace_server(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    CALM_TRY_ASSIGN(const Replacement how, replacement_of(office, body));
    CALM_TRY_ASSIGN(const ServerState old, state_of_server(office, how.old_id));
    if (old.state.empty())
        return fail("server_unknown", fmt::format("`{}` was never here", how.old_id));
    if (old.state == "replaced" || old.state == "dead") {
        return fail("server_replaced",
                    fmt::format("license server {} took its place", old.replaced_by));
    }
    if (how.source == PackSource::reachable && old.state == "active")
        return fail("server_still_active", "the old one has not given up its certificate yet");
    CALM_TRY(check_moves(office, how.old_id));
    CALM_TRY(note_server(office, how.new_id, "known"));
    CALM_TRY_ASSIGN(const std::string packs, move_packs(office, actor, how));
    CALM_TRY(office.books.run(
        "UPDATE servers SET state = ?, replaced_by = ?, activated_until = 0 WHERE id = ?",
        how.source == PackSource::dead ? "dead" : "replaced", how.new_id, how.old_id));
    CALM_TRY(office.books.run("UPDATE servers SET customer = coalesce(customer, ?) WHERE id = ?",
                              old.customer, how.new_id));
    CALM_TRY(office.books.run("INSERT INTO moves(old, new, source, at) VALUES(?, ?, ?, ?)",
                              how.old_id, how.new_id, name_of(how.source), office.now()));
    CALM_TRY(office.books.note(office.now(), actor.account, "server_replaced", how.old_id,
                               fmt::format("{}: by {}", name_of(how.source), how.new_id)));
    return Reply{.status = 201,
                 .body = fmt::format(R"({{"server":"{}","by":"{}","packs":[{}]}})", how.old_id,
                                     how.new_id, packs)};
}

// {"server":…,"request_code":…} → {"code":…,"serial":…,"until":…}
Result<Reply> read_out_certificate(StaffDesk& desk, const boost::json::value& body,
                                   const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    std::string id;
    std::string request_code;
    fields.text("server", id, 64);
    fields.text("request_code", request_code, 64);
    fields.require("server");
    fields.require("request_code");
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const LedgerId server, receiving_server(office, id));
    CALM_TRY_ASSIGN(const ActivationNonce nonce, parse_readout_request(request_code));
    id = to_string(server);
    const std::string number = to_hex(nonce);
    const Hash mark = sha256("read out " + id + number);
    CALM_TRY_ASSIGN(auto before, office.books.query("SELECT request, answer FROM answers WHERE "
                                                    "server = ? AND nonce = ?",
                                                    id, number));
    CALM_TRY_ASSIGN(const bool answered, before.step());
    if (answered) {
        if (before.text(0) == as_text(mark)) return Reply{.body = std::string(before.text(1))};
        return fail("activation_request_used", "a request of this number was answered");
    }
    CALM_TRY_ASSIGN(const uint64_t serial, office.books.next("serial"));
    const Instant now = office.now();
    ReadOutActivation activation{.server = server, .nonce = nonce};
    activation.serial = static_cast<uint32_t>(serial);
    activation.until_day =
        static_cast<uint16_t>(now.seconds / 86'400 + office.rules.activation_days);
    CALM_TRY_ASSIGN(const std::string code, office.signer->activation_code(activation, now));
    const std::string reply =
        fmt::format(R"({{"server":"{}","code":"{}","serial":{},"until":"{}"}})", id, code, serial,
                    to_rfc3339(activation.until()));
    CALM_TRY(note_server(office, id, "active"));
    CALM_TRY(
        office.books.run("UPDATE servers SET state = 'active', serial = ?, activated_until = "
                         "?, last_seen = ? WHERE id = ?",
                         serial, activation.until(), now, id));
    CALM_TRY(
        office.books.run("INSERT INTO answers(server, nonce, request, answer, serial, at) "
                         "VALUES(?, ?, ?, ?, ?, ?)",
                         id, number, mark, reply, serial, now));
    CALM_TRY(office.books.note(now, actor.account, "activation_read_out", id, ""));
    return Reply{.body = reply};
}

namespace {

// A key is worth what it was made for, once; whoever asks again is read the same again.
Result<KeptPack> terms_of_key(StaffDesk& desk, std::string_view text, std::string_view server,
                              const Actor& actor) {
    CALM_TRY_ASSIGN(const ProductKey key, parse_product_key(text));
    CALM_TRY_ASSIGN(const int64_t redeemed,
                    desk.office.books.number("SELECT count(*) FROM product_keys WHERE hash = ? AND "
                                             "redeemed_at IS NOT NULL",
                                             product_key_hash(key)));
    if (redeemed != 0) return fail("product_key_used", "it was redeemed before");
    CALM_TRY_ASSIGN(const std::string id,
                    desk.activations.redeem(key, server, std::nullopt, actor));
    CALM_TRY_ASSIGN(KeptPack pack, pack_named(desk.office, id));
    // A code has no room for more than product, kind, quantity and end.
    if (pack.document.maintained_until)
        return fail("readout_unfit", "the pack is maintained, which a code cannot say");
    // Two people agree on a day, not on a second; the customer has the whole of it.
    if (auto& end = pack.document.expires_at; end)
        end->seconds += (days(1).count - end->seconds % days(1).count) % days(1).count;
    return pack;
}

// The number under which the answer to a key is kept; empty: no key was given.
Result<std::string> answer_of_key(const boost::json::value& body) {
    const auto* object = body.if_object();
    const auto* text = object == nullptr ? nullptr : object->if_contains("key");
    if (text == nullptr || !text->is_string()) return std::string();
    CALM_TRY_ASSIGN(const ProductKey key, parse_product_key(text->as_string()));
    return "key " + to_hex(product_key_hash(key));
}

// The license server id as it is printed; empty when there is none.
std::string server_in(const boost::json::value& body) {
    const auto* text = body.as_object().if_contains("server");
    if (text == nullptr || !text->is_string()) return {};
    const auto id = parse_ledger_id(text->as_string());
    return id ? to_string(*id) : std::string();
}

// What a key is worth, or what sales has agreed.
Result<KeptPack> agreed_terms(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    KeptPack pack;
    std::string key_text;
    std::string product;
    fields.text("server", pack.server, 64);
    fields.require("server");
    if (fields.text("key", key_text, 64)) {
        CALM_TRY(fields.finish());
        CALM_TRY_ASSIGN(const LedgerId server, receiving_server(office, pack.server));
        return terms_of_key(desk, key_text, to_string(server), actor);
    }
    KeyPackDocument& document = pack.document;
    fields.text("product", product, 64);
    fields.choice("kind", document.kind);
    fields.number("quantity", document.quantity, kPackQuantityMax);
    fields.time("until", document.expires_at);
    for (const char* needed : {"product", "kind", "quantity"})
        fields.require(needed);
    CALM_TRY(fields.finish());
    if (!role_may(actor.role, rights::sell))
        return fail("forbidden",
                    "only sales may agree terms; with a product key anybody reads out");
    CALM_TRY_ASSIGN(document.product, product_of(office, product));
    CALM_TRY_ASSIGN(const LedgerId server, receiving_server(office, pack.server));
    pack.server = to_string(server);
    return pack;
}

}  // namespace

// {"server":…,"key":…} or {"server":…,"product":…,"kind":…,"quantity":…[,"until":…]}
// → {"code":…,"terms":{…}}
Result<Reply> read_out_terms(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    CALM_TRY_ASSIGN(const std::string number, answer_of_key(body));
    if (!number.empty()) {
        CALM_TRY_ASSIGN(std::string before, office.books.text("SELECT answer FROM answers WHERE "
                                                              "nonce = ? AND server = ?",
                                                              number, server_in(body)));
        if (!before.empty()) return Reply{.body = std::move(before)};
    }
    CALM_TRY_ASSIGN(const KeptPack agreed, agreed_terms(desk, body, actor));
    CALM_TRY_ASSIGN(const uint64_t serial, office.books.next("pack_serial"));
    ReadOutPack terms{.kind = agreed.document.kind,
                      .quantity = agreed.document.quantity,
                      .expires_at = agreed.document.expires_at,
                      .serial = static_cast<uint32_t>(serial),
                      .from_day = static_cast<uint16_t>(office.now().seconds / 86'400)};
    CALM_TRY_ASSIGN(terms.server, parse_ledger_id(agreed.server));
    // Both ends make the same of the code, and nothing else of it is read out.
    CALM_TRY_ASSIGN(terms.product, product_from_code(agreed.document.product.code));
    CALM_TRY_ASSIGN(const Signer::ReadOut out, office.signer->pack_code(terms));
    KeptPack pack{.server = agreed.server, .order = agreed.order, .customer = agreed.customer};
    CALM_TRY_ASSIGN(pack.document, inspect_key_pack(out.pack));
    pack.id = to_hex(pack.document.pack_id);
    // One active binding: what is read out takes the place of what the key gave.
    if (!agreed.id.empty()) {
        pack.came_from = agreed.id;
        CALM_TRY(end_pack(office, agreed, "read_out", pack.id));
    }
    CALM_TRY(keep_pack(office, actor, pack, out.pack));
    std::string expires = "null";
    if (terms.expires_at) expires = '"' + to_rfc3339(*terms.expires_at) + '"';
    std::string reply = fmt::format(
        R"({{"pack":"{}","code":"{}","terms":{{"product":"{}","kind":"{}","quantity":{},"expires_at":{}}}}})",
        pack.id, out.code, terms.product.code, name_of(terms.kind), terms.quantity, expires);
    if (!number.empty()) {
        CALM_TRY(
            office.books.run("INSERT INTO answers(server, nonce, request, answer, serial, at) "
                             "VALUES(?, ?, ?, ?, ?, ?)",
                             agreed.server, number, Hash{}, reply, serial, office.now()));
    }
    return Reply{.status = 201, .body = std::move(reply)};
}

}  // namespace calm::clearinghouse
