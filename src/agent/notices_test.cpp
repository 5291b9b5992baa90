// What an administrator reads at a logon, who is one, and that it is read once a day.
#include "agent/notices.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace calm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Instant kNow{1'800'000'000};

ClientStatus well() {
    ClientStatus status{.now = kNow};
    status.servers = {{.name = "https://ls1:7443", .answered = true}};
    status.state.last_contact = kNow;
    status.state.products = {{.product = "sql-2012", .outage_days = 7},
                             {.product = "windows-7", .requirement = CalRequirement::none}};
    status.mode.mode = LicensingMode::per_user;
    return status;
}

ClientStatus silent_since(Instant last_contact) {
    ClientStatus status = well();
    status.servers = {{.name = "https://ls1:7443", .last_error = "nobody listens"}};
    status.state.last_contact = last_contact;
    return status;
}

std::string notice(const ClientStatus& status, Language language = Language::en) {
    return notice_text({status}, {}, language);
}

TEST(Notices, NothingIsSaidWhileAllIsWell) {
    EXPECT_THAT(notice(well()), IsEmpty());
    ClientStatus over = well();
    over.state.products[0].grace_until = kNow;
    over.temporary = 1;
    over.temporary_until = kNow;
    EXPECT_THAT(notice(over), IsEmpty());
}

TEST(Notices, TheDaysOfInitialGraceAreCounted) {
    ClientStatus status = well();
    status.state.products[0].grace_until = kNow + days(12) - Seconds{1};
    EXPECT_THAT(notice(status), AllOf(HasSubstr("initial grace period of this host for sql-2012"),
                                      HasSubstr("days left: 12"), HasSubstr("calm-hostd doctor")));
    EXPECT_THAT(notice(status, Language::fr),
                AllOf(HasSubstr("période de grâce initiale"), HasSubstr("jours restants : 12")));
    EXPECT_THAT(notice_text({status}, {"another"}, Language::en), IsEmpty());
    EXPECT_THAT(notice_text({status}, {"sql-2012"}, Language::en), HasSubstr("days left: 12"));
    // The one that ends first.
    status.state.products.push_back({.product = "rds", .grace_until = kNow + Seconds{1}});
    EXPECT_THAT(notice(status), AllOf(HasSubstr("rds"), HasSubstr("days left: 1)")));
}

TEST(Notices, TheOutagePeriodCountsWhileNoServerAnswers) {
    EXPECT_THAT(notice(silent_since(kNow - days(2))),
                AllOf(HasSubstr("https://ls1:7443 does not answer"), HasSubstr("days left: 5")));
    EXPECT_THAT(notice(silent_since(kNow - days(7))), HasSubstr("the outage period ended on"));
    ClientStatus never = silent_since(kNow);
    never.state.last_contact.reset();
    EXPECT_THAT(notice(never), HasSubstr("has never answered this host"));
    // One that answers is enough, and one that was not asked yet says nothing.
    ClientStatus second = silent_since(kNow - days(2));
    second.servers.push_back({.name = "https://ls2:7443", .answered = true});
    EXPECT_THAT(notice(second), IsEmpty());
    ClientStatus unasked = well();
    unasked.servers = {{.name = "https://ls1:7443"}};
    EXPECT_THAT(notice(unasked), IsEmpty());
    // Nobody is refused for what is only counted.
    ClientStatus counted = silent_since(kNow - days(2));
    counted.state.products = {{.product = "exchange", .requirement = CalRequirement::trusted}};
    EXPECT_THAT(notice(counted), IsEmpty());
}

TEST(Notices, TemporaryCalsAndAMissingModeAreSaid) {
    ClientStatus status = well();
    status.temporary = 3;
    status.temporary_until = kNow + days(80);
    status.mode.mode = LicensingMode::not_configured;
    EXPECT_THAT(notice(status),
                AllOf(HasSubstr("temporary CAL only: 3."), HasSubstr("days left: 80"),
                      HasSubstr("licensing mode of this host is not configured")));
    EXPECT_THAT(notice_text({well(), status}, {}, Language::fr),
                AllOf(HasSubstr("temporaire : 3."), HasSubstr("n'est pas configuré")));
}

TEST(Notices, WithoutAModeTheEndOfTheGraceIsSaid) {
    ClientStatus status = well();
    status.mode.mode = LicensingMode::not_configured;
    status.state.products[0].grace_until = kNow + Seconds{1};
    EXPECT_THAT(notice(status),
                AllOf(HasSubstr("days left: 1)"), HasSubstr("host is not configured. Set it")));
    status.state.products[0].grace_until = kNow;
    EXPECT_THAT(notice(status), AllOf(HasSubstr("period of this host for sql-2012 ended on"),
                                      HasSubstr("its licensing mode is not configured")));
    EXPECT_THAT(notice(status, Language::fr),
                HasSubstr("la période de grâce initiale de cet hôte pour sql-2012 a expiré le"));
    EXPECT_THAT(notice_text({status}, {"another"}, Language::en),
                HasSubstr("host is not configured. Set it"));
}

TEST(Notices, RootAndMembersOfAGroupAreAdministrators) {
    EXPECT_TRUE(is_administrator("root", {}));
    EXPECT_FALSE(is_administrator("calm-nobody-here", {"root", "sudo"}));
    EXPECT_TRUE(is_administrator("daemon", {"no-such-group", "daemon"}));
    EXPECT_FALSE(is_administrator("daemon", {"no-such-group"}));
    EXPECT_FALSE(is_administrator("daemon", {"root"}));
}

class NoticeBookTest : public testing::Test {
  protected:
    NoticeBookTest() {
        spdlog::set_level(spdlog::level::off);
        std::string pattern =
            (std::filesystem::temp_directory_path() / "calm-book-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
    }
    ~NoticeBookTest() override { std::filesystem::remove_all(directory_); }

    std::string file() const { return directory_ / "notices"; }

    std::filesystem::path directory_;
};

TEST_F(NoticeBookTest, EachPersonReadsItOnceADay) {
    NoticeBook book(file());
    EXPECT_TRUE(book.is_first_today("root", kNow));
    EXPECT_FALSE(book.is_first_today("root", kNow));
    EXPECT_TRUE(book.is_first_today("anna", kNow));
    EXPECT_TRUE(book.is_first_today("root", kNow + days(1)));
    EXPECT_FALSE(book.is_first_today("root", kNow + days(1)));
}

TEST_F(NoticeBookTest, ARestartRepeatsNothing) {
    EXPECT_TRUE(NoticeBook(file()).is_first_today("root", kNow));
    EXPECT_TRUE(NoticeBook(file()).is_first_today("anna", kNow));
    EXPECT_FALSE(NoticeBook(file()).is_first_today("root", kNow));
    EXPECT_FALSE(NoticeBook(file()).is_first_today("anna", kNow));
    EXPECT_TRUE(NoticeBook(file()).is_first_today("anna", kNow + days(1)));
}

TEST_F(NoticeBookTest, AFileThatIsLostOrDamagedOnlyRepeats) {
    EXPECT_TRUE(NoticeBook(file()).is_first_today("root", kNow));
    std::ofstream(file()) << "\n\n\x01nonsense\n";
    EXPECT_TRUE(NoticeBook(file()).is_first_today("root", kNow));
    EXPECT_FALSE(NoticeBook(file()).is_first_today("root", kNow));
    EXPECT_TRUE(NoticeBook(directory_ / "not" / "there").is_first_today("root", kNow));
    NoticeBook in_memory("");
    EXPECT_TRUE(in_memory.is_first_today("root", kNow));
    EXPECT_FALSE(in_memory.is_first_today("root", kNow));
}

}  // namespace
}  // namespace calm
