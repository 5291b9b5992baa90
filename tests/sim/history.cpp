// Each move draws its own numbers, from nothing but itself.
#include "history.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace calm::sim {

std::map<Reason, uint64_t> decisions;

uint64_t decisions_made() {
    uint64_t sum = 0;
    for (const auto& [reason, count] : decisions)
        sum += count;
    return sum;
}

uint64_t decisions_wanted() {
    const char* wanted = std::getenv("CALM_SIM_DECISIONS");
    return wanted == nullptr ? 100'000 : std::strtoull(wanted, nullptr, 10);
}

namespace {

class Dice {
  public:
    explicit Dice(Move move) : state_(move) {}

    uint64_t below(uint64_t n) {  // SplitMix64
        uint64_t z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return (z ^ (z >> 31)) % n;
    }
    bool chance(uint64_t percent) { return below(100) < percent; }
    template <size_t N>
    std::string_view of(const std::array<std::string_view, N>& choices) {
        return choices[below(N)];
    }

  private:
    uint64_t state_;
};

constexpr std::array<std::string_view, 12> kProducts{"f-1", "f-2", "f-3", "f-2b", "g-1", "g-2",
                                                     "n",   "f-2", "a-1", "a-2",  "c-1", "c-2"};
// Sold by who is connected.
constexpr std::array<std::string_view, 3> kConcurrent{"c-1", "c-2", "c-1"};
constexpr std::array<std::string_view, 6> kMinutes{"1s", "1m", "3m", "6m", "11m", "31m"};
constexpr std::array<std::string_view, 6> kHosts{"users",  "devices", "either",
                                                 "kiosks", "unset",   "fresh"};
constexpr std::array<std::string_view, 4> kModes{"per_user", "per_device", "either",
                                                 "not_configured"};
constexpr std::array<std::string_view, 2> kKinds{"per_user", "per_device"};
constexpr std::array<std::string_view, 4> kStations{"local", "remote", "virtual_desktop",
                                                    "console"};
constexpr std::array<std::string_view, 6> kAllKinds{"server",       "core", "external_connector",
                                                    "installation", "core", "per_user"};
constexpr std::array<std::string_view, 3> kWorkloads{"web", "hpc", "anonymous"};
constexpr std::array<std::string_view, 14> kTimes{"1s", "1h",  "23h", "24h", "1d",  "3d",  "6d",
                                                  "7d", "30d", "52d", "53d", "60d", "89d", "90d"};

class Writer {
  public:
    explicit Writer(Flavour flavour) : flavour_(flavour) {}

    void preamble(Dice dice) {
        for (const std::string_view product :
             {"f-1", "f-2", "f-3", "f-2b", "g-1", "g-2", "n", "a-1", "a-2", "c-1", "c-2"})
            set_product(product, dice);
        line("host users mode per_user");
        line("host devices mode per_device");
        line("host kiosks mode either preferred per_device");
        line("host unset mode not_configured grace 30d");
        line("host fresh mode {} grace 120d", dice.of(kModes));
        line("host either");
        for (const std::string_view kind : {"local", "virtual_desktop"})
            put_station(fmt::format("s{}", things_.places.size()), kind, dice.of(kHosts));
    }

    void step(Dice dice) {
        if (dice.chance(8)) return of_host_or_computer(dice);
        if (dice.chance(16)) return of_seats(dice);
        if (dice.chance(3)) return of_vendor(dice);
        if (dice.chance(5)) return of_group(dice);
        if (dice.chance(7)) return dice.chance(45) ? of_loan(dice) : of_device(dice);
        const uint64_t what = dice.below(100);
        if (what < 70) return admit(dice);
        if (what < 76) return logon(dice);
        if (what < 86) return line("advance {}", dice.of(kTimes));
        if (what < 89) return install(dice);
        if (what < 91) return of_holder("release", dice);
        if (what < 94) return of_holder("revoke", dice);
        if (what < 95) return erase(dice);
        if (what < 96) return set_product(dice.of(kProducts), dice);
        if (what < 97) return dice.chance(50) ? set_host(dice) : set_station(dice);
        if (what < 98) return dice.chance(40) ? remove_pack(dice) : convert(dice);
        if (flavour_.lying_clocks && (!flavour_.restores || dice.chance(50))) return clock(dice);
        if (flavour_.restores) return restore(dice);
        line("sweep");
    }

    std::string text() const { return text_; }

  private:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        text_ += fmt::format(format, std::forward<Args>(args)...);
        text_ += '\n';
    }

    void set_product(std::string_view code, Dice& dice) {
        std::string_view requires_ = dice.chance(85) ? "activated" : "trusted";
        if (code.starts_with("g")) requires_ = dice.chance(85) ? "trusted" : "activated";
        if (code == "n") requires_ = "none";
        line("product {} requires {}{}{}{}{}{}{}{} revoke {}%{}{}{}{}", code, requires_,
             dice.chance(40) ? " temporary 0d" : "", dice.chance(30) ? " overuse refuse" : "",
             dice.chance(20) ? " prevent-upgrade" : "",
             dice.chance(20) ? " grace-ends-with-first-cal" : "",
             dice.chance(20) ? " grace 30d" : "",
             dice.chance(20) ? " cal-for web cal-for servers cal-for anonymous cal-for hpc" : "",
             dice.chance(20) ? " user 30d device 20d..21d renewal 10d" : "",
             dice.chance(50) ? 20 : 50, how_sold(dice), code.starts_with("c") ? seats(dice) : "",
             dice.chance(60) ? released(code, dice) : "",
             code == "f-2b"                     ? " family f version 2"
             : code == "a-1"                    ? " base f-2"
             : code == "a-2"                    ? " base g-1 base f-1 base n"
             : code == "g-2" && dice.chance(20) ? " base f-1"
             : code == "n" && dice.chance(30)   ? " base f-1"
                                                : "");
    }
    // A product came out on one day; now and then a line is wrong about it.
    static std::string released(std::string_view code, Dice& dice) {
        const int day = code == "n" ? 2 : code[2] - '0' + (code == "f-2b" ? 9 : 3);
        return fmt::format(" released 2026-01-{:02}", dice.chance(3) ? 28 : day);
    }
    static std::string maintenance(Dice& dice) {
        if (!dice.chance(25)) return "";
        constexpr std::array<std::string_view, 5> kDays{"2026-01-05", "2026-01-06", "2026-01-07",
                                                        "2026-02-20", "2026-01-01"};
        return fmt::format(" maintained {}", dice.of(kDays));
    }
    // Seats are kept for groups; who is in them changes.
    void of_group(Dice& dice) {
        const std::string_view group = dice.chance(60) ? "x" : "y";
        if (dice.chance(40)) {
            if (things_.packs == 0) return;
            return line("reserve P{} {} {}", dice.below(things_.packs), group, dice.below(4));
        }
        const bool user = dice.chance(60);
        const std::string name = fmt::format("{}{}", user ? 'u' : 'd', dice.below(5));
        if (dice.chance(40)) {
            if (things_.names.contains(name)) line("group {} leave {}", group, name);
            return;
        }
        line("group {} join {}{}", group, user ? "" : "device ", name);
        things_.names.insert(name);
    }
    // That a host's own policy asks for.
    static std::string own_mode(Dice& dice) { return fmt::format(" mode {}", dice.of(kModes)); }
    static std::string how_sold(Dice& dice) {
        std::string how;
        if (dice.chance(20)) how += " server-license";
        if (dice.chance(20)) how += " cores-min 4";
        if (dice.chance(20)) how += " core-pack 2";
        if (dice.chance(10)) how += fmt::format(" cals-max {}", 4 + dice.below(20));
        if (dice.chance(10)) how += " cal-pack 2";
        if (dice.chance(10)) how += " cal-pack-size 2 cal-pack-size 3";
        const bool included = dice.chance(25);
        if (included) how += fmt::format(" cals-included {}", 1 + dice.below(3));
        if (dice.chance(15)) how += kinds_sold(dice, included);
        if (dice.chance(20)) how += fmt::format(" administrators {}", dice.below(4));
        return how;
    }
    static std::string kinds_sold(Dice& dice, bool included) {
        std::string kinds = " pack-kind server pack-kind core";
        const bool users = included || dice.chance(60);
        if (users) kinds += " pack-kind per_user";
        if (!users || dice.chance(30)) kinds += " pack-kind per_device";
        return kinds;
    }
    static std::string seats(Dice& dice) {
        std::string how;
        if (dice.chance(20)) how += " lease 2m";
        if (dice.chance(30)) how += " linger 5m";
        if (dice.chance(30)) how += " queue 7m";
        if (dice.chance(30)) how += fmt::format(" queue-max {}", dice.below(3));
        if (dice.chance(30)) how += fmt::format(" borrow-max {}d", dice.below(40));
        return how;
    }
    static std::string at_a_station(Dice& dice) {
        return dice.chance(20) ? fmt::format(" at s{}", dice.below(5)) : "";
    }
    // Concurrent seats: who comes and goes within minutes.
    void of_seats(Dice& dice) {
        const uint64_t what = dice.below(100);
        const std::string user = dice.chance(12) ? "-" : fmt::format("u{}", dice.below(5));
        const std::string device = dice.chance(12) ? "-" : fmt::format("d{}", dice.below(5));
        if (what < 10) {
            line("pack P{} {} {} {} {}{}{}{}", things_.packs, dice.of(kConcurrent), dice.of(kKinds),
                 1 + dice.below(3), dice.chance(70) ? "concurrent" : "per-server",
                 dice.chance(20) ? fmt::format(" overdraft {}", dice.below(2)) : "",
                 maintenance(dice),
                 dice.chance(20) ? fmt::format(" until {}", dice.of(kTimes)) : "");
            ++things_.packs;
        } else if (what < 20) {
            if (things_.packs == 0) return;
            line("assign P{} {}", dice.below(things_.packs),
                 dice.chance(90) ? dice.of(kHosts) : "-");
        } else if (what < 60) {
            line("admit {} {} {} on {}{}{}{}{}{} chance 1", user, device, dice.of(kConcurrent),
                 dice.of(kHosts), dice.chance(60) ? " wait" : "", at_a_station(dice),
                 dice.chance(8) ? own_mode(dice) : "",
                 dice.chance(5) ? fmt::format(" admin {}", dice.below(4)) : "",
                 dice.chance(10) ? fmt::format(" id r{}", dice.below(40)) : "");
        } else if (what < 66) {
            const std::string& holder = dice.chance(50) ? user : device;
            if (!things_.names.contains(holder)) return;
            return line("borrow {} {} until {}", holder, dice.of(kConcurrent), dice.of(kTimes));
        } else if (what < 78) {
            line("end {} {} {}{} on {}", user, device, dice.of(kConcurrent), at_a_station(dice),
                 dice.of(kHosts));
        } else {
            return line("advance {}", dice.of(kMinutes));
        }
        if (what < 20) return;
        if (user != "-") things_.names.insert(user);
        if (device != "-") things_.names.insert(device);
    }
    // Packs of the kinds that no holder takes CALs of, and who is given them.
    void of_host_or_computer(Dice& dice) {
        const uint64_t what = dice.below(100);
        if (what < 35) {
            line("pack P{} {} {} {}{}{}{}", things_.packs, dice.of(kProducts), dice.of(kAllKinds),
                 dice.below(10), maintenance(dice),
                 dice.chance(20) ? fmt::format(" until {}", dice.of(kTimes)) : "",
                 dice.chance(20) ? fmt::format(" also {}", dice.of(kProducts)) : "");
            ++things_.packs;
        } else if (what < 65) {
            line("license {} {} {} {}", dice.of(kHosts), dice.of(kProducts), dice.of(kAllKinds),
                 dice.chance(60) ? dice.below(2) : dice.below(12));
        } else if (what < 70) {
            line("host {} processors {} cores {}", dice.of(kHosts), dice.below(3), dice.below(5));
        } else {
            const std::string computer = fmt::format("d{}", dice.below(5));
            const std::string other = fmt::format("d{}", dice.below(5));
            const std::string_view product = dice.of(kProducts);
            things_.names.insert(computer);
            if (what < 85) return line("install claim {} {}", computer, product);
            if (what < 92) return line("install release {} {}", computer, product);
            things_.names.insert(other);
            line("install move {} {} {}", computer, other, product);
        }
    }
    void of_loan(Dice& dice) {
        const char kind = dice.chance(50) ? 'u' : dice.chance(95) ? 'd' : 's';
        const std::string name = fmt::format("{}{}", kind, dice.below(5));
        if (!things_.names.contains(name)) return;
        const std::string_view product = dice.of(kProducts);
        if (dice.chance(25)) return line("recall {} {}", name, product);
        const std::string to = fmt::format("{}{}", kind, dice.below(5));
        line("lend {} {} to {} until {}{}", name, product, to,
             dice.chance(3) ? "400d" : dice.of(kTimes), dice.chance(20) ? " repair" : "");
        things_.names.insert(to);
    }
    void of_device(Dice& dice) {
        const std::string device = fmt::format("d{}", dice.below(5));
        const std::string other = fmt::format("d{}", dice.below(5));
        const uint64_t what = dice.below(100);
        if (what >= 95) return line("device quarantine {}", dice.chance(40) ? "0d" : "14d");
        things_.names.insert(device);
        if (what < 40) {
            things_.names.insert(other);
            return line("device merge {} {}", device, other);
        }
        line("device {} {}", what < 75 ? "separate" : "accept", device);
    }
    void set_host(Dice& dice) {
        const std::string_view host = dice.of(kHosts);
        if (dice.chance(10)) return line("host {} removed", host);
        line("host {} mode {} preferred {}{}", host, dice.of(kModes), dice.of(kKinds),
             dice.chance(10)   ? " console-mode"
             : dice.chance(50) ? " station-mode"
                               : "");
    }
    void put_station(const std::string& station, std::string_view kind, std::string_view host) {
        line("station {} {} on {}", station, kind, host);
        things_.places[station] = host;
        things_.names.insert(station);
    }
    void set_station(Dice& dice) {
        const std::string station = fmt::format("s{}", dice.below(5));
        if (dice.chance(15)) return line("station {} removed", station);
        things_.names.insert(station);
        std::string how;
        if (dice.chance(60)) how += fmt::format(" {}", dice.of(kStations));
        const bool is_new = !things_.places.contains(station);
        if (is_new || dice.chance(30)) {
            things_.places[station] = dice.of(kHosts);
            how += fmt::format(" on {}", things_.places[station]);
        }
        if (dice.chance(40)) how += fmt::format(" shows s{}", dice.below(5));
        if (dice.chance(10)) how += " shows -";
        line("station {}{}", station, how);
    }
    void install(Dice& dice) {
        const std::string end = dice.chance(30) ? fmt::format(" until {}", dice.of(kTimes)) : "";
        const std::string start = dice.chance(10) ? fmt::format(" from {}", dice.of(kTimes)) : "";
        const bool again = things_.packs > 0 && dice.chance(8);
        std::string suite;
        if (dice.chance(30)) suite += fmt::format(" also {}", dice.of(kProducts));
        if (dice.chance(10)) suite += fmt::format(" also {}", dice.of(kProducts));
        const std::string sold =
            fmt::format("{} {} {}", dice.of(kProducts), dice.of(kKinds), dice.below(5));
        if (!again) things_.sold[things_.packs] = sold + suite;
        if (dice.chance(25)) suite += fmt::format(" overdraft {}", dice.below(3));
        suite += maintenance(dice);
        if (dice.chance(25)) suite += " activation";
        if (dice.chance(again ? 60 : 3)) suite += origin(dice);
        if (dice.chance(5))
            suite += dice.chance(80) ? " agreement select:1234567" : " agreement open:7";
        line("pack P{} {}{}{}{}{}", again ? dice.below(things_.packs) : things_.packs, sold, start,
             end, suite, dice.chance(2) ? " stranger" : "");
        if (!again) ++things_.packs;
    }
    // What the vendor says of the server, and of packs.
    void of_vendor(Dice& dice) {
        const uint64_t what = dice.below(100);
        if (what < 45) {
            return line("activate until {}{}", dice.chance(95) ? dice.of(kTimes) : "2026-01-01",
                        dice.chance(10) ? " serial 1" : "");
        }
        if (what < 55) return line("deactivate");
        if (things_.packs == 0) return;
        const uint64_t pack = dice.below(things_.packs);
        if (what < 75) return line("withdraw P{}{}", pack, dice.chance(20) ? " list 1" : "");
        const auto sold = things_.sold.find(pack);
        const std::string of =
            sold != things_.sold.end() && dice.chance(90)
                ? sold->second
                : fmt::format("{} {} {}", dice.of(kProducts), dice.of(kKinds), dice.below(5));
        line("pack P{} {} renewal {}{}{}", pack, of, 1 + dice.below(3), maintenance(dice),
             dice.chance(60) ? fmt::format(" until {}", dice.of(kTimes)) : "");
    }
    void convert(Dice& dice) {
        if (things_.packs == 0) return;
        const bool again = things_.conversions > 0 && dice.chance(30);
        line("convert {}{} {} C{}", again ? 'C' : 'P',
             dice.below(again ? things_.conversions : things_.packs),
             dice.chance(50)   ? "all"
             : dice.chance(70) ? "1"
                               : "2",
             things_.conversions);
        ++things_.conversions;
    }
    void remove_pack(Dice& dice) {
        if (things_.packs == 0) return;
        if (dice.chance(50)) return line("remove P{}", dice.below(things_.packs));
        const bool converted = things_.conversions > 0 && dice.chance(15);
        line("move {}{} {}", converted ? 'C' : 'P',
             dice.below(converted ? things_.conversions : things_.packs),
             dice.chance(70) ? "there" : "elsewhere");
    }
    static std::string origin(Dice& dice) {
        const std::string_view server = dice.chance(50) ? "there" : "elsewhere";
        if (dice.chance(40))
            return fmt::format(" moved-from {} {}", server,
                               dice.chance(50) ? "dead" : "unreachable");
        return fmt::format(" moved-from {} reachable {}", server, 1 + dice.below(4));
    }
    void admit(Dice& dice) {
        const std::string user = dice.chance(12) ? "-" : fmt::format("u{}", dice.below(5));
        const std::string device = dice.chance(12) ? "-" : fmt::format("d{}", dice.below(5));
        const std::string_view product = dice.chance(1) ? "unknown" : dice.of(kProducts);
        std::string_view host = dice.chance(1) ? "nowhere" : dice.of(kHosts);
        std::string how;
        if (dice.chance(15)) {
            const auto place = things_.places.find(fmt::format("s{}", dice.below(5)));
            if (place != things_.places.end()) {
                how += " at " + place->first;
                if (dice.chance(90)) host = place->second;
            }
        }
        if (dice.chance(25)) how += fmt::format(" id r{}", dice.below(40));
        if (dice.chance(2)) how += fmt::format(" admin {}", dice.below(4));
        if (dice.chance(1)) how += " service";
        if (dice.chance(2)) how += " token";
        if (dice.chance(5)) how += " outside";
        if (dice.chance(2)) how += fmt::format(" workload {}", dice.of(kWorkloads));
        if (dice.chance(1)) how += fmt::format(" server {}", dice.of(kHosts));
        if (dice.chance(3)) how += fmt::format(" via d{}", dice.below(5));
        if (dice.chance(15)) how += fmt::format(" hardware h{}", dice.below(3));
        if (dice.chance(5)) how += fmt::format(" certificate c{}", dice.below(3));
        if (dice.chance(5)) how += fmt::format(" keeps k{}", dice.below(3));
        if (dice.chance(8)) how += own_mode(dice);
        line("admit {} {} {} on {}{} chance {}", user, device, product, host, how,
             dice.below(1000));
        if (user != "-") things_.names.insert(user);
        if (device != "-") things_.names.insert(device);
    }
    void logon(Dice& dice) {
        const std::string device = fmt::format("d{}", dice.below(5));
        line("logon {} {}", device, dice.of(kProducts));
        things_.names.insert(device);
    }
    void of_holder(std::string_view verb, Dice& dice) {
        const std::string name = fmt::format("{}{}",
                                             dice.chance(60)   ? 'd'
                                             : dice.chance(70) ? 'u'
                                                               : 's',
                                             dice.below(5));
        if (!things_.names.contains(name)) return;
        line("{} {} {}{}", verb, name, dice.of(kProducts),
             verb == "release" && dice.chance(40) ? " reassigned" : "");
    }
    void erase(Dice& dice) {
        const std::string name = fmt::format("{}{}", dice.chance(50) ? 'd' : 'u', dice.below(5));
        if (things_.names.contains(name)) line("erase {}", name);
    }
    void clock(Dice& dice) {
        switch (dice.below(5)) {
            case 0: return line("clock ahead {}", dice.of(kTimes));
            case 1: return line("clock back {}", dice.of(kTimes));
            case 2: return line("clock right");
            case 3: return line("clock accept");
            default: return line("restart after {}", dice.of(kTimes));
        }
    }

    void restore(Dice& dice) {
        if (!backup_) {
            backup_ = things_;
            return line("backup");
        }
        if (dice.chance(50)) return reassert(dice);
        things_ = *std::exchange(backup_, std::nullopt);
        line("restore");
        if (dice.chance(80)) line("clock accept");
        for (uint64_t asked = dice.below(8); asked > 0; --asked)
            admit(dice);
        for (uint64_t hosts = dice.below(10); hosts > 0; --hosts)
            reassert(dice);
    }
    void reassert(Dice& dice) { line("reassert {}", dice.of(kHosts)); }

    // What there is, as far as a line may name it.
    struct Things {
        uint64_t packs = 0;
        uint64_t conversions = 0;
        std::map<uint64_t, std::string> sold;  // what the first line of a pack says it is of
        std::set<std::string> names;
        std::map<std::string, std::string> places;  // stations, and the host where each was put
    };

    Flavour flavour_;
    std::string text_;
    Things things_;
    std::optional<Things> backup_;
};

}  // namespace

std::string history(const std::vector<Move>& moves, Flavour flavour) {
    Writer writer(flavour);
    writer.preamble(Dice(moves.empty() ? 0 : moves.front()));
    // Times may add up to no more than 50 years.
    constexpr size_t kMovesMax = 1500;
    for (size_t i = 0; i < moves.size() && i < kMovesMax; ++i)
        writer.step(Dice(moves[i] + 1));
    return writer.text();
}

std::string head(const std::string& text, size_t lines) {
    size_t end = 0;
    for (size_t i = 0; i < lines && end < text.size(); ++i)
        end = text.find('\n', end) + 1;
    return text.substr(0, end);
}

}  // namespace calm::sim
