// Alert: a warning that somebody is told of, as it is kept beside the ledger: who has seen it, what
// became of the mail about it. It names things by their numbers only, so that erasing a name erases
// it here too.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/warnings.h"
#include "store/journal.h"

namespace calm {

enum class AlertState : uint8_t { open = 1, acknowledged = 2, resolved = 3 };

template <>
struct NamesOf<AlertState> {
    static constexpr Names<AlertState, 3> value{{{AlertState::open, "open"},
                                                 {AlertState::acknowledged, "acknowledged"},
                                                 {AlertState::resolved, "resolved"}}};
};

enum class DeliveryState : uint8_t { pending = 1, sent = 2, failed = 3 };

template <>
struct NamesOf<DeliveryState> {
    static constexpr Names<DeliveryState, 3> value{{{DeliveryState::pending, "pending"},
                                                    {DeliveryState::sent, "sent"},
                                                    {DeliveryState::failed, "failed"}}};
};

// What became of telling one receiver.
struct Delivery {
    std::string receiver;  // "mail", or the address of a webhook
    std::string message;   // the id of the message that it stands in
    DeliveryState state = DeliveryState::pending;
    uint16_t tries = 0;
    std::optional<Instant> at;  // of the last try
    std::string why;            // it failed; empty otherwise

    bool operator==(const Delivery&) const = default;
};

// What an alert is about. At most one alert of a thing is not resolved.
struct AlertKey {
    WarningKind kind = WarningKind::pool_filling;
    uint32_t about = 0;
    uint32_t part = 0;

    auto operator<=>(const AlertKey&) const = default;
};

struct Alert {
    uint32_t id = 0;  // 1, 2, 3 …, never given twice
    Warning warning;  // as it was seen last
    AlertState state = AlertState::open;
    Instant first_seen;
    Instant last_seen;  // exact to the day after a restart
    Instant raised_at;  // when people were last told, or would have been
    std::optional<Instant> acknowledged_at;
    std::string acknowledged_by;  // an account; empty: over the server's own socket
    std::optional<Instant> resolved_at;
    uint32_t peak = 0;                 // rank up to which it was told
    Instant peak_at;                   // when it was last that urgent
    std::vector<Delivery> deliveries;  // of the last time that it was raised

    bool operator==(const Alert&) const = default;
};

AlertKey key_of(const Warning& warning);

// Of two warnings about the same thing, the one that must be told has the greater rank.
uint32_t rank_of(const Warning& warning);

inline constexpr std::string_view kAlertTable = "alerts";
inline constexpr size_t kDeliveryWhyBytesMax = 300;

std::string alert_record_key(uint32_t id);
store::Record record_of(const Alert& alert);

// Errors: `database_damaged`.
Result<Alert> read_alert(std::string_view key, std::string_view value);

}  // namespace calm
