#include "core/agreement.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

std::string error_of(std::string_view text) {
    const auto agreement = parse_agreement(text);
    return agreement ? "" : agreement.error().code;
}

TEST(Agreement, each_program_has_its_own_form_of_number) {
    for (const char* good :
         {"open:12345678", "open:12345678-ABCDE0123456789", "select:1234567", "enterprise:1234567",
          "campus:1234567", "school:1234567", "service_provider:1234567", "other:1234567"}) {
        EXPECT_EQ(error_of(good), "") << good;
    }
    for (const char* bad :
         {"open:1234567", "open:123456789", "open:12345678-", "open:12345678-ABCDE012345678",
          "open:12345678-abcde0123456789", "open:1234567A", "select:12345678", "select:123456",
          "school:12345 7", "other:", "open"}) {
        EXPECT_EQ(error_of(bad), "bad_agreement") << bad;
    }
}

TEST(Agreement, a_program_is_read_as_people_write_it) {
    EXPECT_EQ(parse_agreement("Service Provider:7654321"),
              (Agreement{AgreementProgram::service_provider, "7654321"}));
    EXPECT_EQ(parse_agreement("OPEN:12345678"), (Agreement{AgreementProgram::open, "12345678"}));
    EXPECT_EQ(error_of("Gold:1234567"), "bad_agreement");
}

TEST(Agreement, the_error_says_what_the_number_looks_like) {
    EXPECT_EQ(parse_agreement("campus:12").error().detail,
              "a number of the program `campus` is 7 digits");
}

}  // namespace
}  // namespace calm
