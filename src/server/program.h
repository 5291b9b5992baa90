// The program calmd: command line, settings, start, signals, end.
#pragma once

namespace calm {

// Exit codes: 0 ended on request, 1 could not start or had to stop, 2 usage.
int run_calmd(int argc, char** argv);

}  // namespace calm
