// Sessions, and the thread that checks those with a callback. It is started by the first of them.
// While it asks and while it calls back it holds no lock; `checked` says which session it is at,
// and whoever ends that one waits, unless it is the callback itself.
#include <new>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "asking/conversation.h"
#include "capi/export.h"
#include "capi/handle.h"

namespace calm::capi {
namespace {

class Lock {
  public:
    explicit Lock(calm_handle& handle) : handle_(handle) { pthread_mutex_lock(&handle_.mutex); }
    ~Lock() { pthread_mutex_unlock(&handle_.mutex); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    calm_handle& handle_;
};

// REQUIRES, of all that follow: the mutex is held.

void link(calm_session& session) {
    calm_handle& handle = *session.handle;
    session.next = handle.first;
    if (handle.first != nullptr) handle.first->previous = &session;
    handle.first = &session;
}

void unlink(calm_session& session) {
    calm_handle& handle = *session.handle;
    if (session.previous != nullptr) session.previous->next = session.next;
    if (session.next != nullptr) session.next->previous = session.previous;
    if (handle.first == &session) handle.first = session.next;
}

calm_session* due_first(calm_handle& handle) {
    calm_session* first = nullptr;
    for (calm_session* each = handle.first; each != nullptr; each = each->next) {
        if (each->ends != nullptr && (first == nullptr || each->due_ms < first->due_ms)) {
            first = each;
        }
    }
    return first;
}

void wait_until(calm_handle& handle, long long at_ms) {
    timespec until{};
    until.tv_sec = static_cast<time_t>(at_ms / 1000);
    until.tv_nsec = static_cast<long>(at_ms % 1000) * 1'000'000;
    pthread_cond_timedwait(&handle.changed, &handle.mutex, &until);
}

// Lets go of the mutex meanwhile. False: the callback has ended the session, and it is no more.
bool tell_end(calm_handle& handle, calm_session& session, const asking::Answer& answer) {
    calm_answer told{};
    told.size = sizeof told;
    give(answer, &told);
    pthread_mutex_unlock(&handle.mutex);
    session.ends(&session, &told, session.data);
    pthread_mutex_lock(&handle.mutex);
    return handle.checked == &session;
}

// Lets go of the mutex meanwhile.
void check(calm_handle& handle, calm_session& session) {
    handle.checked = &session;
    pthread_mutex_unlock(&handle.mutex);
    asking::Answer answer;
    const calm_status status = ask(handle, session.question, Verb::running, answer);
    pthread_mutex_lock(&handle.mutex);
    bool lives = true;
    if (status == CALM_OK && !answer.ends)
        session.right_gone = !answer.allowed && session.right_gone;
    if (status == CALM_OK && answer.ends && !session.right_gone && !handle.closing) {
        session.right_gone = true;
        lives = tell_end(handle, session, answer);
    }
    if (lives) session.due_ms = asking::monotonic_ms() + handle.check_every_ms;
    handle.checked = nullptr;
    pthread_cond_broadcast(&handle.changed);
}

void* run_checker(void* argument) {
    calm_handle& handle = *static_cast<calm_handle*>(argument);
    const Lock lock(handle);
    while (!handle.closing) {
        calm_session* session = due_first(handle);
        if (session == nullptr) {
            pthread_cond_wait(&handle.changed, &handle.mutex);
        } else if (session->due_ms > asking::monotonic_ms()) {
            wait_until(handle, session->due_ms);
        } else {
            check(handle, *session);
        }
    }
    return nullptr;
}

// Enough for the buffers of an exchange, and a callback of the usual kind.
constexpr size_t kStackBytes = size_t{256} * 1024;

bool start_checker(calm_handle& handle) {
    if (handle.checks) return true;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, kStackBytes);
    // The program's signals are its own threads' business.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    handle.checks = pthread_create(&handle.checker, &attributes, run_checker, &handle) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return handle.checks;
}

bool is_callback(const calm_session& session) {
    const calm_handle& handle = *session.handle;
    return handle.checks && handle.checked == &session &&
           pthread_equal(pthread_self(), handle.checker) != 0;
}

}  // namespace

void end_sessions(calm_handle& handle) {
    {
        const Lock lock(handle);
        handle.closing = true;
        pthread_cond_broadcast(&handle.changed);
    }
    if (handle.checks) pthread_join(handle.checker, nullptr);
    while (handle.first != nullptr) {
        calm_session* const session = handle.first;
        unlink(*session);
        free(session);
    }
}

}  // namespace calm::capi

using namespace calm::capi;

CALM_EXPORT calm_status calm_session_begin(calm_handle* handle, const calm_request* request,
                                           calm_session_ends ends, void* data,
                                           calm_session** session) {
    if (session == nullptr) return CALM_E_INVALID;
    *session = nullptr;
    if (handle == nullptr) return CALM_E_INVALID;
    Question question;
    const calm_status sound = read_request(request, handle->language, question);
    if (sound != CALM_OK) return sound;
    void* const memory = malloc(sizeof(calm_session));
    if (memory == nullptr) return CALM_E_SYSTEM;
    auto* const made = new (memory) calm_session;
    made->handle = handle;
    made->question = question;
    made->ends = ends;
    made->data = data;
    // Before the agent is told: a session that cannot be watched is none.
    if (ends != nullptr) {
        const Lock lock(*handle);
        if (!start_checker(*handle)) {
            free(made);
            return CALM_E_SYSTEM;
        }
    }
    calm::asking::Answer ignored;
    const calm_status status = ask(*handle, question, Verb::logged_on, ignored);
    // It was never sent, or the agent did not understand it: no later question would fare better.
    if (status == CALM_E_INVALID) {
        free(made);
        return status;
    }
    const Lock lock(*handle);
    made->due_ms = calm::asking::monotonic_ms() + handle->check_every_ms;
    link(*made);
    *session = made;
    pthread_cond_broadcast(&handle->changed);
    return status;
}

CALM_EXPORT calm_status calm_session_check(calm_session* session, calm_answer* answer) {
    if (!takes_answer(answer)) return CALM_E_INVALID;
    calm::asking::Answer said;
    if (session == nullptr) {
        fail(CALM_E_INVALID, false, said);
        give(said, answer);
        return CALM_E_INVALID;
    }
    const calm_status status = ask(*session->handle, session->question, Verb::running, said);
    give(said, answer);
    return status;
}

CALM_EXPORT calm_status calm_session_end(calm_session* session) {
    if (session == nullptr) return CALM_OK;
    calm_handle& handle = *session->handle;
    {
        const Lock lock(handle);
        if (is_callback(*session)) handle.checked = nullptr;
        while (handle.checked == session)
            pthread_cond_wait(&handle.changed, &handle.mutex);
        unlink(*session);
    }
    calm::asking::Answer ignored;
    const calm_status status = ask(handle, session->question, Verb::ended, ignored);
    free(session);
    return status;
}
