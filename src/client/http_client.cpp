// The client on libcurl's easy interface.
#include "client/http_client.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <mutex>

#include <boost/json.hpp>
#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/assert.h"

namespace calm {
namespace {

constexpr std::string_view kUserAgent = "calm/1";
constexpr size_t kProblemBytesMax = size_t{64} << 10;
constexpr size_t kDetailBytesMax = 1024;

struct HeaderList {
    curl_slist* list = nullptr;

    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    ~HeaderList() { curl_slist_free_all(list); }

    void add(std::string_view name, std::string_view value) {
        const std::string line = std::string(name) + ": " + std::string(value);
        curl_slist* const longer = curl_slist_append(list, line.c_str());
        CALM_ASSERT(longer != nullptr);
        list = longer;
    }
    // Keeps libcurl from sending a header of its own.
    void suppress(std::string_view name) {
        curl_slist* const longer = curl_slist_append(list, (std::string(name) + ":").c_str());
        CALM_ASSERT(longer != nullptr);
        list = longer;
    }
};

void initialise_curl() {
    static std::once_flag once;
    std::call_once(once, [] {
        CALM_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
        // A server that hangs up while TLS writes to it must not end the process.
        struct sigaction now {};
        if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
            std::signal(SIGPIPE, SIG_IGN);
        }
    });
}

// A header value that would end its line early is not sent.
bool is_header_value(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    }
    return true;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && curl_strnequal(a.data(), b.data(), a.size()) != 0;
}

}  // namespace

struct HttpClient::State {
    HttpClientSettings settings;
    CURL* curl = nullptr;
    int status = 0;
    bool left = false;
    std::optional<Hash> seen;

    // Of the exchange in work.
    HttpAnswer answer;
    const Sink* sink = nullptr;
    size_t bytes_max = 0;
    bool too_large = false;
    std::optional<Error> sink_error;
    std::array<char, CURL_ERROR_SIZE> error_text{};

    explicit State(HttpClientSettings given) : settings(std::move(given)) {
        initialise_curl();
        curl = curl_easy_init();
        CALM_ASSERT(curl != nullptr);
        set_connection();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { curl_easy_cleanup(curl); }

    template <class Value>
    void set(CURLoption option, Value value) {
        CALM_ASSERT(curl_easy_setopt(curl, option, value) == CURLE_OK);
    }

    bool may_send(const HttpRequest& request) const;
    void set_connection();
    void set_trust();
    void set_exchange(const HttpRequest& request, HeaderList& headers);
    Error error_of(CURLcode code) const;

    static size_t on_body(char* data, size_t, size_t size, void* self);
    static size_t on_header(char* data, size_t, size_t size, void* self);
    static CURLcode on_tls_context(CURL*, void* context, void* self);
    static int on_certificate(X509_STORE_CTX* store, void* self);
};

bool HttpClient::State::may_send(const HttpRequest& request) const {
    for (const std::string_view value :
         {std::string_view(settings.bearer_token), std::string_view(settings.accept_language),
          request.idempotency_key, request.if_match, request.path, request.content_type}) {
        if (!is_header_value(value)) return false;
    }
    return std::ranges::all_of(request.headers, [](const auto& header) {
        return is_header_value(header.first) && is_header_value(header.second);
    });
}

void HttpClient::State::set_connection() {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_USERAGENT, std::string(kUserAgent).c_str());
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_WRITEFUNCTION, &State::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &State::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_ERRORBUFFER, error_text.data());
    switch (settings.server.kind) {
        case ServerAddress::Kind::unix_socket:
            set(CURLOPT_PROTOCOLS_STR, "http");
            set(CURLOPT_UNIX_SOCKET_PATH, settings.server.socket_path.c_str());
            break;
        case ServerAddress::Kind::http: set(CURLOPT_PROTOCOLS_STR, "http"); break;
        case ServerAddress::Kind::https:
            set(CURLOPT_PROTOCOLS_STR, "https");
            set_trust();
            break;
    }
}

void HttpClient::State::set_trust() {
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    const bool by_name = !settings.pinned_certificate && !settings.any_certificate;
    set(CURLOPT_SSL_VERIFYHOST, by_name ? 2L : 0L);
    if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
    if (settings.pinned_certificate) {
        // No authority is asked then, and a small machine may have none: curl would give up.
        set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    set(CURLOPT_SSL_CTX_FUNCTION, &State::on_tls_context);
    set(CURLOPT_SSL_CTX_DATA, this);
}

CURLcode HttpClient::State::on_tls_context(CURL*, void* context, void* self) {
    SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(context), &State::on_certificate, self);
    return CURLE_OK;
}

// Called inside the handshake in place of OpenSSL's own check of the chain.
int HttpClient::State::on_certificate(X509_STORE_CTX* store, void* self) {
    auto& state = *static_cast<State*>(self);
    Hash hash{};
    unsigned int length = 0;
    X509* const certificate = X509_STORE_CTX_get0_cert(store);
    if (certificate == nullptr ||
        X509_digest(certificate, EVP_sha256(), hash.data(), &length) != 1) {
        return 0;
    }
    state.seen = hash;
    if (state.settings.any_certificate) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    if (!state.settings.pinned_certificate) return X509_verify_cert(store);
    if (hash != *state.settings.pinned_certificate) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
        return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

size_t HttpClient::State::on_header(char* data, size_t, size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    const std::string_view line(data, size);
    const size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) {
        state.answer = {};  // an interim answer (100) came before the real one
    } else if (colon != std::string_view::npos) {
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
            value.remove_prefix(1);
        while (!value.empty() && (value.back() == '\r' || value.back() == '\n'))
            value.remove_suffix(1);
        const std::string_view name = line.substr(0, colon);
        if (equals_ignoring_case(name, "ETag")) state.answer.etag = value;
        if (equals_ignoring_case(name, "Date")) {
            const time_t date = curl_getdate(std::string(value).c_str(), nullptr);
            if (date > 0) state.answer.date = Instant{date};
        }
        if (equals_ignoring_case(name, "Content-Type")) state.answer.content_type = value;
    }
    return size;
}

size_t HttpClient::State::on_body(char* data, size_t, size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    long status = 0;
    curl_easy_getinfo(state.curl, CURLINFO_RESPONSE_CODE, &status);
    const std::string_view piece(data, size);
    if (state.sink != nullptr && status / 100 == 2) {
        if (auto taken = (*state.sink)(piece); !taken) {
            state.sink_error = std::move(taken).error();
            return 0;
        }
        return size;
    }
    if (state.answer.body.size() + size > state.bytes_max) {
        state.too_large = true;
        return 0;
    }
    state.answer.body += piece;
    return size;
}

void HttpClient::State::set_exchange(const HttpRequest& request, HeaderList& headers) {
    const auto& server = settings.server;
    const bool socket = server.kind == ServerAddress::Kind::unix_socket;
    const std::string base = socket ? "http://localhost" : to_string(server);
    set(CURLOPT_URL, (base + std::string(request.path)).c_str());

    // Set for every request: a handle keeps what the last one said.
    set(CURLOPT_CUSTOMREQUEST, std::string(request.method).c_str());
    const bool has_body = request.method == "POST" || request.method == "PUT";
    set(CURLOPT_HTTPGET, 1L);
    if (has_body) {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_COPYPOSTFIELDS, request.body.empty() ? "" : request.body.data());
        headers.suppress("Expect");
        if (request.body.empty()) {
            headers.suppress("Content-Type");
        } else {
            headers.add("Content-Type", request.content_type);
        }
    }
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) headers.add(name, value);
    };
    headers.add("Accept", "application/json, application/problem+json, application/octet-stream");
    add("Accept-Language", settings.accept_language);
    if (!settings.bearer_token.empty()) add("Authorization", "Bearer " + settings.bearer_token);
    add("Idempotency-Key", request.idempotency_key);
    add("If-Match", request.if_match);
    for (const auto& [name, value] : request.headers)
        headers.add(name, value);
    set(CURLOPT_HTTPHEADER, headers.list);

    const auto shorter = [](auto wanted, auto set_value) {
        return wanted.count() > 0 ? wanted : set_value;
    };
    const auto timeout = shorter(request.timeout, settings.timeout);
    set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(shorter(request.connect_timeout, settings.connect_timeout).count()));
    set(CURLOPT_TIMEOUT_MS, sink == nullptr ? static_cast<long>(timeout.count()) : 0L);
    const auto silence = std::chrono::ceil<std::chrono::seconds>(timeout).count();
    set(CURLOPT_LOW_SPEED_LIMIT, sink == nullptr ? 0L : 1L);
    set(CURLOPT_LOW_SPEED_TIME, sink == nullptr ? 0L : static_cast<long>(silence));
}

Error HttpClient::State::error_of(CURLcode code) const {
    const std::string where = to_string(settings.server);
    const std::string why = error_text[0] != '\0' ? error_text.data() : curl_easy_strerror(code);
    if (sink_error) return *sink_error;
    if (too_large) {
        return {"answer_too_large",
                "`" + where + "` sent more than " + std::to_string(bytes_max) + " bytes"};
    }
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return {"server_untrusted",
                    "`" + where + "`: " + why +
                        (seen ? "; its certificate is " + to_fingerprint(*seen) : "")};
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_HTTP2:
        case CURLE_BAD_CONTENT_ENCODING: return {"answer_malformed", "`" + where + "`: " + why};
        default: return {"server_unreachable", "`" + where + "`: " + why};
    }
}

HttpClient::HttpClient(HttpClientSettings settings)
    : state_(std::make_unique<State>(std::move(settings))) {}
HttpClient::HttpClient(HttpClient&& other) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&& other) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::perform(const HttpRequest& request, const Sink* sink) {
    State& state = *state_;
    CALM_ASSERT(request.path.starts_with('/'));
    if (!state.may_send(request)) return fail("bad_field", "a header has a control character");
    state.answer = {};
    state.status = 0;
    state.left = false;
    state.sink = sink;
    state.bytes_max = sink != nullptr ? kProblemBytesMax : state.settings.answer_bytes_max;
    state.too_large = false;
    state.sink_error.reset();
    state.error_text[0] = '\0';

    HeaderList headers;
    state.set_exchange(request, headers);
    const CURLcode code = curl_easy_perform(state.curl);
    state.set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    // Of all attempts: a kept connection that turns out to be dead is replaced by a new one.
    long sent = 0;
    curl_easy_getinfo(state.curl, CURLINFO_REQUEST_SIZE, &sent);
    state.left = sent > 0;
    if (code != CURLE_OK) return std::unexpected(state.error_of(code));

    long status = 0;
    curl_easy_getinfo(state.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 100 || status > 599) {
        return fail("answer_malformed", "`" + to_string(state.settings.server) + "` has no status");
    }
    state.status = static_cast<int>(status);
    state.answer.status = state.status;
    return std::move(state.answer);
}

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
    return perform(request, nullptr);
}

Result<boost::json::value> HttpClient::json(const HttpRequest& request) {
    CALM_TRY_ASSIGN(const HttpAnswer answer, perform(request, nullptr));
    if (answer.status / 100 != 2) return std::unexpected(problem_of(answer));
    if (answer.body.empty()) return boost::json::value();
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(answer.body, error);
    if (error) {
        return fail("answer_malformed",
                    "`" + to_string(state_->settings.server) + "` did not answer with JSON");
    }
    return value;
}

Result<> HttpClient::download(const HttpRequest& request, const Sink& sink) {
    CALM_TRY_ASSIGN(const HttpAnswer answer, perform(request, &sink));
    if (answer.status / 100 != 2) return std::unexpected(problem_of(answer));
    return {};
}

bool HttpClient::last_left() const {
    return state_->left;
}

int HttpClient::last_status() const {
    return state_->status;
}

const std::optional<Hash>& HttpClient::seen_certificate() const {
    return state_->seen;
}

const HttpClientSettings& HttpClient::settings() const {
    return state_->settings;
}

void HttpClient::set_bearer_token(std::string token) {
    state_->settings.bearer_token = std::move(token);
}

Error problem_of(const HttpAnswer& answer) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(answer.body, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto text = [&](std::string_view name) -> std::string {
        const auto* field = object == nullptr ? nullptr : object->if_contains(name);
        if (field == nullptr || !field->is_string()) return {};
        const auto& string = field->get_string();
        return std::string(string.data(), std::min(string.size(), kDetailBytesMax));
    };
    if (std::string code = text("code"); !code.empty()) return {std::move(code), text("detail")};
    const std::string detail = "the answer was HTTP " + std::to_string(answer.status);
    if (answer.status >= 502 && answer.status <= 504) return {"server_unreachable", detail};
    return {"answer_malformed", detail + " without a reason"};
}

std::string url_escape(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

}  // namespace calm
