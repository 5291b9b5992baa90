// Packs: issued for a server, renewed, taken back, split and merged.
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "clearinghouse/acts.h"
#include "clearinghouse/issue.h"
#include "wire/fields.h"

namespace calm::clearinghouse {
namespace {

constexpr size_t kPartsMax = 50;

// What an order still has. Errors: `order_unknown`, `order_exhausted`.
Result<> draw_from_order(Office& office, int64_t order, KeptPack& pack) {
    CALM_TRY_ASSIGN(auto row, office.books.query(
                                  "SELECT product, kind, quantity - used, channel, program, "
                                  "agreement, expires_at, maintained_until, customer FROM orders "
                                  "WHERE id = ?",
                                  order));
    CALM_TRY_ASSIGN(const bool found, row.step());
    if (!found) return fail("order_unknown", fmt::format("there is no order `{}`", order));
    KeyPackDocument& document = pack.document;
    CALM_TRY_ASSIGN(document.product, product_of(office, row.text(0)));
    document.kind = from_name<PackKind>(row.text(1)).value_or(PackKind::per_user);
    const int64_t left = row.number(2);
    if (document.quantity == 0)
        document.quantity = static_cast<uint32_t>(std::max<int64_t>(left, 0));
    if (left < document.quantity || left == 0) {
        return fail("order_exhausted",
                    fmt::format("order {} has {} left, not {}", order, left, document.quantity));
    }
    document.channel = row.text(3) == "oem" ? Channel::oem : Channel::retail;
    if (!row.is_null(4)) {
        document.channel = Channel::volume;
        document.agreement = Agreement{
            .program = from_name<AgreementProgram>(row.text(4)).value_or(AgreementProgram::other),
            .number = std::string(row.text(5))};
    }
    if (!row.is_null(6)) document.expires_at = Instant{row.number(6)};
    if (!row.is_null(7)) document.maintained_until = Instant{row.number(7)};
    pack.order = order;
    pack.customer = row.number(8);
    row.reset();
    return office.books.run("UPDATE orders SET used = used + ? WHERE id = ?", document.quantity,
                            order);
}

// {"server":…,"order":…[,"quantity":…]} or {"server":…,"product":…,"kind":…,"quantity":…, …}
Result<KeptPack> wanted_pack(Office& office, const boost::json::value& body) {
    wire::Fields fields(body);
    KeptPack pack;
    KeyPackDocument& document = pack.document;
    document.quantity = 0;
    std::string product;
    std::string agreement;
    uint32_t order = 0;
    uint32_t customer = 0;
    fields.text("server", pack.server, 64);
    fields.require("server");
    const bool by_order = fields.number("order", order);
    fields.number("quantity", document.quantity, kPackQuantityMax);
    if (!by_order) {
        fields.text("product", product, 64);
        fields.choice("kind", document.kind);
        fields.choice("channel", document.channel);
        fields.text("agreement", agreement, 80);
        fields.time("until", document.expires_at);
        fields.time("maintained_until", document.maintained_until);
        if (fields.number("customer", customer)) pack.customer = customer;
        for (const char* needed : {"product", "kind", "quantity"})
            fields.require(needed);
    }
    fields.number("overdraft", document.overdraft, kPackQuantityMax);
    fields.choice("metric", document.metric);
    fields.texts("also", document.also, kSuiteMax, 64);
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const LedgerId server, receiving_server(office, pack.server));
    pack.server = to_string(server);
    document.defines_product = true;
    if (by_order) {
        CALM_TRY(draw_from_order(office, order, pack));
        return pack;
    }
    if (document.quantity == 0) return fail("bad_field", "`quantity` is 1 at least");
    CALM_TRY_ASSIGN(document.product, product_of(office, product));
    if (!agreement.empty()) {
        CALM_TRY_ASSIGN(document.agreement, parse_agreement(agreement));
        document.channel = Channel::volume;
    }
    if (pack.customer) CALM_TRY(check_customer(office, *pack.customer));
    return pack;
}

// The pack named in the path, with the other fields for the caller to read.
Result<KeptPack> pack_of_body(Office& office, wire::Fields& fields) {
    std::string id;
    fields.text("pack", id, 64);
    fields.require("pack");
    return live_pack_named(office, id);
}

bool is_sooner(const std::optional<Instant>& end, const std::optional<Instant>& before) {
    return end && (!before || *end < *before);
}

// Everything but where it is, how many and its dates.
bool same_terms(const KeyPackDocument& a, const KeyPackDocument& b) {
    return a.product.code == b.product.code && a.kind == b.kind && a.channel == b.channel &&
           a.agreement == b.agreement && a.expires_at == b.expires_at &&
           a.maintained_until == b.maintained_until && a.metric == b.metric && a.also == b.also;
}

// A share of the over-use that the vendor allows goes along.
KeptPack part_of(const KeptPack& whole, std::string_view server, uint32_t quantity) {
    KeptPack part = whole;
    part.server = server;
    part.came_from = whole.id;
    part.document.quantity = quantity;
    part.document.overdraft = static_cast<uint32_t>(uint64_t{whole.document.overdraft} * quantity /
                                                    whole.document.quantity);
    return part;
}

struct SplitPart {
    std::string server;
    uint32_t quantity = 0;
};

Result<std::vector<SplitPart>> parts_of(Office& office, const boost::json::value* list,
                                        uint32_t whole) {
    std::vector<SplitPart> parts;
    if (list == nullptr || !list->is_array() || list->as_array().size() < 2 ||
        list->as_array().size() > kPartsMax) {
        return fail("bad_field", fmt::format("`parts` is a list of 2 to {}", kPartsMax));
    }
    uint64_t sum = 0;
    for (const auto& each : list->as_array()) {
        wire::Fields fields(each);
        SplitPart part;
        fields.text("server", part.server, 64);
        fields.number("quantity", part.quantity, kPackQuantityMax);
        fields.require("server");
        fields.require("quantity");
        CALM_TRY(fields.finish());
        CALM_TRY_ASSIGN(const LedgerId server, receiving_server(office, part.server));
        part.server = to_string(server);
        sum += part.quantity;
        if (part.quantity == 0) return fail("split_unfit", "a part has a quantity of 0");
        parts.push_back(std::move(part));
    }
    if (sum == whole) return parts;
    return fail("split_unfit", fmt::format("the parts are {} together, the pack {}", sum, whole));
}

}  // namespace

Result<std::string> pack_text(Office& office, std::string_view id) {
    return office.books.text(
        "SELECT json_object('pack', pack, 'server', server, 'product', product, 'kind', kind, "
        "'quantity', quantity, 'renewal', renewal, 'expires_at', "
        "strftime('%Y-%m-%dT%H:%M:%SZ', expires_at, 'unixepoch'), 'maintained_until', "
        "strftime('%Y-%m-%dT%H:%M:%SZ', maintained_until, 'unixepoch'), 'document', document) "
        "FROM packs WHERE pack = ?",
        id);
}

Result<Reply> issue_for_server(StaffDesk& desk, const boost::json::value& body,
                               const Actor& actor) {
    CALM_TRY_ASSIGN(KeptPack pack, wanted_pack(desk.office, body));
    CALM_TRY_ASSIGN(const std::string id, issue_pack(desk.office, actor, std::move(pack)));
    CALM_TRY_ASSIGN(std::string text, pack_text(desk.office, id));
    return Reply{.status = 201, .body = std::move(text)};
}

// {"pack":…,"until":…} and/or {"maintained_until":…}: the same pack, with a later end.
Result<Reply> renew_pack(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    CALM_TRY_ASSIGN(KeptPack pack, pack_of_body(office, fields));
    KeyPackDocument& document = pack.document;
    const auto before = std::pair(document.expires_at, document.maintained_until);
    fields.time("until", document.expires_at);
    fields.time("maintained_until", document.maintained_until);
    CALM_TRY(fields.finish());
    if (before == std::pair(document.expires_at, document.maintained_until))
        return fail("bad_field", "neither `until` nor `maintained_until` says a new end");
    if (is_sooner(document.expires_at, before.first) ||
        (before.second && is_sooner(document.maintained_until, before.second)) ||
        (document.expires_at && *document.expires_at <= office.now())) {
        return fail("renewal_unfit", "a renewed pack ends later than before, and later than now");
    }
    ++document.renewal;
    document.issued_at = office.now();
    CALM_TRY_ASSIGN(const std::string armoured, office.signer->pack(document));
    CALM_TRY(
        office.books.run("UPDATE packs SET document = ?, expires_at = ?, maintained_until = ?, "
                         "renewal = ?, issued_at = ? WHERE pack = ?",
                         armoured, document.expires_at, document.maintained_until, document.renewal,
                         document.issued_at, pack.id));
    CALM_TRY(office.books.note(office.now(), actor.account, "pack_renewed", pack.server, pack.id));
    CALM_TRY_ASSIGN(std::string text, pack_text(office, pack.id));
    return Reply{.body = std::move(text)};
}

// {"pack":…,"why":…}
Result<Reply> revoke_pack(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    CALM_TRY_ASSIGN(const KeptPack pack, pack_of_body(office, fields));
    std::string why;
    fields.text("why", why, 200);
    fields.require("why");
    CALM_TRY(fields.finish());
    CALM_TRY(end_pack(office, pack, why, ""));
    CALM_TRY(office.books.note(office.now(), actor.account, "pack_revoked", pack.server,
                               fmt::format("{}: {}", pack.id, why)));
    return Reply{.body = fmt::format(R"({{"pack":"{}","revoked":true}})", pack.id)};
}

// {"pack":…,"parts":[{"server":…,"quantity":…},…]}
Result<Reply> split_pack(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    CALM_TRY_ASSIGN(const KeptPack pack, pack_of_body(office, fields));
    const auto* list = fields.any("parts");
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const auto parts, parts_of(office, list, pack.document.quantity));
    std::string out = R"({"packs":[)";
    std::string first;
    for (const SplitPart& part : parts) {
        CALM_TRY_ASSIGN(const std::string id,
                        issue_pack(office, actor, part_of(pack, part.server, part.quantity)));
        CALM_TRY_ASSIGN(const std::string text, pack_text(office, id));
        out += first.empty() ? text : "," + text;
        if (first.empty()) first = id;
    }
    CALM_TRY(end_pack(office, pack, "split", first));
    CALM_TRY(office.books.note(office.now(), actor.account, "pack_split", pack.server, pack.id));
    return Reply{.status = 201, .body = out + "]}"};
}

// {"server":…,"packs":[…]}: packs of the same terms become one.
Result<Reply> merge_packs(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    std::string server;
    std::vector<std::string> ids;
    fields.text("server", server, 64);
    fields.texts("packs", ids, kPartsMax, 64);
    fields.require("server");
    fields.require("packs");
    CALM_TRY(fields.finish());
    std::ranges::sort(ids);
    if (ids.size() < 2 || std::ranges::adjacent_find(ids) != ids.end())
        return fail("bad_field", "`packs` names two different packs at least");
    CALM_TRY_ASSIGN(const LedgerId receiving, receiving_server(office, server));
    std::vector<KeptPack> packs;
    uint64_t quantity = 0;
    uint64_t overdraft = 0;
    for (const std::string& id : ids) {
        CALM_TRY_ASSIGN(KeptPack pack, live_pack_named(office, id));
        if (!packs.empty() && !same_terms(packs.front().document, pack.document))
            return fail("merge_unfit", fmt::format("pack `{}` has other terms", id));
        quantity += pack.document.quantity;
        overdraft += pack.document.overdraft;
        packs.push_back(std::move(pack));
    }
    if (quantity > kPackQuantityMax || overdraft > kPackQuantityMax)
        return fail("merge_unfit", "it would be more than a pack can hold");
    KeptPack merged = packs.front();
    merged.server = to_string(receiving);
    merged.came_from = packs.front().id;
    merged.document.quantity = static_cast<uint32_t>(quantity);
    merged.document.overdraft = static_cast<uint32_t>(overdraft);
    CALM_TRY_ASSIGN(const std::string into, issue_pack(office, actor, std::move(merged)));
    for (const KeptPack& pack : packs) {
        CALM_TRY(end_pack(office, pack, "merged", into));
        CALM_TRY(office.books.note(office.now(), actor.account, "pack_merged", pack.server,
                                   pack.id + " into " + into));
    }
    CALM_TRY_ASSIGN(std::string text, pack_text(office, into));
    return Reply{.status = 201, .body = std::move(text)};
}

}  // namespace calm::clearinghouse
