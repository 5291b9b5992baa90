// A handle and an agent that says what the test wants. Included by tests only.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "asking/scripted_agent.h"
#include "calm/calm.h"
#include "capi/handle.h"

namespace calm::test {

inline constexpr const char* kAllow =
    R"({"verdict":"allow","reason":"cal_held","seconds_left":86401})"
    "\n";
inline constexpr const char* kDeny =
    R"({"verdict":"deny","reason":"no_cal_available","sentence":"No license is free."})"
    "\n";
inline constexpr const char* kEnds =
    R"({"verdict":"deny","reason":"seats_all_in_use","sentence":"Your seat is gone.","ends":true})"
    "\n";
inline constexpr const char* kDone = "{\"done\":true}\n";

template <class T>
T sized() {
    T structure{};
    structure.size = sizeof structure;
    return structure;
}

class CapiTest : public testing::Test {
  protected:
    CapiTest() {
        // What the library falls back on must not depend on who runs the tests.
        for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
            unsetenv(name);
        std::string pattern = (std::filesystem::temp_directory_path() / "calm-c-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        socket_ = directory_ / "agent";
        options.socket_path = socket_.c_str();
        request.product = "files-2026";
        request.user = "anna";
    }
    ~CapiTest() override {
        calm_close(handle_);
        agent_.reset();
        std::filesystem::remove_all(directory_);
    }

    // The last thing to set up: the agent's thread runs from now on.
    ScriptedAgent& serve(ScriptedAgent::Behaviour behaviour) {
        agent_ = std::make_unique<ScriptedAgent>(socket_, std::move(behaviour));
        return *agent_;
    }
    void hang_up() { agent_.reset(); }

    calm_handle* handle() {
        if (handle_ == nullptr) {
            EXPECT_EQ(calm_open(&options, &handle_), CALM_OK);
        }
        return handle_;
    }
    void close_handle() {
        calm_close(handle_);
        handle_ = nullptr;
    }

    calm_status admit() { return calm_admit(handle(), &request, &answer); }

    std::filesystem::path directory_;
    std::string socket_;
    calm_options options = sized<calm_options>();
    calm_request request = sized<calm_request>();
    calm_answer answer = sized<calm_answer>();

  private:
    std::unique_ptr<ScriptedAgent> agent_;
    calm_handle* handle_ = nullptr;
};

}  // namespace calm::test
