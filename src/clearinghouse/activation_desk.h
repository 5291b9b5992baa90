// The desk where license servers ask: one request in, one answer out, whatever way both came.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clearinghouse/office.h"
#include "clearinghouse/wrong_keys.h"
#include "documents/activation.h"

namespace calm::clearinghouse {

class ActivationDesk {
  public:
    // REQUIRES: `office` outlives it.
    explicit ActivationDesk(Office& office)
        : office_(office), wrong_keys_(office.rules.wrong_keys_per_hour_max) {}

    // The blocks of the answer, one after the other: CALM ACTIVATION, unless the certificate still
    // runs and was not asked for; each CALM KEY PACK that the server may install; CALM STATUS LIST.
    // `more_keys` are redeemed beside those in the request. The same request gets the same answer.
    // Errors: those of read_activation_request(), `clearinghouse_other_vendor`,
    // `activation_request_used`, `activation_request_older`, `server_cloned`, `server_replaced`,
    // `server_not_activated`, `product_key_unknown`, `product_key_used`, `too_many_wrong_keys`.
    Result<std::string> answer(std::string_view request, std::span<const ProductKey> more_keys,
                               std::string_view address);

    // Redeems a key for a server, which somebody tells us. Gives the pack's id. In the caller's
    // transaction. Errors: as above.
    Result<std::string> redeem(const ProductKey& key, std::string_view server,
                               std::optional<int64_t> customer, const Actor& actor);

    // Whether the address has guessed too often. Errors: `too_many_wrong_keys`.
    Result<> check_guesses(std::string_view address) const;
    void count_guess(std::string_view address) { wrong_keys_.count(address, office_.now()); }
    uint32_t wait_of(std::string_view address) const {
        return wrong_keys_.wait_of(address, office_.now());
    }

  private:
    struct Known;
    struct Asked;
    Result<std::string> decide(const Asked& asked);
    Result<std::string> grant(const Asked& asked, const Known& known);
    Result<Known> known_server(std::string_view server);
    Result<> keep_server(const ActivationRequest& request, const Known& known,
                         std::string_view state);
    Result<std::string> certify(const ActivationRequest& request);

    Office& office_;
    WrongKeys wrong_keys_;
};

}  // namespace calm::clearinghouse
