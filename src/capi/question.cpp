// From a request to the fields of a line.
#include "capi/question.h"

#include <string.h>

namespace calm::capi {
namespace {

constexpr size_t kNameMax = 256;
constexpr size_t kProductMax = 64;

const char* text_of(const char* text) {
    return text == nullptr ? "" : text;
}

bool put(asking::QuestionLine& line, const char* name, const char* text, size_t most = kNameMax) {
    const size_t size = strnlen(text_of(text), most + 1);
    if (size > most) return false;
    line.text(name, std::string_view(text_of(text), size));
    return true;
}

bool put_choice(asking::QuestionLine& line, const char* name, const char* const (&words)[5],
                int32_t choice) {
    if (choice < 0 || choice > 4 || words[choice] == nullptr) return false;
    line.text(name, words[choice]);
    return true;
}

bool is_flag(int32_t value) {
    return value == CALM_AS_SERVICE_SAYS || value == CALM_YES || value == CALM_NO;
}

bool put_flag(asking::QuestionLine& line, const char* name, int32_t value) {
    if (value != CALM_AS_SERVICE_SAYS) line.flag(name, value == CALM_YES);
    return is_flag(value);
}

constexpr const char* const kModes[5] = {"", "both", "user", "device", nullptr};
constexpr const char* const kWorkloads[5] = {"", "person", "web", "hpc", "anonymous"};

bool put_all(asking::QuestionLine& line, const calm_request& request, const char* language) {
    return put(line, "service", request.service) &&
           put(line, "product", request.product, kProductMax) && put(line, "user", request.user) &&
           put(line, "device", request.device) && put(line, "rhost", request.address) &&
           put(line, "tty", request.tty) && put(line, "seat", request.seat) &&
           put(line, "station", request.station) && put(line, "via", request.via) &&
           put(line, "from_server", request.from_server) &&
           put(line, "hardware_id", request.hardware_id) &&
           put(line, "certificate", request.certificate) &&
           put(line, "device_mark", request.device_mark) &&
           put(line, "lang", language, kLanguageMax) &&
           put_choice(line, "mode", kModes, request.mode) &&
           put_choice(line, "workload", kWorkloads, request.workload) &&
           put_flag(line, "outside", request.outside) &&
           put_flag(line, "administration", request.administration) &&
           put_flag(line, "host_service", request.host_service) &&
           put_flag(line, "wait", request.wait);
}

}  // namespace

bool names_language(const char* locale) {
    locale = text_of(locale);
    return *locale != '\0' && strcmp(locale, "C") != 0 && strncmp(locale, "C.", 2) != 0 &&
           strcmp(locale, "POSIX") != 0;
}

bool is_french(const char* locale) {
    locale = text_of(locale);
    return strncmp(locale, "fr", 2) == 0 &&
           (locale[2] == '\0' || strchr("_.@-", locale[2]) != nullptr);
}

calm_status read_struct(const void* given, size_t least, size_t known, void* into) {
    if (given == nullptr) return CALM_E_INVALID;
    size_t size = 0;
    memcpy(&size, given, sizeof size);
    if (size < least) return CALM_E_INVALID;
    memcpy(into, given, size < known ? size : known);
    const auto* bytes = static_cast<const unsigned char*>(given);
    for (size_t i = known; i < size; ++i) {
        if (bytes[i] != 0) return CALM_E_UNSUPPORTED;
    }
    return CALM_OK;
}

calm_status read_request(const calm_request* request, const char* language, Question& into) {
    calm_request known{};
    const calm_status sound = read_struct(request, kRequestLeast, sizeof known, &known);
    if (sound != CALM_OK) return sound;
    if (*text_of(known.language) != '\0') language = known.language;
    if (!put_all(into.fields, known, language)) return CALM_E_INVALID;
    if (*text_of(known.user) == '\0' || known.wait_ms < 0 || !is_flag(known.outlives_process)) {
        return CALM_E_INVALID;
    }
    into.french = is_french(language);
    into.leads = known.outlives_process != CALM_YES;
    into.wait_ms = known.wait_ms;
    return CALM_OK;
}

}  // namespace calm::capi
