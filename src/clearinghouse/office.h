// Office: what everybody who works on the books shares. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "clearinghouse/access.h"
#include "clearinghouse/books.h"
#include "clearinghouse/signer.h"
#include "core/entry.h"

namespace calm::clearinghouse {

// The settings that decide something.
struct OfficeRules {
    uint32_t activation_days = 366;
    bool four_eyes = false;
    uint32_t moves_per_year_max = 4;
    uint32_t wrong_keys_per_hour_max = 10;
};

struct Office {
    Books books;
    std::unique_ptr<Signer> signer;
    OfficeRules rules;
    std::function<Instant()> clock;

    Instant now() const { return clock(); }
};

// What an act answers with.
struct Reply {
    int status = 200;
    std::string_view type = "application/json";  // of static storage
    std::string body;
};

inline constexpr const char* kCustomerAccount = "customer";  // events that a request made
inline constexpr int64_t kUpForRenewalDays = 60;

}  // namespace calm::clearinghouse
