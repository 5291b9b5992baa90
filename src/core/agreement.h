// Agreement: what a volume pack was bought under: the program and the number of the customer's
// agreement, written as that program writes it (facts rd-licensing 4.2). A number names a contract,
// not a person, so it may stand in the log.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/terms.h"

namespace calm {

struct Agreement {
    AgreementProgram program = AgreementProgram::open;
    std::string number;

    bool operator==(const Agreement&) const = default;
};

// `open`: the license number of 8 digits, and behind a dash the authorization number of 15 letters
// and digits where it is known; every other program: 7 digits. Errors: `bad_agreement`.
Result<> check_agreement(const Agreement& agreement);

// "open:12345678"; the program's name in any case, spaces and dashes for the underscore. Errors:
// `bad_agreement`.
Result<Agreement> parse_agreement(std::string_view text);

}  // namespace calm
