// PostgreSQL as a peer of question (a). Started in a temporary directory of its own, as `postgres`
// (or `nobody`) when root measures; gone with the object.
#pragma once

#include <string>
#include <vector>

#include "process.h"

namespace calm::bench {

class Postgres {
  public:
    // Pinned to `core`, every sync `slower_us` longer. Look at ready(): it may not be installed.
    Postgres(int core, unsigned slower_us);

    bool ready() const { return ready_; }

    // One transaction for each grant, all on the same pool row, by so many clients at once. 0:
    // pgbench failed.
    double grants_per_second(unsigned clients, double seconds) const;

  private:
    bool shell(const std::string& command) const;

    TemporaryDirectory directory_;  // goes last
    std::string programs_;          // where initdb, postgres and pgbench are; empty: not installed
    std::vector<std::string> prefix_;  // makes a command run as the cluster's owner
    int core_;
    bool ready_ = false;
    Process process_;
};

}  // namespace calm::bench
