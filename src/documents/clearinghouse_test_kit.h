// A vendor's root, a clearinghouse under it and a license server, for tests. All keys come from
// fixed seeds.
#pragma once

#include <string>

#include "documents/clearinghouse_certificate.h"
#include "documents/crypto.h"

namespace calm {

struct ClearinghouseKit {
    static constexpr Instant kToday{1'795'996'800};  // 2026-11-30T00:00:00Z, a day's first second

    SecretKey root = SecretKey::from_seed(Seed{31});
    SecretKey clearinghouse = SecretKey::from_seed(Seed{32});
    SecretKey identity = SecretKey::from_seed(Seed{33});  // of the license server
    std::string certificate = *issue_clearinghouse({.key = clearinghouse.public_key(),
                                                    .not_before = kToday - days(1),
                                                    .expires_at = kToday + days(365),
                                                    .address = "https://licenses.contoso.example"},
                                                   root);
};

}  // namespace calm
