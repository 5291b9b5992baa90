// Series of a route appear with its first answer, so that the text stays short.
#include "http/server_metrics.h"

namespace calm::http {
namespace {

Labels route_labels(const Route* route) {
    if (route == nullptr) return {{"method", ""}, {"route", ""}};
    return {{"method", std::string(method_name(route->method))}, {"route", route->pattern}};
}

}  // namespace

ServerMetrics::ServerMetrics(Metrics* metrics, const RouteTable& routes,
                             std::function<double()> connections)
    : metrics_(metrics), routes_(routes), per_route_(routes.routes().size() + 1) {
    if (metrics_ == nullptr) return;
    metrics_->gauge_from("calm_http_connections", "Open connections.", std::move(connections));
    accepted_ = &metrics_->counter("calm_http_connections_accepted_total", "Connections accepted.");
    const char* const how[] = {"handshake_failed", "timed_out", "slow_reader", "broken"};
    for (size_t i = 0; i < ended_.size(); ++i) {
        ended_[i] = &metrics_->counter("calm_http_connections_cut_total",
                                       "Connections cut by the server or lost, by reason.",
                                       {{"reason", how[i]}});
    }
    const char* const why[] = {"connections", "connections_of_peer", "rate"};
    for (size_t i = 0; i < turned_away_.size(); ++i) {
        turned_away_[i] = &metrics_->counter("calm_http_turned_away_total",
                                             "Connections and requests beyond a limit, by limit.",
                                             {{"limit", why[i]}});
    }
}

Counter& ServerMetrics::counter_of(PerRoute& numbers, const Route* route, size_t status_class) {
    Counter*& counter = numbers.by_status[status_class];
    if (counter == nullptr) {
        Labels labels = route_labels(route);
        labels.emplace_back("status", std::to_string(status_class) + "xx");
        counter =
            &metrics_->counter("calm_http_requests_total", "Requests answered.", std::move(labels));
    }
    return *counter;
}

void ServerMetrics::answered(const Route* route, int status, double seconds) {
    if (metrics_ == nullptr) return;
    PerRoute& numbers = route == nullptr ? per_route_.back() : per_route_[routes_.index_of(*route)];
    counter_of(numbers, route, static_cast<size_t>(status) / 100 % kStatusClasses).add();
    if (route == nullptr || route->is(kSlow) || route->is(kWatched)) return;
    if (numbers.seconds == nullptr) {
        numbers.seconds = &metrics_->histogram("calm_http_request_duration_seconds",
                                               "From the whole request read to its answer written.",
                                               route_labels(route));
    }
    numbers.seconds->observe(seconds);
}

void ServerMetrics::accepted() {
    if (accepted_ != nullptr) accepted_->add();
}

void ServerMetrics::ended(Ended how) {
    if (metrics_ != nullptr) ended_[static_cast<size_t>(how)]->add();
}

void ServerMetrics::turned_away(Turned why) {
    if (metrics_ != nullptr) turned_away_[static_cast<size_t>(why)]->add();
}

}  // namespace calm::http
