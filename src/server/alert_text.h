// What is said of an alert: to people in their language, to programs as JSON. Names are looked up
// when it is said, so that an erased one is not.
#pragma once

#include <string>
#include <vector>

#include "core/ledger.h"
#include "messages/messages.h"
#include "server/alert.h"
#include "server/directory.h"
#include "server/name_index.h"

namespace calm {

// Where the names of what alerts are about are found.
struct AlertNames {
    const Ledger& ledger;
    const Directory& directory;
    const NameIndex& subjects;
};

// One sentence, and one that says what to do.
std::string alert_sentence(Language language, const Warning& warning, const AlertNames& names);
std::string alert_remedy(Language language, const Warning& warning);

// The alert as the API shows it: one JSON object.
void append_alert(std::string& out, Language language, const Alert& alert, const AlertNames& names);

inline constexpr size_t kAlertsInMessageMax = 100;

// What a message says of alerts, the most urgent first; beyond kAlertsInMessageMax only how many.
struct AlertWords {
    std::string subject;
    std::string text;  // for mail
    std::string json;  // for webhooks
};
AlertWords alert_words(Language language, std::string_view message_id, std::string_view server_id,
                       std::vector<const Alert*> alerts, const AlertNames& names, Instant now);

// The same for a message that only shows that messages arrive.
AlertWords test_words(Language language, std::string_view message_id, std::string_view server_id,
                      Instant now);

}  // namespace calm
