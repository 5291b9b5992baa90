/* admit.c: lets one person in, if they have a license, until standard input ends.
 *
 *   admit PRODUCT USER [SOCKET]
 *
 * Exits with 0 when the person was let in, 1 when they were refused, 2 when nobody could say.
 *
 *   cc -std=c99 admit.c $(pkg-config --cflags --libs calm) -o admit
 */
#include <calm/calm.h>
#include <stdio.h>

static void session_ends(calm_session* session, const calm_answer* answer, void* user) {
    (void)session;
    printf("%s should leave: %s\n", (const char*)user, answer->sentence);
    fflush(stdout);
}

/* From the logon to the end of the session. */
static void serve(calm_handle* handle, const calm_request* request) {
    calm_session* session = NULL;
    const calm_status status =
        calm_session_begin(handle, request, session_ends, (void*)request->user, &session);
    if (status != CALM_OK) fprintf(stderr, "admit: %s\n", calm_status_text(status, NULL));
    while (getchar() != EOF)
        continue;
    calm_session_end(session);
}

int main(int argc, char** argv) {
    calm_options options = CALM_INIT(calm_options);
    calm_request request = CALM_INIT(calm_request);
    calm_answer answer = CALM_INIT(calm_answer);
    calm_handle* handle = NULL;
    calm_status status;
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: admit PRODUCT USER [SOCKET]\n");
        return 2;
    }
    options.socket_path = argc > 3 ? argv[3] : NULL;
    options.check_every_s = 1; /* to see it at once; a minute is what a server wants */
    request.product = argv[1];
    request.user = argv[2];

    status = calm_open(&options, &handle);
    if (status == CALM_OK) status = calm_admit(handle, &request, &answer);
    if (status != CALM_OK) {
        fprintf(stderr, "admit: %s: %s\n", calm_status_name(status), answer.sentence);
    } else if (!answer.admitted) {
        printf("refused (%s): %s\n", answer.reason, answer.sentence);
    } else {
        printf("admitted (%s), days left: %d\n", answer.reason, (int)answer.days_left);
        fflush(stdout);
        serve(handle, &request);
    }
    calm_close(handle);
    return status != CALM_OK ? 2 : answer.admitted ? 0 : 1;
}
