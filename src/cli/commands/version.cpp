// calm version
#include <boost/json.hpp>
#include <curl/curl.h>
#include <sodium.h>
#include <sqlite3.h>

#include "cli/commands/declare.h"

namespace calm::cli {

Action declare_version(Form&) {
    return [](Call& call) {
        if (call.json()) {
            call.print_json(
                boost::json::object{{"version", CALM_VERSION},
                                    {"sqlite", sqlite3_libversion()},
                                    {"libsodium", sodium_version_string()},
                                    {"libcurl", curl_version_info(CURLVERSION_NOW)->version}});
        } else {
            call.print_line("calm " CALM_VERSION);
        }
        return Exit::ok;
    };
}

}  // namespace calm::cli
