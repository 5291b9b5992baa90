// Entries that cannot follow a ledger that has something of everything, each with what is said
// against it.
#include <gtest/gtest.h>

#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::kOtherServer;
using test::kTooLate;
using test::WholeLedger;

class AnObjection : public testing::Test {
  protected:
    WholeLedger kit;

    std::string to(const EntryBody& body) const {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).value_or("(none)");
    }
    std::string to_product(std::string_view code, auto change) const {
        Product product = kit.ledger.product(kit.ledger.find_product(code)).product;
        change(product);
        return to(entry::ProductSet{product});
    }
    std::string to_pack(auto change) const {
        entry::PackInstalled terms{
            .pack = kit.ledger.next_pack(), .document = {50}, .product = "ts-2022", .quantity = 1};
        change(terms);
        return to(terms);
    }
};

TEST_F(AnObjection, IsMadeToProductsThatCannotBe) {
    const auto same = [](Product&) {};
    EXPECT_EQ(to_product("mailplus", same), "(none)");
    EXPECT_EQ(to_product("mail", [](auto& p) { p.family = "post"; }),
              "family and version of a product never change");
    EXPECT_EQ(to_product("mail", [](auto& p) { p.released = Instant{-1}; }), "impossible dates");
    EXPECT_EQ(to_product("mail", [](auto& p) { p.released = kTooLate; }), "impossible dates");
    EXPECT_EQ(to_product("ts-2025", [](auto& p) { p.released = {}; }),
              "the day on which a product came out never changes");
    const char* const no_base = "a base does not exist, or is of the product's own family";
    EXPECT_EQ(to_product("mail", [](auto& p) { p.bases = {"nothing"}; }), no_base);
    EXPECT_EQ(to_product("ts-2022", [](auto& p) { p.bases = {"ts-2019"}; }), no_base);
}

TEST_F(AnObjection, IsMadeToPacksThatCannotBe) {
    EXPECT_EQ(to_pack([](auto&) {}), "(none)");
    EXPECT_EQ(to_pack([](auto& p) { p.also = {"ts-2022"}; }), "the suite names a product twice");
    EXPECT_EQ(to_pack([](auto& p) { p.also = {"nothing"}; }),
              "a product of the suite does not exist");
    EXPECT_EQ(to_pack([](auto& p) { p.maintained_until = kTooLate; }), "impossible dates");
    const char* const installed = "the pack is installed already";
    const auto document = [&](PackId id) { return kit.ledger.pack(id).terms.document; };
    const entry::PackOrigin back{kOtherServer, PackSource::dead, 0, 0};
    EXPECT_EQ(to_pack([&](auto& p) { p.document = document(kit.went); }), installed);
    EXPECT_EQ(to_pack([&](auto& p) {
                  p.document = document(kit.came);
                  p.moved_from = back;
              }),
              installed);
    EXPECT_EQ(to_pack([&](auto& p) {
                  p.document = document(kit.went);
                  p.moved_from = back;
              }),
              "(none)");
    const char* const no_origin = "the pack's origin is no license server";
    EXPECT_EQ(to_pack([&](auto& p) {
                  p.declared = true;
                  p.moved_from = back;
              }),
              no_origin);
    EXPECT_EQ(to_pack([](auto& p) {
                  p.moved_from = {"calm-", PackSource::dead, 0, 0};
              }),
              no_origin);
    const char* const not_brought = "no pack of server licenses brought these CALs";
    EXPECT_EQ(to_pack([&](auto& p) { p.included_with = {99}; }), not_brought);
    EXPECT_EQ(to_pack([&](auto& p) { p.included_with = kit.users; }), not_brought);
    EXPECT_EQ(to_pack([&](auto& p) {
                  p.included_with = kit.servers;
                  p.kind = PackKind::core;
              }),
              not_brought);
}

TEST_F(AnObjection, IsMadeToTheEndOfAPack) {
    EXPECT_EQ(to(entry::PackRemoved{kit.users}), "the pack is in use or gone");
    EXPECT_EQ(to(entry::PackRemoved{kit.removed}), "the pack is in use or gone");
    kit.step(entry::PackInstalled{.pack = kit.ledger.next_pack(),
                                  .document = {77},
                                  .product = "ts-2022",
                                  .quantity = 1,
                                  .declared = true,
                                  .overdraft = 1});
    const PackId pack{kit.ledger.next_pack().value - 1};
    EXPECT_EQ(to(entry::PackMoved{pack, kOtherServer}), "a pack that was declared is not moved");
    EXPECT_EQ(to(entry::PackMoved{kit.suite, "calm-"}), "the pack goes to no license server");
    EXPECT_EQ(to(entry::PackMoved{kit.users, kOtherServer}), "the pack is in use or gone");
    CalStatement over = kit.seat(kit.dora, pack, "ts-2022");
    over.overuse = true;
    kit.step(entry::CalIssued{over});
    EXPECT_EQ(to(entry::PackRemoved{pack}), "the pack is in use or gone");
}

TEST_F(AnObjection, IsMadeToConversions) {
    const PackId next = kit.ledger.next_pack();
    EXPECT_EQ(to(entry::PackConverted{kit.suite, next, 3}), "(none)");
    EXPECT_EQ(to(entry::PackConverted{{99}, next, 1}), "pack 99 does not exist");
    EXPECT_EQ(to(entry::PackConverted{kit.suite, {99}, 1}), "packs are numbered in order");
    EXPECT_EQ(to(entry::PackConverted{kit.servers, next, 1}),
              "only CALs of users and devices are converted");
    const char* const held = "only seats that nobody holds are converted";
    EXPECT_EQ(to(entry::PackConverted{kit.suite, next, 0}), held);
    EXPECT_EQ(to(entry::PackConverted{kit.suite, next, 4}), held);
    EXPECT_EQ(to(entry::PackConverted{kit.removed, next, 1}), held);
}

TEST_F(AnObjection, IsMadeToWhatHostsCannotBe) {
    EXPECT_EQ(to(entry::HostSet{.host = kit.front, .runs = {"nothing"}}),
              "a product of the host does not exist");
    EXPECT_EQ(to(entry::HostSet{.host = kit.front, .runs = {"os", "os"}}),
              "a product of the host stands twice");
    EXPECT_EQ(to(entry::HostRemoved{kit.front}), "the host still has licenses");
    EXPECT_EQ(to(entry::HostReasserted{{99}}), "host 99 does not exist");
}

TEST_F(AnObjection, IsMadeToLicensesThatHostsCannotHave) {
    EXPECT_EQ(to(entry::HostLicensed{kit.front, kit.servers, 4}), "(none)");
    EXPECT_EQ(to(entry::HostLicensed{kit.back, {99}, 1}), "pack 99 does not exist");
    EXPECT_EQ(to(entry::HostLicensed{kit.gone_host, kit.servers, 1}), "the host does not exist");
    EXPECT_EQ(to(entry::HostLicensed{kit.back, kit.users, 1}), "the pack is not one of hosts");
    const std::string none_left =
        "pack " + std::to_string(kit.servers.value) + " has not so many licenses left";
    EXPECT_EQ(to(entry::HostLicensed{kit.front, kit.servers, 0}), none_left);
    EXPECT_EQ(to(entry::HostLicensed{kit.front, kit.servers, 5}), none_left);
    EXPECT_EQ(to(entry::HostUnlicensed{{99}, kit.servers}), "host 99 does not exist");
    EXPECT_EQ(to(entry::HostUnlicensed{kit.back, kit.servers}),
              "the host has no license of that pack");
    kit.step(entry::HostUnlicensed{kit.front, kit.servers});
    kit.step(entry::PackRemoved{kit.servers});
    EXPECT_EQ(to(entry::HostLicensed{kit.back, kit.servers, 1}), "the pack is not one of hosts");
}

TEST_F(AnObjection, IsMadeToInstallations) {
    const auto claim = [&](PackId pack, SubjectId computer) {
        return to(entry::InstallationClaimed{pack, computer});
    };
    EXPECT_EQ(claim({99}, kit.alike), "pack 99 does not exist");
    EXPECT_EQ(claim(kit.installs, {99}), "the subject is no computer");
    EXPECT_EQ(claim(kit.installs, kit.gone), "the subject is no computer");
    EXPECT_EQ(claim(kit.installs, kit.anna), "the subject is no computer");
    EXPECT_EQ(claim(kit.users, kit.alike), "the pack is not one of installations");
    EXPECT_EQ(claim(kit.installs, kit.kiosk), "the computer has that installation already");
    EXPECT_EQ(claim(kit.installs, kit.alike),
              "pack " + std::to_string(kit.installs.value) + " has no installation left");
    const auto move = [&](SubjectId from, SubjectId into) {
        return to(entry::InstallationMoved{kit.installs, from, into});
    };
    EXPECT_EQ(move(kit.kiosk, kit.alike), "(none)");
    EXPECT_EQ(move(kit.twin, kit.alike), "the computer has no such installation");
    EXPECT_EQ(move(kit.laptop, kit.kiosk), "the computer has that installation already");
    EXPECT_EQ(to(entry::InstallationReleased{kit.installs, kit.alike}),
              "the computer has no such installation");
    kit.step(entry::InstallationReleased{kit.installs, kit.kiosk});
    kit.step(entry::InstallationReleased{kit.installs, kit.laptop});
    kit.step(entry::PackRemoved{kit.installs});
    EXPECT_EQ(claim(kit.installs, kit.alike), "the pack is not one of installations");
}

TEST_F(AnObjection, IsMadeToTheErasureOfWhoIsStillThere) {
    EXPECT_EQ(to(entry::SubjectErased{kit.gone}), "the subject does not exist");
    EXPECT_EQ(to(entry::SubjectErased{kit.anna}), "the subject still holds a CAL");
    EXPECT_EQ(to(entry::SubjectErased{kit.twin}), "the subject is still part of a machine");
    kit.step(entry::CalReturned{kit.laptops});
    EXPECT_EQ(to(entry::SubjectErased{kit.laptop}), "the subject still has an installation");
    kit.step(entry::InstallationReleased{kit.installs, kit.laptop});
    EXPECT_EQ(to(entry::SubjectErased{kit.laptop}), "the subject is still part of a machine");
    kit.step(entry::CalReturned{kit.overdrawn});
    EXPECT_EQ(to(entry::SubjectErased{kit.dora}), "the subject still waits for a seat");
    kit.step(entry::QueueLeft{kit.dora, PackKind::per_user, "cad"});
    kit.step(entry::GroupJoined{"works", kit.dora});
    EXPECT_EQ(to(entry::SubjectErased{kit.dora}), "the subject is still in a group");
    kit.step(entry::GroupLeft{"works", kit.dora});
    EXPECT_EQ(to(entry::SubjectErased{kit.dora}), "(none)");
}

TEST_F(AnObjection, IsMadeToStations) {
    const auto set = [&](SubjectId station, HostId host, StationKind kind, SubjectId shows) {
        return to(entry::StationSet{station, host, kind, shows});
    };
    EXPECT_EQ(set(kit.desk, {99}, StationKind::local, {}), "host 99 does not exist");
    EXPECT_EQ(set({99}, kit.front, StationKind::local, {}), "the subject is no station");
    EXPECT_EQ(set(kit.kiosk, kit.front, StationKind::local, {}), "the subject is no station");
    EXPECT_EQ(set(kit.gone, kit.front, StationKind::local, {}), "the subject is no station");
    const char* const not_shown = "a seat shows a virtual desktop of its own host";
    EXPECT_EQ(set(kit.desk, kit.front, StationKind::local, {99}), not_shown);
    EXPECT_EQ(set(kit.desk, kit.front, StationKind::local, kit.desk), not_shown);
    EXPECT_EQ(set(kit.desk, kit.back, StationKind::local, kit.desktop), not_shown);
    EXPECT_EQ(set(kit.desk, kit.front, StationKind::virtual_desktop, kit.desktop), not_shown);
    EXPECT_EQ(set(kit.desk, kit.front, StationKind::remote, kit.desktop), "(none)");
    EXPECT_EQ(to(entry::StationRemoved{kit.kiosk}), "the station does not exist");
    EXPECT_EQ(to(entry::StationRemoved{kit.desk}), "the station still holds a CAL");
    kit.step(entry::CalReturned{kit.desks});
    EXPECT_EQ(to(entry::StationRemoved{kit.desk}), "(none)");
    kit.step(entry::StationRemoved{kit.desk});
    EXPECT_EQ(set(kit.desk, kit.front, StationKind::local, {}), "the station was removed");
    kit.step(entry::SubjectErased{kit.desk});
    EXPECT_EQ(set(kit.desk, kit.front, StationKind::local, {}), "the subject is no station");
}

}  // namespace
}  // namespace calm
