// Moves as rapidcheck makes them: it shortens a failing history by leaving moves out.
#pragma once

#include <rapidcheck.h>

#include "history.h"

namespace calm::sim {

inline rc::Gen<std::vector<Move>> moves(int at_most = 400) {
    const auto move = rc::gen::noShrink(rc::gen::inRange<Move>(0, Move{1} << 62));
    return rc::gen::resize(at_most, rc::gen::container<std::vector<Move>>(move));
}

}  // namespace calm::sim
