// For the core's tests: a ledger to which entries are added by hand, and admissions in one line.
#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/admission.h"
#include "core/verbs.h"

namespace calm::test {

inline constexpr Instant kBegin{1'767'225'600};  // 2026-01-01T00:00:00Z

inline KeyBytes key_of(uint8_t n) {
    KeyBytes key{};
    key.fill(n);
    return key;
}

inline RequestId request_id(uint8_t n) {
    RequestId id;
    id.bytes.fill(n);
    return id;
}

inline Product product(std::string_view code, ProductRules rules = {}) {
    Product product = *product_from_code(code);
    product.rules = rules;
    return product;
}

// No temporary CALs, no initial grace: a device takes a seat at once.
inline constexpr ProductRules kPlain{.temporary_days = 0, .initial_grace_days = 0};

class Kit {
  public:
    Kit() {
        add(entry::LedgerCreated{key_of(1)});
        add(entry::VendorTrusted{key_of(2)});
    }

    Ledger ledger;
    Instant now = kBegin;
    std::vector<LedgerEntry> log;

    Undo add(const EntryBody& body, std::optional<RequestMark> mark = {}) {
        const LedgerEntry entry{ledger.size(), now, mark, body};
        EXPECT_EQ(ledger.objection(entry), std::nullopt);
        log.push_back(entry);
        return ledger.apply(entry);
    }
    void add(const Result<Entries>& entries) {
        ASSERT_TRUE(entries.has_value()) << entries.error().detail;
        for (const EntryBody& body : *entries)
            add(body);
    }

    void set(std::string_view code, ProductRules rules = kPlain) {
        add(entry::ProductSet{product(code, rules)});
    }
    PackId pack(std::string_view code, PackKind kind, uint32_t quantity,
                std::optional<Instant> until = {}) {
        const PackId id = ledger.next_pack();
        entry::PackInstalled terms{
            .pack = id, .product = std::string(code), .kind = kind, .quantity = quantity};
        terms.document[0] = static_cast<uint8_t>(id.value);
        terms.vendor = key_of(2);
        terms.expires_at = until;
        add(terms);
        return id;
    }
    HostId host(LicensingMode mode, PackKind preferred = PackKind::per_user, Seconds grace = {}) {
        const HostId id = ledger.next_host();
        add(entry::HostEnrolled{
            .host = id, .mode = mode, .preferred = preferred, .grace_until = now + grace});
        return id;
    }
    SubjectId subject(HolderKind kind) {
        const SubjectId id = ledger.next_subject();
        add(entry::SubjectAdded{.subject = id, .kind = kind, .commitment = {}});
        return id;
    }

    static Party known(SubjectId id) {
        return {.presence = Party::Presence::known, .subject = id, .commitment = {}};
    }
    static Party stranger(uint8_t n) {
        return {.presence = Party::Presence::stranger, .subject = {}, .commitment = key_of(n)};
    }

    Decision ask(const AdmissionRequest& request) {
        auto decision = decide(ledger, request, now);
        if (!decision) {
            ADD_FAILURE() << decision.error().detail;
            return {};
        }
        return *decision;
    }
    // Asks, and writes what follows.
    Decision admit(const AdmissionRequest& request) {
        Decision decision = ask(request);
        const auto mark = mark_of(request, decision);
        for (size_t i = 0; i < decision.entries.size(); ++i)
            add(decision.entries[i], i + 1 == decision.entries.size() ? mark : std::nullopt);
        return decision;
    }
    AdmissionRequest by_user(SubjectId user, HostId host, std::string_view code) const {
        AdmissionRequest request;
        request.host = host;
        request.product = code;
        request.user = known(user);
        return request;
    }
    AdmissionRequest by_device(SubjectId device, HostId host, std::string_view code) const {
        AdmissionRequest request;
        request.host = host;
        request.product = code;
        request.device = known(device);
        return request;
    }

    std::string bytes() const {
        std::string out;
        ledger.write_state([&](std::span<const uint8_t> part) { out += as_text(part); });
        return out;
    }
};

// Fills an empty ledger from the bytes of a state.
inline Result<> read_back(Ledger& ledger, std::string_view bytes) {
    return ledger.read_state([&](std::span<uint8_t> into) {
        if (bytes.size() < into.size()) return false;
        if (!into.empty()) std::memcpy(into.data(), bytes.data(), into.size());
        bytes.remove_prefix(into.size());
        return true;
    });
}

// The state that was read from these bytes, as bytes again; damage is "(refused)".
inline std::string state_read_from(std::string_view bytes) {
    Ledger ledger;
    if (!read_back(ledger, bytes)) return "(refused)";
    std::string again;
    ledger.write_state([&](std::span<const uint8_t> part) { again += as_text(part); });
    return again;
}

inline std::string code_of(const Result<Entries>& result) {
    return result ? "(done)" : result.error().code;
}

}  // namespace calm::test
