// For tests: one run of `calm` with streams, an environment and a person of the test's own.
#pragma once

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <stdlib.h>

#include "base/assert.h"
#include "cli/cli.h"

namespace calm::cli::test {

struct Ran {
    Exit code = Exit::ok;
    std::string out;
    std::string err;
};

// A directory of the test's own, which is also HOME.
class Desk {
  public:
    Desk() {
        std::string name = std::filesystem::temp_directory_path() / "calm-cli-XXXXXX";
        CALM_ASSERT(mkdtemp(name.data()) != nullptr);
        path_ = name;
        environment["HOME"] = name;
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    ~Desk() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::map<std::string, std::string> environment;
    bool is_tty = false;              // of all three streams
    std::string typed;                // what the person types
    std::deque<std::string> secrets;  // what they type when it is not shown

    std::string file(const std::string& name) const { return path_ / name; }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(file(name), std::ios::binary) << text;
        return file(name);
    }
    std::string read(const std::string& name) const {
        std::ifstream in(file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    Ran run(const std::vector<std::string>& arguments) {
        std::istringstream in(typed);
        std::ostringstream out;
        std::ostringstream err;
        Terminal terminal{.in = in,
                          .out = out,
                          .err = err,
                          .in_is_tty = is_tty,
                          .out_is_tty = is_tty,
                          .err_is_tty = is_tty,
                          .environment =
                              [this](const std::string& name) {
                                  const auto found = environment.find(name);
                                  return found == environment.end() ? std::string() : found->second;
                              },
                          .read_secret = [this](const std::string&) -> Result<std::string> {
                              if (secrets.empty()) return fail("input_needed", "nobody is there");
                              std::string secret = std::move(secrets.front());
                              secrets.pop_front();
                              return secret;
                          }};
        const Exit code = cli::run(terminal, arguments);
        return {code, out.str(), err.str()};
    }

  private:
    std::filesystem::path path_;
};

}  // namespace calm::cli::test
