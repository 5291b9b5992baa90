// A record for each entry, by its number.
#include "server/entry_actors.h"

#include <fmt/format.h>

#include "server/license_server.h"
#include "wire/fields.h"

namespace calm {
namespace {

constexpr std::string_view kTable = "entry_actor";

// Keys are in the order of the log.
std::string key_of(uint64_t sequence) {
    return fmt::format("{:016x}", sequence);
}

}  // namespace

store::Record actor_record(uint64_t sequence, std::string account) {
    return {.table = std::string(kTable), .key = key_of(sequence), .value = std::move(account)};
}

Result<std::string> actors_json(store::JournalReader& reader, uint64_t from, uint64_t limit) {
    CALM_TRY_ASSIGN(const uint64_t size, reader.size());
    std::string out = R"({"actors":[)";
    for (uint64_t sequence = from; sequence - from < limit && sequence < size; ++sequence) {
        CALM_TRY_ASSIGN(const auto account, reader.record(kTable, key_of(sequence)));
        if (!account) continue;
        if (out.back() == '}') out += ',';
        fmt::format_to(std::back_inserter(out), R"({{"sequence":{},"account":)", sequence);
        wire::append_json_string(out, *account);
        out += '}';
    }
    return out += "]}";
}

ActingFor::ActingFor(LicenseServer& server, std::string_view account) : server_(server) {
    server_.set_actor(account);
}

ActingFor::~ActingFor() {
    server_.set_actor({});
}

}  // namespace calm
