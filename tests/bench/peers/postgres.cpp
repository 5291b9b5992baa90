// PostgreSQL as a peer: a cluster of its own in a temporary directory, reached by a Unix socket
// only, asked by pgbench with one transaction for each grant, on one pool row that all of them
// change.
#include "postgres.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

namespace calm::bench {
namespace {

namespace fs = std::filesystem;

// The same claim as Redis' script: a seat of a pool for a holder, once, with an audit line.
constexpr const char* kSchema = R"(
CREATE TABLE pool (id int PRIMARY KEY, quantity bigint NOT NULL, used bigint NOT NULL);
INSERT INTO pool VALUES (1, 100000000, 0);
CREATE TABLE held (holder text PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE audit (id bigserial PRIMARY KEY, holder text NOT NULL, at timestamptz NOT NULL);
CREATE FUNCTION claim(who text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM held WHERE holder = who) THEN RETURN 'held'; END IF;
  UPDATE pool SET used = used + 1 WHERE id = 1 AND used < quantity;
  IF NOT FOUND THEN RETURN 'none'; END IF;
  INSERT INTO held VALUES (who, now());
  INSERT INTO audit (holder, at) VALUES (who, now());
  RETURN 'issued';
END $$;
)";

constexpr const char* kGrant =
    "\\set n random(1, 9000000000000000)\n"
    "SELECT claim('holder-' || :n || '@example.org');\n";

// Debian keeps the server's programs off PATH, one folder for each version.
std::string newest_programs() {
    std::string found;
    int newest = 0;
    std::error_code missing;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", missing)) {
        const int number = std::atoi(version.path().filename().c_str());
        if (number <= newest || !fs::exists(version.path() / "bin/initdb")) continue;
        newest = number;
        found = (version.path() / "bin").string();
    }
    return found;
}

// PostgreSQL refuses to run as root.
const passwd* other_user() {
    if (::geteuid() != 0) return nullptr;
    const passwd* user = ::getpwnam("postgres");
    return user != nullptr ? user : ::getpwnam("nobody");
}

void write_file(const std::string& path, const char* text) {
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
}

}  // namespace

Postgres::Postgres(int core, unsigned slower_us) : programs_(newest_programs()), core_(core) {
    if (programs_.empty()) return;
    const passwd* user = other_user();
    if (user != nullptr) {
        prefix_ = {"setpriv", fmt::format("--reuid={}", user->pw_uid),
                   fmt::format("--regid={}", user->pw_gid), "--clear-groups"};
        if (::chown(directory_.path().c_str(), user->pw_uid, user->pw_gid) != 0) return;
    }
    const std::string log = directory_ / "log";
    write_file(directory_ / "schema.sql", kSchema);
    write_file(directory_ / "grant.sql", kGrant);
    if (!shell(fmt::format("{}/initdb -D {}/data -A trust -U bench --no-sync", programs_,
                           directory_.path()))) {
        return;
    }
    std::map<std::string, std::string> environment;
    if (slower_us > 0) {
        environment = {{"LD_PRELOAD", SLOW_FSYNC}, {"SLOW_FSYNC_US", std::to_string(slower_us)}};
    }
    std::vector<std::string> command = prefix_;
    for (const std::string& word :
         {programs_ + "/postgres", std::string("-D"), directory_ / "data", std::string("-c"),
          std::string("listen_addresses="), std::string("-c"),
          "unix_socket_directories=" + directory_.path(), std::string("-c"),
          std::string("max_connections=300"), std::string("-c"),
          std::string("shared_buffers=256MB")}) {
        command.push_back(word);
    }
    process_ = Process(command, core_, log, environment);
    for (int i = 0; i < 100 && !ready_; ++i) {
        ready_ = shell(fmt::format("{}/psql -h {} -U bench -q -f {}/schema.sql postgres", programs_,
                                   directory_.path(), directory_.path()));
        if (!ready_) ::usleep(100'000);
    }
}

// Runs as the cluster's owner; what it says goes to the log.
bool Postgres::shell(const std::string& command) const {
    std::string line;
    for (const std::string& word : prefix_)
        line += word + ' ';
    line += command + " >>" + (directory_ / "shell.log") + " 2>&1";
    return std::system(line.c_str()) == 0;
}

double Postgres::grants_per_second(unsigned clients, double seconds) const {
    std::string line = "taskset -c 1 ";
    for (const std::string& word : prefix_)
        line += word + ' ';
    line +=
        fmt::format("{}/pgbench -n -h {} -U bench -c {} -j 1 -T {:.0f} -M prepared -f {} postgres",
                    programs_, directory_.path(), clients, seconds, directory_ / "grant.sql");
    FILE* pipe = ::popen((line + " 2>>" + (directory_ / "shell.log")).c_str(), "r");
    char text[512];
    double rate = 0;
    while (pipe != nullptr && std::fgets(text, sizeof text, pipe) != nullptr) {
        if (const char* at = std::strstr(text, "tps = ")) rate = std::atof(at + 6);
    }
    if (pipe != nullptr) ::pclose(pipe);
    return rate;
}

}  // namespace calm::bench
