// Checking the table once, so that finding a route needs no checks.
#include "http/routes.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace calm::http {
namespace {

constexpr size_t kSegmentsMax = 12;

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string_view parameter_name(std::string_view segment) {
    return segment.substr(1, segment.size() - 2);
}

// "/a/b" gives {"a", "b"}; "/" gives {""}. `count` is kSegmentsMax + 1 when there are more.
struct Segments {
    std::array<std::string_view, kSegmentsMax + 1> slots;
    size_t count = 0;
};

Segments split(std::string_view path) {
    Segments segments;
    path.remove_prefix(1);
    while (segments.count <= kSegmentsMax) {
        const size_t slash = path.find('/');
        segments.slots[segments.count++] = path.substr(0, slash);
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    return segments;
}

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
}

Result<> bad(const Route& route, std::string_view why) {
    return fail("bad_route", std::string(method_name(route.method)) + " `" + route.pattern + "` " +
                                 std::string(why));
}

Result<> check_pattern(const Route& route) {
    if (!route.pattern.starts_with('/')) return bad(route, "does not begin with /");
    if (route.pattern == "/") return {};
    const Segments segments = split(route.pattern);
    if (segments.count > kSegmentsMax) return bad(route, "has too many segments");
    size_t parameters = 0;
    for (size_t i = 0; i < segments.count; ++i) {
        const std::string_view segment = segments.slots[i];
        const bool parameter = is_parameter(segment);
        if (!is_word(parameter ? parameter_name(segment) : segment)) {
            return bad(route, "has a segment that is neither a word nor a {parameter}");
        }
        parameters += parameter ? 1 : 0;
    }
    if (parameters > kPathParametersMax) return bad(route, "has too many parameters");
    return {};
}

Result<> check(const Route& route) {
    CALM_TRY(check_pattern(route));
    if (method_name(route.method).empty() || route.method == Method::head) {
        return bad(route, "has no verb of its own");
    }
    if (!route.handler) return bad(route, "has no handler");
    if (route.summary.empty()) return bad(route, "has no summary");
    if (route.is(kUnauthenticated) == (route.right != Right{})) {
        return bad(route, "must have either a right or the mark that it is open to all");
    }
    return {};
}

// The pattern with its parameters' names taken away: two routes of one shape would be one route.
std::string shape_of(const Route& route) {
    std::string shape(method_name(route.method));
    const Segments segments = split(route.pattern);
    for (size_t i = 0; i < segments.count; ++i) {
        shape += '/';
        shape += is_parameter(segments.slots[i]) ? std::string_view("{}") : segments.slots[i];
    }
    return shape;
}

bool has_body(Method method) {
    return method == Method::post || method == Method::put || method == Method::patch;
}

bool answers(const Route& route, Method method) {
    return route.method == method || (method == Method::head && route.method == Method::get);
}

bool matches(const std::vector<std::string_view>& pattern, const Segments& path) {
    if (pattern.size() != path.count) return false;
    for (size_t i = 0; i < pattern.size(); ++i) {
        const bool same =
            is_parameter(pattern[i]) ? !path.slots[i].empty() : pattern[i] == path.slots[i];
        if (!same) return false;
    }
    return true;
}

void read_parameters(const std::vector<std::string_view>& pattern, const Segments& path,
                     PathParameters& out) {
    out.count = 0;
    for (size_t i = 0; i < pattern.size(); ++i) {
        if (!is_parameter(pattern[i])) continue;
        out.slots[out.count++] = {parameter_name(pattern[i]), path.slots[i]};
    }
}

}  // namespace

Result<RouteTable> RouteTable::make(std::vector<Route> routes) {
    std::vector<std::string> shapes;
    for (Route& route : routes) {
        CALM_TRY(check(route));
        if (!has_body(route.method)) route.body_bytes_max = 0;
        shapes.push_back(shape_of(route));
        if (std::find(shapes.begin(), shapes.end() - 1, shapes.back()) != shapes.end() - 1) {
            return std::unexpected(bad(route, "is there twice").error());
        }
    }
    RouteTable table;
    table.routes_ = std::move(routes);
    table.index();
    return table;
}

void RouteTable::index() {
    for (uint32_t i = 0; i < routes_.size(); ++i) {
        const std::string_view pattern = routes_[i].pattern;
        if (pattern.find('{') == std::string_view::npos) {
            exact_.push_back({pattern, i});
            continue;
        }
        const Segments segments = split(pattern);
        patterns_.push_back({{segments.slots.begin(), segments.slots.begin() + segments.count}, i});
    }
    std::sort(exact_.begin(), exact_.end(),
              [](const Exact& a, const Exact& b) { return a.path < b.path; });
}

RouteTable::Match RouteTable::find(Method method, std::string_view path) const {
    CALM_ASSERT(path.starts_with('/'));
    Match match;
    const auto first =
        std::lower_bound(exact_.begin(), exact_.end(), path,
                         [](const Exact& a, std::string_view b) { return a.path < b; });
    for (auto it = first; it != exact_.end() && it->path == path; ++it) {
        match.path_known = true;
        if (!answers(routes_[it->route], method)) continue;
        match.route = &routes_[it->route];
        return match;
    }
    const Segments segments = split(path);
    for (const Pattern& pattern : patterns_) {
        if (!matches(pattern.segments, segments)) continue;
        match.path_known = true;
        if (!answers(routes_[pattern.route], method)) continue;
        match.route = &routes_[pattern.route];
        read_parameters(pattern.segments, segments, match.parameters);
        return match;
    }
    return match;
}

std::string RouteTable::allowed_methods(std::string_view path) const {
    std::string allowed;
    for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                                Method::delete_, Method::options}) {
        if (find(method, path).route == nullptr) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += method_name(method);
    }
    return allowed;
}

}  // namespace calm::http
