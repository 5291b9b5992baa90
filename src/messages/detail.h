// The details of errors in the language of whoever reads them. The code makes them in English; a
// log keeps them so. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "messages/messages.h"

namespace calm {

// What is longer stays English: a detail is a sentence, and part of it may come from outside.
inline constexpr size_t kDetailTranslatedMax = 4096;

// An Error's detail as a person reads it. The English sentence is its own key: i18n/details.fr.json
// has the French of each template, and scripts/check-details sees to it that none is missing. What
// was put into the sentence is translated too, unless it stands in `backticks`: that is somebody's
// own word. A sentence that is not known stays English.
std::string translated_detail(Language language, std::string_view english);

}  // namespace calm
