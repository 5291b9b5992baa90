// The names under which a product's rules are written, in key packs and in the log: one list for
// all readers and writers.
#pragma once

#include "core/product.h"

namespace calm {

// Calls visit(name, member) for each rule, always in this order.
template <class Rules, class Visit>
void for_each_rule(Rules& rules, Visit&& visit) {
    visit("requirement", rules.requirement);
    visit("overuse", rules.overuse);
    visit("temporary_days", rules.temporary_days);
    visit("user_days", rules.user_days);
    visit("device_days_min", rules.device_days_min);
    visit("device_days_max", rules.device_days_max);
    visit("renewal_days", rules.renewal_days);
    visit("initial_grace_days", rules.initial_grace_days);
    visit("outage_days", rules.outage_days);
    visit("revoke_percent", rules.revoke_percent);
    visit("prevent_upgrade", rules.prevent_upgrade);
    visit("grace_ends_with_first_cal", rules.grace_ends_with_first_cal);
    visit("reassign_days", rules.reassign_days);
}

// The same for those that are mostly off and then left out.
template <class Rules, class Visit>
void for_each_exemption(Rules& rules, Visit&& visit) {
    visit("cal_for_servers", rules.cal_for_servers);
    visit("cal_for_web", rules.cal_for_web);
    visit("cal_for_hpc", rules.cal_for_hpc);
    visit("cal_for_anonymous", rules.cal_for_anonymous);
}

// The same for how a product is sold; what says nothing is zero and left out.
template <class Rules, class Visit>
void for_each_sale_rule(Rules& rules, Visit&& visit) {
    visit("server_license", rules.server_license);
    visit("cores_min", rules.cores_min);
    visit("core_pack", rules.core_pack);
    visit("cals_max", rules.cals_max);
    visit("cal_pack", rules.cal_pack);
    visit("cals_included", rules.cals_included);
}

// The same for concurrent seats and administrators; visit(name, member, usual): what is usual is
// left out.
template <class Rules, class Visit>
void for_each_usual_rule(Rules& rules, Visit&& visit) {
    const ProductRules usual;
    visit("lease_minutes", rules.lease_minutes, usual.lease_minutes);
    visit("linger_minutes", rules.linger_minutes, usual.linger_minutes);
    visit("queue_minutes", rules.queue_minutes, usual.queue_minutes);
    visit("queue_max", rules.queue_max, usual.queue_max);
    visit("borrow_days_max", rules.borrow_days_max, usual.borrow_days_max);
    visit("administrators_max", rules.administrators_max, usual.administrators_max);
}

// The same for the lists of what it is sold in; an empty one is left out.
template <class Rules, class Visit>
void for_each_sale_list(Rules& rules, Visit&& visit) {
    visit("pack_kinds", rules.pack_kinds);
    visit("cal_pack_sizes", rules.cal_pack_sizes);
}

}  // namespace calm
