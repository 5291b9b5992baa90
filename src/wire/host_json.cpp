// Reading and writing what hosts and servers say to each other.
#include "wire/host_json.h"

#include <iterator>

#include <fmt/format.h>

#include "base/append.h"
#include "wire/fields.h"

namespace calm::wire {
namespace {

constexpr size_t kDocumentBytesMax = size_t{8} << 20;  // a revocation list may be long
constexpr size_t kListMax = 65536;

// `,"name":"text"`, or nothing when the text is empty.
void append_text(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    if (out.back() != '{') out += ',';
    append(out, R"("{}":)", name);
    append_json_string(out, text);
}

void read_key(Fields& fields, std::string_view name, KeyBytes& into) {
    std::string text;
    if (!fields.text(name, text, 64)) return;
    if (const auto bytes = array_from_hex<32>(text)) {
        into = *bytes;
    } else {
        fields.complain(name, "is not a key of 64 lower-case hex digits");
    }
}

// Calls read(element) for each element of a list; absent counts as empty.
template <class Read>
void read_list(Fields& fields, std::string_view name, size_t count_max, Read read) {
    const auto* value = fields.any(name);
    if (value == nullptr) return;
    const auto* list = value->if_array();
    if (list == nullptr || list->size() > count_max) {
        fields.complain(name, fmt::format("is not a list of at most {}", count_max));
        return;
    }
    for (const auto& each : *list)
        read(each);
}

std::string text_of(Fields& fields, std::string_view name, const boost::json::value& value,
                    size_t bytes_max) {
    const auto* text = value.if_string();
    if (text != nullptr && text->size() <= bytes_max) return {text->data(), text->size()};
    fields.complain(
        name, fmt::format("holds something that is not a text of at most {} bytes", bytes_max));
    return {};
}

// Documents: at most 64 of at most 4096 bytes.
std::vector<std::string> texts_of(Fields& fields, std::string_view name) {
    std::vector<std::string> texts;
    read_list(fields, name, 64, [&](const boost::json::value& each) {
        texts.push_back(text_of(fields, name, each, 4096));
    });
    return texts;
}

void append_texts(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
    append(out, R"(,"{}":[)", name);
    const char* separator = "";
    for (const std::string& text : texts) {
        out += separator;
        append_json_string(out, text);
        separator = ",";
    }
    out += ']';
}

Result<ProductTerms> parse_terms(const boost::json::value& json) {
    ProductTerms terms;
    Fields fields(json);
    fields.text("product", terms.product, 64);
    fields.choice("requires", terms.requirement);
    fields.time("grace_until", terms.grace_until);
    fields.number("outage_days", terms.outage_days);
    fields.require("product");
    fields.require("requires");
    fields.require("outage_days");
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return terms;
}

Result<OfflineDecision> parse_offline_decision(const boost::json::value& json) {
    OfflineDecision decision;
    std::optional<Instant> at;
    Fields fields(json);
    fields.time("at", at);
    fields.text("product", decision.product, 64);
    fields.text("user", decision.user, kNameBytesMax);
    fields.text("device", decision.device, kNameBytesMax);
    fields.choice("reason", decision.reason);
    for (const auto name : {"at", "product", "reason"})
        fields.require(name);
    CALM_TRY(fields.finish());
    decision.at = *at;
    return decision;
}

}  // namespace

Result<Enrolment> parse_enrolment(const boost::json::value& json) {
    Enrolment enrolment;
    LicensingMode mode{};
    Fields fields(json);
    fields.text("token", enrolment.token, 256);
    fields.text("name", enrolment.name, kNameBytesMax);
    read_key(fields, "public_key", enrolment.key);
    if (fields.choice("mode", mode)) enrolment.mode = mode;
    for (const auto name : {"token", "name", "public_key"})
        fields.require(name);
    CALM_TRY(fields.finish());
    return enrolment;
}

void write_enrolment(std::string& out, const Enrolment& enrolment) {
    out += '{';
    append_text(out, "token", enrolment.token);
    append_text(out, "name", enrolment.name);
    append_text(out, "public_key", to_hex(enrolment.key));
    if (enrolment.mode) append_text(out, "mode", name_of(*enrolment.mode));
    out += '}';
}

Result<Enrolled> parse_enrolled(const boost::json::value& json) {
    Enrolled enrolled;
    Fields fields(json);
    fields.number("host", enrolled.host.value);
    fields.text("ledger", enrolled.ledger, 64);
    read_key(fields, "identity", enrolled.identity);
    fields.choice("mode", enrolled.mode);
    for (const auto name : {"host", "ledger", "identity"})
        fields.require(name);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return enrolled;
}

void write_enrolled(std::string& out, const Enrolled& enrolled) {
    append(out, R"({{"host":{},"ledger":)", enrolled.host.value);
    append_json_string(out, enrolled.ledger);
    append(out, R"(,"identity":"{}","mode":"{}"}})", to_hex(enrolled.identity),
           name_of(enrolled.mode));
}

Result<HostContact> parse_contact(const boost::json::value& json) {
    HostContact contact;
    Fields fields(json);
    fields.text("revocations", contact.revocations, kDocumentBytesMax);
    fields.text("head", contact.head, 4096);
    contact.certificates = texts_of(fields, "certificates");
    fields.text("certificate", contact.certificate, 4096);
    fields.text("successor", contact.successor, 1024);
    read_list(fields, "vendors", 1024, [&](const boost::json::value& each) {
        const auto key = array_from_hex<32>(text_of(fields, "vendors", each, 64));
        if (!key) fields.complain("vendors", "holds something that is not a key");
        contact.vendors.push_back(key.value_or(KeyBytes{}));
    });
    fields.choice("mode", contact.mode);
    fields.number("offline_days_max", contact.offline_days_max);
    fields.flag("reassert", contact.reassert);
    std::optional<Error> wrong;
    read_list(fields, "products", kListMax, [&](const boost::json::value& each) {
        auto terms = parse_terms(each);
        if (!terms) {
            if (!wrong) wrong = terms.error();
            return;
        }
        contact.products.push_back(std::move(*terms));
    });
    for (const auto name : {"revocations", "head", "certificates"})
        fields.require(name);
    if (wrong) return std::unexpected(*wrong);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return contact;
}

Result<Reassertions> parse_reassertions(const boost::json::value& json) {
    Fields fields(json);
    Reassertions told;
    read_list(fields, "tokens", kReassertionsMax, [&](const boost::json::value& each) {
        told.tokens.push_back(text_of(fields, "tokens", each, 4096));
    });
    fields.flag("all", told.all);
    fields.require("tokens");
    CALM_TRY(fields.finish());
    return told;
}

void write_reassertions(std::string& out, const Reassertions& told) {
    out += R"({"tokens":[)";
    const char* separator = "";
    for (const std::string& token : told.tokens) {
        out += separator;
        append_json_string(out, token);
        separator = ",";
    }
    append(out, R"(],"all":{}}})", told.all);
}

void write_contact(std::string& out, const HostContact& contact) {
    append(out, R"({{"mode":"{}","offline_days_max":{},"revocations":)", name_of(contact.mode),
           contact.offline_days_max);
    append_json_string(out, contact.revocations);
    if (contact.reassert) out += R"(,"reassert":true)";
    out += R"(,"head":)";
    append_json_string(out, contact.head);
    append_texts(out, "certificates", contact.certificates);
    append_text(out, "certificate", contact.certificate);
    append_text(out, "successor", contact.successor);
    const char* separator = "";
    out += R"(,"vendors":[)";
    for (const auto& vendor : contact.vendors) {
        append(out, R"({}"{}")", separator, to_hex(vendor));
        separator = ",";
    }
    separator = "";
    out += R"(],"products":[)";
    for (const auto& terms : contact.products) {
        append(out, R"({}{{"product":)", separator);
        append_json_string(out, terms.product);
        append(out, R"(,"requires":"{}","outage_days":{})", name_of(terms.requirement),
               terms.outage_days);
        if (terms.grace_until) {
            append(out, R"(,"grace_until":"{}")", to_rfc3339(*terms.grace_until));
        }
        out += '}';
        separator = ",";
    }
    out += "]}";
}

Result<Successor> parse_successor(const boost::json::value& json) {
    Successor successor;
    Fields fields(json);
    fields.text("succession", successor.succession, 8192);
    read_key(fields, "identity", successor.identity);
    successor.certificates = texts_of(fields, "certificates");
    fields.text("statement", successor.statement, 4096);
    for (const auto name : {"succession", "identity", "certificates", "statement"})
        fields.require(name);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return successor;
}

void write_successor(std::string& out, const Successor& successor) {
    out += R"({"succession":)";
    append_json_string(out, successor.succession);
    append(out, R"(,"identity":"{}")", to_hex(successor.identity));
    append_texts(out, "certificates", successor.certificates);
    append_text(out, "statement", successor.statement);
    out += '}';
}

Result<Follow> parse_follow(const boost::json::value& json) {
    Follow follow;
    Fields fields(json);
    read_key(fields, "identity", follow.identity);
    follow.certificates = texts_of(fields, "certificates");
    fields.text("certificate", follow.certificate, 4096);
    fields.text("proof", follow.proof, 4096);
    for (const auto name : {"identity", "certificates", "certificate", "proof"})
        fields.require(name);
    CALM_TRY(fields.finish());
    return follow;
}

void write_follow(std::string& out, const Follow& follow) {
    append(out, R"({{"identity":"{}")", to_hex(follow.identity));
    append_texts(out, "certificates", follow.certificates);
    append_text(out, "certificate", follow.certificate);
    append_text(out, "proof", follow.proof);
    out += '}';
}

Result<std::vector<OfflineDecision>> parse_report(const boost::json::value& json) {
    std::vector<OfflineDecision> decisions;
    std::optional<Error> wrong;
    Fields fields(json);
    read_list(fields, "decisions", kReportMax, [&](const boost::json::value& each) {
        auto decision = parse_offline_decision(each);
        if (!decision) {
            if (!wrong) wrong = decision.error();
            return;
        }
        decisions.push_back(std::move(*decision));
    });
    fields.require("decisions");
    if (wrong) return std::unexpected(*wrong);
    CALM_TRY(fields.finish());
    return decisions;
}

void write_report(std::string& out, const std::vector<OfflineDecision>& decisions) {
    const char* separator = "";
    out += R"({"decisions":[)";
    for (const auto& decision : decisions) {
        append(out, R"({}{{"at":"{}","product":)", separator, to_rfc3339(decision.at));
        append_json_string(out, decision.product);
        append(out, R"(,"reason":"{}")", name_of(decision.reason));
        append_text(out, "user", decision.user);
        append_text(out, "device", decision.device);
        out += '}';
        separator = ",";
    }
    out += "]}";
}

Result<SessionEnd> parse_session_end(const boost::json::value& json) {
    SessionEnd end;
    Fields fields(json);
    fields.text("product", end.product, 64);
    fields.text("user", end.user, kNameBytesMax);
    fields.text("device", end.device, kNameBytesMax);
    fields.text("station", end.station, kNameBytesMax);
    fields.flag("others", end.others);
    fields.number("host", end.host);
    fields.require("product");
    CALM_TRY(fields.finish());
    return end;
}

void write_session_end(std::string& out, const SessionEnd& end) {
    out += '{';
    append_text(out, "product", end.product);
    append_text(out, "user", end.user);
    append_text(out, "device", end.device);
    append_text(out, "station", end.station);
    if (end.others) out += R"(,"others":true)";
    if (end.host != 0) append(out, R"(,"host":{})", end.host);
    out += '}';
}

namespace {

Result<StationReport::Seen> parse_seen_station(const boost::json::value& json) {
    StationReport::Seen seen;
    Fields fields(json);
    fields.text("name", seen.name, kNameBytesMax);
    fields.choice("kind", seen.kind);
    fields.require("name");
    fields.require("kind");
    CALM_TRY(fields.finish());
    return seen;
}

Result<HostStations::Known> parse_known_station(const boost::json::value& json) {
    HostStations::Known known;
    Fields fields(json);
    fields.number("station", known.station.value);
    fields.text("name", known.name, kNameBytesMax);
    fields.choice("kind", known.kind);
    known.holder = known.station;
    fields.number("shows", known.holder.value);
    if (const auto* cals = fields.any("cals")) {
        known.has_cal = cals->is_array() && !cals->get_array().empty();
    }
    fields.require("station");
    fields.require("name");
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return known;
}

// Reads each element of the list `stations` with `parse`; the first error is the answer.
template <class Station>
Result<> read_stations(Fields& fields, size_t count_max, std::vector<Station>& into,
                       Result<Station> (*parse)(const boost::json::value&)) {
    Result<> sound;
    read_list(fields, "stations", count_max, [&](const boost::json::value& each) {
        auto station = parse(each);
        if (!station && sound) sound = std::unexpected(station.error());
        if (station) into.push_back(std::move(*station));
    });
    fields.require("stations");
    return sound;
}

}  // namespace

Result<StationReport> parse_station_report(const boost::json::value& json) {
    StationReport report;
    Fields fields(json);
    CALM_TRY(read_stations(fields, kStationsMax, report.stations, parse_seen_station));
    fields.flag("all_desktops", report.all_desktops);
    CALM_TRY(fields.finish());
    return report;
}

Result<HostStations> parse_host_stations(const boost::json::value& json) {
    HostStations stations;
    Fields fields(json);
    CALM_TRY(read_stations(fields, kListMax, stations.stations, parse_known_station));
    fields.flag("console_mode", stations.console_mode);
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return stations;
}

std::string station_token_name(SubjectId station) {
    return fmt::format("station-{}", station.value);
}

void write_station_report(std::string& out, const StationReport& report) {
    const char* separator = "";
    out += R"({"stations":[)";
    for (const auto& [name, kind] : report.stations) {
        append(out, R"({}{{"name":)", separator);
        append_json_string(out, name);
        append(out, R"(,"kind":"{}"}})", name_of(kind));
        separator = ",";
    }
    append(out, R"(],"all_desktops":{}}})", report.all_desktops);
}

Result<AdmissionAnswer> parse_answer(const boost::json::value& json) {
    AdmissionAnswer answer;
    Verdict verdict{};
    std::optional<Instant> expires_at;
    std::optional<Instant> ask_again_at;
    Fields fields(json);
    fields.choice("verdict", verdict);
    fields.choice("reason", answer.reason);
    fields.number("cal", answer.cal.value);
    fields.time("expires_at", expires_at);
    fields.text("token", answer.token, 8192);
    fields.number("place", answer.place);
    fields.time("ask_again_at", ask_again_at);
    fields.require("verdict");
    fields.require("reason");
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    if (verdict != verdict_of(answer.reason)) {
        return fail("bad_field", "`verdict` and `reason` contradict each other");
    }
    answer.expires_at = expires_at.value_or(Instant{});
    answer.ask_again_at = ask_again_at.value_or(Instant{});
    return answer;
}

void write_question(std::string& out, const AdmissionQuestion& question) {
    out += '{';
    if (question.request_id) append_text(out, "request_id", to_text(*question.request_id));
    append_text(out, "product", question.product);
    append_text(out, "user", question.user);
    append_text(out, "device", question.device);
    if (question.host != 0) append(out, R"(,"host":{})", question.host);
    if (question.want_token) out += R"(,"want_token":true)";
    if (question.host_service) out += R"(,"host_service":true)";
    if (question.administration) {
        append(out, R"(,"administration":true,"administrators_now":{})",
               question.administrators_now);
    }
    append_text(out, "station", question.station);
    append_text(out, "from_server", question.from_server);
    append_text(out, "via", question.via);
    if (question.workload != Workload::person)
        append_text(out, "workload", name_of(question.workload));
    if (question.outside) out += R"(,"outside":true)";
    append_text(out, "held_token", question.held_token);
    append_text(out, "hardware_id", question.hardware_id);
    append_text(out, "certificate", question.certificate);
    append_text(out, "device_mark", question.device_mark);
    if (question.wait) out += R"(,"wait":true)";
    if (question.mode) append_text(out, "mode", name_of(*question.mode));
    out += '}';
}

Result<std::vector<Hash>> parse_proof(const boost::json::value& json) {
    std::vector<Hash> proof;
    Fields fields(json);
    read_list(fields, "proof", kProofMax, [&](const boost::json::value& each) {
        const auto hash = array_from_hex<32>(text_of(fields, "proof", each, 64));
        if (!hash) fields.complain("proof", "holds something that is not a hash");
        proof.push_back(hash.value_or(Hash{}));
    });
    fields.require("proof");
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    return proof;
}

void write_proof(std::string& out, const std::vector<Hash>& proof) {
    const char* separator = "";
    out += R"({"proof":[)";
    for (const Hash& hash : proof) {
        append(out, R"({}"{}")", separator, to_hex(hash));
        separator = ",";
    }
    out += "]}";
}

}  // namespace calm::wire
