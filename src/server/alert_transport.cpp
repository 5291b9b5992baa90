// SMTP and HTTP through libcurl.
#include "server/alert_transport.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sodium.h>

#include "base/assert.h"
#include "base/bytes.h"

namespace calm {
namespace {

constexpr long kConnectSeconds = 5;
constexpr size_t kWhyBytesMax = 300;

struct CurlEnd {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, CurlEnd>;

struct List {
    curl_slist* list = nullptr;

    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { curl_slist_free_all(list); }
    void add(const std::string& line) {
        curl_slist* const longer = curl_slist_append(list, line.c_str());
        CALM_ASSERT(longer != nullptr);
        list = longer;
    }
};

void initialise_curl() {
    static std::once_flag once;
    std::call_once(once, [] {
        CALM_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
        // A receiver that hangs up while TLS writes to it must not end the process.
        struct sigaction now {};
        if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
            std::signal(SIGPIPE, SIG_IGN);
        }
    });
}

Instant wall_now() {
    return {std::time(nullptr)};
}

size_t forget(char*, size_t size, size_t count, void*) {
    return size * count;
}

int stop_if_asked(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

size_t read_rest(char* into, size_t size, size_t count, void* rest) {
    auto& text = *static_cast<std::string_view*>(rest);
    const size_t taken = std::min(size * count, text.size());
    text.copy(into, taken);
    text.remove_prefix(taken);
    return taken;
}

// What both kinds have in common. `why` is where libcurl says what went wrong.
Curl begin(const std::string& ca_file, const std::atomic<bool>& stopping, char* why) {
    initialise_curl();
    Curl curl(curl_easy_init());
    CALM_ASSERT(curl != nullptr);
    CURL* const c = curl.get();
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, kDeliverySeconds);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, forget);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, stop_if_asked);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, &stopping);
    if (!ca_file.empty()) curl_easy_setopt(c, CURLOPT_CAINFO, ca_file.c_str());
    return curl;
}

// A server's words may stand in it, so it is cut to a line that can be stored and shown.
std::string one_line(std::string_view text) {
    std::string out(text.substr(0, kWhyBytesMax));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
    }
    return out;
}

std::string reason(CURLcode code, const char* why) {
    return one_line(*why != '\0' ? why : curl_easy_strerror(code));
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
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients.list);
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
    std::array<char, CURL_ERROR_SIZE> why{};
    const Curl curl = begin(target.ca_file, stopping, why.data());
    CURL* const c = curl.get();
    List headers;
    headers.add("Content-Type: application/json");
    headers.add("CALM-Message: " + message.id);
    headers.add("Expect:");
    if (!target.secret.empty()) {
        headers.add("CALM-Signature: " +
                    webhook_signature(target.secret, wall_now(), message.json));
    }
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_URL, target.url.c_str());
    curl_easy_setopt(c, CURLOPT_USERAGENT, "calm/1");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.list);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message.json.size()));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, message.json.data());
    const CURLcode code = curl_easy_perform(c);
    if (code != CURLE_OK) return fail("alert_undelivered", reason(code, why.data()));
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
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
