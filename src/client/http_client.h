// HttpClient: one kept connection to one license server, asked and answered in turn. It knows HTTP
// and problem+json; it knows no route and no right. Blocking.
//
// Threads: an HttpClient is used by one thread at a time; different ones are independent.
//
// It follows no redirect, uses no proxy, speaks HTTP/1.1, and over https TLS 1.3 only. Whatever
// the server sends is bounded. The first one makes the process ignore SIGPIPE, unless it handles
// it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"
#include "client/server_address.h"

namespace calm {

struct HttpClientSettings {
    ServerAddress server;

    // Whom an https server must prove to be: the holder of exactly this certificate (SHA-256 of its
    // DER form), else one that an authority of `ca_file` (PEM) vouches for, else of the system's
    // own. A pinned certificate is taken at its fingerprint: neither name nor dates are looked at.
    std::optional<Hash> pinned_certificate;
    std::string ca_file;
    // Whoever it is: only for an answer that proves itself, and nothing secret is sent.
    bool any_certificate = false;

    std::string bearer_token;     // empty: none is sent
    std::string accept_language;  // empty: none is sent
    std::chrono::milliseconds connect_timeout{2'000};
    std::chrono::milliseconds timeout{30'000};  // of a whole answer; see download()
    size_t answer_bytes_max = size_t{8} << 20;
};

struct HttpRequest {
    std::string_view method = "GET";  // GET, POST, PUT or DELETE
    std::string_view path;            // "/v1/status?x=y", escaped already; see url_escape()
    std::string_view body;            // empty: none is sent
    std::string_view content_type = "application/json";  // of the body
    std::string_view idempotency_key;
    std::string_view if_match;
    std::vector<std::pair<std::string, std::string>> headers;  // any others

    // Shorter than the settings say; zero: as they say.
    std::chrono::milliseconds connect_timeout{0};
    std::chrono::milliseconds timeout{0};
};

struct HttpAnswer {
    int status = 0;
    std::string body;
    std::string etag;
    std::string content_type;
    std::optional<Instant> date;  // the server's clock when it answered
};

class HttpClient {
  public:
    // Opens nothing yet.
    explicit HttpClient(HttpClientSettings settings);
    HttpClient(HttpClient&& other) noexcept;
    HttpClient& operator=(HttpClient&& other) noexcept;
    ~HttpClient();

    // The answer, whatever its status. Errors: `server_unreachable` (no connection, none in time,
    // or it broke), `server_untrusted` (its certificate is not the one that was asked for),
    // `answer_too_large`, `answer_malformed` (not HTTP). After an error it is not known whether the
    // server did what it was asked: repeat with the same request id.
    Result<HttpAnswer> send(const HttpRequest& request);

    // The JSON of an answer with a status of 2xx; an empty body is null. Errors: those of send();
    // `answer_malformed` (not JSON); what problem_of() makes of every other status.
    Result<boost::json::value> json(const HttpRequest& request);

    // Hands a body of any length to `sink`, piece by piece, when the status is 2xx; an error of the
    // sink ends it and is passed on. `timeout` bounds the silence between two pieces, not the
    // whole. Errors: as json(), and those of `sink`. After an error the sink may have had a part.
    using Sink = std::function<Result<>(std::string_view piece)>;
    Result<> download(const HttpRequest& request, const Sink& sink);

    // Whether any of the last request has left: then the server may have done what it was asked,
    // though no answer came.
    bool last_left() const;

    // The HTTP status behind the last result; 0 when there was no answer.
    int last_status() const;

    // SHA-256 of the certificate that the server showed last, also when it was not trusted; none
    // before the first handshake and without TLS.
    const std::optional<Hash>& seen_certificate() const;

    const HttpClientSettings& settings() const;
    void set_bearer_token(std::string token);

  private:
    struct State;
    Result<HttpAnswer> perform(const HttpRequest& request, const Sink* sink);
    std::unique_ptr<State> state_;
};

// The error in an answer whose status is not 2xx. A problem+json body gives its own code and
// detail; anything else is `server_unreachable` for 502, 503 and 504 (a proxy speaks), else
// `answer_malformed`. REQUIRES: status is not 2xx.
Error problem_of(const HttpAnswer& answer);

// Text as one part of a path or a query.
std::string url_escape(std::string_view text);

}  // namespace calm
