// The table refuses what must not be served, and finds what is.
#include "http/routes.h"

#include <gtest/gtest.h>

namespace calm::http {
namespace {

Route route(Method method, std::string pattern) {
    Route made;
    made.method = method;
    made.pattern = std::move(pattern);
    made.right = Right{1};
    made.summary = "for a test";
    made.handler = [](const Request&, Responder) {};
    return made;
}

std::string refusal_of(Route route) {
    std::vector<Route> routes;
    routes.push_back(std::move(route));
    const auto table = RouteTable::make(std::move(routes));
    return table ? "" : table.error().detail;
}

RouteTable table() {
    return RouteTable::make(
               {route(Method::get, "/"), route(Method::get, "/v1/cals"),
                route(Method::get, "/v1/cals/{cal}"), route(Method::post, "/v1/cals/{cal}/revoke"),
                route(Method::post, "/v1/hosts/tokens"), route(Method::get, "/v1/hosts/{host}"),
                route(Method::delete_, "/v1/hosts/{host}")})
        .value();
}

TEST(Routes, a_route_without_a_right_is_refused) {
    Route bare = route(Method::get, "/v1/cals");
    bare.right = Right{};
    EXPECT_NE(refusal_of(bare).find("right"), std::string::npos);
    bare.flags = kUnauthenticated;
    EXPECT_EQ(refusal_of(bare), "");
}

TEST(Routes, a_right_on_an_open_route_is_refused_because_it_would_not_be_asked_for) {
    Route both = route(Method::get, "/v1/cals");
    both.flags = kUnauthenticated;
    EXPECT_NE(refusal_of(both), "");
}

TEST(Routes, what_cannot_be_served_is_refused) {
    for (const char* pattern : {"", "v1", "/v1//x", "/V1", "/v1/{}", "/v1/{a}b", "/v1/", "/a?b",
                                "/{A}", "/{a}/{b}/{c}/{d}/{e}", "/1/2/3/4/5/6/7/8/9/10/11/12/13"}) {
        EXPECT_NE(refusal_of(route(Method::get, pattern)), "") << pattern;
    }
    EXPECT_NE(refusal_of(route(Method::head, "/x")), "");
    EXPECT_NE(refusal_of(route(Method::other, "/x")), "");
    Route no_handler = route(Method::get, "/x");
    no_handler.handler = nullptr;
    EXPECT_NE(refusal_of(no_handler), "");
    Route no_summary = route(Method::get, "/x");
    no_summary.summary.clear();
    EXPECT_NE(refusal_of(no_summary), "");
}

TEST(Routes, two_routes_of_one_shape_are_refused) {
    const auto twice =
        RouteTable::make({route(Method::get, "/a/{b}"), route(Method::get, "/a/{other}")});
    ASSERT_FALSE(twice.has_value());
    EXPECT_EQ(twice.error().code, "bad_route");
    EXPECT_TRUE(RouteTable::make({route(Method::get, "/a/{b}"), route(Method::put, "/a/{b}")}));
}

TEST(Routes, finds_literal_paths_and_patterns) {
    const RouteTable routes = table();
    EXPECT_EQ(routes.find(Method::get, "/").route->pattern, "/");
    EXPECT_EQ(routes.find(Method::get, "/v1/cals").route->pattern, "/v1/cals");
    const auto match = routes.find(Method::post, "/v1/cals/17%20/revoke");
    ASSERT_NE(match.route, nullptr);
    ASSERT_EQ(match.parameters.count, 1u);
    EXPECT_EQ(match.parameters.slots[0].name, "cal");
    EXPECT_EQ(match.parameters.slots[0].value, "17%20");
}

TEST(Routes, a_literal_path_wins_for_its_verb_and_leaves_the_others_to_the_pattern) {
    const RouteTable routes = table();
    EXPECT_EQ(routes.find(Method::post, "/v1/hosts/tokens").route->pattern, "/v1/hosts/tokens");
    EXPECT_EQ(routes.find(Method::get, "/v1/hosts/tokens").route->pattern, "/v1/hosts/{host}");
    EXPECT_EQ(routes.allowed_methods("/v1/hosts/tokens"), "GET, HEAD, POST, DELETE");
}

TEST(Routes, head_is_answered_by_get) {
    const RouteTable routes = table();
    EXPECT_EQ(routes.find(Method::head, "/v1/cals").route->method, Method::get);
    EXPECT_EQ(routes.find(Method::head, "/v1/cals/1/revoke").route, nullptr);
}

TEST(Routes, unknown_paths_and_unknown_verbs_are_told_apart) {
    const RouteTable routes = table();
    for (const char* path : {"/v1", "/v1/", "/v1/cals/", "/v1/cals/1/", "/v1/cals//revoke",
                             "/v1/cals/1/revoke/2", "//", "/V1/cals"}) {
        EXPECT_FALSE(routes.find(Method::get, path).path_known) << path;
        EXPECT_EQ(routes.allowed_methods(path), "") << path;
    }
    const auto wrong_verb = routes.find(Method::put, "/v1/cals/1");
    EXPECT_EQ(wrong_verb.route, nullptr);
    EXPECT_TRUE(wrong_verb.path_known);
    EXPECT_FALSE(routes.find(Method::other, "/v1/cals").route);
}

TEST(Routes, a_table_lists_its_routes_and_survives_a_move) {
    RouteTable first = table();
    const RouteTable moved = std::move(first);
    EXPECT_EQ(moved.routes().size(), 7u);
    EXPECT_EQ(moved.index_of(*moved.find(Method::get, "/v1/cals").route), 1u);
    EXPECT_EQ(moved.routes()[1].body_bytes_max, 0u);  // a GET takes no body
    EXPECT_EQ(moved.routes()[3].body_bytes_max, kBodyBytesMax);
}

}  // namespace
}  // namespace calm::http
