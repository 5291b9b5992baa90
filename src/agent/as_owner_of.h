// AsOwnerOf: while it lives, root acts as the account that a directory belongs to, so that what is
// written there can be read by the agent, which does not run as root. It changes nothing for
// others, nor where the directory is missing or root's own. Not for programs with threads: it is
// the whole process that changes.
#pragma once

#include <string>

#include <sys/types.h>

namespace calm {

class AsOwnerOf {
  public:
    explicit AsOwnerOf(const std::string& directory);
    ~AsOwnerOf();
    AsOwnerOf(const AsOwnerOf&) = delete;
    AsOwnerOf& operator=(const AsOwnerOf&) = delete;

  private:
    bool changed_ = false;
    gid_t own_group_ = 0;
};

}  // namespace calm
