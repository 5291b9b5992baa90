// The state directory, file by file.
#include "agent/host_files.h"

#include <boost/json/parse.hpp>
#include <dirent.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/sealed_file.h"
#include "base/bytes.h"
#include "wire/fields.h"

namespace calm {
namespace {

// Between writing a state and the end of its rename. A copy made later than this is told from it.
constexpr Seconds kWritingMax = minutes(1);
constexpr size_t kKeyFileMax = 256;

Result<boost::json::value> parse_json(const std::string& text) {
    boost::system::error_code error;
    auto value = boost::json::parse(text, error);
    if (error) return fail("host_state_malformed", "it is not JSON");
    return value;
}

bool exists(const std::string& path) {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0;
}

Result<ShelvedToken> parse_token(const std::string& text) {
    ShelvedToken token;
    CALM_TRY_ASSIGN(const auto json, parse_json(text));
    wire::Fields fields(json);
    fields.text("product", token.product);
    fields.choice("kind", token.kind);
    fields.text("name", token.name);
    fields.text("token", token.text, 8192);
    for (const char* name : {"product", "kind", "name", "token"})
        fields.require(name);
    CALM_TRY(fields.finish());
    return token;
}

std::string to_json(const ShelvedToken& token) {
    std::string out = R"({"product":)";
    wire::append_json_string(out, token.product);
    out += fmt::format(R"(,"kind":"{}","name":)", name_of(token.kind));
    wire::append_json_string(out, token.name);
    out += R"(,"token":)";
    wire::append_json_string(out, token.text);
    out += '}';
    return out;
}

}  // namespace

HostFiles::HostFiles(std::string directory, const std::optional<LedgerId>& further)
    : directory_(std::move(directory)), ledger_(further ? to_string(*further) : "") {
    place_ = ledger_.empty() ? directory_ : directory_ + "/servers/" + ledger_;
}

// A file of one ledger that is put into another one's place is a file of another purpose.
std::string HostFiles::purpose(const char* file) const {
    return ledger_.empty() ? file : file + (" of " + ledger_);
}

Result<SecretKey> HostFiles::read_key() {
    const std::string file = key_path();
    struct stat info {};
    if (lstat(file.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
        return fail("host_key_malformed", fmt::format("others may read `{}`; it should have mode "
                                                      "0600",
                                                      file));
    }
    CALM_TRY_ASSIGN(std::string text, read_file(file, kKeyFileMax));
    while (text.ends_with('\n'))
        text.pop_back();
    auto seed = array_from_hex<32>(text);
    wipe(text);
    if (!seed) return fail("host_key_malformed", fmt::format("`{}` holds no key", file));
    SecretKey key = SecretKey::from_seed(*seed);
    wipe(*seed);
    return key;
}

Result<SecretKey> HostFiles::key_for_enrolment() {
    CALM_TRY(make_directory(directory_));
    if (exists(key_path())) return read_key();
    Seed seed;
    randombytes_buf(seed.data(), seed.size());
    std::string text = to_hex(seed) + "\n";
    const auto kept = write_file(key_path(), text, 0600);
    wipe(text);
    SecretKey key = SecretKey::from_seed(seed);
    wipe(seed);
    if (!kept) return std::unexpected(kept.error());
    return key;
}

Result<> HostFiles::keep_enrolment(const SecretKey& key, const wire::Enrolled& enrolled) {
    std::string text;
    wire::write_enrolled(text, enrolled);
    if (!ledger_.empty()) {
        CALM_TRY(make_directory(directory_ + "/servers"));
        CALM_TRY(make_directory(place_));
    }
    return write_sealed_file(path("enrolment.json"), key, purpose("enrolment"), text);
}

Result<HostIdentity> HostFiles::identity() {
    if (!exists(key_path()) || !exists(path("enrolment.json"))) {
        return fail("host_not_enrolled", fmt::format("there is no enrolment in `{}`", place_));
    }
    CALM_TRY_ASSIGN(SecretKey key, read_key());
    const auto file =
        read_sealed_file(path("enrolment.json"), key.public_key(), purpose("enrolment"));
    if (!file) return fail("host_not_enrolled", file.error().detail);
    const auto json = parse_json(file->content);
    if (!json) return fail("host_not_enrolled", json.error().detail);
    const auto enrolled = wire::parse_enrolled(*json);
    if (!enrolled) return fail("host_not_enrolled", enrolled.error().detail);
    if (!ledger_.empty() && enrolled->ledger != ledger_) {
        return fail("host_not_enrolled", fmt::format("`{}` is of another license server", place_));
    }
    return HostIdentity{.host = enrolled->host,
                        .ledger_identity = PublicKey{enrolled->identity},
                        .key = std::move(key)};
}

// The file is {"from":["ID",…],"servers":"host.toml's sections, one for each"}.
std::vector<Followed> HostFiles::load_followed(const SecretKey& key) {
    std::vector<Followed> followed;
    const auto file = read_sealed_file(directory_ + "/followed.json", key.public_key(), "followed");
    if (!file) return followed;
    const auto json = parse_json(file->content);
    if (!json) return followed;
    std::string servers;
    std::vector<std::string> from;
    wire::Fields fields(*json);
    fields.text("servers", servers, file->content.size());
    if (const auto* list = fields.any("from"); list != nullptr && list->is_array()) {
        for (const auto& each : list->get_array())
            from.emplace_back(each.is_string() ? each.get_string().c_str() : "");
    }
    const auto config = parse_host_config(servers);
    if (!fields.finish() || !config || config->servers.size() != from.size()) return followed;
    for (size_t i = 0; i < from.size(); ++i) {
        const auto id = parse_ledger_id(from[i]);
        if (!id || !config->servers[i].license_server) return {};
        followed.push_back({.from = *id, .server = config->servers[i]});
    }
    return followed;
}

Result<> HostFiles::keep_followed(const SecretKey& key, const std::vector<Followed>& followed) {
    std::string text = R"({"from":[)";
    std::string servers;
    for (const Followed& each : followed) {
        text += fmt::format(R"({}"{}")", servers.empty() ? "" : ",", to_string(each.from));
        servers += to_toml(each.server);
    }
    text += R"(],"servers":)";
    wire::append_json_string(text, servers);
    text += '}';
    return write_sealed_file(directory_ + "/followed.json", key, "followed", text);
}

bool HostFiles::has_state() const {
    return exists(path("state.json"));
}

// The file is {"written_at":…,"state":{…}}.
Result<HostState> HostFiles::load_state(const SecretKey& key) {
    CALM_TRY_ASSIGN(const SealedFile file,
                    read_sealed_file(path("state.json"), key.public_key(), purpose("state")));
    CALM_TRY_ASSIGN(const auto json, parse_json(file.content));
    std::optional<Instant> written_at;
    std::string state;
    wire::Fields fields(json);
    fields.time("written_at", written_at);
    fields.text("state", state, file.content.size());
    fields.require("written_at");
    fields.require("state");
    if (const auto sound = fields.finish(); !sound) {
        return fail("host_state_malformed", sound.error().detail);
    }
    if (file.changed > *written_at + kWritingMax) {
        return fail("host_state_malformed",
                    fmt::format("`{}` was written at {} and put there at {}", path("state.json"),
                                to_rfc3339(*written_at), to_rfc3339(file.changed)));
    }
    return parse_host_state(state);
}

Result<> HostFiles::keep_state(const SecretKey& key, const HostState& state, Instant wall) {
    std::string text = fmt::format(R"({{"written_at":"{}","state":)", to_rfc3339(wall));
    wire::append_json_string(text, calm::to_json(state));
    text += '}';
    return write_sealed_file(path("state.json"), key, purpose("state"), text);
}

// A name says nothing about its holder: the directory may end up in a backup.
std::string HostFiles::token_path(const std::string& token_key) const {
    const Hash hash = sha256(token_key);
    return path("tokens/" + to_hex(std::span(hash).first(16)));
}

std::vector<ShelvedToken> HostFiles::load_tokens(const SecretKey& key) {
    std::vector<ShelvedToken> tokens;
    const std::string directory = path("tokens");
    DIR* const listing = opendir(directory.c_str());
    if (listing == nullptr) return tokens;
    while (const dirent* entry = readdir(listing)) {
        const std::string file = directory + "/" + entry->d_name;
        if (entry->d_name[0] == '.' || tokens.size() >= TokenShelf::kTokensMax) continue;
        const auto sealed = read_sealed_file(file, key.public_key(), purpose("token"));
        auto token = sealed ? parse_token(sealed->content)
                            : Result<ShelvedToken>(std::unexpected(sealed.error()));
        if (token && token_path(TokenShelf::key(*token)) == file) {
            tokens.push_back(std::move(*token));
        } else {
            unlink(file.c_str());
        }
    }
    closedir(listing);
    return tokens;
}

Result<> HostFiles::keep_token(const SecretKey& key, const Client::TokenChange& change) {
    const std::string file = token_path(change.key);
    if (!change.token) {
        unlink(file.c_str());
        return {};
    }
    CALM_TRY(make_directory(path("tokens")));
    return write_sealed_file(file, key, purpose("token"), to_json(*change.token));
}

}  // namespace calm
