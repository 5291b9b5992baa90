/* calm.h: may this one connect? The C library of CALM, for any program that people, devices or
 * other programs connect to. It asks the license agent of this machine, calm-hostd, over its Unix
 * socket; the agent asks the license servers and decides alone while none of them answers. The
 * library itself knows no rule, keeps no file and asks nobody else. C99, and C++ through calm.hpp.
 *
 *     calm_handle *handle = NULL;
 *     calm_request request = CALM_INIT(calm_request);
 *     calm_answer answer = CALM_INIT(calm_answer);
 *     request.product = "files-2026";
 *     request.user = "anna";
 *     calm_open(NULL, &handle);
 *     if (calm_admit(handle, &request, &answer) == CALM_OK && answer.admitted) ...
 *     else puts(answer.sentence);
 *     calm_close(handle);
 *
 * Errors. A refusal is an answer, not an error: the call returns CALM_OK and `admitted` is 0. A
 * status other than CALM_OK says that there is no answer; what to do then (let people in or not) is
 * the program's to decide. In both cases `sentence` is what to show to the person. Whoever looks at
 * `admitted` alone lets nobody in by mistake: after an error it is 0.
 *
 * Structures. The first member, `size`, is the size that the caller was compiled with; CALM_INIT
 * sets it and leaves all others zero, which always means "not said". Later versions only add
 * members at the end: an old program works with a new library, and a new one with an old library as
 * long as it says nothing that the old one does not know (CALM_E_UNSUPPORTED).
 *
 * Texts. UTF-8, zero-terminated, without control characters, of at most 256 bytes where nothing
 * else is said. NULL and "" both mean "not said". What a caller passes is copied or used before the
 * call returns; what the library returns as `const char*` lives for ever.
 *
 * Ownership. calm_open() makes a handle and calm_close() frees it; calm_session_begin() makes a
 * session and calm_session_end() frees it. Nothing else is to be freed.
 *
 * Threads. A handle may be used by any number of threads at once; calls do not wait for each other.
 * A session may be checked by any thread until it is ended by one. Neither survives fork(): the
 * child opens a handle of its own. No call is for signal handlers.
 *
 * Time. Each call that asks takes at most the handle's budget, 2 seconds if nothing else is said,
 * whatever the agent and the license servers do; calm_session_end() and calm_close() also wait for
 * a check that is under way, which takes as much at most.
 *
 * The process. No exception, no signal, no output, no global state. Descriptors are closed before a
 * call returns, and on exec. Nothing is needed but the C library.
 */
#ifndef CALM_CALM_H
#define CALM_CALM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of what this header describes; grows with each addition. calm_api_version() tells that of the
 * library. */
#define CALM_API_VERSION 1

/* A structure about which nothing is said yet: calm_request request = CALM_INIT(calm_request); */
#define CALM_INIT(type) \
    { .size = sizeof(type) }

/* Never renumbered. */
typedef enum calm_status {
    CALM_OK = 0,
    CALM_E_INVALID = 1,           /* a pointer is NULL, a value out of range, a text no UTF-8 */
    CALM_E_UNSUPPORTED = 2,       /* says something that only a newer library knows */
    CALM_E_SYSTEM = 3,            /* out of memory or threads */
    CALM_E_AGENT_UNREACHABLE = 4, /* nobody answers at the socket: calm-hostd does not run */
    CALM_E_TIMEOUT = 5,           /* the agent did not answer within the budget */
    CALM_E_ANSWER = 6,            /* what came is no answer: another program listens there */
    CALM_E_NOT_ALLOWED = 7,       /* this account is neither root nor in `ask_as` of host.toml */
    CALM_E_AGENT = 8,             /* the agent cannot say; `reason` is its code: service_unknown */
    CALM_E_SERVER_UNREACHABLE = 9 /* of a running session: no license server answered; it goes on */
} calm_status;

/* Whether something is so. */
enum { CALM_AS_SERVICE_SAYS = 0, CALM_YES = 1, CALM_NO = 2 };

/* Whom the question names. */
enum {
    CALM_MODE_AS_SERVICE_SAYS = 0,
    CALM_MODE_BOTH = 1,
    CALM_MODE_USER = 2,
    CALM_MODE_DEVICE = 3
};

/* Who works there. */
enum {
    CALM_WORKLOAD_AS_SERVICE_SAYS = 0,
    CALM_WORKLOAD_PERSON = 1,
    CALM_WORKLOAD_WEB = 2,
    CALM_WORKLOAD_HPC = 3,
    CALM_WORKLOAD_ANONYMOUS = 4
};

typedef struct calm_handle calm_handle;
typedef struct calm_session calm_session;

typedef struct calm_options {
    size_t size;
    const char* socket_path; /* of the agent; at most 107 bytes. NULL: /run/calm/hostd.sock */
    const char* language; /* of sentences: a locale such as "fr" or "fr_FR.UTF-8", at most 64 bytes.
                             NULL: LC_ALL, LC_MESSAGES or LANG, and if they say none, the host's */
    int32_t budget_ms;    /* 50 to 60000; 0: 2000. The agent itself takes no more than 2000 */
    int32_t check_every_s; /* how often sessions with a callback are checked: 1 to 3600; 0: 60 */
} calm_options;

/* One question: who connects to what, and how. What is not said is taken from [service.NAME] of
 * host.toml, and if that does not say it either, from the defaults in docs/operating/ssh.md. */
typedef struct calm_request {
    size_t size;
    const char* service; /* NAME of [service.NAME] */
    const char* product; /* a product code, at most 64 bytes. Required unless the service has one */
    const char* user;    /* who connects. Required, also where only the device is charged */
    const char* device;  /* its name. NULL: the service's, else `address`, else this machine */
    const char* address; /* where the connection comes from */
    const char* tty;     /* the terminal, as PAM_TTY says it */
    const char* seat;    /* the seat, as XDG_SEAT says it */
    const char* station; /* where the person sits; "seat" and "tty" take the two above */
    const char* via;     /* the front end that passes user and device on */
    const char* from_server; /* another enrolled host that connects itself */
    const char* hardware_id; /* what tells the device from others beside its name */
    const char* certificate; /* its fingerprint */
    const char* device_mark; /* what a host has left on the device */
    const char* language;    /* of this person; NULL: the handle's */
    int32_t mode;            /* CALM_MODE_... */
    int32_t workload;        /* CALM_WORKLOAD_... */
    int32_t outside;         /* an outside user: CALM_YES, CALM_NO */
    int32_t administration;  /* administers the host */
    int32_t host_service;    /* the host's own service */
    int32_t wait;            /* stands in line when all concurrent seats are in use */
    int32_t wait_ms; /* how long calm_admit() itself stands there and asks again, within the budget.
                        0: it returns at once with the place; the program asks again */
    int32_t outlives_process; /* CALM_YES: its session may go on when this process ends, and lasts
                                 until it is ended or the machine restarts. Else it ends with this
                                 process, also by kill -9 */
} calm_request;

typedef struct calm_answer {
    size_t size;
    int32_t admitted;     /* 1 or 0 */
    int32_t offline;      /* 1: no license server answered, this host decided alone */
    int32_t session_ends; /* 1: calm_session_check() found that the session's right is gone */
    int32_t place;        /* of one that waits: in line, 1 is the next; 0: in none */
    int64_t seconds_left; /* until what admits ends, rounded down; -1: it has no end, or nobody
                             knows it */
    int32_t days_left;    /* the same in days, rounded up: 1 on the last day; -1 */
    int32_t reserved;     /* zero */
    char reason[64]; /* why, by name: "cal_held", "no_cal_available" (docs/reference/reasons.md).
                        After CALM_E_AGENT the agent's code; after other errors "" */
    char sentence[1024]; /* for the person, in their language; "" for who is admitted. No control
                            characters but line feeds */
} calm_answer;

/* Called when a session has lost its right: its CAL was released, revoked or lent, or its
 * concurrent seat went to somebody else, and none is free. Not for the end of a temporary CAL, not
 * while no license server answers. The library ends nothing: whether the session is ended, warned
 * or left alone is the program's to decide. Called once, and again only after the session had a
 * right in the meantime; on a thread of the library, without locks, and other sessions' checks wait
 * for it. It may end this session, and no other; it must not close the handle. `answer` lives as
 * long as the call. */
typedef void (*calm_session_ends)(calm_session* session, const calm_answer* answer, void* data);

/* Makes a handle; nothing is asked yet, and no agent needs to run. `options` may be NULL. Reads the
 * environment if `language` is not said: no other thread may change it meanwhile.
 *
 * ENSURES: *handle is NULL after an error.
 * Errors: CALM_E_INVALID, CALM_E_UNSUPPORTED, CALM_E_SYSTEM. */
calm_status calm_open(const calm_options* options, calm_handle** handle);

/* Frees the handle, and what is left of its sessions without telling anybody that they ended; NULL:
 * nothing happens. Waits for a callback that runs. REQUIRES: no other call uses the handle, now or
 * later. */
void calm_close(calm_handle* handle);

/* May this one connect? Whoever is admitted may be given a CAL or a seat by this question.
 *
 * ENSURES: *answer is filled, also after an error, unless it is NULL or too small.
 * Errors: all but CALM_E_SERVER_UNREACHABLE and CALM_E_SYSTEM. */
calm_status calm_admit(calm_handle* handle, const calm_request* request, calm_answer* answer);

/* The one who was admitted by the same request has logged on: that makes a device's first,
 * temporary CAL a lasting one later, and keeps a concurrent seat while the session lasts. `ends`
 * may be NULL; else the session is checked every `check_every_s` and `ends(session, answer, data)`
 * called as told above.
 *
 * ENSURES: *session is NULL after CALM_E_INVALID, CALM_E_UNSUPPORTED and CALM_E_SYSTEM. After every
 * other error there is a session all the same, because nobody is sent away for that: the agent has
 * not heard of it, and is told by the next check. */
calm_status calm_session_begin(calm_handle* handle, const calm_request* request,
                               calm_session_ends ends, void* data, calm_session** session);

/* Has the session its right still? Also tells an agent that has lost its memory that it runs. A
 * program that has no callback may call this every minute.
 *
 * ENSURES: *answer as after calm_admit(); `session_ends` says whether the right is gone.
 * Errors: those of calm_admit(), and CALM_E_SERVER_UNREACHABLE, after which it simply goes on. */
calm_status calm_session_check(calm_session* session, calm_answer* answer);

/* It has ended: what is concurrent is free again in a moment. Frees the session in every case, also
 * after an error; NULL: nothing happens. Waits for its callback if that runs on another thread.
 * After an error the agent has not heard of the end: the seat is free when this process ends, or
 * with its lease.
 *
 * Errors: those of calm_admit(). */
calm_status calm_session_end(calm_session* session);

/* What a status means and what to do, one or two sentences; `language` as in calm_options, NULL:
 * English. */
const char* calm_status_text(calm_status status, const char* language);

/* Its name, such as "CALM_E_TIMEOUT"; "?" for one that this library does not know. */
const char* calm_status_name(calm_status status);

/* Of the library that runs: "0.1.0", and its CALM_API_VERSION. */
const char* calm_version(void);
int calm_api_version(void);

#ifdef __cplusplus
}
#endif

#endif
