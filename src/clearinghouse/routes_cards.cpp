// Cards to be printed, of keys that the staff has as CSV. Nothing of them is kept.
#include <charconv>

#include "clearinghouse/front.h"
#include "report/key_cards.h"

namespace calm::clearinghouse {
namespace {

using http::Method;
using http::Request;
using http::Responder;

constexpr std::string_view kCsvHead = "key,product,kind,quantity";

std::string_view take_line(std::string_view& text) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view take_field(std::string_view& line) {
    const size_t end = std::min(line.find(','), line.size());
    const std::string_view field = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return field;
}

Result<report::KeyCard> card_of(std::string_view line) {
    CALM_TRY_ASSIGN(const ProductKey key, parse_product_key(take_field(line)));
    report::KeyCard card{.key = key.printed, .product = std::string(take_field(line))};
    const auto kind = from_name<PackKind>(take_field(line));
    const auto [end, error] =
        std::from_chars(line.data(), line.data() + line.size(), card.quantity);
    if (!kind || !is_product_code(card.product) || error != std::errc() ||
        end != line.data() + line.size()) {
        return fail("bad_field", "a line is not `key,product,kind,quantity`");
    }
    card.kind = *kind;
    return card;
}

// As POST /v1/keys wrote it.
Result<std::vector<report::KeyCard>> cards_of(std::string_view csv) {
    if (take_line(csv) != kCsvHead)
        return fail("bad_field", "the first line is not `key,product,kind,quantity`");
    std::vector<report::KeyCard> cards;
    while (!csv.empty()) {
        const std::string_view line = take_line(csv);
        if (line.empty()) continue;
        if (cards.size() == report::kCardsAtOnceMax)
            return fail("bad_field", "at most 1000 cards are made at a time");
        CALM_TRY_ASSIGN(report::KeyCard card, card_of(line));
        cards.push_back(std::move(card));
    }
    if (cards.empty()) return fail("bad_field", "there is no key");
    return cards;
}

void make_cards(Front& front, const Request& request, Responder responder) {
    if (!request.header("content-type").starts_with("text/csv"))
        return responder.fail({"unsupported_media_type", "keys are sent as text/csv"});
    auto cards = cards_of(request.body);
    if (!cards) return responder.fail(cards.error());
    if (is_full(front.hashing, responder)) return;
    const report::CardPrint print{
        .vendor = front.vendor_name,
        .address = front.address,
        .language = request.query("lang") == "fr" ? Language::fr : Language::en,
        .made_at = front.office.clock()};
    front.hashing.run(
        [cards = std::move(*cards), print] { return report::key_cards_pdf(cards, print); },
        [responder = std::move(responder)](Result<std::string> pdf) mutable {
            if (!pdf) return responder.fail(pdf.error());
            responder.send({.content_type = http::kPdf, .body = std::move(*pdf)});
        });
}

}  // namespace

void add_card_routes(Front& front, RouteList& routes) {
    add_row(front, routes, Method::post, "/v1/cards", rights::sell, "Print product keys on cards",
            make_cards);
    routes.back().body_bytes_max = http::kImportBytesMax;
}

}  // namespace calm::clearinghouse
