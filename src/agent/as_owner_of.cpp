#include "agent/as_owner_of.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"

namespace calm {

AsOwnerOf::AsOwnerOf(const std::string& directory) : own_group_(getegid()) {
    struct stat owner {};
    if (geteuid() != 0 || stat(directory.c_str(), &owner) != 0 || owner.st_uid == 0) return;
    // The group first: whoever is not root any more cannot change it.
    if (setegid(owner.st_gid) != 0) return;
    if (seteuid(owner.st_uid) != 0) {
        CALM_ASSERT(setegid(own_group_) == 0);
        return;
    }
    changed_ = true;
}

AsOwnerOf::~AsOwnerOf() {
    if (!changed_) return;
    CALM_ASSERT(seteuid(0) == 0);
    CALM_ASSERT(setegid(own_group_) == 0);
}

}  // namespace calm
