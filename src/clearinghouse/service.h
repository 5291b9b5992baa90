// Service: a whole clearinghouse on one loop: the books at their desk, the staff, the HTTP front.
#pragma once

#include <functional>
#include <memory>

#include "clearinghouse/office.h"
#include "clearinghouse/settings.h"

namespace boost::asio {
class io_context;
}
namespace calm::http {
class Server;
class TlsContext;
}  // namespace calm::http

namespace calm::clearinghouse {

class Service {
  public:
    // Nothing listens yet. `loop` outlives it and is run by one thread; `clock` is called from two.
    // Errors: those of Books::open(), `bad_route`.
    static Result<std::unique_ptr<Service>> start(boost::asio::io_context& loop,
                                                  const Settings& settings,
                                                  std::unique_ptr<Signer> signer,
                                                  std::function<Instant()> clock);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Opens what the settings name. `tls` may be null and outlives this. Errors: those of
    // http::Server.
    Result<> listen(const http::TlsContext* tls);

    http::Server& front();
    uint16_t tls_port() const;    // 0: none
    uint16_t plain_port() const;  // 0: none

    // Lets requests in work be answered, then calls `stopped` on the loop. Once.
    void stop(std::function<void()> stopped);

  private:
    struct Parts;
    explicit Service(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace calm::clearinghouse
