// Api: what the routes share. Routes are grouped by what they are about, one file each; every group
// adds its rows to the table. Loop thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/bytes.h"
#include "core/admission.h"
#include "http/credentials.h"
#include "http/json_body.h"
#include "http/metrics.h"
#include "http/problem.h"
#include "http/routes.h"
#include "http/worker_pool.h"
#include "server/directory.h"
#include "server/host_contacts.h"
#include "server/license_server.h"
#include "server/name_keeping.h"
#include "server/sign_in.h"

namespace calm {

class AlertDesk;
class EventDesk;
class RefusedDesk;
class ActivationBook;

// What a look at the position found last.
struct MissingCals {
    uint64_t entries = 0;  // of the ledger then
    uint64_t failures = 0;
    Instant at;
    std::vector<uint64_t> cals;  // by product
};

struct Api {
    LicenseServer& server;
    Directory& directory;
    SignIn& sign_in;
    AlertDesk& alerts;
    EventDesk& events;
    RefusedDesk& refused;
    http::WorkerPool& workers;
    http::Metrics& metrics;
    std::string data_directory;  // for the temporary files of exports
    ActivationBook& activations;
    std::string clearinghouse_ca_file;  // empty: the machine's authorities
    std::optional<Hash> hardware;       // of this machine (key_pack.h); empty: it has none
    std::string fingerprint;            // of the TLS certificate; empty without TLS
    std::string successor;              // address of the server that took this one's place
    HostContacts contacts{};
    NameKeeping name_keeping{};
    Instant started_at{};  // ledger time
    std::optional<MissingCals> missing{};
    http::JsonReader json;
};

using Routes = std::vector<http::Route>;

// Adds rows to the table whose functions are given the Api.
class RouteRows {
  public:
    RouteRows(Api& api, Routes& routes) : api_(api), routes_(routes) {}

    // What is unusual about the row is set on the one that comes back.
    template <class Function>
    http::Route& operator()(http::Method method, const char* pattern, http::Right right,
                            const char* summary, Function function,
                            uint8_t flags = http::kNoFlags) const {
        routes_.push_back({.method = method,
                           .pattern = pattern,
                           .right = right,
                           .flags = flags,
                           .summary = summary,
                           .handler = [&api = api_, function](const http::Request& request,
                                                              http::Responder responder) {
                               function(api, request, std::move(responder));
                           }});
        return routes_.back();
    }

  private:
    Api& api_;
    Routes& routes_;
};

void add_admission_routes(Api& api, Routes& routes);
void add_cal_routes(Api& api, Routes& routes);
void add_product_routes(Api& api, Routes& routes);
void add_pack_routes(Api& api, Routes& routes);
void add_activation_routes(Api& api, Routes& routes);
void add_pack_move_routes(Api& api, Routes& routes);
void add_host_routes(Api& api, Routes& routes);
void add_succession_routes(Api& api, Routes& routes);
void add_reassertion_routes(Api& api, Routes& routes);
void add_station_routes(Api& api, Routes& routes);
void add_installation_routes(Api& api, Routes& routes);
void add_cal_host_routes(Api& api, Routes& routes);
void add_seat_routes(Api& api, Routes& routes);
void add_loan_routes(Api& api, Routes& routes);
void add_group_routes(Api& api, Routes& routes);
void add_device_routes(Api& api, Routes& routes);
void add_account_routes(Api& api, Routes& routes);
void add_second_factor_routes(Api& api, Routes& routes);
void add_own_password_routes(Api& api, Routes& routes);
void add_audit_routes(Api& api, Routes& routes);
void add_subject_routes(Api& api, Routes& routes);
void add_export_routes(Api& api, Routes& routes);
void add_position_routes(Api& api, Routes& routes);
void add_report_routes(Api& api, Routes& routes);
void add_alert_routes(Api& api, Routes& routes);
void add_refused_routes(Api& api, Routes& routes);
void add_status_routes(Api& api, Routes& routes);
void add_event_routes(Api& api, Routes& routes);
void add_checkup_routes(Api& api, Routes& routes);

// All of them. The table is checked by RouteTable::make.
Routes all_routes(Api& api);

// HTTP status of the codes that this layer and those below it can answer with.
http::ProblemTable server_problems();

// The body as JSON, valid until the next call. Errors: `json_malformed`, `json_too_deep`.
Result<const boost::json::value*> body_of(Api& api, const http::Request& request);

// The number in a path such as /v1/cals/{cal}; 0 when it is none.
uint32_t number_of(const http::Request& request, std::string_view parameter);

// The number of a query such as ?limit=50, or `fallback` without one; larger ones than a uint32_t
// can hold count as the largest. Errors: `bad_query`.
Result<uint32_t> query_number(const http::Request& request, std::string_view name,
                              uint32_t fallback);

// The Idempotency-Key of a request and the hash of what it asks; empty without the header.
// Errors: `bad_request_id`.
Result<std::optional<RequestMark>> mark_of(const Api& api, const http::Request& request,
                                           Reason reason);

// What was answered to this mark within the last day, if anything. Errors: `request_id_reused`.
Result<const RememberedAnswer*> remembered(const Api& api, const std::optional<RequestMark>& mark);

// A day such as 2026-01-31, from its number since 1970-01-01 UTC.
std::string day_text(uint32_t day);

// Errors: `product_unknown`.
Result<ProductId> product_named(const Api& api, std::string_view code);

// By its name, or by its number. Errors: `host_unknown`.
Result<HostId> host_named(const Api& api, std::string_view text);

// Somebody whom the ledger does not know yet: the next subject, with a salt of its own.
store::SubjectName newcomer(const Api& api, HolderKind kind, std::string name);

// Answers 204 once the change is on disk.
Done<Committed> no_content(http::Responder responder);

// Answers with the CAL as it is then, once the change is on disk.
Done<Committed> with_cal(Api& api, CalId cal, http::Responder responder);

// The same with the pack.
Done<Committed> with_pack(Api& api, PackId pack, http::Responder responder);

// The station of this name at the host; zero: it has none.
SubjectId find_station(const Api& api, HostId host, std::string_view name);

// What people call the holder; empty: erased.
std::string_view holder_name(const Api& api, SubjectId holder);

// A tag that changes with the text, for ETag.
std::string etag_of(std::string_view text);

// Whether the request may change what has this tag. Errors: `precondition_required` (no If-Match),
// `precondition_failed`.
Result<> check_if_match(const http::Request& request, std::string_view tag);

}  // namespace calm
