// API v1 as a host speaks it: what it says when it enrols and when it asks, what it is told at each
// contact. Both directions stand here, so that server and hosts cannot disagree. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "core/entry.h"
#include "core/terms.h"
#include "wire/admission_json.h"

namespace calm::wire {

// The body of POST /v1/hosts.
struct Enrolment {
    std::string token;  // one-time, or one for several hosts
    std::string name;
    KeyBytes key{};
    std::optional<LicensingMode> mode;  // absent: the ledger's default

    bool operator==(const Enrolment&) const = default;
};

// Its answer (201).
struct Enrolled {
    HostId host;
    std::string ledger;   // license server id, 7 groups of 5
    KeyBytes identity{};  // the ledger's identity key, which the id names
    LicensingMode mode = LicensingMode::either;

    bool operator==(const Enrolled&) const = default;
};

// What a host must know of a product to decide while no server answers.
struct ProductTerms {
    std::string product;
    CalRequirement requirement = CalRequirement::activated;
    std::optional<Instant> grace_until;  // end of this host's initial grace; absent: it has none
    uint16_t outage_days = 0;

    bool operator==(const ProductTerms&) const = default;
};

// The answer of GET /v1/revocations: everything that a contact brings. The two documents are signed
// by a node key that one of the certificates certifies.
struct HostContact {
    std::string revocations;                // revocation list, made for this answer
    std::string head;                       // newest tree head
    std::vector<std::string> certificates;  // node certificates
    std::vector<KeyBytes> vendors;          // trusted by the ledger
    LicensingMode mode = LicensingMode::either;
    uint16_t offline_days_max = 0;  // 0: a CAL token is honoured to its own expiry
    bool reassert = false;          // a backup was restored: the host is to tell what it holds
    std::string certificate;        // this host's own, signed by a node key (host_certificate.h)
    std::string successor;          // address of the server that took this one's place; empty: none
    std::vector<ProductTerms> products;

    bool operator==(const HostContact&) const = default;
};

// One admission that a host decided alone; POST /v1/admissions/report tells up to kReportMax.
struct OfflineDecision {
    Instant at;
    std::string product;
    std::string user;
    std::string device;
    Reason reason = Reason::server_unreachable;

    bool operator==(const OfflineDecision&) const = default;
};

inline constexpr size_t kReportMax = 256;
inline constexpr size_t kProofMax = 128;  // hashes; a consistency proof needs fewer

// Who no longer needs a CAL here: the body of POST /v1/admissions/end.
struct SessionEnd {
    std::string product;
    std::string user;
    std::string device;
    std::string station;  // where at the host, which then stands for both; empty: at none
    bool others = false;  // the same holder has other sessions on the CAL at this host
    uint32_t host = 0;    // only administrators name a host; zero: the one who tells

    bool operator==(const SessionEnd&) const = default;
};

// The body of POST /v1/stations/report: the stations that a host sees. Each is known from then on.
struct StationReport {
    struct Seen {
        std::string name;
        StationKind kind = StationKind::local;

        bool operator==(const Seen&) const = default;
    };
    std::vector<Seen> stations;  // at most kStationsMax
    bool all_desktops = false;   // the host has no virtual desktops but these

    bool operator==(const StationReport&) const = default;
};

// Its answer: the stations that the host has.
struct HostStations {
    struct Known {
        SubjectId station;
        std::string name;
        StationKind kind = StationKind::local;
        SubjectId holder;      // of the CAL that counts: itself, or the virtual desktop it shows
        bool has_cal = false;  // the holder

        bool operator==(const Known&) const = default;
    };
    std::vector<Known> stations;
    bool console_mode = false;  // only the console may be used

    bool operator==(const HostStations&) const = default;
};

// What CAL tokens call a station: it says nothing of the place, so that a station can be renamed.
std::string station_token_name(SubjectId station);

inline constexpr size_t kStationsMax = 256;  // that one host can register

// The body of POST /v1/reassertions: CAL tokens that a restored backup may lack.
struct Reassertions {
    std::vector<std::string> tokens;  // at most kReassertionsMax
    bool all = false;                 // these are the last ones: nothing more is held

    bool operator==(const Reassertions&) const = default;
};

inline constexpr size_t kReassertionsMax = 15;  // of 4 KiB: a body has at most 64 KiB

// The answer of GET /v1/succession: that this server took another one's place, and who it is.
struct Successor {
    std::string succession;                 // the vendor's word (succession.h); empty: it is the
                                            // very server that was asked for
    KeyBytes identity{};                    // of this server's ledger
    std::vector<std::string> certificates;  // of its node keys
    std::string statement;                  // signed by one of them: the TLS certificate

    bool operator==(const Successor&) const = default;
};

// The body of POST /v1/hosts/follow: a host of the old server shows who it was there.
struct Follow {
    KeyBytes identity{};                    // of the old ledger
    std::vector<std::string> certificates;  // of its node keys
    std::string certificate;                // the host's, signed by one of them
    std::string proof;                      // host token for the new ledger, with the old number

    bool operator==(const Follow&) const = default;
};

// Readers. Errors: `bad_field`, `missing_field`; parse_answer and the other readers of what a
// server said ignore fields that they do not know, so that a newer server may say more.
Result<Enrolment> parse_enrolment(const boost::json::value& json);
Result<Enrolled> parse_enrolled(const boost::json::value& json);
Result<HostContact> parse_contact(const boost::json::value& json);
Result<std::vector<OfflineDecision>> parse_report(const boost::json::value& json);
Result<SessionEnd> parse_session_end(const boost::json::value& json);
Result<StationReport> parse_station_report(const boost::json::value& json);
Result<HostStations> parse_host_stations(const boost::json::value& json);
Result<Reassertions> parse_reassertions(const boost::json::value& json);
Result<AdmissionAnswer> parse_answer(const boost::json::value& json);
Result<Successor> parse_successor(const boost::json::value& json);
Result<Follow> parse_follow(const boost::json::value& json);
Result<std::vector<Hash>> parse_proof(const boost::json::value& json);

// Writers append.
void write_enrolment(std::string& out, const Enrolment& enrolment);
void write_enrolled(std::string& out, const Enrolled& enrolled);
void write_contact(std::string& out, const HostContact& contact);
void write_report(std::string& out, const std::vector<OfflineDecision>& decisions);
void write_session_end(std::string& out, const SessionEnd& end);
void write_station_report(std::string& out, const StationReport& report);
void write_reassertions(std::string& out, const Reassertions& told);
void write_question(std::string& out, const AdmissionQuestion& question);
void write_proof(std::string& out, const std::vector<Hash>& proof);
void write_successor(std::string& out, const Successor& successor);
void write_follow(std::string& out, const Follow& follow);

}  // namespace calm::wire
