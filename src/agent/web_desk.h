// WebDesk: what a web server's question comes to. It names the device by its cookie, asks the
// agent, and puts the verdict into an answer. Any thread.
#pragma once

#include <string>

#include "agent/agent.h"
#include "agent/web_question.h"
#include "documents/crypto.h"

namespace calm {

class WebDesk {
  public:
    // Both outlive it; `key` is the host's.
    WebDesk(Agent& agent, const SecretKey& key) : agent_(agent), key_(key) {}

    std::string answer(const WebQuestion& question);

  private:
    Agent& agent_;
    const SecretKey& key_;
};

}  // namespace calm
