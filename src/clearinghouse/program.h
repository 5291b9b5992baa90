// The program calm-clearinghouse: command line, settings, start, signals, end.
#pragma once

namespace calm {

// Exit codes: 0 ended on request, 1 could not start or had to stop, 2 usage.
int run_clearinghouse(int argc, char** argv);

}  // namespace calm
