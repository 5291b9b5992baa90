// The salted commitment that stands in the log in place of a name: whoever has name and salt can
// show that the log means this name, and without the salt the log says nothing about it. Erasing
// the salt and the name erases the person from a log that nobody can rewrite.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "core/entry.h"
#include "core/terms.h"

namespace calm {

// SHA-256(salt || kind || 0x00 || name). `kind` keeps a user from passing for a device of that
// name; it is the holder kind's name, "host" or "account". `name` is UTF-8 in the normal form that
// the server uses. REQUIRES: the salt is random and used for this name only.
Hash commitment_to(const Bytes16& salt, std::string_view kind, std::string_view name);
Hash commitment_to(const Bytes16& salt, HolderKind kind, std::string_view name);

}  // namespace calm
