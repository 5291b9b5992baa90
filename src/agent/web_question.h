// What a web server asks for each request (nginx's auth_request) and what it is answered: HTTP/1.1
// without bodies. Everything that names somebody stands in headers that the web server sets. Pure.
//
//   CALM-User: anna                  who has signed in, or the subject of the client's certificate
//   CALM-Service: intranet           the [service.NAME] of host.toml; default: web
//   CALM-Product: files-2026         default: the service's
//   CALM-Address: 192.0.2.7          of the client
//   CALM-Scheme: https               the device cookie is then for TLS alone
//   Cookie, Accept-Language          the browser's
//
//   204  admitted; CALM-Reason, CALM-CAL (its number), Set-Cookie for a device that is new
//   403  refused; CALM-Reason, CALM-Sentence for the person
//   503  nobody could say; CALM-Reason is an error's code
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace calm {

struct WebQuestion {
    std::string service = "web";
    std::string product;
    std::string user;
    std::string address;
    std::string cookies;
    std::string accept_language;
    bool https = false;
    bool last = false;  // the connection ends with the answer

    bool operator==(const WebQuestion&) const = default;
};

inline constexpr size_t kWebHeadBytesMax = size_t{16} << 10;

// How many of `bytes` are one head, up to and with its empty line; zero: it is not all there.
size_t web_head_size(std::string_view bytes);

// Errors: `web_question_malformed`: no GET or HEAD, a body, a line that is no header, a header of
// CALM's twice, or a control character.
Result<WebQuestion> parse_web_question(std::string_view head);

using WebHeaders = std::vector<std::pair<std::string_view, std::string>>;

// The whole answer. Control characters in a value become spaces. `last`: says that the connection
// ends.
std::string web_answer(int status, const WebHeaders& headers, bool last);

}  // namespace calm
