// Products, customers, orders and product keys.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include "clearinghouse/acts.h"
#include "clearinghouse/issue.h"
#include "wire/fields.h"
#include "wire/resource_json.h"

namespace calm::clearinghouse {
namespace {

// How something is sold, as orders say it; documents know three channels and the agreement.
enum class SaleWay : uint8_t { retail, oem, volume, trial, service_provider };

}  // namespace
}  // namespace calm::clearinghouse

template <>
struct calm::NamesOf<calm::clearinghouse::SaleWay> {
    using Way = clearinghouse::SaleWay;
    static constexpr Names<Way, 5> value{{{Way::retail, "retail"},
                                          {Way::oem, "oem"},
                                          {Way::volume, "volume"},
                                          {Way::trial, "trial"},
                                          {Way::service_provider, "service_provider"}}};
};

namespace calm::clearinghouse {
namespace {

constexpr uint32_t kDaysMax = 36'600;

bool needs_agreement(SaleWay way) {
    return way == SaleWay::volume || way == SaleWay::service_provider;
}

Channel channel_of(SaleWay way) {
    if (needs_agreement(way)) return Channel::volume;
    return way == SaleWay::oem ? Channel::oem : Channel::retail;
}

// "12345678" of a service provider needs no program before it.
Result<std::optional<Agreement>> agreement_of(SaleWay way, std::string_view text) {
    if (needs_agreement(way) == text.empty()) {
        return fail("bad_agreement",
                    "an agreement belongs to the channels `volume` and "
                    "`service_provider`, and only to them");
    }
    if (text.empty()) return std::nullopt;
    std::string whole(text);
    if (way == SaleWay::service_provider && whole.find(':') == std::string::npos)
        whole = "service_provider:" + whole;
    CALM_TRY_ASSIGN(Agreement agreement, parse_agreement(whole));
    if ((agreement.program == AgreementProgram::service_provider) !=
        (way == SaleWay::service_provider)) {
        return fail("bad_agreement", "the program `service_provider` is a channel of its own");
    }
    return agreement;
}

struct NewOrder {
    uint32_t customer = 0;
    std::string product;
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 0;
    SaleWay way = SaleWay::retail;
    std::optional<Agreement> agreement;
    std::optional<Instant> expires_at;
    std::optional<Instant> maintained_until;
    uint32_t keys = 0;
};

Result<NewOrder> order_of(Office& office, const boost::json::value& body) {
    wire::Fields fields(body);
    NewOrder order;
    std::string agreement;
    fields.number("customer", order.customer);
    fields.text("product", order.product, 64);
    fields.choice("kind", order.kind);
    fields.number("quantity", order.quantity, kPackQuantityMax);
    fields.choice("channel", order.way);
    fields.text("agreement", agreement, 80);
    fields.time("expires", order.expires_at);
    fields.time("maintained", order.maintained_until);
    fields.number("keys", order.keys, kKeysAtOnceMax);
    for (const char* needed : {"customer", "product", "kind", "quantity", "channel"})
        fields.require(needed);
    CALM_TRY(fields.finish());
    if (order.quantity == 0) return fail("bad_field", "`quantity` is 1 at least");
    CALM_TRY_ASSIGN(order.agreement, agreement_of(order.way, agreement));
    if (order.way == SaleWay::trial && !order.expires_at)
        return fail("bad_field", "a trial ends: `expires` is missing");
    if (order.keys > 0 && needs_agreement(order.way))
        return fail("bad_field", "packs of an agreement have no product keys");
    CALM_TRY(check_customer(office, order.customer));
    CALM_TRY(product_of(office, order.product));
    return order;
}

std::string json_list(const std::vector<ProductKey>& keys) {
    std::string out;
    for (const ProductKey& key : keys)
        out += fmt::format(R"({}"{}")", out.empty() ? "" : ",", key.printed);
    return out;
}

std::optional<uint32_t> days_until(std::optional<Instant> end, Instant now) {
    if (!end) return std::nullopt;
    const int64_t left = (*end - now).count;
    return static_cast<uint32_t>(std::max<int64_t>(1, (left + 86'399) / 86'400));
}

Result<ProductKey> draw_key(Office& office, int64_t batch) {
    while (true) {
        ProductKeyBits bits{};
        randombytes_buf(bits.data(), bits.size());
        ProductKey key = product_key_of(bits);
        const Hash hash = product_key_hash(key);
        CALM_TRY_ASSIGN(
            const int64_t taken,
            office.books.number("SELECT count(*) FROM product_keys WHERE hash = ?", hash));
        if (taken != 0) continue;
        CALM_TRY(
            office.books.run("INSERT INTO product_keys(hash, batch) VALUES(?, ?)", hash, batch));
        return key;
    }
}

}  // namespace

Result<> check_customer(Office& office, int64_t customer) {
    CALM_TRY_ASSIGN(const int64_t found,
                    office.books.number("SELECT count(*) FROM customers WHERE id = ?", customer));
    if (found == 1) return {};
    return fail("customer_unknown", fmt::format("there is no customer `{}`", customer));
}

Result<Reply> define_product(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    CALM_TRY_ASSIGN(const Product product, wire::parse_product(body));
    const std::string terms = boost::json::serialize(body);
    // Packs that were issued keep the rules that they were issued with.
    CALM_TRY(
        office.books.run("INSERT INTO products(code, terms, created_at) VALUES(?1, ?2, ?3) "
                         "ON CONFLICT(code) DO UPDATE SET terms = ?2",
                         product.code, terms, office.now()));
    CALM_TRY(office.books.note(office.now(), actor.account, "product_defined", "", product.code));
    return Reply{.status = 201, .body = terms};
}

Result<Reply> add_customer(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    wire::Fields fields(body);
    std::string name;
    std::string contact;
    std::string country;
    fields.text("name", name, 200);
    fields.text("contact", contact, 200);
    fields.text("country", country, 200);
    fields.require("name");
    CALM_TRY(fields.finish());
    if (name.empty()) return fail("bad_field", "`name` is empty");
    CALM_TRY(office.books.run(
        "INSERT INTO customers(name, contact, country, created_at) VALUES(?, ?, ?, ?)", name,
        contact, country, office.now()));
    const int64_t id = office.books.last_id();
    CALM_TRY(office.books.note(office.now(), actor.account, "customer_added", "",
                               fmt::format("{}", id)));
    return Reply{.status = 201, .body = fmt::format(R"({{"customer":{}}})", id)};
}

Result<Reply> take_order(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    Office& office = desk.office;
    CALM_TRY_ASSIGN(const NewOrder order, order_of(office, body));
    std::optional<std::string> program;
    std::optional<std::string> agreement;
    if (order.agreement) {
        program = name_of(order.agreement->program);
        agreement = order.agreement->number;
    }
    // What becomes keys is used up by them.
    const uint64_t total = uint64_t{order.quantity} * std::max<uint32_t>(order.keys, 1);
    CALM_TRY(office.books.run(
        "INSERT INTO orders(customer, product, kind, quantity, used, channel, program, agreement, "
        "expires_at, maintained_until, created_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        order.customer, order.product, name_of(order.kind), total, order.keys > 0 ? total : 0,
        name_of(order.way), program, agreement, order.expires_at, order.maintained_until,
        office.now()));
    const int64_t id = office.books.last_id();
    CALM_TRY(office.books.note(office.now(), actor.account, "order_taken", "",
                               fmt::format("{} {} x {}", id, total, order.product)));
    std::string out = fmt::format(R"({{"order":{})", id);
    if (order.keys > 0) {
        CALM_TRY_ASSIGN(
            const auto keys,
            draw_keys(office,
                      {.product = order.product,
                       .kind = order.kind,
                       .quantity = order.quantity,
                       .count = order.keys,
                       .channel = channel_of(order.way),
                       .customer = order.customer,
                       .order = id,
                       .valid_days = days_until(order.expires_at, office.now()),
                       .maintained_days = days_until(order.maintained_until, office.now())},
                      actor));
        out += fmt::format(R"(,"keys":[{}])", json_list(keys));
    }
    return Reply{.status = 201, .body = out + "}"};
}

Result<std::vector<ProductKey>> draw_keys(Office& office, const KeyBatch& batch,
                                          const Actor& actor) {
    CALM_TRY(product_of(office, batch.product));
    CALM_TRY(office.books.run(
        "INSERT INTO key_batches(product, kind, quantity, count, channel, customer, order_id, "
        "valid_days, maintained_days, made_at, made_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        batch.product, name_of(batch.kind), batch.quantity, batch.count, name_of(batch.channel),
        batch.customer, batch.order, batch.valid_days, batch.maintained_days, office.now(),
        actor.account));
    const int64_t id = office.books.last_id();
    std::vector<ProductKey> keys;
    keys.reserve(batch.count);
    for (uint32_t i = 0; i < batch.count; ++i) {
        CALM_TRY_ASSIGN(ProductKey key, draw_key(office, id));
        keys.push_back(std::move(key));
    }
    CALM_TRY(office.books.note(office.now(), actor.account, "keys_made", "",
                               fmt::format("batch {}: {} keys of {} x {} {}", id, batch.count,
                                           batch.quantity, batch.product, name_of(batch.kind))));
    return keys;
}

// {"product":…,"kind":…,"quantity":…,"count":…[,"channel":"oem"][,"customer":…][,"valid_days":…]
// [,"maintained_days":…]} → CSV, shown this once.
Result<Reply> make_keys(StaffDesk& desk, const boost::json::value& body, const Actor& actor) {
    wire::Fields fields(body);
    KeyBatch batch{.quantity = 0, .count = 0};
    uint32_t customer = 0;
    uint32_t valid_days = 0;
    uint32_t maintained_days = 0;
    fields.text("product", batch.product, 64);
    fields.choice("kind", batch.kind);
    fields.number("quantity", batch.quantity, kPackQuantityMax);
    fields.number("count", batch.count, kKeysAtOnceMax);
    fields.choice("channel", batch.channel);
    if (fields.number("customer", customer)) batch.customer = customer;
    if (fields.number("valid_days", valid_days, kDaysMax)) batch.valid_days = valid_days;
    if (fields.number("maintained_days", maintained_days, kDaysMax))
        batch.maintained_days = maintained_days;
    for (const char* needed : {"product", "kind", "quantity", "count"})
        fields.require(needed);
    CALM_TRY(fields.finish());
    if (batch.quantity == 0 || batch.count == 0 || batch.valid_days == 0U)
        return fail("bad_field", "`quantity`, `count` and `valid_days` are 1 at least");
    if (batch.channel == Channel::volume)
        return fail("bad_field", "packs of an agreement have no product keys");
    if (batch.customer) CALM_TRY(check_customer(desk.office, *batch.customer));
    CALM_TRY_ASSIGN(const auto keys, draw_keys(desk.office, batch, actor));
    Reply reply{.status = 201, .type = http::kCsv, .body = "key,product,kind,quantity\r\n"};
    for (const ProductKey& key : keys) {
        reply.body += fmt::format("{},{},{},{}\r\n", key.printed, batch.product,
                                  name_of(batch.kind), batch.quantity);
    }
    return reply;
}

}  // namespace calm::clearinghouse
