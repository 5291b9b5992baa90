#include "http/own_certificate.h"

#include <filesystem>

#include <unistd.h>

namespace calm::http {
namespace {

namespace fs = std::filesystem;

// Clients pin it; nobody renews it every year.
constexpr int kYears = 10;

std::vector<std::string> names_of_this_machine() {
    std::vector<std::string> names;
    char host[256] = {};
    if (::gethostname(host, sizeof host - 1) == 0 && host[0] != '\0') names.emplace_back(host);
    names.insert(names.end(), {"localhost", "127.0.0.1", "::1"});
    return names;
}

}  // namespace

Result<TlsContext> own_certificate(const CertificatePlace& place, Instant now) {
    if (!place.certificate_file.empty())
        return TlsContext::load(place.certificate_file, place.key_file);
    const fs::path certificate = fs::path(place.directory) / "tls.crt";
    const fs::path key = fs::path(place.directory) / "tls.key";
    std::error_code ignored;  // of what cannot be made, the writing tells more
    if (!fs::exists(certificate, ignored)) {
        fs::create_directories(place.directory, ignored);
        CALM_TRY(
            make_self_signed({.names = place.names.empty() ? names_of_this_machine() : place.names,
                              .valid_from = now - days(1),
                              .valid_until = now + days(365 * kYears)},
                             certificate, key));
    }
    return TlsContext::load(certificate, key);
}

}  // namespace calm::http
