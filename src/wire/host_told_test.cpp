// What a host tells of itself: written and read again, within the bounds of a header.
#include "wire/host_told.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace calm::wire {
namespace {

Result<HostTold> read_back(const std::string& text) {
    return parse_host_told(boost::json::parse(text));
}

HostTold told() {
    return {.version = "0.9.1",
            .mode = LicensingMode::per_device,
            .mode_from = SettingSource::policy,
            .servers = {"https://lic-1.example.org:7443", "unix:/run/calm/calmd.sock"},
            .servers_from = SettingSource::file,
            .time = Instant{1'800'000'000}};
}

TEST(HostTold, IsReadAsItWasWritten) {
    const auto read = read_back(write_host_told(told()));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, told());
}

TEST(HostTold, FitsAHeaderWhateverAHostHas) {
    HostTold many = told();
    many.servers.assign(100, std::string(300, 'a'));
    many.servers[0] = "https://a\r\nX: 1";
    many.servers[1] = "with \"quotes\"";
    many.servers[2] = std::string(301, 'a');
    many.version = std::string(1000, '1');
    const std::string text = write_host_told(many);
    EXPECT_LE(text.size(), kHostToldSizeMax);
    EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos);
    const auto read = read_back(text);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->servers.size(), 8u);
    EXPECT_EQ(read->servers[0], many.servers[3]);
}

TEST(HostTold, LessIsRefusedAndMoreIsIgnored) {
    const std::string text = write_host_told(told());
    EXPECT_TRUE(read_back(text.substr(0, text.size() - 1) + R"(,"later":1})"));
    for (const char* wrong : {"{}", "[]", R"({"version":1})"})
        EXPECT_FALSE(read_back(wrong)) << wrong;
}

}  // namespace
}  // namespace calm::wire
