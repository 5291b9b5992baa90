// Each word of a PAM line is understood as written or left out; nothing in between.
#include "pam/options.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace calm::pam {
namespace {

TEST(PamOptions, EachIsRead) {
    Options options;
    for (const char* word :
         {"product=sql-2012", "mode=device", "device=kiosk-1", "fail=open", "socket=/tmp/s",
          "timeout=1.5", "lang=fr", "station=seat", "via=gateway-1", "from_server=app-1",
          "workload=hpc", "outside=yes", "administration=no", "host_service=yes", "wait=0.75"}) {
        EXPECT_TRUE(read_option(word, options)) << word;
    }
    EXPECT_STREQ(options.product, "sql-2012");
    EXPECT_STREQ(options.mode, "device");
    EXPECT_STREQ(options.device, "kiosk-1");
    EXPECT_STREQ(options.socket, "/tmp/s");
    EXPECT_STREQ(options.language, "fr");
    EXPECT_EQ(options.budget_ms, 1500);
    EXPECT_STREQ(options.station, "seat");
    EXPECT_STREQ(options.via, "gateway-1");
    EXPECT_STREQ(options.from_server, "app-1");
    EXPECT_STREQ(options.workload, "hpc");
    EXPECT_STREQ(options.outside, "yes");
    EXPECT_STREQ(options.administration, "no");
    EXPECT_STREQ(options.host_service, "yes");
    EXPECT_EQ(options.wait_ms, 750);
    EXPECT_TRUE(options.fail_open);
    EXPECT_TRUE(read_option("fail=closed", options));
    EXPECT_FALSE(options.fail_open);
}

TEST(PamOptions, WhatIsNotUnderstoodChangesNothing) {
    const std::string long_product = "product=" + std::string(65, 'a');
    const std::string long_station = "station=" + std::string(257, 'a');
    const std::string long_socket = "socket=/" + std::string(108, 'a');
    for (const char* word : {"",
                             "debug",
                             "=",
                             "fail=",
                             "fail=OPEN",
                             "fail=1",
                             "mode=seat",
                             "mode=",
                             "timeout=0",
                             "timeout=0.01",
                             "timeout=2.001",
                             "timeout=3",
                             "timeout=-1",
                             "timeout=1.0000",
                             "timeout=1e1",
                             "timeout=..1",
                             "timeout=",
                             "product=",
                             "Product=a",
                             "user=root",
                             "timeout=.",
                             "wait=2.001",
                             "wait=",
                             "wait=.",
                             "wait=yes",
                             "wait=-1",
                             "workload=admin",
                             "workload=",
                             "outside=true",
                             "administration=2",
                             "host_service=",
                             "yes=yes",
                             "station=",
                             long_station.c_str(),
                             long_product.c_str(),
                             long_socket.c_str()}) {
        Options options;
        EXPECT_FALSE(read_option(word, options)) << word;
        EXPECT_STREQ(options.product, "");
        EXPECT_STREQ(options.mode, "");
        EXPECT_STREQ(options.socket, "/run/calm/hostd.sock");
        EXPECT_EQ(options.budget_ms, kBudgetMaxMs);
        EXPECT_FALSE(options.fail_open);
        EXPECT_STREQ(options.station, "");
        EXPECT_STREQ(options.workload, "");
        EXPECT_STREQ(options.outside, "");
        EXPECT_STREQ(options.administration, "");
        EXPECT_STREQ(options.host_service, "");
        EXPECT_EQ(options.wait_ms, -1);
    }
}

TEST(PamOptions, WhatIsNotUnderstoodIsExplained) {
    EXPECT_STREQ(usage_of("wait=9"), "wait=SECONDS, from 0 to 2");
    EXPECT_STREQ(usage_of("wait"), "wait=SECONDS, from 0 to 2");
    EXPECT_STREQ(usage_of("workload=admin"), "workload=person, web, hpc or anonymous");
    for (const char* word : {"", "=", "debug", "Wait=1", "waiting=1"})
        EXPECT_STREQ(usage_of(word), "there is no such option") << word;
}

TEST(PamOptions, AWaitIsUpTo2Seconds) {
    for (const auto& [word, ms] : {std::pair("wait=0", 0), std::pair("wait=2", 2000)}) {
        Options options;
        EXPECT_TRUE(read_option(word, options)) << word;
        EXPECT_EQ(options.wait_ms, ms) << word;
    }
}

TEST(PamOptions, ABudgetIsBetween50MillisecondsAnd2Seconds) {
    struct Case {
        const char* word;
        int ms;
    };
    for (const auto& [word, ms] : {Case{"timeout=2", 2000}, Case{"timeout=2.000", 2000},
                                   Case{"timeout=0.05", 50}, Case{"timeout=1.25", 1250}}) {
        Options options;
        EXPECT_TRUE(read_option(word, options)) << word;
        EXPECT_EQ(options.budget_ms, ms) << word;
    }
}

}  // namespace
}  // namespace calm::pam
