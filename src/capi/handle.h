// What stands behind calm_handle and calm_session, and the asking that both share.
#pragma once

#include <pthread.h>

#include "asking/message.h"
#include "calm/calm.h"
#include "capi/question.h"

struct calm_handle {
    // Set by calm_open(), and then only read.
    char socket_path[108] = "";
    char language[calm::capi::kLanguageMax + 1] = "";
    int budget_ms = 0;
    int check_every_ms = 0;

    pthread_mutex_t mutex{};   // guards all that follows, and the sessions' own below
    pthread_cond_t changed{};  // by CLOCK_MONOTONIC
    calm_session* first = nullptr;
    calm_session* checked = nullptr;  // by the checker, which does not hold the mutex meanwhile
    pthread_t checker{};
    bool checks = false;   // the checker was started
    bool closing = false;  // and is to end
};

struct calm_session {
    // Set when it is made, and then only read.
    calm_handle* handle = nullptr;
    calm::capi::Question question{};
    calm_session_ends ends = nullptr;
    void* data = nullptr;

    // Under the handle's mutex.
    calm_session* previous = nullptr;
    calm_session* next = nullptr;
    long long due_ms = 0;     // by CLOCK_MONOTONIC; when it is checked next
    bool right_gone = false;  // and `ends` was called for it
};

namespace calm::capi {

enum class Verb : unsigned char {
    admit,
    admit_again,  // of one that waits in line
    logged_on,
    running,
    ended
};

// One question and its answer. Any thread. ENSURES: `answer` has a sentence after an error.
calm_status ask(const calm_handle& handle, const Question& question, Verb verb,
                asking::Answer& answer);

// The same, with the wait in line.
calm_status ask_to_admit(const calm_handle& handle, const Question& question,
                         asking::Answer& answer);

// Puts what the person reads where an answer failed. ENSURES: nobody is admitted.
void fail(calm_status status, bool french, asking::Answer& answer);

// Whether the caller's structure can take an answer.
bool takes_answer(const calm_answer* into);

// REQUIRES: takes_answer(into).
void give(const asking::Answer& answer, calm_answer* into);

// Ends the checker and frees the sessions.
void end_sessions(calm_handle& handle);

}  // namespace calm::capi
