// The one way this program stops itself.
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace calm {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "calm: invariant broken: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace calm
