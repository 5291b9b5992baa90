// Carries one message to one receiver, once: mail by SMTP, webhooks by a signed POST. It blocks for
// up to kDeliverySeconds, so never on the loop. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"

namespace calm {

inline constexpr long kDeliverySeconds = 15;

enum class MailSecurity : uint8_t {
    none,      // to this machine only
    starttls,  // must succeed
    tls        // from the first byte
};

template <>
struct NamesOf<MailSecurity> {
    static constexpr Names<MailSecurity, 3> value{{{MailSecurity::none, "none"},
                                                   {MailSecurity::starttls, "starttls"},
                                                   {MailSecurity::tls, "tls"}}};
};

struct MailTarget {
    std::string server;  // host:port
    MailSecurity security = MailSecurity::starttls;
    std::string from;
    std::vector<std::string> to;
    std::string account;  // empty: none
    std::string password;
    std::string ca_file;  // empty: the machine's authorities
};

struct WebhookTarget {
    std::string url;
    std::string secret;  // signs; empty: no signature
    std::string ca_file;
};

struct Receiver {
    std::string name;  // "mail", or a webhook's address
    std::variant<MailTarget, WebhookTarget> target;
};

struct AlertMessage {
    std::string id;       // the same in every try, so that a receiver knows a repeat
    std::string subject;  // UTF-8
    std::string text;     // of a mail, UTF-8
    std::string json;     // of a webhook
};

// Errors: `alert_undelivered` (trying again may help), `alert_refused` (it will not).
Result<> deliver(const Receiver& receiver, const AlertMessage& message,
                 const std::atomic<bool>& stopping);

// The mail as it goes over the wire (RFC 5322, MIME), lines ended by CRLF.
std::string mail_text(const MailTarget& target, const AlertMessage& message, Instant at);

// "t=TIMESTAMP,sha256=HEX": HMAC-SHA256 of "TIMESTAMP.BODY", the timestamp in seconds since 1970. A
// receiver computes the same, compares, and refuses what is older than a few minutes.
std::string webhook_signature(std::string_view secret, Instant at, std::string_view body);

}  // namespace calm
