// links: calm_core
// Snapshots of the ledger's state from outside: refused, or a state that can be written, asked and
// changed without a crash.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/admission.h"
#include "core/core_runner.h"
#include "core/host_licenses.h"
#include "core/installations.h"
#include "core/loans.h"
#include "core/machines.h"
#include "core/position.h"
#include "core/reassertion.h"
#include "core/vendor_word.h"
#include "core/verbs.h"

namespace {

using namespace calm;

void write(Ledger& ledger, const Result<Entries>& entries) {
    if (!entries) return;
    for (const EntryBody& body : *entries) {
        const LedgerEntry entry{ledger.size(), ledger.time(), {}, body};
        if (ledger.objection(entry)) abort();
        ledger.apply(entry);
    }
}

// What hosts and computers are given.
void give_and_take(Ledger& ledger) {
    const Instant now = ledger.time();
    for (uint16_t id = 1; id <= std::min<size_t>(ledger.products().size(), 8); ++id) {
        for (const PackKind kind :
             {PackKind::server, PackKind::core, PackKind::external_connector}) {
            for (const uint32_t quantity : {1U, 64U, 0U})
                write(ledger, decide_host_license(ledger, {{1}, {id}, kind, quantity}, now));
        }
        write(ledger, decide_claim(ledger, {id}, {}, now));
        for (uint32_t subject = 1; subject <= std::min<size_t>(ledger.subject_count(), 8);
             ++subject) {
            if (ledger.subject({subject}).kind != HolderKind::device ||
                ledger.subject({subject}).erased != 0) {
                continue;
            }
            write(ledger, decide_claim(ledger, {id}, {.subject = {subject}}, now));
            write(ledger, decide_move(ledger, {id}, {subject}, {}, now));
            write(ledger, decide_unclaim(ledger, {id}, {subject}, now));
        }
    }
    static_cast<void>(position_of(ledger, now));
    if (ledger.has_host({1})) write(ledger, decide_host_removal(ledger, {1}));
}

// CALs are lent and devices become one machine, and all of it is taken back.
void lend_and_merge(Ledger& ledger) {
    const Instant now = ledger.time();
    const size_t subjects = std::min<size_t>(ledger.subject_count(), 8);
    for (uint32_t cal = 1; cal <= std::min<size_t>(ledger.cal_count(), 8); ++cal) {
        for (uint32_t to = 0; to <= subjects; ++to) {
            write(ledger,
                  decide_loan(ledger, {.cal = {cal}, .to = {to}, .until = now + days(30)}, now));
        }
        if (cal % 2 == 0) write(ledger, decide_recall(ledger, {cal}, now));
    }
    for (uint32_t a = 1; a <= subjects; ++a) {
        for (uint32_t b = 1; b <= subjects; ++b)
            write(ledger, decide_merge(ledger, {a}, {b}, now));
        write(ledger, decide_acceptance(ledger, {a}, now));
    }
    for (uint32_t a = 1; a <= subjects; ++a)
        write(ledger, decide_separation(ledger, {a}, now));
}

// A host tells of a CAL for everybody.
void reassert(Ledger& ledger) {
    if (ledger.products().empty() || ledger.epoch() == 0) return;
    for (uint32_t id = 1; id <= std::min<size_t>(ledger.subject_count(), 8); ++id) {
        const HolderKind kind = ledger.subject({id}).kind;
        if (ledger.subject({id}).erased != 0) continue;
        const Instant now = ledger.time();
        Reassertion told{.cal = {},
                         .holder_kind = kind,
                         .holder = {.presence = Party::Presence::known, .subject = {id}},
                         .document = {},
                         .epoch = ledger.epoch() - 1,
                         .host = {1}};
        told.cal.kind = kind == HolderKind::device ? PackKind::per_device : PackKind::per_user;
        told.cal.product = ledger.products()[0].product.code;
        told.cal.pack = {1};
        told.cal.issued_at = now;
        told.cal.expires_at = std::min(now + days(60), kInstantMax);
        write(ledger, decide_reassertion(ledger, told, now));
    }
    write(ledger, decide_reasserted(ledger, {1}, ledger.time()));
}

// Vendors certify the server, renew its packs and take them back.
void hear_vendors(Ledger& ledger) {
    const Instant now = ledger.time();
    for (size_t i = 0; i < std::min<size_t>(ledger.vendors().size(), 4); ++i) {
        const KeyBytes vendor = ledger.vendors()[i];
        const uint64_t serial = ledger.vendor_state(vendor).serial + 1;
        const Instant until = std::min(now + days(1), kInstantMax);
        if (serial > 0) write(ledger, decide_activation(ledger, {vendor, serial, until}, now));
        write(ledger, decide_deactivation(ledger, vendor));
    }
    for (uint32_t id = 1; id <= std::min<size_t>(ledger.packs().size(), 8); ++id) {
        entry::PackInstalled again = ledger.pack({id}).terms;
        again.renewal = again.renewal == UINT32_MAX ? again.renewal : again.renewal + 1;
        write(ledger, decide_installation(ledger, again, now));
        if (again.declared || !ledger.trusts(again.vendor)) continue;
        const uint64_t number = ledger.vendor_state(again.vendor).status_list + 1;
        write(ledger, decide_status(ledger, again.vendor, number, std::vector{again.document}));
    }
}

void ask_everything(Ledger& ledger) {
    const size_t subjects = std::min<size_t>(ledger.subject_count(), 8);
    for (uint32_t id = 1; id <= subjects; ++id) {
        const Subject& subject = ledger.subject({id});
        if (subject.erased != 0 || subject.kind == HolderKind::station) continue;
        for (size_t i = 0; i < std::min<size_t>(ledger.products().size(), 8); ++i) {
            const std::string code = ledger.products()[i].product.code;
            AdmissionRequest request;
            request.host = {1};
            request.product = code;
            const Party party{Party::Presence::known, {id}, {}};
            (subject.kind == HolderKind::device ? request.device : request.user) = party;
            const auto decision = decide(ledger, request, ledger.time());
            if (decision) write(ledger, decision->entries);
        }
    }
    write(ledger, decide_expiries(ledger, ledger.time(), 64));
    lend_and_merge(ledger);
    for (uint32_t cal = 1; cal <= std::min<size_t>(ledger.cal_count(), 8); ++cal) {
        write(ledger, decide_revocation(ledger, {cal}, RevocationReason::lost, ledger.time()));
        write(ledger, decide_release(ledger, {cal}, ReturnReason::left, ledger.time()));
    }
    reassert(ledger);
    hear_vendors(ledger);
    give_and_take(ledger);
    for (uint32_t pack = 1; pack <= std::min<size_t>(ledger.packs().size(), 8); ++pack)
        write(ledger, decide_removal(ledger, {pack}, ledger.time()));
    if (subjects > 0) write(ledger, decide_erasure(ledger, {1}));
    static_cast<void>(ledger.withdrawn(ledger.time()));
    ledger.forget_old_requests();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    size_t taken = 0;
    Ledger ledger;
    const auto read = ledger.read_state([&](std::span<uint8_t> into) {
        if (size - taken < into.size()) return false;
        if (!into.empty()) std::memcpy(into.data(), data + taken, into.size());
        taken += into.size();
        return true;
    });
    if (!read) return 0;
    // What was read writes itself, and reads back as the same.
    const std::string bytes = scenario::state_bytes(ledger);
    size_t again_taken = 0;
    Ledger again;
    const auto reread = again.read_state([&](std::span<uint8_t> into) {
        if (bytes.size() - again_taken < into.size()) return false;
        if (!into.empty()) std::memcpy(into.data(), bytes.data() + again_taken, into.size());
        again_taken += into.size();
        return true;
    });
    if (!reread || scenario::state_bytes(again) != bytes) abort();
    ask_everything(ledger);
    return 0;
}
