// What a log from outside (a disk, a backup) may not say. Entries that decide() and the verbs make
// never meet an objection; this is the guard against damage and forgery.
#include <algorithm>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

using Objection = std::optional<std::string>;

struct Objector {
    const Ledger& ledger;
    Instant at{};  // the entry's own time

    Objection needs_pack(PackId pack) const {
        if (ledger.has_pack(pack)) return {};
        return fmt::format("pack {} does not exist", pack.value);
    }
    Objection needs_host(HostId host) const {
        if (host && host.value <= ledger.hosts().size()) return {};
        return fmt::format("host {} does not exist", host.value);
    }

    Objection operator()(const entry::LedgerCreated&) const {
        if (ledger.size() == 0) return {};
        return "a ledger is created once, by its first entry";
    }
    Objection operator()(const entry::NodeAdded&) const { return {}; }
    Objection operator()(const entry::EpochStarted& e) const {
        if (e.epoch > ledger.epoch()) return {};
        return "an epoch must be newer than the one before";
    }
    Objection operator()(const entry::ClockAccepted&) const { return {}; }
    Objection operator()(const entry::SecondFactorRemoved&) const { return {}; }
    Objection operator()(const entry::VendorTrusted& e) const {
        if (ledger.trusts(e.key)) return "the vendor is trusted already";
        return {};
    }
    Objection needs_vendor(const KeyBytes& vendor) const {
        if (!ledger.trusts(vendor)) return "the vendor is not trusted";
        return {};
    }
    Objection operator()(const entry::ServerActivated& e) const {
        if (auto missing = needs_vendor(e.vendor)) return missing;
        if (!in_range(e.until)) return "impossible dates";
        if (e.serial <= ledger.vendor_state(e.vendor).serial)
            return "a certificate has a greater serial number than those before";
        return {};
    }
    Objection operator()(const entry::ServerDeactivated& e) const { return needs_vendor(e.vendor); }
    Objection operator()(const entry::PackRevoked& e) const {
        if (auto missing = needs_vendor(e.vendor)) return missing;
        if (ledger.is_revoked(e.vendor, e.document)) return "the pack is revoked already";
        return {};
    }
    Objection operator()(const entry::StatusListTaken& e) const {
        if (auto missing = needs_vendor(e.vendor)) return missing;
        if (e.number <= ledger.vendor_state(e.vendor).status_list)
            return "a newer status list was taken";
        return {};
    }
    Objection operator()(const entry::ProductSet& e) const {
        if (auto sound = check_product(e.product); !sound) return sound.error().detail;
        const ProductId known = ledger.find_product(e.product.code);
        if (!known && ledger.products().size() >= 65535) return "too many products";
        if (known && (ledger.product(known).product.family != e.product.family ||
                      ledger.product(known).product.version != e.product.version)) {
            return "family and version of a product never change";
        }
        if (!in_range(e.product.released.value_or(Instant{}))) return "impossible dates";
        if (known && ledger.product(known).product.released &&
            ledger.product(known).product.released != e.product.released) {
            return "the day on which a product came out never changes";
        }
        for (const std::string& code : e.product.bases) {
            const ProductId base = ledger.find_product(code);
            if (!base || ledger.product(base).product.family == e.product.family)
                return "a base does not exist, or is of the product's own family";
        }
        return {};
    }
    Objection operator()(const entry::PolicySet&) const { return {}; }
    Objection operator()(const entry::PackInstalled& e) const {
        if (e.pack != ledger.next_pack()) return "packs are numbered in order";
        if (!ledger.find_product(e.product)) return "the pack's product does not exist";
        if (!check_suite(e.product, e.also)) return "the suite names a product twice";
        for (const std::string& code : e.also) {
            if (!ledger.find_product(code)) return "a product of the suite does not exist";
        }
        if (e.quantity == 0) return "a pack holds at least one CAL";
        if (!in_range(e.not_before) || !in_range(e.expires_at.value_or(Instant{})) ||
            !in_range(e.maintained_until.value_or(Instant{}))) {
            return "impossible dates";
        }
        if (e.agreement && (e.channel != Channel::volume || !check_agreement(*e.agreement)))
            return "the agreement is not one of the channel, or its number is not the program's";
        if (const PackId known = e.declared ? PackId{} : ledger.find_document(e.document);
            known && !ledger.pack(known).may_come_again(e)) {
            return "the pack is installed already";
        }
        if (e.activation && e.declared) return "a pack that was declared needs no activation";
        if (e.moved_from && (e.declared || e.moved_from->server.size() != kServerIdSize))
            return "the pack's origin is no license server";
        if (e.included_with && (!ledger.has_pack(e.included_with) || !is_cal_kind(e.kind) ||
                                ledger.pack(e.included_with).terms.kind != PackKind::server))
            return "no pack of server licenses brought these CALs";
        return {};
    }
    Objection operator()(const entry::PackRenewed& e) const {
        if (auto missing = needs_pack(e.pack)) return missing;
        const Pack& pack = ledger.pack(e.pack);
        if (pack.removed || pack.terms.declared) return "the pack is gone, or was declared";
        if (e.renewal <= pack.terms.renewal) return "the pack was renewed since";
        if (!in_range(e.expires_at.value_or(Instant{})) ||
            !in_range(e.maintained_until.value_or(Instant{}))) {
            return "impossible dates";
        }
        return {};
    }
    Objection operator()(const entry::PackRemoved& e) const {
        if (auto missing = needs_pack(e.pack)) return missing;
        const Pack& pack = ledger.pack(e.pack);
        if (pack.used != 0 || pack.overdrawn != 0 || pack.removed) {
            return "the pack is in use or gone";
        }
        return {};
    }
    Objection operator()(const entry::PackMoved& e) const {
        if (auto objection = (*this)(entry::PackRemoved{e.pack})) return objection;
        if (ledger.pack(e.pack).terms.declared) return "a pack that was declared is not moved";
        if (e.to.size() != kServerIdSize) return "the pack goes to no license server";
        return {};
    }
    Objection operator()(const entry::PackConverted& e) const {
        if (auto missing = needs_pack(e.source)) return missing;
        const Pack& source = ledger.pack(e.source);
        if (e.pack != ledger.next_pack()) return "packs are numbered in order";
        if (source.terms.kind != PackKind::per_user && source.terms.kind != PackKind::per_device)
            return "only CALs of users and devices are converted";
        if (source.removed || e.quantity == 0 || e.quantity > source.free())
            return "only seats that nobody holds are converted";
        return {};
    }
    Objection operator()(const entry::HostEnrolled& e) const {
        if (e.host != ledger.next_host()) return "hosts are numbered in order";
        if (!in_range(e.grace_until)) return "impossible dates";
        return {};
    }
    Objection operator()(const entry::HostSet& e) const {
        for (const std::string& code : e.runs) {
            if (!ledger.find_product(code)) return "a product of the host does not exist";
            if (std::ranges::count(e.runs, code) > 1) return "a product of the host stands twice";
        }
        return needs_host(e.host);
    }
    Objection operator()(const entry::HostGraceEnded& e) const { return needs_host(e.host); }
    Objection operator()(const entry::HostRemoved& e) const {
        if (auto missing = needs_host(e.host)) return missing;
        if (!ledger.host(e.host).licenses.empty()) return "the host still has licenses";
        return {};
    }
    Objection operator()(const entry::HostReasserted& e) const { return needs_host(e.host); }
    uint32_t licenses_of(HostId host, PackId pack) const {
        const auto& licenses = ledger.host(host).licenses;
        const auto found = std::ranges::find(licenses, pack, &HostLicense::pack);
        return found == licenses.end() ? 0 : found->quantity;
    }
    Objection operator()(const entry::HostLicensed& e) const {
        if (auto missing = needs_pack(e.pack)) return missing;
        if (!ledger.has_host(e.host)) return "the host does not exist";
        const Pack& pack = ledger.pack(e.pack);
        if (!is_host_kind(pack.terms.kind) || pack.removed) return "the pack is not one of hosts";
        if (e.quantity == 0 || e.quantity > uint64_t{pack.free()} + licenses_of(e.host, e.pack))
            return fmt::format("pack {} has not so many licenses left", e.pack.value);
        return {};
    }
    Objection operator()(const entry::HostUnlicensed& e) const {
        if (auto missing = needs_host(e.host)) return missing;
        if (licenses_of(e.host, e.pack) == 0) return "the host has no license of that pack";
        return {};
    }
    bool is_installed(PackId pack, SubjectId computer) const {
        return std::ranges::any_of(ledger.installations(), [&](const Installation& each) {
            return each.pack == pack && each.computer == computer;
        });
    }
    Objection takes_installation(PackId id, SubjectId computer) const {
        if (auto missing = needs_pack(id)) return missing;
        if (!ledger.has_subject(computer) || ledger.subject(computer).erased != 0 ||
            ledger.subject(computer).kind != HolderKind::device) {
            return "the subject is no computer";
        }
        const Pack& pack = ledger.pack(id);
        if (pack.terms.kind != PackKind::installation || pack.removed)
            return "the pack is not one of installations";
        if (is_installed(id, computer)) return "the computer has that installation already";
        return {};
    }
    Objection operator()(const entry::InstallationClaimed& e) const {
        if (auto objection = takes_installation(e.pack, e.computer)) return objection;
        if (ledger.pack(e.pack).free() == 0)
            return fmt::format("pack {} has no installation left", e.pack.value);
        return {};
    }
    Objection operator()(const entry::InstallationMoved& e) const {
        if (auto objection = takes_installation(e.pack, e.to)) return objection;
        if (!is_installed(e.pack, e.computer)) return "the computer has no such installation";
        return {};
    }
    Objection operator()(const entry::InstallationReleased& e) const {
        if (!is_installed(e.pack, e.computer)) return "the computer has no such installation";
        return {};
    }
    Objection operator()(const entry::SubjectAdded& e) const {
        if (e.subject != ledger.next_subject()) return "subjects are numbered in order";
        return {};
    }
    Objection operator()(const entry::SubjectErased& e) const {
        if (!ledger.has_subject(e.subject) || ledger.subject(e.subject).erased != 0)
            return "the subject does not exist";
        for (CalId id = ledger.subject(e.subject).first; id; id = ledger.cal(id).next) {
            if (ledger.cal(id).standing()) return "the subject still holds a CAL";
        }
        if (std::ranges::count(ledger.installations(), e.subject, &Installation::computer) > 0)
            return "the subject still has an installation";
        if (std::ranges::count(ledger.waiting(), e.subject, &Waiting::holder) > 0)
            return "the subject still waits for a seat";
        if (std::ranges::any_of(ledger.groups(), [&](const Group& each) {
                return std::ranges::binary_search(each.members, e.subject);
            })) {
            return "the subject is still in a group";
        }
        if (std::ranges::any_of(ledger.merges(), [&](const Merge& each) {
                return each.device == e.subject || each.into == e.subject;
            })) {
            return "the subject is still part of a machine";
        }
        return {};
    }

    Objection operator()(const entry::StationSet& e) const {
        if (auto missing = needs_host(e.host)) return missing;
        if (!ledger.has_subject(e.station) || ledger.subject(e.station).erased != 0 ||
            ledger.subject(e.station).kind != HolderKind::station) {
            return "the subject is no station";
        }
        const auto known =
            std::ranges::lower_bound(ledger.stations(), e.station, {}, &Station::subject);
        if (known != ledger.stations().end() && known->subject == e.station && known->removed)
            return "the station was removed";
        if (!e.shows) return {};
        const Station* shown = ledger.station(e.shows);
        if (shown == nullptr || shown->kind != StationKind::virtual_desktop ||
            shown->host != e.host || e.kind == StationKind::virtual_desktop) {
            return "a seat shows a virtual desktop of its own host";
        }
        return {};
    }
    Objection operator()(const entry::StationRemoved& e) const {
        if (ledger.station(e.station) == nullptr) return "the station does not exist";
        for (CalId id = ledger.subject(e.station).first; id; id = ledger.cal(id).next) {
            if (ledger.cal(id).standing()) return "the station still holds a CAL";
        }
        return {};
    }

    // All but what it spends.
    Objection statement_fits(const CalStatement& cal) const {
        const ProductId product = ledger.find_product(cal.product);
        if (!ledger.has_subject(cal.holder) || !product) return "holder or product does not exist";
        if (ledger.subject(cal.holder).erased != 0) return "the holder was erased";
        if (!may_hold(ledger.subject(cal.holder).kind, cal.kind))
            return "the holder cannot hold a CAL of this kind";
        if (cal.cal != ledger.next_cal() && !ledger.has_cal(cal.cal))
            return "CALs are numbered in order";
        if (ledger.has_cal(cal.cal) && ledger.cal(cal.cal).holder != cal.holder) {
            return "a CAL record stays with its holder";
        }
        if (cal.state != CalState::active && cal.state != CalState::temporary) {
            return "only active and temporary CALs are given";
        }
        if (cal.state == CalState::temporary && (cal.pack || cal.overuse)) {
            return "a temporary CAL spends no seat";
        }
        if (cal.lease && cal.state != CalState::active) return "a concurrent seat is active";
        if (cal.borrowed && (!cal.lease || cal.overuse || !cal.pack))
            return "only a concurrent seat is borrowed";
        if (!in_range(cal.issued_at) || !in_range(cal.expires_at) || cal.issued_at > cal.expires_at)
            return "impossible dates";
        return {};
    }
    Objection cal_fits(const CalStatement& cal) const {
        if (cal.of) return "a loan is an entry of its own";
        if (auto objection = statement_fits(cal)) return objection;
        if (auto objection = keeps_its_loan(cal)) return objection;
        if (!cal.pack) {
            if (cal.state == CalState::active && !cal.overuse)
                return "an active CAL names its pack";
            return {};
        }
        if (auto missing = needs_pack(cal.pack)) return missing;
        return seat_is_free(cal, ledger.find_product(cal.product));
    }
    // A CAL that is lent stays what it is until it is back.
    Objection keeps_its_loan(const CalStatement& cal) const {
        if (!ledger.has_cal(cal.cal) || !ledger.is_lent(cal.cal, at)) return {};
        const Cal& lent = ledger.cal(cal.cal);
        const Cal& stand_in = ledger.cal(ledger.loan_of(cal.cal)->stand_in);
        if (cal.pack == lent.pack && cal.state == CalState::active && !cal.overuse &&
            cal.expires_at.seconds >= stand_in.expires_at) {
            return {};
        }
        return fmt::format("CAL {} is lent", cal.cal.value);
    }
    Objection seat_is_free(const CalStatement& cal, ProductId product) const {
        const Pack& pack = ledger.pack(cal.pack);
        if (pack.terms.kind != cal.kind || !is_product_of(ledger, pack, product)) {
            return "the CAL is not one of that pack";
        }
        if (cal.lease && !pack.leases()) return "the pack has no concurrent seats";
        if (cal.borrowed && pack.terms.metric != PackMetric::concurrent)
            return "a seat that counts at one host is not borrowed";
        const Cal* before = ledger.has_cal(cal.cal) ? &ledger.cal(cal.cal) : nullptr;
        if (cal.overuse) {
            const bool drawn = before != nullptr && before->standing() && before->is_overdraft() &&
                               before->pack == cal.pack;
            if (drawn || pack.overdrawn < pack.terms.overdraft) return {};
            return fmt::format("the overdraft of pack {} is used up", cal.pack.value);
        }
        const bool already_there =
            before != nullptr && before->spends_seat() && before->pack == cal.pack;
        if (!already_there && pack.free() == 0) {
            return fmt::format("pack {} has no free seat", cal.pack.value);
        }
        return {};
    }
    Objection operator()(const entry::CalIssued& e) const { return cal_fits(e.cal); }
    Objection operator()(const entry::CalValidated& e) const { return cal_fits(e.cal); }
    Objection operator()(const entry::CalRenewed& e) const { return cal_fits(e.cal); }
    Objection operator()(const entry::CalMoved& e) const { return cal_fits(e.cal); }
    Objection operator()(const entry::CalReasserted& e) const {
        if (e.epoch >= ledger.epoch()) return "a CAL of this epoch needs no reassertion";
        return cal_fits(e.cal);
    }

    Objection operator()(const entry::SeatLeft& e) const {
        if (auto missing = must_stand(e.cal.cal)) return missing;
        const Cal& cal = ledger.cal(e.cal.cal);
        if (!cal.lease() || !e.cal.lease || cal.pack != e.cal.pack)
            return "the CAL is not that concurrent seat";
        if (auto missing = needs_host(e.cal.host)) return missing;
        return cal_fits(e.cal);
    }
    Objection operator()(const entry::SeatBorrowed& e) const {
        if (auto missing = must_stand(e.cal.cal)) return missing;
        const Cal& cal = ledger.cal(e.cal.cal);
        if (!cal.lease() || cal.overuse() || !e.cal.borrowed || cal.pack != e.cal.pack)
            return "the CAL is not that concurrent seat";
        return cal_fits(e.cal);
    }
    Objection operator()(const entry::PackAssigned& e) const {
        if (auto missing = needs_pack(e.pack)) return missing;
        const Pack& pack = ledger.pack(e.pack);
        if (pack.terms.metric != PackMetric::per_server || pack.removed)
            return "the pack's seats count at no single host";
        if (pack.used != 0 || pack.overdrawn != 0) return "the pack is in use";
        if (e.host && !ledger.has_host(e.host)) return "the host does not exist";
        return {};
    }
    Objection operator()(const entry::QueueJoined& e) const {
        if (!ledger.has_subject(e.holder) || ledger.subject(e.holder).erased != 0)
            return "the holder does not exist";
        if (!ledger.find_product(e.product)) return "the product does not exist";
        if (!is_cal_kind(e.kind)) return "nobody holds CALs of that kind";
        if (!in_range(e.until)) return "impossible dates";
        return {};
    }
    Objection operator()(const entry::QueueLeft& e) const {
        if (ledger.waiting(e.holder, e.kind, ledger.find_product(e.product)) == nullptr)
            return "the holder does not wait";
        return {};
    }

    Objection must_be_group(const std::string& code) const {
        if (is_product_code(code)) return {};
        return "the group's code is none";
    }
    Objection operator()(const entry::GroupJoined& e) const {
        if (auto objection = must_be_group(e.group)) return objection;
        if (!ledger.has_subject(e.member) || ledger.subject(e.member).erased != 0 ||
            ledger.subject(e.member).kind == HolderKind::station) {
            return "the member is no user and no device";
        }
        const Group* group = ledger.group(e.group);
        if (group == nullptr) return {};
        if (std::ranges::binary_search(group->members, e.member)) return "it is in the group";
        return {};
    }
    Objection operator()(const entry::GroupLeft& e) const {
        const Group* group = ledger.group(e.group);
        if (group == nullptr || !std::ranges::binary_search(group->members, e.member))
            return "it is not in the group";
        return {};
    }
    Objection operator()(const entry::SeatsReserved& e) const {
        if (auto objection = must_be_group(e.group)) return objection;
        if (auto missing = needs_pack(e.pack)) return missing;
        const Pack& pack = ledger.pack(e.pack);
        if (e.seats == 0) return {};
        uint64_t seats = e.seats;
        for (const Reservation& each : pack.reservations)
            seats += each.group == e.group ? 0 : each.seats;
        if (!is_cal_kind(pack.terms.kind) || pack.removed || seats > pack.quantity())
            return "the pack has not so many seats to keep";
        return {};
    }

    Objection must_stand(CalId id) const {
        if (!ledger.has_cal(id) || !ledger.cal(id).standing())
            return fmt::format("CAL {} is not out", id.value);
        if (ledger.is_lent(id, at)) return fmt::format("CAL {} is lent", id.value);
        return {};
    }
    Objection operator()(const entry::CalExpired& e) const { return must_stand(e.cal); }
    Objection operator()(const entry::CalRevoked& e) const { return must_stand(e.cal); }
    Objection operator()(const entry::CalReturned& e) const { return must_stand(e.cal); }

    Objection operator()(const entry::CalLent& e) const {
        if (auto objection = statement_fits(e.cal)) return objection;
        if (ledger.has_cal(e.cal.cal) && ledger.cal(e.cal.cal).standing())
            return "the stand-in's CAL is a new one";
        if (!ledger.has_cal(e.cal.of) || ledger.loan_of(e.cal.of) != nullptr)
            return "there is no such CAL, or it is lent already";
        const Cal& own = ledger.cal(e.cal.of);
        if (!own.spends_seat() || own.pack != e.cal.pack || own.kind() != e.cal.kind ||
            own.product != ledger.find_product(e.cal.product) || own.holder == e.cal.holder ||
            ledger.subject(own.holder).kind == HolderKind::station ||
            ledger.subject(own.holder).kind != ledger.subject(e.cal.holder).kind) {
            return "the stand-in's CAL is not the one that is lent";
        }
        if (e.cal.state != CalState::active || e.cal.overuse ||
            e.cal.expires_at.seconds > own.expires_at) {
            return "a loan ends before the CAL that is lent";
        }
        return {};
    }
    Objection must_be_device(SubjectId id) const {
        if (ledger.has_subject(id) && ledger.subject(id).erased == 0 &&
            ledger.subject(id).kind == HolderKind::device) {
            return {};
        }
        return "the subject is no device";
    }
    Objection operator()(const entry::DevicesMerged& e) const {
        if (auto objection = must_be_device(e.device)) return objection;
        if (auto objection = must_be_device(e.into)) return objection;
        if (ledger.merge_of(e.device) != nullptr || ledger.machine(e.into) == e.device)
            return "the device is another name of a machine already";
        return {};
    }
    Objection operator()(const entry::DeviceSeparated& e) const {
        if (ledger.merge_of(e.device) == nullptr) return "the device is no other name";
        return {};
    }
    Objection operator()(const entry::DeviceDoubted& e) const {
        if (auto objection = must_be_device(e.device)) return objection;
        if (auto objection = must_be_device(e.like)) return objection;
        if (ledger.doubt_of(e.device) != nullptr || e.device == e.like)
            return "the device was doubted before";
        return {};
    }
    Objection operator()(const entry::DeviceAccepted& e) const {
        if (ledger.doubt_of(e.device) == nullptr) return "the device was never doubted";
        return {};
    }
};

}  // namespace

std::optional<std::string> Ledger::objection(const LedgerEntry& entry) const {
    if (entry.sequence != size_) {
        return fmt::format("entry {} where {} should follow", entry.sequence, size_);
    }
    if (entry.at < time_ || entry.at > kInstantMax) return "the time runs backwards or too far";
    if (size_ == 0 && !std::holds_alternative<entry::LedgerCreated>(entry.body)) {
        return "the first entry creates the ledger";
    }
    return std::visit(Objector{*this, entry.at}, entry.body);
}

}  // namespace calm
