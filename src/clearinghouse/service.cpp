// Wiring one clearinghouse. The only file of this layer, beside program.cpp, that knows Asio.
#include "clearinghouse/service.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "clearinghouse/front.h"
#include "http/server.h"

namespace calm::clearinghouse {
namespace {

constexpr auto kStopDeadline = std::chrono::seconds(10);
constexpr auto kSweepEvery = std::chrono::minutes(1);

}  // namespace

struct Service::Parts {
    Parts(boost::asio::io_context& loop, Settings settings_in, Office office_in, Staff staff_in)
        : settings(std::move(settings_in)),
          office(std::move(office_in)),
          activations(office),
          staff_desk{office, activations},
          staff(std::move(staff_in)),
          desk(loop, 1),
          hashing(loop, 1),
          routes_share{
              office, staff_desk, activations, staff, desk, hashing, office.signer->vendor().name},
          timer(loop) {}

    void tick() {
        timer.expires_after(kSweepEvery);
        timer.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            staff.sweep();
            tick();
        });
    }

    Settings settings;
    Office office;
    ActivationDesk activations;
    StaffDesk staff_desk;
    Staff staff;
    http::WorkerPool desk;
    http::WorkerPool hashing;
    Front routes_share;
    boost::asio::steady_timer timer;
    std::unique_ptr<http::Server> server;
    uint16_t tls_port = 0;
    uint16_t plain_port = 0;
};

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::start(boost::asio::io_context& loop,
                                                const Settings& settings,
                                                std::unique_ptr<Signer> signer,
                                                std::function<Instant()> clock) {
    CALM_TRY_ASSIGN(Books books, Books::open(settings.data_directory));
    CALM_TRY_ASSIGN(Staff staff, Staff::read(books, clock, getuid()));
    Office office{.books = std::move(books),
                  .signer = std::move(signer),
                  .rules = {.activation_days = settings.activation_days,
                            .four_eyes = settings.four_eyes,
                            .moves_per_year_max = settings.moves_per_year_max,
                            .wrong_keys_per_hour_max = settings.wrong_keys_per_hour_max},
                  .clock = std::move(clock)};
    std::unique_ptr<Service> service(
        new Service(std::make_unique<Parts>(loop, settings, std::move(office), std::move(staff))));
    Parts& parts = *service->parts_;
    CALM_TRY_ASSIGN(auto table, http::RouteTable::make(all_routes(parts.routes_share)));
    http::ServerSettings front_settings;
    front_settings.requests_per_second = 20;
    front_settings.requests_burst = 200;
    front_settings.report = [](const Error& error) {
        spdlog::error("{}: {}", error.code, error.detail);
    };
    parts.server = std::make_unique<http::Server>(
        loop, std::move(table),
        [&parts](const http::Request& request, const http::Route& route) {
            return parts.staff.gate(request, route);
        },
        clearinghouse_problems(), front_settings, nullptr);
    parts.tick();
    return service;
}

Result<> Service::listen(const http::TlsContext* tls) {
    Parts& p = *parts_;
    if (!p.settings.socket.empty()) CALM_TRY(p.server->listen_unix(p.settings.socket));
    if (tls != nullptr && !p.settings.tls_address.empty()) {
        CALM_TRY_ASSIGN(p.tls_port,
                        p.server->listen_tcp(p.settings.tls_address, p.settings.tls_port, tls));
    }
    if (!p.settings.plain_address.empty()) {
        CALM_TRY_ASSIGN(p.plain_port, p.server->listen_tcp(p.settings.plain_address,
                                                           p.settings.plain_port, nullptr));
    }
    return {};
}

http::Server& Service::front() {
    return *parts_->server;
}

uint16_t Service::tls_port() const {
    return parts_->tls_port;
}

uint16_t Service::plain_port() const {
    return parts_->plain_port;
}

void Service::stop(std::function<void()> stopped) {
    parts_->timer.cancel();
    parts_->server->stop(kStopDeadline, std::move(stopped));
}

}  // namespace calm::clearinghouse
