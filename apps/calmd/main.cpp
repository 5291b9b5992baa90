// calmd: the license server. Construction only.
#include "server/program.h"

int main(int argc, char** argv) {
    return calm::run_calmd(argc, argv);
}
