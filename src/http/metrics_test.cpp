// The text that Prometheus reads.
#include "http/metrics.h"

#include <gtest/gtest.h>

namespace calm::http {
namespace {

TEST(Metrics, counters_gauges_and_histograms_are_written_as_prometheus_reads_them) {
    Metrics metrics;
    Counter& admitted =
        metrics.counter("calm_admissions_total", "Admissions asked for.", {{"verdict", "allow"}});
    metrics.counter("calm_admissions_total", "Admissions asked for.", {{"verdict", "deny"}}).add(2);
    admitted.add();
    admitted.add(4);
    metrics.gauge("calm_seats", "Seats of packs.").set(1.5);
    double hosts = 3;
    metrics.gauge_from("calm_hosts", "Hosts enrolled.", [&] { return hosts; });
    Histogram& commit =
        metrics.histogram("calm_commit_duration_seconds", "A commit.", {}, {0.1, 1});
    commit.observe(0.05);
    commit.observe(0.1);  // a bound belongs to its bucket
    commit.observe(5);
    const std::string text = metrics.text();
    for (const char* line :
         {"# HELP calm_admissions_total Admissions asked for.",
          "# TYPE calm_admissions_total counter", "calm_admissions_total{verdict=\"allow\"} 5",
          "calm_admissions_total{verdict=\"deny\"} 2", "# TYPE calm_seats gauge", "calm_seats 1.5",
          "calm_hosts 3", "# TYPE calm_commit_duration_seconds histogram",
          "calm_commit_duration_seconds_bucket{le=\"0.1\"} 2",
          "calm_commit_duration_seconds_bucket{le=\"1\"} 2",
          "calm_commit_duration_seconds_bucket{le=\"+Inf\"} 3",
          "calm_commit_duration_seconds_count 3"}) {
        EXPECT_NE(("\n" + text).find("\n" + std::string(line) + "\n"), std::string::npos)
            << line << "\nis missing in\n"
            << text;
    }
    hosts = 4;
    EXPECT_NE(metrics.text().find("calm_hosts 4"), std::string::npos);
}

TEST(Metrics, the_same_name_and_labels_are_the_same_counter) {
    Metrics metrics;
    Counter& one = metrics.counter("calm_x_total", "X.", {{"a", "b"}});
    EXPECT_EQ(&one, &metrics.counter("calm_x_total", "X.", {{"a", "b"}}));
    EXPECT_NE(&one, &metrics.counter("calm_x_total", "X.", {{"a", "c"}}));
}

TEST(Metrics, names_are_ours_and_counters_say_total) {
    Metrics metrics;
    EXPECT_DEATH(metrics.counter("requests_total", "X."), "is_metric_name");
    EXPECT_DEATH(metrics.counter("calm_requests", "X."), "_total");
    EXPECT_DEATH(metrics.gauge("calm_x_total", "X."), "_total");
}

}  // namespace
}  // namespace calm::http
