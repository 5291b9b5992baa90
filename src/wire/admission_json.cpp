// Reading questions and writing answers: the hot path's two ends.
#include "wire/admission_json.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "wire/fields.h"

namespace calm::wire {
namespace {

// The answer is written a hundred thousand times a second: without a format string to read.
void append_number(std::string& out, uint32_t number) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

Result<RequestId> parse_request_id(std::string_view text) {
    const auto bytes = array_from_hex<16>(text);
    if (!bytes) {
        return fail("bad_request_id",
                    fmt::format("`{}` is not a request id of 32 lower-case hex digits",
                                text.substr(0, 40)));
    }
    return RequestId{*bytes};
}

std::string to_text(const RequestId& id) {
    return to_hex(id.bytes);
}

Result<AdmissionQuestion> parse_admission(const boost::json::value& json) {
    AdmissionQuestion question;
    Fields fields(json);
    std::string request_id;
    const bool identified = fields.text("request_id", request_id, 64);
    fields.text("product", question.product, 64);
    fields.text("user", question.user, kNameBytesMax);
    fields.text("device", question.device, kNameBytesMax);
    fields.number("host", question.host);
    fields.flag("want_token", question.want_token);
    fields.flag("administration", question.administration);
    fields.flag("host_service", question.host_service);
    fields.number("administrators_now", question.administrators_now);
    fields.text("station", question.station, kNameBytesMax);
    fields.text("from_server", question.from_server, kNameBytesMax);
    fields.text("via", question.via, kNameBytesMax);
    fields.choice("workload", question.workload);
    fields.flag("outside", question.outside);
    fields.text("held_token", question.held_token, 8192);
    fields.flag("wait", question.wait);
    fields.text("hardware_id", question.hardware_id, kNameBytesMax);
    fields.text("certificate", question.certificate, kNameBytesMax);
    fields.text("device_mark", question.device_mark, kNameBytesMax);
    LicensingMode mode{};
    if (fields.choice("mode", mode)) question.mode = mode;
    fields.require("product");
    CALM_TRY(fields.finish());
    if (identified) {
        CALM_TRY_ASSIGN(question.request_id, parse_request_id(request_id));
    }
    return question;
}

Result<std::vector<AdmissionQuestion>> parse_admission_batch(const boost::json::value& json) {
    Fields fields(json);
    const auto* admissions = fields.any("admissions");
    fields.require("admissions");
    CALM_TRY(fields.finish());
    const auto* array = admissions->if_array();
    if (array == nullptr || array->empty() || array->size() > kBatchMax) {
        return fail("bad_field",
                    fmt::format("`admissions` is not a list of 1 to {} questions", kBatchMax));
    }
    std::vector<AdmissionQuestion> questions;
    questions.reserve(array->size());
    for (const auto& each : *array) {
        CALM_TRY_ASSIGN(questions.emplace_back(), parse_admission(each));
    }
    return questions;
}

void write_answer(std::string& out, const AdmissionAnswer& answer, std::string_view sentence) {
    constexpr size_t kUsualBytes = 160;
    out.reserve(out.size() + kUsualBytes + sentence.size() + answer.token.size());
    out += R"({"verdict":")";
    out += name_of(verdict_of(answer.reason));
    out += R"(","reason":")";
    out += name_of(answer.reason);
    out += '"';
    if (answer.cal) {
        out += R"(,"cal":)";
        append_number(out, answer.cal.value);
        out += R"(,"expires_at":")";
        append_rfc3339(out, answer.expires_at);
        out += '"';
    }
    if (answer.repeated) out += R"(,"repeated":true)";
    if (answer.ask_again_at != Instant{}) {
        out += R"(,"ask_again_at":")";
        append_rfc3339(out, answer.ask_again_at);
        out += '"';
    }
    if (answer.place > 0) {
        out += R"(,"place":)";
        append_number(out, answer.place);
    }
    if (!answer.lacks.empty()) out += fmt::format(R"(,"lacks":"{}")", answer.lacks);
    if (!sentence.empty()) {
        out += R"(,"sentence":)";
        append_json_string(out, sentence);
    }
    if (!answer.token.empty()) {
        out += R"(,"token":)";
        append_json_string(out, answer.token);
    }
    out += '}';
}

}  // namespace calm::wire
