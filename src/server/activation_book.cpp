// One small JSON object for each request.
#include "server/activation_book.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "wire/fields.h"

namespace calm {
namespace {

constexpr std::string_view kRequests = "activation_requests";

std::optional<OpenRequest> request_from(std::string_view key, std::string_view value) {
    boost::system::error_code failed;
    const boost::json::value parsed = boost::json::parse({value.data(), value.size()}, failed);
    if (failed) return std::nullopt;
    wire::Fields fields(parsed);
    std::string vendor;
    OpenRequest request;
    std::optional<Instant> at;
    fields.text("vendor", vendor);
    fields.choice("purpose", request.purpose);
    fields.time("at", at);
    const auto nonce = array_from_hex<5>(key);
    const auto bytes = array_from_hex<32>(vendor);
    if (!fields.finish() || !nonce || !bytes || !at) return std::nullopt;
    request.nonce = *nonce;
    request.vendor = *bytes;
    request.at = *at;
    return request;
}

bool is_over(const OpenRequest& request, Instant now) {
    return request.at + days(kRequestDays) <= now;
}

}  // namespace

Result<ActivationBook> ActivationBook::read(store::JournalReader& reader) {
    ActivationBook book;
    std::optional<Error> error;
    CALM_TRY(reader.records(kRequests, [&](std::string_view key, std::string_view value) {
        const auto request = request_from(key, value);
        if (!request) {
            error = Error{"database_damaged",
                          fmt::format("record `{}` of `{}` does not read", key, kRequests)};
            return false;
        }
        book.put(*request);
        return true;
    }));
    if (error) return std::unexpected(*error);
    return book;
}

const OpenRequest* ActivationBook::find(const ActivationNonce& nonce, Instant now) const {
    const auto found = requests_.find(nonce);
    return found == requests_.end() || is_over(found->second, now) ? nullptr : &found->second;
}

std::vector<OpenRequest> ActivationBook::open(const KeyBytes& vendor, Instant now) const {
    std::vector<OpenRequest> out;
    for (const auto& [nonce, request] : requests_) {
        if (request.vendor == vendor && !is_over(request, now)) out.push_back(request);
    }
    std::ranges::sort(out, std::greater(), &OpenRequest::at);
    return out;
}

void ActivationBook::put(const OpenRequest& request) {
    requests_.insert_or_assign(request.nonce, request);
}

store::Record ActivationBook::record_of(const OpenRequest& request) {
    const boost::json::object value{{"vendor", to_hex(request.vendor)},
                                    {"purpose", name_of(request.purpose)},
                                    {"at", to_rfc3339(request.at)}};
    return {.table = std::string(kRequests),
            .key = to_hex(request.nonce),
            .value = boost::json::serialize(value)};
}

store::RecordKey ActivationBook::key_of(const ActivationNonce& nonce) {
    return {std::string(kRequests), to_hex(nonce)};
}

std::vector<ActivationNonce> ActivationBook::outworn(Instant now) const {
    std::vector<ActivationNonce> out;
    const OpenRequest* oldest = nullptr;
    for (const auto& [nonce, request] : requests_) {
        if (is_over(request, now)) out.push_back(nonce);
        if (oldest == nullptr || request.at < oldest->at) oldest = &request;
    }
    if (out.empty() && requests_.size() >= kOpenRequestsMax) out.push_back(oldest->nonce);
    return out;
}

}  // namespace calm
