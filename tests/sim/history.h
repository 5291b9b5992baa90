// Random histories as `.calm` text: what fails can be read, shortened and played with `calm
// simulate`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/scenario.h"

namespace calm::sim {

// One random choice. The same moves make the same history; one left out leaves the others' meaning
// alone, so that a failing history can be shortened.
using Move = uint64_t;

struct Flavour {
    bool lying_clocks = false;  // the wall clock jumps, and the server restarts
    bool restores = false;      // backups are made, and restored
};

// A few products of three families, hosts of all modes, few people and devices, small packs: what
// is rare in life meets often here.
std::string history(const std::vector<Move>& moves, Flavour flavour = {});

// The first `lines` lines of a text.
std::string head(const std::string& text, size_t lines);

// How many admissions all tests have asked for so far, by reason, and how many they were to ask
// for.
extern std::map<Reason, uint64_t> decisions;
uint64_t decisions_made();
uint64_t decisions_wanted();

}  // namespace calm::sim
