// The rules of one admission: may this one connect? Pure: the ledger, the question and the time go
// in, a decision and the entries that it would write come out. The caller applies and stores them.
// The order of the rules is that of design.md 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/ledger.h"

namespace calm {

// Who (or what) stands before the host, as the ledger knows it.
struct Party {
    enum class Presence : uint8_t {
        absent,   // the host named nobody
        known,    // a subject of the ledger
        stranger  // named, but not in the ledger yet; `commitment` binds the name it would get
    };
    Presence presence = Presence::absent;
    SubjectId subject;
    Hash commitment{};

    bool present() const { return presence != Presence::absent; }
};

struct AdmissionRequest {
    std::optional<RequestId>
        id;                // made by the host before it asks; stored with what the answer writes
    uint64_t content = 0;  // keyed hash of the question; see RequestMark
    HostId host;
    std::string_view product;
    Party user;
    Party device;
    uint64_t chance = 0;              // drawn by the caller; spreads the device CALs' expiry dates
    bool host_service = false;        // the host's own service account
    bool administration = false;      // this session is to administer the host …
    uint32_t administrators_now = 0;  // … and so many do already
    HostId from_server;               // one of the customer's own servers connects
    Workload workload = Workload::person;  // what the connection is for
    SubjectId station;         // where it is at work; it holds the CAL, whoever sits there
    bool at_station = false;   // `station` zero: at one that is not known
    bool outside = false;      // an outside user: neither an employee nor working on the site
    bool holds_token = false;  // shows a valid CAL token of another server whose vendor is trusted
    bool wait = false;         // stands in line when all concurrent seats are in use
    SubjectId looks_like;      // the device that showed one of this one's signals before, or zero
    std::optional<LicensingMode> mode;  // that the host's own policy asks for; else the ledger's
};

struct Decision {
    Reason reason = Reason::no_cal_available;
    CalId cal;           // what admits, or zero
    Instant expires_at;  // its end; zero when no CAL admits
    ProductId lacks;     // of a refusal: the product whose CAL is missing, when it is a base
    std::vector<EntryBody> entries;  // to be applied and written together, in order
    uint64_t rests_on = 0;  // the answer may be given once this many entries of the log are durable
    bool repeated = false;  // the answer to a request id that was answered before
    uint32_t place = 0;     // in line, 1 is the next; zero: it does not wait

    Verdict verdict() const { return verdict_of(reason); }
};

// ENSURES: a decision that writes states its own request mark on exactly one entry, the one that
// carries the answer (see mark_of); applying all entries to `ledger` raises no objection. Errors:
// `request_id_reused` (same id, other question). `now` before the ledger's time counts as that
// time.
Result<Decision> decide(const Ledger& ledger, const AdmissionRequest& request, Instant now);

// The mark for the decision's last entry, if the request has an id and the decision writes.
std::optional<RequestMark> mark_of(const AdmissionRequest& request, const Decision& decision);

// Seats that could be given at `now` to CALs of this kind for this product: free ones and those
// whose CAL's time is over. Counts packs of sufficient version only. For warnings and screens, not
// for rules.
uint64_t free_seats(const Ledger& ledger, ProductId product, PackKind kind, Instant now);

}  // namespace calm
