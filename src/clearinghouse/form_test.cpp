#include "clearinghouse/form.h"

#include <gtest/gtest.h>

#include "clearinghouse/settings.h"
#include "clearinghouse/wrong_keys.h"

namespace calm::clearinghouse {
namespace {

constexpr const char* kUrlencoded = "application/x-www-form-urlencoded";
constexpr const char* kMultipart = "multipart/form-data; boundary=\"--x1\"";

using Form = std::vector<FormField>;

TEST(FormTest, fields_of_a_plain_form_are_decoded) {
    EXPECT_EQ(read_form(kUrlencoded, "a=1+2&b=%0d%0A%c3%A9&c&=d"),
              (Form{{"a", "1 2"}, {"b", "\r\né"}, {"c", ""}, {"", "d"}}));
    EXPECT_EQ(read_form(kUrlencoded, ""), Form{});
    for (const char* bad : {"a=%", "a=%1", "a=%zz", "a=%1"})
        EXPECT_FALSE(read_form(kUrlencoded, bad)) << bad;
}

TEST(FormTest, parts_of_an_upload_are_as_they_were_sent) {
    const std::string body =
        "----x1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.txt\"\r\n"
        "Content-Type: text/plain\r\n\r\nline\r\n--x1 is not it\r\n\r\n----x1\r\n"
        "content-disposition: form-data; name=\"as\"\r\n\r\nfile\r\n----x1--\r\n";
    EXPECT_EQ(read_form(kMultipart, body),
              (Form{{"file", "line\r\n--x1 is not it\r\n"}, {"as", "file"}}));
}

TEST(FormTest, an_upload_that_is_cut_or_has_no_names_is_refused) {
    const std::string head = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
    for (const std::string& bad :
         {std::string(), std::string("----x1"), "----x1\r\n" + head + "1",
          "----x1\r\n" + head + "1\r\n----x1", "----x2\r\n" + head + "1\r\n----x2--",
          std::string("----x1\r\nA: b\r\n\r\n1\r\n----x1--"),
          "----x1\r\nX: " + std::string(2000, 'x') + "\r\n" + head + "1\r\n----x1--"}) {
        EXPECT_FALSE(read_form(kMultipart, bad)) << bad;
    }
    EXPECT_FALSE(read_form("multipart/form-data", "----x1--"));
    EXPECT_FALSE(read_form("text/plain", "a=1"));
}

TEST(FormTest, a_form_has_few_fields) {
    std::string body = "a=1";
    for (size_t i = 1; i < kFormFieldsMax; ++i)
        body += "&a=1";
    EXPECT_TRUE(read_form(kUrlencoded, body));
    EXPECT_FALSE(read_form(kUrlencoded, body + "&a=1"));
}

TEST(WrongKeysTest, an_ipv6_customer_has_a_whole_network) {
    EXPECT_EQ(WrongKeys::network_of("2001:db8:0:1::1"), WrongKeys::network_of("2001:db8:0:1::2"));
    EXPECT_NE(WrongKeys::network_of("2001:db8:0:1::1"), WrongKeys::network_of("2001:db8:0:2::1"));
    EXPECT_EQ(WrongKeys::network_of("192.0.2.1"), "192.0.2.1");
}

constexpr const char* kSigning =
    "[signing]\nkey = \"a.key\"\ncertificate = \"a.cert\"\nvendor = \"a.vendor\"\n";

TEST(ClearinghouseSettingsTest, are_read_and_what_is_wrong_is_named) {
    const auto settings =
        read_settings(std::string(kSigning) + "[rules]\nfour_eyes = true\nactivation_days = 30\n");
    ASSERT_TRUE(settings) << settings.error().detail;
    EXPECT_TRUE(settings->four_eyes);
    EXPECT_EQ(settings->activation_days, 30U);
    EXPECT_EQ(settings->key_file, "a.key");
    EXPECT_EQ(read_settings("").error().code, "setting_invalid");
    const auto refused = [](const std::string& more) {
        return read_settings(kSigning + more).error().code;
    };
    EXPECT_EQ(refused("[rules]\nfour_ears = true\n"), "setting_unknown");
    EXPECT_EQ(refused("[rules]\nfour_eyes = 1\n"), "setting_invalid");
    EXPECT_EQ(refused("[rules]\nactivation_days = 0\n"), "setting_invalid");
    EXPECT_EQ(refused("[listen]\ntls_port = 70000\n"), "setting_invalid");
    EXPECT_EQ(refused("[tls]\nkey = \"k\"\n"), "setting_invalid");
    EXPECT_EQ(refused("[log]\nlevel = \"loud\"\n"), "setting_invalid");
    EXPECT_EQ(refused("[x]\ny = \n"), "settings_malformed");
}

}  // namespace
}  // namespace calm::clearinghouse
