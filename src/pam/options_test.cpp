// Each word of a PAM line is understood as written or left out; nothing in between.
#include "pam/options.h"

#include <string>

#include <gtest/gtest.h>

namespace calm::pam {
namespace {

TEST(PamOptions, EachIsRead) {
    Options options;
    for (const char* word : {"product=sql-2012", "mode=device", "device=kiosk-1", "fail=open",
                             "socket=/tmp/s", "timeout=1.5", "lang=fr"}) {
        EXPECT_TRUE(read_option(word, options)) << word;
    }
    EXPECT_STREQ(options.product, "sql-2012");
    EXPECT_STREQ(options.mode, "device");
    EXPECT_STREQ(options.device, "kiosk-1");
    EXPECT_STREQ(options.socket, "/tmp/s");
    EXPECT_STREQ(options.language, "fr");
    EXPECT_EQ(options.budget_ms, 1500);
    EXPECT_TRUE(options.fail_open);
    EXPECT_TRUE(read_option("fail=closed", options));
    EXPECT_FALSE(options.fail_open);
}

TEST(PamOptions, WhatIsNotUnderstoodChangesNothing) {
    const std::string long_product = "product=" + std::string(65, 'a');
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
                             long_product.c_str(),
                             long_socket.c_str()}) {
        Options options;
        EXPECT_FALSE(read_option(word, options)) << word;
        EXPECT_STREQ(options.product, "");
        EXPECT_STREQ(options.mode, "");
        EXPECT_STREQ(options.socket, "/run/calm/hostd.sock");
        EXPECT_EQ(options.budget_ms, kBudgetMaxMs);
        EXPECT_FALSE(options.fail_open);
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
