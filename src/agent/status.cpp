// The agent's status: as one line of JSON for programs, as a page of text for people.
#include <algorithm>
#include <iterator>
#include <span>

#include <boost/json/parse.hpp>

#include "agent/agent.h"
#include "agent/station_status.h"
#include "base/append.h"
#include "messages/detail.h"
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

// What one license server's client knows, as fields of an object.
void append_ledger(std::string& out, const ClientStatus& status) {
    const HostState& state = status.state;
    append(out, R"("mode":"{}","mode_from":"{}","mode_at_server":"{}")", name_of(status.mode.mode),
           name_of(status.mode.source), name_of(state.mode));
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
    if (state.rollback) {
        append(out, R"(,"rollback":{{"at":"{}","detail":)", to_rfc3339(state.rollback->at));
        wire::append_json_string(out, state.rollback->detail);
        out += '}';
    }
}

// The lines about one license server.
void append_part(std::string& out, const boost::json::value& part, const std::string& now,
                 Language language) {
    const auto line =
        [&](std::string_view key,
            std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
            out += message(language, key, values);
            out += '\n';
        };
    append_servers(out, part, language);
    const std::string contact = text_of(part, "last_contact");
    line(contact.empty() ? "hostd.status.no_contact" : "hostd.status.contact",
         {{"at", contact}, {"now", now}});
    append_products(out, part, language);
    line("hostd.status.kept",
         {{"tokens", text_of(part, "tokens")}, {"decisions", text_of(part, "untold_decisions")}});
    line("hostd.status.sessions", {{"sessions", text_of(part, "sessions")}});
    if (const auto* stations = part_of(part, "stations")) out += stations_text(*stations, language);
    if (const auto* rollback = part_of(part, "rollback")) {
        line("hostd.status.rollback",
             {{"at", text_of(*rollback, "at")},
              {"detail", translated_detail(language, text_of(*rollback, "detail"))}});
    }
}

}  // namespace

std::string Agent::answer_status() const {
    const std::vector<ClientStatus> all = servers_.status();
    std::string out = R"({"name":)";
    wire::append_json_string(out, host_name_);
    append(out, R"(,"time":"{}","hide_notices":{},)", to_rfc3339(servers_.time()),
           config()->hide_notices);
    append_ledger(out, all.front());
    if (watch_ != nullptr) append(out, R"(,"stations":{})", stations_json(watch_->status()));
    if (all.size() > 1) {
        const char* separator = "";
        out += R"(,"further":[)";
        for (const ClientStatus& each : std::span(all).subspan(1)) {
            append(out, "{}{{", separator);
            append_ledger(out, each);
            out += '}';
            separator = ",";
        }
        out += ']';
    }
    out += "}\n";
    return out;
}

Result<std::string> status_text(std::string_view json, Language language) {
    boost::system::error_code error;
    const auto status = boost::json::parse(json, error);
    if (error || !status.is_object()) return fail("answer_malformed", "this is no status");
    const std::string now = text_of(status, "time");
    std::string out =
        message(language, "hostd.status.host",
                {{"name", text_of(status, "name")}, {"mode", text_of(status, "mode")}});
    out += '\n';
    append_part(out, status, now, language);
    const auto* further = part_of(status, "further");
    if (further == nullptr || !further->is_array()) return out;
    for (const auto& part : further->get_array()) {
        out += message(language, "hostd.status.further",
                       {{"ledger", text_of(part, "ledger")}, {"mode", text_of(part, "mode")}});
        out += '\n';
        append_part(out, part, now, language);
    }
    return out;
}

}  // namespace calm
