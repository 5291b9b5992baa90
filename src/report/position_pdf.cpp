// The pages of a position: what it is of, the numbers, who is not covered; at the foot of each page
// what it can be verified by.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/pdf_pages.h"
#include "report/position_report.h"

namespace calm::report {
namespace {

using Align = TextStyle::Align;

constexpr double kMargin = 42;
constexpr double kInner = PdfPages::kWidth - 2 * kMargin;
constexpr double kRow = 17;
constexpr double kBottom = PdfPages::kHeight - 84;  // where the foot begins
constexpr size_t kHoldersMax = 2000;                // some forty pages; the CSV file has all

constexpr Color kInk{0.10, 0.12, 0.16};
constexpr Color kQuiet{0.42, 0.45, 0.50};
constexpr Color kRed{0.75, 0.07, 0.10};
constexpr Color kGreen{0.07, 0.45, 0.22};
constexpr Color kBlue{0.06, 0.25, 0.47};
constexpr Color kStripe{0.955, 0.965, 0.975};
constexpr Color kRule{0.78, 0.81, 0.85};
constexpr Color kWhite{1, 1, 1};

struct Column {
    const char* name;
    double width;  // of kInner, in thousandths
    Align align = Align::left;
};
constexpr std::array kNumbers{Column{"product", 209},
                              Column{"kind", 165},
                              Column{"required", 92, Align::right},
                              Column{"owned", 97, Align::right},
                              Column{"short", 114, Align::right},
                              Column{"spare", 107, Align::right},
                              Column{"overuse", 92, Align::right},
                              Column{"temporary", 124, Align::right}};
constexpr std::array kHolders{Column{"holder", 290}, Column{"holder_kind", 170},
                              Column{"product", 240}, Column{"state", 150}, Column{"since", 150}};

constexpr std::array kStations{Column{"stations", 1000}};

class Sheet {
  public:
    explicit Sheet(const PositionReport& report) : report_(report) { new_page(); }

    Result<std::string> write() {
        head();
        numbers();
        holders();
        stations();
        hosts();
        explanation();
        feet();
        return pages_.write({.title = text("title") + " " + day(report_.table.at),
                             .subject = report_.license_server_id,
                             .made_at = report_.made_at});
    }

  private:
    using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    std::string text(std::string_view key, Values values = {}) const {
        return message(report_.language, "report.position." + std::string(key), values);
    }
    // A value of the API in the reader's words.
    std::string word(std::string_view value) const {
        return std::string(message(report_.language, "report.word." + std::string(value)));
    }
    static std::string day(Instant at) { return to_rfc3339(at).substr(0, 10); }
    static std::string moment(Instant at) {
        const std::string whole = to_rfc3339(at);
        return whole.substr(0, 10) + " " + whole.substr(11, 8) + " UTC";
    }
    // In groups of three digits: 12,345 or 12 345.
    std::string number(uint64_t value) const {
        std::string out = std::to_string(value);
        const char* const gap = report_.language == Language::fr ? "\u202F" : ",";
        for (size_t i = out.size(); i > 3; i -= 3)
            out.insert(i - 3, gap);
        return out;
    }

    void new_page() {
        pages_.start_page();
        y_ = kMargin;
    }
    // Room for `height` more, on the next page if need be; true: it is a new one.
    bool make_room(double height) {
        if (y_ + height <= kBottom) return false;
        new_page();
        return true;
    }
    void line(std::string_view text, const TextStyle& style, double height) {
        make_room(height);
        pages_.text(kMargin, y_, kInner, text, style);
        y_ += height;
    }

    void head() {
        pages_.area(0, 0, PdfPages::kWidth, 92, kBlue);
        pages_.text(kMargin, 26, kInner, text("title"),
                    {.size = 22, .bold = true, .color = kWhite});
        pages_.text(kMargin, 57, kInner, text("as_of", {{"at", moment(report_.table.at)}}),
                    {.size = 11, .color = kWhite});
        y_ = 108;
        const auto fact = [&](const char* name, const std::string& value) {
            pages_.text(kMargin, y_, 130, text(name), {.color = kQuiet});
            pages_.text(kMargin + 134, y_, kInner - 134, value, {.color = kInk});
            y_ += 14;
        };
        fact("server", report_.license_server_id);
        fact("made_at", moment(report_.made_at));
        if (!report_.made_for.empty()) fact("made_for", report_.made_for);
        fact("based_on", text("entries", {{"entries", number(report_.table.entries)},
                                          {"epoch", std::to_string(report_.epoch)}}));
        y_ += 12;
    }

    void heading(std::string_view text) {
        make_room(2 * kRow + 30);
        pages_.text(kMargin, y_, kInner, text, {.size = 13, .bold = true, .color = kBlue});
        y_ += 24;
    }

    template <size_t N>
    void titles(const std::array<Column, N>& columns) {
        double x = kMargin;
        for (const Column& column : columns) {
            const double width = kInner * column.width / 1000;
            pages_.text(x + 3, y_ + 3, width - 6,
                        message(report_.language, std::string("report.column.") + column.name),
                        {.size = 7.2, .bold = true, .color = kQuiet, .align = column.align});
            x += width;
        }
        y_ += kRow;
        pages_.area(kMargin, y_ - 1, kInner, 0.8, kRule);
    }

    template <size_t N>
    void row(const std::array<Column, N>& columns, const std::array<std::string, N>& cells,
             const std::array<Color, N>& colors, bool striped) {
        if (make_room(kRow)) titles(columns);
        if (striped) pages_.area(kMargin, y_, kInner, kRow, kStripe);
        double x = kMargin;
        for (size_t i = 0; i < N; ++i) {
            const double width = kInner * columns[i].width / 1000;
            const bool marked = colors[i].red != kInk.red;
            pages_.text(x + 3, y_ + 3, width - 6, cells[i],
                        {.size = 8, .bold = marked, .color = colors[i], .align = columns[i].align});
            x += width;
        }
        y_ += kRow;
    }

    void numbers() {
        heading(text("numbers"));
        if (report_.table.lines.empty()) return line(text("nothing"), {.color = kInk}, 24);
        titles(kNumbers);
        bool striped = false;
        for (const auto& [product, requirement, n] : report_.table.lines) {
            std::array<Color, 8> colors;
            colors.fill(kInk);
            if (n.short_of > 0) colors[4] = kRed;
            if (n.short_of == 0 && n.spare > 0) colors[5] = kGreen;
            row(kNumbers,
                {product, word(name_of(n.kind)), number(n.required), number(n.owned),
                 number(n.short_of), number(n.spare), number(n.overuse), number(n.temporary)},
                colors, striped);
            striped = !striped;
        }
        y_ += 16;
    }

    std::string who(const PositionRow& n) const {
        std::string out;
        for (const auto& [kind, key] :
             {std::pair(HolderKind::user, "users"), std::pair(HolderKind::device, "devices"),
              std::pair(HolderKind::station, "stations")}) {
            const uint64_t count = n.holders[static_cast<size_t>(kind)];
            if (count == 0) continue;
            if (!out.empty()) out += ", ";
            out += text(std::string(key) + (count == 1 ? "_one" : ""), {{"count", number(count)}});
        }
        return out;
    }

    void holders() {
        heading(text("uncovered"));
        if (report_.table.missing.empty()) return line(text("all_covered"), {.color = kGreen}, 24);
        for (const auto& [product, requirement, n] : report_.table.lines) {
            if (n.short_of == 0 || !is_cal_kind(n.kind)) continue;
            line(text("sentence", {{"product", product},
                                   {"kind", word(name_of(n.kind))},
                                   {"holders", who(n)},
                                   {"owned", number(n.owned)},
                                   {"short", number(n.short_of)}}),
                 {.size = 10, .color = kInk}, 16);
        }
        y_ += 8;
        make_room(2 * kRow);
        titles(kHolders);
        std::array<Color, 5> colors;
        colors.fill(kInk);
        const size_t shown = std::min(report_.table.missing.size(), kHoldersMax);
        for (size_t i = 0; i < shown; ++i) {
            const auto& each = report_.table.missing[i];
            row(kHolders,
                {each.name.empty() ? text("erased") : each.name, word(name_of(each.holder_kind)),
                 each.product, word(each.temporary ? "temporary" : "overuse"), day(each.since)},
                colors, i % 2 == 1);
        }
        const uint64_t more = report_.table.missing.size() - shown + report_.table.missing_more;
        if (more > 0) line(text("more", {{"count", number(more)}}), {.color = kQuiet}, 20);
        y_ += 12;
    }

    // Registered places that nothing covers: they hold no CAL, so that they are no holders.
    void stations() {
        const StationCount& count = report_.table.stations;
        if (count.registered == 0) return;
        heading(text("station_heading"));
        line(text("station_sentence", {{"registered", number(count.registered)},
                                       {"covered", number(count.covered)},
                                       {"missing", number(count.uncovered.size())}}),
             {.size = 10, .color = count.uncovered.empty() ? kGreen : kInk}, 18);
        std::array<Color, 1> colors{kInk};
        for (size_t i = 0; i < std::min(report_.table.station_names.size(), kHoldersMax); ++i)
            row(kStations, {report_.table.station_names[i]}, colors, i % 2 == 1);
        y_ += 12;
    }

    // Hosts are no holders either: they lack a license that is no CAL.
    void hosts() {
        if (report_.table.hosts.empty()) return;
        heading(text("host_heading"));
        for (size_t i = 0; i < std::min(report_.table.hosts.size(), kHoldersMax); ++i) {
            const auto& each = report_.table.hosts[i];
            line(text("host_sentence", {{"host", each.name},
                                        {"product", each.product},
                                        {"kind", word(name_of(each.kind))},
                                        {"missing", number(each.missing)}}),
                 {.size = 10, .color = kInk}, 16);
        }
        y_ += 12;
    }

    void explanation() {
        heading(text("how"));
        for (const char* key : {"required_means", "short_means", "spare_means", "other_versions",
                                "verify_means", "verify_how"}) {
            line(text(key), {.size = 8.5, .color = kInk}, 13);
        }
    }

    void feet() {
        for (size_t page = 1; page <= pages_.pages(); ++page) {
            const double top = PdfPages::kHeight - 58;
            pages_.area(kMargin, top, kInner, 0.8, kRule, page);
            pages_.text(kMargin, top + 6, kInner - 90, report_.license_server_id,
                        {.size = 7.5, .color = kQuiet}, page);
            pages_.text(kMargin, top + 17, kInner - 90,
                        text("foot", {{"entries", number(report_.table.entries)},
                                      {"root", to_hex(report_.root)}}),
                        {.size = 6.5, .fixed = true, .color = kQuiet}, page);
            pages_.text(kMargin + kInner - 90, top + 6, 90,
                        text("page", {{"page", std::to_string(page)},
                                      {"pages", std::to_string(pages_.pages())}}),
                        {.size = 8, .color = kQuiet, .align = Align::right}, page);
        }
    }

    const PositionReport& report_;
    PdfPages pages_;
    double y_ = 0;
};

}  // namespace

Result<std::string> position_pdf(const PositionReport& report) {
    return Sheet(report).write();
}

}  // namespace calm::report
