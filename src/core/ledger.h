// Ledger: the state of all rights, held in memory: the fold of the log's entries and nothing else
// (invariant I6). It stores no rule: what may happen is decided in admission.h and verbs.h; what
// has happened is applied here. No I/O, no clock. One thread at a time.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/chunked_vector.h"
#include "core/cal.h"
#include "core/due_queue.h"
#include "core/entry.h"
#include "core/request_memory.h"

namespace calm {

// A pack's way to another license server.
struct Departure {
    std::string to;         // its license server id
    uint32_t epoch = 0;     // the ledger's,
    uint64_t sequence = 0;  // and the entry that says so
    Instant at;
};

// What a vendor's clearinghouse has said of this license server.
struct VendorState {
    uint64_t serial = 0;           // of its newest certificate; zero: there was none
    Instant activated_until;       // it is certified before then
    uint64_t status_list = 0;      // number of the newest that was taken
    std::vector<Bytes16> revoked;  // packs that the vendor has taken back, in order

    bool operator==(const VendorState&) const = default;
};

struct Pack {
    entry::PackInstalled terms;
    ProductId product;
    std::vector<ProductId> suite;  // the other products that its CALs cover; mostly none
    uint64_t sequence = 0;         // of the entry that installed it
    uint32_t used = 0;  // seats spent: by CALs, hosts or computers; never above quantity() (I1)
    uint32_t overdrawn = 0;  // over-use CALs out of its overdraft; never more than that is
    uint32_t converted = 0;  // seats that went over into packs of the other kind
    PackId converted_from;   // zero: it was installed so
    HostId host;             // of a per-server pack: where its seats count; zero: nowhere
    bool removed = false;
    std::optional<Departure> moved;  // set: it is removed, because it is another server's
    bool revoked = false;            // its vendor has taken it back: what it has given runs out
    Instant activated_until;         // as its vendor's state says
    std::vector<Reservation> reservations;  // by group
    DueQueue due;

    bool expired(Instant now) const { return terms.expires_at && *terms.expires_at <= now; }
    // It is the server's, and what it has given counts and may be renewed.
    bool valid(Instant now) const {
        return !removed && !revoked && !expired(now) && terms.not_before <= now;
    }
    bool activated(Instant now) const { return !terms.activation || now < activated_until; }
    // New CALs may be taken from it.
    bool usable(Instant now) const { return valid(now) && activated(now); }
    uint32_t quantity() const { return terms.quantity - converted; }
    uint32_t free() const { return quantity() - used; }
    // Its document may be installed once more, as another pack: its licenses have come back from
    // another server, or it was removed here and its vendor has renewed it since.
    bool may_come_again(const entry::PackInstalled& again) const {
        return moved ? again.moved_from.has_value() : removed && terms.renewal < again.renewal;
    }
    // Its seats are held while their holders are connected.
    bool leases() const { return terms.metric != PackMetric::named; }
    // Its seats count at this host, if anywhere.
    bool counts_at(HostId at) const {
        return terms.metric != PackMetric::per_server || (host && host == at);
    }
};

struct ProductState {
    Product product;
    uint64_t sequence = 0;         // of the entry that last stated it
    uint32_t family = 0;           // index of family_packs()
    std::vector<ProductId> bases;  // whose CALs are needed as well; mostly none
    uint32_t temporary = 0;        // temporary CALs out
    uint32_t overuse = 0;          // over-use CALs out, those of overdrafts among them: a pool
    DueQueue due;                  // of the CALs that spend no seat
};

// Between two contacts of a host lies a minute; a day gives those a chance that are off at night.
inline constexpr uint16_t kRestoreHours = 24;

// Long enough that an administrator sees the alert, short enough that nobody lives on it.
inline constexpr uint16_t kQuarantineDays = 14;

// What follows from the last restoration of a backup.
struct Restoration {
    bool pending = false;   // none was ever restored: false
    uint64_t sequence = 0;  // of the entry that began the epoch
    Instant at;  // from when its hours are counted: that entry, or a clock accepted since

    bool operator==(const Restoration&) const = default;
};

// What apply() did, for undo(). Cheap to make; valid only on the ledger that made it.
struct Undo {
    uint64_t sequence = 0;
    Instant time;
    size_t kind = 0;     // EntryBody::index() of what was applied
    uint32_t thing = 0;  // the pack, host or subject that changed
    bool remembered = false;
    CalId cal;                      // the CAL that changed
    std::optional<Cal> cal_before;  // empty: the entry created it
    uint64_t stated_before = 0;     // the product's sequence
    struct Epoch {
        uint32_t number = 0;
        Restoration restoration;
    };
    std::vector<LeaseUse> uses;  // of the concurrent seat that changed: what they were
    size_t place = 0;            // in line, of what left it
    std::variant<std::monostate, Product, Policy, Host, Epoch, Station, Installation, Waiting,
                 HostId, Merge, Doubt, entry::GroupJoined, entry::GroupLeft, entry::SeatsReserved,
                 VendorState, entry::PackRenewed>
        before;
    std::optional<Loan> loan;  // that ended with the CAL's change
};

template <class E>
bool applied(const Undo& undo) {
    return undo.kind == EntryBody(E{}).index();
}

class Ledger {
  public:
    // Makes the entry part of the state. Total on what `objection()` lets pass; anything else
    // breaks an invariant and stops the process.
    Undo apply(const LedgerEntry& entry);

    // Takes back the newest applied entry. REQUIRES: `undo` came from that apply().
    void undo(const Undo& undo);

    // Why the entry cannot follow the present state (a log that is damaged or forged), or nothing.
    std::optional<std::string> objection(const LedgerEntry& entry) const;

    uint64_t size() const { return size_; }  // entries applied; the next one's sequence
    Instant time() const { return time_; }   // the newest entry's
    uint32_t epoch() const { return epoch_; }
    const Policy& policy() const { return policy_; }

    // A backup was restored, and the host has not yet told which CALs it holds.
    bool awaits(const Host& host) const {
        return restoration_.pending && !host.removed && host.asserted_epoch < epoch_;
    }
    // While it is open nothing new is given: a seat that looks free may be held by somebody whom
    // the backup does not know (design.md 5). Its end when no host is awaited any more is at once.
    bool restore_window(Instant now) const;
    Instant restore_window_end() const;  // at the latest; REQUIRES: a backup was restored
    const Restoration& restoration() const { return restoration_; }
    const std::optional<KeyBytes>& identity() const { return identity_; }
    const std::vector<entry::NodeAdded>& nodes() const { return nodes_; }
    const std::vector<KeyBytes>& vendors() const { return vendors_; }
    bool trusts(const KeyBytes& vendor) const;
    // REQUIRES: it is trusted.
    const VendorState& vendor_state(const KeyBytes& vendor) const;
    bool is_revoked(const KeyBytes& vendor, const Bytes16& document) const;

    ProductId find_product(std::string_view code) const;  // zero: unknown
    std::span<const ProductState> products() const { return products_; }
    const ProductState& product(ProductId id) const { return products_[id.value - 1U]; }
    // Packs that serve the product's family, removed ones included: by the version up to which they
    // were sold, then the narrower suite first, then by number.
    std::span<const PackId> family_packs(ProductId product) const;
    // Of the product's family, itself among them, in the order in which they were defined.
    std::span<const ProductId> family_products(ProductId product) const {
        return family_products_[this->product(product).family];
    }

    std::span<const Pack> packs() const { return packs_; }
    const Pack& pack(PackId id) const { return packs_[id.value - 1]; }
    bool has_pack(PackId id) const { return id && id.value <= packs_.size(); }
    // The pack as it was installed: itself, or the one it was converted from. REQUIRES: it is one.
    PackId sold_as(PackId id) const {
        while (pack(id).converted_from)
            id = pack(id).converted_from;
        return id;
    }
    // The one that was installed last with this document; zero: none was.
    PackId find_document(const Bytes16& document) const;

    std::span<const Host> hosts() const { return hosts_; }
    const Host& host(HostId id) const { return hosts_[id.value - 1]; }
    bool has_host(HostId id) const { return id && id.value <= hosts_.size() && !host(id).removed; }

    std::span<const Station> stations() const { return stations_; }  // by subject
    // Null: no station, or a removed one.
    const Station* station(SubjectId id) const;

    std::span<const Installation> installations() const {  // by pack, then by computer
        return installations_;
    }

    // At which hosts a concurrent seat is in use, by host; those that are over too.
    std::vector<LeaseUse> lease_uses(CalId id) const;
    std::optional<Instant> lease_use(CalId id, HostId host) const;
    const std::map<std::pair<CalId, HostId>, Instant>& lease_uses() const { return lease_uses_; }
    // Who waits for a concurrent seat, those first who came first; also who does not any more.
    std::span<const Waiting> waiting() const { return waiting_; }
    const Waiting* waiting(SubjectId holder, PackKind kind, ProductId product) const;  // or null
    std::span<const Loan> loans() const { return loans_; }  // by the CAL that is lent
    const Loan* loan_of(CalId lent) const;                  // null: there is none
    const Loan* loan_to(CalId stand_in) const;              // the same, by the other CAL
    // The CAL serves a stand-in, and its owner does without.
    bool is_lent(CalId cal, Instant now) const {
        const Loan* loan = loans_.empty() ? nullptr : loan_of(cal);
        return loan != nullptr && this->cal(loan->stand_in).live(now);
    }

    std::span<const Merge> merges() const { return merges_; }  // by device
    const Merge* merge_of(SubjectId device) const;             // null: it is no other name
    // The name under which the device's machine holds its CALs: mostly its own.
    SubjectId machine(SubjectId device) const {
        while (const Merge* merge = merges_.empty() ? nullptr : merge_of(device))
            device = merge->into;
        return device;
    }

    std::span<const Doubt> doubts() const { return doubts_; }  // by device
    const Doubt* doubt_of(SubjectId device) const;             // null: there was none
    // It looks like another device, and nobody has decided.
    bool is_doubted(SubjectId device) const;

    std::span<const Group> groups() const { return groups_; }  // by code
    const Group* group(std::string_view code) const;           // null: nobody is in it
    // Whether the holder is in the group, under any name of its machine.
    bool is_member(std::string_view group, SubjectId holder) const;

    size_t subject_count() const { return subjects_.size(); }
    const Subject& subject(SubjectId id) const { return subjects_[id.value - 1]; }
    bool has_subject(SubjectId id) const { return id && id.value <= subjects_.size(); }

    size_t cal_count() const { return cals_.size(); }  // records, whatever their state
    const Cal& cal(CalId id) const { return cals_[id.value - 1]; }
    bool has_cal(CalId id) const { return id && id.value <= cals_.size(); }

    const std::vector<Withdrawal>& withdrawals() const { return withdrawals_; }

    // What hosts are told: the CALs that were taken back while a token of theirs may still look
    // valid at `now`, by number, each once with the last such moment. A CAL that its holder has
    // been given again is not among them; it is again when that ends first.
    std::vector<Withdrawal> withdrawn(Instant now) const;

    // The numbers that the next new things get.
    CalId next_cal() const { return {static_cast<uint32_t>(cals_.size() + 1)}; }
    SubjectId next_subject() const { return {static_cast<uint32_t>(subjects_.size() + 1)}; }
    PackId next_pack() const { return {static_cast<uint32_t>(packs_.size() + 1)}; }
    HostId next_host() const { return {static_cast<uint32_t>(hosts_.size() + 1)}; }

    // A CAL of the pack whose time is over at `now` and whose expiry is not yet written; zero:
    // none.
    CalId due_in(PackId pack, Instant now) const;
    // All of them, each once, by number.
    std::vector<CalId> all_due_in(PackId pack, Instant now) const;
    // The same of the CALs out of the pack's overdraft, which free no seat.
    CalId overdraft_due_in(PackId pack, Instant now) const;
    std::vector<CalId> all_overdraft_due_in(PackId pack, Instant now) const;
    // At most `limit` such CALs of all pools, each once.
    std::vector<CalId> due(Instant now, size_t limit) const;

    const RememberedAnswer* remembered(const RequestId& id, Instant now) const {
        return requests_.find(id, now);
    }
    // Lets go of requests older than a day, and of withdrawals whose time is over. REQUIRES: no
    // undo() of anything applied so far will follow.
    void forget_old_requests();

    // The state as bytes: the same state gives the same bytes (little-endian machines only).
    using Sink = std::function<void(std::span<const uint8_t>)>;
    void write_state(const Sink& sink) const;

    // Fills an empty ledger. `source(into)` must fill `into` or return false. Errors:
    // `snapshot_malformed`; the ledger is then unusable.
    using Source = std::function<bool(std::span<uint8_t>)>;
    Result<> read_state(const Source& source);

  private:
    friend struct EntryApplier;

    VendorState& change_vendor(const KeyBytes& vendor, Undo& undo);
    void tell_packs(const KeyBytes& vendor);
    void tell_pack(Pack& pack) const;
    bool undo_vendor(const Undo& undo);
    bool vendors_are_sound() const;
    void change_cal(const CalStatement& statement, Undo& undo);
    void end_cal(CalId id, CalState state, Undo& undo);
    void attach(CalId id);
    void detach(const Cal& cal);
    void link_pack(PackId id);
    void link_pack(PackId id, uint32_t family);
    void unlink_pack(PackId id);
    std::vector<ProductId> find_products(const std::vector<std::string>& codes) const;
    void license_host(Host& host, PackId pack, uint32_t quantity, Instant at);
    void install(const Installation& installation);
    Installation uninstall(PackId pack, SubjectId computer);
    void use_lease(const CalStatement& statement, const Cal* before, Undo& undo);
    void leave_seat(const CalStatement& statement, Undo& undo);
    void set_uses(CalId id, std::span<const LeaseUse> uses);
    void join_queue(const Waiting& waiting, Undo& undo);
    void leave_queue(const entry::QueueLeft& left, Undo& undo);
    void undo_queue(const Undo& undo);
    bool rebuild_leases();
    void join_group(const std::string& code, SubjectId member);
    void leave_group(const std::string& code, SubjectId member);
    uint32_t reserve(PackId pack, const std::string& group, uint32_t seats);
    void count_for_groups(const Cal& cal, bool comes);
    void recount_reservations();
    bool undo_group(const Undo& undo);
    bool rebuild_groups();
    void begin_loan(const Loan& loan);
    std::optional<Loan> end_loan(CalId stand_in);
    bool loans_are_sound() const;
    void merge(const Merge& merge);
    Merge separate(SubjectId device);
    bool undo_machine(const Undo& undo);
    bool machines_are_sound() const;
    void undo_host(const Undo& undo, const Host& before);
    void undo_installation(const Undo& undo, const Installation& before);
    void undo_cal(const Undo& undo);
    void undo_product(const Undo& undo);
    void undo_rest(const Undo& undo);
    bool rebuild_indexes();
    bool rebuild_products();
    bool rebuild_cals();
    bool stations_are_sound() const;
    bool rebuild_hosts();
    bool rebuild_installations();
    bool is_sound(const Cal& cal, CalId id) const;
    DueQueue& pool_of(const Cal& cal);
    bool in_pool(const DueQueue::Item& item, PackId pack, ProductId product) const;
    template <class Visit>
    void each_overdraft_due(PackId pack, Instant now, Visit&& visit) const;

    uint64_t size_ = 0;
    Instant time_;
    uint32_t epoch_ = 0;
    Restoration restoration_;
    std::optional<KeyBytes> identity_;
    std::vector<entry::NodeAdded> nodes_;
    std::vector<KeyBytes> vendors_;
    std::vector<VendorState> vendor_states_;  // of each of them
    Policy policy_;
    std::vector<ProductState> products_;
    std::vector<Pack> packs_;
    std::vector<Host> hosts_;
    ChunkedVector<Subject> subjects_;
    ChunkedVector<Cal> cals_;
    std::vector<Station> stations_;
    std::vector<Installation> installations_;
    std::map<std::pair<CalId, HostId>, Instant> lease_uses_;
    std::vector<Waiting> waiting_;
    std::vector<Loan> loans_;
    std::vector<Merge> merges_;
    std::vector<Doubt> doubts_;
    std::vector<Group> groups_;
    std::vector<Withdrawal> withdrawals_;
    size_t withdrawals_many_ = 1024;  // from this size on, those that are over are looked for
    RequestMemory requests_;

    // Indexes, rebuilt from the above.
    struct TextHash {
        using is_transparent = void;
        size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    std::unordered_map<std::string, ProductId, TextHash, std::equal_to<>> product_ids_;
    std::unordered_map<std::string, uint32_t> family_ids_;
    std::vector<std::vector<PackId>> families_;
    std::vector<std::vector<ProductId>> family_products_;
};

}  // namespace calm
