// Scenario: the `.calm` format. Plain lines say what happens to a license server and what must come
// of each; the same file is a test of the rules, of the stores and of the server, a bug report, and
// what `calm simulate` reads. docs/reference/scenarios.md describes the format. Pure.
//
// A file is parsed into steps; play() gives them one by one to a ScenarioRunner (the core alone, a
// journal, a server over HTTP) and compares what it observed with what the line expects.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/agreement.h"
#include "core/entry.h"
#include "core/product.h"
#include "core/reason.h"
#include "core/warnings.h"

namespace calm::scenario {

inline constexpr size_t kBytesMax = 1024 * 1024;
inline constexpr size_t kLinesMax = 10'000;
inline constexpr size_t kWordMax = 64;  // bytes of one word

// The runner's clock starts here, and the implicit host has this name.
inline constexpr Instant kStart{1'767'225'600};  // 2026-01-01T00:00:00Z
inline constexpr std::string_view kImplicitHost = "host-1";

// A date, or so long after the line's own moment.
struct When {
    std::optional<Instant> date;
    Seconds after;

    Instant from(Instant now) const { return date ? *date : now + after; }
};

struct Who {
    HolderKind kind = HolderKind::user;
    std::string name;
};

struct SetProduct {
    Product product;
};
struct InstallPack {
    std::string name;  // the same name again is the same signed pack again
    std::string product;
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 0;
    std::optional<When> from;
    std::optional<When> until;
    std::optional<When> maintained;  // covers later versions that came out before then
    std::vector<std::string> also;   // a suite: the other products
    std::optional<Agreement> agreement;
    uint32_t overdraft = 0;
    bool declared = false;  // by hand, not signed
    bool stranger = false;  // signed by a vendor that the server does not trust
    PackMetric metric = PackMetric::named;
    std::optional<entry::PackOrigin> moved_from;  // `server` is a name of the scenario
    bool activation = false;                      // gives CALs while the server is activated
    uint32_t renewal = 0;  // how often the vendor had renewed it; the same name again renews it
};
// The vendor's clearinghouse certifies the license server.
struct Activate {
    When until;
    uint32_t serial = 0;  // of the certificate
};
struct Deactivate {};
// The vendor takes a pack back, in its status list of this number.
struct RevokePack {
    std::string name;
    uint32_t list = 0;
};
struct RemovePack {
    std::string name;
};
// The pack goes to another license server.
struct MovePack {
    std::string name;
    std::string server;  // a name of the scenario
};
struct SetHost {
    std::string name;  // an unknown name is enrolled; what is not stated stays as it is
    std::optional<LicensingMode> mode;
    std::optional<PackKind> preferred;
    std::optional<Seconds> grace;  // only when it is enrolled
    bool removed = false;
    std::optional<bool> console_mode;  // its stations are out of use
    std::optional<uint16_t> processors;
    std::optional<uint16_t> cores;
    std::optional<std::vector<std::string>> runs;  // products
};
// The host has so many licenses of this kind for the product from now on.
struct LicenseHost {
    std::string host;
    std::string product;
    PackKind kind = PackKind::server;
    uint32_t quantity = 1;
};
struct Install {
    enum class What { claim, move, release };
    What what = What::claim;
    std::string computer;
    std::string to;  // of a move
    std::string product;
};
struct SetStation {
    std::string name;  // an unknown name is added; what is not stated stays as it is
    std::optional<StationKind> kind;
    std::optional<std::string> host;
    std::optional<std::string> shows;  // a virtual desktop; empty: none
    std::string renamed;               // its new name; empty: none
    bool removed = false;
};
struct Admit {
    std::string user;    // empty: nobody named
    std::string device;  // empty: nothing named
    std::string product;
    std::string host{kImplicitHost};
    std::string id;                          // name of the request id; empty: none
    std::optional<uint32_t> administrators;  // set: to administer, beside so many others
    bool service = false;                    // the host's own service account
    std::string station;                     // where; empty: at none
    std::string from_server;                 // another host that connects; empty: none
    std::string via;                         // the front end; empty: none
    Workload workload = Workload::person;
    bool token = false;                 // shows a valid CAL token of another server
    bool outside = false;               // an outside user
    std::optional<LicensingMode> mode;  // that the host's own policy asks for
    uint64_t chance = 0;
    // What the device shows beside its name; empty: nothing.
    std::string hardware;
    std::string certificate;
    std::string keeps;  // a mark that the host left there
    bool wait = false;  // stands in line when all concurrent seats are in use
};
// A holder's last session at the host ended.
struct EndSession {
    std::string user;    // empty: nobody named
    std::string device;  // empty: nothing named
    std::string product;
    std::string host{kImplicitHost};
    std::string station;  // where it was; empty: at none
};
// The seats of a per-server pack count at this host from now on.
struct AssignPack {
    std::string pack;
    std::string host;  // empty: at none
};
struct Logon {
    std::string device;
    std::string product;
};
struct Release {
    Who holder;
    std::string product;
    ReturnReason why = ReturnReason::left;
};
struct Convert {
    std::string pack;
    uint32_t quantity = 0;  // 0: all that nobody holds
    std::string into;       // name of the new pack
};
struct Revoke {
    Who holder;
    std::string product;
    RevocationReason why = RevocationReason::out_of_service;
};
struct Erase {
    Who holder;
};
struct Lend {
    Who holder;
    std::string product;
    Who to;
    When until;
    LoanReason why = LoanReason::absence;
};
struct Borrow {
    Who holder;
    std::string product;
    When until;
};
// Somebody joins a group, or leaves it.
struct ChangeGroup {
    std::string group;
    Who who;
    bool leaves = false;
};
// So many seats of the pack are kept for the group from now on.
struct Reserve {
    std::string pack;
    std::string group;
    uint32_t seats = 0;
};
struct Recall {
    Who holder;
    std::string product;
};
struct MergeDevices {
    std::string device;  // it stays
    std::string other;   // another name of it from now on
};
struct SeparateDevice {
    std::string device;
};
struct AcceptDevice {
    std::string device;
};
struct Quarantine {  // the setting
    uint16_t days = 0;
};
struct Advance {  // real time passes
    Seconds by;
};
struct SetClock {  // the wall clock lies (`by` seconds off the real time), or is vouched for
    Seconds by;
    bool accept = false;
};
struct Restart {  // the server stops, and starts again `after` so long
    Seconds after;
};
struct Backup {};   // what the server has written is kept beside it
struct Restore {};  // it starts again from the last backup: what was written since is lost
// The host tells what it holds: a token for each product and holder, as it was last told of it
// since the backup was made.
struct Reassert {
    std::string host;
};
struct Sweep {};  // the expiries that are due are written
struct SetServer {
    bool up = true;
};
// What is out or free now; a CAL whose time is over counts as neither held nor spent, whether or
// not that is written. The last four are of the position (core/position.h).
struct Count {
    enum class What {
        free,
        used,
        overuse,
        temporary,
        overdraft,
        waiting,  // in line for a concurrent seat
        required,
        owned,
        short_of,
        spare
    };
    What what = What::free;
    std::string name;  // of a product; of a pack for `used` and `overdraft`
    PackKind kind = PackKind::per_user;
};
struct Holds {
    Who holder;
    std::string product;
};

// Days on which nobody reads warnings.
struct SetHoliday {
    Holiday holiday;
};
// What an administrator is warned of now.
struct Warned {
    WarningKind kind = WarningKind::pool_filling;
    std::string name;  // of the product, pack or host; empty: of the license server itself
    PackKind pool = PackKind::per_user;
};

using AnyStep = std::variant<SetProduct, InstallPack, RemovePack, SetHost, SetStation, Admit, Logon,
                             Release, Revoke, Erase, Convert, Advance, SetClock, Restart, Backup,
                             Restore, Reassert, Sweep, SetServer, Count, Holds, SetHoliday, Warned,
                             LicenseHost, Install, Lend, Recall, MergeDevices, SeparateDevice,
                             AcceptDevice, Quarantine, EndSession, AssignPack, Borrow, ChangeGroup,
                             Reserve, MovePack, Activate, Deactivate, RevokePack>;

// One of them; a class of its own for the reason that EntryBody is one.
class Step : public AnyStep {
  public:
    using AnyStep::AnyStep;
    using AnyStep::operator=;
    Step();
    Step(const Step&);
    Step(Step&&) noexcept;
    Step& operator=(const Step&);
    Step& operator=(Step&&) noexcept;
    ~Step();
};

struct Span {
    Seconds min;
    Seconds max;
};

// The CAL that would admit a holder to a product.
struct Holding {
    enum class What { nothing, temporary, active, overuse, loan, lent };
    What what = What::nothing;
    std::string pack;  // of one at a seat; empty: not looked at, or none

    bool operator==(const Holding&) const = default;
};

// What must come of a line. Empty fields are not looked at, except `refused`.
struct Expectation {
    std::optional<Reason> reason;   // of an admission
    bool repeated = false;          // it must be the answer given before
    std::string lacks;              // the base whose CAL is missing
    std::optional<uint32_t> place;  // in line
    std::string refused;            // error code of what is refused; empty: it must be done
    std::optional<Span> lasts;      // how long the CAL that admits still runs
    std::optional<uint64_t> count;
    std::optional<Holding> holding;
    std::optional<std::string> warning;  // as word_of() says it
};

struct Line {
    uint32_t number = 0;  // in the file, from 1
    std::string text;
    Step step;
    Expectation expected;
};

struct Scenario {
    std::string rule;  // the file's first comment: what it shows
    std::vector<Line> lines;
};

// Errors: `scenario_too_large`, `scenario_malformed` (the detail begins with the line's number).
Result<Scenario> parse_scenario(std::string_view text);

// What a runner saw.
struct Observed {
    std::string refused;             // error code; empty: done
    std::string detail;              // of the refusal
    std::optional<Reason> reason;    // of an admission
    bool repeated = false;           // the answer was given before; runners that cannot know: false
    std::string lacks;               // of a refusal: the base whose CAL is missing
    uint32_t place = 0;              // the same: in line; zero: it does not wait
    std::optional<Seconds> lasts;    // from the runner's present; empty: no CAL admits
    std::optional<uint64_t> count;   // of a Count
    std::optional<Holding> holding;  // of a Holds
    std::optional<std::string> warning;  // of a Warned
};

// Does one step. An Error means that the runner itself cannot go on; `scenario_unsupported`: this
// kind of step means nothing at its depth.
using ScenarioRunner = std::function<Result<Observed>(const Step&)>;

struct Outcome {
    uint32_t line = 0;
    Observed observed;
    std::string mismatch;  // empty: as expected
};

struct ScenarioReport {
    std::vector<Outcome> outcomes;  // of the lines played, in order
    std::optional<Error> stopped;   // the runner could not go on after these

    bool passed() const;
    std::string first_problem() const;  // "line 7: …", or empty
};

// Plays every line, also behind one that did not come as expected.
ScenarioReport play(const Scenario& scenario, const ScenarioRunner& runner);

// "none", "90", "14 early", "started", "over"; "raised" of what has no threshold.
std::string word_of(const std::optional<Warning>& warning);

// "allow cal_issued, 60d", "refused pack_in_use", "3", "active from P1", "done".
std::string to_sentence(const Observed& observed);

}  // namespace calm::scenario
