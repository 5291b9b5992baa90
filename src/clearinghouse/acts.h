// Acts: what the vendor's staff does, each in one transaction, each with its event. With four eyes
// an act that issues something waits until another account approves it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "clearinghouse/activation_desk.h"
#include "clearinghouse/office.h"
#include "http/json_body.h"

namespace calm::clearinghouse {

// Where acts are done. One thread.
struct StaffDesk {
    Office& office;
    ActivationDesk& activations;
    http::JsonReader json;
};

struct Act {
    std::string_view name;
    bool issues;  // something that is worth money: four eyes look at it
    Result<Reply> (*perform)(StaffDesk& desk, const boost::json::value& body, const Actor& actor);
};
std::span<const Act> all_acts();

// `body` is the JSON of what is asked. Errors: those of the act, `json_malformed`, `bad_field`,
// `missing_field`. An act that waits is answered 202 with {"approval":N}.
Result<Reply> perform_act(StaffDesk& desk, std::string_view name, std::string_view body,
                          const Actor& actor);

// Errors: `approval_unknown`, `approval_done`, `approval_own`, those of the act.
Result<Reply> approve_act(StaffDesk& desk, uint32_t approval, const Actor& actor);

// Each reads its fields strictly.
Result<Reply> define_product(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> add_customer(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> take_order(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> make_keys(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> issue_for_server(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> renew_pack(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> revoke_pack(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> split_pack(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> merge_packs(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> replace_server(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> read_out_certificate(StaffDesk&, const boost::json::value&, const Actor&);
Result<Reply> read_out_terms(StaffDesk&, const boost::json::value&, const Actor&);

// Keys drawn for one batch, not yet redeemed.
struct KeyBatch {
    std::string product;
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 1;
    uint32_t count = 1;
    Channel channel = Channel::retail;
    std::optional<int64_t> customer;
    std::optional<int64_t> order;
    std::optional<uint32_t> valid_days;
    std::optional<uint32_t> maintained_days;
};
inline constexpr uint32_t kKeysAtOnceMax = 100'000;
Result<std::vector<ProductKey>> draw_keys(Office& office, const KeyBatch& batch,
                                          const Actor& actor);

// Errors: `customer_unknown`.
Result<> check_customer(Office& office, int64_t customer);

// The server may be given packs. Errors: `bad_ledger_id`, `server_replaced`.
Result<LedgerId> receiving_server(Office& office, std::string_view id);

// {"pack":…,"server":…,…,"document":…}
Result<std::string> pack_text(Office& office, std::string_view id);

}  // namespace calm::clearinghouse
