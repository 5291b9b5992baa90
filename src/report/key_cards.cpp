#include "report/key_cards.h"

#include <fmt/format.h>

#include "report/pdf_pages.h"
#include "report/qr_code.h"

namespace calm::report {
namespace {

// Business cards, 85 x 55 mm, two by five on A4.
constexpr double kMillimetre = 72 / 25.4;
constexpr double kCardWidth = 85 * kMillimetre;
constexpr double kCardHeight = 55 * kMillimetre;
constexpr double kCardsLeft = 20 * kMillimetre;
constexpr double kCardsTop = 11 * kMillimetre;
constexpr size_t kCardColumns = 2;
constexpr size_t kCardRows = 5;
constexpr double kCardPadding = 4 * kMillimetre;
constexpr double kQrModule = 0.75 * kMillimetre;
constexpr double kCutWidth = 0.4;
constexpr Color kCutLine{0.75, 0.75, 0.75};

std::string card_text(Language language, std::string_view key) {
    return std::string(message(language, "clearinghouse.card." + std::string(key)));
}

void draw_frame(PdfPages& pages, double x, double y) {
    pages.area(x, y, kCardWidth, kCutWidth, kCutLine);
    pages.area(x, y + kCardHeight, kCardWidth, kCutWidth, kCutLine);
    pages.area(x, y, kCutWidth, kCardHeight, kCutLine);
    pages.area(x + kCardWidth, y, kCutWidth, kCardHeight, kCutLine);
}

// Neighbours in a row are one area: no hair between them on paper.
void draw_qr(PdfPages& pages, double x, double y, const std::string& text) {
    const QrModules dark = qr_code(text);
    for (size_t row = 0; row < kQrSize; ++row) {
        for (size_t begin = 0; begin < kQrSize;) {
            size_t end = begin;
            while (end < kQrSize && dark[row][end])
                ++end;
            if (end > begin) {
                pages.area(x + static_cast<double>(begin) * kQrModule,
                           y + static_cast<double>(row) * kQrModule,
                           static_cast<double>(end - begin) * kQrModule, kQrModule, {});
            }
            begin = end + 1;
        }
    }
}

void draw_card(PdfPages& pages, double x, double y, const KeyCard& card, const CardPrint& print) {
    const double inside = kCardWidth - 2 * kCardPadding;
    const double qr = kQrSize * kQrModule;
    draw_frame(pages, x, y);
    x += kCardPadding;
    y += kCardPadding;
    pages.text(x, y, inside, print.vendor, {.size = 10, .bold = true});
    pages.text(x, y + 16, inside,
               fmt::format("{} · {} {}", card.product, card.quantity,
                           message(print.language,
                                   "clearinghouse.card.kind." + std::string(name_of(card.kind)))),
               {.size = 9});
    pages.text(x, y + 36, inside, card_text(print.language, "key"), {.size = 7});
    pages.text(x, y + 46, inside, card.key, {.size = 10.5, .bold = true, .fixed = true});
    const double below = y + 68;
    draw_qr(pages, x + inside - qr, below, card.key);
    const double beside = inside - qr - 8;
    pages.text(x, below, beside, card_text(print.language, "once"), {.size = 7});
    pages.text(x, below + 11, beside, card_text(print.language, "letters"), {.size = 7});
    pages.text(x, below + 22, beside, print.address, {.size = 7});
}

}  // namespace

Result<std::string> key_cards_pdf(std::span<const KeyCard> cards, const CardPrint& print) {
    PdfPages pages;
    for (size_t i = 0; i < cards.size(); ++i) {
        const size_t place = i % (kCardColumns * kCardRows);
        if (place == 0) pages.start_page();
        draw_card(pages, kCardsLeft + static_cast<double>(place % kCardColumns) * kCardWidth,
                  kCardsTop + static_cast<double>(place / kCardColumns) * kCardHeight, cards[i],
                  print);
    }
    return pages.write({.title = card_text(print.language, "title"),
                        .subject = print.vendor,
                        .made_at = print.made_at});
}

}  // namespace calm::report
