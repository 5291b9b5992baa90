// kill_loop N: N times, calmd is killed (-9) at a random moment under load and started again. Then:
// no acknowledged CAL is lost, none is issued beyond the pack, and every repeated request id whose
// answer wrote an entry is answered the same. The seed is printed; CALM_KILL_SEED repeats a run.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "servers.h"

namespace {

using namespace calm::bench;
namespace json = boost::json;

constexpr unsigned kCalsPerKill = 100;  // about as many as are given between two kills
constexpr unsigned kClients = 4;

struct Promise {
    std::string user;
    std::string reason;
    int64_t cal = 0;
};

std::string question(const std::string& id, const std::string& user) {
    return http_post(
        "/v1/admissions",
        fmt::format(R"({{"host":1,"product":"sql-2012","user":"{}","request_id":"{}"}})", user,
                    id));
}

Promise promise_of(const std::string& user, const std::string& answer) {
    const auto said = json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    const auto* cal = said.as_object().if_contains("cal");
    return {user, std::string(said.at("reason").as_string()),
            cal == nullptr ? 0 : cal->to_number<int64_t>()};
}

class Proof {
  public:
    Proof(Calmd& calmd, uint64_t seed, unsigned quantity)
        : calmd_(calmd), random_(seed), quantity_(quantity) {}

    // Clients ask until the server is killed.
    void load_and_kill() {
        std::vector<std::thread> clients;
        for (unsigned i = 0; i < kClients; ++i) {
            clients.emplace_back([this, seed = random_()] { ask_until_dead(seed); });
        }
        std::this_thread::sleep_for(std::chrono::microseconds(2'000 + random_() % 60'000));
        calmd_.kill();
        for (std::thread& client : clients)
            client.join();
        calmd_.start();
    }

    bool repeats_are_answered_the_same() {
        size_t checked = 0;
        for (auto each = fresh_.rbegin(); each != fresh_.rend() && checked < 40;
             ++each, ++checked) {
            const Promise& promise = given_.at(*each);
            const std::string answer = calmd_.ask(question(*each, promise.user));
            if (answer.find("200 OK") == std::string::npos) return complain(*each, promise, answer);
            const Promise again = promise_of(promise.user, answer);
            if (again.reason != promise.reason || again.cal != promise.cal) {
                return complain(*each, promise, answer);
            }
        }
        fresh_.clear();
        return true;
    }

    bool nothing_is_lost_or_beyond_the_pack() {
        std::map<int64_t, std::string> held;
        std::string cursor;
        do {
            const auto page = json::parse(calmd_.must(
                http_get("/v1/cals?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor))));
            for (const auto& cal : page.at("cals").as_array()) {
                held[cal.at("cal").to_number<int64_t>()] = cal.at("holder").at("name").as_string();
            }
            const auto* next = page.as_object().if_contains("cursor");
            cursor = next == nullptr ? "" : std::string(next->as_string());
        } while (!cursor.empty());
        for (const auto& [id, promise] : given_) {
            if (promise.cal != 0 && held[promise.cal] != promise.user)
                return complain(id, promise, "lost");
        }
        const auto packs = json::parse(calmd_.must(http_get("/v1/packs")));
        const auto used = packs.at("packs").at(0).at("used").to_number<int64_t>();
        if (used > quantity_ || held.size() > quantity_) {
            fmt::print(stderr, "{} CALs are out of a pack of {}\n", used, quantity_);
            return false;
        }
        issued_ = held.size();
        return true;
    }

    // Users who hold nothing yet take what is left, and one more.
    bool the_pack_fills_to_its_last_seat() {
        std::string said;
        for (unsigned user = 0; user < quantity_ * 2; ++user) {
            said = calmd_.ask(
                question(fmt::format("{:032x}", user + 1), fmt::format("user-{}", user)));
            if (said.find(R"("verdict":"deny")") != std::string::npos) break;
        }
        if (said.find("no_cal_available") == std::string::npos) {
            fmt::print(stderr, "twice as many users as CALs, and the last one is told: {}\n", said);
            return false;
        }
        return nothing_is_lost_or_beyond_the_pack() && issued_ == quantity_;
    }

    size_t promises() const { return given_.size(); }
    size_t issued() const { return issued_; }

  private:
    static bool complain(const std::string& id, const Promise& promise, const std::string& answer) {
        fmt::print(stderr, "request {} of {} was answered {} (CAL {}), and now: {}\n", id,
                   promise.user, promise.reason, promise.cal, answer);
        return false;
    }

    void ask_until_dead(uint64_t seed) {
        std::mt19937_64 random(seed);
        while (true) {
            const std::string id = fmt::format("{:016x}{:016x}", random(), random());
            const std::string user = fmt::format("user-{}", random() % (quantity_ * 2));
            const std::string answer = calmd_.ask(question(id, user));
            if (answer_size(calmd_.unix_socket(), answer) == 0) return;
            const Promise promise = promise_of(user, answer);
            const std::lock_guard lock(mutex_);
            if (promise.reason == "cal_issued") {
                given_[id] = promise;
                fresh_.push_back(id);
            }
        }
    }

    Calmd& calmd_;
    std::mt19937_64 random_;
    unsigned quantity_;
    std::mutex mutex_;
    std::map<std::string, Promise> given_;  // answers that wrote an entry, by request id
    std::vector<std::string> fresh_;
    size_t issued_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const int cycles = argc > 1 ? std::atoi(argv[1]) : 200;
    const char* given = std::getenv("CALM_KILL_SEED");
    const uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    fmt::print("seed {}\n", seed);
    const TemporaryDirectory directory;
    Calmd calmd(directory.path(), -1);
    const unsigned quantity = kCalsPerKill * static_cast<unsigned>(cycles);
    calmd.prepare(quantity);
    Proof proof(calmd, seed, quantity);
    for (int i = 1; i <= cycles; ++i) {
        proof.load_and_kill();
        if (!proof.repeats_are_answered_the_same()) return 1;
        const bool last = i == cycles;
        if ((i % 20 == 0 || last) && !proof.nothing_is_lost_or_beyond_the_pack()) return 1;
        if (i % 20 == 0 || last) {
            fmt::print("{} of {} kills: {} promises kept, {} CALs out\n", i, cycles,
                       proof.promises(), proof.issued());
            std::fflush(stdout);
        }
    }
    if (!proof.the_pack_fills_to_its_last_seat()) return 1;
    fmt::print("{} CALs out of a pack of {}\n", proof.issued(), quantity);
    return 0;
}
