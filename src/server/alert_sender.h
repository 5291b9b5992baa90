// AlertSender: tells the receivers, each on a thread of its own, so that one that does not answer
// holds up neither the loop nor the others. What fails is tried again, ever more slowly, and not
// for ever.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/alert_transport.h"

namespace calm {

// What became of one try.
struct DeliveryReport {
    std::string receiver;
    std::string message;
    uint16_t tries = 0;
    bool sent = false;
    bool last = false;  // it is not tried again
    std::string why;    // it failed
};

class AlertSender {
  public:
    // Called on a receiver's thread. Must not block.
    using Report = std::function<void(DeliveryReport)>;
    using Pauses = std::vector<std::chrono::milliseconds>;

    // Between two tries; one try more than there are pauses: the last is a quarter of an hour after
    // the first.
    static Pauses usual_pauses();
    static constexpr size_t kWaitingMax = 256;  // messages of one receiver

    AlertSender(std::vector<Receiver> receivers, Report report, Pauses pauses = usual_pauses());
    ~AlertSender();  // stop()
    AlertSender(const AlertSender&) = delete;
    AlertSender& operator=(const AlertSender&) = delete;

    const std::vector<std::string>& receivers() const { return names_; }
    bool has(const std::string& receiver) const;

    // Every message is reported on until its last try. REQUIRES: has(receiver). Any one thread.
    void send(const std::string& receiver, AlertMessage message, bool once);

    // Ends the threads; a try in work is broken off within a second. What waits is not reported on:
    // whoever sent it sends it again after the next start.
    void stop();

  private:
    struct Courier;
    std::vector<std::string> names_;
    std::vector<std::unique_ptr<Courier>> couriers_;
};

}  // namespace calm
