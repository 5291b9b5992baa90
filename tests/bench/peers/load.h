// A closed-loop load on one thread: each connection asks, waits for its answer and asks again.
// Bounded in count and time. It reads answers by their framing (HTTP Content-Length, or RESP), so
// that a server that frames wrongly is found out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace calm::bench {

struct Target {
    uint16_t port = 0;
    std::string unix_path;  // instead of the port
    bool resp = false;      // Redis' protocol instead of HTTP
};

int connect_to(const Target& target);

// Bytes of one answer at the front of `input`; 0: not whole yet.
size_t answer_size(const Target& target, std::string_view input);

struct Load {
    Target target;
    unsigned connections = 50;
    double seconds = 3;      // at most
    uint64_t requests = 0;   // at most; 0: as many as the time allows
    bool once_each = false;  // every connection asks once (a logon storm)
    // The n-th request's bytes.
    std::function<std::string(uint64_t n)> request;
    // Sees each answer; false counts it as an error. May be empty: then HTTP 2xx and no RESP error
    // are fine.
    std::function<bool(uint64_t n, std::string_view answer)> accept;
};

struct LoadResult {
    uint64_t answers = 0;
    uint64_t errors = 0;
    double seconds = 0;
    std::vector<float> latencies_us;  // sorted

    double rate() const { return seconds > 0 ? static_cast<double>(answers) / seconds : 0; }
    double percentile(double p) const;
};

LoadResult run_load(const Load& load);

// "POST path" with a JSON body, kept alive.
std::string http_post(std::string_view path, std::string_view body, std::string_view token = {});
std::string http_get(std::string_view path, std::string_view token = {});
std::string resp(const std::vector<std::string>& words);

double median(std::vector<double> values);
void pin_to(unsigned core);

}  // namespace calm::bench
