// Result<T>: a value, or an operating error that a person can act on. Denials are not errors (they
// are Decisions), and broken invariants are not errors (they stop the process).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace calm {

// `code` is stable: snake_case, the key `problem.<code>` of i18n/*.json (title, cause, remedy) and
// the last part of the problem page's address. `detail` says what this time was wrong, in English,
// with the user's words in `backticks`; it never holds a secret.
struct Error {
    std::string code;
    std::string detail;

    bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string code, std::string detail) {
    return std::unexpected(Error{std::move(code), std::move(detail)});
}

}  // namespace calm

// Returns the error of `expression` from the enclosing function, or goes on.
#define CALM_TRY(expression)                                               \
    do {                                                                   \
        if (auto calm_result_ = (expression); !calm_result_.has_value()) { \
            return std::unexpected(std::move(calm_result_).error());       \
        }                                                                  \
    } while (false)

#define CALM_CONCAT_(a, b) a##b
#define CALM_CONCAT(a, b) CALM_CONCAT_(a, b)

// CALM_TRY_ASSIGN(auto x, f()): x is the value of f(), or its error is returned.
#define CALM_TRY_ASSIGN(declaration, expression) \
    CALM_TRY_ASSIGN_(CALM_CONCAT(calm_result_, __LINE__), declaration, expression)
#define CALM_TRY_ASSIGN_(name, declaration, expression)                     \
    auto name = (expression);                                               \
    if (!name.has_value()) return std::unexpected(std::move(name).error()); \
    declaration = std::move(*name)
