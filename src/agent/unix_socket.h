// Unix sockets as the agent uses them: non-blocking descriptors, and waiting until a deadline.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>
#include <sys/types.h>

#include "base/result.h"

namespace calm {

// True when `fd` is ready before the deadline.
bool wait_for(int fd, short events, std::chrono::steady_clock::time_point deadline);

// Whether the call that has just failed may be repeated once its descriptor is ready.
bool may_retry();

bool send_all(int fd, std::string_view bytes, std::chrono::steady_clock::time_point deadline);

// -1 when nobody answers; errno says why.
int connect_to(const std::string& path);

// Everybody may connect: who may ask is told by the kernel. A socket that nobody listens on any
// more is replaced. Errors: `agent_already_runs`, `agent_socket_failed`.
Result<int> listen_at(const std::string& path);

// The process at the other end, if it is root, of the agent's own account, or of one of these.
std::optional<ucred> peer_that_may_ask(int fd, const std::vector<uid_t>& may_ask);

}  // namespace calm
