// calm-hostd: its command line and its life. main() only passes its arguments on.
#pragma once

#include <functional>

#include "agent/host_config.h"
#include "base/result.h"
#include "client/client.h"

namespace calm {

// Runs the agent until `wait_for_stop` returns; everything is in place when it is called. The
// process gets SIGHUP when it is to be run again: a license server was replaced, or a policy names
// others. The policy files' values are put over `file_config`, at once and whenever they change.
// Errors: those of HostFiles and SocketServer, `agent_already_runs`, `setting_invalid`.
Result<> run_hostd(const HostConfig& file_config, const std::function<void()>& wait_for_stop);

// The machine's clocks and boot id.
Clocks system_clocks();

// The machine's name.
std::string machine_name();

// The whole program. Exit codes: 0 well, 1 an error or a bad finding, 2 wrong use, 5 refused, 6 a
// server or the agent does not answer.
int hostd_main(int argc, char** argv);

}  // namespace calm
