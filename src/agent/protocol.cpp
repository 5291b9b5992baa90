// One line each way.
#include "agent/protocol.h"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "core/product.h"
#include "wire/admission_json.h"
#include "wire/fields.h"

namespace calm {
namespace {

constexpr std::string_view kMalformed = "agent_question_malformed";

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) == 0x7F;
    });
}

Result<boost::json::value> parse_json(std::string_view line) {
    boost::json::parse_options options;
    options.max_depth = 4;
    boost::system::error_code error;
    auto value = boost::json::parse(line, error, {}, options);
    if (error) return fail(std::string(kMalformed), "this is not a JSON object");
    return value;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    wire::append_json_string(out, value);
}

void append_flag(std::string& out, std::string_view name, std::optional<bool> value) {
    if (value) fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, *value);
}

}  // namespace

Result<AgentQuestion> parse_agent_question(std::string_view line) {
    if (line.size() > kQuestionBytesMax) {
        return fail(std::string(kMalformed), "the question is too long");
    }
    CALM_TRY_ASSIGN(const auto json, parse_json(line));
    AgentQuestion question;
    AskFor mode{};
    Workload workload{};
    uint32_t budget_ms = 0;
    wire::Fields fields(json);
    fields.choice("ask", question.verb);
    for (const auto& [name, into] :
         {std::pair("service", &question.service), std::pair("user", &question.user),
          std::pair("rhost", &question.rhost), std::pair("tty", &question.tty),
          std::pair("seat", &question.seat), std::pair("device", &question.device),
          std::pair("station", &question.station), std::pair("via", &question.via),
          std::pair("from_server", &question.from_server),
          std::pair("hardware_id", &question.hardware_id),
          std::pair("certificate", &question.certificate),
          std::pair("device_mark", &question.device_mark)}) {
        fields.text(name, *into, wire::kNameBytesMax);
        if (has_control_character(*into)) fields.complain(name, "has a control character in it");
    }
    if (fields.text("product", question.product, 64) && !is_product_code(question.product)) {
        fields.complain("product", "is no product code");
    }
    if (fields.choice("mode", mode)) question.mode = mode;
    if (fields.choice("workload", workload)) question.workload = workload;
    for (const auto& [name, into] :
         {std::pair("outside", &question.outside),
          std::pair("administration", &question.administration),
          std::pair("host_service", &question.host_service), std::pair("wait", &question.wait)}) {
        bool said = false;
        if (fields.flag(name, said)) *into = said;
    }
    fields.flag("again", question.again);
    fields.flag("leads", question.leads);
    fields.text("lang", question.language, 64);
    if (fields.number("budget_ms", budget_ms, 60'000)) question.budget_ms = budget_ms;
    fields.require("ask");
    if (question.verb != AgentVerb::status && question.user.empty()) {
        fields.complain("user", "is missing or empty");
    }
    if (auto sound = fields.finish(); !sound) {
        return fail(std::string(kMalformed), sound.error().detail);
    }
    return question;
}

std::string agent_question_line(const AgentQuestion& question) {
    std::string out = fmt::format(R"({{"ask":"{}")", name_of(question.verb));
    append_field(out, "service", question.service);
    append_field(out, "user", question.user);
    append_field(out, "rhost", question.rhost);
    append_field(out, "tty", question.tty);
    append_field(out, "seat", question.seat);
    append_field(out, "product", question.product);
    if (question.mode) append_field(out, "mode", name_of(*question.mode));
    append_field(out, "device", question.device);
    append_field(out, "lang", question.language);
    if (question.budget_ms) {
        fmt::format_to(std::back_inserter(out), R"(,"budget_ms":{})", *question.budget_ms);
    }
    append_field(out, "station", question.station);
    append_field(out, "via", question.via);
    append_field(out, "from_server", question.from_server);
    if (question.workload) append_field(out, "workload", name_of(*question.workload));
    append_flag(out, "outside", question.outside);
    append_flag(out, "administration", question.administration);
    append_flag(out, "host_service", question.host_service);
    append_flag(out, "wait", question.wait);
    if (question.again) append_flag(out, "again", true);
    if (question.leads) append_flag(out, "leads", true);
    append_field(out, "hardware_id", question.hardware_id);
    append_field(out, "certificate", question.certificate);
    append_field(out, "device_mark", question.device_mark);
    out += "}\n";
    return out;
}

std::string verdict_line(const AgentVerdict& verdict) {
    const Reason reason = verdict.reason;
    std::string out = fmt::format(R"({{"verdict":"{}","reason":"{}")", name_of(verdict_of(reason)),
                                  name_of(reason));
    append_field(out, "sentence", verdict.sentence);
    if (verdict.place > 0) {
        fmt::format_to(std::back_inserter(out), R"(,"place":{})", verdict.place);
    }
    if (verdict.offline) append_flag(out, "offline", true);
    if (verdict.ends) append_flag(out, "ends", true);
    if (verdict.left) {
        fmt::format_to(std::back_inserter(out), R"(,"seconds_left":{})",
                       std::max<int64_t>(0, verdict.left->count));
    }
    out += "}\n";
    return out;
}

std::string done_line(std::string_view sentence) {
    std::string out = R"({"done":true)";
    append_field(out, "sentence", sentence);
    out += "}\n";
    return out;
}

std::string error_line(std::string_view code, std::string_view sentence) {
    std::string out = fmt::format(R"({{"error":"{}")", code);
    append_field(out, "sentence", sentence);
    out += "}\n";
    return out;
}

}  // namespace calm
