// Scenario steps as verbs of the core, and what is proved about each of them.
#include "core/core_runner.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/coverage.h"
#include "core/host_licenses.h"
#include "core/installations.h"
#include "core/invariants.h"
#include "core/leases.h"
#include "core/pack_moves.h"
#include "core/position.h"
#include "core/stations.h"
#include "core/vendor_word.h"

namespace calm::scenario {
namespace {

// FNV-1a, spread over as many bytes as asked: names become ids and commitments. Not a secret.
template <size_t N>
std::array<uint8_t, N> digest(std::string_view text) {
    std::array<uint8_t, N> out;
    uint64_t state = 0xCBF29CE484222325U;
    const auto eat = [&](uint8_t byte) { state = (state ^ byte) * 0x100000001B3U; };
    for (const char c : text)
        eat(static_cast<uint8_t>(c));
    for (size_t i = 0; i < N; ++i) {
        eat(static_cast<uint8_t>(i));
        out[i] = static_cast<uint8_t>(state >> 56);
    }
    return out;
}

// Of the form of a printed license server id.
std::string server_id(std::string_view name) {
    std::string id;
    for (const uint8_t byte : digest<35>(name)) {
        if (id.size() % 6 == 5) id += '-';
        id += static_cast<char>('A' + byte % 24);
    }
    return id;
}

uint64_t content_of(const Admit& step) {
    const auto bytes = digest<8>(fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", step.user,
        step.device, step.product, step.host,
        step.administrators ? *step.administrators + 1LL : 0LL, step.service, step.token,
        step.station, step.from_server, step.via, name_of(step.workload), step.outside, step.wait,
        step.hardware, step.certificate, step.keeps, step.mode ? name_of(*step.mode) : ""));
    uint64_t content = 0;
    std::memcpy(&content, bytes.data(), bytes.size());
    return content;
}

// Which number of a position a line asks for; null when it asks for something else.
uint64_t PositionRow::*position_number(Count::What what) {
    switch (what) {
        case Count::What::required: return &PositionRow::required;
        case Count::What::owned: return &PositionRow::owned;
        case Count::What::short_of: return &PositionRow::short_of;
        case Count::What::spare: return &PositionRow::spare;
        default: return nullptr;
    }
}

Error broken(std::string what) {
    return {.code = "invariant_broken", .detail = std::move(what)};
}

}  // namespace

std::string state_bytes(const Ledger& ledger) {
    std::string bytes;
    ledger.write_state([&](std::span<const uint8_t> part) { bytes += as_text(part); });
    return bytes;
}

Ledger fold(std::span<const LedgerEntry> log) {
    Ledger ledger;
    for (const LedgerEntry& entry : log)
        ledger.apply(entry);
    return ledger;
}

CoreRunner::CoreRunner(Proof proof, Storage storage)
    : proof_(proof), storage_(std::move(storage)), clock_({}, kStart, {}) {}

Instant CoreRunner::now() {
    return clock_.read(real_ + lie_, boot_).now;
}

Result<Observed> CoreRunner::operator()(const Step& step) {
    CALM_TRY(prepare());
    return std::visit(*this, step);
}

// A new ledger, with one trusted vendor.
Result<> CoreRunner::prepare() {
    if (ledger_.size() > 0) return {};
    return write(
        {entry::LedgerCreated{digest<32>("ledger")}, entry::VendorTrusted{digest<32>("vendor")}});
}

Result<> CoreRunner::write(const Entries& entries, std::optional<RequestMark> mark) {
    const size_t first = log_.size();
    const Instant at = std::max(now(), ledger_.time());
    for (size_t i = 0; i < entries.size(); ++i) {
        LedgerEntry entry{.sequence = ledger_.size(), .at = at, .request = {}, .body = entries[i]};
        if (i + 1 == entries.size()) entry.request = mark;
        CALM_TRY(apply(entry));
    }
    if (entries.empty()) return {};
    if (storage_.append) CALM_TRY(storage_.append(std::span(log_).subspan(first)));
    return prove();
}

Result<> CoreRunner::apply(const LedgerEntry& entry) {
    if (const auto objection = ledger_.objection(entry))
        return std::unexpected(broken("an entry meets the objection: " + *objection));
    if (proof_ == Proof::every_statement) {
        const std::string before = state_bytes(ledger_);
        ledger_.undo(ledger_.apply(entry));
        if (state_bytes(ledger_) != before)
            return std::unexpected(broken("undoing an entry left another state"));
    }
    ledger_.apply(entry);
    log_.push_back(entry);
    return {};
}

Result<> CoreRunner::prove() const {
    if (proof_ == Proof::none) return {};
    if (state_bytes(fold(log_)) != state_bytes(ledger_))
        return std::unexpected(broken("folding the log again gives another state"));
    if (const auto contradiction = broken_invariant(ledger_, ledger_.time()))
        return std::unexpected(broken(*contradiction));
    return {};
}

// I2: what the log says up to where the answer waits for already holds the CAL that admits.
Result<> CoreRunner::prove_rest(const Decision& decision, Instant at) const {
    if (decision.rests_on > log_.size())
        return std::unexpected(broken("an answer rests on entries that do not exist"));
    if (proof_ == Proof::none || !decision.cal || decision.repeated) return {};
    const Ledger durable = fold(std::span(log_).first(decision.rests_on));
    if (!durable.has_cal(decision.cal) || !durable.cal(decision.cal).live(at) ||
        durable.cal(decision.cal).expires_at != decision.expires_at.seconds) {
        return std::unexpected(broken("an answer does not wait for the CAL it names"));
    }
    return {};
}

// Writes what a verb decided, or says why it was refused.
Result<Observed> CoreRunner::perform(const Result<Entries>& verb) {
    if (!verb) {
        Observed refused;
        refused.refused = verb.error().code;
        refused.detail = verb.error().detail;
        return refused;
    }
    CALM_TRY(write(*verb));
    return Observed{};
}

Result<Observed> CoreRunner::operator()(const SetProduct& step) {
    return perform(decide_product(ledger_, step.product));
}

Result<Observed> CoreRunner::operator()(const InstallPack& step) {
    const Instant at = now();
    entry::PackInstalled terms{.pack = {},
                               .document = digest<16>(step.name),
                               .product = step.product,
                               .kind = step.kind,
                               .quantity = step.quantity,
                               .channel = Channel::volume,
                               .declared = step.declared,
                               .vendor = digest<32>(step.stranger ? "stranger" : "vendor"),
                               .not_before = step.from ? step.from->from(at) : Instant{},
                               .expires_at = {}};
    if (step.declared) terms.vendor = {};
    if (step.until) terms.expires_at = step.until->from(at);
    if (step.maintained) terms.maintained_until = step.maintained->from(at);
    terms.also = step.also;
    terms.overdraft = step.overdraft;
    terms.agreement = step.agreement;
    terms.metric = step.metric;
    terms.moved_from = step.moved_from;
    if (terms.moved_from) terms.moved_from->server = server_id(terms.moved_from->server);
    terms.activation = step.activation;
    terms.renewal = step.renewal;
    const PackId next = ledger_.next_pack();
    auto observed = perform(decide_installation(ledger_, terms, at));
    if (!observed || !ledger_.has_pack(next)) return observed;
    called_.packs[step.name] = next;
    const PackId included{next.value + 1};
    if (ledger_.has_pack(included)) called_.packs[step.name + "-cals"] = included;
    return observed;
}

Result<Observed> CoreRunner::operator()(const Convert& step) {
    const auto pack = called_.packs.find(step.pack);
    const PackId next = ledger_.next_pack();
    auto observed = perform(decide_conversion(
        ledger_, pack == called_.packs.end() ? PackId{} : pack->second, step.quantity, now()));
    if (observed && ledger_.has_pack(next)) called_.packs[step.into] = next;
    return observed;
}

Result<Observed> CoreRunner::operator()(const RemovePack& step) {
    const auto pack = called_.packs.find(step.name);
    return perform(
        decide_removal(ledger_, pack == called_.packs.end() ? PackId{} : pack->second, now()));
}

Result<Observed> CoreRunner::operator()(const MovePack& step) {
    const auto pack = called_.packs.find(step.name);
    const PackId id = pack == called_.packs.end() ? PackId{} : pack->second;
    // As a server does with more than it writes at once.
    if (const auto move = move_of(ledger_, id, now()); move && !move->cals.empty())
        CALM_TRY(write(decide_move_ends(ledger_, *move, std::span(move->cals).first(1), now())));
    return perform(decide_pack_move(ledger_, id, server_id(step.server), now()));
}

Result<Observed> CoreRunner::operator()(const Activate& step) {
    return perform(decide_activation(
        ledger_, {digest<32>("vendor"), step.serial, step.until.from(now())}, now()));
}

Result<Observed> CoreRunner::operator()(const Deactivate&) {
    return perform(decide_deactivation(ledger_, digest<32>("vendor")));
}

Result<Observed> CoreRunner::operator()(const RevokePack& step) {
    // A status list names all that were taken back so far.
    withdrawn_.insert(digest<16>(step.name));
    const std::vector<Bytes16> revoked(withdrawn_.begin(), withdrawn_.end());
    return perform(decide_status(ledger_, digest<32>("vendor"), step.list, revoked));
}

Result<Observed> CoreRunner::operator()(const SetHost& step) {
    const auto named = called_.hosts.find(step.name);
    const HostId known =
        named != called_.hosts.end() && ledger_.has_host(named->second) ? named->second : HostId{};
    if (step.removed && !known) return perform(fail("host_unknown", "there is no such host"));
    if (step.removed) return perform(decide_host_removal(ledger_, known));
    if (known) return change_host(known, step);
    const HostId id = ledger_.next_host();
    called_.hosts[step.name] = id;
    auto observed = perform(
        Entries{entry::HostEnrolled{.host = id,
                                    .commitment = digest<32>(step.name),
                                    .key = digest<32>("key of " + step.name),
                                    .mode = step.mode.value_or(LicensingMode::either),
                                    .preferred = step.preferred.value_or(PackKind::per_user),
                                    .grace_until = now() + step.grace.value_or(Seconds{})}});
    if (!step.processors && !step.cores && !step.runs) return observed;
    return change_host(id, step);
}

Result<Observed> CoreRunner::change_host(HostId id, const SetHost& step) {
    const Host& host = ledger_.host(id);
    entry::HostSet set{.host = id,
                       .mode = step.mode.value_or(host.mode),
                       .preferred = step.preferred.value_or(host.preferred),
                       .console_mode = step.console_mode.value_or(host.console_mode),
                       .processors = step.processors.value_or(host.processors),
                       .cores = step.cores.value_or(host.cores)};
    for (const ProductId product : host.runs)
        set.runs.push_back(ledger_.product(product).product.code);
    if (step.runs) set.runs = *step.runs;
    return perform(decide_host(ledger_, std::move(set)));
}

Result<Observed> CoreRunner::operator()(const LicenseHost& step) {
    CALM_TRY_ASSIGN(const HostId licensed, host(step.host));
    return perform(decide_host_license(ledger_,
                                       {.host = licensed,
                                        .product = ledger_.find_product(step.product),
                                        .kind = step.kind,
                                        .quantity = step.quantity},
                                       now()));
}

Result<Observed> CoreRunner::operator()(const Install& step) {
    const ProductId product = ledger_.find_product(step.product);
    const auto computer = [&](const std::string& name) {
        const Party found = party(name, called_.devices);
        return Computer{.subject = found.subject, .commitment = found.commitment};
    };
    const Computer first = computer(step.computer);
    if (step.what == Install::What::release)
        return perform(decide_unclaim(ledger_, product, first.subject, now()));
    const bool moves = step.what == Install::What::move;
    const SubjectId next = ledger_.next_subject();
    auto observed =
        moves ? perform(decide_move(ledger_, product, first.subject, computer(step.to), now()))
              : perform(decide_claim(ledger_, product, first, now()));
    // A stranger is known from now on.
    if (ledger_.has_subject(next)) called_.devices[moves ? step.to : step.computer] = next;
    return observed;
}

Result<Observed> CoreRunner::operator()(const SetStation& step) {
    const auto named = called_.stations.find(step.name);
    const SubjectId known = named == called_.stations.end() ? SubjectId{} : named->second;
    if (step.removed) return perform(decide_station_removal(ledger_, known));
    const Station* present = ledger_.station(known);
    StationWish wish{.station = present == nullptr ? SubjectId{} : known,
                     .commitment = digest<32>(step.name)};
    if (present != nullptr) {
        wish.host = present->host;
        wish.kind = present->kind;
        wish.shows = present->shows;
    }
    if (step.host || present == nullptr) {
        CALM_TRY_ASSIGN(wish.host, host(step.host.value_or(std::string(kImplicitHost))));
    }
    if (step.kind) wish.kind = *step.kind;
    if (step.shows) {
        const auto shown = called_.stations.find(*step.shows);
        wish.shows = shown == called_.stations.end() ? SubjectId{} : shown->second;
        if (!step.shows->empty() && !wish.shows)
            return perform(fail("station_unknown", "there is no such station"));
    }
    const SubjectId next = ledger_.next_subject();
    auto observed = perform(decide_station(ledger_, wish));
    if (!observed || !observed->refused.empty()) return observed;
    if (present == nullptr) called_.stations[step.name] = next;
    if (!step.renamed.empty()) {
        // A label only: the holder and its CAL stay.
        called_.stations[step.renamed] = called_.stations[step.name];
        called_.stations.erase(step.name);
    }
    return observed;
}

Result<HostId> CoreRunner::host(const std::string& name) {
    const auto known = called_.hosts.find(name);
    if (known != called_.hosts.end()) return known->second;
    if (name != kImplicitHost) return HostId{};  // never enrolled: host_unknown
    SetHost implicit;
    implicit.name = name;
    CALM_TRY((*this)(implicit));
    return called_.hosts.at(name);
}

CoreRunner::Names& CoreRunner::names_of(HolderKind kind) {
    if (kind == HolderKind::station) return called_.stations;
    return kind == HolderKind::device ? called_.devices : called_.users;
}

Party CoreRunner::party(const std::string& name, Names& names) const {
    if (name.empty()) return {};
    const auto known = names.find(name);
    if (known == names.end()) {
        return {
            .presence = Party::Presence::stranger, .subject = {}, .commitment = digest<32>(name)};
    }
    return {.presence = Party::Presence::known, .subject = known->second, .commitment = {}};
}

AdmissionRequest CoreRunner::question(const Admit& step) const {
    AdmissionRequest request;
    if (!step.id.empty()) request.id = RequestId{digest<16>(step.id)};
    request.content = content_of(step);
    request.product = step.product;
    request.chance = step.chance;
    request.host_service = step.service;
    request.administration = step.administrators.has_value();
    request.administrators_now = step.administrators.value_or(0);
    request.holds_token = step.token;
    request.outside = step.outside;
    request.wait = step.wait;
    request.mode = step.mode;
    request.workload = step.workload;
    request.at_station = !step.station.empty();
    if (const auto station = called_.stations.find(step.station); station != called_.stations.end())
        request.station = station->second;
    if (const auto server = called_.hosts.find(step.from_server); server != called_.hosts.end())
        request.from_server = server->second;
    return request;
}

Result<Observed> CoreRunner::operator()(const Admit& step) {
    AdmissionRequest request = question(step);
    CALM_TRY_ASSIGN(request.host, host(step.host));
    request.user = party(step.user, called_.users);
    // A front end is nobody's device: the count follows whom it passes on (facts rd-licensing 12,
    // "Multiplexing").
    if (step.device != step.via) {
        request.device = party(step.device, called_.devices);
        request.looks_like = looks_like(step, request.device.subject);
    }
    const Instant at = now();
    const Result<Decision> decision = decide(ledger_, request, at);
    last_asked_.reset();
    Observed observed;
    if (!decision) {
        observed.refused = decision.error().code;
        observed.detail = decision.error().detail;
        return observed;
    }
    for (const EntryBody& body : decision->entries) {
        const auto* added = std::get_if<entry::SubjectAdded>(&body);
        if (added == nullptr) continue;
        if (added->kind == HolderKind::device) {
            called_.devices[step.device] = added->subject;
        } else {
            called_.users[step.user] = added->subject;
        }
    }
    note_signals(step);
    last_asked_ = Asked{request, step.product, at, *decision};
    CALM_TRY(write(decision->entries, mark_of(request, *decision)));
    CALM_TRY(prove_rest(*decision, std::max(at, ledger_.time())));
    observed.reason = decision->reason;
    observed.repeated = decision->repeated;
    if (decision->lacks) observed.lacks = ledger_.product(decision->lacks).product.code;
    observed.place = decision->place;
    if (decision->cal) observed.lasts = decision->expires_at - at;
    if (!decision->repeated) tell(step, *decision);
    return observed;
}

Result<ProductId> CoreRunner::product(const std::string& code) const {
    const ProductId id = ledger_.find_product(code);
    if (!id) return fail("product_unknown", fmt::format("no line defines the product `{}`", code));
    return id;
}

// The CAL that would admit this holder to the product: a seat, an over-use CAL, a temporary one.
CalId CoreRunner::held_cal(const Who& who, ProductId product) {
    const Names& names = names_of(who.kind);
    const auto known = names.find(who.name);
    if (known == names.end()) return {};
    const Instant at = now();
    const auto rank = [&](const Cal& cal) {
        if (cal.state == CalState::temporary) return 1;
        if (cal.overuse()) return 2;
        if (cal.lease()) return 3;
        return cal.on_loan() ? 4 : 5;
    };
    const uint32_t family = ledger_.product(product).family;
    CalId best;
    CalId lent;
    const SubjectId holder = ledger_.machine(known->second);
    for (CalId id = ledger_.subject(holder).first; id; id = ledger_.cal(id).next) {
        const Cal& cal = ledger_.cal(id);
        const ProductState& asked = ledger_.product(product);
        const auto version = version_in(ledger_, cal, asked.family);
        if (!cal.live(at) || !version || *version < asked.product.version) continue;
        if (ledger_.is_lent(id, at)) {
            if (!lent || admits_before(ledger_, cal, ledger_.cal(lent), family)) lent = id;
            continue;
        }
        if (!best || rank(cal) > rank(ledger_.cal(best)) ||
            (rank(cal) == rank(ledger_.cal(best)) &&
             admits_before(ledger_, cal, ledger_.cal(best), asked.family))) {
            best = id;
        }
    }
    return best ? best : lent;
}

Result<Observed> CoreRunner::operator()(const Logon& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    return perform(
        decide_validation(ledger_, held_cal({HolderKind::device, step.device}, id), now()));
}

Result<Observed> CoreRunner::operator()(const Release& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    return perform(decide_release(ledger_, held_cal(step.holder, id), step.why, now()));
}

Result<Observed> CoreRunner::operator()(const Revoke& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    return perform(decide_revocation(ledger_, held_cal(step.holder, id), step.why, now()));
}

Result<Observed> CoreRunner::operator()(const Erase& step) {
    Names& names = names_of(step.holder.kind);
    const auto known = names.find(step.holder.name);
    if (known == names.end()) return perform(decide_erasure(ledger_, SubjectId{}));
    auto observed = perform(decide_erasure(ledger_, known->second));
    if (observed && observed->refused.empty()) names.erase(known);
    return observed;
}

Result<Observed> CoreRunner::operator()(const Advance& step) {
    real_ = real_ + step.by;
    boot_.count += step.by.count;
    return Observed{};
}

Result<Observed> CoreRunner::operator()(const SetClock& step) {
    if (!step.accept) {
        lie_ = step.by;
        return Observed{};
    }
    clock_.accept(real_ + lie_, boot_);
    return perform(Entries{entry::ClockAccepted{}});
}

Result<Observed> CoreRunner::operator()(const Restart& step) {
    real_ = real_ + step.after;
    boot_.count += step.after.count;
    const std::string before = state_bytes(ledger_);
    Ledger again;
    if (storage_.reload) {
        CALM_TRY_ASSIGN(const auto log, storage_.reload());
        for (const LedgerEntry& entry : log) {
            if (const auto objection = again.objection(entry))
                return std::unexpected(broken("the stored log meets the objection: " + *objection));
            again.apply(entry);
        }
    } else {
        size_t taken = 0;
        CALM_TRY(again.read_state([&](std::span<uint8_t> into) {
            if (before.size() - taken < into.size()) return false;
            std::memcpy(into.data(), before.data() + taken, into.size());
            taken += into.size();
            return true;
        }));
    }
    if (state_bytes(again) != before)
        return std::unexpected(broken("the restart came back with another state"));
    ledger_ = std::move(again);
    clock_ = TrustedClock(ledger_.time(), real_ + lie_, boot_);
    return Observed{};
}

Result<Observed> CoreRunner::operator()(const Sweep&) {
    constexpr size_t kSlice = 256;
    for (;;) {
        const Entries over = decide_expiries(ledger_, now(), kSlice);
        if (over.empty()) return Observed{};
        CALM_TRY(write(over));
    }
}

Result<Observed> CoreRunner::operator()(const SetServer&) {
    return fail("scenario_unsupported", "`server up` and `server down` need a host to ask");
}

Result<Observed> CoreRunner::operator()(const Count& step) {
    Observed observed;
    observed.count = 0;
    const Instant at = now();
    const bool overdraft = step.what == Count::What::overdraft;
    if (step.what == Count::What::used || overdraft) {
        const auto pack = called_.packs.find(step.name);
        if (pack == called_.packs.end())
            return fail("pack_unknown", fmt::format("no line installs the pack `{}`", step.name));
        const Pack& counted = ledger_.pack(pack->second);
        if (!is_cal_kind(counted.terms.kind)) {
            observed.count = overdraft ? 0 : counted.used;
            return observed;
        }
        for (uint32_t i = 1; i <= ledger_.cal_count(); ++i) {
            const Cal& cal = ledger_.cal(CalId{i});
            if (cal.live(at) && cal.pack == pack->second && cal.overuse() == overdraft &&
                !cal.on_loan()) {
                ++*observed.count;
            }
        }
        return observed;
    }
    CALM_TRY_ASSIGN(const ProductId id, product(step.name));
    if (step.what == Count::What::free) {
        observed.count = free_seats(ledger_, id, step.kind, at);
        return observed;
    }
    if (step.what == Count::What::waiting) {
        observed.count = std::ranges::count_if(line_of(ledger_, at), [&](const InLine& each) {
            return each.waiting.product == id && each.waiting.kind == step.kind;
        });
        return observed;
    }
    if (const auto number = position_number(step.what)) {
        for (const PositionRow& row : position_of(ledger_, at).rows) {
            if (row.product == id && row.kind == step.kind) observed.count = row.*number;
        }
        return observed;
    }
    for (uint32_t i = 1; i <= ledger_.cal_count(); ++i) {
        const Cal& cal = ledger_.cal(CalId{i});
        const bool counts =
            step.what == Count::What::overuse ? cal.overuse() : cal.state == CalState::temporary;
        if (cal.live(at) && counts && cal.product == id) ++*observed.count;
    }
    return observed;
}

Result<Observed> CoreRunner::operator()(const Holds& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    Observed observed;
    observed.holding = Holding{};
    const CalId held = held_cal(step.holder, id);
    if (!held) return observed;
    const Cal& cal = ledger_.cal(held);
    observed.lasts = Instant{cal.expires_at} - now();
    if (cal.state == CalState::temporary) {
        observed.holding->what = Holding::What::temporary;
    } else if (cal.overuse()) {
        observed.holding->what = Holding::What::overuse;
    } else {
        observed.holding->what = cal.on_loan()                  ? Holding::What::loan
                                 : ledger_.is_lent(held, now()) ? Holding::What::lent
                                                                : Holding::What::active;
        for (const auto& [name, pack] : called_.packs) {
            if (pack == cal.pack) observed.holding->pack = name;
        }
    }
    return observed;
}

}  // namespace calm::scenario
