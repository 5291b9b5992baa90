// The license server's own numbers for Prometheus.
#pragma once

#include "http/metrics.h"
#include "server/license_server.h"

namespace calm {

// `server` outlives `metrics`' last text. Loop thread.
void register_metrics(http::Metrics& metrics, LicenseServer& server);

}  // namespace calm
