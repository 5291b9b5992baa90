// Exit codes are a promise to scripts.
#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace calm::cli {
namespace {

TEST(ExitCode, NumbersAreThoseOfTheManual) {
    EXPECT_EQ(static_cast<int>(Exit::ok), 0);
    EXPECT_EQ(static_cast<int>(Exit::error), 1);
    EXPECT_EQ(static_cast<int>(Exit::usage), 2);
    EXPECT_EQ(static_cast<int>(Exit::not_found), 3);
    EXPECT_EQ(static_cast<int>(Exit::denied), 4);
    EXPECT_EQ(static_cast<int>(Exit::no_cal), 5);
    EXPECT_EQ(static_cast<int>(Exit::unreachable), 6);
    EXPECT_EQ(static_cast<int>(Exit::conflict), 7);
}

TEST(ExitCode, OfAnError) {
    EXPECT_EQ(exit_of({"server_unreachable", ""}, 0), Exit::unreachable);
    EXPECT_EQ(exit_of({"server_untrusted", ""}, 0), Exit::unreachable);
    EXPECT_EQ(exit_of({"cal_unknown", ""}, 404), Exit::not_found);
    EXPECT_EQ(exit_of({"no_such_route", ""}, 404), Exit::not_found);
    EXPECT_EQ(exit_of({"not_signed_in", ""}, 401), Exit::denied);
    EXPECT_EQ(exit_of({"forbidden", ""}, 403), Exit::denied);
    EXPECT_EQ(exit_of({"precondition_failed", ""}, 412), Exit::conflict);
    EXPECT_EQ(exit_of({"pack_already_installed", ""}, 409), Exit::conflict);
    EXPECT_EQ(exit_of({"revoke_limit_reached", ""}, 409), Exit::denied);
    EXPECT_EQ(exit_of({"pack_vendor_unknown", ""}, 403), Exit::denied);
    EXPECT_EQ(exit_of({"request_id_reused", ""}, 422), Exit::conflict);
    EXPECT_EQ(exit_of({"bad_product_code", ""}, 400), Exit::usage);
    EXPECT_EQ(exit_of({"bad_time", ""}, 0), Exit::usage);
    EXPECT_EQ(exit_of({"pack_altered", ""}, 400), Exit::error);
    EXPECT_EQ(exit_of({"pack_altered", ""}, 0), Exit::error);
    EXPECT_EQ(exit_of({"disk_full", ""}, 507), Exit::error);
    EXPECT_EQ(exit_of({"file_forbidden", ""}, 0), Exit::denied);
    EXPECT_EQ(exit_of({"directory_missing", ""}, 0), Exit::not_found);
    EXPECT_EQ(exit_of({"file_unwritable", ""}, 0), Exit::error);
    EXPECT_EQ(exit_of({"internal", ""}, 500), Exit::error);
}

TEST(ExitCode, OfAnAdmission) {
    EXPECT_EQ(exit_of(Reason::cal_issued), Exit::ok);
    EXPECT_EQ(exit_of(Reason::initial_grace), Exit::ok);
    EXPECT_EQ(exit_of(Reason::no_cal_available), Exit::no_cal);
    EXPECT_EQ(exit_of(Reason::temporary_cal_expired), Exit::no_cal);
    EXPECT_EQ(exit_of(Reason::mode_not_configured), Exit::denied);
    EXPECT_EQ(exit_of(Reason::product_unknown), Exit::not_found);
}

}  // namespace
}  // namespace calm::cli
