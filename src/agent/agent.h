// Agent: what calm-hostd answers to whoever asks on this host. It turns a PAM service's question
// into an admission, keeps the budget of time whatever the servers do, and finds the sentence for
// the person. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "agent/host_config.h"
#include "agent/notices.h"
#include "agent/protocol.h"
#include "agent/station_watch.h"
#include "agent/workers.h"
#include "base/result.h"
#include "client/server_list.h"
#include "messages/messages.h"

namespace calm {

class Agent {
  public:
    // `host_name` stands for the device of who sits at the machine itself; `language` is spoken
    // when neither the question nor the settings name one. `watch`: of the host's stations; null:
    // they are not watched. `servers` and `watch` outlive the agent. `notices_file`: see
    // NoticeBook.
    Agent(HostConfig config, ServerList& servers, std::string host_name, Language language,
          StationWatch* watch = nullptr, std::string notices_file = {});

    // The settings from now on; a question that is under way keeps its own.
    void go_by(HostConfig config);
    std::shared_ptr<const HostConfig> config() const;

    // The answer line to a question line. An `admit` is answered within the smaller of the
    // question's budget and the configured one, counted from the call. `asker`: the process that
    // asks; zero: not known.
    std::string answer(std::string_view line, pid_t asker = 0);

    // May this one connect? The same for who asks otherwise than by a line. Errors:
    // `service_unknown`, and `server_unreachable` of one that waits.
    Result<AgentVerdict> admit(const AgentQuestion& question);

  private:
    using Deadline = Client::Deadline;

    std::optional<ServiceConfig> service_of(const std::string& name) const;
    Result<AdmissionAsk> ask_of(const AgentQuestion& question) const;
    std::string station_of(const AgentQuestion& question, const ServiceConfig& service) const;
    bool at_console(const AdmissionAsk& ask) const;
    Deadline deadline_of(const AgentQuestion& question) const;
    std::optional<Admission> ask_servers(const AdmissionAsk& ask, const AgentQuestion& question,
                                         Deadline deadline);
    std::optional<Admission> ask_at_station(const AdmissionAsk& ask, const AgentQuestion& question);
    bool make_station_known(const AdmissionAsk& ask, const AgentQuestion& question,
                            Deadline deadline);
    std::string refused(const AgentQuestion& question, const Error& error) const;
    std::string answer_admit(const AgentQuestion& question);
    std::string answer_running(const AgentQuestion& question, const AdmissionAsk& ask,
                               const SessionMarks& marks);
    std::string answer_notice(const AgentQuestion& question);
    std::string answer_status() const;
    Language language_of(const AgentQuestion& question) const;
    AgentVerdict verdict_on(const Admission& admission, const AdmissionAsk& ask,
                            Language language) const;
    std::string refusal(const Admission& admission, const AdmissionAsk& ask,
                        Language language) const;
    std::optional<Instant> grace_just_over(const std::string& product) const;

    mutable std::mutex mutex_;
    // Shared with the questions that are under way when it changes.
    std::shared_ptr<const HostConfig> config_;
    ServerList& servers_;
    const std::string host_name_;
    const Language language_;
    StationWatch* const watch_;
    NoticeBook notices_;
    Workers workers_;
};

// The status as a person reads it, from the status line's JSON. Errors: `answer_malformed`.
Result<std::string> status_text(std::string_view json, Language language);

}  // namespace calm
