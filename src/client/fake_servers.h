// License servers for tests of the host side: they answer API v1 as a calmd does, out of a small
// ledger with real keys, proofs and documents, and can be down, slow, restored, rolled back or
// wrong. Included by tests only. Any thread.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "client/client.h"
#include "documents/host_auth.h"
#include "documents/revocation_list.h"
#include "documents/sample_ledger.h"
#include "wire/admission_json.h"
#include "wire/host_json.h"

namespace calm::test {

class FakeServers final : public Servers {
  public:
    static constexpr Instant kStart = SampleLedger::kStart;

    enum class Mood { up, down, silent, wrong };

    explicit FakeServers(size_t count = 1) : moods_(count, Mood::up) {}

    // Another ledger than the first one's.
    void become_another() {
        ledger.identity = SecretKey::from_seed(Seed{3});
        ledger.certificate =
            issue_node_certificate(ledger.identity, ledger.node.public_key(), kStart);
    }

    // What the test sets, under lock() when other threads ask at the same time.
    SampleLedger ledger;
    SecretKey host_key = SecretKey::from_seed(Seed{77});
    Instant time = kStart + hours(1);
    size_t seats = 1;
    uint32_t epoch = 0;
    Reason refusal = Reason::no_cal_available;
    bool gives_tokens = true;            // with the answer; otherwise they must be fetched
    bool temporary = false;              // gives temporary CALs to devices
    std::optional<uint64_t> shows_size;  // a head that is not the newest
    wire::HostContact terms{.mode = LicensingMode::either,
                            .products = {{.product = "sql-2012", .outage_days = 7}}};
    std::optional<HttpAnswer> instead;  // of every answer
    std::vector<std::string> asked;     // method and path of each question that arrived
    std::vector<wire::OfflineDecision> reported;
    std::vector<wire::AdmissionQuestion> questions;
    std::vector<wire::Reassertions> reassertions;
    bool refuses_reassertions = false;
    std::optional<Seconds> lease;  // gives concurrent seats that run so long
    std::vector<wire::SessionEnd> ends;
    uint32_t place = 0;           // of who is refused: in line
    bool knows_stations = false;  // else it takes every name of one
    wire::HostStations stations;
    std::vector<wire::StationReport> station_reports;

    std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

    void set_mood(Mood mood, size_t server = 0) {
        const std::scoped_lock lock(mutex_);
        moods_[server] = mood;
    }

    HostIdentity identity() const {
        return {.host = {1},
                .ledger_identity = ledger.identity.public_key(),
                .key = SecretKey::from_seed(Seed{77})};
    }

    // An administrator's release: the seat is free, the CAL is on the list.
    void release(const std::string& name) {
        Holder& holder = holders_.at(name);
        ledger.add(entry::CalReturned{holder.cal.cal});
        withdrawn_.push_back(holder.cal.cal);
        std::ranges::sort(withdrawn_);
        holder.live = false;
    }

    void forget_withdrawals() { withdrawn_.clear(); }

    // Another history: the same length, other content.
    void rewrite_history(size_t entries) {
        SampleLedger other;
        other.salt = {9, 9, 9};
        while (other.lines.size() < entries)
            other.add(entry::EpochStarted{7});
        ledger.lines = other.lines;
        ledger.frontier = other.frontier;
        ledger.tiles = other.tiles;
    }

    // What was asked and told so far, by whichever thread of an agent.
    std::vector<wire::AdmissionQuestion> questions_so_far() {
        const std::scoped_lock lock(mutex_);
        return questions;
    }
    std::vector<wire::SessionEnd> ends_so_far() {
        const std::scoped_lock lock(mutex_);
        return ends;
    }

    size_t size() const override { return moods_.size(); }
    std::string name(size_t server) const override { return fmt::format("server {}", server + 1); }

    Result<HttpAnswer> send(size_t server, const HttpRequest& request,
                            const std::string& bearer_token) override {
        Mood mood{};
        {
            const std::scoped_lock lock(mutex_);
            mood = moods_[server];
            asked.push_back(fmt::format("{} {} {}", server + 1, request.method, request.path));
        }
        switch (mood) {
            case Mood::up: break;
            case Mood::down: return fail("server_unreachable", "nobody listens");
            case Mood::silent:
                std::this_thread::sleep_for(request.timeout);
                return fail("answer_lost", "no answer in time");
            case Mood::wrong: return HttpAnswer{.status = 200, .body = "<html>It works!</html>"};
        }
        const std::scoped_lock lock(mutex_);
        if (instead) return *instead;
        const auto host = verify_host_token(bearer_token, host_key.public_key(), ledger.id(), time);
        HttpAnswer answer = host ? route(request) : problem(401, host.error().code);
        answer.date = time;
        return answer;
    }

  private:
    struct Holder {
        uint64_t subject_sequence = 0;
        uint64_t cal_sequence = 0;
        CalStatement cal;
        bool live = false;
    };

    static HttpAnswer problem(int status, const std::string& code) {
        return {.status = status,
                .body = fmt::format(R"({{"code":"{}","detail":"said the fake"}})", code)};
    }

    HttpAnswer route(const HttpRequest& request) {
        const std::string path(request.path);
        const auto json = boost::json::parse(request.body.empty() ? "null" : request.body);
        if (path == "/v1/admissions") return admit(json);
        if (path == "/v1/revocations") return contact();
        if (path.starts_with("/v1/audit/proof?")) return proof(path);
        if (path.starts_with("/v1/cals/")) {
            return {
                .status = 200,
                .body = fmt::format(R"({{"token":"{}"}})", token_of(std::stoul(path.substr(9))))};
        }
        if (path == "/v1/admissions/report") {
            const auto decisions = wire::parse_report(json);
            CALM_ASSERT(decisions.has_value());
            reported.insert(reported.end(), decisions->begin(), decisions->end());
            return {.status = 204, .body = {}};
        }
        if (path == "/v1/reassertions") {
            const auto told = wire::parse_reassertions(json);
            CALM_ASSERT(told.has_value());
            if (refuses_reassertions) return problem(503, "disk_full");
            reassertions.push_back(*told);
            return {.status = 200, .body = R"({"given_back":0,"known":0,"refused":[]})"};
        }
        if (path == "/v1/stations/report") return take_stations(json);
        if (path == "/v1/admissions/end") ends.push_back(wire::parse_session_end(json).value());
        if (path == "/v1/admissions/validate" || path == "/v1/admissions/end") {
            return {.status = 204, .body = {}};
        }
        return problem(404, "no_such_route");
    }

    // Each is added, as a license server does it.
    HttpAnswer take_stations(const boost::json::value& json) {
        const auto told = wire::parse_station_report(json);
        CALM_ASSERT(told.has_value());
        station_reports.push_back(*told);
        for (const auto& [name, kind] : told->stations) {
            if (!station_named(name))
                stations.stations.push_back(
                    {.station = {static_cast<uint32_t>(stations.stations.size() + 1)},
                     .name = name,
                     .kind = kind});
        }
        std::string list;
        for (const auto& each : stations.stations) {
            const auto holder = holders_.find(wire::station_token_name(each.station));
            list += fmt::format(R"({}{{"station":{},"name":"{}","kind":"{}","cals":[{}]}})",
                                list.empty() ? "" : ",", each.station.value, each.name,
                                name_of(each.kind),
                                holder != holders_.end() && holder->second.live ? "1" : "");
        }
        return {.status = 200,
                .body = fmt::format(R"({{"console_mode":{},"stations":[{}]}})",
                                    stations.console_mode, list)};
    }

    // Zero: it has none of this name.
    SubjectId station_named(const std::string& name) const {
        for (const auto& each : stations.stations) {
            if (each.name == name) return each.station;
        }
        return {};
    }

    HttpAnswer admit(const boost::json::value& json) {
        const auto question = wire::parse_admission(json);
        CALM_ASSERT(question.has_value());
        questions.push_back(*question);
        if (knows_stations && !question->station.empty() && !station_named(question->station))
            return answered({.reason = Reason::station_unknown}, *question, "");
        if (question->administration && question->administrators_now < 2) {
            return answered({.reason = Reason::administration}, *question, "");
        }
        const bool of_device = question->user.empty();
        const bool at_station = knows_stations && !question->station.empty();
        const std::string name = at_station
                                     ? wire::station_token_name(station_named(question->station))
                                 : of_device ? question->device
                                             : question->user;
        Holder& holder = holders_[name];
        wire::AdmissionAnswer answer{.reason = Reason::cal_held};
        if (!holder.live && !question->held_token.empty()) {
            answer.reason = Reason::cal_held_elsewhere;
            return answered(answer, *question, name);
        }
        if (!holder.live) {
            if (!question->held_token.empty()) {
                return answered({.reason = Reason::cal_held_elsewhere}, *question, name);
            }
            const auto taken =
                std::ranges::count_if(holders_, [](const auto& each) { return each.second.live; });
            if (static_cast<size_t>(taken) >= seats) {
                answer.reason = refusal;
                answer.place = place;
                return answered(answer, *question, name);
            }
            issue(holder, name,
                  at_station  ? HolderKind::station
                  : of_device ? HolderKind::device
                              : HolderKind::user);
            answer.reason =
                temporary && of_device ? Reason::cal_temporary_issued : Reason::cal_issued;
        }
        answer.cal = holder.cal.cal;
        answer.expires_at = holder.cal.expires_at;
        if (lease) answer.ask_again_at = time + Seconds{lease->count / 2};
        return answered(answer, *question, name);
    }

    HttpAnswer answered(wire::AdmissionAnswer answer, const wire::AdmissionQuestion& question,
                        const std::string& name) {
        if (answer.cal && question.want_token && gives_tokens) answer.token = token_of(name);
        HttpAnswer out{.status = 200, .body = {}};
        wire::write_answer(out.body, answer, "");
        return out;
    }

    void issue(Holder& holder, const std::string& name, HolderKind kind) {
        if (holder.subject_sequence == 0) {
            const SubjectId id{static_cast<uint32_t>(holders_.size())};
            holder.subject_sequence =
                ledger.add(entry::SubjectAdded{id, kind, commitment_to(ledger.salt, kind, name)});
            holder.cal = SampleLedger::sample_cal();
            holder.cal.cal = {id.value};
            holder.cal.holder = id;
            holder.cal.kind = cal_kind_of(kind);
        }
        holder.cal.issued_at = time;
        holder.cal.expires_at = time + days(60);
        if (temporary && kind == HolderKind::device) {
            holder.cal.state = CalState::temporary;
            holder.cal.pack = {};
        }
        holder.cal_sequence = ledger.add(entry::CalIssued{holder.cal});
        std::erase(withdrawn_, holder.cal.cal);
        holder.live = true;
    }

    std::string token_of(const std::string& name) {
        const Holder& holder = holders_.at(name);
        ledger.holder = name;
        CalTokenParts parts = ledger.parts(holder.subject_sequence, holder.cal_sequence);
        TreeHead head = ledger.head();
        head.time = time;
        parts.tree_head = sign_tree_head(head, ledger.node);
        if (holder.cal.kind == PackKind::per_device || !holder.cal.pack) parts.key_pack.clear();
        const auto token = encode_cal_token(parts);
        CALM_ASSERT(token.has_value());
        return *token;
    }
    std::string token_of(unsigned long cal) {
        for (const auto& [name, holder] : holders_) {
            if (holder.cal.cal.value == cal) return token_of(name);
        }
        return "none";
    }

    TreeHead head_shown() const {
        TreeHead head = ledger.head();
        head.epoch = epoch;
        head.time = time;
        if (shows_size) {
            Frontier frontier;
            std::vector<Tile> tiles;
            for (uint64_t i = 0; i < *shows_size; ++i)
                frontier.append(leaf_hash(ledger.lines[i]), tiles);
            head.size = *shows_size;
            head.root = frontier.root();
        }
        return head;
    }

    HttpAnswer contact() {
        wire::HostContact told = terms;
        told.revocations = sign_revocation_list({.ledger = ledger.id(),
                                                 .epoch = epoch,
                                                 .size = ledger.lines.size(),
                                                 .time = time,
                                                 .cals = withdrawn_},
                                                ledger.node);
        told.head = sign_tree_head(head_shown(), ledger.node);
        told.certificates = {ledger.certificate};
        told.vendors = {ledger.vendor.public_key().bytes};
        HttpAnswer out{.status = 200, .body = {}};
        wire::write_contact(out.body, told);
        return out;
    }

    HttpAnswer proof(const std::string& path) {
        const uint64_t first = std::stoul(path.substr(path.find("first=") + 6));
        const uint64_t second = std::stoul(path.substr(path.find("second=") + 7));
        if (first == 0 || first > second || second > ledger.lines.size()) {
            return problem(400, "bad_query");
        }
        const auto hashes = consistency_proof(first, second, ledger.frontier, ledger.reader());
        HttpAnswer out{.status = 200, .body = {}};
        wire::write_proof(out.body, *hashes);
        return out;
    }

    std::mutex mutex_;
    std::vector<Mood> moods_;
    std::map<std::string, Holder> holders_;
    std::vector<CalId> withdrawn_;
};

// A clock that the test turns.
struct FakeClocks {
    Instant wall = FakeServers::kStart + hours(1);
    Seconds boot{1000};

    void advance(Seconds by) {
        wall = wall + by;
        boot = Seconds{boot.count + by.count};
    }
    Clocks clocks(std::string boot_id = "boot") {
        return {.wall = [this] { return wall; },
                .boot = [this] { return boot; },
                .boot_id = std::move(boot_id)};
    }
};

}  // namespace calm::test
