#include "server/outgoing.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <mutex>

#include "base/assert.h"
#include "server/alert_transport.h"

namespace calm::outgoing {
namespace {

constexpr long kConnectSeconds = 5;
constexpr size_t kWhyBytesMax = 300;

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

size_t forget(char*, size_t size, size_t count, void*) {
    return size * count;
}

struct Kept {
    std::string text;
    size_t bytes_max = 0;
};

size_t keep(char* from, size_t size, size_t count, void* into) {
    auto& kept = *static_cast<Kept*>(into);
    if (kept.text.size() + size * count > kept.bytes_max) return 0;
    kept.text.append(from, size * count);
    return size * count;
}

int stop_if_asked(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

// What libcurl's words leave open.
std::string_view in_short(CURLcode code) {
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION: return "its certificate is not trusted: ";
        case CURLE_USE_SSL_FAILED: return "it offers no TLS: ";
        case CURLE_LOGIN_DENIED: return "it does not accept the account and its password: ";
        default: return "";
    }
}

}  // namespace

void List::add(const std::string& line) {
    curl_slist* const longer = curl_slist_append(list_, line.c_str());
    CALM_ASSERT(longer != nullptr);
    list_ = longer;
}

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

std::string reason(CURLcode code, const char* why) {
    std::string out(in_short(code));
    out += *why != '\0' ? why : curl_easy_strerror(code);
    // A server's words may stand in it.
    out.resize(std::min(out.size(), kWhyBytesMax));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
    }
    return out;
}

Result<HttpAnswer> post(const Post& post, const std::atomic<bool>& stopping) {
    std::array<char, CURL_ERROR_SIZE> why{};
    const Curl curl = begin(post.ca_file, stopping, why.data());
    CURL* const c = curl.get();
    List headers;
    for (const std::string& line : post.headers)
        headers.add(line);
    headers.add("Expect:");
    Kept kept{.bytes_max = post.answer_bytes_max};
    if (post.answer_bytes_max > 0) {
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
        curl_easy_setopt(c, CURLOPT_WRITEDATA, &kept);
    }
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_URL, post.url.c_str());
    curl_easy_setopt(c, CURLOPT_USERAGENT, "calm/1");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, post.body.data());
    const CURLcode code = curl_easy_perform(c);
    if (code != CURLE_OK) return fail("server_unreachable", reason(code, why.data()));
    HttpAnswer answer{.body = std::move(kept.text)};
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace calm::outgoing
