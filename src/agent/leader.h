// The process that a session lives with, as the kernel tells of it.
#pragma once

#include <optional>

#include <sys/types.h>

#include "client/session.h"

namespace calm {

// Empty: it has ended, or this agent may not see it.
std::optional<Leader> leader_of(pid_t pid);

// False only when it is certain that it has ended: a process that cannot be seen any more lives.
bool lives(const Leader& leader);

}  // namespace calm
