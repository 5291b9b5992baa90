// SMTP and HTTP through libcurl.
#include "server/alert_transport.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>
#include <sodium.h>

#include "base/bytes.h"
#include "server/outgoing.h"

namespace calm {
namespace {

using outgoing::begin;
using outgoing::Curl;
using outgoing::List;
using outgoing::reason;

Instant wall_now() {
    return {std::time(nullptr)};
}

size_t read_rest(char* into, size_t size, size_t count, void* rest) {
    auto& text = *static_cast<std::string_view*>(rest);
    const size_t taken = std::min(size * count, text.size());
    text.copy(into, taken);
    text.remove_prefix(taken);
    return taken;
}

std::string base64_lines(std::string_view text) {
    std::string flat(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(flat.data(), flat.size(), reinterpret_cast<const uint8_t*>(text.data()),
                      text.size(), sodium_base64_VARIANT_ORIGINAL);
    flat.pop_back();  // its final zero
    std::string out;
    for (size_t at = 0; at < flat.size(); at += 76)
        out += flat.substr(at, 76) + "\r\n";
    return out;
}

// RFC 2047: encoded words of at most 75 characters, cut between characters; so nothing that a name
// brings can begin a header of its own.
std::string encoded_words(std::string_view text) {
    constexpr size_t kBytes = 42;
    std::string out;
    while (!text.empty()) {
        size_t cut = std::min(text.size(), kBytes);
        while (cut > 1 && cut < text.size() && (static_cast<uint8_t>(text[cut]) & 0xC0U) == 0x80U)
            --cut;
        std::string word = base64_lines(text.substr(0, cut));
        word.resize(word.size() - 2);
        out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", word);
        text.remove_prefix(cut);
    }
    return out;
}

std::string mail_date(Instant at) {
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t seconds = at.seconds;
    struct tm utc {};
    gmtime_r(&seconds, &utc);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                       kDays[static_cast<size_t>(utc.tm_wday)], utc.tm_mday,
                       kMonths[static_cast<size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                       utc.tm_min, utc.tm_sec);
}

Result<> send_mail(const MailTarget& target, const AlertMessage& message,
                   const std::atomic<bool>& stopping) {
    std::array<char, CURL_ERROR_SIZE> why{};
    const Curl curl = begin(target.ca_file, stopping, why.data());
    CURL* const c = curl.get();
    const bool tls = target.security == MailSecurity::tls;
    const std::string url = (tls ? "smtps://" : "smtp://") + target.server;
    const std::string text = mail_text(target, message, wall_now());
    std::string_view rest = text;
    List recipients;
    for (const std::string& each : target.to)
        recipients.add("<" + each + ">");
    const std::string from = "<" + target.from + ">";
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_URL, url.c_str());
    curl_easy_setopt(c, CURLOPT_USE_SSL,
                     static_cast<long>(target.security == MailSecurity::none ? CURLUSESSL_NONE
                                                                             : CURLUSESSL_ALL));
    if (!target.account.empty()) {
        curl_easy_setopt(c, CURLOPT_USERNAME, target.account.c_str());
        curl_easy_setopt(c, CURLOPT_PASSWORD, target.password.c_str());
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_rest);
    curl_easy_setopt(c, CURLOPT_READDATA, &rest);
    const CURLcode code = curl_easy_perform(c);
    if (code == CURLE_OK) return {};
    long answer = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
    // 5yz: the server will say the same again (RFC 5321, 4.2.1).
    if (answer >= 500 && answer < 600) return fail("alert_refused", reason(code, why.data()));
    return fail("alert_undelivered", reason(code, why.data()));
}

Result<> call_webhook(const WebhookTarget& target, const AlertMessage& message,
                      const std::atomic<bool>& stopping) {
    outgoing::Post post{
        .url = target.url,
        .body = message.json,
        .headers = {"Content-Type: application/json", "CALM-Message: " + message.id},
        .ca_file = target.ca_file};
    if (!target.secret.empty()) {
        post.headers.push_back("CALM-Signature: " +
                               webhook_signature(target.secret, wall_now(), message.json));
    }
    const auto answer = outgoing::post(post, stopping);
    if (!answer) return fail("alert_undelivered", answer.error().detail);
    const long status = answer->status;
    if (status >= 200 && status < 300) return {};
    const bool passes = status == 408 || status == 429 || status >= 500;
    return std::unexpected(Error{passes ? "alert_undelivered" : "alert_refused",
                                 fmt::format("it answered {}", status)});
}

}  // namespace

Result<> deliver(const Receiver& receiver, const AlertMessage& message,
                 const std::atomic<bool>& stopping) {
    if (const auto* mail = std::get_if<MailTarget>(&receiver.target))
        return send_mail(*mail, message, stopping);
    return call_webhook(std::get<WebhookTarget>(receiver.target), message, stopping);
}

std::string mail_text(const MailTarget& target, const AlertMessage& message, Instant at) {
    const size_t sign = target.from.find('@');
    return fmt::format(
        "Date: {}\r\nFrom: CALM <{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}{}>\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        mail_date(at), target.from, fmt::join(target.to, ",\r\n "), encoded_words(message.subject),
        message.id, sign == std::string::npos ? "@calm" : target.from.substr(sign),
        base64_lines(message.text));
}

std::string webhook_signature(std::string_view secret, Instant at, std::string_view body) {
    const std::string head = fmt::format("{}.", at.seconds);
    crypto_auth_hmacsha256_state state;
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<const uint8_t*>(text.data());
    };
    crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, bytes(head), head.size());
    crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
    std::array<uint8_t, crypto_auth_hmacsha256_BYTES> out{};
    crypto_auth_hmacsha256_final(&state, out.data());
    return fmt::format("t={},sha256={}", at.seconds, to_hex(out));
}

}  // namespace calm
