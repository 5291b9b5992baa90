// The options that state a product's rules, for `product add`, `product set` and `vendor pack`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"
#include "core/product.h"

namespace calm::cli {

struct ProductOptions {
    std::optional<std::string> requirement;
    std::optional<std::string> overuse;
    std::optional<std::string> family;
    std::optional<uint16_t> version;
    std::vector<std::string> bases;
    std::optional<std::string> released;
    std::optional<uint16_t> temporary_days;
    std::optional<uint16_t> user_days;
    std::optional<uint16_t> device_days_min;
    std::optional<uint16_t> device_days_max;
    std::optional<uint16_t> renewal_days;
    std::optional<uint16_t> initial_grace_days;
    std::optional<uint16_t> outage_days;
    std::optional<uint16_t> revoke_percent;
    std::optional<uint16_t> reassign_days;
    std::optional<std::string> prevent_upgrade;            // yes or no
    std::optional<std::string> grace_ends_with_first_cal;  // yes or no
    std::optional<std::string> cal_for_servers;            // yes or no
    std::optional<std::string> cal_for_web;                // yes or no
    std::optional<std::string> cal_for_hpc;                // yes or no
    std::optional<std::string> cal_for_anonymous;          // yes or no
    std::optional<std::string> server_license;             // yes or no
    std::optional<uint16_t> cores_min;
    std::optional<uint16_t> core_pack;
    std::optional<uint64_t> cals_max;
    std::optional<uint16_t> cal_pack;
    std::optional<uint16_t> cals_included;
    std::optional<uint16_t> lease_minutes;
    std::optional<uint16_t> linger_minutes;
    std::optional<uint16_t> queue_minutes;
    std::optional<uint16_t> queue_max;
    std::optional<uint16_t> borrow_days_max;
    std::optional<uint16_t> administrators_max;
    std::vector<std::string> pack_kinds;      // or `any` alone
    std::vector<std::string> cal_pack_sizes;  // or 0 alone: any

    void declare(Form& form);

    // Whether any was given.
    bool any() const { return !to_json().empty(); }

    // What was given, under the API's names.
    boost::json::object to_json() const;

    // Errors: `bad_product`.
    Result<> apply_to(Product& product) const;
};

}  // namespace calm::cli
