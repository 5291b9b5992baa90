// Loans, machines and their signals in scenarios.
#include <algorithm>
#include <array>

#include "core/core_runner.h"
#include "core/loans.h"
#include "core/machines.h"

namespace calm::scenario {
namespace {

// The strongest first: a mark that the host left there is nobody else's.
std::array<std::string, 3> signals_of(const Admit& step) {
    std::array<std::string, 3> signals;
    if (!step.keeps.empty()) signals[0] = "keeps " + step.keeps;
    if (!step.certificate.empty()) signals[1] = "certificate " + step.certificate;
    if (!step.hardware.empty()) signals[2] = "hardware " + step.hardware;
    return signals;
}

}  // namespace

SubjectId CoreRunner::device(const std::string& name) const {
    const auto known = called_.devices.find(name);
    return known == called_.devices.end() ? SubjectId{} : known->second;
}

SubjectId CoreRunner::looks_like(const Admit& step, SubjectId device) const {
    for (const std::string& signal : signals_of(step)) {
        const auto shown = called_.signals.find(signal);
        if (signal.empty() || shown == called_.signals.end() || shown->second == device) continue;
        if (ledger_.subject(shown->second).erased == 0) return shown->second;
    }
    return {};
}

// A signal is the first device's that showed it, as long as that is not erased.
void CoreRunner::note_signals(const Admit& step) {
    const SubjectId known = step.device == step.via ? SubjectId{} : device(step.device);
    if (!known) return;
    for (const std::string& signal : signals_of(step)) {
        if (signal.empty()) continue;
        const auto [shown, added] = called_.signals.try_emplace(signal, known);
        const bool gone =
            ledger_.has_subject(shown->second) && ledger_.subject(shown->second).erased != 0;
        if (!added && gone) shown->second = known;
    }
}

Result<Observed> CoreRunner::operator()(const Lend& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    Names& names = names_of(step.to.kind);
    const Party to = party(step.to.name, names);
    const SubjectId next = ledger_.next_subject();
    auto observed = perform(decide_loan(ledger_,
                                        {.cal = held_cal(step.holder, id),
                                         .to = to.subject,
                                         .commitment = to.commitment,
                                         .until = step.until.from(now()),
                                         .why = step.why},
                                        now()));
    // A stranger is known from now on.
    if (ledger_.has_subject(next)) names[step.to.name] = next;
    return observed;
}

Result<Observed> CoreRunner::operator()(const Recall& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    return perform(decide_recall(ledger_, held_cal(step.holder, id), now()));
}

Result<Observed> CoreRunner::operator()(const MergeDevices& step) {
    return perform(decide_merge(ledger_, device(step.device), device(step.other), now()));
}

Result<Observed> CoreRunner::operator()(const SeparateDevice& step) {
    return perform(decide_separation(ledger_, device(step.device), now()));
}

Result<Observed> CoreRunner::operator()(const AcceptDevice& step) {
    return perform(decide_acceptance(ledger_, device(step.device), now()));
}

Result<Observed> CoreRunner::operator()(const Quarantine& step) {
    Policy policy = ledger_.policy();
    policy.quarantine_days = step.days;
    return perform(Entries{entry::PolicySet{policy}});
}

}  // namespace calm::scenario
