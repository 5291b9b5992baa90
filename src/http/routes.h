// The route table: every verb and path of a server as data, each with the right it needs. Deny by
// default: a route without a right, and not marked as open to all, is refused when the table is
// made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/parser.h"
#include "http/request.h"
#include "http/responder.h"

namespace calm::http {

// A right as the layer above numbers them; 0 is "none given".
struct Right {
    uint8_t value = 0;
    bool operator==(const Right&) const = default;
};

inline constexpr size_t kBodyBytesMax = 64 * 1024;
inline constexpr size_t kImportBytesMax = 1024 * 1024;

enum RouteFlags : uint8_t {
    kNoFlags = 0,
    kUnauthenticated = 1,  // the gate is not asked; the route needs no right
    kSlow = 2,             // long reads: few at a time, and not in the latency histogram
    kWatched = 4,          // answered for as long as somebody watches: not in the histogram either
};

// Called on the loop thread; it must not block and not throw.
using Handler = std::function<void(const Request&, Responder)>;

struct Route {
    Method method = Method::get;
    std::string pattern;  // "/v1/cals/{cal}/token"; a parameter is one whole segment
    Right right;
    size_t body_bytes_max =
        kBodyBytesMax;  // GET and DELETE routes take no body whatever is said here
    uint8_t flags = kNoFlags;
    std::string summary;  // for the API description
    Handler handler;

    bool is(RouteFlags flag) const { return (flags & flag) != 0; }
};

class RouteTable {
  public:
    RouteTable(RouteTable&&) =
        default;  // its indexes point into itself, so it moves and is not copied
    RouteTable& operator=(RouteTable&&) = default;

    // Errors: `bad_route` (no right, a pattern that is malformed or there twice, no handler, no
    // summary).
    static Result<RouteTable> make(std::vector<Route> routes);

    // In the order given.
    const std::vector<Route>& routes() const { return routes_; }

    struct Match {
        const Route* route = nullptr;  // nullptr: nothing answers this verb here
        bool path_known = false;       // another verb would be answered
        PathParameters parameters;
    };
    // HEAD finds the GET route. A path that is there literally wins over a pattern. Views of the
    // parameters' values point into `path`.
    Match find(Method method, std::string_view path) const;

    // "GET, HEAD, PUT": what a known path answers, for 405.
    std::string allowed_methods(std::string_view path) const;

    size_t index_of(const Route& route) const {
        return static_cast<size_t>(&route - routes_.data());
    }

  private:
    struct Exact {
        std::string_view path;
        uint32_t route;
    };
    struct Pattern {
        std::vector<std::string_view> segments;
        uint32_t route;
    };
    RouteTable() = default;
    void index();

    std::vector<Route> routes_;
    std::vector<Exact> exact_;       // sorted by path
    std::vector<Pattern> patterns_;  // the few with parameters
};

}  // namespace calm::http
