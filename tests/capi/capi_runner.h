// CapiRunner: plays scenarios as programs on real hosts would: whoever connects is asked for
// through libcalm, which asks an agent behind its socket, which asks the license server over its
// routes. What only administrators do goes over the routes beside it (HttpRunner).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "http_runner.h"

namespace calm::testing {

class CapiRunner {
  public:
    // The scenario outlives the runner, which is given its steps in their order.
    explicit CapiRunner(const scenario::Scenario& scenario);
    ~CapiRunner();
    CapiRunner(const CapiRunner&) = delete;
    CapiRunner& operator=(const CapiRunner&) = delete;

    // A ScenarioRunner (pass it as std::ref). Errors: those of HttpRunner; `scenario_unsupported`:
    // a line asks what no program can ask through libcalm.
    Result<scenario::Observed> operator()(const scenario::Step& step);

    // So many questions went through the library.
    size_t questions() const { return questions_; }

  private:
    class Host;

    template <class AnyStep>
    Result<scenario::Observed> play(const AnyStep& step) {
        return http_(step);
    }
    Result<scenario::Observed> play(const scenario::Admit& step);
    Result<scenario::Observed> play(const scenario::Logon& step);
    Result<scenario::Observed> play(const scenario::EndSession& step);
    Result<scenario::Observed> play(const scenario::Reassert& step);
    Result<scenario::Observed> play(const scenario::Restore& step);
    Host* host(const std::string& name);

    const scenario::Scenario& scenario_;
    size_t next_line_ = 0;
    size_t questions_ = 0;
    bool restored_ = false;
    HttpRunner http_;
    std::string directory_;
    std::map<std::string, std::unique_ptr<Host>> hosts_;
    struct Asked {
        std::string host;
        std::string user;
    };
    std::map<std::string, Asked> asked_;  // by device and product: the last time
};

}  // namespace calm::testing
