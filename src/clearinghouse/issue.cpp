// Packs in and out of the books.
#include "clearinghouse/issue.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include "wire/resource_json.h"

namespace calm::clearinghouse {
namespace {

// The customer's clock may be behind ours.
constexpr Seconds kClockDifference = hours(24);

Result<> insert_pack(Office& office, const KeptPack& pack, std::string_view armoured) {
    const KeyPackDocument& document = pack.document;
    std::optional<std::string> program;
    std::optional<std::string> agreement;
    if (document.agreement) {
        program = name_of(document.agreement->program);
        agreement = document.agreement->number;
    }
    return office.books.run(
        "INSERT INTO packs(pack, server, document, product, kind, quantity, channel, program, "
        "agreement, expires_at, maintained_until, renewal, order_id, customer, issued_at, "
        "came_from) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        pack.id, pack.server, armoured, document.product.code, name_of(document.kind),
        document.quantity, name_of(document.channel), program, agreement, document.expires_at,
        document.maintained_until, document.renewal, pack.order, pack.customer, office.now(),
        pack.came_from);
}

std::optional<int64_t> number_or_null(store::Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.number(column);
}

}  // namespace

Result<Product> product_of(Office& office, std::string_view code) {
    CALM_TRY_ASSIGN(const std::string terms,
                    office.books.text("SELECT terms FROM products WHERE code = ?", code));
    if (terms.empty())
        return fail("product_unknown", fmt::format("`{}` is not defined here", code));
    boost::system::error_code error;
    const auto json = boost::json::parse(terms, error);
    if (error) return fail("database_damaged", "a product's terms do not read");
    return wire::parse_product(json);
}

Result<std::string> issue_pack(Office& office, const Actor& actor, KeptPack pack) {
    const Instant now = office.now();
    randombytes_buf(pack.document.pack_id.data(), pack.document.pack_id.size());
    pack.id = to_hex(pack.document.pack_id);
    CALM_TRY_ASSIGN(pack.document.license_server, parse_ledger_id(pack.server));
    pack.document.renewal = 0;
    pack.document.not_before = now - kClockDifference;
    pack.document.issued_at = now;
    if (pack.document.buy_url.empty()) pack.document.buy_url = office.signer->vendor().buy_url;
    CALM_TRY_ASSIGN(const std::string armoured, office.signer->pack(pack.document));
    CALM_TRY(keep_pack(office, actor, pack, armoured));
    return pack.id;
}

Result<> keep_pack(Office& office, const Actor& actor, const KeptPack& pack,
                   std::string_view armoured) {
    CALM_TRY(insert_pack(office, pack, armoured));
    CALM_TRY(note_server(office, pack.server, "known"));
    const KeyPackDocument& document = pack.document;
    return office.books.note(office.now(), actor.account, "pack_issued", pack.server,
                             fmt::format("{} {} x {} {}", pack.id, document.quantity,
                                         document.product.code, name_of(document.kind)));
}

Result<> note_server(Office& office, std::string_view id, std::string_view state) {
    return office.books.run(
        "INSERT INTO servers(id, state, company, contact, country, asked_at, epoch, size, serial, "
        "activated_until, first_seen, last_seen) VALUES(?1, ?2, '', '', '', 0, 0, 0, 0, 0, ?3, ?3) "
        "ON CONFLICT(id) DO NOTHING",
        id, state, office.now());
}

Result<KeptPack> pack_named(Office& office, std::string_view id) {
    CALM_TRY_ASSIGN(auto row,
                    office.books.query("SELECT server, document, order_id, customer, came_from, "
                                       "revoked_at IS NULL AND replaced_by IS NULL FROM packs "
                                       "WHERE pack = ?",
                                       id));
    CALM_TRY_ASSIGN(const bool found, row.step());
    if (!found) return fail("pack_unknown", fmt::format("there is no pack `{}`", id.substr(0, 40)));
    KeptPack pack{.id = std::string(id), .server = std::string(row.text(0))};
    CALM_TRY_ASSIGN(pack.document, inspect_key_pack(row.text(1)));
    pack.order = number_or_null(row, 2);
    pack.customer = number_or_null(row, 3);
    if (!row.is_null(4)) pack.came_from = std::string(row.text(4));
    pack.live = row.number(5) != 0;
    return pack;
}

Result<KeptPack> live_pack_named(Office& office, std::string_view id) {
    CALM_TRY_ASSIGN(KeptPack pack, pack_named(office, id));
    if (!pack.live)
        return fail("pack_ended", fmt::format("pack `{}` was taken back or made into another", id));
    return pack;
}

Result<> end_pack(Office& office, const KeptPack& pack, std::string_view why,
                  std::string_view into) {
    CALM_TRY_ASSIGN(const uint64_t number, office.books.next("status_list"));
    std::optional<std::string> replaced_by;
    if (!into.empty()) replaced_by = into;
    return office.books.run(
        "UPDATE packs SET revoked_at = ?, revoked_in = ?, why = ?, replaced_by = ? WHERE pack = ?",
        office.now(), number, why, replaced_by, pack.id);
}

Result<std::string> status_list_of(Office& office, const LedgerId& server) {
    StatusList list{.server = server, .issued_at = office.now()};
    CALM_TRY_ASSIGN(const int64_t number, office.books.number("SELECT value FROM counters WHERE "
                                                              "name = 'status_list'"));
    list.number = static_cast<uint64_t>(number);
    const std::string id = to_string(server);
    // The newest, should there ever be more than a list holds.
    CALM_TRY_ASSIGN(auto rows, office.books.query(
                                   "SELECT pack FROM packs WHERE server = ? AND revoked_at IS NOT "
                                   "NULL ORDER BY revoked_in DESC LIMIT ?",
                                   id, kRevokedPacksMax));
    while (true) {
        CALM_TRY_ASSIGN(const bool more, rows.step());
        if (!more) break;
        CALM_TRY_ASSIGN(const auto pack, array_from_hex<16>(rows.text(0)));
        list.revoked.push_back(pack);
    }
    std::ranges::sort(list.revoked);
    return office.signer->status_list(std::move(list));
}

Result<std::string> packs_of(Office& office, std::string_view server) {
    CALM_TRY_ASSIGN(auto rows, office.books.query(
                                   "SELECT document FROM packs WHERE server = ? AND revoked_at IS "
                                   "NULL AND replaced_by IS NULL AND (expires_at IS NULL OR "
                                   "expires_at > ?) ORDER BY issued_at, pack",
                                   server, office.now()));
    std::string out;
    while (true) {
        CALM_TRY_ASSIGN(const bool more, rows.step());
        if (!more) return out;
        out += rows.text(0);
        if (!out.ends_with('\n')) out += '\n';
    }
}

Result<std::string> successions_of(Office& office, const LedgerId& server) {
    const std::string id = to_string(server);  // bound, and read with each step
    // UNION, not UNION ALL: a circle of replacements, which nobody should have made, ends.
    CALM_TRY_ASSIGN(
        auto rows,
        office.books.query("WITH RECURSIVE before(id) AS (SELECT id FROM servers WHERE "
                           "replaced_by = ?1 UNION SELECT servers.id FROM servers JOIN before ON "
                           "replaced_by = before.id) SELECT id FROM before WHERE id != ?1 LIMIT ?2",
                           id, kSuccessionsMax));
    std::string out;
    while (true) {
        CALM_TRY_ASSIGN(const bool more, rows.step());
        if (!more) return out;
        CALM_TRY_ASSIGN(const LedgerId from, parse_ledger_id(rows.text(0)));
        CALM_TRY_ASSIGN(
            const std::string statement,
            office.signer->succession({.from = from, .to = server, .at = office.now()}));
        out += statement;
    }
}

}  // namespace calm::clearinghouse
