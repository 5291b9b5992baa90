// What becomes of a host that may enrol, whatever lets it: a token, or its place at a server that
// this one took over from. Loop thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/api.h"

namespace calm {

struct NewHost {
    std::string name;  // normalised
    KeyBytes key{};
    LicensingMode mode = LicensingMode::either;
    Instant grace_until;  // end of its initial grace
};

// Whether a host is known by this name, which is answered then: the same one asking again because
// the answer was lost, or another (`host_name_taken`).
bool answer_known_host(Api& api, std::string_view name, const KeyBytes& key,
                       http::Responder& responder);

// Writes the host, with `extras`, and answers 201. `undo` is called when it cannot be written.
void add_host(Api& api, const NewHost& wanted, Extras extras, http::Responder responder,
              std::function<void()> undo);

}  // namespace calm
