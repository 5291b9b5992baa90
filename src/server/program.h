// The program calmd: command line, settings, start, signals, end.
#pragma once

namespace calm {

// Exit codes, those of `calm`: 0 ended on request, 1 could not start or had to stop, 2 usage, 4 may
// not write or listen there, 7 in use by another process.
int run_calmd(int argc, char** argv);

}  // namespace calm
