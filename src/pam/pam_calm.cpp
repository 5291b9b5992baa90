// pam_calm.so: may this person connect, says the license agent of this host. The account phase
// asks; the session phase tells that the logon succeeded and when it ended, and shows an
// administrator what the agent has to say. It knows no rule: it passes the question to calm-hostd
// and the answer to the person.
//
//   account  required  pam_calm.so [product=CODE] [mode=user|device] [device=rhost|NAME]
//                      [station=seat|tty|NAME] [via=NAME] [from_server=NAME]
//                      [workload=person|web|hpc|anonymous] [outside=yes|no]
//                      [administration=yes|no] [host_service=yes|no] [wait=SECONDS]
//                      [fail=open|closed] [socket=PATH] [timeout=SECONDS] [lang=en|fr]
//   session  optional  pam_calm.so …
//
// Root (uid 0) is always admitted, also when nobody answers.
#include <pwd.h>
#include <string.h>
#include <sys/syslog.h>

#define PAM_SM_ACCOUNT
#define PAM_SM_SESSION
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

#include "asking/in_line.h"
#include "pam/options.h"
#include "pam/pam_sentences.h"

namespace calm::pam {
namespace {

using asking::Answer;
using asking::AnswerKind;
using asking::QuestionLine;

struct Logon {
    const char* service = "";
    const char* user = "";
    const char* rhost = "";
    const char* tty = "";
    const char* seat = "";  // the seat's name, where a display manager has told it
    bool root = false;
};

const char* item(pam_handle_t* pamh, int type) {
    const void* value = nullptr;
    if (pam_get_item(pamh, type, &value) != PAM_SUCCESS || value == nullptr) return "";
    return static_cast<const char*>(value);
}

bool read_logon(pam_handle_t* pamh, Logon& logon) {
    if (pam_get_user(pamh, &logon.user, nullptr) != PAM_SUCCESS || logon.user == nullptr ||
        *logon.user == '\0') {
        pam_syslog(pamh, LOG_ERR, "no user name");
        return false;
    }
    const passwd* entry = pam_modutil_getpwnam(pamh, logon.user);
    logon.root = entry != nullptr && entry->pw_uid == 0;
    logon.service = item(pamh, PAM_SERVICE);
    logon.rhost = item(pamh, PAM_RHOST);
    logon.tty = item(pamh, PAM_TTY);
    if (const char* seat = pam_getenv(pamh, "XDG_SEAT")) logon.seat = seat;
    return true;
}

// A word that is not understood is said in the log and otherwise left out: a typing mistake must
// neither lock everybody out nor let everybody in.
Options read_options(pam_handle_t* pamh, int argc, const char** argv) {
    Options options;
    for (int i = 0; i < argc; ++i) {
        if (!read_option(argv[i], options)) {
            pam_syslog(pamh, LOG_ERR, "option `%s` is not understood and left out: %s", argv[i],
                       usage_of(argv[i]));
        }
    }
    if (options.language[0] == '\0') {
        for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
            const char* value = pam_getenv(pamh, name);
            if (value == nullptr || *value == '\0') continue;
            strncpy(options.language, value, sizeof options.language - 1);
            break;
        }
    }
    return options;
}

// For what nobody needs in order to get in.
constexpr int kNoticeBudgetMs = 1000;

enum class Verb : unsigned char {
    admit,
    admit_again,  // of one that waits in line
    logged_on,
    ended,
    notice
};

const char* name_of(Verb verb) {
    switch (verb) {
        case Verb::logged_on: return "logged_on";
        case Verb::ended: return "ended";
        case Verb::notice: return "notice";
        default: return "admit";
    }
}

void add_flag(QuestionLine& line, const char* name, const char* word) {
    if (*word != '\0') line.flag(name, strcmp(word, "yes") == 0);
}

AnswerKind ask(const Options& options, const Logon& logon, Verb verb, int budget_ms,
               Answer& answer) {
    QuestionLine line;
    line.text("ask", name_of(verb));
    line.text("service", logon.service);
    line.text("user", logon.user);
    line.text("rhost", logon.rhost);
    line.text("tty", logon.tty);
    line.text("seat", logon.seat);
    line.text("product", options.product);
    line.text("mode", options.mode);
    if (strcmp(options.device, "rhost") != 0) line.text("device", options.device);
    line.text("lang", options.language);
    line.number("budget_ms", asking::agent_budget_ms(budget_ms));
    line.text("station", options.station);
    line.text("via", options.via);
    line.text("from_server", options.from_server);
    line.text("workload", options.workload);
    add_flag(line, "outside", options.outside);
    add_flag(line, "administration", options.administration);
    add_flag(line, "host_service", options.host_service);
    if (options.wait_ms >= 0) line.flag("wait", true);
    if (verb == Verb::admit_again) line.flag("again", true);
    // Whoever opens a session lives until it is closed (pam_open_session(3) and its users).
    if (verb == Verb::logged_on || verb == Verb::ended) line.flag("leads", true);
    const std::string_view question = line.finish();
    if (question.empty()) return AnswerKind::nonsense;
    char bytes[asking::kAnswerMax];
    asking::Silence silence{};
    const size_t size = asking::converse(options.socket, question, budget_ms, bytes, silence);
    return size > 0 ? asking::read_answer(std::string_view(bytes, size), answer)
                    : AnswerKind::nonsense;
}

AnswerKind ask_to_admit(const Options& options, const Logon& logon, Answer& answer) {
    return asking::ask_in_line(
        options.wait_ms, options.budget_ms, answer, [&](bool again, int budget_ms, Answer& into) {
            return ask(options, logon, again ? Verb::admit_again : Verb::admit, budget_ms, into);
        });
}

int refuse(pam_handle_t* pamh, int flags, const char* sentence) {
    if ((flags & PAM_SILENT) == 0 && *sentence != '\0') pam_error(pamh, "%s", sentence);
    return PAM_PERM_DENIED;
}

int admit(pam_handle_t* pamh, int flags, const Options& options, const Logon& logon) {
    Answer answer;
    const AnswerKind kind = ask_to_admit(options, logon, answer);
    if (kind == AnswerKind::verdict) {
        pam_syslog(pamh, answer.allowed ? LOG_INFO : LOG_NOTICE, "user `%s` from `%s` %s: %s",
                   logon.user, logon.rhost, answer.allowed ? "admitted" : "refused", answer.reason);
        return answer.allowed ? PAM_SUCCESS : refuse(pamh, flags, answer.sentence);
    }
    const bool failed = kind == AnswerKind::failure;
    pam_syslog(pamh, LOG_ERR, "calm-hostd at %s %s; user `%s` %s (fail=%s): %s", options.socket,
               failed ? "cannot say" : "does not answer", logon.user,
               options.fail_open ? "admitted" : "refused", options.fail_open ? "open" : "closed",
               answer.sentence);
    if (options.fail_open) return PAM_SUCCESS;
    const bool french = strncmp(options.language, "fr", 2) == 0;
    return refuse(pamh, flags, failed ? answer.sentence : french ? kAgentSilentFr : kAgentSilentEn);
}

// What an administrator is to read, if anything; the agent knows who is one.
void show_notice(pam_handle_t* pamh, const Options& options, const Logon& logon, int budget_ms) {
    Answer answer;
    if (budget_ms > 0 && ask(options, logon, Verb::notice, budget_ms, answer) == AnswerKind::done &&
        answer.sentence[0] != '\0')
        pam_info(pamh, "%s", answer.sentence);
}

// A session is never refused or cut because of a license: the account phase has decided. Both
// questions together stay within one budget.
int tell(pam_handle_t* pamh, int flags, int argc, const char** argv, Verb verb) {
    Logon logon;
    const bool shows = verb == Verb::logged_on && (flags & PAM_SILENT) == 0;
    if (!read_logon(pamh, logon) || (logon.root && !shows)) return PAM_SUCCESS;
    const Options options = read_options(pamh, argc, argv);
    const long long begin = asking::monotonic_ms();
    Answer ignored;
    if (!logon.root) ask(options, logon, verb, options.budget_ms, ignored);
    if (!shows) return PAM_SUCCESS;
    const int left = options.budget_ms - static_cast<int>(asking::monotonic_ms() - begin);
    show_notice(pamh, options, logon, left < kNoticeBudgetMs ? left : kNoticeBudgetMs);
    return PAM_SUCCESS;
}

}  // namespace
}  // namespace calm::pam

#define CALM_PAM_EXPORT extern "C" __attribute__((visibility("default")))

CALM_PAM_EXPORT int pam_sm_acct_mgmt(pam_handle_t* pamh, int flags, int argc, const char** argv) {
    calm::pam::Logon logon;
    if (!calm::pam::read_logon(pamh, logon)) return PAM_USER_UNKNOWN;
    if (logon.root) return PAM_SUCCESS;
    return calm::pam::admit(pamh, flags, calm::pam::read_options(pamh, argc, argv), logon);
}

CALM_PAM_EXPORT int pam_sm_open_session(pam_handle_t* pamh, int flags, int argc,
                                        const char** argv) {
    return calm::pam::tell(pamh, flags, argc, argv, calm::pam::Verb::logged_on);
}

CALM_PAM_EXPORT int pam_sm_close_session(pam_handle_t* pamh, int flags, int argc,
                                         const char** argv) {
    return calm::pam::tell(pamh, flags, argc, argv, calm::pam::Verb::ended);
}
