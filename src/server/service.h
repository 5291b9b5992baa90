// Service: a whole license server on one loop: ledger, writer, workers, HTTP front, the tick. calmd
// runs one; tests run one in their own process with a clock of their own.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "server/license_server.h"
#include "server/settings.h"

namespace boost::asio {
class io_context;
}
namespace calm::http {
class Server;
class TlsContext;
}  // namespace calm::http

namespace calm {

class AlertDesk;

class Service {
  public:
    // Serves `opened`; nothing listens yet. `loop` outlives it and is run by one thread. Errors:
    // those of reading the records, `bad_route`.
    static Result<std::unique_ptr<Service>> start(boost::asio::io_context& loop,
                                                  const Settings& settings, OpenedLedger opened,
                                                  ClockSource clock);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Opens what the settings name: Unix socket, TLS, plain HTTP. `tls` may be null and outlives
    // this. Errors: those of http::Server.
    Result<> listen(const http::TlsContext* tls);

    LicenseServer& license_server();
    AlertDesk& alerts();
    http::Server& front();
    uint16_t tls_port() const;    // 0: none
    uint16_t plain_port() const;  // 0: none

    // Lets requests in work be answered, writes what waits, then calls `stopped` on the loop. Once.
    void stop(std::function<void()> stopped);

  private:
    struct Parts;
    explicit Service(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace calm
