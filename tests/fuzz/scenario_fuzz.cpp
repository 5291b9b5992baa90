// links: calm_core
// The `.calm` parser, and the rules under whatever a file may ask for: no crash, no broken
// invariant, and the log folded again is the same state.
#include <cstdlib>
#include <functional>

#include "core/core_runner.h"
#include "core/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    using namespace calm::scenario;
    const auto parsed = parse_scenario({reinterpret_cast<const char*>(data), size});
    if (!parsed) return 0;
    CoreRunner runner;
    const ScenarioReport report = play(*parsed, std::ref(runner));
    for (const Outcome& outcome : report.outcomes)
        static_cast<void>(to_sentence(outcome.observed));
    if (report.stopped && report.stopped->code == "invariant_broken") abort();
    if (broken_invariant(runner.ledger(), runner.now())) abort();
    if (state_bytes(fold(runner.log())) != state_bytes(runner.ledger())) abort();
    return 0;
}
