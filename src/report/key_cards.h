// Product keys as cards to be printed and cut: product, quantity, the key in letters and as a QR
// code, and where to use it.
#pragma once

#include <span>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"
#include "messages/messages.h"

namespace calm::report {

struct KeyCard {
    std::string key;  // as printed
    std::string product;
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 1;
};

struct CardPrint {
    std::string vendor;
    std::string address;  // of the clearinghouse; may be empty
    Language language = Language::en;
    Instant made_at;
};

inline constexpr size_t kCardsAtOnceMax = 1000;

// A PDF, ten cards a page. Errors: `report_not_made`.
Result<std::string> key_cards_pdf(std::span<const KeyCard> cards, const CardPrint& print);

}  // namespace calm::report
