// AlertDesk: looks at the ledger, the clock and the certificate again and again, in slices of at
// most a millisecond of the loop, keeps alerts of what it finds, and has the receivers told. What
// it tells is on disk before it is sent, so nothing is told twice after a restart; what was not
// sent by then is sent after it. Loop thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/alert_book.h"
#include "server/alert_sender.h"
#include "server/alert_text.h"
#include "server/license_server.h"
#include "server/pool_history.h"

namespace calm {

struct Settings;

// What the desk finds on disk.
struct AlertRecords {
    AlertBook book;
    PoolHistory history;

    // Errors: those of the reader, `database_damaged`.
    static Result<AlertRecords> read(store::JournalReader& reader);
};

struct PoolForecast {
    PoolKey pool;
    Forecast forecast;
};

inline constexpr uint32_t kForecastWindowDays = 90;

class AlertDesk {
  public:
    // `server` and `directory` outlive it.
    AlertDesk(LicenseServer& server, const Directory& directory, AlertRecords records,
              const Settings& settings, std::vector<Receiver> receivers);

    // Of the TLS certificate that is served.
    void set_certificate_end(Instant until) { certificate_until_ = until; }

    // Once a second.
    void tick();

    const AlertBook& book() const { return book_; }
    AlertNames names() const { return {server_.ledger(), directory_, server_.names()}; }

    // Somebody has seen it: it stays quiet until it becomes more urgent. One that is acknowledged
    // already stays as it is. Errors: `alert_unknown`, `alert_resolved`, those of a write.
    void acknowledge(uint32_t id, std::string account, Done<Committed> done);

    // Sends each receiver a message, once, and says what became of each. Errors: `no_receivers`.
    void test(Done<std::vector<DeliveryReport>> done);

    // The pools as they were seen last, with the day on which each runs out; all of them, or those
    // of a product.
    std::vector<PoolForecast> forecasts(ProductId product);

    // Ends the receivers' threads, and hands what became of their messages to the writer. What was
    // not sent is sent after the next start.
    void stop();

  private:
    enum class Phase { idle, looking, keeping, resolving };

    // A message that is on disk as pending, or will be, and not yet handed over.
    struct Unsent {
        std::string id;
        std::string receiver;
        std::vector<uint32_t> alerts;
    };
    struct Test {
        std::vector<DeliveryReport> reports;
        Done<std::vector<DeliveryReport>> done;
    };

    bool due() const;
    void begin();
    void run_slice();
    bool step();  // true: the sweep is over
    void finish();
    void announce(const std::vector<uint32_t>& raised);
    void resume();
    void flush();
    void hand_over();
    void take_reports();
    void on_report(DeliveryReport report);
    void keep(const std::vector<uint32_t>& alerts, Done<Committed> done);

    LicenseServer& server_;
    const Directory& directory_;
    AlertBook book_;
    PoolHistory history_;
    WarningTerms terms_;
    Language language_;
    std::optional<Instant> certificate_until_;

    Phase phase_ = Phase::idle;
    std::optional<WarningSweep> sweep_;
    std::vector<Warning> found_;
    size_t kept_ = 0;  // of found_
    uint64_t swept_size_ = 0;
    TrustedClock::State swept_clock_ = TrustedClock::State::agrees;
    uint32_t ticks_ = 0;  // since the last sweep began
    bool ever_swept_ = false;

    bool flushing_ = false;
    bool stopped_ = false;
    std::vector<Unsent> unsent_;
    std::map<std::pair<std::string, std::string>, std::vector<uint32_t>> in_flight_;
    std::map<std::string, Test> tests_;  // by the id of their message
    std::mutex reports_mutex_;
    std::vector<DeliveryReport> reports_;  // not yet looked at
    std::unique_ptr<AlertSender> sender_;  // last: its threads report to the above
};

}  // namespace calm
