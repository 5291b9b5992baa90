// What happens when an append fails or a start reads a snapshot: undoing is never having applied, a
// snapshot is the state, and a damaged one is refused or at least harmless.
#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/core_runner.h"
#include "core/invariants.h"
#include "moves.h"

namespace calm::sim {
namespace {

using scenario::CoreRunner;
using scenario::fold;
using scenario::state_bytes;

std::vector<LedgerEntry> log_of(const std::string& text) {
    const auto parsed = scenario::parse_scenario(text);
    RC_ASSERT(parsed.has_value());
    CoreRunner runner;
    for (const scenario::Line& line : parsed->lines)
        RC_ASSERT(runner(line.step).has_value());
    return runner.log();
}

Result<> read_back(Ledger& ledger, std::string_view bytes) {
    return ledger.read_state([&](std::span<uint8_t> into) {
        if (bytes.size() < into.size()) return false;
        if (!into.empty()) std::memcpy(into.data(), bytes.data(), into.size());
        bytes.remove_prefix(into.size());
        return true;
    });
}

RC_GTEST_PROP(Faults, UndoingATailIsNeverHavingAppliedIt, ()) {
    const auto log = log_of(history(*moves(), {.restores = true}));
    const size_t kept = *rc::gen::inRange<size_t>(1, log.size() + 1);
    Ledger ledger = fold(std::span(log).first(kept));
    const std::string before = state_bytes(ledger);
    for (int round = 0; round < 3; ++round) {
        std::vector<Undo> undos;
        for (const LedgerEntry& entry : std::span(log).subspan(kept)) {
            const auto objection = ledger.objection(entry);
            RC_ASSERT(!objection);
            undos.push_back(ledger.apply(entry));
        }
        if (round == 2) break;  // the last time they stay
        for (; !undos.empty(); undos.pop_back())
            ledger.undo(undos.back());
        RC_ASSERT(state_bytes(ledger) == before);
    }
    RC_ASSERT(state_bytes(ledger) == state_bytes(fold(log)));
    // The indexes too: what is due, and what is free, is found as in a fresh fold.
    const Ledger fresh = fold(log);
    const Instant later = fresh.time() + days(100);
    RC_ASSERT(ledger.due(later, 1'000'000) == fresh.due(later, 1'000'000));
    for (const Pack& pack : fresh.packs()) {
        const PackId id = pack.terms.pack;
        RC_ASSERT(ledger.all_due_in(id, later) == fresh.all_due_in(id, later));
        RC_ASSERT(static_cast<bool>(ledger.due_in(id, later)) ==
                  static_cast<bool>(fresh.due_in(id, later)));
    }
}

RC_GTEST_PROP(Faults, ForgettingWhatIsOverChangesNothing, ()) {
    const auto log = log_of(history(*moves(), {.restores = true}));
    const size_t every = *rc::gen::inRange<size_t>(1, 20);
    Ledger ledger;
    for (const LedgerEntry& entry : log) {
        ledger.apply(entry);
        if (entry.sequence % every == 0) ledger.forget_old_requests();
    }
    const Ledger fresh = fold(log);
    RC_ASSERT(state_bytes(ledger) == state_bytes(fresh));
    RC_ASSERT(ledger.withdrawn(ledger.time()) == fresh.withdrawn(fresh.time()));
}

RC_GTEST_PROP(Faults, ASnapshotIsTheState, ()) {
    const auto log = log_of(history(*moves(), {.restores = true}));
    const size_t taken = *rc::gen::inRange<size_t>(1, log.size() + 1);
    const std::string bytes = state_bytes(fold(std::span(log).first(taken)));
    Ledger ledger;
    RC_ASSERT(read_back(ledger, bytes).has_value());
    RC_ASSERT(state_bytes(ledger) == bytes);
    for (const LedgerEntry& entry : std::span(log).subspan(taken))
        ledger.apply(entry);
    RC_ASSERT(state_bytes(ledger) == state_bytes(fold(log)));
    const auto broken = broken_invariant(ledger, ledger.time());
    if (broken) RC_FAIL(*broken);
}

RC_GTEST_PROP(Faults, ASnapshotThatEndsEarlyIsRefused, ()) {
    const std::string bytes = state_bytes(fold(log_of(history(*moves(100), {.restores = true}))));
    const size_t size = *rc::gen::inRange<size_t>(0, bytes.size());
    Ledger ledger;
    const auto read = read_back(ledger, std::string_view(bytes).substr(0, size));
    RC_ASSERT(!read.has_value() && read.error().code == "snapshot_malformed");
}

// Some damage (in a key, a date) makes another sound state; the snapshot's hash catches that. What
// is read at all can be worked with.
RC_GTEST_PROP(Faults, ADamagedSnapshotIsRefusedOrCanBeWorkedWith, ()) {
    std::string bytes = state_bytes(fold(log_of(history(*moves(100), {.restores = true}))));
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
        bytes[*rc::gen::inRange<size_t>(0, bytes.size())] =
            static_cast<char>(*rc::gen::arbitrary<uint8_t>());
    }
    Ledger ledger;
    if (!read_back(ledger, bytes)) return;
    Ledger again;
    const std::string written = state_bytes(ledger);
    RC_ASSERT(read_back(again, written).has_value());
    RC_ASSERT(state_bytes(again) == written);
    for (uint32_t subject = 1; subject <= std::min<size_t>(ledger.subject_count(), 6); ++subject) {
        for (const ProductState& product : again.products()) {
            AdmissionRequest request;
            request.host = {1};
            request.product = product.product.code;
            const bool device = again.subject({subject}).kind == HolderKind::device;
            if (again.subject({subject}).erased != 0) continue;
            (device ? request.device : request.user) = {
                .presence = Party::Presence::known, .subject = {subject}, .commitment = {}};
            const auto decision = decide(ledger, request, ledger.time());
            RC_ASSERT(decision.has_value());
            for (const EntryBody& body : decision->entries) {
                const LedgerEntry entry{ledger.size(), ledger.time(), {}, body};
                const auto objection = ledger.objection(entry);
                if (objection) RC_FAIL(*objection);
                ledger.apply(entry);
            }
        }
    }
}

}  // namespace
}  // namespace calm::sim
