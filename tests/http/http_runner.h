// HttpRunner: plays scenarios through the public routes of a license server, with signed packs and
// JSON, as an administrator and hosts would.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/scenario.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"
#include "test_server.h"

namespace calm::testing {

class HttpRunner {
  public:
    HttpRunner();

    // A ScenarioRunner (pass it as std::ref). Errors: `scenario_unsupported`, `pack_unknown`.
    Result<scenario::Observed> operator()(const scenario::Step& step);

    Result<scenario::Observed> operator()(const scenario::SetProduct& step);
    Result<scenario::Observed> operator()(const scenario::InstallPack& step);
    Result<scenario::Observed> operator()(const scenario::RemovePack& step);
    Result<scenario::Observed> operator()(const scenario::MovePack& step);
    Result<scenario::Observed> operator()(const scenario::Activate& step);
    Result<scenario::Observed> operator()(const scenario::Deactivate& step);
    Result<scenario::Observed> operator()(const scenario::RevokePack& step);
    Result<scenario::Observed> operator()(const scenario::Convert& step);
    Result<scenario::Observed> operator()(const scenario::SetHost& step);
    Result<scenario::Observed> operator()(const scenario::SetStation& step);
    Result<scenario::Observed> operator()(const scenario::Admit& step);
    Result<scenario::Observed> operator()(const scenario::Logon& step);
    Result<scenario::Observed> operator()(const scenario::Release& step);
    Result<scenario::Observed> operator()(const scenario::Revoke& step);
    Result<scenario::Observed> operator()(const scenario::Erase& step);
    Result<scenario::Observed> operator()(const scenario::Advance& step);
    Result<scenario::Observed> operator()(const scenario::SetClock& step);
    Result<scenario::Observed> operator()(const scenario::Restart& step);
    Result<scenario::Observed> operator()(const scenario::Backup& step);
    Result<scenario::Observed> operator()(const scenario::Restore& step);
    Result<scenario::Observed> operator()(const scenario::Reassert& step);
    Result<scenario::Observed> operator()(const scenario::Sweep& step);
    Result<scenario::Observed> operator()(const scenario::SetServer& step);
    Result<scenario::Observed> operator()(const scenario::Count& step);
    Result<scenario::Observed> operator()(const scenario::Holds& step);
    Result<scenario::Observed> operator()(const scenario::SetHoliday& step);
    Result<scenario::Observed> operator()(const scenario::Warned& step);
    Result<scenario::Observed> operator()(const scenario::LicenseHost& step);
    Result<scenario::Observed> operator()(const scenario::Install& step);
    Result<scenario::Observed> operator()(const scenario::EndSession& step);
    Result<scenario::Observed> operator()(const scenario::AssignPack& step);
    Result<scenario::Observed> operator()(const scenario::Lend& step);
    Result<scenario::Observed> operator()(const scenario::Recall& step);
    Result<scenario::Observed> operator()(const scenario::Borrow& step);
    Result<scenario::Observed> operator()(const scenario::ChangeGroup& step);
    Result<scenario::Observed> operator()(const scenario::Reserve& step);
    Result<scenario::Observed> operator()(const scenario::MergeDevices& step);
    Result<scenario::Observed> operator()(const scenario::SeparateDevice& step);
    Result<scenario::Observed> operator()(const scenario::AcceptDevice& step);
    Result<scenario::Observed> operator()(const scenario::Quarantine& step);

    // A pack of the vendor that the server trusts, for users.
    std::string signed_pack(const std::string& name, const std::string& product, uint32_t quantity,
                            std::optional<LedgerId> license_server = {});
    TestServer& server() { return *server_; }
    // The vendor's clearinghouse, and the document that lets it sign.
    const SecretKey& clearinghouse() const { return clearinghouse_; }
    const std::string& certificate() const { return certificate_; }
    LedgerId id();
    Instant now();
    // The time as it is, whatever the server's clock says.
    Instant real_time() const { return wall_; }
    Instant server_time() const { return wall_ + lie_; }

    // Of an enrolled host, or of the implicit one, which is enrolled then. Zero: there is none.
    HostId host_id(const std::string& name);
    SecretKey host_key(const std::string& name) const { return key_of(host_keys_.at(name)); }
    // Known as soon as there is a host.
    const PublicKey& identity() const { return identity_; }

  private:
    struct FoundCal {
        uint32_t cal = 0;
        uint32_t pack = 0;
        bool overuse = false;
        bool on_loan = false;
        bool lent = false;
        std::string state;
        Instant expires_at;
    };

    scenario::Observed perform(const Ask& ask);
    boost::json::value get(const std::string& path);
    // Anew, if there is one. `restored`: the disk's content is a backup's.
    void start_server(bool restored = false);
    bool is_about(const boost::json::object& alert, const scenario::Warned& step) const;
    void trust_vendor();
    uint32_t host(const std::string& name);
    void come_from(const entry::PackOrigin& origin, Instant at, Ask& ask);
    void meet_included(const scenario::InstallPack& step);
    bool serves(const std::string& product, uint32_t pack, const Product& asked);
    FoundCal held_cal(const scenario::Who& who, const std::string& product);
    std::vector<boost::json::value> cals(const std::string& query);
    std::string another_servers_token(const scenario::Admit& step);

    // What the lines call each thing, and what hosts hold of it.
    struct Called {
        std::map<std::string, uint32_t> packs;
        std::map<uint32_t, std::vector<std::string>> suites;  // by number of the pack
        std::map<uint32_t, PackKind> kinds;                   // the same
        std::map<std::string, uint32_t> hosts;
        std::set<std::string> removed_hosts;
        std::map<std::string, uint32_t> stations;
    };
    static SecretKey key_of(uint8_t fill);
    std::string bearer_of(const std::string& name);
    void keep_token(const scenario::Admit& step, const std::string& token);

    store::MemoryDisk disk_;
    Instant wall_ = scenario::kStart;
    Seconds lie_;
    std::vector<Holiday> holidays_;
    std::unique_ptr<TestServer> server_;
    SecretKey vendor_;
    SecretKey stranger_;
    SecretKey clearinghouse_;
    std::string certificate_;
    std::set<Bytes16> withdrawn_;  // packs that the vendor has taken back
    std::map<std::string, std::string> signed_packs_;
    Called called_;
    std::unique_ptr<store::MemoryDisk> backup_;  // null: none was made
    Called called_then_;
    // By host, then by product and holder: the token that was told last, since there is a backup.
    std::map<std::string, std::map<std::string, std::string>> tokens_;
    std::map<std::string, uint8_t> host_keys_;  // what key_of() makes them of
    uint8_t next_key_ = 0;
    PublicKey identity_;
    std::map<std::string, Product> products_;
};

// Plays `.calm` lines before a test; each must succeed.
void prepare(HttpRunner& runner, std::string_view lines);

}  // namespace calm::testing
