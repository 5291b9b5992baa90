// The license server's own numbers for Prometheus.
#pragma once

#include "http/metrics.h"
#include "server/alert_book.h"
#include "server/license_server.h"

namespace calm {

// `server` and `alerts` outlive `metrics`' last text. Loop thread.
void register_metrics(http::Metrics& metrics, LicenseServer& server, const AlertBook& alerts);

}  // namespace calm
