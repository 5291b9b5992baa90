// Starting calmd, Redis and nginx on loopback.
#include "servers.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "documents/crypto.h"
#include "documents/key_pack.h"
#include "documents/vendor.h"

namespace calm::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::map<std::string, std::string> environment_for(Disk disk) {
    if (disk.slower_us == 0) return {};
    return {{"LD_PRELOAD", SLOW_FSYNC}, {"SLOW_FSYNC_US", std::to_string(disk.slower_us)}};
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

constexpr Instant kIssued{1'700'000'000};

SecretKey bench_key() {
    Seed seed;
    seed.fill(9);
    return SecretKey::from_seed(seed);
}

std::string text_post(const char* path, const std::string& body, const std::string& header) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: c\r\n{}Content-Type: text/plain\r\nContent-Length: "
        "{}\r\n\r\n{}",
        path, header, body.size(), body);
}

void wait_for(const Target& target, const Process& process, const std::string& log) {
    for (int i = 0; i < 12'000; ++i) {
        const int fd = connect_to(target);
        if (fd >= 0) {
            ::close(fd);
            return;
        }
        if (!process.running()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::fprintf(stderr, "a server did not start; see %s\n", log.c_str());
    std::exit(1);
}

}  // namespace

const char* const kClaimScript =
    "local held = redis.call('HGET', KEYS[2], ARGV[1]) "
    "if held then return held end "
    "local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0') "
    "if used >= tonumber(redis.call('HGET', KEYS[1], 'quantity')) then return 'none' end "
    "redis.call('HINCRBY', KEYS[1], 'used', 1) "
    "redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) "
    "redis.call('RPUSH', KEYS[3], ARGV[1] .. ' ' .. ARGV[2]) "
    "return 'issued'";

std::string exchange(const Target& target, const std::string& request) {
    const int fd = connect_to(target);
    if (fd < 0) return {};
    std::string input;
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(request.size())) {
        char buffer[65536];
        while (answer_size(target, input) == 0) {
            const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0) break;
            input.append(buffer, static_cast<size_t>(got));
        }
    }
    ::close(fd);
    return input;
}

Calmd::Calmd(const std::string& directory, int core, Disk disk, uint32_t snapshot_every)
    : directory_(directory),
      core_(core),
      disk_(disk),
      plain_port_(free_port()),
      tls_port_(free_port()) {
    write_file(
        directory_ + "/calmd.toml",
        fmt::format("[data]\ndirectory = \"{0}/data\"\nreserve_mib = 1\nsnapshot_every = {3}\n"
                    "[listen]\nsocket = \"{0}/s\"\ntls_address = \"127.0.0.1\"\ntls_port = {1}\n"
                    "plain_address = \"127.0.0.1\"\nplain_port = {2}\n",
                    directory_, tls_port_, plain_port_, snapshot_every));
    start();
}

void Calmd::start() {
    const std::string log = directory_ + "/calmd.log";
    const auto begun = Clock::now();
    // Another build than this one's, to compare two.
    const char* other = std::getenv("CALM_BENCH_CALMD");
    process_ = Process({other != nullptr ? other : CALMD, "--config", directory_ + "/calmd.toml"},
                       core_, log, environment_for(disk_));
    // The plain port is the last to listen.
    wait_for(tcp(), process_, log);
    start_seconds_ = std::chrono::duration<double>(Clock::now() - begun).count();
}

void Calmd::restart() {
    process_.stop();
    start();
}

std::string Calmd::ask(const std::string& request) const {
    return bench::exchange(unix_socket(), request);
}

std::string Calmd::must(const std::string& request) const {
    const std::string answer = ask(request);
    if (answer.size() < 10 || answer[9] != '2') {
        std::fprintf(stderr, "calmd answered: %s\n", answer.c_str());
        std::exit(1);
    }
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

void Calmd::add_product(const std::string& code) const {
    must(http_post("/v1/products",
                   fmt::format(R"({{"product":"{}","requires":"activated","overuse":"refuse",)"
                               R"("temporary_days":0,"initial_grace_days":0}})",
                               code)));
}

void Calmd::add_pack(const std::string& code, uint32_t quantity) {
    const auto pack = issue_key_pack({.pack_id = {++packs_},
                                      .product = *product_from_code(code),
                                      .kind = PackKind::per_user,
                                      .quantity = quantity,
                                      .not_before = kIssued,
                                      .vendor = "Bench",
                                      .issued_at = kIssued},
                                     bench_key());
    must(text_post("/v1/packs", *pack, ""));
}

std::string Calmd::prepare(uint32_t quantity) {
    const SecretKey vendor = bench_key();
    const auto vendor_document =
        issue_vendor({.name = "Bench", .key = {}, .issued_at = kIssued}, vendor);
    must(text_post("/v1/vendors", *vendor_document,
                   "CALM-Fingerprint: " + fingerprint(vendor.public_key()) + "\r\n"));
    add_product("sql-2012");
    add_pack("sql-2012", quantity);
    const auto token = boost::json::parse(must(http_post("/v1/hosts/tokens", "{}")));
    const SecretKey host = bench_key();
    must(http_post(
        "/v1/hosts",
        fmt::format(R"({{"token":"{}","name":"bench","public_key":"{}","mode":"per_user"}})",
                    token.at("token").as_string().c_str(), to_hex(host.public_key().bytes))));
    must(http_post("/v1/accounts", R"({"account":"bench","role":"operator"})"));
    return std::string(boost::json::parse(must(http_post("/v1/accounts/bench/tokens", "{}")))
                           .at("token")
                           .as_string());
}

Redis::Redis(const std::string& directory, int core, bool durable, Disk disk) : port_(free_port()) {
    std::filesystem::create_directories(directory);
    const std::string log = directory + "/redis.log";
    process_ =
        Process({"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--dir",
                 directory, "--save", "", "--appendonly", durable ? "yes" : "no", "--appendfsync",
                 "always", "--auto-aof-rewrite-percentage", "0", "--maxclients", "20000"},
                core, log, environment_for(disk));
    wait_for(target(), process_, log);
    for (int i = 0;
         i < 6000 && bench::exchange(target(), resp({"PING"})).find("PONG") == std::string::npos;
         ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

std::string Redis::ask(const std::vector<std::string>& words) const {
    return bench::exchange(target(), resp(words));
}

Nginx::Nginx(const std::string& directory, int core, const std::string& certificate,
             const std::string& key)
    : port_(free_port()), tls_port_(free_port()) {
    std::filesystem::create_directories(directory);
    write_file(
        directory + "/nginx.conf",
        fmt::format(
            "worker_processes 1; daemon off; pid {0}/pid; error_log {0}/error.log;\n"
            "events {{ worker_connections 4096; }}\n"
            "http {{ access_log off; keepalive_requests 1000000000;\n"
            "  client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f;\n"
            "  uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n"
            "  server {{ listen 127.0.0.1:{1}; location / {{ return 204; }} }}\n"
            "  server {{ listen 127.0.0.1:{2} ssl; ssl_certificate {3}; ssl_certificate_key {4};\n"
            "    ssl_protocols TLSv1.3; location / {{ return 204; }} }} }}\n",
            directory, port_, tls_port_, certificate, key));
    const std::string log = directory + "/nginx.log";
    process_ = Process({"nginx", "-c", directory + "/nginx.conf", "-e", directory + "/error.log"},
                       core, log);
    wait_for(target(), process_, log);
}

}  // namespace calm::bench
