// JSON is read within bounds, and in one way only.
#include "http/json_body.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace calm::http {
namespace {

std::string read(std::string_view text) {
    JsonReader reader;
    const auto value = reader.read(text);
    return value ? boost::json::serialize(**value) : value.error().code;
}

std::string nested(size_t depth, std::string_view open, std::string_view close) {
    std::string text;
    for (size_t i = 0; i < depth; ++i)
        text += open;
    text += "1";
    for (size_t i = 0; i < depth; ++i)
        text += close;
    return text;
}

TEST(JsonBody, reads_every_kind_of_value) {
    const std::string text =
        R"({"a":1,"b":-2,"c":18446744073709551615,"d":true,"e":null,"f":[1,"é\n"],"g":{"h":"\u0041"}})";
    EXPECT_EQ(
        read(text),
        R"({"a":1,"b":-2,"c":18446744073709551615,"d":true,"e":null,"f":[1,"é\n"],"g":{"h":"A"}})");
    EXPECT_EQ(read(" [ ] "), "[]");
    EXPECT_EQ(read("{}"), "{}");
}

TEST(JsonBody, what_is_not_json_is_malformed) {
    for (const std::string_view text : {"",
                                        " ",
                                        "{",
                                        "{\"a\":1",
                                        "{\"a\":1}x",
                                        "{\"a\":1}{}",
                                        "{'a':1}",
                                        "{a:1}",
                                        "[1,]",
                                        "{\"a\":1,}",
                                        "// comment\n{}",
                                        "{\"a\":/**/1}",
                                        "NaN",
                                        "[Infinity]",
                                        "01",
                                        "+1",
                                        "\"\t\"",
                                        "\"\\x\"",
                                        "{\"a\":\"\xff\"}",
                                        "\"\xc0\xaf\"",
                                        "\"\xed\xa0\x80\"",
                                        "\"\\ud800\"",
                                        "\xef\xbb\xbf{}",
                                        "{\"a\"}",
                                        "tru",
                                        "1e999",
                                        "-1e999",
                                        "[0e999]",
                                        "\"unfinished"}) {
        EXPECT_EQ(read(text), "json_malformed") << text;
    }
}

TEST(JsonBody, a_field_that_is_there_twice_is_refused_at_every_depth) {
    EXPECT_EQ(read(R"({"a":1,"a":2})"), "json_malformed");
    EXPECT_EQ(read(R"({"a":1,"\u0061":2})"), "json_malformed");
    EXPECT_EQ(read(R"([[{"b":{"a":1,"c":0,"a":1}}]])"), "json_malformed");
    EXPECT_EQ(read(R"([{"a":1},{"a":2}])"), R"([{"a":1},{"a":2}])");
    EXPECT_EQ(read(R"({"a":1,"A":2})"), R"({"a":1,"A":2})");
}

TEST(JsonBody, is_nested_16_deep_at_most) {
    for (const auto& [open, close] : {std::pair("[", "]"), std::pair(R"({"a":)", "}")}) {
        EXPECT_NE(read(nested(kJsonDepthMax, open, close)), "json_too_deep");
        EXPECT_EQ(read(nested(kJsonDepthMax + 1, open, close)), "json_too_deep");
        EXPECT_EQ(read(nested(100'000, open, close)), "json_too_deep");
    }
}

TEST(JsonBody, a_reader_is_good_again_after_a_failure) {
    JsonReader reader;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(reader.read(R"({"a":[1,2,{"b":"unfinished)").has_value());
        EXPECT_FALSE(reader.read(nested(1000, "[", "]")).has_value());
        const auto value = reader.read(R"({"a":"fine"})");
        ASSERT_TRUE(value.has_value());
        EXPECT_EQ((*value)->at("a").as_string(), "fine");
    }
}

TEST(JsonBody, a_body_as_large_as_an_import_is_read) {
    std::string text = "[0";
    while (text.size() < 1024 * 1024 - 10)
        text += ",[]";
    text += "]";
    JsonReader reader;
    ASSERT_TRUE(reader.read(text).has_value());
    EXPECT_TRUE(reader.read("{}").has_value());
}

TEST(JsonBody, the_hundredth_large_body_takes_no_more_memory_than_the_first) {
    std::string text = "[";
    while (text.size() < 64 * 1024)
        text += "[1,2],";
    text += "0]";
    JsonReader reader;
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(reader.read(text).has_value()) << i;
}

TEST(JsonBody, a_request_must_say_that_its_body_is_json) {
    const auto read_as = [](std::string_view type) {
        RequestHead head;
        head.header_slots[0] = {"content-type", type};
        head.header_count = type.empty() ? 0 : 1;
        const Peer peer;
        Request request(head, peer);
        request.body = "{}";
        JsonReader reader;
        const auto value = reader.read(request);
        return value ? "" : value.error().code;
    };
    EXPECT_EQ(read_as("application/json"), "");
    EXPECT_EQ(read_as("Application/JSON ; charset=utf-8"), "");
    for (const char* other : {"", "text/plain", "application/x-www-form-urlencoded",
                              "application/jsonp", "text/plain; application/json"}) {
        EXPECT_EQ(read_as(other), "unsupported_media_type") << other;
    }
}

TEST(JsonBody, says_where_it_went_wrong) {
    JsonReader reader;
    const Error error = reader.read(R"({"a":1,"b":x})").error();
    EXPECT_NE(error.detail.find("at byte 11"), std::string::npos) << error.detail;
}

}  // namespace
}  // namespace calm::http
