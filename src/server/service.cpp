// Wiring one license server. The only file of this layer that knows Asio.
#include "server/service.h"

#include <fstream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/assert.h"
#include "documents/key_pack.h"
#include "http/problem_page.h"
#include "http/server.h"
#include "http/tls_context.h"
#include "server/activation_book.h"
#include "server/activation_refresh.h"
#include "server/alert_desk.h"
#include "server/alert_settings.h"
#include "server/api.h"
#include "server/console_files.h"
#include "server/entry_actors.h"
#include "server/event_desk.h"
#include "server/metrics.h"
#include "server/refused_desk.h"
#include "server/snapshot_child.h"

namespace calm {
namespace {

// The name under which the log's changes are kept; empty for hosts and for who is not signed in.
std::string_view actor_of(const SignIn& sign_in, const http::Caller& caller) {
    const std::string_view account = sign_in.account_of(caller);
    const bool local = account.empty() && static_cast<Role>(caller.role) == Role::owner;
    return local ? kLocalActor : account;
}

constexpr size_t kWorkers = 2;
constexpr auto kStopDeadline = std::chrono::seconds(10);
constexpr uint32_t kSweepTicks = 60;

// A machine without one has packs of other channels.
std::optional<Hash> hardware_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string id(128, '\0');
    in.read(id.data(), static_cast<std::streamsize>(id.size()));
    id.resize(static_cast<size_t>(in.gcount()));
    if (id.find_first_not_of(" -\t\r\n") == std::string::npos) return std::nullopt;
    return hardware_hash(id);
}

}  // namespace

struct Service::Parts {
    Parts(boost::asio::io_context& loop_in, const Settings& settings_in, OpenedLedger opened,
          Directory directory_in, ActivationBook activations_in, AlertRecords alert_records,
          RefusedAttempts refused_attempts, std::vector<Receiver> receivers, ClockSource clock)
        : loop(loop_in),
          settings(settings_in),
          directory(std::move(directory_in)),
          activations(std::move(activations_in)),
          snapshots(settings.data_directory, settings.snapshot_every, opened.snapshot_size),
          server(std::move(opened), std::move(clock),
                 [this](std::function<void()> function) {
                     boost::asio::post(loop, std::move(function));
                 }),
          sign_in(server, directory, getuid()),
          alerts(server, directory, std::move(alert_records), settings, std::move(receivers)),
          events(server, alerts),
          refused(server, directory, std::move(refused_attempts)),
          workers(loop, kWorkers),
          api{server,
              directory,
              sign_in,
              alerts,
              events,
              refused,
              workers,
              metrics,
              settings.data_directory,
              activations,
              settings.clearinghouse_ca_file,
              hardware_of(settings.hardware_id_file),
              {},
              settings.successor},
          refresh(api, settings.clearinghouse_refresh_hours),
          timer(loop) {
        server.set_pack_documents([this](PackId pack) {
            const std::string* document = directory.pack_document(server.ledger().sold_as(pack));
            return document == nullptr ? std::string() : *document;
        });
    }

    void tick() {
        timer.expires_after(std::chrono::seconds(1));
        timer.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            server.tick();
            alerts.tick();
            events.tick();
            refused.tick();
            refresh.tick();
            api.name_keeping.tick(api);
            if (++ticks % kSweepTicks == 0) sign_in.sweep();
            if (const auto verdict = snapshots.tick(server.durable()); !verdict) {
                spdlog::critical("no CAL is issued any more: {}", verdict.error().detail);
                server.stop_issuing({"issuing_stopped", verdict.error().detail});
            }
            tick();
        });
    }

    boost::asio::io_context& loop;
    Settings settings;
    Directory directory;
    ActivationBook activations;
    SnapshotChild snapshots;
    LicenseServer server;
    SignIn sign_in;
    AlertDesk alerts;
    EventDesk events;
    RefusedDesk refused;
    http::Metrics metrics;
    http::WorkerPool workers;
    Api api;
    ActivationRefresh refresh;
    boost::asio::steady_timer timer;
    std::unique_ptr<http::Server> front;
    uint32_t ticks = 0;
    uint16_t tls_port = 0;
    uint16_t plain_port = 0;
};

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::start(boost::asio::io_context& loop,
                                                const Settings& settings, OpenedLedger opened,
                                                ClockSource clock) {
    CALM_ASSERT(sodium_init() >= 0);
    CALM_TRY_ASSIGN(const auto reader, opened.journal->open_reader());
    CALM_TRY_ASSIGN(Directory directory, Directory::read(*reader));
    CALM_TRY_ASSIGN(ActivationBook activations, ActivationBook::read(*reader));
    CALM_TRY_ASSIGN(AlertRecords alerts, AlertRecords::read(*reader));
    CALM_TRY_ASSIGN(RefusedAttempts refused, RefusedAttempts::read(*reader));
    CALM_TRY_ASSIGN(auto receivers, receivers_of(settings));
    std::unique_ptr<Service> service(new Service(std::make_unique<Parts>(
        loop, settings, std::move(opened), std::move(directory), std::move(activations),
        std::move(alerts), std::move(refused), std::move(receivers), std::move(clock))));
    Parts& parts = *service->parts_;
    parts.api.started_at = parts.server.now();
    register_metrics(parts.metrics, parts.server, parts.alerts.book());
    Routes routes = all_routes(parts.api);
    for (http::Route& route : routes) {
        if (route.method == http::Method::get) continue;
        route.handler = [&parts, handler = std::move(route.handler)](const http::Request& request,
                                                                     http::Responder responder) {
            const ActingFor acting(parts.server, actor_of(parts.sign_in, request.caller));
            handler(request, std::move(responder));
        };
    }
    for (http::Route& page : http::problem_page_routes())
        routes.push_back(std::move(page));
    CALM_TRY_ASSIGN(Routes console, console_routes());
    for (http::Route& page : console)
        routes.push_back(std::move(page));
    CALM_TRY_ASSIGN(auto table, http::RouteTable::make(std::move(routes)));
    http::ServerSettings front_settings;
    front_settings.connections_max = settings.connections_max;
    parts.front = std::make_unique<http::Server>(
        loop, std::move(table),
        [&parts](const http::Request& request, const http::Route& route) {
            return parts.sign_in.gate(request, route);
        },
        server_problems(), front_settings, &parts.metrics);
    parts.tick();
    return service;
}

Result<> Service::listen(const http::TlsContext* tls) {
    Parts& p = *parts_;
    if (!p.settings.socket.empty()) CALM_TRY(p.front->listen_unix(p.settings.socket));
    if (tls != nullptr && !p.settings.tls_address.empty()) {
        p.api.fingerprint = to_hex(tls->fingerprint());
        p.alerts.set_certificate_end(tls->valid_until());
        CALM_TRY_ASSIGN(p.tls_port,
                        p.front->listen_tcp(p.settings.tls_address, p.settings.tls_port, tls));
    }
    if (!p.settings.plain_address.empty()) {
        CALM_TRY_ASSIGN(p.plain_port, p.front->listen_tcp(p.settings.plain_address,
                                                          p.settings.plain_port, nullptr));
    }
    return {};
}

LicenseServer& Service::license_server() {
    return parts_->server;
}

AlertDesk& Service::alerts() {
    return parts_->alerts;
}

http::Server& Service::front() {
    return *parts_->front;
}

uint16_t Service::tls_port() const {
    return parts_->tls_port;
}

uint16_t Service::plain_port() const {
    return parts_->plain_port;
}

void Service::stop(std::function<void()> stopped) {
    parts_->timer.cancel();
    parts_->events.close();
    parts_->front->stop(kStopDeadline, [this, stopped = std::move(stopped)]() mutable {
        parts_->alerts.stop();
        parts_->refused.stop();
        parts_->server.drain();
        parts_->snapshots.stop();
        // The writer's last reports are on their way to the loop, before this.
        boost::asio::post(parts_->loop, std::move(stopped));
    });
}

}  // namespace calm
