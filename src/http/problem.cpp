// Codes to statuses, and the JSON of a problem.
#include "http/problem.h"

#include <algorithm>

#include "base/assert.h"
#include "http/problem_page.h"
#include "http/utf8.h"
#include "messages/detail.h"

namespace calm::http {
namespace {

constexpr ProblemTable::Entry kOwn[] = {
    {"bad_duration", 400},
    {"bad_encoding", 400},
    {"bad_password", 400},
    {"bad_request", 400},
    {"bad_time", 400},
    {"body_too_large", 413},
    {"conflict", 409},
    {"expectation_failed", 417},
    {"forbidden", 403},
    {"header_too_large", 431},
    {"http_version_not_supported", 505},
    {"internal", 500},
    {"json_malformed", 400},
    {"json_too_deep", 400},
    {"length_required", 411},
    {"method_not_allowed", 405},
    {"no_such_route", 404},
    {"not_found", 404},
    {"not_signed_in", 401},
    {"precondition_failed", 412},
    {"precondition_required", 428},
    {"sign_in_failed", 401},
    {"timeout", 408},
    {"too_many_requests", 429},
    {"unavailable", 503},
    {"unsupported_media_type", 415},
};

bool by_code(const ProblemTable::Entry& a, const ProblemTable::Entry& b) {
    return a.first < b.first;
}

}  // namespace

ProblemTable::ProblemTable() : entries_(std::begin(kOwn), std::end(kOwn)) {
    CALM_ASSERT(std::is_sorted(entries_.begin(), entries_.end(), by_code));
}

ProblemTable::ProblemTable(std::initializer_list<Entry> more) : ProblemTable() {
    for (const Entry& entry : more) {
        CALM_ASSERT(!has(entry.first) && entry.second >= 400 && entry.second <= 599);
        entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry, by_code), entry);
    }
}

const ProblemTable::Entry* ProblemTable::find(std::string_view code) const {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), Entry{code, 0}, by_code);
    return found != entries_.end() && found->first == code ? &*found : nullptr;
}

bool ProblemTable::has(std::string_view code) const {
    return find(code) != nullptr;
}

int ProblemTable::status(std::string_view code) const {
    const Entry* entry = find(code);
    return entry == nullptr ? 500 : entry->second;
}

void append_json_escaped(std::string& out, std::string_view text) {
    if (!is_utf8(text)) {
        // Byte by byte: what is ASCII stays readable.
        for (const char c : text) {
            if (static_cast<unsigned char>(c) < 0x80) {
                append_json_escaped(out, std::string_view(&c, 1));
            } else {
                out += "\\ufffd";
            }
        }
        return;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    out += "\\u00";
                    out += kHex[static_cast<unsigned char>(c) >> 4];
                    out += kHex[static_cast<unsigned char>(c) & 15];
                } else {
                    out += c;
                }
        }
    }
}

std::string problem_json(const Error& error, int status, Language language) {
    const std::string key = problem_key(error.code);
    std::string out = "{\"type\":\"/problems/";
    append_json_escaped(out, error.code);
    out += "\",\"title\":\"";
    append_json_escaped(out, key.empty() ? error.code : message(language, key + ".title"));
    out += "\",\"status\":" + std::to_string(status);
    if (status != 500 && !error.detail.empty()) {
        out += ",\"detail\":\"";
        append_json_escaped(out, translated_detail(language, error.detail));
        out += '"';
    }
    out += ",\"code\":\"";
    append_json_escaped(out, error.code);
    out += "\"}";
    return out;
}

}  // namespace calm::http
