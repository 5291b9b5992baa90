// A signed key pack comes in: from a person, or in a clearinghouse's answer. The rules are in
// core/verbs.h; here is what stands around them: its product, its document.
#pragma once

#include <string_view>

#include "server/api.h"
#include "server/moved_pack.h"

namespace calm {

// What installing it would write, and which pack it will be.
struct PackToInstall {
    entry::PackInstalled terms;
    std::string document;
    PackId pack;  // of a renewal the one that it renews
};

// The product that it defines is defined from here on, if nobody has. Errors: those of
// admissible_pack.
Result<PackToInstall> pack_to_install(Api& api, const BroughtPack& brought);

// Installs or renews it; `done` follows when that is durable. Errors of the rules come before
// anything is written.
void install_pack(Api& api, const PackToInstall& pack, std::optional<RequestMark> mark,
                  Done<Committed> done);

}  // namespace calm
