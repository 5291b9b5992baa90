// Makes every fsync and fdatasync of the program it is preloaded into take SLOW_FSYNC_US longer, so
// that programs can be compared on slower disks than this machine's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_a_little(void) {
    const char* text = getenv("SLOW_FSYNC_US");
    const long us = text ? atol(text) : 0;
    const struct timespec length = {us / 1000000, us % 1000000 * 1000};
    if (us > 0) nanosleep(&length, 0);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_a_little();
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_a_little();
    return real(fd);
}
