// A calm_request as it goes to the agent: checked, and its texts copied. What differs between the
// questions about one session (verb, budget) is added when it is asked.
#pragma once

#include "asking/message.h"
#include "calm/calm.h"

namespace calm::capi {

struct Question {
    asking::QuestionLine fields;
    bool french = false;  // what this library itself has to say
    bool leads = true;    // this process lives as long as the session
    int wait_ms = 0;
};

inline constexpr size_t kLanguageMax = 64;

// Errors: CALM_E_INVALID, CALM_E_UNSUPPORTED. `language`: where the request names none.
calm_status read_request(const calm_request* request, const char* language, Question& into);

// The sizes of the first version, the least that a caller can have. They never change.
inline constexpr size_t kOptionsLeast =
    offsetof(calm_options, check_every_s) + sizeof(calm_options::check_every_s);
inline constexpr size_t kRequestLeast =
    offsetof(calm_request, outlives_process) + sizeof(calm_request::outlives_process);
inline constexpr size_t kAnswerLeast =
    offsetof(calm_answer, sentence) + sizeof(calm_answer::sentence);

// A structure that begins with its size: as much of `given` as this library knows goes to `into`,
// which is `known` bytes of zero. Errors: CALM_E_INVALID if it is smaller than `least`,
// CALM_E_UNSUPPORTED if what this library does not know is not zero.
calm_status read_struct(const void* given, size_t least, size_t known, void* into);

// Whether a locale asks for French; "C", "POSIX" and nothing ask for no language.
bool is_french(const char* locale);
bool names_language(const char* locale);

}  // namespace calm::capi
