// (b) admissions of holders, which touch no disk, beside nginx `return 204`.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "servers.h"

namespace calm::bench {
namespace {

constexpr int kRounds = 5;
constexpr double kSeconds = 3;
constexpr uint64_t kHolders = 1'000'000;

std::string name_of_holder(uint64_t n) {
    return fmt::format("holder-{:012}@example.org", n);
}

void fill(Calmd& calmd, const std::string& token) {
    run_load({.target = calmd.tcp(),
              .connections = 200,
              .seconds = 600,
              .requests = kHolders / 16,
              .request =
                  [&](uint64_t n) {
                      std::string body = R"({"admissions":[)";
                      for (uint64_t i = 0; i < 16; ++i) {
                          body += fmt::format(R"({}{{"host":1,"product":"sql-2012","user":"{}"}})",
                                              i == 0 ? "" : ",", name_of_holder(n * 16 + i));
                      }
                      return http_post("/v1/admissions/batch", body + "]}", token);
                  },
              .accept = {}});
}

std::string check(uint64_t n, const std::string& token) {
    // A walk over all holders that no cache foresees.
    return http_post("/v1/admissions",
                     fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}"}})",
                                 name_of_holder(n * 7919 % kHolders)),
                     token);
}

std::string check_16(uint64_t n, const std::string& token) {
    std::string body = R"({"admissions":[)";
    for (uint64_t i = 0; i < 16; ++i) {
        body += fmt::format(R"({}{{"host":1,"product":"sql-2012","user":"{}"}})", i == 0 ? "" : ",",
                            name_of_holder((n * 16 + i) * 7919 % kHolders));
    }
    return http_post("/v1/admissions/batch", body + "]}", token);
}

bool held(uint64_t, std::string_view answer) {
    return answer.find("\"cal_held\"") != std::string_view::npos;
}

// TLS through wrk, for both alike: this program's load speaks no TLS.
double wrk_rate(uint16_t port, const std::string& script) {
    const std::string command =
        fmt::format("taskset -c 1 wrk -t1 -c64 -d{}s {} https://127.0.0.1:{}/ 2>&1",
                    static_cast<int>(kSeconds), script.empty() ? "" : "-s " + script, port);
    FILE* pipe = ::popen(command.c_str(), "r");
    char line[512];
    double rate = 0;
    while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
        if (const char* at = std::strstr(line, "Requests/sec:")) rate = std::atof(at + 13);
        if (std::strstr(line, "Non-2xx") != nullptr) fmt::print("   wrk: {}", line);
    }
    if (pipe != nullptr) ::pclose(pipe);
    return rate;
}

std::string write_wrk_script(const TemporaryDirectory& directory, const std::string& token) {
    const std::string path = directory / "check.lua";
    FILE* file = std::fopen(path.c_str(), "w");
    fmt::print(file,
               "local n = 0\nwrk.method = 'POST'\nwrk.path = '/v1/admissions'\n"
               "wrk.headers['Content-Type'] = 'application/json'\nwrk.headers['Authorization'] = "
               "'Bearer {}'\n"
               "request = function() n = n + 1\n"
               "  local body = "
               "string.format('{{\"host\":1,\"product\":\"sql-2012\",\"user\":\"holder-%012d@"
               "example.org\"}}', "
               "(n * 7919) % {})\n"
               "  return wrk.format(nil, nil, nil, body) end\n",
               token, kHolders);
    std::fclose(file);
    return path;
}

}  // namespace

void checks() {
    fmt::print(
        "(b) admissions of holders per server core, 1,000,000 CALs, 64 connections, beside nginx "
        "`return 204`\n");
    const TemporaryDirectory directory;
    Calmd calmd(directory.path(), 0);
    const std::string token = calmd.prepare(100'000'000);
    fill(calmd, token);
    const std::string script = write_wrk_script(directory, token);
    Nginx nginx(directory / "nginx", 0, directory / "data/tls.crt", directory / "data/tls.key");
    std::vector<double> tcp, unix_socket, batch, tls;
    const auto load = [&](const Target& target, auto request, auto accept) {
        return run_load({.target = target,
                         .connections = 64,
                         .seconds = kSeconds,
                         .request = request,
                         .accept = accept});
    };
    for (int round = 0; round < kRounds; ++round) {
        const double floor = load(
                                 nginx.target(), [](uint64_t) { return http_get("/"); }, nullptr)
                                 .rate();
        const auto one = [&](uint64_t n) { return check(n, token); };
        const auto many = [&](uint64_t n) { return check_16(n, token); };
        const LoadResult over_tcp = load(calmd.tcp(), one, held);
        const LoadResult over_unix = load(calmd.unix_socket(), one, held);
        const LoadResult batched = load(calmd.tcp(), many, held);
        const double nginx_tls = wrk_rate(nginx.tls_port(), {});
        const double our_tls = wrk_rate(calmd.tls_port(), script);
        fmt::print(
            "   nginx {:.0f}/s   TCP {:.0f}   Unix {:.0f}   16 a batch {:.0f}   TLS {:.0f} of "
            "nginx' {:.0f}   errors {}\n",
            floor, over_tcp.rate(), over_unix.rate(), batched.rate() * 16, our_tls, nginx_tls,
            over_tcp.errors + over_unix.errors + batched.errors);
        tcp.push_back(over_tcp.rate() / floor);
        unix_socket.push_back(over_unix.rate() / floor);
        batch.push_back(batched.rate() * 16 / floor);
        tls.push_back(our_tls / nginx_tls);
    }
    fmt::print(
        " = medians: TCP {:.2f} x, Unix socket {:.2f} x, batches of 16 {:.2f} x nginx; TLS {:.2f} "
        "x nginx TLS\n",
        median(tcp), median(unix_socket), median(batch), median(tls));
}

}  // namespace calm::bench
