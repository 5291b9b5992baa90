// Products, packs, hosts, CALs and settings.
#include "wire/resource_json.h"

#include <iterator>

#include "base/append.h"
#include "core/coverage.h"
#include "wire/fields.h"
#include "wire/license_json.h"

namespace calm::wire {
namespace {

// Product codes need no escaping.
void append_codes(std::string& out, const std::vector<std::string>& codes) {
    out += '[';
    for (const std::string& code : codes)
        append(out, R"({}"{}")", out.back() == '[' ? "" : ",", code);
    out += ']';
}

void read_rules(Fields& fields, ProductRules& rules) {
    fields.choice("requires", rules.requirement);
    fields.choice("overuse", rules.overuse);
    fields.number("temporary_days", rules.temporary_days);
    fields.number("user_days", rules.user_days);
    fields.number("device_days_min", rules.device_days_min);
    fields.number("device_days_max", rules.device_days_max);
    fields.number("renewal_days", rules.renewal_days);
    fields.number("initial_grace_days", rules.initial_grace_days);
    fields.number("outage_days", rules.outage_days);
    fields.number("revoke_percent", rules.revoke_percent, 100);
    fields.number("reassign_days", rules.reassign_days);
    fields.flag("prevent_upgrade", rules.prevent_upgrade);
    fields.flag("grace_ends_with_first_cal", rules.grace_ends_with_first_cal);
    fields.flag("cal_for_servers", rules.cal_for_servers);
    fields.flag("cal_for_web", rules.cal_for_web);
    fields.flag("cal_for_hpc", rules.cal_for_hpc);
    fields.flag("cal_for_anonymous", rules.cal_for_anonymous);
    fields.flag("server_license", rules.server_license);
    fields.number("cores_min", rules.cores_min);
    fields.number("core_pack", rules.core_pack);
    fields.number("cals_max", rules.cals_max);
    fields.number("cal_pack", rules.cal_pack);
    fields.number("cals_included", rules.cals_included);
    fields.number("lease_minutes", rules.lease_minutes);
    fields.number("linger_minutes", rules.linger_minutes);
    fields.number("queue_minutes", rules.queue_minutes);
    fields.number("queue_max", rules.queue_max);
    fields.number("borrow_days_max", rules.borrow_days_max);
    fields.number("administrators_max", rules.administrators_max);
    std::vector<std::string> kinds;
    if (fields.texts("pack_kinds", kinds, NamesOf<PackKind>::value.size(), kPackKindBytesMax)) {
        const auto known = pack_kinds_named(kinds);
        if (!known) fields.complain("pack_kinds", "names a kind that is none, or one twice");
        rules.pack_kinds = known.value_or(PackKinds{});
    }
    fields.numbers("cal_pack_sizes", rules.cal_pack_sizes, kPackQuantityMax);
}

}  // namespace

Result<Product> parse_product(const boost::json::value& json, const Product* base) {
    Fields fields(json);
    Product product;
    if (base != nullptr) product = *base;
    const bool named = fields.text("product", product.code, 64);
    if (base == nullptr) fields.require("product");
    if (named && base == nullptr) {
        if (const auto derived = product_from_code(product.code)) {
            product.family = derived->family;
            product.version = derived->version;
        }
    }
    fields.text("family", product.family, 64);
    fields.number("version", product.version);
    fields.texts("bases", product.bases, kBasesMax, 64);
    fields.time("released", product.released);
    read_rules(fields, product.rules);
    CALM_TRY(fields.finish());
    if (base != nullptr && product.code != base->code) {
        return fail("bad_field", "`product` is not the product of this address");
    }
    CALM_TRY(check_product(product));
    return product;
}

void write_product(std::string& out, const Product& product) {
    const ProductRules& r = product.rules;
    append(
        out,
        R"({{"product":"{}","family":"{}","version":{},"requires":"{}","overuse":"{}",)"
        R"("temporary_days":{},"user_days":{},"device_days_min":{},"device_days_max":{},)"
        R"("renewal_days":{},"initial_grace_days":{},"outage_days":{},"revoke_percent":{},"reassign_days":{},)"
        R"("prevent_upgrade":{},"grace_ends_with_first_cal":{},)"
        R"("cal_for_servers":{},"cal_for_web":{},"cal_for_hpc":{},"cal_for_anonymous":{},)"
        R"("server_license":{},"cores_min":{},"core_pack":{},"cals_max":{},"cal_pack":{},)"
        R"("cals_included":{},"lease_minutes":{},"linger_minutes":{},"queue_minutes":{},)"
        R"("queue_max":{},"borrow_days_max":{},"administrators_max":{},"cal_pack_sizes":[{}],)"
        R"("pack_kinds":)",
        product.code, product.family, product.version, name_of(r.requirement), name_of(r.overuse),
        r.temporary_days, r.user_days, r.device_days_min, r.device_days_max, r.renewal_days,
        r.initial_grace_days, r.outage_days, r.revoke_percent, r.reassign_days, r.prevent_upgrade,
        r.grace_ends_with_first_cal, r.cal_for_servers, r.cal_for_web, r.cal_for_hpc,
        r.cal_for_anonymous, r.server_license, r.cores_min, r.core_pack, r.cals_max, r.cal_pack,
        r.cals_included, r.lease_minutes, r.linger_minutes, r.queue_minutes, r.queue_max,
        r.borrow_days_max, r.administrators_max, fmt::join(stated_sizes(r.cal_pack_sizes), ","));
    append_codes(out, pack_kind_names(r.pack_kinds));
    out += R"(,"bases":)";
    append_codes(out, product.bases);
    if (product.released) append(out, R"(,"released":"{}")", to_rfc3339(*product.released));
    out += '}';
}

Result<entry::PackInstalled> parse_declaration(const boost::json::value& json) {
    Fields fields(json);
    entry::PackInstalled terms;
    terms.declared = true;
    fields.text("product", terms.product, 64);
    fields.choice("kind", terms.kind);
    fields.number("quantity", terms.quantity, kPackQuantityMax);
    fields.choice("channel", terms.channel);
    fields.choice("metric", terms.metric);
    fields.time("expires_at", terms.expires_at);
    fields.texts("also", terms.also, kSuiteMax, 64);
    Agreement agreement;
    const bool program = fields.choice("agreement_program", agreement.program);
    const bool number = fields.text("agreement_number", agreement.number, 32);
    if (program || number) {
        fields.require("agreement_program");
        fields.require("agreement_number");
        terms.agreement = agreement;
    }
    fields.require("product");
    fields.require("kind");
    fields.require("quantity");
    CALM_TRY(fields.finish());
    return terms;
}

void append_origin(std::string& out, const std::optional<entry::PackOrigin>& origin) {
    if (!origin) return;
    append(out, R"(,"moved_from":{{"server":"{}","source":"{}"}})", origin->server,
           name_of(origin->source));
}

void write_moved_pack(std::string& out, const Pack& pack) {
    append(out, R"({{"pack":{},"product":"{}","kind":"{}","quantity":{},"to":"{}","at":"{}"}})",
           pack.terms.pack.value, pack.terms.product, name_of(pack.terms.kind), pack.terms.quantity,
           pack.moved->to, to_rfc3339(pack.moved->at));
}

void write_pack(std::string& out, const Ledger& ledger, PackId id, Instant now) {
    const Pack& pack = ledger.pack(id);
    append(out,
           R"({{"pack":{},"product":"{}","kind":"{}","quantity":{},"used":{},"free":{},)"
           R"("channel":"{}","declared":{},"state":"{}")",
           id.value, pack.terms.product, name_of(pack.terms.kind), pack.quantity(), pack.used,
           pack.free(), name_of(pack.terms.channel), pack.terms.declared,
           pack.removed        ? "removed"
           : pack.revoked      ? "revoked"
           : pack.expired(now) ? "expired"
           : pack.usable(now)  ? "usable"
           : pack.valid(now)   ? "not_activated"
                               : "not_yet_valid");
    if (pack.terms.activation) out += R"(,"activation":true)";
    if (pack.terms.renewal > 0) append(out, R"(,"renewal":{})", pack.terms.renewal);
    if (pack.leases()) append(out, R"(,"metric":"{}")", name_of(pack.terms.metric));
    if (pack.host) append(out, R"(,"host":{})", pack.host.value);
    if (pack.converted_from) append(out, R"(,"converted_from":{})", pack.converted_from.value);
    if (pack.terms.included_with) {
        append(out, R"(,"included_with":{})", pack.terms.included_with.value);
    }
    if (pack.terms.maintained_until) {
        append(out, R"(,"maintained_until":"{}","reaches":"{}")",
               to_rfc3339(*pack.terms.maintained_until),
               ledger.product(newest_of(ledger, pack)).product.code);
    }
    if (!pack.reservations.empty()) {
        out += R"(,"reserved":[)";
        for (const Reservation& each : pack.reservations) {
            append(out, R"({}{{"group":"{}","seats":{},"used":{}}})",
                   &each == &pack.reservations.front() ? "" : ",", each.group, each.seats,
                   each.used);
        }
        out += ']';
    }
    if (!pack.terms.also.empty()) {
        out += R"(,"also":)";
        append_codes(out, pack.terms.also);
    }
    if (const auto& agreement = pack.terms.agreement) {
        append(out, R"(,"agreement_program":"{}","agreement_number":"{}")",
               name_of(agreement->program), agreement->number);
    }
    if (pack.terms.overdraft > 0) {
        append(out, R"(,"overdraft":{},"overdrawn":{})", pack.terms.overdraft, pack.overdrawn);
    }
    append_origin(out, pack.terms.moved_from);
    if (!pack.terms.declared) append(out, R"(,"document":"{}")", to_hex(pack.terms.document));
    if (pack.terms.expires_at) {
        append(out, R"(,"expires_at":"{}")", to_rfc3339(*pack.terms.expires_at));
    }
    out += '}';
}

Result<Policy> parse_policy(const boost::json::value& json, const Policy& base) {
    Fields fields(json);
    Policy policy = base;
    fields.choice("default_mode", policy.default_mode);
    fields.number("initial_grace_days", policy.initial_grace_days, uint16_t{3650});
    fields.number("offline_days_max", policy.offline_days_max, uint16_t{3650});
    uint16_t hours = policy.restore_hours_max.value_or(kRestoreHours);
    fields.number("restore_hours_max", hours, uint16_t{720});
    uint16_t quarantine = policy.quarantine_days.value_or(kQuarantineDays);
    fields.number("quarantine_days", quarantine, uint16_t{90});
    CALM_TRY(fields.finish());
    if (hours != policy.restore_hours_max.value_or(kRestoreHours)) policy.restore_hours_max = hours;
    if (quarantine != policy.quarantine_days.value_or(kQuarantineDays))
        policy.quarantine_days = quarantine;
    return policy;
}

void write_policy(std::string& out, const Policy& policy) {
    append(
        out,
        R"({{"default_mode":"{}","initial_grace_days":{},"offline_days_max":{},"restore_hours_max":{},"quarantine_days":{}}})",
        name_of(policy.default_mode), policy.initial_grace_days, policy.offline_days_max,
        policy.restore_hours_max.value_or(kRestoreHours),
        policy.quarantine_days.value_or(kQuarantineDays));
}

Result<entry::HostSet> parse_host_settings(const boost::json::value& json, const Ledger& ledger,
                                           HostId id) {
    Fields fields(json);
    const Host& base = ledger.host(id);
    entry::HostSet set{.host = id,
                       .mode = base.mode,
                       .preferred = base.preferred,
                       .console_mode = base.console_mode,
                       .processors = base.processors,
                       .cores = base.cores};
    for (const ProductId product : base.runs)
        set.runs.push_back(ledger.product(product).product.code);
    fields.choice("mode", set.mode);
    fields.choice("preferred", set.preferred);
    fields.flag("console_mode", set.console_mode);
    fields.number("processors", set.processors);
    fields.number("cores", set.cores);
    fields.texts("runs", set.runs, kHostProductsMax, 64);
    CALM_TRY(fields.finish());
    return set;
}

void write_host(std::string& out, const Ledger& ledger, HostId id, std::string_view name,
                Instant now) {
    const Host& host = ledger.host(id);
    append(out, R"({{"host":{},"name":)", id.value);
    append_json_string(out, name);
    append(out,
           R"(,"mode":"{}","preferred":"{}","console_mode":{},"enrolled_at":"{}",)"
           R"("grace_until":"{}","key":"{}")",
           name_of(host.mode), name_of(host.preferred), host.console_mode,
           to_rfc3339(host.enrolled_at),
           to_rfc3339(host.grace_ended ? host.enrolled_at : host.grace_until), to_hex(host.key));
    if (host.processors > 0) append(out, R"(,"processors":{})", host.processors);
    if (host.cores > 0) append(out, R"(,"cores":{})", host.cores);
    write_host_licenses(out, ledger, id, now);
    out += '}';
}

void write_station(std::string& out, const Ledger& ledger, const Station& station,
                   std::string_view name, std::string_view host, Instant now) {
    append(out, R"({{"station":{},"name":)", station.subject.value);
    append_json_string(out, name);
    append(out, R"(,"host":{},"host_name":)", station.host.value);
    append_json_string(out, host);
    append(out, R"(,"kind":"{}")", name_of(station.kind));
    const SubjectId holder = station.shows ? station.shows : station.subject;
    if (station.shows) append(out, R"(,"shows":{})", station.shows.value);
    out += R"(,"cals":[)";
    for (CalId id = ledger.subject(holder).first; id; id = ledger.cal(id).next) {
        if (!ledger.cal(id).live(now)) continue;
        if (out.back() != '[') out += ',';
        append(out, "{}", id.value);
    }
    out += "]}";
}

CalState state_at(const Cal& cal, Instant now) {
    return cal.standing() && !cal.live(now) ? CalState::expired : cal.state;
}

namespace {

// The hosts that are taken to have sessions on a concurrent seat.
void write_uses(std::string& out, const Ledger& ledger, CalId id, Instant now) {
    out += R"("lease":true,"hosts":[)";
    for (const LeaseUse& use : ledger.lease_uses(id)) {
        if (use.until <= now) continue;
        append(out, "{}{}", out.back() == '[' ? "" : ",", use.host.value);
    }
    out += ledger.cal(id).borrowed() ? R"(],"borrowed":true,)" : "],";
}

}  // namespace

void write_cal(std::string& out, const Ledger& ledger, CalId id, std::string_view holder,
               Instant now) {
    const Cal& cal = ledger.cal(id);
    const HolderKind kind = ledger.subject(cal.holder).kind;
    append(out, R"({{"cal":{},"state":"{}","kind":"{}","product":"{}",)", id.value,
           name_of(state_at(cal, now)), name_of(cal.kind()),
           ledger.product(cal.product).product.code);
    append(out, R"("holder":{{"subject":{},"kind":"{}")", cal.holder.value, name_of(kind));
    if (!holder.empty()) {
        out += R"(,"name":)";
        append_json_string(out, holder);
    }
    append(out, R"(}},"overuse":{},)", cal.overuse());
    if (cal.pack) append(out, R"("pack":{},)", cal.pack.value);
    if (cal.lease()) write_uses(out, ledger, id, now);
    if (const Loan* loan = cal.on_loan() ? ledger.loan_to(id) : nullptr)
        append(out, R"("of":{},)", loan->cal.value);
    if (ledger.is_lent(id, now)) {
        const Loan& loan = *ledger.loan_of(id);
        append(out, R"("lent":{{"cal":{},"until":"{}","why":"{}"}},)", loan.stand_in.value,
               to_rfc3339({int64_t{ledger.cal(loan.stand_in).expires_at}}), name_of(loan.why));
    }
    append(out, R"("issued_at":"{}","expires_at":"{}","entry":{}}})",
           to_rfc3339({static_cast<int64_t>(cal.issued_at)}),
           to_rfc3339({static_cast<int64_t>(cal.expires_at)}), cal.sequence);
}

}  // namespace calm::wire
