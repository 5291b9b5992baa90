// ReportShelf: the reports that were made, with their signatures, for the hour in which they are
// fetched. In memory and bounded: a newer report pushes out the oldest. Loop thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace calm {

class ReportShelf {
  public:
    static constexpr size_t kReportsMax = 16;
    static constexpr size_t kBytesMax = 64 * 1024 * 1024;  // of all of them, but for the newest
    static constexpr Seconds kKept = hours(1);

    struct Report {
        std::string id;
        std::string file;
        std::string_view content_type;
        std::string bytes;
        std::string signature;
        Instant until;
    };

    // REQUIRES: an id that is on no other report. The value is valid until the next call.
    const Report& put(Report report, Instant now) {
        report.until = now + kKept;
        bytes_ += report.bytes.size();
        reports_.push_back(std::move(report));
        while (reports_.size() > 1 && (reports_.size() > kReportsMax || bytes_ > kBytesMax))
            drop_oldest();
        drop_old(now);
        return reports_.back();
    }

    // Null: never there, or its hour is over. Valid until the next call.
    const Report* find(std::string_view id, Instant now) {
        drop_old(now);
        for (const Report& report : reports_) {
            if (report.id == id) return &report;
        }
        return nullptr;
    }

    size_t size() const { return reports_.size(); }

  private:
    void drop_oldest() {
        bytes_ -= reports_.front().bytes.size();
        reports_.pop_front();
    }
    void drop_old(Instant now) {
        while (!reports_.empty() && reports_.front().until <= now)
            drop_oldest();
    }

    std::deque<Report> reports_;  // the oldest first
    size_t bytes_ = 0;
};

}  // namespace calm
