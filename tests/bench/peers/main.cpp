// calm-bench [a b c d e f g h p]: the questions of docs/performance.md, each answered beside its
// peer in one run: interleaved rounds, medians, ratios. Server on core 0, client on core 1.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "load.h"

namespace calm::bench {
void durable_grants();  // a
void checks();          // b
void latency();         // c
void scale();           // d, e
void storm();           // f
void pools();           // g
void size();            // h
void cost();            // p
}  // namespace calm::bench

int main(int argc, char** argv) {
    using namespace calm::bench;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    pin_to(1);
    const auto wanted = [&](std::string_view letter) {
        for (int i = 1; i < argc; ++i) {
            if (letter == argv[i]) return true;
        }
        return argc == 1;
    };
    if (wanted("a")) durable_grants();
    if (wanted("b")) checks();
    if (wanted("c")) latency();
    if (wanted("d") || wanted("e")) scale();
    if (wanted("f")) storm();
    if (wanted("g")) pools();
    if (wanted("h")) size();
    if (wanted("p")) cost();
    return 0;
}
