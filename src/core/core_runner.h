// CoreRunner: plays scenarios on the rules alone: a Ledger, decide(), the verbs and the clock rule.
// With storage, every batch also goes through a journal, and a restart reads it back. Pure.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/admission.h"
#include "core/scenario.h"
#include "core/trusted_clock.h"
#include "core/verbs.h"

namespace calm::scenario {

// Where entries go beside memory. Both may be empty: a restart then goes through a snapshot.
struct Storage {
    std::function<Result<>(std::span<const LedgerEntry>)> append;  // one batch
    std::function<Result<std::vector<LedgerEntry>>()> reload;      // the whole log, read again
};

class CoreRunner {
  public:
    enum class Proof {
        none,
        // After each statement: every entry meets no objection; undoing it restores the state's
        // bytes; folding the whole log again gives the same bytes (I6); broken_invariant() finds
        // nothing. An admission rests on what it says it rests on (I2). Costs O(log) a statement.
        every_statement
    };

    explicit CoreRunner(Proof proof = Proof::none, Storage storage = {});

    // A ScenarioRunner (pass it as std::ref). Errors: `scenario_unsupported`, `invariant_broken`,
    // `pack_unknown` (a name that no line installed), those of the storage.
    Result<Observed> operator()(const Step& step);

    const std::vector<LedgerEntry>& log() const { return log_; }
    // To be replaced only by a ledger with the same state.
    Ledger& ledger() { return ledger_; }
    Instant now();

    // What the last Admit asked and was told; empty before the first, and behind an error.
    struct Asked {
        AdmissionRequest request;  // its product is `product`
        std::string product;
        Instant at;
        Decision decision;
    };
    const std::optional<Asked>& last_asked() const { return last_asked_; }

    Result<Observed> operator()(const SetProduct& step);
    Result<Observed> operator()(const InstallPack& step);
    Result<Observed> operator()(const RemovePack& step);
    Result<Observed> operator()(const SetHost& step);
    Result<Observed> operator()(const SetStation& step);
    Result<Observed> operator()(const Admit& step);
    Result<Observed> operator()(const Logon& step);
    Result<Observed> operator()(const Release& step);
    Result<Observed> operator()(const Revoke& step);
    Result<Observed> operator()(const Convert& step);
    Result<Observed> operator()(const MovePack& step);
    Result<Observed> operator()(const Activate& step);
    Result<Observed> operator()(const Deactivate& step);
    Result<Observed> operator()(const RevokePack& step);
    Result<Observed> operator()(const Erase& step);
    Result<Observed> operator()(const Advance& step);
    Result<Observed> operator()(const SetClock& step);
    Result<Observed> operator()(const Restart& step);
    Result<Observed> operator()(const Backup& step);
    Result<Observed> operator()(const Restore& step);
    Result<Observed> operator()(const Reassert& step);
    Result<Observed> operator()(const Sweep& step);
    Result<Observed> operator()(const SetServer& step);
    Result<Observed> operator()(const Count& step);
    Result<Observed> operator()(const Holds& step);
    Result<Observed> operator()(const SetHoliday& step);
    Result<Observed> operator()(const Warned& step);
    Result<Observed> operator()(const LicenseHost& step);
    Result<Observed> operator()(const Install& step);
    Result<Observed> operator()(const EndSession& step);
    Result<Observed> operator()(const AssignPack& step);
    Result<Observed> operator()(const Borrow& step);
    Result<Observed> operator()(const ChangeGroup& step);
    Result<Observed> operator()(const Reserve& step);
    Result<Observed> operator()(const Lend& step);
    Result<Observed> operator()(const Recall& step);
    Result<Observed> operator()(const MergeDevices& step);
    Result<Observed> operator()(const SeparateDevice& step);
    Result<Observed> operator()(const AcceptDevice& step);
    Result<Observed> operator()(const Quarantine& step);

  private:
    using Names = std::map<std::string, SubjectId>;

    // What the files call each thing.
    struct Called {
        Names users;
        Names devices;
        Names stations;
        std::map<std::string, PackId> packs;
        std::map<std::string, HostId> hosts;
        Names signals;  // by kind and value: the device that showed each first
    };
    struct Saved {
        size_t entries = 0;
        Called called;
    };
    struct TokenKey {
        std::string host;
        std::string product;  // as it was asked for
        HolderKind kind = HolderKind::user;
        std::string name;
        auto operator<=>(const TokenKey&) const = default;
    };
    struct Token {
        CalStatement cal;
        std::optional<Bytes16> document;
        uint32_t epoch = 0;
        uint64_t sequence = 0;
    };

    Result<> prepare();
    Result<> write(const Entries& entries, std::optional<RequestMark> mark = {});
    Result<> apply(const LedgerEntry& entry);
    Result<Observed> perform(const Result<Entries>& verb);
    Result<> prove() const;
    Result<> prove_rest(const Decision& decision, Instant at) const;
    Result<Observed> change_host(HostId id, const SetHost& step);
    Result<HostId> host(const std::string& name);
    Names& names_of(HolderKind kind);
    Party party(const std::string& name, Names& names) const;
    AdmissionRequest question(const Admit& step) const;
    Result<ProductId> product(const std::string& code) const;
    CalId held_cal(const Who& who, ProductId product);
    SubjectId device(const std::string& name) const;
    SubjectId looks_like(const Admit& step, SubjectId device) const;
    void note_signals(const Admit& step);
    void tell(const Admit& step, const Decision& decision);
    Result<> reassert(HostId host, const TokenKey& key, const Token& token);

    Proof proof_;
    Storage storage_;
    Ledger ledger_;
    std::vector<LedgerEntry> log_;

    Instant real_ = kStart;  // the time as it is
    Seconds lie_;            // how far the wall clock is off
    Seconds boot_;
    TrustedClock clock_;

    Called called_;
    std::optional<Saved> saved_;
    std::map<TokenKey, Token> tokens_;
    WarningTerms warning_terms_;
    std::optional<Asked> last_asked_;
    std::set<Bytes16> withdrawn_;  // packs that the vendor has taken back
};

// The state's bytes, for comparing ledgers.
std::string state_bytes(const Ledger& ledger);

// The ledger that these entries make. REQUIRES: they meet no objection.
Ledger fold(std::span<const LedgerEntry> log);

}  // namespace calm::scenario
