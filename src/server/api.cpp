// What the routes share.
#include "server/api.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sodium.h>

#include "core/reason.h"
#include "documents/crypto.h"
#include "wire/admission_json.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

const std::initializer_list<http::ProblemTable::Entry> kProblems = {
    {"csrf_refused", 403},
    {"no_account_yet", 409},
    {"code_needed", 401},
    {"code_refused", 401},
    {"second_factor_exists", 409},
    {"second_factor_unknown", 404},
    {"bad_field", 400},
    {"missing_field", 400},
    {"bad_name", 400},
    {"bad_request_id", 400},
    {"bad_product", 400},
    {"bad_agreement", 400},
    {"bad_product_code", 400},
    {"bad_account", 400},
    {"bad_query", 400},
    {"armour_missing", 400},
    {"armour_wrong_kind", 400},
    {"armour_damaged", 400},
    {"document_too_large", 400},
    {"product_exists", 409},
    {"pack_for_another_server", 422},
    {"pack_not_movable", 409},
    {"pack_bound", 409},
    {"transfer_used", 409},
    {"transfer_for_another_server", 422},
    {"transfer_malformed", 400},
    {"vendor_unknown", 404},
    {"activation_replayed", 409},
    {"activation_expired", 422},
    {"activation_malformed", 400},
    {"activation_altered", 422},
    {"activation_for_another_server", 422},
    {"activation_not_asked", 409},
    {"not_activated", 409},
    {"clearinghouse_malformed", 400},
    {"clearinghouse_altered", 422},
    {"clearinghouse_expired", 422},
    {"clearinghouse_untrusted", 422},
    {"clearinghouse_unknown", 409},
    {"clearinghouse_unreachable", 503},
    {"clearinghouse_refused", 409},
    {"status_list_malformed", 400},
    {"status_list_altered", 422},
    {"status_list_older", 409},
    {"status_list_for_another_server", 422},
    {"bad_product_key", 400},
    {"bad_readout", 400},
    {"readout_altered", 422},
    {"renewal_unfit", 409},
    {"pack_revoked", 409},
    {"pack_for_other_hardware", 422},
    {"certificate_malformed", 400},
    {"document_malformed", 400},
    {"document_altered", 400},
    {"bad_ledger_id", 400},
    {"vendor_altered", 422},
    {"export_failed", 503},
    {"report_not_made", 503},
    {"report_unknown", 404},
    {"host_token_malformed", 401},
    {"host_token_altered", 401},
    {"host_token_foreign", 401},
    {"host_token_expired", 401},
    {"host_token_unknown", 401},
    {"enrolment_token_invalid", 403},
    {"cal_unknown", 404},
    {"alert_unknown", 404},
    {"alert_resolved", 409},
    {"no_receivers", 409},
    {"pack_unknown", 404},
    {"product_unknown", 404},
    {"host_unknown", 404},
    {"restore_window_closed", 409},
    {"station_unknown", 404},
    {"station_name_taken", 409},
    {"station_shows_no_desktop", 409},
    {"station_console_exists", 409},
    {"subject_unknown", 404},
    {"account_unknown", 404},
    {"entry_unknown", 404},
    {"reason_unknown", 404},
    {"token_not_available", 409},
    {"request_id_reused", 422},
    {"cal_not_live", 409},
    {"revoke_limit_reached", 409},
    {"revoke_needs_device_cal", 409},
    {"reassignment_too_early", 409},
    {"pack_not_convertible", 409},
    {"too_few_seats", 409},
    {"pack_malformed", 422},
    {"pack_altered", 422},
    {"pack_vendor_unknown", 422},
    {"pack_not_yet_valid", 422},
    {"pack_expired", 422},
    {"pack_product_unknown", 422},
    {"pack_already_installed", 409},
    {"pack_in_use", 409},
    {"pack_over_maximum", 409},
    {"pack_kind_not_sold", 422},
    {"pack_not_per_server", 409},
    {"host_license_kind", 400},
    {"host_license_quantity", 400},
    {"host_license_unavailable", 409},
    {"too_few_cores", 409},
    {"installation_taken", 409},
    {"installation_exists", 409},
    {"installation_unknown", 404},
    {"bad_borrow_end", 400},
    {"borrow_too_long", 400},
    {"borrow_needs_seat", 409},
    {"borrow_not_allowed", 409},
    {"bad_group_code", 400},
    {"bad_member", 409},
    {"group_unknown", 404},
    {"group_full", 409},
    {"too_many_groups", 409},
    {"not_a_member", 404},
    {"pack_not_reservable", 409},
    {"too_many_reserved", 409},
    {"bad_loan_end", 400},
    {"loan_exists", 409},
    {"loan_needless", 409},
    {"loan_needs_seat", 409},
    {"loan_unknown", 409},
    {"device_not_merged", 409},
    {"device_not_doubted", 409},
    {"vendor_already_trusted", 409},
    {"vendor_fingerprint_mismatch", 422},
    {"vendor_malformed", 422},
    {"account_exists", 409},
    {"last_owner", 409},
    {"host_name_taken", 409},
    {"succession_unknown", 404},
    {"succession_malformed", 422},
    {"succession_altered", 422},
    {"succession_for_another_server", 422},
    {"host_certificate_malformed", 400},
    {"host_certificate_untrusted", 403},
    {"host_certificate_expired", 403},
    {"disk_full", 503},
    {"database_io_failed", 503},
    {"journal_moved", 503},
    {"issuing_stopped", 503},
    {"backup_failed", 503}};

}  // namespace

Routes all_routes(Api& api) {
    Routes routes;
    add_admission_routes(api, routes);
    add_cal_routes(api, routes);
    add_product_routes(api, routes);
    add_pack_routes(api, routes);
    add_pack_move_routes(api, routes);
    add_activation_routes(api, routes);
    add_host_routes(api, routes);
    add_succession_routes(api, routes);
    add_reassertion_routes(api, routes);
    add_station_routes(api, routes);
    add_installation_routes(api, routes);
    add_cal_host_routes(api, routes);
    add_seat_routes(api, routes);
    add_loan_routes(api, routes);
    add_group_routes(api, routes);
    add_device_routes(api, routes);
    add_account_routes(api, routes);
    add_second_factor_routes(api, routes);
    add_own_password_routes(api, routes);
    add_audit_routes(api, routes);
    add_subject_routes(api, routes);
    add_refused_routes(api, routes);
    add_export_routes(api, routes);
    add_position_routes(api, routes);
    add_report_routes(api, routes);
    add_alert_routes(api, routes);
    add_status_routes(api, routes);
    add_event_routes(api, routes);
    add_checkup_routes(api, routes);
    return routes;
}

http::ProblemTable server_problems() {
    return http::ProblemTable(kProblems);
}

Result<const boost::json::value*> body_of(Api& api, const http::Request& request) {
    return api.json.read(request.body);
}

std::string day_text(uint32_t day) {
    return to_rfc3339(Instant{} + days(day)).substr(0, 10);
}

Result<ProductId> product_named(const Api& api, std::string_view code) {
    const ProductId product = api.server.ledger().find_product(code);
    if (!product) return fail("product_unknown", fmt::format("`{}` is not defined here", code));
    return product;
}

Result<HostId> host_named(const Api& api, std::string_view text) {
    HostId host = api.directory.find_host(text);
    if (!host && !text.empty() &&
        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        host = {static_cast<uint32_t>(std::strtoul(std::string(text).c_str(), nullptr, 10))};
    if (!api.server.ledger().has_host(host))
        return fail("host_unknown", fmt::format("no host `{}` is enrolled", text));
    return host;
}

store::SubjectName newcomer(const Api& api, HolderKind kind, std::string name) {
    store::SubjectName out{
        .subject = api.server.ledger().next_subject(), .kind = kind, .name = std::move(name)};
    randombytes_buf(out.salt.data(), out.salt.size());
    return out;
}

Done<Committed> no_content(http::Responder responder) {
    return [responder = std::move(responder)](Result<Committed> done) mutable {
        if (!done) return responder.fail(done.error());
        responder.send(http::Response::no_content());
    };
}

Done<Committed> with_cal(Api& api, CalId cal, http::Responder responder) {
    return [&api, cal, responder = std::move(responder)](Result<Committed> done) mutable {
        if (!done) return responder.fail(done.error());
        const Ledger& ledger = api.server.ledger();
        std::string out;
        wire::write_cal(out, ledger, cal, holder_name(api, ledger.cal(cal).holder),
                        api.server.now());
        responder.send(http::Response::json(200, std::move(out)));
    };
}

Done<Committed> with_pack(Api& api, PackId pack, http::Responder responder) {
    return [&api, pack, responder = std::move(responder)](Result<Committed> done) mutable {
        if (!done) return responder.fail(done.error());
        std::string out;
        wire::write_pack(out, api.server.ledger(), pack, api.server.now());
        responder.send(http::Response::json(200, std::move(out)));
    };
}

uint32_t number_of(const http::Request& request, std::string_view parameter) {
    const std::string text = request.parameter(parameter);
    if (text.empty() || text.size() > 10) return 0;
    uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return 0;
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    return number <= 0xFFFF'FFFF ? static_cast<uint32_t>(number) : 0;
}

Result<uint32_t> query_number(const http::Request& request, std::string_view name,
                              uint32_t fallback) {
    const auto text = request.query(name);
    if (!text) return fallback;
    uint64_t number = 0;
    for (const char c : *text) {
        if (c < '0' || c > '9' || number > 0xFFFF'FFFF) {
            return fail("bad_query", fmt::format("`{}` is not a number", name));
        }
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    return static_cast<uint32_t>(std::min<uint64_t>(number, 0xFFFF'FFFF));
}

Result<std::optional<RequestMark>> mark_of(const Api& api, const http::Request& request,
                                           Reason reason) {
    const std::string_view key = request.header("idempotency-key");
    if (key.empty()) return std::nullopt;
    CALM_TRY_ASSIGN(const RequestId id, wire::parse_request_id(key));
    std::string canonical(request.path());
    canonical += '?';
    canonical += request.query_text();
    canonical += '\n';
    canonical += request.body;
    return RequestMark{.id = id, .content = api.server.content_hash(canonical), .reason = reason};
}

Result<const RememberedAnswer*> remembered(const Api& api, const std::optional<RequestMark>& mark) {
    if (!mark) return nullptr;
    const auto* answer = api.server.ledger().remembered(mark->id, api.server.ledger().time());
    if (answer != nullptr && answer->content != mark->content) {
        return fail("request_id_reused",
                    "this Idempotency-Key was used for another request within the last day");
    }
    return answer;
}

std::string etag_of(std::string_view text) {
    const Hash hash = sha256(text);
    return '"' + to_hex(std::span(hash).first(8)) + '"';
}

Result<> check_if_match(const http::Request& request, std::string_view tag) {
    const std::string_view given = request.header("if-match");
    if (given.empty()) {
        return fail("precondition_required",
                    "read it first and send its ETag back as If-Match, or If-Match: *");
    }
    if (given != "*" && given != tag) {
        return fail("precondition_failed", "somebody else changed it since you read it");
    }
    return {};
}

}  // namespace calm
