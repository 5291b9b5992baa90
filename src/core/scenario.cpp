// The parser of `.calm`: a line is words; the first says which step it is.
#include "core/scenario.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/scenario_warnings.h"
#include "core/scenario_words.h"

namespace calm::scenario {
namespace {

class Parser {
  public:
    Result<Scenario> parse(std::string_view text);

  private:
    Result<Step> step(Words& words);
    Result<Step> product(Words& words);
    Result<Step> pack(Words& words);
    Result<Step> life(std::string_view verb, Words& words);
    Result<Step> remove(Words& words);
    Result<Agreement> agreement(Words& words);
    Result<Step> host(Words& words);
    Result<Step> station(Words& words);
    Result<Step> convert(Words& words);
    Result<Step> move(Words& words);
    Result<Step> activate(Words& words);
    Result<Step> withdraw(Words& words);
    Result<entry::PackOrigin> origin(Words& words);
    Result<Step> server(Words& words);
    Result<Step> restore(Words& words);
    Result<Step> reassert(Words& words);
    Result<Step> logon(Words& words);
    Result<Step> license(Words& words);
    Result<Step> install(Words& words);
    Result<Step> end_session(Words& words);
    Result<Step> assign(Words& words);
    Result<Step> lend(Words& words);
    Result<Step> recall(Words& words);
    Result<Step> borrow(Words& words);
    Result<Step> group(Words& words);
    Result<Step> reserve(Words& words);
    Result<Step> device(Words& words);
    Result<std::string> device_named(Words& words);
    Result<bool> signal(Words& words, Admit& admit);
    Result<Step> admit(Words& words);
    Result<Step> clock(Words& words);
    Result<Step> expect(Words& words);
    Result<Step> expect_holding(Words& words);
    Result<> expected_admission(Words& words);
    Result<> expected_refusal(Words& words);
    Result<> expected_span(Words& words);

    Result<std::string> party(Words& words, HolderKind kind);
    Result<Who> holder(Words& words);
    Result<> let_pass(Words& words, Seconds time);

    Line line_;                                // the one that is being read
    std::map<std::string, HolderKind> kinds_;  // of every name admitted so far
    Seconds passed_;
    bool has_backup_ = false;
    uint32_t serial_ = 0;       // of the certificate named last
    uint32_t status_list_ = 0;  // number of the status list named last
};

Result<Scenario> Parser::parse(std::string_view text) {
    if (text.size() > kBytesMax) {
        return fail("scenario_too_large",
                    fmt::format("the scenario has more than {} bytes", kBytesMax));
    }
    Scenario scenario;
    for (uint32_t number = 1; !text.empty(); ++number) {
        if (number > kLinesMax) {
            return fail("scenario_too_large",
                        fmt::format("the scenario has more than {} lines", kLinesMax));
        }
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (scenario.rule.empty() && line.starts_with('#') && is_text(line.substr(1))) {
            const size_t start = std::min(line.find_first_not_of("# "), line.size());
            scenario.rule = line.substr(start, line.find_last_not_of(' ') + 1 - start);
        }
        Words words(number, line);
        if (words.empty()) continue;
        line_ = {.number = number, .text = std::string(line), .step = {}, .expected = {}};
        CALM_TRY_ASSIGN(line_.step, step(words));
        CALM_TRY(words.end());
        scenario.lines.push_back(std::move(line_));
    }
    return scenario;
}

Result<Step> Parser::step(Words& words) {
    CALM_TRY_ASSIGN(const std::string verb, words.word("a step"));
    if (verb == "product") return product(words);
    if (verb == "pack") return pack(words);
    if (verb == "host") return host(words);
    if (verb == "station") return station(words);
    if (verb == "admit") return admit(words);
    if (verb == "clock") return clock(words);
    if (verb == "expect") return expect(words);
    if (verb == "holiday") return parse_holiday(words);
    if (verb == "license") return license(words);
    if (verb == "install") return install(words);
    if (verb == "end") return end_session(words);
    if (verb == "assign") return assign(words);
    if (verb == "lend") return lend(words);
    if (verb == "recall") return recall(words);
    if (verb == "borrow") return borrow(words);
    if (verb == "group") return group(words);
    if (verb == "reserve") return reserve(words);
    if (verb == "device") return device(words);
    if (verb == "sweep") return Sweep{};
    if (verb == "remove") return remove(words);
    if (verb == "move") return move(words);
    if (verb == "activate") return activate(words);
    if (verb == "withdraw") return withdraw(words);
    if (verb == "deactivate") {
        CALM_TRY(expected_refusal(words));
        return Deactivate{};
    }
    if (verb == "convert") return convert(words);
    if (verb == "logon") return logon(words);
    if (verb == "release" || verb == "revoke") {
        CALM_TRY_ASSIGN(Who who, holder(words));
        CALM_TRY_ASSIGN(std::string code, words.word("the product"));
        const bool reassigned = verb == "release" && words.take("reassigned");
        auto why = RevocationReason::out_of_service;
        if (verb == "revoke" && words.take("because")) {
            CALM_TRY_ASSIGN(why, words.name<RevocationReason>("the reason"));
        }
        CALM_TRY(expected_refusal(words));
        if (verb == "release") {
            return Release{std::move(who), std::move(code),
                           reassigned ? ReturnReason::reassigned : ReturnReason::left};
        }
        return Revoke{std::move(who), std::move(code), why};
    }
    if (verb == "erase") {
        CALM_TRY_ASSIGN(Who who, holder(words));
        CALM_TRY(expected_refusal(words));
        return Erase{std::move(who)};
    }
    if (verb == "advance" || verb == "restart" || verb == "backup") return life(verb, words);
    if (verb == "restore") return restore(words);
    if (verb == "reassert") return reassert(words);
    if (verb == "server") return server(words);
    return words.error(fmt::format(
        "`{}` is no step; there are product, pack, remove, move, convert, withdraw, activate, "
        "deactivate, host, station, admit, "
        "end, logon, release, revoke, lend, recall, borrow, group, reserve, erase, license, "
        "install, assign, device, advance, clock, restart, backup, restore, reassert, sweep, "
        "server, holiday and "
        "expect",
        verb));
}

// Time passes, or the server's process does something.
Result<Step> Parser::life(std::string_view verb, Words& words) {
    if (verb == "advance") {
        CALM_TRY_ASSIGN(const Seconds by, words.duration("how long"));
        CALM_TRY(let_pass(words, by));
        return Advance{by};
    }
    if (verb == "restart") {
        Restart restart;
        if (words.take("after")) {
            CALM_TRY_ASSIGN(restart.after, words.duration("how long"));
            CALM_TRY(let_pass(words, restart.after));
        }
        return restart;
    }
    has_backup_ = true;
    return Backup{};
}

Result<Step> Parser::remove(Words& words) {
    CALM_TRY_ASSIGN(std::string name, words.word("the pack"));
    CALM_TRY(expected_refusal(words));
    return RemovePack{std::move(name)};
}

Result<Step> Parser::logon(Words& words) {
    CALM_TRY_ASSIGN(std::string device, party(words, HolderKind::device));
    CALM_TRY_ASSIGN(std::string code, words.word("the product"));
    CALM_TRY(expected_refusal(words));
    return Logon{std::move(device), std::move(code)};
}

Result<Step> Parser::server(Words& words) {
    if (words.take("up")) return SetServer{.up = true};
    if (words.take("down")) return SetServer{.up = false};
    return words.error("a server is `up` or `down`");
}

Result<Step> Parser::restore(Words& words) {
    if (!std::exchange(has_backup_, false))
        return words.error("each `restore` needs a `backup` before it");
    return Restore{};
}

Result<Step> Parser::reassert(Words& words) {
    CALM_TRY_ASSIGN(std::string host, words.word("the host"));
    CALM_TRY(expected_refusal(words));
    return Reassert{std::move(host)};
}

Result<Step> Parser::move(Words& words) {
    MovePack move;
    CALM_TRY_ASSIGN(move.name, words.word("the pack"));
    CALM_TRY_ASSIGN(move.server, words.word("the other license server"));
    CALM_TRY(expected_refusal(words));
    return move;
}

// A certificate has the next serial number, if none is named.
Result<Step> Parser::activate(Words& words) {
    Activate activate{.until = {}, .serial = serial_ + 1};
    if (!words.take("until")) return words.error("`until`, and the day, is missing");
    CALM_TRY_ASSIGN(activate.until, words.when("the day"));
    if (words.take("serial")) {
        CALM_TRY_ASSIGN(activate.serial, words.number("the certificate's number"));
    }
    serial_ = std::max(serial_, activate.serial);
    CALM_TRY(expected_refusal(words));
    return activate;
}

// The same of a status list.
Result<Step> Parser::withdraw(Words& words) {
    RevokePack revoke{.list = status_list_ + 1};
    CALM_TRY_ASSIGN(revoke.name, words.word("the pack"));
    if (words.take("list")) {
        CALM_TRY_ASSIGN(revoke.list, words.number("the status list's number"));
        if (revoke.list == 0) return words.error("status lists are numbered from 1 on");
    }
    status_list_ = std::max(status_list_, revoke.list);
    CALM_TRY(expected_refusal(words));
    return revoke;
}

// Of one that hands the pack over, the number of the entry of its log that says so.
Result<entry::PackOrigin> Parser::origin(Words& words) {
    entry::PackOrigin origin;
    CALM_TRY_ASSIGN(origin.server, words.word("the other license server"));
    CALM_TRY_ASSIGN(origin.source, words.name<PackSource>("what became of it"));
    if (origin.source == PackSource::reachable) {
        CALM_TRY_ASSIGN(origin.sequence, words.number("the number of its entry"));
        if (origin.sequence == 0) return words.error("entry 0 begins a ledger");
    }
    return origin;
}

Result<Step> Parser::convert(Words& words) {
    Convert convert;
    CALM_TRY_ASSIGN(convert.pack, words.word("the pack"));
    if (!words.take("all")) {
        CALM_TRY_ASSIGN(convert.quantity, words.number("how many CALs, or `all`"));
        if (convert.quantity == 0) return words.error("at least one CAL is converted");
    }
    CALM_TRY_ASSIGN(convert.into, words.word("the new pack's name"));
    CALM_TRY(expected_refusal(words));
    return convert;
}

Result<Step> Parser::license(Words& words) {
    LicenseHost license;
    CALM_TRY_ASSIGN(license.host, words.word("the host"));
    CALM_TRY_ASSIGN(license.product, words.word("the product"));
    CALM_TRY_ASSIGN(license.kind, words.name<PackKind>("the kind of license"));
    if (words.take("none")) {
        license.quantity = 0;
    } else if (!words.is("refused") && !words.empty()) {
        CALM_TRY_ASSIGN(license.quantity, words.number("how many, or `none`"));
    }
    CALM_TRY(expected_refusal(words));
    return license;
}

Result<Step> Parser::install(Words& words) {
    Install install;
    if (words.take("move")) {
        install.what = Install::What::move;
    } else if (words.take("release")) {
        install.what = Install::What::release;
    } else if (!words.take("claim")) {
        return words.error("install is to `claim`, `move` or `release`");
    }
    CALM_TRY_ASSIGN(install.computer, party(words, HolderKind::device));
    if (install.what == Install::What::move) {
        CALM_TRY_ASSIGN(install.to, party(words, HolderKind::device));
    }
    if (install.computer.empty() || (install.to.empty() && install.what == Install::What::move))
        return words.error("a computer needs a name");
    CALM_TRY_ASSIGN(install.product, words.word("the product"));
    CALM_TRY(expected_refusal(words));
    return install;
}

Result<Step> Parser::end_session(Words& words) {
    EndSession end;
    CALM_TRY_ASSIGN(end.user, party(words, HolderKind::user));
    CALM_TRY_ASSIGN(end.device, party(words, HolderKind::device));
    CALM_TRY_ASSIGN(end.product, words.word("the product"));
    if (words.take("at")) {
        CALM_TRY_ASSIGN(end.station, party(words, HolderKind::station));
    }
    if (words.take("on")) {
        CALM_TRY_ASSIGN(end.host, words.word("the host"));
    }
    CALM_TRY(expected_refusal(words));
    return end;
}

Result<Step> Parser::assign(Words& words) {
    AssignPack assign;
    CALM_TRY_ASSIGN(assign.pack, words.word("the pack"));
    CALM_TRY_ASSIGN(assign.host, words.word("the host (or -)"));
    if (assign.host == "-") assign.host.clear();
    CALM_TRY(expected_refusal(words));
    return assign;
}

Result<Step> Parser::lend(Words& words) {
    Lend lend;
    CALM_TRY_ASSIGN(lend.holder, holder(words));
    CALM_TRY_ASSIGN(lend.product, words.word("the product"));
    if (!words.take("to")) return words.error("`to`, and who stands in, is missing");
    lend.to.kind = lend.holder.kind;
    CALM_TRY_ASSIGN(lend.to.name, party(words, lend.holder.kind));
    if (lend.to.name.empty()) return words.error("the stand-in needs a name");
    if (!words.take("until")) return words.error("`until`, and the day, is missing");
    CALM_TRY_ASSIGN(lend.until, words.when("the day"));
    if (words.take("repair")) lend.why = LoanReason::repair;
    CALM_TRY(expected_refusal(words));
    return lend;
}

Result<Step> Parser::recall(Words& words) {
    Recall recall;
    CALM_TRY_ASSIGN(recall.holder, holder(words));
    CALM_TRY_ASSIGN(recall.product, words.word("the product"));
    CALM_TRY(expected_refusal(words));
    return recall;
}

Result<Step> Parser::borrow(Words& words) {
    Borrow borrow;
    CALM_TRY_ASSIGN(borrow.holder, holder(words));
    CALM_TRY_ASSIGN(borrow.product, words.word("the product"));
    if (!words.take("until")) return words.error("`until`, and the day, is missing");
    CALM_TRY_ASSIGN(borrow.until, words.when("the day"));
    CALM_TRY(expected_refusal(words));
    return borrow;
}

Result<Step> Parser::group(Words& words) {
    ChangeGroup change;
    CALM_TRY_ASSIGN(change.group, words.word("the group"));
    if (words.take("leave")) {
        change.leaves = true;
        CALM_TRY_ASSIGN(change.who, holder(words));
    } else {
        if (!words.take("join"))
            return words.error("somebody is to `join` the group or to `leave` it");
        change.who.kind = words.take("device") ? HolderKind::device : HolderKind::user;
        CALM_TRY_ASSIGN(change.who.name, party(words, change.who.kind));
        if (change.who.name.empty()) return words.error("a member needs a name");
    }
    CALM_TRY(expected_refusal(words));
    return change;
}

Result<Step> Parser::reserve(Words& words) {
    Reserve reserve;
    CALM_TRY_ASSIGN(reserve.pack, words.word("the pack"));
    CALM_TRY_ASSIGN(reserve.group, words.word("the group"));
    CALM_TRY_ASSIGN(reserve.seats, words.number("how many seats are kept"));
    CALM_TRY(expected_refusal(words));
    return reserve;
}

Result<std::string> Parser::device_named(Words& words) {
    CALM_TRY_ASSIGN(std::string name, party(words, HolderKind::device));
    if (name.empty()) return words.error("a device needs a name");
    return name;
}

Result<Step> Parser::device(Words& words) {
    if (words.take("quarantine")) {
        CALM_TRY_ASSIGN(const uint16_t days, words.day_count("for how long"));
        CALM_TRY(expected_refusal(words));
        return Quarantine{days};
    }
    const bool merges = words.take("merge");
    const bool separates = !merges && words.take("separate");
    if (!merges && !separates && !words.take("accept"))
        return words.error("a device is to `merge`, `separate` or `accept`, or its `quarantine`");
    CALM_TRY_ASSIGN(std::string name, device_named(words));
    std::string other;
    if (merges) {
        CALM_TRY_ASSIGN(other, device_named(words));
    }
    CALM_TRY(expected_refusal(words));
    if (merges) return MergeDevices{std::move(name), std::move(other)};
    if (separates) return SeparateDevice{std::move(name)};
    return AcceptDevice{std::move(name)};
}

// What the device shows beside its name.
Result<bool> Parser::signal(Words& words, Admit& admit) {
    std::string* const into = words.take("hardware")      ? &admit.hardware
                              : words.take("certificate") ? &admit.certificate
                              : words.take("keeps")       ? &admit.keeps
                                                          : nullptr;
    if (into == nullptr) return false;
    CALM_TRY_ASSIGN(*into, words.word("the signal"));
    return true;
}

Result<> Parser::let_pass(Words& words, Seconds time) {
    passed_.count += time.count;
    if (passed_ > kPassageMax) return words.error("the scenario lasts longer than 50 years");
    return {};
}

Result<Step> Parser::product(Words& words) {
    CALM_TRY_ASSIGN(const std::string code, words.word("the product"));
    auto product = product_from_code(code);
    if (!product) return words.error(product.error().detail);
    if (!words.take("requires")) return words.error("`requires none|trusted|activated` is missing");
    CALM_TRY_ASSIGN(product->rules.requirement, words.name<CalRequirement>("what it requires"));
    while (!words.empty() && line_.expected.refused.empty()) {
        CALM_TRY(expected_refusal(words));
        if (line_.expected.refused.empty()) CALM_TRY(product_option(words, *product));
    }
    CALM_TRY(words.end());
    if (const auto sound = check_product(*product); !sound)
        return words.error(sound.error().detail);
    return SetProduct{std::move(*product)};
}

// PROGRAM:NUMBER; what a number looks like is the rules' to say.
Result<Agreement> Parser::agreement(Words& words) {
    CALM_TRY_ASSIGN(const std::string text, words.word("PROGRAM:NUMBER"));
    const size_t colon = std::min(text.find(':'), text.size());
    const auto program = from_name<AgreementProgram>(text.substr(0, colon));
    if (!program || colon == text.size())
        return words.error(fmt::format("`{}` is no agreement such as open:12345678", text));
    return Agreement{.program = *program, .number = text.substr(colon + 1)};
}

Result<Step> Parser::pack(Words& words) {
    InstallPack pack;
    CALM_TRY_ASSIGN(pack.name, words.word("the pack's name"));
    CALM_TRY_ASSIGN(pack.product, words.word("the product"));
    CALM_TRY_ASSIGN(pack.kind, words.name<PackKind>("the kind of CAL"));
    CALM_TRY_ASSIGN(pack.quantity, words.number("the number of CALs"));
    while (!words.empty()) {
        if (words.take("from")) {
            CALM_TRY_ASSIGN(pack.from, words.when("a date"));
        } else if (words.take("until")) {
            CALM_TRY_ASSIGN(pack.until, words.when("a date"));
        } else if (words.take("maintained")) {
            CALM_TRY_ASSIGN(pack.maintained, words.when("a date"));
        } else if (words.take("also")) {
            CALM_TRY_ASSIGN(pack.also.emplace_back(), words.word("a product of the suite"));
        } else if (words.take("agreement")) {
            CALM_TRY_ASSIGN(pack.agreement, agreement(words));
        } else if (words.take("overdraft")) {
            CALM_TRY_ASSIGN(pack.overdraft, words.number("how many CALs beyond"));
        } else if (words.take("concurrent")) {
            pack.metric = PackMetric::concurrent;
        } else if (words.take("per-server")) {
            pack.metric = PackMetric::per_server;
        } else if (words.take("declared")) {
            pack.declared = true;
        } else if (words.take("activation")) {
            pack.activation = true;
        } else if (words.take("renewal")) {
            CALM_TRY_ASSIGN(pack.renewal, words.number("how often it was renewed"));
        } else if (words.take("moved-from")) {
            CALM_TRY_ASSIGN(pack.moved_from, origin(words));
        } else if (words.take("stranger")) {
            pack.stranger = true;
        } else {
            CALM_TRY(expected_refusal(words));
            CALM_TRY(words.end());
        }
    }
    return pack;
}

Result<Step> Parser::host(Words& words) {
    SetHost host;
    CALM_TRY_ASSIGN(host.name, words.word("the host's name"));
    while (!words.empty()) {
        if (words.take("mode")) {
            CALM_TRY_ASSIGN(host.mode, words.name<LicensingMode>("the mode"));
        } else if (words.take("preferred")) {
            CALM_TRY_ASSIGN(host.preferred, words.name<PackKind>("the preferred kind"));
        } else if (words.take("grace")) {
            CALM_TRY_ASSIGN(const std::string grace, words.word("the initial grace"));
            CALM_TRY_ASSIGN(host.grace, words.stated_duration_from(grace));
        } else if (words.take("removed")) {
            host.removed = true;
        } else if (words.take("console-mode")) {
            host.console_mode = true;
        } else if (words.take("station-mode")) {
            host.console_mode = false;
        } else if (words.take("processors")) {
            CALM_TRY(small_number(words, host.processors.emplace()));
        } else if (words.take("cores")) {
            CALM_TRY(small_number(words, host.cores.emplace()));
        } else if (words.take("runs")) {
            if (!host.runs) host.runs.emplace();
            CALM_TRY_ASSIGN(std::string code, words.word("the product (or -)"));
            if (code != "-") host.runs->push_back(std::move(code));
        } else {
            CALM_TRY(words.end());
        }
    }
    return host;
}

Result<Step> Parser::station(Words& words) {
    SetStation station;
    CALM_TRY_ASSIGN(station.name, party(words, HolderKind::station));
    if (station.name.empty()) return words.error("the station needs a name");
    while (!words.empty()) {
        if (words.take("on")) {
            CALM_TRY_ASSIGN(station.host, words.word("the host"));
        } else if (words.take("shows")) {
            CALM_TRY_ASSIGN(station.shows, words.word("the virtual desktop (or -)"));
            if (*station.shows == "-") station.shows->clear();
        } else if (words.take("named")) {
            CALM_TRY_ASSIGN(station.renamed, party(words, HolderKind::station));
        } else if (words.take("removed")) {
            station.removed = true;
        } else if (words.is_name<StationKind>()) {
            CALM_TRY_ASSIGN(station.kind, words.name<StationKind>("the kind of station"));
        } else {
            CALM_TRY(expected_refusal(words));
            CALM_TRY(words.end());
        }
    }
    return station;
}

Result<std::string> Parser::party(Words& words, HolderKind kind) {
    CALM_TRY_ASSIGN(std::string name, words.word(fmt::format("the {} (or -)", name_of(kind))));
    if (name == "-") return std::string();
    const auto [known, added] = kinds_.try_emplace(name, kind);
    if (known->second != kind) {
        return words.error(fmt::format("`{}` is a {} in the lines before and cannot be a {} too",
                                       name, name_of(known->second), name_of(kind)));
    }
    return name;
}

Result<Who> Parser::holder(Words& words) {
    CALM_TRY_ASSIGN(std::string name, words.word("a user, a device or a station"));
    const auto known = kinds_.find(name);
    if (known == kinds_.end()) {
        return words.error(fmt::format("`{}` was not admitted in the lines before", name));
    }
    return Who{.kind = known->second, .name = std::move(name)};
}

Result<Step> Parser::admit(Words& words) {
    Admit admit;
    CALM_TRY_ASSIGN(admit.user, party(words, HolderKind::user));
    CALM_TRY_ASSIGN(admit.device, party(words, HolderKind::device));
    CALM_TRY_ASSIGN(admit.product, words.word("the product"));
    admit.chance = line_.number * 0x9E3779B97F4A7C15U;
    admit.chance ^= admit.chance >> 29;
    while (!words.empty()) {
        CALM_TRY_ASSIGN(const bool is_signal, signal(words, admit));
        if (is_signal) continue;
        if (words.take("on")) {
            CALM_TRY_ASSIGN(admit.host, words.word("the host"));
        } else if (words.take("id")) {
            CALM_TRY_ASSIGN(admit.id, words.word("the request id"));
        } else if (words.take("admin")) {
            CALM_TRY_ASSIGN(admit.administrators,
                            words.number("how many administrators are there"));
        } else if (words.take("at")) {
            CALM_TRY_ASSIGN(admit.station, party(words, HolderKind::station));
        } else if (words.take("server")) {
            CALM_TRY_ASSIGN(admit.from_server, words.word("the host that connects"));
        } else if (words.take("via")) {
            CALM_TRY_ASSIGN(admit.via, words.word("the front end"));
        } else if (words.take("workload")) {
            CALM_TRY_ASSIGN(admit.workload, words.name<Workload>("the workload"));
        } else if (words.take("service")) {
            admit.service = true;
        } else if (words.take("token")) {
            admit.token = true;
        } else if (words.take("mode")) {
            CALM_TRY_ASSIGN(admit.mode, words.name<LicensingMode>("the mode"));
        } else if (words.take("outside")) {
            admit.outside = true;
        } else if (words.take("wait")) {
            admit.wait = true;
        } else if (words.take("chance")) {
            CALM_TRY_ASSIGN(admit.chance, words.number("the chance"));
        } else {
            CALM_TRY(expected_admission(words));
            CALM_TRY(words.end());
        }
    }
    return admit;
}

Result<> Parser::expected_admission(Words& words) {
    const bool allow = words.take("allow");
    if (!allow && !words.take("deny")) return expected_refusal(words);
    CALM_TRY_ASSIGN(line_.expected.reason, words.name<Reason>("the reason"));
    const Reason reason = *line_.expected.reason;
    if (allows(reason) != allow) {
        return words.error(
            fmt::format("`{}` is a reason to {}", name_of(reason), name_of(verdict_of(reason))));
    }
    line_.expected.repeated = words.take("repeated");
    if (words.take("lacks")) {
        CALM_TRY_ASSIGN(line_.expected.lacks, words.word("the base's product"));
    }
    if (words.take("place")) {
        CALM_TRY_ASSIGN(line_.expected.place, words.number("the place in line"));
    }
    return expected_span(words);
}

Result<> Parser::expected_span(Words& words) {
    if (!words.take("expires")) return {};
    CALM_TRY_ASSIGN(const auto range, words.range("when it expires"));
    CALM_TRY_ASSIGN(const Seconds min, words.duration_from(range.first));
    CALM_TRY_ASSIGN(const Seconds max, words.duration_from(range.second));
    line_.expected.lasts = Span{.min = min, .max = max};
    return {};
}

Result<> Parser::expected_refusal(Words& words) {
    if (!words.take("refused")) return {};
    CALM_TRY_ASSIGN(line_.expected.refused, words.word("the reason"));
    return {};
}

Result<Step> Parser::clock(Words& words) {
    if (words.take("accept")) return SetClock{.by = {}, .accept = true};
    if (words.take("right")) return SetClock{};
    const bool ahead = words.take("ahead");
    if (!ahead && !words.take("back")) {
        return words.error("a clock goes `ahead 10d`, `back 10d` or `right`, or is to `accept`");
    }
    CALM_TRY_ASSIGN(const Seconds by, words.duration("by how much"));
    if (ahead) CALM_TRY(let_pass(words, by));
    return SetClock{.by = ahead ? by : Seconds{-by.count}};
}

Result<Step> Parser::expect(Words& words) {
    if (words.take("holds")) return expect_holding(words);
    if (words.take("warning")) return parse_warned(words, line_.expected);
    Count count;
    if (words.take("free")) {
        count.what = Count::What::free;
    } else if (words.take("used")) {
        count.what = Count::What::used;
    } else if (words.take("overuse")) {
        count.what = Count::What::overuse;
    } else if (words.take("overdraft")) {
        count.what = Count::What::overdraft;
    } else if (words.take("temporary")) {
        count.what = Count::What::temporary;
    } else if (words.take("waiting")) {
        count.what = Count::What::waiting;
    } else if (words.take("required")) {
        count.what = Count::What::required;
    } else if (words.take("owned")) {
        count.what = Count::What::owned;
    } else if (words.take("short")) {
        count.what = Count::What::short_of;
    } else if (words.take("spare")) {
        count.what = Count::What::spare;
    } else {
        return words.error(
            "expect `free`, `used`, `overuse`, `overdraft`, `temporary`, `waiting`, `required`, "
            "`owned`, "
            "`short`, `spare`, `holds` or `warning`");
    }
    const bool of_all_kinds =
        count.what == Count::What::overuse || count.what == Count::What::temporary;
    const bool of_pack = count.what == Count::What::used || count.what == Count::What::overdraft;
    CALM_TRY_ASSIGN(count.name, words.word(of_pack ? "the pack" : "the product"));
    if (!of_pack && !of_all_kinds) {
        CALM_TRY_ASSIGN(count.kind, words.name<PackKind>("the kind of CAL"));
    }
    CALM_TRY_ASSIGN(line_.expected.count, words.number("how many"));
    return count;
}

Result<Step> Parser::expect_holding(Words& words) {
    Holds holds;
    CALM_TRY_ASSIGN(holds.holder, holder(words));
    CALM_TRY_ASSIGN(holds.product, words.word("the product"));
    Holding holding;
    if (words.take("nothing")) {
        holding.what = Holding::What::nothing;
    } else if (words.take("lent")) {
        holding.what = Holding::What::lent;
    } else if (words.take("loan")) {
        holding.what = Holding::What::loan;
    } else if (words.take("temporary")) {
        holding.what = Holding::What::temporary;
    } else if (words.take("overuse")) {
        holding.what = Holding::What::overuse;
    } else if (words.take("active")) {
        holding.what = Holding::What::active;
        if (words.take("from")) {
            CALM_TRY_ASSIGN(holding.pack, words.word("the pack"));
        }
    } else {
        return words.error(
            "a holder holds `nothing`, or a CAL: `temporary`, `active`, `overuse`, `loan` (of "
            "somebody else) or `lent` (to somebody else)");
    }
    line_.expected.holding = std::move(holding);
    CALM_TRY(expected_span(words));
    return holds;
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text) {
    return Parser().parse(text);
}

Step::Step() = default;
Step::Step(const Step&) = default;
Step::Step(Step&&) noexcept = default;
Step& Step::operator=(const Step&) = default;
Step& Step::operator=(Step&&) noexcept = default;
Step::~Step() = default;

}  // namespace calm::scenario
