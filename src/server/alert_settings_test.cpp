// What the file may say about warnings and receivers.
#include "server/alert_settings.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "server/settings.h"
#include "store/temporary_directory.h"

namespace calm {
namespace {

constexpr std::string_view kMail =
    "[mail]\nserver = 'mail.example.org:587'\nfrom = 'calm@example.org'\n"
    "to = ['anna@example.org', 'bruno@example.org']\n";

// The mail settings, and these lines after them.
std::string mail_and(std::string_view more) {
    std::string text(kMail);
    text += more;
    return text;
}

std::string refusal(const std::string& text) {
    const auto settings = read_settings(text, {});
    return settings ? std::string() : settings.error().detail;
}

TEST(AlertSettings, thresholds_and_holidays_read_as_a_person_writes_them) {
    const auto settings = read_settings(
        "[alerts]\npool_percents = [95, 70]\ndays_left = [1, 60]\nholiday_lead_days = 5\n"
        "holidays = ['2026-12-21/2027-01-03', '2027-05-01']\n",
        {});
    ASSERT_TRUE(settings) << settings.error().detail;
    const WarningTerms& terms = settings->warnings;
    EXPECT_EQ(terms.pool_percents, (std::vector<uint16_t>{70, 95}));
    EXPECT_EQ(terms.days_left, (std::vector<uint16_t>{60, 1}));
    EXPECT_EQ(terms.holiday_lead_days, 5);
    ASSERT_EQ(terms.holidays.size(), 2U);
    EXPECT_EQ(to_rfc3339(terms.holidays[0].after), "2027-01-04T00:00:00Z");
    EXPECT_EQ(terms.holidays[1].after - terms.holidays[1].first, days(1));
    EXPECT_EQ(show_holidays(terms.holidays), "2026-12-21/2027-01-03,2027-05-01/2027-05-01");
}

TEST(AlertSettings, what_makes_no_sense_is_named) {
    EXPECT_NE(refusal("[alerts]\npool_percents = [101]\n").find("1 to 100"), std::string::npos);
    EXPECT_NE(refusal("[alerts]\ndays_left = [0]\n").find("1 to 366"), std::string::npos);
    EXPECT_NE(refusal("[alerts]\nholidays = ['christmas']\n").find("is not a day"),
              std::string::npos);
    EXPECT_NE(refusal("[alerts]\nholidays = ['2027-01-03/2026-12-21']\n").find("within a year"),
              std::string::npos);
    EXPECT_FALSE(refusal("[alerts]\nlanguage = 'de'\n").empty());
}

TEST(AlertSettings, mail_without_tls_stays_on_this_machine) {
    EXPECT_EQ(refusal(std::string(kMail)), "");
    EXPECT_NE(refusal(mail_and("security = 'none'\n")).find("this machine only"),
              std::string::npos);
    EXPECT_EQ(refusal("[mail]\nserver = '127.0.0.1:25'\nfrom = 'a@b'\nto = ['c@d']\n"
                      "security = 'none'\n"),
              "");
    EXPECT_NE(refusal("[mail]\nserver = 'mail.example.org'\nfrom = 'a@b'\nto = ['c@d']\n")
                  .find("a name and a port"),
              std::string::npos);
    EXPECT_NE(refusal("[mail]\nto = ['c@d']\n").find("mail.server"), std::string::npos);
    EXPECT_NE(refusal(mail_and("account = 'calm'\n")).find("belong together"), std::string::npos);
}

TEST(AlertSettings, an_address_cannot_bring_a_header_or_another_address) {
    for (const char* address : {"a@b\\r\\nBcc: c@d", "a@b>, <c@d", "a", "@b", "a@"}) {
        EXPECT_FALSE(refusal(std::string("[mail]\nserver = 'm.example.org:25'\nfrom = 'a@b'\n") +
                             "to = [\"" + address + "\"]\n")
                         .empty())
            << address;
    }
}

TEST(AlertSettings, webhooks_are_signed_and_encrypted) {
    const std::string secret = "secret_file = '/etc/calm/webhook'\n";
    EXPECT_EQ(refusal("[webhook]\nurls = ['https://chat.example.org/x']\n" + secret), "");
    EXPECT_EQ(refusal("[webhook]\nurls = ['http://127.0.0.1:8080/x']\n" + secret), "");
    EXPECT_NE(refusal("[webhook]\nurls = ['https://chat.example.org/x']\n").find("secret_file"),
              std::string::npos);
    for (const char* url :
         {"http://chat.example.org/x", "http://127.0.0.1@evil.example/",
          "http://localhost.evil.example/", "ftp://example.org", "https://u:p@h/"})
        EXPECT_FALSE(refusal(std::string("[webhook]\nurls = ['") + url + "']\n" + secret).empty())
            << url;
}

TEST(AlertSettings, secrets_come_from_files_that_not_everybody_reads) {
    const store::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "secret";
    std::ofstream(file) << "0123456789abcdef\n";
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    Settings settings;
    settings.webhook_urls = {"https://a.example.org/hidden/path", "https://a.example.org/other"};
    settings.webhook_secret_file = file;
    const auto receivers = receivers_of(settings);
    ASSERT_TRUE(receivers) << receivers.error().detail;
    ASSERT_EQ(receivers->size(), 2U);
    EXPECT_EQ((*receivers)[0].name, "https://a.example.org");
    EXPECT_EQ((*receivers)[1].name, "https://a.example.org (2)");
    EXPECT_EQ(std::get<WebhookTarget>((*receivers)[0].target).secret, "0123456789abcdef");

    std::filesystem::permissions(file, std::filesystem::perms(0644));
    EXPECT_EQ(receivers_of(settings).error().code, "secret_unreadable");
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    std::ofstream(file) << "short\n";
    EXPECT_EQ(receivers_of(settings).error().code, "secret_unreadable");
    std::filesystem::remove(file);
    EXPECT_EQ(receivers_of(settings).error().code, "secret_unreadable");
}

}  // namespace
}  // namespace calm
