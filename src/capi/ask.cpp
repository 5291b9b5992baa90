// Asking the agent, and what came of it.
#include <string.h>

#include "asking/in_line.h"
#include "capi/capi_sentences.h"
#include "capi/handle.h"

namespace calm::capi {
namespace {

using asking::Answer;
using asking::AnswerKind;
using asking::Silence;

constexpr long long kSecondsADay = 86'400;

const char* name_of(Verb verb) {
    switch (verb) {
        case Verb::logged_on: return "logged_on";
        case Verb::running: return "running";
        case Verb::ended: return "ended";
        default: return "admit";
    }
}

// What was asked, with its answer's kind.
struct Reply {
    AnswerKind kind = AnswerKind::nonsense;
    Silence silence = Silence::none;
    bool sent = true;
};

Reply exchange(const calm_handle& handle, const Question& question, Verb verb, int budget_ms,
               Answer& answer) {
    asking::QuestionLine line = question.fields;
    line.text("ask", name_of(verb));
    line.number("budget_ms", asking::agent_budget_ms(budget_ms));
    if (verb == Verb::admit_again) line.flag("again", true);
    // Of an admission too: the agent ignores it there.
    if (question.leads) line.flag("leads", true);
    const std::string_view text = line.finish();
    if (text.empty()) return {.sent = false};
    char bytes[asking::kAnswerMax];
    Reply reply;
    const size_t size = asking::converse(handle.socket_path, text, budget_ms, bytes, reply.silence);
    if (size > 0) reply.kind = asking::read_answer(std::string_view(bytes, size), answer);
    return reply;
}

calm_status status_of_failure(const char* code) {
    if (strcmp(code, "agent_not_allowed") == 0) return CALM_E_NOT_ALLOWED;
    if (strcmp(code, "server_unreachable") == 0) return CALM_E_SERVER_UNREACHABLE;
    if (strcmp(code, "agent_question_malformed") == 0) return CALM_E_INVALID;
    return CALM_E_AGENT;
}

calm_status status_of_silence(Silence silence) {
    switch (silence) {
        case Silence::nobody: return CALM_E_AGENT_UNREACHABLE;
        case Silence::no_time: return CALM_E_TIMEOUT;
        default: return CALM_E_ANSWER;
    }
}

calm_status status_of(const Reply& reply, const Answer& answer, AnswerKind wanted) {
    if (!reply.sent) return CALM_E_INVALID;
    if (reply.kind == wanted) return CALM_OK;
    if (reply.kind == AnswerKind::failure) return status_of_failure(answer.reason);
    if (reply.kind == AnswerKind::nonsense) return status_of_silence(reply.silence);
    return CALM_E_ANSWER;
}

AnswerKind kind_wanted(Verb verb) {
    return verb == Verb::logged_on || verb == Verb::ended ? AnswerKind::done : AnswerKind::verdict;
}

calm_status settled(calm_status status, const Question& question, Answer& answer) {
    if (status != CALM_OK) fail(status, question.french, answer);
    return status;
}

template <size_t N>
void copy(const char (&from)[N], char (&into)[N]) {
    memcpy(into, from, N);
}

}  // namespace

calm_status ask(const calm_handle& handle, const Question& question, Verb verb, Answer& answer) {
    const Reply reply = exchange(handle, question, verb, handle.budget_ms, answer);
    return settled(status_of(reply, answer, kind_wanted(verb)), question, answer);
}

calm_status ask_to_admit(const calm_handle& handle, const Question& question, Answer& answer) {
    Reply first;
    bool asked = false;
    asking::ask_in_line(question.wait_ms, handle.budget_ms, answer,
                        [&](bool again, int budget_ms, Answer& into) {
                            const Verb verb = again ? Verb::admit_again : Verb::admit;
                            const Reply reply = exchange(handle, question, verb, budget_ms, into);
                            if (!asked) first = reply;
                            asked = true;
                            return reply.kind;
                        });
    return settled(status_of(first, answer, AnswerKind::verdict), question, answer);
}

void fail(calm_status status, bool french, Answer& answer) {
    const Answer said = answer;
    answer = {};
    if (status == CALM_E_AGENT) copy(said.reason, answer.reason);
    const bool silent =
        status == CALM_E_AGENT_UNREACHABLE || status == CALM_E_TIMEOUT || status == CALM_E_ANSWER;
    const char* sentence = silent ? (french ? kAgentSilentFr : kAgentSilentEn)
                                  : calm_status_text(status, french ? "fr" : "en");
    if (said.sentence[0] != '\0') {
        copy(said.sentence, answer.sentence);
    } else {
        strncpy(answer.sentence, sentence, sizeof answer.sentence - 1);
    }
}

bool takes_answer(const calm_answer* into) {
    return into != nullptr && into->size >= kAnswerLeast;
}

void give(const Answer& answer, calm_answer* into) {
    calm_answer known{};
    known.size = into->size;
    known.admitted = answer.allowed ? 1 : 0;
    known.offline = answer.offline ? 1 : 0;
    known.session_ends = answer.ends ? 1 : 0;
    known.place = static_cast<int32_t>(answer.place);
    known.seconds_left = answer.seconds_left;
    known.days_left =
        answer.seconds_left < 0
            ? -1
            : static_cast<int32_t>((answer.seconds_left + kSecondsADay - 1) / kSecondsADay);
    copy(answer.reason, known.reason);
    copy(answer.sentence, known.sentence);
    // What only a newer header knows of is zero; what an older one does not know is left out.
    const size_t size = known.size;
    memset(into, 0, size);
    memcpy(into, &known, size < sizeof known ? size : sizeof known);
}

}  // namespace calm::capi
