// ConsoleFiles: the console's pages as the build made them: one block of bytes in the program
// (scripts/build-console, web/scripts/bundle.mjs), served with the headers that keep a browser
// from running anything else. Knows nothing of licensing; the pages use the API like everybody.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/routes.h"

namespace calm {

class ConsoleFiles {
  public:
    struct File {
        std::string_view type;
        std::string_view bytes;
        bool gzip = false;
    };

    // Reads the block, whose bytes outlive this. Errors: `bad_console`.
    static Result<ConsoleFiles> read(std::string_view block);

    // nullptr: there is none.
    const File* find(std::string_view name) const;
    const std::map<std::string_view, File>& files() const { return files_; }
    // Of the first page, for ETag.
    const std::string& page_tag() const { return page_tag_; }

  private:
    std::map<std::string_view, File> files_;
    std::string page_tag_;
};

// The console that this program was built with: every page at /console/{page}, Home at /, and its
// scripts, styles and fonts under /assets.
Result<std::vector<http::Route>> console_routes();

}  // namespace calm
