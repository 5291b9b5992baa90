// Numbers for Prometheus. Counting is a plain addition on the loop thread; prometheus-cpp only
// writes the text when somebody asks for it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calm::http {

// Loop thread only, as everything here.
class Counter {
  public:
    void add(uint64_t n = 1) { value_ += n; }
    uint64_t value() const { return value_; }

  private:
    uint64_t value_ = 0;
};

class Gauge {
  public:
    void set(double value) { value_ = value; }
    double value() const { return value_; }

  private:
    double value_ = 0;
};

class Histogram {
  public:
    // REQUIRES: `bounds` ascend.
    explicit Histogram(std::vector<double> bounds);
    void observe(double value);

    const std::vector<double>& bounds() const { return bounds_; }
    const std::vector<uint64_t>& counts() const {
        return counts_;
    }  // one more than bounds; not summed up
    double sum() const { return sum_; }

  private:
    std::vector<double> bounds_;
    std::vector<uint64_t> counts_;
    double sum_ = 0;
};

// Label values are of a small fixed set: never a user, a device, an address or any other text from
// outside (rule R19).
using Labels = std::vector<std::pair<std::string, std::string>>;

// Seconds, from 50 µs to 5 s.
std::vector<double> latency_bounds();

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // A reference stays valid as long as this. The same name and labels give the same one.
    // REQUIRES: names are `calm_…` in snake_case with the unit last, counters end in `_total`; one
    // name has one kind and one help text.
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {},
                         std::vector<double> bounds = latency_bounds());

    // A gauge that is read when the text is made.
    void gauge_from(std::string_view name, std::string_view help, std::function<double()> read,
                    Labels labels = {});

    // The text exposition format 0.0.4.
    std::string text() const;

  private:
    struct Family;
    Family& family(std::string_view name, std::string_view help, int kind);
    std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace calm::http
