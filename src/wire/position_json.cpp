// Rows and holders of a position.
#include "wire/position_json.h"

#include <iterator>

#include "base/append.h"
#include "wire/fields.h"

namespace calm::wire {
namespace {

void write_line(std::string& out, const PositionTable::Line& line) {
    const PositionRow& row = line.numbers;
    const auto holders = [&](HolderKind kind) { return row.holders[static_cast<size_t>(kind)]; };
    append(out, R"({{"product":"{}","requires":"{}","kind":"{}","required":{},)", line.product,
           name_of(line.requirement), name_of(row.kind), row.required);
    append(out, R"("users":{},"devices":{},"stations":{},"owned":{},"declared":{},"held":{},)",
           holders(HolderKind::user), holders(HolderKind::device), holders(HolderKind::station),
           row.owned, row.declared, row.held);
    append(out, R"("overuse":{},"temporary":{},"borrowed":{},"lent":{},"short":{},"refused":{},)",
           row.overuse, row.temporary, row.borrowed, row.lent, row.short_of, row.refused);
    append(out, R"("spare":{}}})", row.spare);
}

void write_missing(std::string& out, const PositionTable::Missing& missing, bool names) {
    append(out, R"({{"product":"{}","kind":"{}","holder":{{"subject":{},"kind":"{}")",
           missing.product, name_of(missing.kind), missing.holder.value,
           name_of(missing.holder_kind));
    if (names && !missing.name.empty()) {
        out += R"(,"name":)";
        append_json_string(out, missing.name);
    }
    append(out, R"(}},"since":"{}","state":"{}"}})", to_rfc3339(missing.since),
           missing.temporary ? "temporary" : "overuse");
}

void write_stations(std::string& out, const PositionTable& table) {
    append(out, R"(,"stations":{{"registered":{},"covered":{},"uncovered":[)",
           table.stations.registered, table.stations.covered);
    for (size_t i = 0; i < table.stations.uncovered.size(); ++i) {
        append(out, R"({}{{"station":{})", i > 0 ? "," : "", table.stations.uncovered[i].value);
        if (i < table.station_names.size()) {
            out += R"(,"name":)";
            append_json_string(out, table.station_names[i]);
        }
        out += '}';
    }
    out += "]}";
}

void write_hosts(std::string& out, const PositionTable& table, bool names) {
    out += R"(,"hosts":[)";
    for (const PositionTable::UnlicensedHost& each : table.hosts) {
        if (out.back() != '[') out += ',';
        append(out, R"({{"host":{})", each.host.value);
        if (names && !each.name.empty()) {
            out += R"(,"name":)";
            append_json_string(out, each.name);
        }
        append(out, R"(,"product":"{}","kind":"{}","missing":{}}})", each.product,
               name_of(each.kind), each.missing);
    }
    out += ']';
}

}  // namespace

PositionTable tabulate(const Ledger& ledger, const Position& position, ProductId product,
                       size_t missing_max) {
    PositionTable table{.at = position.at, .entries = position.entries};
    if (!product) table.stations = count_stations(ledger, position.at);
    for (const UnlicensedProduct& each : unlicensed_hosts(ledger, position.at)) {
        if (product && each.product != product) continue;
        table.hosts.push_back({.host = each.host,
                               .name = {},
                               .product = ledger.product(each.product).product.code,
                               .kind = each.kind,
                               .missing = each.missing});
    }
    for (const PositionRow& row : position.rows) {
        if (product && row.product != product) continue;
        const Product& of = ledger.product(row.product).product;
        table.lines.push_back({of.code, of.rules.requirement, row});
    }
    for (const Uncovered& each : position.uncovered) {
        if (product && each.product != product) continue;
        if (table.missing.size() == missing_max) {
            ++table.missing_more;
            continue;
        }
        table.missing.push_back({.product = ledger.product(each.product).product.code,
                                 .kind = each.kind,
                                 .holder_kind = ledger.subject(each.holder).kind,
                                 .holder = each.holder,
                                 .since = each.since,
                                 .temporary = each.temporary});
    }
    return table;
}

void write_position(std::string& out, const PositionTable& table, bool names) {
    append(out, R"({{"at":"{}","entries":{},"rows":[)", to_rfc3339(table.at), table.entries);
    for (const PositionTable::Line& line : table.lines) {
        if (out.back() != '[') out += ',';
        write_line(out, line);
    }
    out += R"(],"uncovered":[)";
    for (const PositionTable::Missing& missing : table.missing) {
        if (out.back() != '[') out += ',';
        write_missing(out, missing, names);
    }
    append(out, R"(],"uncovered_more":{})", table.missing_more);
    if (table.stations.registered > 0) write_stations(out, table);
    if (!table.hosts.empty()) write_hosts(out, table, names);
    out += '}';
}

}  // namespace calm::wire
