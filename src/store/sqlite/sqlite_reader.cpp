// Reading. Long streams are cut into slices, each a read transaction of its own: while one is open,
// the write-ahead log cannot begin anew and grows. What is appended between two slices does no
// harm, because what was there before does not change.
#include "store/sqlite/sqlite_reader.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "store/sqlite/connection.h"
#include "store/sqlite/tile_key.h"

namespace calm::store {
namespace {

constexpr int64_t kSliceRows = 16384;

uint32_t number32(Statement& statement, int column) {
    return static_cast<uint32_t>(statement.number(column));
}

Result<> read_subject(Statement& row, SubjectName& subject) {
    subject.subject = {number32(row, 0)};
    const int64_t kind = row.number(1);
    const auto salt = row.bytes(3);
    if (kind < 0 || kind > static_cast<int64_t>(HolderKind::station) ||
        salt.size() != subject.salt.size()) {
        return fail("database_damaged",
                    fmt::format("subject {} is unreadable", subject.subject.value));
    }
    subject.kind = static_cast<HolderKind>(kind);
    subject.name = row.text(2);
    std::ranges::copy(salt, subject.salt.begin());
    return {};
}

class SqliteReader final : public JournalReader {
  public:
    explicit SqliteReader(Database database) : database_(std::move(database)) {}

    Result<> prepare() {
        const std::pair<Statement*, const char*> all[] = {
            {&lines_,
             "SELECT sequence, line FROM entries WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2"},
            {&latest_head_, "SELECT size, document FROM tree_heads ORDER BY size DESC LIMIT 1"},
            {&head_,
             "SELECT size, document FROM tree_heads WHERE size >= ?1 ORDER BY size LIMIT 1"},
            {&tile_, "SELECT hashes FROM tiles WHERE id = ?1"},
            {&subjects_,
             "SELECT id, kind, name, salt FROM subjects WHERE id >= ?1 ORDER BY id LIMIT ?2"},
            {&records_,
             "SELECT key, value FROM records WHERE name = ?1 AND key > ?2 ORDER BY key LIMIT 256"},
            {&record_, "SELECT value FROM records WHERE name = ?1 AND key = ?2"},
            {&next_day_,
             "SELECT min(day) FROM (SELECT min(day) AS day FROM usage_log WHERE day >= ?1"
             " UNION ALL SELECT min(day) FROM usage_days WHERE day >= ?1)"},
            {&usage_,
             "SELECT user, device, product, host, count FROM usage_days WHERE day = ?1"
             " UNION ALL SELECT user, device, product, host, count FROM usage_log WHERE day = ?1"},
        };
        for (const auto& [statement, sql] : all) {
            CALM_TRY_ASSIGN(*statement, database_.prepare(sql));
        }
        return {};
    }

    Result<uint64_t> size() override { return log_size(database_); }

    Result<uint64_t> read(uint64_t from, uint64_t limit, const LineSink& sink) override {
        const uint64_t end = limit > kMax - std::min(from, kMax) ? kMax : from + limit;
        bool go_on = true;
        while (go_on && from < end) {
            CALM_TRY_ASSIGN(const uint64_t next, read_slice(from, end, sink, go_on));
            if (next == from) break;
            from = next;
        }
        return from;
    }

    Result<std::optional<TreeHead>> latest_tree_head() override { return head(latest_head_); }
    Result<std::optional<TreeHead>> tree_head(uint64_t size) override {
        if (size > kMax) return std::nullopt;
        return head(head_.bind(1, static_cast<int64_t>(size)));
    }

    Result<std::optional<std::string>> tile(uint8_t level, uint64_t index) override {
        if (index > kTileIndexMax) return std::nullopt;
        return first_text(tile_.bind(1, tile_key(level, index)));
    }

    Result<> subjects(SubjectId from, const SubjectSink& sink) override {
        int64_t next = from.value;
        int64_t rows = kSliceRows;
        SubjectName subject;
        while (rows == kSliceRows) {
            rows = 0;
            const StatementUse use(subjects_);
            subjects_.bind(1, next).bind(2, kSliceRows);
            while (true) {
                CALM_TRY_ASSIGN(const bool row, subjects_.step());
                if (!row) break;
                CALM_TRY(read_subject(subjects_, subject));
                if (!sink(subject)) return {};
                ++rows;
            }
            next = int64_t{subject.subject.value} + 1;
        }
        return {};
    }

    Result<std::optional<SubjectName>> subject(SubjectId subject) override {
        const StatementUse use(subjects_);
        CALM_TRY_ASSIGN(const bool row, subjects_.bind(1, subject.value).bind(2, 1).step());
        if (!row || number32(subjects_, 0) != subject.value) return std::nullopt;
        SubjectName found;
        CALM_TRY(read_subject(subjects_, found));
        return found;
    }

    Result<> records(std::string_view table, const RecordSink& sink) override {
        std::string after;  // keys are not empty, so the first one is behind it
        while (true) {
            std::string last;
            const StatementUse use(records_);
            records_.bind(1, table).bind(2, as_bytes(after));
            while (true) {
                CALM_TRY_ASSIGN(const bool row, records_.step());
                if (!row) break;
                last = records_.text(0);
                if (!sink(last, records_.text(1))) return {};
            }
            if (last.empty()) return {};
            after = std::move(last);
        }
    }

    Result<std::optional<std::string>> record(std::string_view table,
                                              std::string_view key) override {
        return first_text(record_.bind(1, table).bind(2, as_bytes(key)));
    }

    Result<> usage(uint32_t first_day, uint32_t last_day, const UsageSink& sink) override {
        int64_t day = first_day;
        bool go_on = true;
        while (go_on) {
            CALM_TRY_ASSIGN(const auto next, next_day(day));
            if (!next || *next > last_day) break;
            CALM_TRY_ASSIGN(go_on, usage_of(static_cast<uint32_t>(*next), sink));
            day = *next + 1;
        }
        return {};
    }

    Result<> check() override { return check_all(database_); }

  private:
    static constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();

    Result<uint64_t> read_slice(uint64_t from, uint64_t end, const LineSink& sink, bool& go_on) {
        const StatementUse use(lines_);
        const auto rows = static_cast<int64_t>(std::min<uint64_t>(end - from, kSliceRows));
        lines_.bind(1, static_cast<int64_t>(from)).bind(2, rows);
        while (go_on) {
            CALM_TRY_ASSIGN(const bool row, lines_.step());
            if (!row) break;
            if (lines_.number(0) != static_cast<int64_t>(from)) {
                return fail("database_damaged", fmt::format("entry {} is missing", from));
            }
            go_on = sink(from++, lines_.text(1));
        }
        return from;
    }

    Result<std::optional<TreeHead>> head(Statement& statement) {
        const StatementUse use(statement);
        CALM_TRY_ASSIGN(const bool row, statement.step());
        if (!row) return std::nullopt;
        return TreeHead{static_cast<uint64_t>(statement.number(0)), std::string(statement.text(1))};
    }

    Result<std::optional<std::string>> first_text(Statement& statement) {
        const StatementUse use(statement);
        CALM_TRY_ASSIGN(const bool row, statement.step());
        if (!row) return std::nullopt;
        return std::string(statement.text(0));
    }

    Result<std::optional<int64_t>> next_day(int64_t day) {
        const StatementUse use(next_day_);
        CALM_TRY(next_day_.bind(1, day).step());
        if (next_day_.is_null(0)) return std::nullopt;
        return next_day_.number(0);
    }

    Result<bool> usage_of(uint32_t day, const UsageSink& sink) {
        const StatementUse use(usage_);
        usage_.bind(1, day);
        while (true) {
            CALM_TRY_ASSIGN(const bool row, usage_.step());
            if (!row) return true;
            const auto count = std::min<int64_t>(usage_.number(4), UINT32_MAX);
            const bool go_on = sink({day,
                                     {number32(usage_, 0)},
                                     {number32(usage_, 1)},
                                     {static_cast<uint16_t>(usage_.number(2))},
                                     {number32(usage_, 3)},
                                     static_cast<uint32_t>(count)});
            if (!go_on) return false;
        }
    }

    Database database_;
    Statement lines_, latest_head_, head_, tile_, subjects_, records_, record_, next_day_, usage_;
};

}  // namespace

Result<std::unique_ptr<JournalReader>> open_sqlite_reader(const std::filesystem::path& file,
                                                          const std::string& vfs) {
    CALM_TRY_ASSIGN(Database database, open_read_only(file, vfs));
    auto reader = std::make_unique<SqliteReader>(std::move(database));
    CALM_TRY(reader->prepare());
    return reader;
}

}  // namespace calm::store
