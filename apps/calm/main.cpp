// calm: the command line.
#include "cli/cli.h"

int main(int argc, char** argv) {
    calm::cli::Terminal terminal = calm::cli::process_terminal();
    return static_cast<int>(calm::cli::run(terminal, {argv + 1, argv + argc}));
}
