// calm-hostd doctor and calm-hostd test: this host examined, for people and for scripts.
#pragma once

#include <string>

#include "base/result.h"

namespace calm {

// Prints what examine_host() finds. The exit code: 1 when something is bad, else 0.
int run_doctor(const std::string& config_path, bool json);

struct TestQuestion {
    std::string product;
    std::string user;
    std::string device;
    std::string service;
    bool json = false;
};

// Without a user and a device: what the license servers say, and nothing is written anywhere. With
// one of them: an ordinary question to the agent, as a service of this host asks it; what it gives
// is given. The exit code: 0 admitted or all well, 1 something is bad, 5 refused, 6 no license
// server answered. Errors: those of examine_servers(), `agent_unreachable`, and what the agent
// says.
Result<int> run_test(const std::string& config_path, const TestQuestion& question);

}  // namespace calm
