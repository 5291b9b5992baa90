// links: calm_server
// calmd.toml and its environment: any text is settings or an error that says where; what was read
// is the same when it is given key by key in the environment, which wins over the file.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "server/settings.h"

namespace {

using calm::read_settings;
using calm::Settings;

std::map<std::string, std::string> shown(const Settings& settings) {
    std::map<std::string, std::string> out;
    for (const auto& row : calm::setting_rows())
        out.emplace(row.environment, row.show(settings));
    return out;
}

bool is_said(const calm::Error& error) {
    return error.code.starts_with("setting") && !error.detail.empty();
}

}  // namespace

// The input is a file; what stands before a NUL, if there is one, is the value of every key in the
// environment.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const size_t nul = text.find('\0');
    if (nul != std::string_view::npos) {
        for (const auto& row : calm::setting_rows()) {
            const auto set =
                read_settings(text.substr(nul + 1),
                              {{std::string(row.environment), std::string(text.substr(0, nul))}});
            if (!set && !is_said(set.error())) std::abort();
        }
        return 0;
    }
    const auto settings = read_settings(text, {});
    if (!settings) {
        if (!is_said(settings.error())) std::abort();
        return 0;
    }
    const auto again = read_settings("[log]\nlevel = \"error\"\n", shown(*settings));
    if (!again || shown(*again) != shown(*settings)) std::abort();
    return 0;
}
