// Outgoing HTTP through libcurl: one POST, its answer as text. It blocks, so never on the loop. Any
// thread. Also what other users of libcurl here have in common.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "base/result.h"

namespace calm::outgoing {

struct CurlEnd {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, CurlEnd>;

// Lines for libcurl; it owns what it was given.
class List {
  public:
    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { curl_slist_free_all(list_); }
    void add(const std::string& line);
    curl_slist* get() const { return list_; }

  private:
    curl_slist* list_ = nullptr;
};

// A handle with the time-outs of all; what it receives is forgotten. `why` (CURL_ERROR_SIZE bytes)
// is where libcurl says what went wrong; both it and `stopping`, which ends the transfer when it
// becomes true, outlive the handle.
Curl begin(const std::string& ca_file, const std::atomic<bool>& stopping, char* why);

// What went wrong, cut to a line that can be stored and shown.
std::string reason(CURLcode code, const char* why);

struct Post {
    std::string url;  // http(s)://…; redirects are not followed
    std::string_view body;
    std::vector<std::string> headers;  // whole lines, Content-Type among them
    std::string ca_file;               // empty: the machine's authorities
    size_t answer_bytes_max = 0;       // of the body; zero: it is forgotten
};

struct HttpAnswer {
    long status = 0;
    std::string body;
};

// Errors: `server_unreachable` (no answer, or one that is too long).
Result<HttpAnswer> post(const Post& post, const std::atomic<bool>& stopping);

}  // namespace calm::outgoing
