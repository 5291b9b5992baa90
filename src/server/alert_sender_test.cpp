// Messages to receivers that take them, that take them later, and that do not.
#include "server/alert_sender.h"

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/test_receivers.h"

namespace calm {
namespace {

using namespace std::chrono_literals;
using testing::TestReceivers;

AlertMessage message(std::string id = "m1") {
    return {.id = std::move(id),
            .subject = "Période de grâce\r\nBcc: evil@example.org",
            .text = "Le pack 3 prend fin.\n",
            .json = R"({"alerts":[]})"};
}

// The reports, as they come.
class Reports {
  public:
    AlertSender::Report sink() {
        return [this](DeliveryReport report) {
            const std::lock_guard lock(mutex_);
            reports_.push_back(std::move(report));
            changed_.notify_all();
        };
    }
    std::vector<DeliveryReport> wait_for_last(size_t last) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] {
            size_t seen = 0;
            for (const auto& each : reports_)
                seen += each.last ? 1 : 0;
            return seen >= last;
        });
        return reports_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<DeliveryReport> reports_;
};

Receiver mail_at(uint16_t port) {
    return {.name = "mail",
            .target = MailTarget{.server = fmt::format("127.0.0.1:{}", port),
                                 .security = MailSecurity::none,
                                 .from = "calm@example.org",
                                 .to = {"anna@example.org", "bruno@example.org"}}};
}

Receiver webhook_at(uint16_t port) {
    return {.name = "hook",
            .target = WebhookTarget{.url = fmt::format("http://127.0.0.1:{}/calm", port),
                                    .secret = "0123456789abcdef"}};
}

TEST(AlertSender, a_mail_reaches_everybody_and_its_subject_brings_no_header) {
    const TestReceivers receivers;
    Reports reports;
    AlertSender sender({mail_at(receivers.smtp_port())}, reports.sink());
    sender.send("mail", message(), false);
    const auto got = reports.wait_for_last(1);
    ASSERT_EQ(got.size(), 1U);
    EXPECT_TRUE(got[0].sent) << got[0].why;
    ASSERT_EQ(receivers.mails().size(), 1U);
    const std::string mail = receivers.mails()[0];
    EXPECT_NE(mail.find("RCPT TO:<anna@example.org>\nRCPT TO:<bruno@example.org>\n"),
              std::string::npos)
        << mail;
    EXPECT_EQ(mail.find("\nBcc"), std::string::npos) << mail;
    EXPECT_NE(mail.find("Message-ID: <m1@example.org>\r\n"), std::string::npos) << mail;
    EXPECT_NE(mail.find("TGUgcGFjayAzIHByZW5kIGZpbi4K\r\n"), std::string::npos) << mail;
}

TEST(AlertSender, tries_again_what_failed_for_a_while) {
    const TestReceivers receivers([](size_t nth) { return nth <= 2 ? 503 : 204; });
    Reports reports;
    AlertSender sender({webhook_at(receivers.http_port())}, reports.sink(), {10ms, 10ms, 10ms});
    sender.send("hook", message(), false);
    const auto got = reports.wait_for_last(1);
    ASSERT_EQ(got.size(), 3U);
    EXPECT_EQ(got[0].why, "it answered 503");
    EXPECT_FALSE(got[0].last);
    EXPECT_TRUE(got[2].sent);
    EXPECT_EQ(got[2].tries, 3);
    EXPECT_EQ(receivers.posts().size(), 3U);
}

TEST(AlertSender, gives_up_after_the_last_pause) {
    const TestReceivers receivers([](size_t) { return 500; });
    Reports reports;
    AlertSender sender({webhook_at(receivers.http_port())}, reports.sink(), {1ms, 1ms});
    sender.send("hook", message(), false);
    const auto got = reports.wait_for_last(1);
    ASSERT_EQ(got.size(), 3U);
    EXPECT_FALSE(got[2].sent);
    EXPECT_TRUE(got[2].last);
}

TEST(AlertSender, does_not_insist_when_the_answer_is_no) {
    const TestReceivers receivers([](size_t) { return 404; }, 550);
    Reports reports;
    AlertSender sender({mail_at(receivers.smtp_port()), webhook_at(receivers.http_port())},
                       reports.sink(), {1ms, 1ms});
    sender.send("mail", message(), false);
    sender.send("hook", message(), false);
    const auto got = reports.wait_for_last(2);
    ASSERT_EQ(got.size(), 2U);
    for (const DeliveryReport& each : got) {
        EXPECT_FALSE(each.sent);
        EXPECT_TRUE(each.last);
        EXPECT_FALSE(each.why.empty());
    }
    EXPECT_TRUE(receivers.mails().empty());
}

TEST(AlertSender, a_receiver_that_is_not_there_holds_up_nobody) {
    const TestReceivers receivers;
    Reports reports;
    // Port 1 of this machine: nobody listens.
    AlertSender sender({mail_at(1), webhook_at(receivers.http_port())}, reports.sink(), {1h});
    sender.send("mail", message(), false);
    sender.send("hook", message(), false);
    const auto got = reports.wait_for_last(1);
    ASSERT_FALSE(got.empty());
    EXPECT_EQ(got.back().receiver, "hook");
    EXPECT_TRUE(got.back().sent);
}

TEST(AlertSender, tells_at_once_when_too_much_waits) {
    Reports reports;
    AlertSender sender({webhook_at(1)}, reports.sink(), {1h});
    for (size_t i = 0; i < AlertSender::kWaitingMax + 2; ++i)
        sender.send("hook", message(std::to_string(i)), false);
    const auto got = reports.wait_for_last(1);
    EXPECT_EQ(got.empty() ? "" : got.back().why, "too many messages wait for it");
}

TEST(AlertTransport, a_webhook_is_signed_over_time_and_body) {
    // printf '1767225600.{"alerts":[]}' | openssl dgst -sha256 -hmac 0123456789abcdef
    EXPECT_EQ(
        webhook_signature("0123456789abcdef", {1'767'225'600}, R"({"alerts":[]})"),
        "t=1767225600,sha256=6af6307c5b28b6d3cb39cc893e0577e6af7520f4139eaaa64fd5eeec7a9a619d");
    const TestReceivers receivers;
    Reports reports;
    AlertSender sender({webhook_at(receivers.http_port())}, reports.sink());
    sender.send("hook", message(), false);
    reports.wait_for_last(1);
    ASSERT_EQ(receivers.posts().size(), 1U);
    const std::string post = receivers.posts()[0];
    const size_t at = post.find("CALM-Signature: t=");
    ASSERT_NE(at, std::string::npos) << post;
    const std::string header = post.substr(at + 16, post.find("\r\n", at) - at - 16);
    const Instant time{std::stoll(header.substr(2))};
    EXPECT_EQ(header, webhook_signature("0123456789abcdef", time, message().json));
    EXPECT_NE(post.find("CALM-Message: m1\r\n"), std::string::npos);
}

TEST(AlertTransport, long_subjects_are_cut_between_characters) {
    std::string subject;
    for (int i = 0; i < 60; ++i)
        subject += "é";
    const std::string mail =
        mail_text({.from = "a@b", .to = {"c@d"}},
                  {.id = "m", .subject = subject, .text = "", .json = ""}, {1'767'225'600});
    EXPECT_NE(mail.find("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"), std::string::npos) << mail;
    size_t begin = 0;
    for (size_t end = mail.find("\r\n"); end != std::string::npos;
         begin = end + 2, end = mail.find("\r\n", begin))
        EXPECT_LE(end - begin, 78U) << mail;
    EXPECT_NE(mail.find("?=\r\n =?UTF-8?B?"), std::string::npos) << mail;
}

}  // namespace
}  // namespace calm
