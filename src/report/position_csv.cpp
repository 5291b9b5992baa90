// Rows and fields of RFC 4180.
#include <array>

#include "report/position_report.h"

namespace calm::report {
namespace {

constexpr std::array kColumns{
    "record",      "product",  "requires", "kind",     "required", "users",
    "devices",     "stations", "owned",    "declared", "held",     "overuse",
    "temporary",   "borrowed", "lent",     "short",    "spare",    "holder",
    "holder_kind", "state",    "since",    "at",       "entries",  "license_server_id"};

class Row {
  public:
    explicit Row(std::string& out) : out_(out) {}

    void add(std::string_view field) {
        if (count_++ > 0) out_ += ',';
        const bool formula = !field.empty() && std::string_view("=+-@\t\r").contains(field[0]);
        const bool quotes = formula || field.find_first_of(",\"\r\n") != std::string_view::npos;
        if (quotes) out_ += '"';
        if (formula) out_ += '\'';
        for (const char c : field) {
            if (c == '"') out_ += '"';
            out_ += c;
        }
        if (quotes) out_ += '"';
    }
    void add(uint64_t number) { add(std::string_view(std::to_string(number))); }
    void skip(size_t fields) {
        for (; fields > 0; --fields)
            add(std::string_view());
    }
    void end() { out_ += "\r\n"; }

  private:
    std::string& out_;
    size_t count_ = 0;
};

void add_common(Row& row, const PositionReport& report) {
    row.add(to_rfc3339(report.table.at));
    row.add(report.table.entries);
    row.add(report.license_server_id);
    row.end();
}

void add_line(std::string& out, const PositionReport& report,
              const wire::PositionTable::Line& line) {
    const PositionRow& numbers = line.numbers;
    Row row(out);
    row.add("position");
    row.add(line.product);
    row.add(name_of(line.requirement));
    row.add(name_of(numbers.kind));
    row.add(numbers.required);
    for (const HolderKind kind : {HolderKind::user, HolderKind::device, HolderKind::station})
        row.add(numbers.holders[static_cast<size_t>(kind)]);
    for (const uint64_t number :
         {numbers.owned, numbers.declared, numbers.held, numbers.overuse, numbers.temporary,
          numbers.borrowed, numbers.lent, numbers.short_of, numbers.spare}) {
        row.add(number);
    }
    row.skip(4);
    add_common(row, report);
}

void add_missing(std::string& out, const PositionReport& report,
                 const wire::PositionTable::Missing& missing) {
    Row row(out);
    row.add("missing");
    row.add(missing.product);
    row.skip(1);
    row.add(name_of(missing.kind));
    row.skip(13);
    row.add(missing.name);
    row.add(name_of(missing.holder_kind));
    row.add(missing.temporary ? "temporary" : "overuse");
    row.add(to_rfc3339(missing.since));
    add_common(row, report);
}

// A registered station that has no CAL: no product is known that it needs one of.
void add_station(std::string& out, const PositionReport& report, std::string_view name) {
    Row row(out);
    row.add("station_without_cal");
    row.skip(16);
    row.add(name);
    row.add(name_of(HolderKind::station));
    row.skip(2);
    add_common(row, report);
}

// A host that lacks the license which a product is sold with.
void add_host(std::string& out, const PositionReport& report,
              const wire::PositionTable::UnlicensedHost& host) {
    Row row(out);
    row.add("host_without_license");
    row.add(host.product);
    row.skip(1);
    row.add(name_of(host.kind));
    row.skip(11);
    row.add(host.missing);
    row.skip(1);
    row.add(host.name);
    row.skip(3);
    add_common(row, report);
}

}  // namespace

std::string file_name(const PositionReport& report, std::string_view ending) {
    return "position-" + to_rfc3339(report.table.at).substr(0, 10) + "." + std::string(ending);
}

std::string position_csv(const PositionReport& report) {
    std::string out = "\xEF\xBB\xBF";
    Row titles(out);
    for (const char* column : kColumns)
        titles.add(message(report.language, std::string("report.column.") + column));
    titles.end();
    for (const auto& line : report.table.lines)
        add_line(out, report, line);
    for (const auto& missing : report.table.missing)
        add_missing(out, report, missing);
    for (const std::string& name : report.table.station_names)
        add_station(out, report, name);
    for (const auto& host : report.table.hosts)
        add_host(out, report, host);
    return out;
}

}  // namespace calm::report
