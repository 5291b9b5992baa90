// The registry, and its translation to prometheus-cpp's families.
#include "http/metrics.h"

#include <algorithm>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "base/assert.h"

namespace calm::http {
namespace {

bool is_metric_name(std::string_view name) {
    return name.starts_with("calm_") && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
    CALM_ASSERT(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
    const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    ++counts_[static_cast<size_t>(bound - bounds_.begin())];
    sum_ += value;
}

std::vector<double> latency_bounds() {
    return {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
            0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   5};
}

struct Metrics::Family {
    struct Member {
        Labels labels;
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Gauge> gauge;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> read;
    };

    std::string name;
    std::string help;
    prometheus::MetricType type;
    std::vector<std::unique_ptr<Member>> members;

    Member& member(Labels labels) {
        for (const auto& member : members) {
            if (member->labels == labels) return *member;
        }
        members.push_back(std::make_unique<Member>());
        members.back()->labels = std::move(labels);
        return *members.back();
    }

    static prometheus::ClientMetric collect(const Member& member) {
        prometheus::ClientMetric metric;
        for (const auto& [name, value] : member.labels)
            metric.label.push_back({name, value});
        if (member.counter) metric.counter.value = static_cast<double>(member.counter->value());
        if (member.gauge) metric.gauge.value = member.gauge->value();
        if (member.read) metric.gauge.value = member.read();
        if (member.histogram) {
            const Histogram& histogram = *member.histogram;
            uint64_t total = 0;
            for (size_t i = 0; i < histogram.counts().size(); ++i) {
                total += histogram.counts()[i];
                // The text needs the bucket of +Inf too; the serializer adds it from the count.
                if (i < histogram.bounds().size()) {
                    metric.histogram.bucket.push_back({total, histogram.bounds()[i]});
                }
            }
            metric.histogram.sample_count = total;
            metric.histogram.sample_sum = histogram.sum();
        }
        return metric;
    }
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, int kind) {
    const auto type = static_cast<prometheus::MetricType>(kind);
    for (const auto& family : families_) {
        if (family->name != name) continue;
        CALM_ASSERT(family->type == type && family->help == help);
        return *family;
    }
    CALM_ASSERT(is_metric_name(name) && !help.empty());
    CALM_ASSERT((type == prometheus::MetricType::Counter) == name.ends_with("_total"));
    families_.push_back(
        std::make_unique<Family>(Family{std::string(name), std::string(help), type, {}}));
    return *families_.back();
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    auto& member = family(name, help, static_cast<int>(prometheus::MetricType::Counter))
                       .member(std::move(labels));
    if (!member.counter) member.counter = std::make_unique<Counter>();
    return *member.counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
    auto& member = family(name, help, static_cast<int>(prometheus::MetricType::Gauge))
                       .member(std::move(labels));
    if (!member.gauge) member.gauge = std::make_unique<Gauge>();
    return *member.gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, Labels labels,
                              std::vector<double> bounds) {
    auto& member = family(name, help, static_cast<int>(prometheus::MetricType::Histogram))
                       .member(std::move(labels));
    if (!member.histogram) member.histogram = std::make_unique<Histogram>(std::move(bounds));
    return *member.histogram;
}

void Metrics::gauge_from(std::string_view name, std::string_view help, std::function<double()> read,
                         Labels labels) {
    family(name, help, static_cast<int>(prometheus::MetricType::Gauge))
        .member(std::move(labels))
        .read = std::move(read);
}

std::string Metrics::text() const {
    std::vector<prometheus::MetricFamily> collected;
    collected.reserve(families_.size());
    for (const auto& family : families_) {
        prometheus::MetricFamily out;
        out.name = family->name;
        out.help = family->help;
        out.type = family->type;
        for (const auto& member : family->members)
            out.metric.push_back(Family::collect(*member));
        collected.push_back(std::move(out));
    }
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, collected);
    return std::move(text).str();
}

}  // namespace calm::http
