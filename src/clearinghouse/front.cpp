#include "clearinghouse/front.h"

#include "http/problem_page.h"

namespace calm::clearinghouse {
namespace {

const std::initializer_list<http::ProblemTable::Entry> kClearinghouseProblems = {
    {"bad_field", 400},
    {"missing_field", 400},
    {"bad_query", 400},
    {"bad_product", 400},
    {"bad_product_code", 400},
    {"bad_agreement", 400},
    {"bad_account", 400},
    {"bad_product_key", 400},
    {"bad_readout", 400},
    {"bad_ledger_id", 400},
    {"form_malformed", 400},
    {"csrf_refused", 403},
    {"activation_malformed", 400},
    {"activation_altered", 422},
    {"clearinghouse_other_vendor", 422},
    {"activation_request_used", 409},
    {"activation_request_older", 409},
    {"server_cloned", 409},
    {"server_replaced", 409},
    {"too_many_packs", 409},
    {"server_not_activated", 409},
    {"server_still_active", 409},
    {"server_unknown", 404},
    {"move_limit_reached", 409},
    {"product_key_unknown", 404},
    {"product_key_used", 409},
    {"too_many_wrong_keys", 429},
    {"pack_unknown", 404},
    {"pack_ended", 409},
    {"pack_malformed", 422},
    {"pack_kind_not_sold", 422},
    {"renewal_unfit", 409},
    {"split_unfit", 409},
    {"merge_unfit", 409},
    {"readout_unfit", 409},
    {"order_unknown", 404},
    {"order_exhausted", 409},
    {"customer_unknown", 404},
    {"product_unknown", 404},
    {"approval_unknown", 404},
    {"approval_done", 409},
    {"approval_own", 403},
    {"account_exists", 409},
    {"account_unknown", 404},
    {"last_owner", 409},
    {"clearinghouse_expired", 503},
    {"report_not_made", 503},
    {"disk_full", 503},
    {"database_io_failed", 503},
};

}  // namespace

http::ProblemTable clearinghouse_problems() {
    return http::ProblemTable(kClearinghouseProblems);
}

bool is_full(http::WorkerPool& pool, http::Responder& responder) {
    if (!pool.full()) return false;
    responder.fail({"unavailable", "too much is asked at once"}, 2);
    return true;
}

RouteList all_routes(Front& front) {
    RouteList routes;
    add_public_routes(front, routes);
    add_staff_routes(front, routes);
    add_card_routes(front, routes);
    add_account_routes(front, routes);
    add_page_routes(front, routes);
    for (http::Route& page : http::problem_page_routes())
        routes.push_back(std::move(page));
    return routes;
}

}  // namespace calm::clearinghouse
