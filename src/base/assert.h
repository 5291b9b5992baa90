// CALM_ASSERT: a broken invariant stops the process, in release builds too. It is never used for
// what comes from outside (that is a Decision or an Error).
#pragma once

namespace calm {

// Writes the condition and its place to standard error and aborts. Safe in any thread.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace calm

#define CALM_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::calm::assertion_failed(#condition, __FILE__, __LINE__))
