// What a request carries in its address.
#include "http/request.h"

#include <gtest/gtest.h>

#include "http/response.h"
#include "http/response_writer.h"
#include "http/utf8.h"

namespace calm::http {
namespace {

TEST(Request, decodes_parameters_of_the_query) {
    RequestHead head;
    head.query = "a=1&b=x%20y+z&empty=&flag&e=%C3%A9&bad=%ff&a=2&%61%62=c";
    const Peer peer;
    const Request request(head, peer);
    EXPECT_EQ(request.query("a"), "1");  // the first counts
    EXPECT_EQ(request.query("b"), "x y z");
    EXPECT_EQ(request.query("empty"), "");
    EXPECT_EQ(request.query("flag"), "");
    EXPECT_EQ(request.query("e"), "é");
    EXPECT_EQ(request.query("bad"), std::nullopt);
    EXPECT_EQ(request.query("ab"), "c");
    EXPECT_EQ(request.query("absent"), std::nullopt);
}

TEST(Request, decoding_gives_no_control_characters_and_no_broken_text) {
    for (const char* text :
         {"%00", "a%0ab", "%1b", "%7f", "%80", "%c3", "%", "%4", "%zz", "%ed%a0%80"}) {
        EXPECT_EQ(percent_decode(text, false), std::nullopt) << text;
    }
    EXPECT_EQ(percent_decode("a+b%2B", false), "a+b+");
    EXPECT_EQ(percent_decode("", false), "");
}

TEST(Request, path_parameters_are_decoded_and_what_cannot_be_names_nothing) {
    RequestHead head;
    const Peer peer;
    Request request(head, peer);
    request.parameters.slots[0] = {"host", "a%20b"};
    request.parameters.slots[1] = {"cal", "%00"};
    request.parameters.count = 2;
    EXPECT_EQ(request.parameter("host"), "a b");
    EXPECT_EQ(request.parameter("cal"), "");
    EXPECT_DEATH(request.parameter("other"), "parameter");
}

TEST(Utf8, accepts_what_is_well_formed_and_nothing_else) {
    for (const char* good :
         {"", "a", "é", "€", "😀", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const char* bad :
         {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xff"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
}

TEST(ResponseWriter, the_date_is_that_of_http) {
    DateCache dates;
    EXPECT_EQ(dates.at(784111777),
              "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110 5.6.7
    EXPECT_EQ(dates.at(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(dates.at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(ResponseWriter, a_header_value_cannot_begin_another_line) {
    HeaderLines lines;
    lines.add("Location", "/v1/cals\r\nSet-Cookie: a=b");
    EXPECT_EQ(lines.text(), "Location: /v1/cals  Set-Cookie: a=b\r\n");
}

}  // namespace
}  // namespace calm::http
