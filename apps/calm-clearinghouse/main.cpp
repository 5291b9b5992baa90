// calm-clearinghouse: the vendor's side. Construction only.
#include "clearinghouse/program.h"

int main(int argc, char** argv) {
    return calm::run_clearinghouse(argc, argv);
}
