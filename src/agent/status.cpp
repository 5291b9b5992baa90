// The agent's status: as one line of JSON for programs, as a page of text for people.
#include <algorithm>
#include <iterator>

#include <boost/json/parse.hpp>

#include "agent/agent.h"
#include "agent/station_status.h"
#include "base/append.h"
#include "messages/local_time.h"
#include "wire/fields.h"

namespace calm {
namespace {

std::string text_of(const boost::json::value& json, std::string_view name) {
    const auto* object = json.if_object();
    const auto* field = object == nullptr ? nullptr : object->if_contains(name);
    if (field == nullptr) return {};
    if (field->is_string()) return {field->get_string().data(), field->get_string().size()};
    if (field->is_int64()) return std::to_string(field->get_int64());
    return {};
}

const boost::json::value* part_of(const boost::json::value& json, std::string_view name) {
    const auto* object = json.if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

void append_servers(std::string& out, const boost::json::value& status, Language language) {
    const auto* servers = part_of(status, "servers");
    if (servers == nullptr || !servers->is_array()) return;
    for (const auto& server : servers->get_array()) {
        const std::string error = text_of(server, "error");
        const auto* answered = part_of(server, "answered");
        const bool well =
            error.empty() && answered != nullptr && answered->is_bool() && answered->get_bool();
        const char* key = well            ? "hostd.status.server_answers"
                          : error.empty() ? "hostd.status.server_not_asked"
                                          : "hostd.status.server_silent";
        out += message(language, key, {{"server", text_of(server, "name")}, {"error", error}});
        out += '\n';
    }
}

void append_products(std::string& out, const boost::json::value& status, Language language) {
    const auto* products = part_of(status, "products");
    if (products == nullptr || !products->is_array()) return;
    for (const auto& product : products->get_array()) {
        std::string grace = text_of(product, "grace_until");
        if (const auto end = parse_rfc3339(grace)) grace = local_minute(*end);
        const std::string outage = text_of(product, "outage_until");
        out += message(
            language, grace.empty() ? "hostd.status.product" : "hostd.status.product_grace",
            {{"product", text_of(product, "product")}, {"grace", grace}, {"outage", outage}});
        out += '\n';
    }
}

}  // namespace

std::string Agent::answer_status() const {
    const ClientStatus status = client_.status();
    const HostState& state = status.state;
    std::string out = R"({"name":)";
    wire::append_json_string(out, host_name_);
    append(out, R"(,"time":"{}","mode":"{}")", to_rfc3339(status.now), name_of(state.mode));
    if (state.last_contact) append(out, R"(,"last_contact":"{}")", to_rfc3339(*state.last_contact));
    if (state.head) {
        append(out, R"(,"ledger":"{}","epoch":{},"log_size":{})", to_string(state.head->ledger),
               state.head->epoch, state.head->size);
    }
    const char* separator = "";
    out += R"(,"servers":[)";
    for (const ServerHealth& server : status.servers) {
        append(out, R"({}{{"name":)", separator);
        wire::append_json_string(out, server.name);
        append(out, R"(,"answered":{},"error":)", server.answered);
        wire::append_json_string(out, server.last_error);
        out += '}';
        separator = ",";
    }
    separator = "";
    out += R"(],"products":[)";
    for (const auto& product : state.products) {
        append(out, R"({}{{"product":"{}","requires":"{}")", separator, product.product,
               name_of(product.requirement));
        if (product.grace_until) {
            append(out, R"(,"grace_until":"{}")", to_rfc3339(*product.grace_until));
        }
        if (state.last_contact) {
            append(out, R"(,"outage_until":"{}")",
                   to_rfc3339(*state.last_contact + days(product.outage_days)));
        }
        out += '}';
        separator = ",";
    }
    // Those of people: a station that is in use has one of its own beside.
    const auto sessions = std::ranges::count_if(state.sessions, [](const HostSession& session) {
        return session.marks.service != kWatchedSession;
    });
    append(out, R"(],"tokens":{},"untold_decisions":{},"sessions":{})", status.tokens,
           state.decisions.size(), sessions);
    if (watch_ != nullptr) append(out, R"(,"stations":{})", stations_json(watch_->status()));
    if (state.rollback) {
        append(out, R"(,"rollback":{{"at":"{}","detail":)", to_rfc3339(state.rollback->at));
        wire::append_json_string(out, state.rollback->detail);
        out += '}';
    }
    out += "}\n";
    return out;
}

Result<std::string> status_text(std::string_view json, Language language) {
    boost::system::error_code error;
    const auto status = boost::json::parse(json, error);
    if (error || !status.is_object()) return fail("answer_malformed", "this is no status");
    std::string out;
    const auto line =
        [&](std::string_view key,
            std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
            out += message(language, key, values);
            out += '\n';
        };
    const std::string contact = text_of(status, "last_contact");
    line("hostd.status.host",
         {{"name", text_of(status, "name")}, {"mode", text_of(status, "mode")}});
    append_servers(out, status, language);
    line(contact.empty() ? "hostd.status.no_contact" : "hostd.status.contact",
         {{"at", contact}, {"now", text_of(status, "time")}});
    append_products(out, status, language);
    line("hostd.status.kept", {{"tokens", text_of(status, "tokens")},
                               {"decisions", text_of(status, "untold_decisions")}});
    line("hostd.status.sessions", {{"sessions", text_of(status, "sessions")}});
    if (const auto* stations = part_of(status, "stations"))
        out += stations_text(*stations, language);
    if (const auto* rollback = part_of(status, "rollback")) {
        line("hostd.status.rollback",
             {{"at", text_of(*rollback, "at")}, {"detail", text_of(*rollback, "detail")}});
    }
    return out;
}

}  // namespace calm
