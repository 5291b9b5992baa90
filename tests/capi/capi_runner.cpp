// Scenario steps as calls of libcalm.
#include "capi_runner.h"

#include <filesystem>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "agent/agent.h"
#include "agent/socket_server.h"
#include "calm/calm.h"

namespace calm::testing {
namespace {

using scenario::Observed;
using std::chrono::milliseconds;

constexpr int kPatienceMs = 60'000;  // for a loaded machine

template <class T>
T sized() {
    T structure{};
    structure.size = sizeof structure;
    return structure;
}

// A host's way to the server of the runner, whichever runs at the moment.
class ServerOfRunner final : public Servers {
  public:
    explicit ServerOfRunner(HttpRunner& http) : http_(http) {}

    size_t size() const override { return 1; }
    std::string name(size_t) const override { return "server"; }
    Result<HttpAnswer> send(size_t, const HttpRequest& request,
                            const std::string& bearer) override {
        const std::scoped_lock lock(mutex_);
        const Answer answer = http_.server().ask({.method = request.method,
                                                  .path = std::string(request.path),
                                                  .body = std::string(request.body),
                                                  .token = bearer});
        if (answer.status == 0) return fail("answer_lost", "the connection broke");
        HttpAnswer out{.status = answer.status, .body = answer.body};
        out.date = http_.server_time();  // the header says that of the machine
        return out;
    }

  private:
    HttpRunner& http_;
    std::mutex mutex_;
};

HostConfig patient() {
    HostConfig config;
    config.budget = milliseconds(kPatienceMs);
    return config;
}

const char* text_or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

int32_t workload_of(Workload workload) {
    switch (workload) {
        case Workload::web: return CALM_WORKLOAD_WEB;
        case Workload::hpc: return CALM_WORKLOAD_HPC;
        case Workload::anonymous: return CALM_WORKLOAD_ANONYMOUS;
        default: return CALM_WORKLOAD_PERSON;
    }
}

// A user is always named; where only the device is asked for, nobody looks at the name.
calm_request request_of(const std::string& user, const std::string& device,
                        const std::string& product) {
    auto request = sized<calm_request>();
    request.product = product.c_str();
    request.user = user.empty() ? "somebody" : user.c_str();
    request.device = text_or_null(device);
    request.mode = device.empty() ? CALM_MODE_USER
                   : user.empty() ? CALM_MODE_DEVICE
                                  : CALM_MODE_BOTH;
    return request;
}

calm_request request_of(const scenario::Admit& step) {
    calm_request request = request_of(step.user, step.device, step.product);
    // Whoever is named is not anonymous.
    const bool anonymous = step.workload == Workload::anonymous;
    if (step.user.empty() && anonymous) request.mode = CALM_MODE_DEVICE;
    request.station = text_or_null(step.station);
    request.via = text_or_null(step.via);
    request.from_server = text_or_null(step.from_server);
    request.hardware_id = text_or_null(step.hardware);
    request.certificate = text_or_null(step.certificate);
    request.device_mark = text_or_null(step.keeps);
    request.workload = workload_of(step.workload);
    request.outside = step.outside ? CALM_YES : CALM_NO;
    request.administration = step.administrators ? CALM_YES : CALM_NO;
    request.host_service = step.service ? CALM_YES : CALM_NO;
    request.wait = step.wait ? CALM_YES : CALM_NO;
    return request;
}

// Why no program can ask this; empty: it can.
std::string_view why_not(const scenario::Admit& step, const scenario::Expectation& expected) {
    if (!step.id.empty()) return "the agent makes request ids itself";
    if (step.token) return "the agent shows tokens of other servers by itself";
    const bool nobody_matters = step.service || !step.station.empty() ||
                                !step.from_server.empty() || step.workload != Workload::person;
    if (step.user.empty() && step.device.empty() && !nobody_matters) {
        return "a program names a user or a device";
    }
    if (!expected.refused.empty()) return "a question that is wrong has no answer";
    return {};
}

}  // namespace

// An enrolled host: its agent, and a program's handle on it.
class CapiRunner::Host {
  public:
    Host(HttpRunner& http, const std::string& name, std::string socket)
        : id(http.host_id(name)),
          http_(http),
          servers_(http),
          socket_(std::move(socket)),
          config_(patient()),
          client_({.host = id, .ledger_identity = http.identity(), .key = http.host_key(name)},
                  {.contact_timeout = milliseconds(kPatienceMs)}, servers_, clocks(), std::nullopt,
                  {}, [](auto, auto) {}),
          list_({&client_}),
          agent_(config_, list_, name, Language::en) {
        auto server = SocketServer::start(
            {.path = socket_, .threads = 2, .patience_ms = kPatienceMs},
            [this](std::string_view line, pid_t asker) { return agent_.answer(line, asker); });
        CALM_ASSERT(server.has_value());
        server_ = std::move(*server);
        auto options = sized<calm_options>();
        options.socket_path = socket_.c_str();
        options.budget_ms = kPatienceMs;
        CALM_ASSERT(calm_open(&options, &handle) == CALM_OK);
    }
    ~Host() { calm_close(handle); }
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    void keep() { client_.keep(); }
    // The next contact is due.
    void keep_a_minute_later() {
        ahead_.count += minutes(1).count;
        keep();
    }
    Instant time() const { return client_.time(); }

    const HostId id;
    calm_handle* handle = nullptr;

  private:
    Clocks clocks() {
        return {.wall = [this] { return http_.real_time(); },
                .boot = [this] { return http_.real_time() - (scenario::kStart - ahead_); },
                .boot_id = "boot"};
    }

    HttpRunner& http_;
    Seconds ahead_{1000};
    ServerOfRunner servers_;
    const std::string socket_;
    const HostConfig config_;
    Client client_;
    ServerList list_;
    Agent agent_;
    std::unique_ptr<SocketServer> server_;
};

CapiRunner::CapiRunner(const scenario::Scenario& scenario) : scenario_(scenario) {
    spdlog::set_level(spdlog::level::off);
    std::string pattern = (std::filesystem::temp_directory_path() / "calm-capi-XXXXXX").string();
    CALM_ASSERT(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
}

CapiRunner::~CapiRunner() {
    hosts_.clear();
    std::filesystem::remove_all(directory_);
}

// Empty: no such host is enrolled.
CapiRunner::Host* CapiRunner::host(const std::string& name) {
    const HostId id = http_.host_id(name);
    if (!id) return nullptr;
    auto& host = hosts_[name];
    if (!host || host->id != id) {
        host.reset();
        host = std::make_unique<Host>(http_, name, fmt::format("{}/{}", directory_, id.value));
        if (!restored_) host->keep();
    }
    return host.get();
}

Result<Observed> CapiRunner::operator()(const scenario::Step& step) {
    auto observed = std::visit([this](const auto& each) { return play(each); }, step);
    ++next_line_;
    return observed;
}

Result<Observed> CapiRunner::play(const scenario::Admit& step) {
    const auto no = why_not(step, scenario_.lines[next_line_].expected);
    if (!no.empty()) return fail("scenario_unsupported", std::string(no));
    Host* const at = host(step.host);
    if (at == nullptr) return fail("scenario_unsupported", "a host that is not enrolled");
    if (!restored_) at->keep();  // as hosts do once a minute; a restored server would ask
    http_.server().on_loop(
        [&](Service& service) { service.license_server().plan_chance(step.chance); });

    std::vector<calm_session*> administrators;
    calm_request request = request_of(step);
    for (uint32_t i = 0; i < step.administrators.value_or(0); ++i) {
        const std::string name = fmt::format("administrator-{}", i);
        calm_request other = request;
        other.user = name.c_str();
        calm_session_begin(at->handle, &other, nullptr, nullptr, &administrators.emplace_back());
    }
    auto answer = sized<calm_answer>();
    const calm_status status = calm_admit(at->handle, &request, &answer);
    for (calm_session* session : administrators)
        calm_session_end(session);
    if (status != CALM_OK) {
        return fail("capi", fmt::format("{}: {}", calm_status_name(status), answer.sentence));
    }
    ++questions_;
    Observed observed;
    observed.reason = from_name<Reason>(answer.reason);
    observed.place = static_cast<uint32_t>(answer.place);
    if (answer.seconds_left >= 0) {
        observed.lasts = at->time() + Seconds{answer.seconds_left} - http_.now();
    }
    CALM_ASSERT(!observed.reason || (answer.admitted != 0) == allows(*observed.reason));
    if (!restored_) at->keep();
    asked_[step.device + ' ' + step.product] = {.host = step.host, .user = step.user};
    return observed;
}

// What a login program does after it was let in.
Result<Observed> CapiRunner::play(const scenario::Logon& step) {
    const auto asked = asked_.find(step.device + ' ' + step.product);
    Host* const at = asked == asked_.end() ? nullptr : host(asked->second.host);
    const bool refused = !scenario_.lines[next_line_].expected.refused.empty();
    if (refused || at == nullptr || restored_) return http_(step);
    const calm_request request = request_of(asked->second.user, step.device, step.product);
    calm_session* session = nullptr;
    const calm_status status = calm_session_begin(at->handle, &request, nullptr, nullptr, &session);
    if (status != CALM_OK) return fail("capi", calm_status_name(status));
    at->keep();
    calm_session_end(session);
    return Observed{};
}

Result<Observed> CapiRunner::play(const scenario::EndSession& step) {
    Host* const at = host(step.host);
    const bool refused = !scenario_.lines[next_line_].expected.refused.empty();
    if (at == nullptr || refused || restored_) return http_(step);
    calm_request request = request_of(step.user, step.device, step.product);
    request.station = text_or_null(step.station);
    calm_session* session = nullptr;
    calm_session_begin(at->handle, &request, nullptr, nullptr, &session);
    const calm_status status = calm_session_end(session);
    if (status != CALM_OK) return fail("capi", calm_status_name(status));
    at->keep();
    return Observed{};
}

// At its next contact a host is asked for what it holds, and tells it.
Result<Observed> CapiRunner::play(const scenario::Reassert& step) {
    Host* const at = host(step.host);
    const bool refused = !scenario_.lines[next_line_].expected.refused.empty();
    if (at == nullptr || refused) return http_(step);
    at->keep_a_minute_later();
    return Observed{};
}

Result<Observed> CapiRunner::play(const scenario::Restore& step) {
    restored_ = true;
    return http_(step);
}

}  // namespace calm::testing
