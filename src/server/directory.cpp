// The directory's records: one small JSON object each.
#include "server/directory.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "wire/fields.h"

namespace calm {
namespace {

namespace json = boost::json;
using wire::Fields;

constexpr std::string_view kAccounts = "accounts";
constexpr std::string_view kSecondFactors = "second_factors";
constexpr std::string_view kTokens = "api_tokens";
constexpr std::string_view kEnrolments = "enrolment_tokens";
constexpr std::string_view kHosts = "hosts";
constexpr std::string_view kStations = "stations";
constexpr std::string_view kVendors = "vendors";
constexpr std::string_view kPacks = "packs";
constexpr std::string_view kSuccessions = "successions";
constexpr std::string_view kSignals = "device_signals";
constexpr std::string_view kRetention = "retention";

store::Record record(std::string_view table, std::string key, const json::object& value) {
    return {.table = std::string(table), .key = std::move(key), .value = json::serialize(value)};
}

std::string number_key(uint32_t number) {
    return fmt::format("{:010}", number);  // so that keys sort as numbers do
}

// Reads every record of a table with `take(key, fields)`.
template <class Take>
Result<> each_record(store::JournalReader& reader, std::string_view table, Take take) {
    std::optional<Error> error;
    const auto damaged = [&](std::string_view key) {
        error =
            Error{"database_damaged", fmt::format("record `{}` of `{}` does not read", key, table)};
        return false;
    };
    CALM_TRY(reader.records(table, [&](std::string_view key, std::string_view value) {
        boost::system::error_code failed;
        const json::value parsed = json::parse({value.data(), value.size()}, failed);
        if (failed) return damaged(key);
        Fields fields(parsed);
        take(std::string(key), fields);
        return fields.finish() ? true : damaged(key);
    }));
    if (error) return std::unexpected(*error);
    return {};
}

Result<> each_document(store::JournalReader& reader, std::string_view table,
                       const store::RecordSink& sink) {
    return reader.records(table, sink);
}

SecondFactor read_second_factor(std::string account, Fields& fields) {
    SecondFactor factor{.account = std::move(account)};
    std::string salt;
    std::string secret;
    uint32_t last_step = 0;
    fields.text("salt", salt);
    fields.text("secret", secret);
    fields.number("last_step", last_step);
    fields.texts("recovery", factor.recovery_digests, kRecoveryCodes, 64);
    fields.time("removed_at", factor.removed_at);
    fields.text("removed_by", factor.removed_by);
    if (const auto bytes = array_from_hex<16>(salt)) factor.salt = *bytes;
    if (auto bytes = from_hex(secret)) factor.secret = std::move(*bytes);
    factor.last_step = last_step;
    return factor;
}

}  // namespace

Result<Directory> Directory::read(store::JournalReader& reader) {
    Directory out;
    CALM_TRY(each_record(reader, kAccounts, [&](std::string key, Fields& fields) {
        Account account{.name = std::move(key)};
        std::optional<Instant> created;
        fields.choice("role", account.role);
        fields.text("password_hash", account.password_hash);
        fields.time("created_at", created);
        fields.time("role_changed_at", account.role_changed_at);
        fields.text("role_changed_by", account.role_changed_by);
        account.created_at = created.value_or(Instant{});
        out.put(std::move(account));
    }));
    CALM_TRY(each_record(reader, kSecondFactors, [&](std::string key, Fields& fields) {
        out.put(read_second_factor(std::move(key), fields));
    }));
    CALM_TRY(each_record(reader, kTokens, [&](std::string key, Fields& fields) {
        ApiToken token{.digest = std::move(key)};
        fields.text("account", token.account);
        fields.text("label", token.label);
        fields.time("expires_at", token.expires_at);
        out.put(std::move(token));
    }));
    CALM_TRY(each_record(reader, kEnrolments, [&](std::string key, Fields& fields) {
        EnrolmentToken token{.digest = std::move(key)};
        std::optional<Instant> expires;
        fields.number("hosts_left", token.hosts_left);
        fields.time("expires_at", expires);
        token.expires_at = expires.value_or(Instant{});
        out.put(std::move(token));
    }));
    CALM_TRY(each_record(reader, kHosts, [&](const std::string& key, Fields& fields) {
        HostName host;
        std::string salt;
        fields.text("name", host.name);
        fields.text("salt", salt);
        if (const auto bytes = array_from_hex<16>(salt)) host.salt = *bytes;
        out.put(HostId{static_cast<uint32_t>(std::strtoul(key.c_str(), nullptr, 10))},
                std::move(host));
    }));
    CALM_TRY(each_record(reader, kStations, [&](const std::string& key, Fields& fields) {
        std::string name;
        fields.text("name", name);
        out.put_station({static_cast<uint32_t>(std::strtoul(key.c_str(), nullptr, 10))},
                        std::move(name));
    }));
    CALM_TRY(each_record(reader, kSignals, [&](std::string key, Fields& fields) {
        SubjectId device;
        fields.number("device", device.value);
        out.put_signal(std::move(key), device);
    }));
    CALM_TRY(each_record(reader, kRetention, [&](const std::string&, Fields& fields) {
        fields.number("days", out.names_kept_days_);
    }));
    CALM_TRY(each_document(reader, kVendors, [&](std::string_view key, std::string_view value) {
        out.put_vendor(std::string(key), std::string(value));
        return true;
    }));
    CALM_TRY(each_document(reader, kPacks, [&](std::string_view key, std::string_view value) {
        const std::string number(key);
        out.put_pack({static_cast<uint32_t>(std::strtoul(number.c_str(), nullptr, 10))},
                     std::string(value));
        return true;
    }));
    CALM_TRY(each_document(reader, kSuccessions, [&](std::string_view key, std::string_view value) {
        out.put_succession(std::string(key), std::string(value));
        return true;
    }));
    return out;
}

const Account* Directory::account(std::string_view name) const {
    const auto found = accounts_.find(name);
    return found == accounts_.end() ? nullptr : &found->second;
}

const SecondFactor* Directory::second_factor(std::string_view account) const {
    const auto found = second_factors_.find(account);
    return found == second_factors_.end() ? nullptr : &found->second;
}

const ApiToken* Directory::token(std::string_view digest) const {
    const auto found = tokens_.find(digest);
    return found == tokens_.end() ? nullptr : &found->second;
}

const EnrolmentToken* Directory::enrolment(std::string_view digest) const {
    const auto found = enrolments_.find(digest);
    return found == enrolments_.end() ? nullptr : &found->second;
}

const HostName* Directory::host(HostId host) const {
    const auto found = hosts_.find(host);
    return found == hosts_.end() ? nullptr : &found->second;
}

std::string_view Directory::host_name(HostId host) const {
    const HostName* found = this->host(host);
    return found == nullptr ? std::string_view() : std::string_view(found->name);
}

HostId Directory::find_host(std::string_view name) const {
    const auto found = hosts_by_name_.find(name);
    return found == hosts_by_name_.end() ? HostId{} : found->second;
}

std::string_view Directory::station_name(SubjectId station) const {
    const auto found = stations_.find(station);
    return found == stations_.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<SubjectId> Directory::stations_named(std::string_view name) const {
    std::vector<SubjectId> stations;
    const auto [first, last] = stations_by_name_.equal_range(name);
    for (auto each = first; each != last; ++each)
        stations.push_back(each->second);
    return stations;
}

void Directory::put_station(SubjectId station, std::string name) {
    erase_station(station);
    stations_by_name_.emplace(name, station);
    stations_.emplace(station, std::move(name));
}

void Directory::erase_station(SubjectId station) {
    if (stations_.erase(station) == 0) return;
    std::erase_if(stations_by_name_, [&](const auto& each) { return each.second == station; });
}

SubjectId Directory::device_of_signal(std::string_view digest) const {
    const auto found = signals_.find(digest);
    return found == signals_.end() ? SubjectId{} : found->second;
}

void Directory::put_signal(std::string digest, SubjectId device) {
    erase_signal(digest);
    signals_by_device_.emplace(device, digest);
    signals_.emplace(std::move(digest), device);
}

void Directory::erase_signal(std::string_view digest) {
    const auto found = signals_.find(digest);
    if (found == signals_.end()) return;
    const auto [first, last] = signals_by_device_.equal_range(found->second);
    for (auto each = first; each != last; ++each) {
        if (each->second != digest) continue;
        signals_by_device_.erase(each);
        break;
    }
    signals_.erase(found);
}

void Directory::erase_signals(SubjectId device) {
    const auto [first, last] = signals_by_device_.equal_range(device);
    for (auto each = first; each != last; ++each)
        signals_.erase(each->second);
    signals_by_device_.erase(first, last);
}

const std::string* Directory::vendor_document(std::string_view key_hex) const {
    const auto found = vendors_.find(key_hex);
    return found == vendors_.end() ? nullptr : &found->second;
}

const std::string* Directory::pack_document(PackId pack) const {
    const auto found = packs_.find(pack);
    return found == packs_.end() ? nullptr : &found->second;
}

const std::string* Directory::succession(std::string_view from) const {
    const auto found = successions_.find(from);
    return found == successions_.end() ? nullptr : &found->second;
}

void Directory::put(Account account) {
    std::string name = account.name;
    accounts_.insert_or_assign(std::move(name), std::move(account));
}

void Directory::put(SecondFactor factor) {
    std::string account = factor.account;
    second_factors_.insert_or_assign(std::move(account), std::move(factor));
}

void Directory::put(ApiToken token) {
    std::string digest = token.digest;
    tokens_.insert_or_assign(std::move(digest), std::move(token));
}

void Directory::put(EnrolmentToken token) {
    std::string digest = token.digest;
    enrolments_.insert_or_assign(std::move(digest), std::move(token));
}

void Directory::put(HostId host, HostName name) {
    hosts_by_name_.insert_or_assign(name.name, host);
    hosts_.insert_or_assign(host, std::move(name));
}

void Directory::put_vendor(std::string key_hex, std::string document) {
    vendors_.insert_or_assign(std::move(key_hex), std::move(document));
}

void Directory::put_pack(PackId pack, std::string document) {
    packs_.insert_or_assign(pack, std::move(document));
}

void Directory::put_succession(std::string from, std::string document) {
    successions_.insert_or_assign(std::move(from), std::move(document));
}

void Directory::erase_account(std::string_view name) {
    if (const auto found = accounts_.find(name); found != accounts_.end()) accounts_.erase(found);
    if (const auto found = second_factors_.find(name); found != second_factors_.end())
        second_factors_.erase(found);
    std::erase_if(tokens_, [&](const auto& each) { return each.second.account == name; });
}

void Directory::erase_enrolment(std::string_view digest) {
    if (const auto found = enrolments_.find(digest); found != enrolments_.end()) {
        enrolments_.erase(found);
    }
}

store::Record Directory::record_of(const Account& account) {
    json::object value{{"role", name_of(account.role)},
                       {"password_hash", account.password_hash},
                       {"created_at", to_rfc3339(account.created_at)}};
    if (account.role_changed_at) value["role_changed_at"] = to_rfc3339(*account.role_changed_at);
    if (!account.role_changed_by.empty()) value["role_changed_by"] = account.role_changed_by;
    return record(kAccounts, account.name, value);
}

store::Record Directory::record_of(const SecondFactor& factor) {
    json::object value{{"salt", to_hex(factor.salt)}};
    if (factor.on()) {
        value["secret"] = to_hex(as_bytes(factor.secret));
        value["last_step"] = factor.last_step;
        value["recovery"] = json::value_from(factor.recovery_digests);
    }
    if (factor.removed_at) value["removed_at"] = to_rfc3339(*factor.removed_at);
    if (!factor.removed_by.empty()) value["removed_by"] = factor.removed_by;
    return record(kSecondFactors, factor.account, value);
}

store::Record Directory::record_of(const ApiToken& token) {
    json::object value{{"account", token.account}, {"label", token.label}};
    if (token.expires_at) value["expires_at"] = to_rfc3339(*token.expires_at);
    return record(kTokens, token.digest, value);
}

store::Record Directory::record_of(const EnrolmentToken& token) {
    return record(kEnrolments, token.digest,
                  {{"hosts_left", token.hosts_left}, {"expires_at", to_rfc3339(token.expires_at)}});
}

store::Record Directory::record_of(HostId host, const HostName& name) {
    return record(kHosts, number_key(host.value),
                  {{"name", name.name}, {"salt", to_hex(name.salt)}});
}

store::Record Directory::station_record(SubjectId station, std::string_view name) {
    return record(kStations, number_key(station.value), {{"name", name}});
}

store::Record Directory::vendor_record(std::string_view key_hex, std::string_view document) {
    return {std::string(kVendors), std::string(key_hex), std::string(document)};
}

store::Record Directory::pack_record(PackId pack, std::string_view document) {
    return {std::string(kPacks), number_key(pack.value), std::string(document)};
}

store::Record Directory::succession_record(std::string_view from, std::string_view document) {
    return {std::string(kSuccessions), std::string(from), std::string(document)};
}

store::Record Directory::signal_record(std::string_view digest, SubjectId device) {
    return record(kSignals, std::string(digest), {{"device", device.value}});
}

store::Record Directory::names_kept_record(uint16_t days) {
    return record(kRetention, "names", {{"days", days}});
}

std::vector<store::RecordKey> Directory::signal_keys(SubjectId device) const {
    std::vector<store::RecordKey> keys;
    const auto [first, last] = signals_by_device_.equal_range(device);
    for (auto each = first; each != last; ++each)
        keys.push_back({std::string(kSignals), each->second});
    return keys;
}

std::vector<store::RecordKey> Directory::account_keys(std::string_view name) const {
    std::vector<store::RecordKey> keys{{std::string(kAccounts), std::string(name)},
                                       {std::string(kSecondFactors), std::string(name)}};
    for (const auto& [digest, token] : tokens_) {
        if (token.account == name) keys.push_back({std::string(kTokens), digest});
    }
    return keys;
}

}  // namespace calm
