// Scenario steps as HTTP requests.
#include "http_runner.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/activation.h"
#include "documents/armour.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/key_pack.h"
#include "documents/ledger_id.h"
#include "documents/node_certificate.h"
#include "documents/pack_transfer.h"
#include "documents/status_list.h"
#include "documents/vendor.h"
#include "wire/resource_json.h"

namespace calm::testing {
namespace {

using scenario::Observed;
namespace json = boost::json;

Instant time_at(const json::value& value, std::string_view name) {
    const auto* text = value.as_object().if_contains(name);
    if (text == nullptr) return {};
    return parse_rfc3339({text->as_string().data(), text->as_string().size()}).value_or(Instant{});
}

uint32_t number_at(const json::value& value, std::string_view name) {
    const auto* number = value.as_object().if_contains(name);
    return number == nullptr ? 0 : static_cast<uint32_t>(number->to_number<int64_t>());
}

std::string text_at(const json::value& value, std::string_view name) {
    const auto* text = value.as_object().if_contains(name);
    return text == nullptr || !text->is_string() ? std::string() : std::string(text->as_string());
}

// How the API calls a number of the position; empty: it is none.
std::string_view position_field(scenario::Count::What what) {
    using enum scenario::Count::What;
    switch (what) {
        case required: return "required";
        case owned: return "owned";
        case short_of: return "short";
        case spare: return "spare";
        default: return {};
    }
}

Observed refused(const Answer& answer) {
    Observed observed;
    if (answer.status >= 400 || answer.status == 0) {
        observed.refused =
            answer.code().empty() ? fmt::format("status {}", answer.status) : answer.code();
        observed.detail = answer.body;
    }
    return observed;
}

std::string codes(const std::vector<std::string>& products) {
    std::string list;
    for (const std::string& code : products)
        list += fmt::format(R"({}"{}")", list.empty() ? "" : ",", code);
    return list;
}

}  // namespace

SecretKey HttpRunner::key_of(uint8_t fill) {
    Seed seed;
    seed.fill(fill);
    return SecretKey::from_seed(seed);
}

HttpRunner::HttpRunner()
    : server_(std::make_unique<TestServer>(disk_, wall_)),
      vendor_(key_of(1)),
      stranger_(key_of(2)),
      clearinghouse_(key_of(3)),
      certificate_(*issue_clearinghouse(
          {.key = clearinghouse_.public_key(), .not_before = Instant{1}, .expires_at = kInstantMax},
          vendor_)) {
    trust_vendor();
}

void HttpRunner::trust_vendor() {
    const auto document = issue_vendor(
        {.name = "Vendor", .key = {}, .issued_at = wall_, .contact = {}, .buy_url = {}}, vendor_);
    server_->ask({.method = "POST",
                  .path = "/v1/vendors",
                  .body = *document + armour(kClearinghouseLabel, certificate_),
                  .headers = {{"CALM-Fingerprint", fingerprint(vendor_.public_key())}},
                  .content_type = "text/plain"});
}

Result<Observed> HttpRunner::operator()(const scenario::Step& step) {
    return std::visit([this](const auto& each) { return (*this)(each); }, step);
}

Observed HttpRunner::perform(const Ask& ask) {
    return refused(server_->ask(ask));
}

json::value HttpRunner::get(const std::string& path) {
    return server_->ask({.path = path}).json();
}

Instant HttpRunner::now() {
    return time_at(get("/v1/status"), "ledger_time");
}

Result<Observed> HttpRunner::operator()(const scenario::SetProduct& step) {
    products_[step.product.code] = step.product;
    std::string body;
    wire::write_product(body, step.product);
    const Answer added = server_->ask({.method = "POST", .path = "/v1/products", .body = body});
    if (added.code() != "product_exists") return refused(added);
    return perform({.method = "PUT",
                    .path = "/v1/products/" + step.product.code,
                    .body = body,
                    .headers = {{"If-Match", "*"}}});
}

Result<Observed> HttpRunner::operator()(const scenario::InstallPack& step) {
    const Instant at = now();
    Ask ask{.method = "POST", .path = "/v1/packs"};
    if (step.declared) {
        ask.body = fmt::format(
            R"({{"declared":{{"product":"{}","kind":"{}","quantity":{},"also":[{}],"metric":"{}"}}}})",
            step.product, name_of(step.kind), step.quantity, codes(step.also),
            name_of(step.metric));
    } else {
        if (step.renewal > 0 || !signed_packs_.contains(step.name)) {
            KeyPackDocument pack{.product = products_[step.product],
                                 .kind = step.kind,
                                 .quantity = step.quantity,
                                 .not_before = step.from ? step.from->from(at) : Instant{1},
                                 .vendor = "Vendor",
                                 .issued_at = at};
            if (pack.product.code.empty()) pack.product = *product_from_code(step.product);
            const Hash id = sha256(step.name);
            std::copy_n(id.begin(), pack.pack_id.size(), pack.pack_id.begin());
            if (step.until) pack.expires_at = step.until->from(at);
            if (step.maintained) pack.maintained_until = step.maintained->from(at);
            pack.also = step.also;
            pack.overdraft = step.overdraft;
            pack.metric = step.metric;
            pack.agreement = step.agreement;
            if (step.agreement) pack.channel = Channel::volume;
            pack.renewal = step.renewal;
            if (step.activation) pack.clearinghouse = certificate_;
            const SecretKey& vendor = step.activation ? clearinghouse_ : vendor_;
            const auto text = issue_key_pack(pack, step.stranger ? stranger_ : vendor);
            if (!text) return Observed{.refused = text.error().code, .detail = text.error().detail};
            ask.body = *text;
            if (step.renewal == 0) signed_packs_[step.name] = *text;
        } else {
            ask.body = signed_packs_[step.name];
        }
        ask.content_type = "text/plain";
        if (step.moved_from) come_from(*step.moved_from, at, ask);
    }
    const Answer answer = server_->ask(ask);
    if (answer.status == 201) {
        called_.packs[step.name] = number_at(answer.json(), "pack");
        called_.suites[called_.packs[step.name]] = step.also;
        called_.kinds[called_.packs[step.name]] = step.kind;
        if (step.kind == PackKind::server) meet_included(step);
    }
    return refused(answer);
}

std::string HttpRunner::signed_pack(const std::string& name, const std::string& product,
                                    uint32_t quantity, std::optional<LedgerId> license_server) {
    KeyPackDocument pack{.product = products_[product],
                         .quantity = quantity,
                         .not_before = Instant{1},
                         .vendor = "Vendor",
                         .issued_at = now(),
                         .license_server = license_server};
    const Hash id = sha256(name);
    std::copy_n(id.begin(), pack.pack_id.size(), pack.pack_id.begin());
    return issue_key_pack(pack, vendor_).value_or("");
}

// A license server of this name hands the pack in `ask` over, or it is said that it cannot.
void HttpRunner::come_from(const entry::PackOrigin& origin, Instant at, Ask& ask) {
    const SecretKey identity = SecretKey::from_seed(Seed{sha256(origin.server)});
    const SecretKey node = key_of(3);
    const LedgerId from = ledger_id_of(identity.public_key());
    if (origin.source != PackSource::reachable) {
        ask.path +=
            fmt::format("?moved_from={}&source={}", to_string(from), name_of(origin.source));
        return;
    }
    const auto here = parse_ledger_id(text_at(get("/v1/status"), "license_server_id"));
    ask.body = sign_pack_transfer({.from = from,
                                   .to = here.value_or(LedgerId{}),
                                   .sequence = origin.sequence,
                                   .at = at,
                                   .pack = *key_pack_document(ask.body)},
                                  node, identity.public_key(),
                                  issue_node_certificate(identity, node.public_key(), Instant{1}));
}

Result<Observed> HttpRunner::operator()(const scenario::MovePack& step) {
    const SecretKey there = SecretKey::from_seed(Seed{sha256(step.server)});
    const Answer answer = server_->ask(
        {.method = "POST",
         .path = fmt::format("/v1/packs/{}/move", called_.packs[step.name]),
         .body = fmt::format(R"({{"to":"{}"}})", to_string(ledger_id_of(there.public_key())))});
    if (answer.status == 200) {
        const auto transfer = verify_pack_transfer(text_at(answer.json(), "transfer"));
        if (!transfer || transfer->to != ledger_id_of(there.public_key()) ||
            transfer->pack != *key_pack_document(signed_packs_[step.name])) {
            return Observed{.refused = "no transfer", .detail = answer.body};
        }
    }
    return refused(answer);
}

// The CALs that came with server licenses.
void HttpRunner::meet_included(const scenario::InstallPack& step) {
    const json::value all = get("/v1/packs");
    for (const json::value& pack : all.at("packs").as_array()) {
        if (number_at(pack, "included_with") != called_.packs[step.name]) continue;
        const uint32_t number = number_at(pack, "pack");
        called_.packs[step.name + "-cals"] = number;
        called_.suites[number] = step.also;
        called_.kinds[number] = PackKind::per_user;
    }
}

LedgerId HttpRunner::id() {
    return *parse_ledger_id(text_at(get("/v1/status"), "license_server_id"));
}

Result<Observed> HttpRunner::operator()(const scenario::Activate& step) {
    const Answer asked = server_->ask(
        {.method = "POST", .path = "/v1/activations/requests", .body = R"({"vendor":"Vendor"})"});
    if (asked.status != 201) return refused(asked);
    const auto request = read_activation_request(text_at(asked.json(), "request"));
    if (!request)
        return Observed{.refused = request.error().code, .detail = request.error().detail};
    const auto answer = sign_activation({.server = request->server,
                                         .nonce = request->nonce,
                                         .serial = step.serial,
                                         .issued_at = now(),
                                         .until = step.until.from(now()),
                                         .clearinghouse = certificate_},
                                        clearinghouse_);
    return perform({.method = "POST",
                    .path = "/v1/activations",
                    .body = *answer,
                    .content_type = "text/plain"});
}

Result<Observed> HttpRunner::operator()(const scenario::Deactivate&) {
    const Answer answer = server_->ask(
        {.method = "POST", .path = "/v1/activations/deactivate", .body = R"({"vendor":"Vendor"})"});
    if (answer.status != 201) return refused(answer);
    const auto request = read_activation_request(text_at(answer.json(), "request"));
    if (!request || request->purpose != ActivationPurpose::deactivate)
        return Observed{.refused = "no request", .detail = answer.body};
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::RevokePack& step) {
    const Hash id = sha256(step.name);
    Bytes16 document{};
    std::copy_n(id.begin(), document.size(), document.begin());
    withdrawn_.insert(document);
    const auto list = sign_status_list({.number = step.list,
                                        .issued_at = now(),
                                        .revoked = {withdrawn_.begin(), withdrawn_.end()},
                                        .clearinghouse = certificate_},
                                       clearinghouse_);
    return perform({.method = "POST",
                    .path = "/v1/status-lists",
                    .body = *list,
                    .content_type = "text/plain"});
}

Result<Observed> HttpRunner::operator()(const scenario::Convert& step) {
    const std::string body =
        step.quantity == 0 ? "" : fmt::format(R"({{"quantity":{}}})", step.quantity);
    const Answer answer =
        server_->ask({.method = "POST",
                      .path = fmt::format("/v1/packs/{}/convert", called_.packs[step.pack]),
                      .body = body});
    if (answer.status == 201) {
        called_.packs[step.into] = number_at(answer.json(), "pack");
        called_.suites[called_.packs[step.into]] = called_.suites[called_.packs[step.pack]];
    }
    return refused(answer);
}

Result<Observed> HttpRunner::operator()(const scenario::RemovePack& step) {
    return perform(
        {.method = "DELETE", .path = fmt::format("/v1/packs/{}", called_.packs[step.name])});
}

Result<Observed> HttpRunner::operator()(const scenario::SetHost& step) {
    const auto known = called_.hosts.find(step.name);
    if (known != called_.hosts.end() && step.removed) {
        called_.removed_hosts.insert(step.name);
        return perform({.method = "DELETE", .path = fmt::format("/v1/hosts/{}", known->second)});
    }
    json::object settings;
    if (step.mode) settings["mode"] = name_of(*step.mode);
    if (step.preferred) settings["preferred"] = name_of(*step.preferred);
    if (step.console_mode) settings["console_mode"] = *step.console_mode;
    if (step.processors) settings["processors"] = *step.processors;
    if (step.cores) settings["cores"] = *step.cores;
    if (step.runs) settings["runs"] = json::value_from(*step.runs);
    if (known == called_.hosts.end() || called_.removed_hosts.erase(step.name) > 0) {
        const int64_t grace = step.grace.value_or(Seconds{}).count / 86400;
        server_->ask({.method = "PUT",
                      .path = "/v1/settings",
                      .body = fmt::format(R"({{"initial_grace_days":{}}})", grace),
                      .headers = {{"If-Match", "*"}}});
        const auto token =
            server_->ask({.method = "POST", .path = "/v1/hosts/tokens", .body = "{}"}).json();
        host_keys_[step.name] = static_cast<uint8_t>(100 + next_key_++);
        const SecretKey key = key_of(host_keys_[step.name]);
        const Answer enrolled =
            server_->ask({.method = "POST",
                          .path = "/v1/hosts",
                          .body = fmt::format(R"({{"token":"{}","name":"{}","public_key":"{}"}})",
                                              text_at(token, "token"), step.name,
                                              to_hex(key.public_key().bytes))});
        if (enrolled.status != 201) return refused(enrolled);
        called_.hosts[step.name] = number_at(enrolled.json(), "host");
        identity_.bytes = *array_from_hex<32>(text_at(enrolled.json(), "identity"));
    }
    if (settings.empty()) return Observed{};
    return perform({.method = "PUT",
                    .path = fmt::format("/v1/hosts/{}", called_.hosts[step.name]),
                    .body = json::serialize(settings),
                    .headers = {{"If-Match", "*"}}});
}

Result<Observed> HttpRunner::operator()(const scenario::SetStation& step) {
    const auto known = called_.stations.find(step.name);
    const std::string path = fmt::format(
        "/v1/stations/{}", known == called_.stations.end() ? 4'000'000'000U : known->second);
    if (step.removed) {
        const Observed removed = perform({.method = "DELETE", .path = path});
        if (removed.refused.empty()) called_.stations.erase(step.name);
        return removed;
    }
    json::object body;
    if (known == called_.stations.end() || !step.renamed.empty())
        body["name"] = step.renamed.empty() ? step.name : step.renamed;
    if (known == called_.stations.end() || step.host) {
        const std::string name = step.host.value_or(std::string(scenario::kImplicitHost));
        if (name == scenario::kImplicitHost) host(name);
        body["host"] = name;
    }
    if (step.kind) body["kind"] = name_of(*step.kind);
    if (step.shows) body["shows"] = *step.shows;
    if (known != called_.stations.end()) {
        const Observed changed = perform({.method = "PUT",
                                          .path = path,
                                          .body = json::serialize(body),
                                          .headers = {{"If-Match", "*"}}});
        if (changed.refused.empty() && !step.renamed.empty()) {
            called_.stations[step.renamed] = known->second;
            called_.stations.erase(step.name);
        }
        return changed;
    }
    const Answer added =
        server_->ask({.method = "POST", .path = "/v1/stations", .body = json::serialize(body)});
    if (added.status == 201) called_.stations[step.name] = number_at(added.json(), "station");
    return refused(added);
}

HostId HttpRunner::host_id(const std::string& name) {
    if (called_.removed_hosts.contains(name)) return {};
    const uint32_t number = host(name);
    return called_.hosts.contains(name) ? HostId{number} : HostId{};
}

uint32_t HttpRunner::host(const std::string& name) {
    if (!called_.hosts.contains(name)) {
        if (name != scenario::kImplicitHost) return 4'000'000'000U;  // never enrolled
        scenario::SetHost implicit;
        implicit.name = name;
        static_cast<void>((*this)(implicit));
    }
    return called_.hosts[name];
}

Result<Observed> HttpRunner::operator()(const scenario::Admit& step) {
    json::object body{{"product", step.product}, {"host", host(step.host)}};
    if (!step.user.empty()) body["user"] = step.user;
    if (!step.device.empty()) body["device"] = step.device;
    if (!step.id.empty()) body["request_id"] = to_hex(sha256(step.id)).substr(0, 32);
    if (step.service) body["host_service"] = true;
    if (!step.station.empty()) body["station"] = step.station;
    if (!step.from_server.empty()) body["from_server"] = step.from_server;
    if (!step.via.empty()) body["via"] = step.via;
    if (step.outside) body["outside"] = true;
    if (step.mode) body["mode"] = std::string(name_of(*step.mode));
    if (step.wait) body["wait"] = true;
    if (!step.hardware.empty()) body["hardware_id"] = step.hardware;
    if (!step.certificate.empty()) body["certificate"] = step.certificate;
    if (!step.keeps.empty()) body["device_mark"] = step.keeps;
    if (step.workload != Workload::person) body["workload"] = name_of(step.workload);
    if (step.administrators) {
        body["administration"] = true;
        body["administrators_now"] = *step.administrators;
    }
    if (step.token) body["held_token"] = another_servers_token(step);
    if (backup_) body["want_token"] = true;
    server_->on_loop([&](Service& service) { service.license_server().plan_chance(step.chance); });
    const Answer answer =
        server_->ask({.method = "POST", .path = "/v1/admissions", .body = json::serialize(body)});
    if (answer.status != 200) return refused(answer);
    const json::value said = answer.json();
    Observed observed;
    observed.reason = from_name<Reason>(text_at(said, "reason"));
    observed.repeated = said.as_object().contains("repeated");
    observed.lacks = text_at(said, "lacks");
    observed.place = number_at(said, "place");
    if (number_at(said, "cal") != 0) observed.lasts = time_at(said, "expires_at") - now();
    if (const std::string token = text_at(said, "token"); !token.empty() && !observed.repeated)
        keep_token(step, token);
    return observed;
}

// A second license server of the same vendor's customer issues a CAL and its token.
std::string HttpRunner::another_servers_token(const scenario::Admit& step) {
    HttpRunner other;
    other.wall_ = wall_;
    Product product = products_[step.product];
    product.rules.temporary_days = 0;
    static_cast<void>(other(scenario::SetProduct{product}));
    const PackKind kind = step.user.empty() ? PackKind::per_device : PackKind::per_user;
    static_cast<void>(other(scenario::InstallPack{
        .name = "elsewhere", .product = step.product, .kind = kind, .quantity = 1}));
    json::object body{
        {"product", step.product}, {"host", other.host("host-1")}, {"want_token", true}};
    if (!step.user.empty()) body["user"] = step.user;
    if (!step.device.empty()) body["device"] = step.device;
    return text_at(
        other.server_
            ->ask({.method = "POST", .path = "/v1/admissions", .body = json::serialize(body)})
            .json(),
        "token");
}

std::vector<json::value> HttpRunner::cals(const std::string& query) {
    std::vector<json::value> out;
    std::string cursor;
    do {
        const json::value page =
            get("/v1/cals?limit=1000" + query + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (const auto& each : page.at("cals").as_array())
            out.push_back(each);
        cursor = text_at(page, "cursor");
    } while (!cursor.empty());
    return out;
}

// Whether a CAL of this product, out of this pack, admits to `asked`.
bool HttpRunner::serves(const std::string& product, uint32_t pack, const Product& asked) {
    std::vector<std::string> codes = called_.suites[pack];
    codes.push_back(product);
    return std::ranges::any_of(codes, [&](const std::string& code) {
        const Product& own = products_[code];
        return own.family == asked.family && own.version >= asked.version;
    });
}

HttpRunner::FoundCal HttpRunner::held_cal(const scenario::Who& who, const std::string& product) {
    FoundCal best;
    std::tuple<int, Instant, int64_t> best_rank;
    const Product& asked = products_[product];
    for (const json::value& cal : cals("&holder=" + who.name)) {
        const std::string state = text_at(cal, "state");
        if (text_at(cal.at("holder"), "kind") != name_of(who.kind) ||
            !serves(text_at(cal, "product"), number_at(cal, "pack"), asked) ||
            (state != "active" && state != "temporary")) {
            continue;
        }
        const bool overuse = cal.at("overuse").as_bool();
        const bool lease = cal.as_object().contains("lease");
        const bool on_loan = number_at(cal, "of") != 0;
        const bool lent = cal.as_object().contains("lent");
        const auto rank = std::tuple(lent                   ? 0
                                     : state == "temporary" ? 1
                                     : overuse              ? 2
                                     : lease                ? 3
                                     : on_loan              ? 4
                                                            : 5,
                                     time_at(cal, "expires_at"), -int64_t{number_at(cal, "pack")});
        if (best.cal != 0 && rank <= best_rank) continue;
        best_rank = rank;
        best = {number_at(cal, "cal"),     number_at(cal, "pack"), overuse, on_loan, lent, state,
                time_at(cal, "expires_at")};
    }
    return best;
}

Result<Observed> HttpRunner::operator()(const scenario::Logon& step) {
    return perform(
        {.method = "POST",
         .path = "/v1/admissions/validate",
         .body = fmt::format(R"({{"cal":{}}})",
                             held_cal({HolderKind::device, step.device}, step.product).cal)});
}

Result<Observed> HttpRunner::operator()(const scenario::Release& step) {
    return perform(
        {.method = "POST",
         .path = fmt::format("/v1/cals/{}/release", held_cal(step.holder, step.product).cal),
         .body = fmt::format(R"({{"why":"{}"}})", name_of(step.why))});
}

Result<Observed> HttpRunner::operator()(const scenario::Revoke& step) {
    return perform(
        {.method = "POST",
         .path = fmt::format("/v1/cals/{}/revoke", held_cal(step.holder, step.product).cal),
         .body = fmt::format(R"({{"why":"{}"}})", name_of(step.why))});
}

Result<Observed> HttpRunner::operator()(const scenario::Erase& step) {
    const Answer answer =
        server_->ask({.method = "POST",
                      .path = "/v1/subjects/erase",
                      .body = json::serialize(json::object{{"kind", name_of(step.holder.kind)},
                                                           {"name", step.holder.name},
                                                           {"why", "requested"}})});
    // Whoever was only refused is forgotten, too; the ledger, which a scenario tells of, has no
    // such subject.
    if (answer.status == 200 && answer.json().at("subject") == 0)
        return Observed{.refused = "subject_unknown"};
    return refused(answer);
}

Result<Observed> HttpRunner::operator()(const scenario::Advance& step) {
    wall_ = wall_ + step.by;
    server_->advance(step.by);
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::SetClock& step) {
    if (step.accept) return perform({.method = "POST", .path = "/v1/clock/accept", .body = "{}"});
    lie_ = step.by;
    server_->set_wall(wall_ + lie_);
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::Restart& step) {
    wall_ = wall_ + step.after;
    start_server();
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::Sweep&) {
    server_->on_loop([](Service& service) { service.license_server().tick(); });
    return Observed{};
}

Result<Observed> HttpRunner::operator()(const scenario::SetServer&) {
    return fail("scenario_unsupported", "what happens without a server is decided by hosts");
}

Result<Observed> HttpRunner::operator()(const scenario::Count& step) {
    // Once a second the server writes what is over; here it does so now.
    static_cast<void>((*this)(scenario::Sweep{}));
    Observed observed;
    observed.count = 0;
    if (step.what == scenario::Count::What::free) {
        const Product& asked = products_[step.name];
        const json::value list = get("/v1/packs");
        for (const json::value& pack : list.at("packs").as_array()) {
            if (serves(text_at(pack, "product"), number_at(pack, "pack"), asked) &&
                text_at(pack, "kind") == name_of(step.kind) && text_at(pack, "state") == "usable") {
                *observed.count += number_at(pack, "free");
            }
        }
        return observed;
    }
    if (step.what == scenario::Count::What::waiting) {
        const json::value queue = get("/v1/queue?product=" + step.name);
        for (const json::value& each : queue.at("waiting").as_array())
            *observed.count += text_at(each, "kind") == name_of(step.kind) ? 1 : 0;
        return observed;
    }
    if (const std::string_view number = position_field(step.what); !number.empty()) {
        const json::value position = get("/v1/position");
        for (const json::value& row : position.at("rows").as_array()) {
            if (text_at(row, "product") == step.name && text_at(row, "kind") == name_of(step.kind))
                observed.count = number_at(row, number);
        }
        return observed;
    }
    const bool overdraft = step.what == scenario::Count::What::overdraft;
    const bool of_pack = step.what == scenario::Count::What::used || overdraft;
    if (of_pack && !called_.packs.contains(step.name)) {
        return fail("pack_unknown", "no line installs the pack `" + step.name + "`");
    }
    if (of_pack && called_.kinds.contains(called_.packs[step.name]) &&
        !is_cal_kind(called_.kinds[called_.packs[step.name]])) {
        const json::value pack = get(fmt::format("/v1/packs/{}", called_.packs[step.name]));
        observed.count = overdraft ? 0 : number_at(pack, "used");
        return observed;
    }
    for (const json::value& cal : cals("")) {
        const std::string state = text_at(cal, "state");
        const bool overuse = cal.at("overuse").as_bool();
        if (number_at(cal, "of") != 0) continue;  // a stand-in's uses the seat of the lent one
        const bool counts =
            of_pack ? number_at(cal, "pack") == called_.packs[step.name] && state == "active" &&
                          overuse == overdraft
            : step.what == scenario::Count::What::overuse
                ? overuse && state == "active" && text_at(cal, "product") == step.name
                : state == "temporary" && text_at(cal, "product") == step.name;
        *observed.count += counts ? 1 : 0;
    }
    return observed;
}

Result<Observed> HttpRunner::operator()(const scenario::Holds& step) {
    Observed observed;
    observed.holding = scenario::Holding{};
    const FoundCal cal = held_cal(step.holder, step.product);
    if (cal.cal == 0) return observed;
    observed.lasts = cal.expires_at - now();
    using What = scenario::Holding::What;
    observed.holding->what = cal.state == "temporary" ? What::temporary
                             : cal.overuse            ? What::overuse
                             : cal.on_loan            ? What::loan
                             : cal.lent               ? What::lent
                                                      : What::active;
    for (const auto& [name, pack] : called_.packs) {
        if (pack == cal.pack && pack != 0) observed.holding->pack = name;
    }
    return observed;
}

Result<Observed> HttpRunner::operator()(const scenario::LicenseHost& step) {
    const json::object body{
        {"product", step.product}, {"kind", name_of(step.kind)}, {"quantity", step.quantity}};
    return perform({.method = "PUT",
                    .path = fmt::format("/v1/hosts/{}/licenses", host(step.host)),
                    .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::EndSession& step) {
    json::object body{{"product", step.product}, {"host", host(step.host)}};
    if (!step.user.empty()) body["user"] = step.user;
    if (!step.device.empty()) body["device"] = step.device;
    if (!step.station.empty()) body["station"] = step.station;
    return perform({.method = "POST", .path = "/v1/admissions/end", .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::AssignPack& step) {
    json::object body;
    if (!step.host.empty()) body["host"] = step.host;
    if (step.host == scenario::kImplicitHost) host(step.host);
    return perform({.method = "PUT",
                    .path = fmt::format("/v1/packs/{}/host", called_.packs[step.pack]),
                    .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::Install& step) {
    using What = scenario::Install::What;
    json::object body{{"product", step.product}, {"computer", step.computer}};
    if (step.what == What::move) body["to"] = step.to;
    return perform({.method = "POST",
                    .path = step.what == What::claim  ? "/v1/installations"
                            : step.what == What::move ? "/v1/installations/move"
                                                      : "/v1/installations/release",
                    .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::Lend& step) {
    const json::object body{{"to", step.to.name},
                            {"until", to_rfc3339(step.until.from(now()))},
                            {"why", name_of(step.why)}};
    return perform(
        {.method = "POST",
         .path = fmt::format("/v1/cals/{}/lend", held_cal(step.holder, step.product).cal),
         .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::Recall& step) {
    return perform(
        {.method = "POST",
         .path = fmt::format("/v1/cals/{}/recall", held_cal(step.holder, step.product).cal)});
}

Result<Observed> HttpRunner::operator()(const scenario::Borrow& step) {
    return perform(
        {.method = "POST",
         .path = fmt::format("/v1/cals/{}/borrow", held_cal(step.holder, step.product).cal),
         .body = fmt::format(R"({{"until":"{}"}})", to_rfc3339(step.until.from(now())))});
}

Result<Observed> HttpRunner::operator()(const scenario::ChangeGroup& step) {
    return perform(
        {.method = "POST",
         .path = fmt::format("/v1/groups/{}/{}", step.group, step.leaves ? "leave" : "join"),
         .body = json::serialize(json::object{{name_of(step.who.kind), step.who.name}})});
}

Result<Observed> HttpRunner::operator()(const scenario::Reserve& step) {
    const json::object body{{"group", step.group}, {"seats", step.seats}};
    return perform({.method = "PUT",
                    .path = fmt::format("/v1/packs/{}/reservations", called_.packs[step.pack]),
                    .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::MergeDevices& step) {
    const json::object body{{"device", step.device}, {"other", step.other}};
    return perform({.method = "POST", .path = "/v1/devices/merge", .body = json::serialize(body)});
}

Result<Observed> HttpRunner::operator()(const scenario::SeparateDevice& step) {
    return perform({.method = "POST",
                    .path = "/v1/devices/separate",
                    .body = json::serialize(json::object{{"device", step.device}})});
}

Result<Observed> HttpRunner::operator()(const scenario::AcceptDevice& step) {
    return perform({.method = "POST",
                    .path = "/v1/devices/accept",
                    .body = json::serialize(json::object{{"device", step.device}})});
}

Result<Observed> HttpRunner::operator()(const scenario::Quarantine& step) {
    return perform({.method = "PUT",
                    .path = "/v1/settings",
                    .body = fmt::format(R"({{"quarantine_days":{}}})", step.days),
                    .headers = {{"If-Match", "*"}}});
}

void prepare(HttpRunner& runner, std::string_view lines) {
    const auto scenario = scenario::parse_scenario(lines);
    ASSERT_TRUE(scenario) << scenario.error().detail;
    EXPECT_EQ(scenario::play(*scenario, std::ref(runner)).first_problem(), "");
}

}  // namespace calm::testing
