// The state as bytes, for snapshots and for comparing two folds. Only what the log says is written;
// indexes are rebuilt. Format: a magic, then each table as a count and its records, little-endian.
#include <bit>
#include <cstring>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "CALMSTATE9";
constexpr uint64_t kRowsMax = 0xFFFF'FFF0;

// One description of the state serves writing and reading: an Archive either puts or takes each
// field.
class Writer {
  public:
    explicit Writer(const Ledger::Sink& sink) : sink_(sink) {}

    static constexpr bool kReads = false;
    bool failed() const { return false; }

    void raw(const void* data, size_t size) { sink_({static_cast<const uint8_t*>(data), size}); }
    template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void field(const T& value) { raw(&value, sizeof value); }
    void field(const std::string& text) {
        field(static_cast<uint32_t>(text.size()));
        raw(text.data(), text.size());
    }

  private:
    const Ledger::Sink& sink_;
};

class Reader {
  public:
    explicit Reader(const Ledger::Source& source) : source_(source) {}

    static constexpr bool kReads = true;
    bool failed() const { return failed_; }
    void fail() { failed_ = true; }

    void raw(void* data, size_t size) {
        if (!failed_ && !source_({static_cast<uint8_t*>(data), size})) failed_ = true;
        if (failed_) std::memset(data, 0, size);
    }
    template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void field(T& value) { raw(&value, sizeof value); }
    void field(std::string& text) {
        uint32_t size = 0;
        field(size);
        if (size > 65536) failed_ = true;
        text.resize(failed_ ? 0 : size);
        raw(text.data(), text.size());
    }

  private:
    const Ledger::Source& source_;
    bool failed_ = false;
};

template <class Archive, class Tag, class Number>
void field(Archive& archive, Id<Tag, Number>& id) {
    archive.field(id.value);
}
template <class Archive>
void field(Archive& archive, Instant& at) {
    archive.field(at.seconds);
}
template <class Archive, size_t N>
void field(Archive& archive, std::array<uint8_t, N>& bytes) {
    archive.raw(bytes.data(), N);
}
template <class Archive>
void field(Archive& archive, bool& flag) {
    uint8_t byte = flag ? 1 : 0;
    archive.field(byte);
    flag = byte != 0;
}
template <class Archive, class T>
requires std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string>
void field(Archive& archive, T& value) {
    archive.field(value);
}
template <class Archive, class T>
void field(Archive& archive, std::optional<T>& value) {
    bool present = value.has_value();
    field(archive, present);
    if (!present) {
        value.reset();
        return;
    }
    if (!value) value.emplace();
    field(archive, *value);
}
template <class Archive>
void field(Archive& archive, std::vector<std::string>& texts) {
    uint8_t count = static_cast<uint8_t>(texts.size());
    archive.field(count);
    if constexpr (Archive::kReads) texts.resize(archive.failed() ? 0 : count);
    for (std::string& text : texts)
        archive.field(text);
}
template <class Archive>
void field(Archive& archive, HostLicense& license) {
    field(archive, license.pack);
    field(archive, license.quantity);
    field(archive, license.since);
}

template <class Archive, class T>
void table(Archive& archive, std::vector<T>& rows) {
    uint64_t count = rows.size();
    field(archive, count);
    for (uint64_t i = 0; i < count && !archive.failed(); ++i) {
        if constexpr (Archive::kReads) rows.emplace_back();
        field(archive, rows[i]);
    }
}

template <class Archive>
void field(Archive& archive, ProductRules& r) {
    field(archive, r.requirement);
    field(archive, r.overuse);
    for (uint16_t* days :
         {&r.temporary_days, &r.user_days, &r.device_days_min, &r.device_days_max, &r.renewal_days,
          &r.initial_grace_days, &r.outage_days, &r.reassign_days}) {
        field(archive, *days);
    }
    field(archive, r.revoke_percent);
    field(archive, r.prevent_upgrade);
    field(archive, r.grace_ends_with_first_cal);
    field(archive, r.cal_for_servers);
    field(archive, r.cal_for_web);
    field(archive, r.cal_for_hpc);
    field(archive, r.cal_for_anonymous);
    field(archive, r.server_license);
    field(archive, r.cores_min);
    field(archive, r.core_pack);
    field(archive, r.cals_max);
    field(archive, r.cal_pack);
    field(archive, r.cals_included);
    for (uint16_t* number : {&r.lease_minutes, &r.linger_minutes, &r.queue_minutes, &r.queue_max,
                             &r.borrow_days_max, &r.administrators_max})
        field(archive, *number);
    for (const auto& [kind, name] : NamesOf<PackKind>::value) {
        bool sold = r.pack_kinds.has(kind);
        field(archive, sold);
        if (sold) r.pack_kinds.add(kind);
    }
    for (uint32_t& size : r.cal_pack_sizes)
        field(archive, size);
}
template <class Archive>
void field(Archive& archive, Product& product) {
    field(archive, product.code);
    field(archive, product.family);
    field(archive, product.version);
    field(archive, product.bases);
    field(archive, product.rules);
    field(archive, product.released);
}
template <class Archive>
void field(Archive& archive, Group& group) {
    field(archive, group.code);
    table(archive, group.members);
}
// Seats of a pack that are kept for a group.
struct StatedReservation {
    PackId pack;
    std::string group;
    uint32_t seats = 0;
};
template <class Archive>
void field(Archive& archive, StatedReservation& reservation) {
    field(archive, reservation.pack);
    field(archive, reservation.group);
    field(archive, reservation.seats);
}
// A product as the log stated it last.
struct StatedProduct {
    Product product;
    uint64_t sequence = 0;
};
template <class Archive>
void field(Archive& archive, StatedProduct& stated) {
    field(archive, stated.product);
    field(archive, stated.sequence);
}
template <class Archive>
void field(Archive& archive, Agreement& agreement) {
    field(archive, agreement.program);
    field(archive, agreement.number);
}
template <class Archive>
void field(Archive& archive, entry::PackOrigin& origin) {
    field(archive, origin.server);
    field(archive, origin.source);
    field(archive, origin.epoch);
    field(archive, origin.sequence);
}
template <class Archive>
void field(Archive& archive, Departure& departure) {
    field(archive, departure.to);
    field(archive, departure.epoch);
    field(archive, departure.sequence);
    field(archive, departure.at);
}
template <class Archive>
void field(Archive& archive, Pack& pack) {
    field(archive, pack.terms.pack);
    field(archive, pack.terms.document);
    field(archive, pack.terms.product);
    field(archive, pack.terms.kind);
    field(archive, pack.terms.quantity);
    field(archive, pack.terms.channel);
    field(archive, pack.terms.declared);
    field(archive, pack.terms.vendor);
    field(archive, pack.terms.not_before);
    field(archive, pack.terms.expires_at);
    field(archive, pack.terms.also);
    field(archive, pack.terms.metric);
    field(archive, pack.terms.overdraft);
    field(archive, pack.terms.maintained_until);
    field(archive, pack.terms.agreement);
    field(archive, pack.terms.included_with);
    field(archive, pack.terms.moved_from);
    field(archive, pack.terms.activation);
    field(archive, pack.terms.renewal);
    field(archive, pack.sequence);
    field(archive, pack.converted);
    field(archive, pack.converted_from);
    field(archive, pack.removed);
    field(archive, pack.moved);
    field(archive, pack.host);
}
template <class Archive>
void field(Archive& archive, VendorState& state) {
    field(archive, state.serial);
    field(archive, state.activated_until);
    field(archive, state.status_list);
    table(archive, state.revoked);
}
template <class Archive>
void field(Archive& archive, Host& host) {
    field(archive, host.commitment);
    field(archive, host.key);
    field(archive, host.mode);
    field(archive, host.preferred);
    field(archive, host.removed);
    field(archive, host.grace_ended);
    field(archive, host.console_mode);
    field(archive, host.asserted_epoch);
    field(archive, host.enrolled_at);
    field(archive, host.grace_until);
    field(archive, host.processors);
    field(archive, host.cores);
    table(archive, host.runs);
    table(archive, host.licenses);
}
template <class Archive>
void field(Archive& archive, Installation& installation) {
    field(archive, installation.pack);
    field(archive, installation.computer);
    field(archive, installation.since);
}
// One host's sessions on a concurrent seat.
struct StatedUse {
    CalId cal;
    HostId host;
    Instant until;
};
template <class Archive>
void field(Archive& archive, StatedUse& use) {
    field(archive, use.cal);
    field(archive, use.host);
    field(archive, use.until);
}
template <class Archive>
void field(Archive& archive, Waiting& waiting) {
    field(archive, waiting.holder);
    field(archive, waiting.kind);
    field(archive, waiting.product);
    field(archive, waiting.since);
    field(archive, waiting.until);
}
template <class Archive>
void field(Archive& archive, Loan& loan) {
    field(archive, loan.cal);
    field(archive, loan.stand_in);
    field(archive, loan.why);
}
template <class Archive>
void field(Archive& archive, Merge& merge) {
    field(archive, merge.device);
    field(archive, merge.into);
    field(archive, merge.sequence);
}
template <class Archive>
void field(Archive& archive, Doubt& doubt) {
    field(archive, doubt.device);
    field(archive, doubt.like);
    field(archive, doubt.since);
    field(archive, doubt.accepted);
}
template <class Archive>
void field(Archive& archive, Restoration& restoration) {
    field(archive, restoration.pending);
    field(archive, restoration.sequence);
    field(archive, restoration.at);
}
template <class Archive>
void field(Archive& archive, Station& station) {
    field(archive, station.subject);
    field(archive, station.host);
    field(archive, station.kind);
    field(archive, station.shows);
    field(archive, station.removed);
}
template <class Archive>
void field(Archive& archive, entry::NodeAdded& node) {
    field(archive, node.key);
    field(archive, node.certificate);
}
template <class Archive>
void field(Archive& archive, Withdrawal& withdrawal) {
    field(archive, withdrawal.cal);
    field(archive, withdrawal.product);
    field(archive, withdrawal.revoked);
    field(archive, withdrawal.until);
}
template <class Archive>
void field(Archive& archive, RememberedAnswer& answer) {
    field(archive, answer.id.bytes);
    field(archive, answer.content);
    field(archive, answer.sequence);
    field(archive, answer.at);
    field(archive, answer.cal);
    field(archive, answer.expires_at);
    field(archive, answer.reason);
}

// Packed records are written as they stand in memory.
template <class Archive, class T>
void packed(Archive& archive, ChunkedVector<T>& rows) {
    uint64_t count = rows.size();
    field(archive, count);
    if constexpr (Archive::kReads) {
        if (count >= kRowsMax) archive.fail();
        // Chunk by chunk, so that a lying count ends at the end of the input and not of the memory.
        for (uint64_t done = 0; done < count && !archive.failed();) {
            std::array<T, 1024> part;
            const size_t n = std::min<uint64_t>(part.size(), count - done);
            archive.raw(part.data(), n * sizeof(T));
            for (size_t i = 0; i < n; ++i)
                rows.push_back(part[i]);
            done += n;
        }
    } else {
        for (size_t i = 0; i < rows.chunk_count(); ++i) {
            const auto run = rows.chunk(i);
            archive.raw(run.data(), run.size_bytes());
        }
    }
}

template <class Archive>
void magic(Archive& archive, bool& wrong) {
    std::array<uint8_t, kMagic.size()> bytes;
    std::memcpy(bytes.data(), kMagic.data(), bytes.size());
    field(archive, bytes);
    wrong = std::memcmp(bytes.data(), kMagic.data(), bytes.size()) != 0;
}

}  // namespace

void Ledger::write_state(const Sink& sink) const {
    Writer writer(sink);
    // The archive functions take references because reading needs them; writing changes nothing.
    auto& self = const_cast<Ledger&>(*this);
    bool wrong = false;
    magic(writer, wrong);
    field(writer, self.size_);
    field(writer, self.time_);
    field(writer, self.epoch_);
    field(writer, self.restoration_);
    KeyBytes identity = identity_.value_or(KeyBytes{});
    field(writer, identity);
    field(writer, self.policy_.default_mode);
    field(writer, self.policy_.initial_grace_days);
    field(writer, self.policy_.offline_days_max);
    field(writer, self.policy_.restore_hours_max);
    table(writer, self.nodes_);
    table(writer, self.vendors_);
    table(writer, self.vendor_states_);
    std::vector<StatedProduct> products;
    for (const ProductState& state : products_)
        products.push_back({state.product, state.sequence});
    table(writer, products);
    table(writer, self.packs_);
    table(writer, self.hosts_);
    table(writer, self.stations_);
    table(writer, self.installations_);
    field(writer, self.policy_.quarantine_days);
    table(writer, self.loans_);
    table(writer, self.merges_);
    table(writer, self.doubts_);
    packed(writer, self.subjects_);
    packed(writer, self.cals_);
    std::vector<Withdrawal> withdrawals;
    for (const Withdrawal& each : withdrawals_) {
        if (each.until > time_.seconds) withdrawals.push_back(each);
    }
    table(writer, withdrawals);
    std::vector<RememberedAnswer> answers;
    for (size_t i = 0; i < requests_.size(); ++i) {
        if (requests_.find(requests_[i].id, time_) == &requests_[i])
            answers.push_back(requests_[i]);
    }
    table(writer, answers);
    std::vector<StatedUse> uses;
    for (const auto& [key, until] : lease_uses_)
        uses.push_back({key.first, key.second, until});
    table(writer, uses);
    table(writer, self.waiting_);
    table(writer, self.groups_);
    std::vector<StatedReservation> reservations;
    for (const Pack& pack : packs_) {
        for (const Reservation& each : pack.reservations)
            reservations.push_back({pack.terms.pack, each.group, each.seats});
    }
    table(writer, reservations);
}

Result<> Ledger::read_state(const Source& source) {
    CALM_ASSERT(size_ == 0);
    Reader reader(source);
    bool wrong = false;
    magic(reader, wrong);
    if (wrong) return fail("snapshot_malformed", "this is not a snapshot of a ledger's state");
    field(reader, size_);
    field(reader, time_);
    field(reader, epoch_);
    field(reader, restoration_);
    KeyBytes identity{};
    field(reader, identity);
    identity_ = identity;
    field(reader, policy_.default_mode);
    field(reader, policy_.initial_grace_days);
    field(reader, policy_.offline_days_max);
    field(reader, policy_.restore_hours_max);
    table(reader, nodes_);
    table(reader, vendors_);
    table(reader, vendor_states_);
    std::vector<StatedProduct> products;
    table(reader, products);
    table(reader, packs_);
    table(reader, hosts_);
    table(reader, stations_);
    table(reader, installations_);
    field(reader, policy_.quarantine_days);
    table(reader, loans_);
    table(reader, merges_);
    table(reader, doubts_);
    packed(reader, subjects_);
    packed(reader, cals_);
    table(reader, withdrawals_);
    std::vector<RememberedAnswer> answers;
    table(reader, answers);
    std::vector<StatedUse> uses;
    table(reader, uses);
    table(reader, waiting_);
    table(reader, groups_);
    std::vector<StatedReservation> reservations;
    table(reader, reservations);
    if (reader.failed()) return fail("snapshot_malformed", "the snapshot ends too early");
    for (StatedProduct& stated : products) {
        products_.push_back(
            {.product = std::move(stated.product), .sequence = stated.sequence, .due = {}});
    }
    for (const RememberedAnswer& answer : answers)
        requests_.add(answer);
    for (const StatedUse& use : uses)
        lease_uses_[{use.cal, use.host}] = use.until;
    for (StatedReservation& stated : reservations) {
        if (!has_pack(stated.pack))
            return fail("snapshot_malformed", "seats are kept of a pack that does not exist");
        packs_[stated.pack.value - 1].reservations.push_back(
            {.group = std::move(stated.group), .seats = stated.seats});
    }
    if (!rebuild_indexes()) {
        return fail("snapshot_malformed", "the snapshot's records contradict each other");
    }
    return {};
}

}  // namespace calm
