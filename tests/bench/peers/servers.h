// The servers of a measurement: calmd and its peers, each started with a configuration of its own.
#pragma once

#include <string>

#include "load.h"
#include "process.h"

namespace calm::bench {

// How slow the disk is made for whoever is started: microseconds added to every sync.
struct Disk {
    unsigned slower_us = 0;
};

class Calmd {
  public:
    // On `directory` (which may hold a ledger already), pinned to `core` (-1: not). A snapshot is
    // made every so many entries (0: never).
    Calmd(const std::string& directory, int core, Disk disk = {}, uint32_t snapshot_every = 0);

    void restart();
    void kill() { process_.kill(); }
    void start();

    Target tcp() const { return {.port = plain_port_}; }
    Target unix_socket() const { return {.unix_path = directory_ + "/s"}; }
    uint16_t tls_port() const { return tls_port_; }
    Process& process() { return process_; }
    double start_seconds() const { return start_seconds_; }

    // One request over the Unix socket; the answer's body. Stops the run when it is not 2xx.
    std::string must(const std::string& request) const;
    std::string ask(const std::string& request) const;  // "" when there is no answer

    // An activated product without grace, a pack of CALs, an enrolled host, an API token that asks
    // for it. Gives the token.
    std::string prepare(uint32_t quantity);
    // More of them, after that.
    void add_product(const std::string& code) const;
    void add_pack(const std::string& code, uint32_t quantity);

  private:
    std::string directory_;
    int core_;
    Disk disk_;
    uint16_t plain_port_;
    uint16_t tls_port_;
    Process process_;
    double start_seconds_ = 0;
    uint8_t packs_ = 0;
};

class Redis {
  public:
    Redis(const std::string& directory, int core, bool durable, Disk disk = {});
    Target target() const { return {.port = port_, .unix_path = {}, .resp = true}; }
    Process& process() { return process_; }
    std::string ask(const std::vector<std::string>& words) const;
    void stop() { process_.stop(); }

  private:
    uint16_t port_;
    Process process_;
};

class Nginx {
  public:
    Nginx(const std::string& directory, int core, const std::string& certificate,
          const std::string& key);
    Target target() const { return {.port = port_}; }
    uint16_t tls_port() const { return tls_port_; }

  private:
    uint16_t port_;
    uint16_t tls_port_;
    Process process_;
};

// Sends one request and waits for its answer.
std::string exchange(const Target& target, const std::string& request);

// The claim that both sides do: a seat of a pool for a holder, with an audit line. Redis' side of
// it, in Lua.
extern const char* const kClaimScript;

}  // namespace calm::bench
