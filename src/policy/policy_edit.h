// What an editor does to a Registry.pol: one setting becomes configured or not, and every other
// entry stays as it is and where it is. Pure.
#pragma once

#include "policy/host_policy.h"

namespace calm {

void set_not_configured(RegistryPol& entries, const PolicyItem& item);

// A flag becomes 0; of anything else the value is taken away by a directive, as editors do it.
void set_disabled(RegistryPol& entries, const PolicyItem& item);

// REQUIRES: of the item's form; the texts without a NUL.
void set_flag(RegistryPol& entries, const PolicyItem& item);
void set_number(RegistryPol& entries, const PolicyItem& item, uint32_t number);
void set_text(RegistryPol& entries, const PolicyItem& item, std::string_view text);
void set_list(RegistryPol& entries, const PolicyItem& item, const HostPolicy::Pairs& list);

// How many entries are somebody else's.
size_t count_others(const RegistryPol& entries);

}  // namespace calm
