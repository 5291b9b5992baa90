// One decision, in the order of its rules; the rules themselves are in question_*.cpp.
#include "core/admission.h"

#include <algorithm>
#include <utility>

#include "core/additive.h"
#include "core/host_licenses.h"
#include "core/question.h"

namespace calm {

Decision Question::answer() {
    if (rules_.requirement == CalRequirement::none) return not_required();
    if (auto answer = exemption()) return std::move(*answer);
    if (auto answer = host_licensed()) return std::move(*answer);
    if (auto answer = held()) return std::move(*answer);
    return lacking();
}

std::optional<Decision> Question::exemption() const {
    // These rest on the product's definition and nothing else.
    if (request_.administration && request_.administrators_now < rules_.administrators_max) {
        return rest_on_product(Reason::administration);
    }
    if (request_.host_service) return rest_on_product(Reason::host_service);
    if (const auto exempt = exempt_workload()) return rest_on_product(*exempt);
    if (!ledger_.has_host(request_.host)) return rest_on_everything(Reason::host_unknown);
    // Which servers are the customer's own follows from the log.
    if (request_.from_server && !rules_.cal_for_servers && ledger_.has_host(request_.from_server))
        return rest_on_everything(Reason::server_to_server);
    return refused_station();
}

// Facts rd-licensing 12, "No CAL for". Whoever has signed in is not anonymous.
std::optional<Reason> Question::exempt_workload() const {
    switch (request_.workload) {
        case Workload::person: break;
        case Workload::web:
            if (!rules_.cal_for_web) return Reason::web_workload;
            break;
        case Workload::hpc:
            if (!rules_.cal_for_hpc) return Reason::hpc_workload;
            break;
        case Workload::anonymous:
            if (!rules_.cal_for_anonymous && !request_.user.present())
                return Reason::anonymous_access;
            break;
    }
    return {};
}

// Facts rd-licensing 12, "External Connector" and "SQL Server 2012".
std::optional<Decision> Question::host_licensed() const {
    const auto has = [&](PackKind kind) {
        return licenses_of(ledger_, host(), kind, product_id_, now_) > 0;
    };
    if (request_.outside && has(PackKind::external_connector))
        return rest_on_everything(Reason::external_connector);
    if (is_core_licensed(ledger_, host(), product_id_, now_))
        return rest_on_everything(Reason::core_licensed);
    return {};
}

std::optional<Decision> Question::held() {
    choose_ways();
    for (const Way& way : ways_) {
        if (auto answer = seat_held(way)) return answer;
    }
    for (const Way& way : ways_) {
        if (auto answer = on_loan(way)) return answer;
    }
    for (const Way& way : ways_) {
        if (auto answer = lease_held(way)) return answer;
    }
    for (const Way& way : ways_) {
        if (auto answer = overuse_held(way)) return answer;
    }
    return {};
}

Decision Question::lacking() {
    if (request_.holds_token && !ways_.empty()) return rest_on_product(Reason::cal_held_elsewhere);
    for (const Way& way : ways_) {
        if (auto answer = temporary_held(way)) return std::move(*answer);
    }
    if (!ways_.empty() && seats_are_kept()) return rest_on_everything(Reason::restore_window);
    if (auto answer = while_lent()) return std::move(*answer);
    choose_takers();
    for (const Way& way : ways_) {
        if (!way.takes) continue;
        if (auto answer = first_doubt(way)) return std::move(*answer);
        if (is_doubted(way)) continue;
        if (auto answer = first_temporary(way)) return std::move(*answer);
        if (auto answer = seated(way)) return std::move(*answer);
    }
    return without_seat();
}

namespace {

bool at_console(const Ledger& ledger, const AdmissionRequest& request) {
    const Station* station = ledger.station(request.station);
    return station != nullptr && station->kind == StationKind::console &&
           station->host == request.host && ledger.has_host(request.host);
}

}  // namespace

Result<Decision> decide(const Ledger& ledger, const AdmissionRequest& request, Instant now) {
    now = std::max(now, ledger.time());
    if (request.id) {
        if (const RememberedAnswer* answer = ledger.remembered(*request.id, now)) {
            if (answer->content != request.content) {
                return fail("request_id_reused",
                            "this request id was used for another question within the last day");
            }
            return Decision{.reason = answer->reason,
                            .cal = answer->cal,
                            .expires_at = {answer->expires_at},
                            .entries = {},
                            .rests_on = answer->sequence + 1,
                            .repeated = true};
        }
    }
    const ProductId product = ledger.find_product(request.product);
    if (!product) {
        return Decision{
            .reason = Reason::product_unknown, .entries = {}, .rests_on = ledger.size()};
    }
    // Whoever asks under another name of a machine is that machine.
    std::optional<AdmissionRequest> resolved;
    if (ledger.machine(request.device.subject) != request.device.subject) {
        resolved = request;
        resolved->device.subject = ledger.machine(request.device.subject);
    }
    const AdmissionRequest& asked = resolved ? *resolved : request;
    Decision decision = ledger.product(product).bases.empty()
                            ? Question(ledger, asked, now, product).answer()
                            : AdditiveQuestion(ledger, asked, now, product).answer();
    // Nobody is locked out of the machine itself: what is missing there is counted (stations.h).
    // Nor does anybody stand in line there.
    if (!allows(decision.reason) && at_console(ledger, request)) {
        return Decision{
            .reason = Reason::console_without_cal, .entries = {}, .rests_on = ledger.size()};
    }
    if (!decision.entries.empty()) decision.rests_on = ledger.size() + decision.entries.size();
    return decision;
}

std::optional<RequestMark> mark_of(const AdmissionRequest& request, const Decision& decision) {
    if (!request.id || decision.entries.empty()) return {};
    return RequestMark{.id = *request.id, .content = request.content, .reason = decision.reason};
}

uint64_t free_seats(const Ledger& ledger, ProductId product, PackKind kind, Instant now) {
    now = std::max(now, ledger.time());
    uint64_t free = 0;
    for (const PackId id : ledger.family_packs(product)) {
        const Pack& pack = ledger.pack(id);
        if (pack.terms.kind == kind && pack.usable(now) &&
            reach_in(ledger, pack, ledger.product(product).family).value_or(0) >=
                ledger.product(product).product.version) {
            free += pack.free() + ledger.all_due_in(id, now).size();
        }
    }
    return free;
}

}  // namespace calm
