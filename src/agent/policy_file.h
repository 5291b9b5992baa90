// PolicyFiles: a host's Registry.pol files, read one after the other, and who notices that they
// have changed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "policy/registry_pol.h"

namespace calm {

struct PolicyFiles {
    RegistryPol entries;                                  // of all, in their order
    std::vector<std::string> found;                       // which of them are there
    std::vector<std::pair<std::string, Error>> unusable;  // there, but not to be read
};

// A file that is not there sets nothing. Errors of each: `registry_pol_malformed`,
// `file_unreadable`.
PolicyFiles read_policy_files(const std::vector<std::string>& files);

// PolicyWatch: a thread that looks at the files every two seconds and calls when one of them is
// another, or is there, or is gone.
class PolicyWatch {
  public:
    // What tells each file from another that stands there at another time.
    using Marks = std::vector<std::string>;
    static Marks marks_of(const std::vector<std::string>& files);

    // `seen`: of when the files were last read. `changed` is called on the watch's thread.
    PolicyWatch(std::vector<std::string> files, Marks seen, std::function<void()> changed);

  private:
    void run(const std::stop_token& stop);

    const std::vector<std::string> files_;
    Marks seen_;
    const std::function<void()> changed_;
    std::jthread thread_;
};

}  // namespace calm
