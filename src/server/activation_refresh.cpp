#include "server/activation_refresh.h"

#include <spdlog/spdlog.h>

#include "server/activation_answer.h"
#include "server/clearinghouse_link.h"

namespace calm {

void ActivationRefresh::tick() {
    if (period_s_ == 0 || ++passed_s_ < period_s_) return;
    passed_s_ = 0;
    const Instant now = api_.server.now();
    for (const KeyBytes& vendor : api_.server.ledger().vendors()) {
        if (now < api_.server.ledger().vendor_state(vendor).activated_until) ask(vendor);
    }
}

void ActivationRefresh::ask(const KeyBytes& vendor) {
    const auto known = clearinghouse_of(api_, vendor);
    if (!known || known->certificate.address.empty() || api_.workers.full()) return;
    auto asked =
        ask_vendor(api_, {.vendor = PublicKey{vendor}, .purpose = ActivationPurpose::packs});
    if (!asked) return;
    api_.workers.run(
        [address = known->certificate.address, text = std::move(asked->text),
         ca_file = api_.clearinghouse_ca_file] {
            static const std::atomic<bool> never{false};
            return ask_clearinghouse(address, text, ca_file, Language::en, never);
        },
        [&api = api_](const Result<std::string>& answer) {
            const auto taken = answer ? take_answer(api, *answer, Language::en) : answer;
            if (!taken)
                spdlog::warn("a clearinghouse was asked for news: {}: {}", taken.error().code,
                             taken.error().detail);
        });
}

}  // namespace calm
