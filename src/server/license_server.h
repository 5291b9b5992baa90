// LicenseServer: the loop thread's half of calmd. It holds the ledger in memory, decides, applies
// at once and hands what must be written to the writer thread; an answer leaves when everything it
// rests on is durable. Everything here is called on the loop thread. No HTTP: routes.cpp turns
// requests into calls.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/admission.h"
#include "core/reassertion.h"
#include "core/trusted_clock.h"
#include "core/verbs.h"
#include "server/clock.h"
#include "server/log_writer.h"
#include "server/name_index.h"
#include "server/node.h"
#include "server/refused_attempts.h"
#include "server/usage_counter.h"
#include "wire/admission_json.h"
#include "wire/host_json.h"

namespace calm {

// A ledger as it was found on disk, ready to be served. See open_ledger.h.
struct OpenedLedger {
    std::unique_ptr<store::Journal> journal;
    Ledger ledger;
    NameIndex names;
    Frontier frontier;
    Node node;
    uint64_t snapshot_size = 0;  // entries that came from a snapshot rather than from the log
};

// Called exactly once, on the loop thread, in the call that it was given to or later.
template <class T>
using Done = std::move_only_function<void(Result<T>)>;

// What a change wrote.
struct Committed {
    uint64_t first = 0;  // sequence of its first entry
    std::string token;   // when one was wished for
};

// What is written beside a change's entries.
struct Extras {
    std::vector<store::SubjectName> subjects;
    std::vector<SubjectId> erased_subjects;
    std::vector<store::Record> puts;
    std::vector<store::RecordKey> erases;
    std::unique_ptr<WriteJob::TokenWish> token;
};

// What an admission's names of places stand for.
struct Places {
    SubjectId station;     // zero: the host has no such station
    HostId from_server;    // zero: no host of that name is enrolled
    SubjectId looks_like;  // the device that showed one of the signals first
};

class LicenseServer {
  public:
    // Runs a function later on the loop thread. Called from any thread.
    using Post = std::function<void(std::function<void()>)>;

    LicenseServer(OpenedLedger opened, ClockSource clock, Post post);
    ~LicenseServer();
    LicenseServer(const LicenseServer&) = delete;
    LicenseServer& operator=(const LicenseServer&) = delete;

    // --- admissions

    // `host` asked; `places` are those that the question names. Errors: `bad_name`,
    // `request_id_reused`, and those of a write.
    void admit(HostId host, const wire::AdmissionQuestion& question, const Places& places,
               Done<wire::AdmissionAnswer> done);

    // A host tells of a CAL that a restored backup lacks; the holder of `told` is filled in from
    // its name here, unless it is a station. The answer says whether it was given back: what the
    // holder has may do as much. Errors: those of decide_reassertion(), `bad_name`, and those of a
    // write.
    void reassert(Reassertion told, std::string_view holder, Done<bool> done);

    // Takes note that a session ended, at `station` if it names one (zero: it is not known). It
    // frees a concurrent seat that no other session of its holder is on; any other CAL stays.
    // Errors: `product_unknown`, and those of a write.
    void end(HostId host, const wire::SessionEnd& session, SubjectId station, Done<Committed> done);

    // Takes note of what a host decided on its own: whom it let in is usage, whom it refused an
    // attempt.
    void count_offline(HostId host, const std::vector<wire::OfflineDecision>& decisions);

    // --- changes

    // Applies and writes what a verb decided, all or nothing; `done` follows when it is durable. A
    // verb's error is passed on; an empty list of entries with empty extras is done at once. With
    // `mark`, the last entry carries it. Errors: the verb's, `issuing_stopped`, and those of the
    // journal (`disk_full`, …).
    void change(Result<Entries> entries, Extras extras, Done<Committed> done,
                std::optional<RequestMark> mark = {});

    // Writes records only.
    void keep(std::vector<store::Record> puts, std::vector<store::RecordKey> erases,
              Done<Committed> done);

    // The administrator vouches for the machine's clock.
    void accept_clock(Done<Committed> done);

    // --- looking

    const Ledger& ledger() const { return ledger_; }
    const NameIndex& names() const { return names_; }
    const Node& node() const { return node_; }
    uint64_t durable() const { return durable_; }
    Instant now();                                             // ledger time
    Instant wall_now() const { return clock_source_().wall; }  // what other clocks are compared to
    TrustedClock::Reading read_clock();
    SubjectId find_subject(HolderKind kind, std::string_view name) const;
    // What a token of this CAL opens: its holder's salt comes from the journal.
    uint64_t content_hash(std::string_view canonical) const;
    const std::optional<Error>& stopped() const { return stopped_; }
    size_t waiting() const { return pending_.size(); }

    // Where a pack's signed document is found, for tokens; empty for a declared pack.
    using PackDocument = std::function<std::string(PackId)>;
    void set_pack_documents(PackDocument documents) { pack_document_ = std::move(documents); }

    // Is told of every refusal, a repeated answer and a place in line apart.
    using OnRefusal = std::function<void(const RefusedAttempt&)>;
    void set_on_refusal(OnRefusal told) { on_refusal_ = std::move(told); }

    // What is changed from now on was asked for by this account; empty: by none. See ActingFor.
    void set_actor(std::string_view account) { actor_ = account; }

    LogWriter& writer() { return *writer_; }
    // Runs a function later on the loop thread. Any thread.
    void post(std::function<void()> function) const { post_(std::move(function)); }

    // --- life

    // Once a second: expiries in bounded slices, usage every 5 s, old request ids.
    void tick();

    // No entry is written any more, with this error for whoever asks; holders go on.
    void stop_issuing(Error why);

    // The next admission draws this number: what a scenario says of dates is then exact.
    void plan_chance(uint64_t chance) { planned_chance_ = chance; }

    // Writes everything, answers everybody, ends the writer thread.
    void drain();

    struct Counters {
        uint64_t allowed = 0;
        uint64_t denied = 0;
        uint64_t from_memory = 0;  // answered without waiting for the disk
        uint64_t commits = 0;
        uint64_t failures = 0;
        uint64_t sessions_ended = 0;
        uint64_t offline = 0;  // decisions that hosts told of afterwards
    };
    const Counters& counters() const { return counters_; }

  private:
    struct Pending {
        uint64_t rests_on = 0;
        uint64_t ticket = 0;
        Done<Committed> done;
    };

    Result<Party> party_of(HolderKind kind, std::string_view name, std::string& normal) const;
    void write(Entries entries, std::optional<RequestMark> mark, Extras extras, Instant at,
               Done<Committed> done);
    void when_durable(uint64_t rests_on, Done<Committed> done);
    void name_newcomers(Entries& entries, const std::string& user, const std::string& device,
                        Extras& extras);
    bool shows_cal_of_another(std::string_view token, std::string_view product,
                              std::string_view user, std::string_view device, Instant at) const;
    void settle_answer(Decision decision, HostId host, ProductId product,
                       Done<wire::AdmissionAnswer> done);
    void say_when_to_ask(wire::AdmissionAnswer& answer, HostId host, ProductId product);
    void hand_over();
    void on_report(CommitReport report);
    void take_back(const Error& why);
    void take_usage(const std::vector<store::UsageRow>& rows);
    void write_usage();
    void count(const Decision& decision, const RefusedAttempt& attempt);
    void tell_of_refusal(HostId host, const wire::OfflineDecision& decision);
    uint64_t chance();

    Ledger ledger_;
    NameIndex names_;
    Node node_;
    ClockSource clock_source_;
    TrustedClock clock_;
    Post post_;
    UsageCounter usage_;
    std::vector<store::UsageRow> usage_due_;  // to be written, a slice at a time, from the end
    uint64_t usage_ticket_ = 0;               // of the slice on its way; zero: none
    PackDocument pack_document_;
    OnRefusal on_refusal_;
    std::string actor_;

    std::unique_ptr<LogWriter> writer_;
    std::vector<WriteJob> outbox_;  // decided in this turn of the loop, not yet handed over
    std::deque<Undo> undos_;        // of entries durable_ … ledger_.size() - 1
    std::deque<Pending> pending_;
    std::vector<store::SubjectName> erased_;  // names erased by what is not yet durable
    uint64_t durable_ = 0;
    uint64_t barrier_ = 0;  // settings that decisions rest on become durable with this size
    uint64_t next_ticket_ = 1;
    uint32_t ticks_ = 0;
    std::optional<Error> stopped_;
    Counters counters_;
    std::array<uint64_t, 128> chances_{};
    size_t chances_left_ = 0;
    std::optional<uint64_t> planned_chance_;
    bool handover_posted_ = false;
};

}  // namespace calm
