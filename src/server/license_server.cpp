// Deciding, applying, waiting for the disk, and taking back what the disk refused.
#include "server/license_server.h"

#include <algorithm>
#include <future>

#include <sodium.h>

#include "base/assert.h"
#include "core/leases.h"
#include "documents/cal_token.h"
#include "documents/commitment.h"
#include "server/entry_actors.h"

namespace calm {
namespace {

// Settings: decisions rest on them without naming them.
bool is_setting(const EntryBody& body) {
    // What comes and goes with sessions is none; a refusal rests on the whole log anyway.
    const auto* returned = std::get_if<entry::CalReturned>(&body);
    if ((returned != nullptr && returned->why == ReturnReason::ended) ||
        std::holds_alternative<entry::QueueJoined>(body) ||
        std::holds_alternative<entry::QueueLeft>(body)) {
        return false;
    }
    return !stated_cal(body) && !std::holds_alternative<entry::SubjectAdded>(body) &&
           !std::holds_alternative<entry::CalExpired>(body);
}

constexpr uint32_t kUsageTicks = 5;
constexpr uint32_t kUsageAllTicks = 3600;
constexpr size_t kUsageSlice = 512;  // rows: half a millisecond of the writer's
constexpr size_t kExpiriesPerTick = 256;

// What makes two questions the same one.
std::string canonical_text(HostId host, const wire::AdmissionQuestion& question,
                           const std::string& user, const std::string& device) {
    std::string text = std::to_string(host.value);
    text.reserve(text.size() + question.product.size() + user.size() + device.size() +
                 question.station.size() + question.from_server.size() + 24);
    for (const std::string_view part :
         {std::string_view(question.product), std::string_view(user), std::string_view(device),
          std::string_view(question.station), std::string_view(question.from_server),
          name_of(question.workload)}) {
        text += '\n';
        text += part;
    }
    if (question.mode) {
        text += "\nmode ";
        text += name_of(*question.mode);
    }
    if (question.outside) text += "\noutside";
    if (question.wait) text += "\nwait";
    for (const std::string_view signal :
         {std::string_view(question.hardware_id), std::string_view(question.certificate),
          std::string_view(question.device_mark)}) {
        if (signal.empty()) continue;
        text += "\nsignal ";
        text += signal;
    }
    return text;
}

// All but who asks, which the names of the ledger say.
AdmissionRequest request_of(HostId host, const wire::AdmissionQuestion& question,
                            const Places& places) {
    return {.id = question.request_id,
            .host = host,
            .product = question.product,
            .host_service = question.host_service,
            .administration = question.administration,
            .administrators_now = question.administrators_now,
            .from_server = places.from_server,
            .workload = question.workload,
            .station = places.station,
            .at_station = !question.station.empty(),
            .outside = question.outside,
            .wait = question.wait,
            .looks_like = places.looks_like,
            .mode = question.mode};
}

}  // namespace

LicenseServer::LicenseServer(OpenedLedger opened, ClockSource clock, Post post)
    : ledger_(std::move(opened.ledger)),
      names_(std::move(opened.names)),
      node_(std::move(opened.node)),
      clock_source_(std::move(clock)),
      clock_(ledger_.time(), clock_source_().wall, clock_source_().boot),
      post_(std::move(post)),
      durable_(ledger_.size()) {
    writer_ = std::make_unique<LogWriter>(std::move(opened.journal), std::move(opened.frontier),
                                          node_, ledger_.epoch(), [this](CommitReport report) {
                                              // The loop runs functions that can be copied; a
                                              // report is moved through a shared box.
                                              auto box =
                                                  std::make_shared<CommitReport>(std::move(report));
                                              post_([this, box] { on_report(std::move(*box)); });
                                          });
}

LicenseServer::~LicenseServer() = default;

TrustedClock::Reading LicenseServer::read_clock() {
    const ClockValues values = clock_source_();
    return clock_.read(values.wall, values.boot);
}

Instant LicenseServer::now() {
    return std::max(read_clock().now, ledger_.time());
}

uint64_t LicenseServer::chance() {
    if (planned_chance_) return *std::exchange(planned_chance_, std::nullopt);
    if (chances_left_ == 0) {
        randombytes_buf(chances_.data(), sizeof chances_);
        chances_left_ = chances_.size();
    }
    return chances_[--chances_left_];
}

uint64_t LicenseServer::content_hash(std::string_view canonical) const {
    uint64_t out = 0;
    crypto_shorthash(reinterpret_cast<uint8_t*>(&out),
                     reinterpret_cast<const uint8_t*>(canonical.data()), canonical.size(),
                     node_.request_hash_key.data());
    return out;
}

SubjectId LicenseServer::find_subject(HolderKind kind, std::string_view name) const {
    const auto normal = normalised_name(name);
    return normal ? names_.find(kind, *normal) : SubjectId{};
}

Result<Party> LicenseServer::party_of(HolderKind kind, std::string_view name,
                                      std::string& normal) const {
    Party party;
    if (name.empty()) return party;
    CALM_TRY_ASSIGN(normal, normalised_name(name));
    party.subject = names_.find(kind, normal);
    party.presence = party.subject ? Party::Presence::known : Party::Presence::stranger;
    return party;
}

void LicenseServer::admit(HostId host, const wire::AdmissionQuestion& question,
                          const Places& places, Done<wire::AdmissionAnswer> done) {
    AdmissionRequest request = request_of(host, question, places);
    request.chance = chance();
    std::string user;
    std::string device;
    auto user_party = party_of(HolderKind::user, question.user, user);
    // A front end is nobody's device: the count follows whom it passes on (facts rd-licensing 12,
    // "Multiplexing").
    const bool is_front_end = !question.via.empty() && question.device == question.via;
    auto device_party =
        party_of(HolderKind::device, is_front_end ? std::string_view() : question.device, device);
    if (!user_party) return done(std::unexpected(user_party.error()));
    if (!device_party) return done(std::unexpected(device_party.error()));
    request.user = *user_party;
    request.device = *device_party;
    if (request.id) request.content = content_hash(canonical_text(host, question, user, device));
    const Instant at = now();
    request.holds_token =
        !question.held_token.empty() &&
        shows_cal_of_another(question.held_token, question.product, user, device, at);
    auto decision = decide(ledger_, request, at);
    if (!decision) return done(std::unexpected(decision.error()));
    count(*decision, {.at = at,
                      .product = question.product,
                      .reason = decision->reason,
                      .host = host,
                      .user = user,
                      .device = device,
                      .station = question.station});
    SubjectId user_subject = request.user.subject;
    SubjectId device_subject = ledger_.machine(request.device.subject);
    const ProductId product = ledger_.find_product(question.product);
    if (decision->entries.empty()) {
        if (decision->verdict() == Verdict::allow) {
            usage_.count(at, user_subject, device_subject, product, host);
        }
        return settle_answer(std::move(*decision), host, product, std::move(done));
    }

    Extras extras;
    const auto mark = mark_of(request, *decision);
    name_newcomers(decision->entries, user, device, extras);
    for (const store::SubjectName& newcomer : extras.subjects)
        (newcomer.kind == HolderKind::device ? device_subject : user_subject) = newcomer.subject;
    wire::AdmissionAnswer answer{
        .reason = decision->reason, .cal = decision->cal, .expires_at = decision->expires_at};
    answer.place = decision->place;
    if (stopped_) return done(std::unexpected(*stopped_));
    // A newcomer's token is made from the batch itself; anybody else's is fetched (token_desk.h).
    const CalStatement* given = stated_cal(decision->entries.back());
    if (question.want_token && !extras.subjects.empty() && given != nullptr) {
        const PackId pack = given->pack;
        extras.token = std::make_unique<WriteJob::TokenWish>();
        extras.token->holder = extras.subjects.back();
        if (pack && pack_document_) extras.token->key_pack = pack_document_(pack);
    }
    write(std::move(decision->entries), mark, std::move(extras), at,
          [this, answer = std::move(answer), done = std::move(done), at, user_subject,
           device_subject, product, host](Result<Committed> written) mutable {
              if (!written) return done(std::unexpected(written.error()));
              // Only now is a newcomer's number certainly its own.
              if (allows(answer.reason))
                  usage_.count(at, user_subject, device_subject, product, host);
              say_when_to_ask(answer, host, product);
              answer.token = std::move(written->token);
              done(std::move(answer));
          });
}

// Whoever waits in line is not turned away, and an answer given twice is one refusal.
void LicenseServer::count(const Decision& decision, const RefusedAttempt& attempt) {
    const bool allowed = decision.verdict() == Verdict::allow;
    ++(allowed ? counters_.allowed : counters_.denied);
    if (allowed || decision.repeated || decision.reason == Reason::seat_queued) return;
    if (on_refusal_) on_refusal_(attempt);
}

// A CAL token of another license server counts when a vendor that is trusted here stands behind it
// and it is the holder's own (design.md 6). A token of this ledger says less than the ledger
// itself.
bool LicenseServer::shows_cal_of_another(std::string_view token, std::string_view product,
                                         std::string_view user, std::string_view device,
                                         Instant at) const {
    std::vector<PublicKey> vendors;
    for (const KeyBytes& key : ledger_.vendors())
        vendors.push_back({key});
    CalTokenVerifier verifier({.vendors = std::move(vendors), .ledgers = {}});
    const auto trusted = verifier.verify(token, at);
    const ProductId asked = ledger_.find_product(product);
    if (!trusted || !trusted->pack || !asked ||
        trusted->head.identity == node_.identity.public_key()) {
        return false;
    }
    const Product& wanted = ledger_.product(asked).product;
    const std::string_view holder = trusted->cal.holder_kind == HolderKind::device ? device : user;
    return trusted->cal.holder == holder && trusted->pack->product.family == wanted.family &&
           trusted->pack->product.version >= wanted.version;
}

// An answer that wrote nothing leaves at once if what it rests on is on disk.
void LicenseServer::settle_answer(Decision decision, HostId host, ProductId product,
                                  Done<wire::AdmissionAnswer> done) {
    wire::AdmissionAnswer answer{.reason = decision.reason,
                                 .cal = decision.cal,
                                 .expires_at = decision.expires_at,
                                 .repeated = decision.repeated};
    answer.place = decision.place;
    say_when_to_ask(answer, host, product);
    if (decision.lacks) answer.lacks = ledger_.product(decision.lacks).product.code;
    const uint64_t rests_on = std::max(decision.rests_on, barrier_);
    if (rests_on <= durable_) {
        ++counters_.from_memory;
        return done(std::move(answer));
    }
    when_durable(rests_on, [answer = std::move(answer),
                            done = std::move(done)](Result<Committed> written) mutable {
        if (!written) return done(std::unexpected(written.error()));
        done(std::move(answer));
    });
}

void LicenseServer::say_when_to_ask(wire::AdmissionAnswer& answer, HostId host, ProductId product) {
    if (!answer.cal || !product) return;
    answer.ask_again_at =
        ask_again_at(ledger_, answer.cal, host, product, now()).value_or(Instant{});
}

// A stranger who becomes a subject gets a salt, a commitment in the log and a name in the records.
void LicenseServer::name_newcomers(Entries& entries, const std::string& user,
                                   const std::string& device, Extras& extras) {
    for (EntryBody& body : entries) {
        auto* added = std::get_if<entry::SubjectAdded>(&body);
        if (added == nullptr) continue;
        store::SubjectName name{.subject = added->subject,
                                .kind = added->kind,
                                .name = added->kind == HolderKind::device ? device : user};
        const std::array<uint64_t, 2> salt{chance(), chance()};
        static_assert(sizeof salt == sizeof name.salt);
        std::memcpy(name.salt.data(), salt.data(), sizeof salt);
        added->commitment = commitment_to(name.salt, name.kind, name.name);
        extras.subjects.push_back(std::move(name));
    }
}

void LicenseServer::reassert(Reassertion told, std::string_view holder, Done<bool> done) {
    std::string name;
    if (told.holder_kind != HolderKind::station) {
        auto party = party_of(told.holder_kind, holder, name);
        if (!party) return done(std::unexpected(party.error()));
        told.holder = *party;
    }
    auto entries = decide_reassertion(ledger_, told, now());
    const bool gives = entries && !entries->empty();
    Extras extras;
    if (gives) name_newcomers(*entries, name, name, extras);
    change(std::move(entries), std::move(extras),
           [gives, done = std::move(done)](Result<Committed> written) mutable {
               if (!written) return done(std::unexpected(written.error()));
               done(gives);
           });
}

void LicenseServer::end(HostId host, const wire::SessionEnd& session, SubjectId station,
                        Done<Committed> done) {
    ++counters_.sessions_ended;
    if (session.others) return done(Committed{});
    SessionOver over{.host = host,
                     .product = ledger_.find_product(session.product),
                     .user = {},
                     .device = {},
                     .station = station};
    if (session.station.empty()) {
        over.user = find_subject(HolderKind::user, session.user);
        over.device = find_subject(HolderKind::device, session.device);
    }
    auto entries = decide_session_end(ledger_, over, now());
    // Nothing to free: it was counted, and nobody waits for that.
    if (entries && entries->empty()) return done(Committed{});
    change(std::move(entries), {}, std::move(done));
}

void LicenseServer::count_offline(HostId host,
                                  const std::vector<wire::OfflineDecision>& decisions) {
    const Instant at = now();
    for (const wire::OfflineDecision& each : decisions) {
        ++counters_.offline;
        const ProductId product = ledger_.find_product(each.product);
        if (each.at > at) continue;
        if (!allows(each.reason)) {
            tell_of_refusal(host, each);
            continue;
        }
        if (!product) continue;
        usage_.count(each.at, find_subject(HolderKind::user, each.user),
                     find_subject(HolderKind::device, each.device), product, host);
    }
}

void LicenseServer::tell_of_refusal(HostId host, const wire::OfflineDecision& decision) {
    if (!on_refusal_ || !host) return;
    const auto normal = [](const std::string& name) {
        return name.empty() ? Result<std::string>(std::string()) : normalised_name(name);
    };
    const auto user = normal(decision.user);
    const auto device = normal(decision.device);
    if (!user || !device) return;
    on_refusal_({.at = decision.at,
                 .product = decision.product,
                 .reason = decision.reason,
                 .host = host,
                 .user = *user,
                 .device = *device,
                 .offline = true});
}

void LicenseServer::change(Result<Entries> entries, Extras extras, Done<Committed> done,
                           std::optional<RequestMark> mark) {
    if (!entries) return done(std::unexpected(entries.error()));
    if (stopped_ && !entries->empty()) return done(std::unexpected(*stopped_));
    const bool nothing = entries->empty() && extras.puts.empty() && extras.erases.empty() &&
                         extras.erased_subjects.empty();
    // Nothing to write; but what makes it so may still be on its way to the disk.
    if (nothing) return when_durable(ledger_.size(), std::move(done));
    for (size_t i = 0; i < entries->size() && !actor_.empty(); ++i)
        extras.puts.push_back(actor_record(ledger_.size() + i, actor_));
    write(std::move(*entries), mark, std::move(extras), now(), std::move(done));
}

void LicenseServer::keep(std::vector<store::Record> puts, std::vector<store::RecordKey> erases,
                         Done<Committed> done) {
    Extras extras;
    extras.puts = std::move(puts);
    extras.erases = std::move(erases);
    change(Entries{}, std::move(extras), std::move(done));
}

void LicenseServer::accept_clock(Done<Committed> done) {
    const ClockValues values = clock_source_();
    clock_.accept(values.wall, values.boot);
    change(Entries{entry::ClockAccepted{}}, {}, std::move(done));
}

void LicenseServer::write(Entries entries, std::optional<RequestMark> mark, Extras extras,
                          Instant at, Done<Committed> done) {
    WriteJob job{.ticket = next_ticket_++};
    for (const store::SubjectName& each : extras.subjects) {
        names_.add(each.subject, each.kind, each.name);
    }
    for (const SubjectId erased : extras.erased_subjects) {
        erased_.push_back({.subject = erased,
                           .kind = ledger_.subject(erased).kind,
                           .name = std::string(names_.name(erased))});
        names_.erase(erased);
    }
    job.subjects = std::move(extras.subjects);
    job.erased_subjects = std::move(extras.erased_subjects);
    job.puts = std::move(extras.puts);
    job.erases = std::move(extras.erases);
    job.token = std::move(extras.token);
    job.entries.reserve(entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
        LedgerEntry entry{.sequence = ledger_.size(), .at = at, .body = std::move(entries[i])};
        if (i + 1 == entries.size()) entry.request = mark;
        undos_.push_back(ledger_.apply(entry));
        if (is_setting(entry.body)) barrier_ = ledger_.size();
        job.entries.push_back(std::move(entry));
    }
    pending_.push_back({.rests_on = ledger_.size(), .ticket = job.ticket, .done = std::move(done)});
    outbox_.push_back(std::move(job));
    if (handover_posted_) return;
    handover_posted_ = true;
    post_([this] { hand_over(); });
}

void LicenseServer::hand_over() {
    handover_posted_ = false;
    if (!outbox_.empty()) writer_->push(std::exchange(outbox_, {}));
}

void LicenseServer::when_durable(uint64_t rests_on, Done<Committed> done) {
    if (rests_on <= durable_) return done(Committed{});
    pending_.push_back({.rests_on = rests_on, .ticket = 0, .done = std::move(done)});
}

void LicenseServer::on_report(CommitReport report) {
    CALM_ASSERT(report.durable >= durable_ && report.durable <= ledger_.size());
    undos_.erase(undos_.begin(),
                 undos_.begin() + static_cast<ptrdiff_t>(report.durable - durable_));
    durable_ = report.durable;
    if (report.failure) return take_back(*report.failure);
    if (undos_.empty()) erased_.clear();
    ++counters_.commits;
    if (usage_ticket_ != 0 && usage_ticket_ <= report.last_ticket) write_usage();
    auto token = report.tokens.begin();
    while (!pending_.empty() && pending_.front().rests_on <= durable_ &&
           (pending_.front().ticket == 0 || pending_.front().ticket <= report.last_ticket)) {
        Pending pending = std::move(pending_.front());
        pending_.pop_front();
        Committed committed{.first = pending.rests_on};
        if (token != report.tokens.end() && token->ticket == pending.ticket) {
            committed.token = std::move(token->token);
            ++token;
        }
        pending.done(std::move(committed));
    }
}

// The disk refused a batch: it and everything decided after it never happened.
void LicenseServer::take_back(const Error& why) {
    ++counters_.failures;
    while (!undos_.empty()) {
        ledger_.undo(undos_.back());
        undos_.pop_back();
    }
    CALM_ASSERT(ledger_.size() == durable_);
    names_.shrink(static_cast<uint32_t>(ledger_.subject_count()));
    for (const store::SubjectName& each : std::exchange(erased_, {})) {
        if (!ledger_.subject(each.subject).erased) {
            names_.restore(each.subject, each.kind, each.name);
        }
    }
    barrier_ = std::min(barrier_, durable_);
    outbox_.clear();
    usage_ticket_ = 0;  // the slice is lost: usage is counted, not promised
    writer_->resume();
    // An answer may ask again at once, so the list is emptied first.
    for (Pending& pending : std::exchange(pending_, {}))
        pending.done(std::unexpected(why));
}

void LicenseServer::tick() {
    const Instant at = now();
    if (!stopped_) {
        Entries over = decide_expiries(ledger_, at, kExpiriesPerTick);
        if (!over.empty()) write(std::move(over), {}, {}, at, [](const Result<Committed>&) {});
    }
    ++ticks_;
    if (ticks_ % kUsageAllTicks == 0 || usage_.full()) {
        take_usage(usage_.take_all());
    } else if (ticks_ % kUsageTicks == 0) {
        take_usage(usage_.take_fresh());
    }
    if (usage_ticket_ == 0) write_usage();
    if (pending_.empty() && undos_.empty()) ledger_.forget_old_requests();
}

void LicenseServer::take_usage(const std::vector<store::UsageRow>& rows) {
    usage_due_.insert(usage_due_.end(), rows.begin(), rows.end());
}

// One slice; its commit brings on the next (on_report). After a morning in which everybody came
// there are hundreds of thousands of rows, and written at once they would hold up all who wait for
// a CAL.
void LicenseServer::write_usage() {
    usage_ticket_ = 0;
    if (usage_due_.empty()) return;
    WriteJob job{.ticket = next_ticket_++};
    const size_t kept = usage_due_.size() - std::min(usage_due_.size(), kUsageSlice);
    job.usage.assign(usage_due_.begin() + static_cast<ptrdiff_t>(kept), usage_due_.end());
    usage_due_.resize(kept);
    usage_ticket_ = job.ticket;
    outbox_.push_back(std::move(job));
    hand_over();
}

void LicenseServer::stop_issuing(Error why) {
    if (!stopped_) stopped_ = std::move(why);
}

void LicenseServer::drain() {
    take_usage(usage_.take_all());
    while (!usage_due_.empty())
        write_usage();
    hand_over();
    writer_->stop();
}

}  // namespace calm
