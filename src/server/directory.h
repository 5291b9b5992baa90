// Directory: what is kept beside the ledger in erasable records, in memory: accounts and their
// tokens, enrolment tokens, the names of hosts, the documents of vendors and packs. The records are
// written first (LicenseServer::keep, ::change); the caller then puts the change here. Loop thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "server/access.h"
#include "store/journal.h"

namespace calm {

inline constexpr size_t kRecoveryCodes = 10;

struct Account {
    std::string name;  // [a-z0-9][a-z0-9._-]{0,63}
    Role role = Role::viewer;
    std::string password_hash;  // Argon2id, libsodium's text form; empty: signs in with tokens only
    Instant created_at;
    std::optional<Instant> role_changed_at;
    std::string role_changed_by;  // an account; empty: the server's own machine
    bool leaving = false;         // its removal is on its way to the disk; never kept
};

struct ApiToken {
    std::string digest;  // hex of the token's SHA-256
    std::string account;
    std::string label;
    std::optional<Instant> expires_at;
};

// The second step of an account's sign-in (http/one_time_code.h), or how it was turned off. The
// secret has to be used, so it stands here as it is, as the node's own keys do.
struct SecondFactor {
    std::string account;
    std::array<uint8_t, 16> salt{};  // of the commitment to the account's name in the log
    std::string secret;              // bytes; empty: it is off
    uint64_t last_step = 0;          // whose code was the last one to count
    std::vector<std::string> recovery_digests;  // of the codes that are left
    std::optional<Instant> removed_at;
    std::string removed_by;  // an account; empty: the server's own machine

    bool on() const { return !secret.empty(); }
};

struct EnrolmentToken {
    std::string digest;
    uint32_t hosts_left = 0;
    Instant expires_at;
};

struct HostName {
    std::string name;
    std::array<uint8_t, 16> salt{};
};

class Directory {
  public:
    // Errors: those of the reader, `database_damaged` when a record does not read.
    static Result<Directory> read(store::JournalReader& reader);

    const std::map<std::string, Account, std::less<>>& accounts() const { return accounts_; }
    const Account* account(std::string_view name) const;
    const SecondFactor* second_factor(std::string_view account) const;  // nullptr: never had one
    const ApiToken* token(std::string_view digest) const;
    const EnrolmentToken* enrolment(std::string_view digest) const;
    const HostName* host(HostId host) const;
    std::string_view host_name(HostId host) const;  // empty: unknown
    HostId find_host(std::string_view name) const;
    std::string_view station_name(SubjectId station) const;              // empty: no station
    std::vector<SubjectId> stations_named(std::string_view name) const;  // on whatever host
    const std::string* vendor_document(std::string_view key_hex) const;
    const std::map<std::string, std::string, std::less<>>& vendors() const { return vendors_; }
    const std::string* pack_document(PackId pack) const;
    // The vendor's word that this server took the place of that one (documents/succession.h).
    const std::string* succession(std::string_view from) const;
    // Days for which the name of somebody who holds nothing is kept; zero: for ever.
    uint16_t names_kept_days() const { return names_kept_days_; }
    // The device that showed a signal first; `digest` is what the server makes of it. Zero: nobody.
    SubjectId device_of_signal(std::string_view digest) const;

    void put(Account account);
    void put(SecondFactor factor);
    void put(ApiToken token);
    void put(EnrolmentToken token);
    void put(HostId host, HostName name);
    void put_station(SubjectId station, std::string name);
    void erase_station(SubjectId station);
    void put_vendor(std::string key_hex, std::string document);
    void put_pack(PackId pack, std::string document);
    void put_succession(std::string from, std::string document);
    void put_signal(std::string digest, SubjectId device);
    void put_names_kept_days(uint16_t days) { names_kept_days_ = days; }
    void erase_signal(std::string_view digest);
    void erase_signals(SubjectId device);
    void erase_account(std::string_view name);  // and what hangs on it
    void erase_enrolment(std::string_view digest);

    // The records that keep each of them.
    static store::Record record_of(const Account& account);
    static store::Record record_of(const SecondFactor& factor);
    static store::Record record_of(const ApiToken& token);
    static store::Record record_of(const EnrolmentToken& token);
    static store::Record record_of(HostId host, const HostName& name);
    static store::Record station_record(SubjectId station, std::string_view name);
    static store::Record vendor_record(std::string_view key_hex, std::string_view document);
    static store::Record pack_record(PackId pack, std::string_view document);
    static store::Record succession_record(std::string_view from, std::string_view document);
    static store::Record signal_record(std::string_view digest, SubjectId device);
    static store::Record names_kept_record(uint16_t days);
    std::vector<store::RecordKey> account_keys(std::string_view name) const;
    std::vector<store::RecordKey> signal_keys(SubjectId device) const;

  private:
    std::map<std::string, Account, std::less<>> accounts_;
    std::map<std::string, SecondFactor, std::less<>> second_factors_;
    std::map<std::string, ApiToken, std::less<>> tokens_;
    std::map<std::string, EnrolmentToken, std::less<>> enrolments_;
    std::map<HostId, HostName> hosts_;
    std::map<std::string, HostId, std::less<>> hosts_by_name_;
    std::map<SubjectId, std::string> stations_;
    std::multimap<std::string, SubjectId, std::less<>> stations_by_name_;
    std::map<std::string, std::string, std::less<>> vendors_;
    std::map<PackId, std::string> packs_;
    std::map<std::string, std::string, std::less<>> successions_;
    std::map<std::string, SubjectId, std::less<>> signals_;
    std::multimap<SubjectId, std::string> signals_by_device_;
    uint16_t names_kept_days_ = 0;
};

}  // namespace calm
