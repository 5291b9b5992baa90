// Sweeps, records, messages.
#include "server/alert_desk.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <sodium.h>
#include <spdlog/spdlog.h>

#include "server/settings.h"

namespace calm {
namespace {

constexpr uint32_t kTicksMin = 5;   // between two sweeps, when something changed
constexpr uint32_t kTicksMax = 60;  // when nothing did
constexpr auto kSlice = std::chrono::milliseconds(1);
constexpr size_t kThings = 256;   // of the ledger, at a time: some 15 µs
constexpr size_t kWarnings = 64;  // some 50 µs
constexpr size_t kRecords = 512;  // in one write

std::string new_message_id() {
    std::array<uint8_t, 12> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return to_hex(bytes);
}

}  // namespace

Result<AlertRecords> AlertRecords::read(store::JournalReader& reader) {
    CALM_TRY_ASSIGN(AlertBook book, AlertBook::read(reader));
    CALM_TRY_ASSIGN(PoolHistory history, PoolHistory::read(reader));
    return AlertRecords{.book = std::move(book), .history = std::move(history)};
}

AlertDesk::AlertDesk(LicenseServer& server, const Directory& directory, AlertRecords records,
                     const Settings& settings, std::vector<Receiver> receivers)
    : server_(server),
      directory_(directory),
      book_(std::move(records.book)),
      history_(std::move(records.history)),
      terms_(settings.warnings),
      language_(settings.alert_language == "fr" ? Language::fr : Language::en) {
    sender_ = std::make_unique<AlertSender>(std::move(receivers), [this](DeliveryReport report) {
        const std::lock_guard lock(reports_mutex_);
        reports_.push_back(std::move(report));
        if (reports_.size() == 1) server_.post([this] { take_reports(); });
    });
    resume();
}

// What was to be told before the server ended.
void AlertDesk::resume() {
    std::map<std::pair<std::string, std::string>, std::vector<uint32_t>> waiting;
    std::vector<std::pair<uint32_t, Delivery>> gone;
    for (const auto& [id, alert] : book_.alerts()) {
        for (const Delivery& each : alert.deliveries) {
            if (each.state != DeliveryState::pending) continue;
            if (sender_->has(each.receiver)) {
                waiting[{each.message, each.receiver}].push_back(id);
            } else {
                gone.emplace_back(id, each);
            }
        }
    }
    for (auto& [id, delivery] : gone) {
        delivery.state = DeliveryState::failed;
        delivery.why = "it is no receiver any more";
        book_.note_delivery(id, delivery);
    }
    for (auto& [key, alerts] : waiting)
        unsent_.push_back({.id = key.first, .receiver = key.second, .alerts = std::move(alerts)});
}

bool AlertDesk::due() const {
    if (ticks_ < kTicksMin) return false;
    return !ever_swept_ || ticks_ >= kTicksMax || server_.ledger().size() != swept_size_ ||
           server_.read_clock().state != swept_clock_;
}

void AlertDesk::tick() {
    ++ticks_;
    if (phase_ == Phase::idle && !stopped_ && due()) begin();
}

void AlertDesk::begin() {
    ever_swept_ = true;
    ticks_ = 0;
    swept_size_ = server_.ledger().size();
    swept_clock_ = server_.read_clock().state;
    sweep_.emplace(terms_);
    book_.begin_sweep();
    phase_ = Phase::looking;
    run_slice();
}

void AlertDesk::run_slice() {
    if (stopped_) return;
    const auto deadline = std::chrono::steady_clock::now() + kSlice;
    do {
        if (step()) return finish();
    } while (std::chrono::steady_clock::now() < deadline);
    server_.post([this] { run_slice(); });
}

bool AlertDesk::step() {
    const Instant now = server_.now();
    switch (phase_) {
        case Phase::idle: return true;
        case Phase::looking:
            if (!sweep_->step(server_.ledger(), now, kThings)) return false;
            found_ = sweep_->found();
            if (const auto clock = clock_warning(server_.read_clock())) found_.push_back(*clock);
            if (certificate_until_) {
                if (const auto end = certificate_warning(terms_, *certificate_until_, now))
                    found_.push_back(*end);
            }
            kept_ = 0;
            phase_ = Phase::keeping;
            return false;
        case Phase::keeping:
            for (size_t i = 0; i < kWarnings && kept_ < found_.size(); ++i)
                book_.see(found_[kept_++], now);
            if (kept_ == found_.size()) phase_ = Phase::resolving;
            return false;
        case Phase::resolving: return book_.resolve_unseen(now, kThings);
    }
    return true;
}

void AlertDesk::finish() {
    phase_ = Phase::idle;
    // A look-alike ends when somebody has decided.
    for (const Doubt& each : server_.ledger().doubts()) {
        if (server_.ledger().is_doubted(each.device)) continue;
        book_.end(
            {.kind = WarningKind::look_alike, .about = each.device.value, .part = each.like.value},
            server_.now());
    }
    auto samples = history_.take(sweep_->pools(), server_.now());
    sweep_.reset();
    found_.clear();
    if (!samples.empty()) {
        // A sample that the disk refuses is one day of a forecast: not worth an error.
        server_.keep(std::move(samples), {}, [](const Result<Committed>&) {});
    }
    announce(book_.take_raised());
    flush();
}

// One message a sweep and receiver, whatever was raised.
void AlertDesk::announce(const std::vector<uint32_t>& raised) {
    if (raised.empty()) return;
    const std::string id = new_message_id();
    std::vector<Delivery> deliveries;
    for (const std::string& receiver : sender_->receivers()) {
        deliveries.push_back({.receiver = receiver, .message = id});
        unsent_.push_back({.id = id, .receiver = receiver, .alerts = raised});
    }
    for (const uint32_t alert : raised) {
        book_.begin_deliveries(alert, deliveries);
        spdlog::warn("alert {}: {}", alert,
                     alert_sentence(language_, book_.alert(alert)->warning, names()));
    }
}

// Writes what changed, a slice after the other, and then sends what is on disk.
void AlertDesk::flush() {
    if (flushing_ || stopped_) return;
    const std::vector<uint32_t> dirty = book_.take_dirty(kRecords);
    if (dirty.empty()) return hand_over();
    flushing_ = true;
    keep(dirty, [this, dirty](const Result<Committed>& done) {
        flushing_ = false;
        if (done) return flush();
        // The next sweep tries again; nobody is told of what is not on disk.
        for (const uint32_t id : dirty)
            book_.mark_dirty(id);
    });
}

void AlertDesk::keep(const std::vector<uint32_t>& alerts, Done<Committed> done) {
    std::vector<store::Record> puts;
    std::vector<store::RecordKey> erases;
    for (const uint32_t id : alerts) {
        if (const Alert* alert = book_.alert(id)) {
            puts.push_back(record_of(*alert));
        } else {
            erases.push_back({std::string(kAlertTable), alert_record_key(id)});
        }
    }
    server_.keep(std::move(puts), std::move(erases), std::move(done));
}

void AlertDesk::hand_over() {
    for (Unsent& each : std::exchange(unsent_, {})) {
        std::vector<const Alert*> alerts;
        for (const uint32_t id : each.alerts) {
            if (const Alert* alert = book_.alert(id)) alerts.push_back(alert);
        }
        if (alerts.empty()) continue;
        AlertWords words = alert_words(language_, each.id, server_.node().ledger_id, alerts,
                                       names(), server_.now());
        in_flight_[{each.id, each.receiver}] = std::move(each.alerts);
        sender_->send(each.receiver,
                      {.id = each.id,
                       .subject = std::move(words.subject),
                       .text = std::move(words.text),
                       .json = std::move(words.json)},
                      false);
    }
}

void AlertDesk::take_reports() {
    std::vector<DeliveryReport> reports;
    {
        const std::lock_guard lock(reports_mutex_);
        reports.swap(reports_);
    }
    for (DeliveryReport& each : reports)
        on_report(std::move(each));
    flush();
}

void AlertDesk::on_report(DeliveryReport report) {
    if (const auto test = tests_.find(report.message); test != tests_.end()) {
        test->second.reports.push_back(std::move(report));
        if (test->second.reports.size() < sender_->receivers().size()) return;
        Test whole = std::move(test->second);
        tests_.erase(test);
        return whole.done(std::move(whole.reports));
    }
    const auto found = in_flight_.find({report.message, report.receiver});
    if (found == in_flight_.end()) return;
    if (!report.sent) spdlog::warn("{} was not told of an alert: {}", report.receiver, report.why);
    const Delivery outcome{.receiver = report.receiver,
                           .message = report.message,
                           .state = report.sent   ? DeliveryState::sent
                                    : report.last ? DeliveryState::failed
                                                  : DeliveryState::pending,
                           .tries = report.tries,
                           .at = server_.now(),
                           .why = std::move(report.why)};
    for (const uint32_t id : found->second)
        book_.note_delivery(id, outcome);
    if (report.last) in_flight_.erase(found);
}

void AlertDesk::acknowledge(uint32_t id, std::string account, Done<Committed> done) {
    const Alert* const alert = book_.alert(id);
    if (alert == nullptr) {
        return done(fail("alert_unknown", "there is no alert `" + std::to_string(id) + "`"));
    }
    if (alert->state == AlertState::resolved) {
        return done(fail("alert_resolved", "what it warned of is over"));
    }
    book_.acknowledge(id, std::move(account), server_.now());
    keep({id}, std::move(done));
}

void AlertDesk::test(Done<std::vector<DeliveryReport>> done) {
    if (sender_->receivers().empty()) {
        return done(fail("no_receivers", "neither `mail` nor `webhook` is set"));
    }
    const std::string id = new_message_id();
    AlertWords words = test_words(language_, id, server_.node().ledger_id, server_.now());
    tests_[id] = {.reports = {}, .done = std::move(done)};
    for (const std::string& receiver : sender_->receivers()) {
        sender_->send(receiver,
                      {.id = id, .subject = words.subject, .text = words.text, .json = words.json},
                      true);
    }
}

std::vector<PoolForecast> AlertDesk::forecasts(ProductId product) {
    const Instant now = server_.now();
    std::vector<PoolForecast> out;
    for (const auto& [key, seats] : pools_of(server_.ledger(), now)) {
        if (product && key.first != product) continue;
        out.push_back(
            {key, forecast(history_.of(key), seats, seat_changes(server_.ledger(), key, now), now,
                           kForecastWindowDays)});
    }
    return out;
}

void AlertDesk::stop() {
    stopped_ = true;
    sender_->stop();
    take_reports();
    tests_.clear();
    for (auto dirty = book_.take_dirty(kRecords); !dirty.empty();
         dirty = book_.take_dirty(kRecords))
        keep(dirty, [](const Result<Committed>&) {});
}

}  // namespace calm
