// Logins, so many a second, as a program does them through libcalm: admitted, in, and out again.
//
//   logins PRODUCT RATE <plan
//
// A line of the plan is `SOCKET USER`: whom to ask, and who logs in. A line of the answer, in the
// order in which they are done: SOCKET USER STATUS ADMITTED REASON OFFLINE.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "calm/calm.h"

namespace {

struct Login {
    std::string socket;
    std::string user;
};

std::mutex mutex;
std::condition_variable changed;
std::deque<Login> waiting;
bool over = false;

calm_handle* open_handle(const std::string& socket) {
    calm_options options{};
    options.size = sizeof options;
    options.socket_path = socket.c_str();
    options.budget_ms = 60'000;  // the agent answers within its own; on any machine
    calm_handle* handle = nullptr;
    if (calm_open(&options, &handle) != CALM_OK) std::abort();
    return handle;
}

void log_in(calm_handle* handle, const std::string& product, const Login& login) {
    calm_request request{};
    request.size = sizeof request;
    request.product = product.c_str();
    request.user = login.user.c_str();
    calm_answer answer{};
    answer.size = sizeof answer;
    const calm_status status = calm_admit(handle, &request, &answer);
    if (status == CALM_OK && answer.admitted != 0) {
        calm_session* session = nullptr;
        calm_session_begin(handle, &request, nullptr, nullptr, &session);
        calm_session_end(session);
    }
    const std::scoped_lock lock(mutex);
    std::printf("%s %s %s %d %s %d\n", login.socket.c_str(), login.user.c_str(),
                calm_status_name(status), answer.admitted,
                answer.reason[0] == '\0' ? "-" : answer.reason, answer.offline);
    std::fflush(stdout);
}

void work(const std::string& product) {
    std::map<std::string, calm_handle*> handles;
    std::unique_lock lock(mutex);
    while (true) {
        changed.wait(lock, [] { return over || !waiting.empty(); });
        if (waiting.empty()) break;
        const Login login = std::move(waiting.front());
        waiting.pop_front();
        lock.unlock();
        calm_handle*& handle = handles[login.socket];
        if (handle == nullptr) handle = open_handle(login.socket);
        log_in(handle, product, login);
        lock.lock();
    }
    lock.unlock();
    for (const auto& [socket, handle] : handles)
        calm_close(handle);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || std::atoi(argv[2]) <= 0) {
        std::cerr << "usage: logins PRODUCT RATE <plan\n";
        return 2;
    }
    const auto pause = std::chrono::nanoseconds(std::chrono::seconds(1)) / std::atoi(argv[2]);
    std::vector<std::thread> threads;
    for (int i = 0; i < 32; ++i)
        threads.emplace_back(work, std::string(argv[1]));
    auto next = std::chrono::steady_clock::now();
    Login login;
    while (std::cin >> login.socket >> login.user) {
        std::this_thread::sleep_until(next);
        next += pause;
        const std::scoped_lock lock(mutex);
        waiting.push_back(login);
        changed.notify_one();
    }
    {
        const std::scoped_lock lock(mutex);
        over = true;
    }
    changed.notify_all();
    for (auto& thread : threads)
        thread.join();
}
