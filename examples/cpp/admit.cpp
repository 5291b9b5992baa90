// admit.cpp: lets one person in, if they have a license, until standard input ends.
//
//   admit PRODUCT USER [SOCKET]
//
// Exits with 0 when the person was let in, 1 when they were refused, 2 when nobody could say.
//
//   c++ -std=c++17 admit.cpp $(pkg-config --cflags --libs calm) -o admit
#include <iostream>
#include <limits>

#include <calm/calm.hpp>

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4) {
        std::cerr << "usage: admit PRODUCT USER [SOCKET]\n";
        return 2;
    }
    calm::Options options;
    options.socket_path = argc > 3 ? argv[3] : nullptr;
    options.check_every_s = 1;  // to see it at once; a minute is what a server wants
    auto handle = calm::Handle::open(options);
    if (!handle) {
        std::cerr << "admit: " << calm::text(handle.error()) << '\n';
        return 2;
    }

    const calm::Request request(argv[1], argv[2]);
    const auto answer = handle->admit(request);
    if (!answer) {
        std::cerr << "admit: " << calm::name(answer.error()) << ": " << answer.sentence() << '\n';
        return 2;
    }
    if (!answer->admitted()) {
        std::cout << "refused (" << answer->reason() << "): " << answer->sentence() << '\n';
        return 1;
    }
    std::cout << "admitted (" << answer->reason()
              << "), days left: " << answer->days_left().value_or(-1) << std::endl;

    // From the logon to the end of this scope.
    const char* user = argv[2];
    const auto session = handle->begin(request, [user](const calm::Answer& lost) {
        std::cout << user << " should leave: " << lost.sentence() << std::endl;
    });
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
    return 0;
}
