// Passphrases, from a file or from the person. The caller wipes what it is given.
#pragma once

#include <string>

#include "cli/call.h"

namespace calm::cli {

// A new one, typed twice. Errors: `passphrases_differ`, `passphrase_too_short`, `input_needed`,
// those of reading the file.
Result<std::string> new_passphrase(Call& call, const std::string& file);

// An existing one. Errors: `input_needed`, those of reading the file.
Result<std::string> known_passphrase(Call& call, const std::string& file);

// A password for an account, typed twice when it is a new one; `option` names its file. Errors: the
// same.
Result<std::string> read_password(Call& call, const std::string& file, bool is_new,
                                  std::string_view option = "--password-file");

}  // namespace calm::cli
