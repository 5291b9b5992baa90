// A row's record: one small JSON object, keyed by its number.
#include "server/refused_attempts.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "wire/admission_json.h"
#include "wire/fields.h"

namespace calm {
namespace {

namespace json = boost::json;

constexpr std::string_view kTable = "refused_attempts";
// Beside the rows: the day before which some were dropped early. Number 0 is no row's.
constexpr uint64_t kCompleteSince = 0;

std::string key_of(uint64_t id) {
    return fmt::format("{:016x}", id);  // so that keys sort as numbers do
}

uint32_t day_of(Instant at) {
    return static_cast<uint32_t>(at.seconds / days(1).count);
}

store::Record record_of(const RefusedRow& row) {
    json::object value{{"day", row.day},
                       {"product", row.product},
                       {"reason", name_of(row.reason)},
                       {"host", row.host.value},
                       {"user", row.user},
                       {"device", row.device},
                       {"station", row.station},
                       {"offline", row.offline},
                       {"attempts", row.attempts},
                       {"first_at", to_rfc3339(row.first_at)},
                       {"last_at", to_rfc3339(row.last_at)}};
    return {std::string(kTable), key_of(row.id), json::serialize(value)};
}

// Nothing: it does not read.
std::optional<RefusedRow> row_from(std::string_view value) {
    boost::system::error_code error;
    const json::value parsed = json::parse({value.data(), value.size()}, error);
    if (error) return std::nullopt;
    wire::Fields fields(parsed);
    RefusedRow row;
    std::optional<Instant> first;
    std::optional<Instant> last;
    fields.number("day", row.day);
    fields.text("product", row.product);
    fields.choice("reason", row.reason);
    fields.number("host", row.host.value);
    fields.text("user", row.user);
    fields.text("device", row.device);
    fields.text("station", row.station);
    fields.flag("offline", row.offline);
    fields.number("attempts", row.attempts);
    fields.time("first_at", first);
    fields.time("last_at", last);
    for (const char* needed : {"day", "reason", "attempts", "first_at", "last_at"})
        fields.require(needed);
    if (!fields.finish()) return std::nullopt;
    row.first_at = *first;
    row.last_at = *last;
    return row;
}

template <class Number>
bool read_number(std::string_view text, Number& into, int base) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into, base);
    return failed == std::errc() && end == text.data() + text.size();
}

bool names(const RefusedRow& row, HolderKind kind, std::string_view name) {
    if (name.empty()) return false;
    if (kind == HolderKind::user) return row.user == name;
    return kind == HolderKind::device && row.device == name;
}

}  // namespace

Result<RefusedAttempts> RefusedAttempts::read(store::JournalReader& reader) {
    RefusedAttempts out;
    bool sound = true;
    CALM_TRY(reader.records(kTable, [&](std::string_view key, std::string_view value) {
        uint64_t id = 0;
        sound = read_number(key, id, 16);
        if (sound && id == kCompleteSince)
            return sound = read_number(value, out.complete_since_, 10);
        auto row = sound ? row_from(value) : std::nullopt;
        sound = row.has_value();
        if (!sound) return false;
        row->id = id;
        out.next_id_ = id + 1;
        out.add(std::move(*row));
        return true;
    }));
    if (!sound) return fail("database_damaged", "a row of the refused attempts does not read");
    return out;
}

RefusedAttempts::Identity RefusedAttempts::identity_of(const RefusedRow& row) {
    return {.day = row.day,
            .reason = row.reason,
            .host = row.host,
            .offline = row.offline,
            .product = row.product,
            .user = row.user,
            .device = row.device,
            .station = row.station};
}

void RefusedAttempts::add(RefusedRow row) {
    const uint64_t id = row.id;
    const RefusedRow& kept = rows_.emplace(id, std::move(row)).first->second;
    by_identity_.emplace(identity_of(kept), id);
    ++rows_of_day_[kept.day];
}

void RefusedAttempts::count(const RefusedAttempt& attempt, bool product_known) {
    const uint32_t day = day_of(attempt.at);
    Identity identity{.day = day,
                      .reason = attempt.reason,
                      .host = attempt.host,
                      .offline = attempt.offline,
                      .product = attempt.product,
                      .user = attempt.user,
                      .device = attempt.device,
                      .station = attempt.station};
    auto found = by_identity_.find(identity);
    if (found == by_identity_.end() && rows_of_day_[day] >= bounds_.rows_per_day) {
        identity = {.day = day,
                    .reason = attempt.reason,
                    .host = {},
                    .offline = attempt.offline,
                    .product = product_known ? attempt.product : std::string_view(),
                    .user = {},
                    .device = {},
                    .station = {}};
        found = by_identity_.find(identity);
    }
    if (found == by_identity_.end()) {
        const uint64_t id = next_id_++;
        add({.id = id,
             .day = day,
             .product = std::string(identity.product),
             .reason = identity.reason,
             .host = identity.host,
             .user = std::string(identity.user),
             .device = std::string(identity.device),
             .station = std::string(identity.station),
             .offline = identity.offline,
             .attempts = 0,
             .first_at = attempt.at,
             .last_at = attempt.at});
        found = by_identity_.find(identity);
    }
    RefusedRow& row = rows_.at(found->second);
    if (row.attempts < UINT32_MAX) ++row.attempts;
    row.first_at = std::min(row.first_at, attempt.at);
    row.last_at = std::max(row.last_at, attempt.at);
    dirty_.insert(row.id);
    drop_oldest();
}

std::vector<const RefusedRow*> RefusedAttempts::naming(HolderKind kind,
                                                       std::string_view name) const {
    std::vector<const RefusedRow*> out;
    for (const auto& [id, row] : rows_) {
        if (names(row, kind, name)) out.push_back(&row);
    }
    return out;
}

std::vector<uint64_t> RefusedAttempts::forget(HolderKind kind, std::string_view name) {
    std::vector<uint64_t> dropped;
    for (auto row = rows_.begin(); row != rows_.end();) {
        if (!names(row->second, kind, name)) {
            ++row;
            continue;
        }
        dropped.push_back(row->first);
        row = drop(row);
    }
    return dropped;
}

store::RecordKey RefusedAttempts::record_key(uint64_t id) {
    return {std::string(kTable), key_of(id)};
}

void RefusedAttempts::drop_old(Instant now, uint16_t days_kept) {
    const uint16_t kept = days_kept == 0 ? kDaysKept : std::min(days_kept, kDaysKept);
    const uint32_t today = day_of(now);
    // Days ascend but for those that a host told of afterwards.
    for (auto row = rows_.begin(); row != rows_.end();)
        row = row->second.day + kept < today ? drop(row) : std::next(row);
}

RefusedAttempts::Rows::iterator RefusedAttempts::drop(Rows::iterator row) {
    const auto of_day = rows_of_day_.find(row->second.day);
    if (--of_day->second == 0) rows_of_day_.erase(of_day);
    by_identity_.erase(identity_of(row->second));
    dirty_.insert(row->first);
    return rows_.erase(row);
}

void RefusedAttempts::drop_oldest() {
    while (rows_.size() > bounds_.rows) {
        complete_since_ = std::max(complete_since_, rows_.begin()->second.day + 1);
        dirty_.insert(kCompleteSince);
        drop(rows_.begin());
    }
}

RefusedAttempts::Due RefusedAttempts::take_due(size_t count_max) {
    Due due;
    while (!dirty_.empty() && due.ids.size() < count_max) {
        const uint64_t id = *dirty_.begin();
        dirty_.erase(dirty_.begin());
        due.ids.insert(id);
        const auto row = rows_.find(id);
        if (id == kCompleteSince) {
            due.puts.push_back(
                {std::string(kTable), key_of(id), fmt::format("{}", complete_since_)});
        } else if (row != rows_.end()) {
            due.puts.push_back(record_of(row->second));
        } else {
            due.erases.push_back(record_key(id));
        }
    }
    return due;
}

}  // namespace calm
