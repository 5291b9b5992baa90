// WebDesk: what a web server's question comes to. It names the device by its cookie, asks the
// agent, and puts the verdict into an answer. Any thread.
#pragma once

#include <string>

#include "agent/agent.h"
#include "agent/host_config.h"
#include "agent/web_question.h"
#include "documents/crypto.h"

namespace calm {

class WebDesk {
  public:
    // All three outlive it; `key` is the host's.
    WebDesk(const HostConfig& config, Agent& agent, const SecretKey& key)
        : config_(config), agent_(agent), key_(key) {}

    std::string answer(const WebQuestion& question);

  private:
    const HostConfig& config_;
    Agent& agent_;
    const SecretKey& key_;
};

}  // namespace calm
