// Errors as the outside sees them: RFC 9457 problem+json, whose `type` is a page served by this
// server.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "messages/messages.h"

namespace calm::http {

// Which HTTP status an Error.code has. This layer's and base's own codes are built in; the layer
// above adds its own. A code that nobody has listed is 500: an error that was not meant to be
// shown.
class ProblemTable {
  public:
    using Entry = std::pair<std::string_view, int>;  // views of static storage

    ProblemTable();
    ProblemTable(std::initializer_list<Entry> more);

    int status(std::string_view code) const;
    bool has(std::string_view code) const;
    const std::vector<Entry>& entries() const { return entries_; }  // sorted by code

  private:
    const Entry* find(std::string_view code) const;
    std::vector<Entry> entries_;
};

// {"type":"/problems/<code>","title":…,"status":…,"detail":…,"code":…}; title and detail are in
// `language`. The detail of a 500 is not shown: it is for the log.
std::string problem_json(const Error& error, int status, Language language);

// Appends `text` as the inside of a JSON string. Malformed UTF-8 becomes U+FFFD.
void append_json_escaped(std::string& out, std::string_view text);

}  // namespace calm::http
