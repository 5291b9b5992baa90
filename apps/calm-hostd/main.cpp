// calm-hostd, the license agent of a host: see agent/hostd.h.
#include "agent/hostd.h"

int main(int argc, char** argv) {
    return calm::hostd_main(argc, argv);
}
