// The handle, the admission, and what needs no agent.
#include <new>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capi/capi_sentences.h"
#include "capi/export.h"
#include "capi/handle.h"

namespace calm::capi {
namespace {

constexpr char kSocketPath[] = "/run/calm/hostd.sock";
constexpr int kBudgetMs = 2000;  // design: an answer takes 2 seconds at most
constexpr int kBudgetMinMs = 50;
constexpr int kBudgetMaxMs = 60'000;
constexpr int kCheckEveryS = 60;
constexpr int kCheckEveryMaxS = 3600;

template <size_t N>
bool keep(const char* text, char (&into)[N]) {
    const size_t size = strnlen(text, N);
    if (size == N) return false;
    memcpy(into, text, size + 1);
    return true;
}

// As setlocale() looks for it; a language too long to be one names none.
void find_language(char (&into)[kLanguageMax + 1]) {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        // Only calm_open() reads it: whoever changes it meanwhile changes it under every library.
        const char* value = getenv(name);  // NOLINT(concurrency-mt-unsafe)
        if (value == nullptr || *value == '\0') continue;
        if (names_language(value)) keep(value, into);
        return;
    }
}

bool is_said(const char* text) {
    return text != nullptr && *text != '\0';
}

calm_status set_up(const calm_options& options, calm_handle& handle) {
    if (!keep(is_said(options.socket_path) ? options.socket_path : kSocketPath,
              handle.socket_path)) {
        return CALM_E_INVALID;
    }
    if (!is_said(options.language)) {
        find_language(handle.language);
    } else if (!keep(options.language, handle.language)) {
        return CALM_E_INVALID;
    }
    handle.budget_ms = options.budget_ms == 0 ? kBudgetMs : options.budget_ms;
    if (handle.budget_ms < kBudgetMinMs || handle.budget_ms > kBudgetMaxMs) return CALM_E_INVALID;
    const int check_every_s = options.check_every_s == 0 ? kCheckEveryS : options.check_every_s;
    if (check_every_s < 1 || check_every_s > kCheckEveryMaxS) return CALM_E_INVALID;
    handle.check_every_ms = check_every_s * 1000;
    return CALM_OK;
}

bool set_up_threads(calm_handle& handle) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    const bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                      pthread_cond_init(&handle.changed, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return made && pthread_mutex_init(&handle.mutex, nullptr) == 0;
}

struct Text {
    const char* name;
    const char* en;
    const char* fr;
};

constexpr Text kTexts[] = {
    {"CALM_OK", kOkEn, kOkFr},
    {"CALM_E_INVALID", kInvalidEn, kInvalidFr},
    {"CALM_E_UNSUPPORTED", kUnsupportedEn, kUnsupportedFr},
    {"CALM_E_SYSTEM", kSystemEn, kSystemFr},
    {"CALM_E_AGENT_UNREACHABLE", kAgentUnreachableEn, kAgentUnreachableFr},
    {"CALM_E_TIMEOUT", kTimeoutEn, kTimeoutFr},
    {"CALM_E_ANSWER", kAnswerEn, kAnswerFr},
    {"CALM_E_NOT_ALLOWED", kNotAllowedEn, kNotAllowedFr},
    {"CALM_E_AGENT", kAgentEn, kAgentFr},
    {"CALM_E_SERVER_UNREACHABLE", kServerUnreachableEn, kServerUnreachableFr},
};

const Text* texts_of(calm_status status) {
    const auto index = static_cast<unsigned>(status);
    return index < sizeof kTexts / sizeof kTexts[0] ? &kTexts[index] : nullptr;
}

}  // namespace
}  // namespace calm::capi

using namespace calm::capi;

CALM_EXPORT calm_status calm_open(const calm_options* options, calm_handle** handle) {
    if (handle == nullptr) return CALM_E_INVALID;
    *handle = nullptr;
    calm_options known{};
    if (options != nullptr) {
        const calm_status sound = read_struct(options, kOptionsLeast, sizeof known, &known);
        if (sound != CALM_OK) return sound;
    }
    void* const memory = malloc(sizeof(calm_handle));
    if (memory == nullptr) return CALM_E_SYSTEM;
    auto* const made = new (memory) calm_handle;
    calm_status status = set_up(known, *made);
    if (status == CALM_OK && !set_up_threads(*made)) status = CALM_E_SYSTEM;
    if (status == CALM_OK) {
        *handle = made;
    } else {
        free(made);
    }
    return status;
}

CALM_EXPORT void calm_close(calm_handle* handle) {
    if (handle == nullptr) return;
    end_sessions(*handle);
    pthread_cond_destroy(&handle->changed);
    pthread_mutex_destroy(&handle->mutex);
    free(handle);
}

CALM_EXPORT calm_status calm_admit(calm_handle* handle, const calm_request* request,
                                   calm_answer* answer) {
    if (!takes_answer(answer)) return CALM_E_INVALID;
    calm::asking::Answer said;
    Question question;
    calm_status status = CALM_E_INVALID;
    if (handle != nullptr) status = read_request(request, handle->language, question);
    if (status == CALM_OK) {
        status = ask_to_admit(*handle, question, said);
    } else {
        calm::capi::fail(status, handle != nullptr && is_french(handle->language), said);
    }
    give(said, answer);
    return status;
}

CALM_EXPORT const char* calm_status_text(calm_status status, const char* language) {
    const Text* text = texts_of(status);
    if (text == nullptr) return "?";
    return is_french(language) ? text->fr : text->en;
}

CALM_EXPORT const char* calm_status_name(calm_status status) {
    const Text* text = texts_of(status);
    return text == nullptr ? "?" : text->name;
}

CALM_EXPORT const char* calm_version() {
    return CALM_VERSION;
}

CALM_EXPORT int calm_api_version() {
    return CALM_API_VERSION;
}
