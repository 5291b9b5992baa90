// SQLite writes the JSON.
#include "clearinghouse/lists.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace calm::clearinghouse {
namespace {

constexpr std::array kLists{
    ListKind{"customers", "List the customers",
             "'customer', id, 'name', name, 'contact', contact, 'country', country, "
             "'created_at', @created_at",
             "FROM customers WHERE ?1 = '' ORDER BY id DESC"},
    ListKind{"orders", "List the orders",
             "'order', id, 'customer', customer, 'product', product, 'kind', kind, "
             "'quantity', quantity, 'left', quantity - used, 'channel', channel, "
             "'program', program, 'agreement', agreement, 'expires_at', @expires_at, "
             "'created_at', @created_at",
             "FROM orders WHERE ?1 = '' ORDER BY id DESC"},
    ListKind{"keys", "List the batches of product keys",
             "'batch', id, 'product', product, 'kind', kind, 'quantity', quantity, "
             "'count', count, 'redeemed', (SELECT count(*) FROM product_keys WHERE "
             "batch = key_batches.id AND redeemed_at IS NOT NULL), 'channel', channel, "
             "'customer', customer, 'order', order_id, 'made_by', made_by, 'made_at', @made_at",
             "FROM key_batches WHERE ?1 = '' ORDER BY id DESC"},
    ListKind{"servers", "List the license servers",
             "'server', id, 'state', state, 'activated_until', iif(activated_until = 0, NULL, "
             "@activated_until), 'serial', serial, 'company', company, 'contact', contact, "
             "'country', country, 'customer', customer, 'epoch', epoch, 'size', size, "
             "'replaced_by', replaced_by, 'first_seen', @first_seen, 'last_seen', @last_seen",
             "FROM servers WHERE ?1 = '' OR id = ?1 ORDER BY last_seen DESC, id"},
    ListKind{"packs", "List the packs",
             "'pack', pack, 'server', server, 'product', product, 'kind', kind, "
             "'quantity', quantity, 'channel', channel, 'program', program, "
             "'agreement', agreement, 'expires_at', @expires_at, "
             "'maintained_until', @maintained_until, 'renewal', renewal, 'order', order_id, "
             "'customer', customer, 'came_from', came_from, 'replaced_by', replaced_by, "
             "'why', why, 'revoked_at', @revoked_at, 'issued_at', @issued_at",
             "FROM packs WHERE ?1 = '' OR server = ?1 ORDER BY issued_at DESC, pack"},
    ListKind{"activations", "List the answered requests",
             "'event', id, 'at', @at, 'server', server, 'what', what, 'detail', detail",
             "FROM events WHERE what IN ('server_activated', 'server_reactivated', "
             "'server_deactivated', 'activation_read_out', 'packs_fetched') AND "
             "(?1 = '' OR server = ?1) ORDER BY id DESC"},
    ListKind{"events", "List the events",
             "'event', id, 'at', @at, 'account', account, 'what', what, 'server', server, "
             "'detail', detail",
             "FROM events WHERE ?1 = '' OR server = ?1 ORDER BY id DESC"},
    ListKind{"approvals", "List what waits for a second account",
             "'approval', id, 'act', act, 'asked', json(body), 'account', account, "
             "'asked_at', @asked_at",
             "FROM approvals WHERE done_at IS NULL AND ?1 = '' ORDER BY id DESC"},
};

// Quantities by product and kind: in keys that nobody has redeemed, in packs, and left in orders.
constexpr const char* kSoldFields =
    "'product', product, 'kind', kind, 'in_packs', sum(in_packs), 'in_keys', sum(in_keys), "
    "'left_in_orders', sum(in_orders)";
constexpr const char* kSoldFrom =
    "FROM (SELECT product, kind, quantity AS in_packs, 0 AS in_keys, 0 AS in_orders FROM packs "
    "WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?1) "
    "UNION ALL SELECT product, kind, 0, quantity * (count - (SELECT count(*) FROM product_keys "
    "WHERE batch = key_batches.id AND redeemed_at IS NOT NULL)), 0 FROM key_batches "
    "UNION ALL SELECT product, kind, 0, 0, quantity - used FROM orders WHERE used < quantity) "
    "GROUP BY product, kind ORDER BY product, kind";

constexpr const char* kActivatedSql =
    "SELECT json_object('servers', count(*), 'active', coalesce(sum(state = 'active' AND "
    "activated_until > ?1), 0), 'replaced', coalesce(sum(state IN ('replaced', 'dead')), 0)) FROM "
    "servers";

// Agreements of which less than a tenth is left.
constexpr const char* kShortFields =
    "'order', id, 'customer', customer, 'product', product, 'kind', kind, 'agreement', agreement, "
    "'quantity', quantity, 'left', quantity - used";
constexpr const char* kShortFrom =
    "FROM orders WHERE program IS NOT NULL AND (quantity - used) * 10 < quantity AND "
    "(expires_at IS NULL OR expires_at > ?1) ORDER BY id";

// Ends between 30 days ago and ?2 days ahead.
constexpr const char* kRenewalFields =
    "'pack', pack, 'server', server, 'product', product, 'kind', kind, 'quantity', quantity, "
    "'customer', customer, 'expires_at', @expires_at, 'maintained_until', @maintained_until";
constexpr const char* kRenewalFrom =
    "FROM packs WHERE revoked_at IS NULL AND "
    "((expires_at BETWEEN ?1 - 30 * 86400 AND ?1 + ?2 * 86400) OR "
    "(maintained_until BETWEEN ?1 - 30 * 86400 AND ?1 + ?2 * 86400)) "
    "ORDER BY coalesce(expires_at, maintained_until), pack";

constexpr const char* kEndingFields =
    "'server', id, 'company', company, 'activated_until', @activated_until";
constexpr const char* kEndingFrom =
    "FROM servers WHERE state = 'active' AND activated_until < ?1 + ?2 * 86400 "
    "ORDER BY activated_until, id";

// A pack that was moved or split within the month counts where it was at the month's end.
constexpr const char* kProviderFields =
    "'customer', packs.customer, 'name', customers.name, 'agreement', agreement, "
    "'product', product, 'kind', kind, 'quantity', sum(quantity), 'packs', count(*)";
constexpr const char* kProviderFrom =
    "FROM packs LEFT JOIN customers ON customers.id = packs.customer "
    "WHERE program = 'service_provider' AND issued_at < ?2 "
    "AND (revoked_at IS NULL OR revoked_at >= ?1) AND (replaced_by IS NULL OR revoked_at >= ?2) "
    "AND (expires_at IS NULL OR expires_at > ?1) "
    "GROUP BY packs.customer, agreement, product, kind "
    "ORDER BY packs.customer, agreement, product, kind";

// "@column" becomes the moment in RFC 3339.
std::string with_moments(std::string_view fields) {
    std::string out;
    for (size_t i = 0; i < fields.size(); ++i) {
        if (fields[i] != '@') {
            out += fields[i];
            continue;
        }
        const size_t end = fields.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", i + 1);
        const auto column = fields.substr(i + 1, end == std::string_view::npos ? end : end - i - 1);
        out += fmt::format("strftime('%Y-%m-%dT%H:%M:%SZ', {}, 'unixepoch')", column);
        i += column.size();
    }
    return out;
}

template <class... Values>
Result<std::string> json_rows(Office& office, const char* fields, const char* from,
                              const Values&... values) {
    const std::string sql = fmt::format(
        "SELECT json_group_array(json(x)) FROM (SELECT json_object({}) AS x {} LIMIT "
        "1000)",
        with_moments(fields), from);
    return office.books.text(sql.c_str(), values...);
}

}  // namespace

std::span<const ListKind> all_lists() {
    return kLists;
}

Result<std::string> list_text(Office& office, std::string_view name, std::string_view server) {
    const auto* const kind = std::ranges::find(kLists, name, &ListKind::name);
    CALM_TRY_ASSIGN(const std::string rows, json_rows(office, kind->fields, kind->from, server));
    return fmt::format(R"({{"{}":{}}})", name, rows);
}

Result<std::string> product_list_text(Office& office) {
    CALM_TRY_ASSIGN(const std::string rows,
                    office.books.text("SELECT json_group_array(json(terms)) FROM products"));
    return fmt::format(R"({{"products":{}}})", rows);
}

Result<std::string> report_text(Office& office) {
    const Instant now = office.now();
    CALM_TRY_ASSIGN(const std::string sold, json_rows(office, kSoldFields, kSoldFrom, now));
    CALM_TRY_ASSIGN(const std::string activated, office.books.text(kActivatedSql, now));
    CALM_TRY_ASSIGN(const std::string short_of, json_rows(office, kShortFields, kShortFrom, now));
    CALM_TRY_ASSIGN(const std::string renewal,
                    json_rows(office, kRenewalFields, kRenewalFrom, now, kUpForRenewalDays));
    CALM_TRY_ASSIGN(const std::string ending,
                    json_rows(office, kEndingFields, kEndingFrom, now, kUpForRenewalDays));
    return fmt::format(
        R"({{"at":"{}","clearinghouse_until":"{}","sold":{},"activated":{},"short":{},"up_for_renewal":{},"certificates_ending":{}}})",
        to_rfc3339(now), to_rfc3339(office.signer->certificate().expires_at), sold, activated,
        short_of, renewal, ending);
}

Result<std::string> provider_report_text(Office& office, std::string_view month) {
    if (month.size() != 7) return fail("bad_time", "a month is written as 2026-11");
    CALM_TRY_ASSIGN(const Instant begin, parse_rfc3339(fmt::format("{}-01T00:00:00Z", month)));
    // 31 days on, and back to the first.
    const std::string after = to_rfc3339(begin + days(31)).substr(0, 7);
    CALM_TRY_ASSIGN(const Instant end, parse_rfc3339(after + "-01T00:00:00Z"));
    CALM_TRY_ASSIGN(const std::string rows,
                    json_rows(office, kProviderFields, kProviderFrom, begin, end));
    return fmt::format(R"({{"month":"{}","customers":{}}})", month, rows);
}

}  // namespace calm::clearinghouse
