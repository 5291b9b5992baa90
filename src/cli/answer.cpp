// Asking the server to change something.
#include "cli/answer.h"

#include <boost/json.hpp>

namespace calm::cli {

Result<boost::json::value> change_at(Call& call, const std::string& path,
                                     const boost::json::object& change) {
    CALM_TRY_ASSIGN(HttpClient* const server, call.client());
    CALM_TRY_ASSIGN(const HttpAnswer present, server->send({.path = path}));
    if (present.status / 100 != 2) return std::unexpected(problem_of(present));
    const std::string body = boost::json::serialize(change);
    return server->json({.method = "PUT", .path = path, .body = body, .if_match = present.etag});
}

Result<boost::json::value> post(Call& call, const std::string& path,
                                const boost::json::value& body) {
    const std::string text = body.is_null() ? "" : boost::json::serialize(body);
    const std::string key = new_request_id();
    return call.send({.method = "POST", .path = path, .body = text, .idempotency_key = key});
}

Result<boost::json::value> remove_at(Call& call, const std::string& path) {
    const std::string key = new_request_id();
    return call.send({.method = "DELETE", .path = path, .idempotency_key = key});
}

}  // namespace calm::cli
