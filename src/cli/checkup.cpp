// Looking at the machine that a license server runs on.
#include "cli/checkup.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/examination.h"
#include "cli/json_view.h"
#include "cli/pools.h"
#include "cli/progress.h"
#include "client/http_client.h"

namespace calm::cli {
namespace {

using Level = Finding::Level;

constexpr uint64_t kRoomBad = 100'000'000;
constexpr uint64_t kRoomLow = 1'000'000'000;
constexpr auto kSlowSync = std::chrono::milliseconds(20);
constexpr int64_t kCertificateDaysLow = 30;

Finding check_room(const std::filesystem::path& directory) {
    struct statvfs room {};
    if (statvfs(directory.c_str(), &room) != 0) {
        return {"disk", Level::bad, "disk_unreadable", {{"why", std::strerror(errno)}}};
    }
    const uint64_t free = static_cast<uint64_t>(room.f_bavail) * room.f_frsize;
    const bool bad = free < kRoomBad;
    const bool low = free < kRoomLow;
    return {"disk",
            bad   ? Level::bad
            : low ? Level::warning
                  : Level::good,
            bad || low ? "disk_low" : "disk_good",
            {{"free", bytes_text(free)}, {"directory", directory.string()}}};
}

// SQLite's write-ahead log needs shared memory, which these cannot give.
Finding check_file_system(const std::filesystem::path& directory) {
    constexpr std::array<std::pair<uint64_t, const char*>, 6> kRemote{{{0x6969, "NFS"},
                                                                       {0xFF534D42, "CIFS"},
                                                                       {0xFE534D42, "SMB2"},
                                                                       {0x00C36400, "Ceph"},
                                                                       {0x01021997, "9P"},
                                                                       {0x5346414F, "AFS"}}};
    struct statfs system {};
    if (statfs(directory.c_str(), &system) != 0) {
        return {"file_system", Level::note, "file_system_unknown", {{"why", std::strerror(errno)}}};
    }
    const auto magic = static_cast<uint64_t>(static_cast<uint32_t>(system.f_type));
    for (const auto& [number, name] : kRemote) {
        if (magic == number) {
            return {"file_system", Level::bad, "file_system_remote", {{"name", name}}};
        }
    }
    return {"file_system", Level::good, "file_system_good", {}};
}

// Writes and syncs a small file, and takes the slowest of five.
Finding check_sync(const std::filesystem::path& directory) {
    const std::string file = directory / (".calm-doctor-" + std::to_string(getpid()));
    const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        const bool may_not = errno == EACCES;
        return {"fsync",
                may_not ? Level::note : Level::bad,
                may_not ? "sync_skipped" : "sync_failed",
                {{"why", std::strerror(errno)}, {"directory", directory.string()}}};
    }
    std::chrono::steady_clock::duration slowest{};
    int why = 0;
    for (int i = 0; i < 5 && why == 0; ++i) {
        const auto started = std::chrono::steady_clock::now();
        if (pwrite(fd, "calm", 4, i * 4096L) != 4 || fdatasync(fd) != 0) why = errno;
        slowest = std::max(slowest, std::chrono::steady_clock::now() - started);
    }
    close(fd);
    unlink(file.c_str());
    if (why != 0) {
        return {"fsync",
                Level::bad,
                "sync_failed",
                {{"why", std::strerror(why)}, {"directory", directory.string()}}};
    }
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(slowest);
    const bool slow = ms > kSlowSync;
    return {"fsync",
            slow ? Level::warning : Level::good,
            slow ? "sync_slow" : "sync_good",
            {{"ms", std::to_string(ms.count())}}};
}

Finding check_private(const std::filesystem::path& directory, const struct stat& about) {
    const bool open_to_others = (about.st_mode & 07) != 0;
    return {"permissions",
            open_to_others ? Level::bad : Level::good,
            open_to_others ? "directory_open" : "directory_private",
            {{"directory", directory.string()}}};
}

struct FileCloser {
    void operator()(FILE* file) const { fclose(file); }
};

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// Null when the file holds none.
Certificate read_certificate(const std::filesystem::path& file) {
    const std::unique_ptr<FILE, FileCloser> in(fopen(file.c_str(), "re"));
    if (!in) return {nullptr, X509_free};
    return {PEM_read_X509(in.get(), nullptr, nullptr, nullptr), X509_free};
}

}  // namespace

Findings check_data_directory(const std::filesystem::path& directory) {
    struct stat about {};
    if (stat(directory.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
        return {{"data_directory",
                 Level::bad,
                 "directory_missing",
                 {{"directory", directory.string()}}}};
    }
    return {check_private(directory, about), check_file_system(directory), check_room(directory),
            check_sync(directory)};
}

Finding check_clock_synchronised() {
    const bool bad = !system_clock_is_kept();
    return {"clock",
            bad ? Level::warning : Level::good,
            bad ? "clock_unsynchronised" : "clock_good",
            {}};
}

Finding check_sqlite() {
    // CALM itself was built with at least this one; an older library means that another was put
    // in its place.
    const bool old = sqlite3_libversion_number() < SQLITE_VERSION_NUMBER;
    return {"sqlite",
            old ? Level::warning : Level::good,
            old ? "sqlite_old" : "sqlite_good",
            {{"version", sqlite3_libversion()}, {"built_with", SQLITE_VERSION}}};
}

Findings check_certificate(const std::filesystem::path& file, Instant now) {
    if (access(file.c_str(), R_OK) != 0) {
        return {{"certificate", Level::note, "certificate_unreadable", {{"file", file.string()}}}};
    }
    const auto certificate = read_certificate(file);
    struct tm end {};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
        return {{"certificate", Level::bad, "certificate_malformed", {{"file", file.string()}}}};
    }
    const Instant until{timegm(&end)};
    const int64_t days_left = (until - now).count / days(1).count;
    const std::vector<std::pair<std::string, std::string>> values{
        {"until", to_rfc3339(until)}, {"days", std::to_string(days_left)}, {"file", file.string()}};
    if (until <= now) return {{"certificate", Level::bad, "certificate_expired", values}};
    if (days_left < kCertificateDaysLow) {
        return {{"certificate", Level::warning, "certificate_ends_soon", values}};
    }
    return {{"certificate", Level::good, "certificate_good", values}};
}

std::optional<Hash> certificate_hash(const std::filesystem::path& file) {
    const auto certificate = read_certificate(file);
    Hash hash{};
    unsigned int size = 0;
    if (!certificate || X509_digest(certificate.get(), EVP_sha256(), hash.data(), &size) != 1) {
        return std::nullopt;
    }
    return hash;
}

Finding check_tls(const std::string& address, uint16_t port, const Hash& certificate) {
    const bool everywhere = address == "0.0.0.0" || address == "::";
    const ServerAddress server{.kind = ServerAddress::Kind::https,
                               .host = everywhere ? "127.0.0.1" : address,
                               .port = port};
    HttpClient client(
        {.server = server, .pinned_certificate = certificate, .timeout = std::chrono::seconds(5)});
    const auto alive = client.send({.path = "/livez"});
    if (alive) return {"tls", Level::good, "tls_good", {{"server", to_string(server)}}};
    const bool other = alive.error().code == "server_untrusted";
    return {"tls",
            other ? Level::warning : Level::bad,
            other ? "tls_other" : "tls_silent",
            {{"server", to_string(server)}, {"why", alive.error().detail}}};
}

Finding check_socket(const std::filesystem::path& socket) {
    struct stat about {};
    if (stat(socket.c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) {
        return {"socket", Level::bad, "socket_missing", {{"socket", socket.string()}}};
    }
    if (access(socket.c_str(), W_OK) != 0) {
        return {"socket", Level::warning, "socket_closed", {{"socket", socket.string()}}};
    }
    return {"socket", Level::good, "socket_good", {{"socket", socket.string()}}};
}

Findings check_status(const boost::json::value& status) {
    Findings found;
    const auto* const issuing = find_at(status, "issuing");
    const bool issues = issuing == nullptr || !issuing->is_bool() || issuing->get_bool();
    found.push_back({"issuing",
                     issues ? Level::good : Level::bad,
                     issues ? "issuing_good" : "issuing_stopped",
                     {}});
    const std::string clock = text_at(status, "clock.state");
    const std::vector<std::pair<std::string, std::string>> clock_values{
        {"seconds", std::to_string(std::abs(number_at(status, "clock.difference_s")))},
        {"time", text_at(status, "ledger_time")}};
    if (clock == "ahead") {
        found.push_back({"ledger_time", Level::bad, "ledger_time_stands", clock_values});
    } else if (clock == "behind") {
        found.push_back({"ledger_time", Level::warning, "ledger_time_ahead", clock_values});
    } else {
        found.push_back({"ledger_time", Level::good, "ledger_time_good", clock_values});
    }
    if (number_at(status, "restore.hosts_awaited") > 0) {
        found.push_back({"restore",
                         Level::warning,
                         "restore_window",
                         {{"hosts", text_at(status, "restore.hosts_awaited")},
                          {"until", text_at(status, "restore.until")}}});
    }
    for (const auto& each : array_at(status, "activations")) {
        const bool activated = text_at(each, "state") == "activated";
        found.push_back({"activation",
                         activated ? Level::good : Level::bad,
                         activated ? "activation_good" : "activation_missing",
                         {{"vendor", text_at(each, "vendor")}, {"until", text_at(each, "until")}}});
    }
    const bool alerts = number_at(status, "alerts.open") > 0;
    found.push_back({"alerts",
                     alerts ? Level::warning : Level::good,
                     alerts ? "alerts_open" : "alerts_none",
                     {{"open", text_at(status, "alerts.open")},
                      {"critical", text_at(status, "alerts.critical")}}});
    for (const Pool& pool : pools_of(status)) {
        const unsigned threshold = pool.warning();
        const Level level = threshold >= 100 && pool.requirement == "activated" ? Level::bad
                            : threshold > 0                                     ? Level::warning
                                                                                : Level::good;
        const char* const key = threshold == 0     ? "pool_good"
                                : pool.overuse > 0 ? "pool_overused"
                                                   : "pool_filling";
        found.push_back({"pool",
                         level,
                         key,
                         {{"product", pool.product},
                          {"used", std::to_string(pool.used)},
                          {"owned", std::to_string(pool.owned)},
                          {"percent", std::to_string(pool.percent())},
                          {"overuse", std::to_string(pool.overuse)}}});
    }
    return found;
}

}  // namespace calm::cli
