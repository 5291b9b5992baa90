// For tests of a snapshot's damage: a ledger with something in every table of its state, and bytes
// as the state has them.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/test_kit.h"

namespace calm::test {

inline constexpr Instant kBefore1970{-1};
inline constexpr Instant kTooLate = kInstantMax + seconds(1);

inline std::string state_bytes_of(std::string_view text) {
    const auto size = static_cast<uint32_t>(text.size());
    return std::string(reinterpret_cast<const char*>(&size), sizeof size) + std::string(text);
}
inline std::string state_bytes_of(const char* text) {
    return state_bytes_of(std::string_view(text));
}
inline std::string state_bytes_of(const std::string& text) {
    return state_bytes_of(std::string_view(text));
}
template <class T>
std::string state_bytes_of(const T& value) {
    if constexpr (requires { value.value; }) {
        return state_bytes_of(value.value);
    } else if constexpr (requires { value.seconds; }) {
        return state_bytes_of(value.seconds);
    } else {
        static_assert(std::has_unique_object_representations_v<T>);
        return std::string(reinterpret_cast<const char*>(&value), sizeof value);
    }
}

// These values one behind another, as a record of the state has them.
template <class... T>
std::string row(const T&... values) {
    return (state_bytes_of(values) + ...);
}

// `bytes` with `to` in the place of `from`, which must stand there exactly once.
inline std::string damaged(const std::string& bytes, std::string_view from, std::string_view to) {
    const size_t at = bytes.find(from);
    EXPECT_NE(at, std::string::npos) << "the state does not have what should be damaged";
    if (at == std::string::npos) return bytes;
    EXPECT_EQ(bytes.find(from, at + 1), std::string::npos) << "it stands there twice";
    return bytes.substr(0, at) + std::string(to) + bytes.substr(at + from.size());
}

inline const std::string kOtherServer = "calm-" + std::string(kServerIdSize - 5, 'k');

// Every entry has a second of its own, so that each date and number says what it belongs to.
class WholeLedger : public Kit {
  public:
    HostId front, back, gone_host;
    PackId users, devices, suite, servers, included, installs, floating, per_server, came, went,
        converted, removed;
    SubjectId anna, bruno, clara, dora, kiosk, laptop, twin, alike, accepted, desk, desktop, gone;
    CalId annas, kiosks, laptops, over, lent, stand_in, desks, overdrawn, leased, borrowed,
        returned, revoked;

    WholeLedger() {
        products();
        packs();
        hosts();
        subjects();
        cals();
        machines();
        lines();
        packs_that_went();
    }

    void step(const EntryBody& body, std::optional<RequestMark> mark = {}) {
        now = now + seconds(1);
        add(body, mark);
    }
    CalStatement seat(SubjectId holder, PackId pack, std::string product) const {
        CalStatement cal{.cal = ledger.next_cal(), .holder = holder};
        cal.kind = ledger.subject(holder).kind == HolderKind::device ? PackKind::per_device
                                                                     : PackKind::per_user;
        cal.product = std::move(product);
        cal.pack = pack;
        cal.overuse = !pack;
        cal.issued_at = now;
        cal.expires_at = now + days(60);
        cal.host = front;
        return cal;
    }

  private:
    void product_of(std::string_view code, auto change) {
        Product made = test::product(code, kPlain);
        change(made);
        step(entry::ProductSet{made});
    }
    void products() {
        step(entry::NodeAdded{key_of(9), "certificate"});
        step(entry::EpochStarted{2});
        step(entry::PolicySet{{.default_mode = LicensingMode::per_user,
                               .initial_grace_days = 33,
                               .offline_days_max = 44,
                               .restore_hours_max = 55,
                               .quarantine_days = 66}});
        const auto plain = [](Product&) {};
        product_of("ts-2019", plain);
        product_of("ts-2022", plain);
        product_of("ts-2025", [](Product& p) { p.released = kBegin - days(100); });
        product_of("mail", plain);
        product_of("mailplus", [](Product& p) { p.bases = {"mail"}; });
        product_of("os", [](Product& p) { p.rules.server_license = true; });
        product_of("desk", [](Product& p) {
            p.rules.administrators_max = 7;
            p.rules.pack_kinds = {PackKind::installation, PackKind::per_device};
            p.rules.cal_pack_sizes = {5, 20};
        });
        product_of("cad", plain);
    }
    PackId install(std::string code, PackKind kind, uint32_t quantity, auto change) {
        const PackId id = ledger.next_pack();
        entry::PackInstalled terms{
            .pack = id, .product = std::move(code), .kind = kind, .quantity = quantity};
        terms.document.fill(static_cast<uint8_t>(100 + id.value));
        terms.vendor = key_of(2);
        terms.not_before = kBegin - days(id.value);
        change(terms);
        step(terms);
        return id;
    }
    void packs() {
        const auto plain = [](entry::PackInstalled&) {};
        users = install("ts-2022", PackKind::per_user, 10, [](entry::PackInstalled& p) {
            p.channel = Channel::volume;
            p.overdraft = 1;
            p.maintained_until = kBegin + days(400);
            p.agreement = {AgreementProgram::select, "1234567"};
            p.expires_at = kBegin + days(500);
        });
        devices = install("ts-2022", PackKind::per_device, 4, plain);
        suite = install("ts-2022", PackKind::per_user, 3, [](entry::PackInstalled& p) {
            p.also = {"mail"};
            p.overdraft = 77;
        });
        servers = install("os", PackKind::server, 4, plain);
        included = install("os", PackKind::per_user, 2,
                           [&](entry::PackInstalled& p) { p.included_with = servers; });
        installs = install("desk", PackKind::installation, 2, plain);
        floating = install("cad", PackKind::per_user, 3,
                           [](entry::PackInstalled& p) { p.metric = PackMetric::concurrent; });
        per_server = install("cad", PackKind::per_user, 2,
                             [](entry::PackInstalled& p) { p.metric = PackMetric::per_server; });
        came = install("mail", PackKind::per_user, 2, [](entry::PackInstalled& p) {
            p.moved_from = {kOtherServer, PackSource::reachable, 7, 777};
        });
        went = install("mail", PackKind::per_user, 2, plain);
        removed = install("ts-2022", PackKind::per_user, 6, plain);
        converted = ledger.next_pack();
        step(entry::PackConverted{devices, converted, 2});
    }
    void hosts() {
        const auto enrol = [&](HostId& id, uint8_t n) {
            id = ledger.next_host();
            step(entry::HostEnrolled{.host = id,
                                     .commitment = key_of(n),
                                     .key = key_of(n + 1),
                                     .grace_until = kBegin + days(n)});
        };
        enrol(front, 20);
        enrol(back, 30);
        enrol(gone_host, 40);
        step(entry::HostSet{.host = front, .processors = 3, .cores = 5, .runs = {"os"}});
        step(entry::HostLicensed{front, servers, 2});
        step(entry::HostRemoved{gone_host});
        step(entry::PackAssigned{per_server, front});
    }
    void subjects() {
        const auto added = [&](SubjectId& id, HolderKind kind) {
            id = ledger.next_subject();
            step(entry::SubjectAdded{.subject = id, .kind = kind, .commitment = {}});
        };
        for (SubjectId* user : {&anna, &bruno, &clara, &dora})
            added(*user, HolderKind::user);
        for (SubjectId* device : {&kiosk, &laptop, &twin, &alike, &accepted})
            added(*device, HolderKind::device);
        added(desk, HolderKind::station);
        added(desktop, HolderKind::station);
        added(gone, HolderKind::device);
        step(entry::StationSet{desktop, front, StationKind::virtual_desktop, {}});
        step(entry::StationSet{desk, front, StationKind::local, desktop});
    }
    CalId given(const CalStatement& cal) {
        step(entry::CalIssued{cal});
        return cal.cal;
    }
    void cals() {
        annas = given(seat(anna, users, "ts-2025"));
        kiosks = given(seat(kiosk, devices, "ts-2022"));
        CalStatement temporary = seat(laptop, {}, "ts-2019");
        temporary.overuse = false;
        temporary.state = CalState::temporary;
        laptops = given(temporary);
        over = given(seat(bruno, {}, "mail"));
        lent = given(seat(bruno, users, "ts-2022"));
        CalStatement other = seat(clara, users, "ts-2022");
        other.of = lent;
        other.expires_at = now + days(9);
        stand_in = other.cal;
        step(entry::CalLent{other, LoanReason::repair});
        desks = given(seat(desk, users, "ts-2022"));
        CalStatement beyond = seat(dora, users, "ts-2022");
        beyond.overuse = true;
        overdrawn = given(beyond);
        CalStatement lease = seat(anna, floating, "cad");
        lease.lease = true;
        leased = given(lease);
        CalStatement away = seat(clara, floating, "cad");
        away.lease = true;
        borrowed = given(away);
        away.borrowed = true;
        step(entry::SeatBorrowed{away});
        returned = given(seat(dora, suite, "ts-2022"));
        step(entry::CalReturned{returned, ReturnReason::left});
        revoked = given(seat(accepted, devices, "ts-2022"));
        step(entry::CalRevoked{revoked});
    }
    void machines() {
        step(entry::DevicesMerged{twin, laptop});
        step(entry::DeviceDoubted{alike, kiosk});
        step(entry::DeviceDoubted{accepted, kiosk});
        step(entry::DeviceAccepted{accepted});
        step(entry::InstallationClaimed{installs, kiosk});
        step(entry::InstallationClaimed{installs, laptop});
        step(entry::SubjectErased{gone});
    }
    void lines() {
        step(entry::QueueJoined{bruno, PackKind::per_user, "cad", now + minutes(11)});
        step(entry::QueueJoined{dora, PackKind::per_user, "cad", now + minutes(12)});
        step(entry::GroupJoined{"sales", anna});
        step(entry::GroupJoined{"sales", kiosk});
        step(entry::GroupJoined{"works", bruno});
        step(entry::SeatsReserved{users, "sales", 2});
        step(entry::SeatsReserved{users, "works", 3});
        step(entry::ClockAccepted{}, RequestMark{request_id(1), 11, Reason::cal_held});
        step(entry::ClockAccepted{}, RequestMark{request_id(2), 22, Reason::cal_issued});
    }
    void packs_that_went() {
        step(entry::PackRemoved{removed});
        step(entry::PackMoved{went, kOtherServer});
    }
};

}  // namespace calm::test
