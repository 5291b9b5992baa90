// One prepared statement for each kind of row.
#include "store/sqlite/batch_writer.h"

#include <utility>

#include "store/sqlite/tile_key.h"

namespace calm::store {

Result<BatchWriter> BatchWriter::prepare(Database& database) {
    BatchWriter writer(database);
    const std::pair<Statement*, const char*> all[] = {
        {&writer.begin_, "BEGIN IMMEDIATE"},
        {&writer.commit_, "COMMIT"},
        {&writer.mark_, "UPDATE journal SET marks = marks + ?1"},
        {&writer.insert_entry_, "INSERT INTO entries VALUES (?1, ?2)"},
        {&writer.put_subject_, "INSERT OR REPLACE INTO subjects VALUES (?1, ?2, ?3, ?4)"},
        {&writer.erase_subject_, "DELETE FROM subjects WHERE id = ?1"},
        {&writer.wipe_due_, "UPDATE journal SET wipe_due = 1"},
        {&writer.put_record_, "INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3)"},
        {&writer.erase_record_, "DELETE FROM records WHERE name = ?1 AND key = ?2"},
        {&writer.insert_usage_, "INSERT INTO usage_log VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6)"},
        {&writer.put_tile_, "INSERT OR REPLACE INTO tiles VALUES (?1, ?2)"},
        {&writer.put_tree_head_, "INSERT OR REPLACE INTO tree_heads VALUES (?1, ?2)"},
        {&writer.usage_end_,
         "SELECT count(*), max(id) FROM (SELECT id FROM usage_log ORDER BY id LIMIT ?1)"},
        {&writer.merge_usage_,
         "INSERT INTO usage_days SELECT day, product, host, user, device, sum(count)"
         " FROM usage_log WHERE id <= ?1 GROUP BY day, product, host, user, device"
         " ON CONFLICT DO UPDATE SET count = count + excluded.count"},
        {&writer.delete_usage_, "DELETE FROM usage_log WHERE id <= ?1"},
    };
    for (const auto& [statement, sql] : all) {
        CALM_TRY_ASSIGN(*statement, database.prepare(sql));
    }
    return writer;
}

Result<> BatchWriter::write(const Batch& batch) {
    CALM_TRY(begin_.run());
    CALM_TRY(write_lines(batch));
    CALM_TRY(write_subjects(batch));
    CALM_TRY(write_records(batch));
    CALM_TRY(write_usage(batch));
    return write_tree(batch);
}

void BatchWriter::roll_back() {
    if (sqlite3_get_autocommit(database_->handle()) == 0) {
        // Its failure changes nothing: without COMMIT there is nothing to take back on the disk.
        static_cast<void>(database_->run("ROLLBACK"));
    }
}

Result<> BatchWriter::mark() {
    CALM_TRY(begin_.run());
    CALM_TRY(mark_.bind(1, 2).run());
    return commit_.run();
}

Result<> BatchWriter::write_lines(const Batch& batch) {
    if (batch.lines.empty()) return mark_.bind(1, 1).run();
    auto sequence = static_cast<int64_t>(batch.first_sequence);
    for (const std::string& line : batch.lines) {
        CALM_TRY(insert_entry_.bind(1, sequence++).bind(2, line).run());
    }
    return {};
}

Result<> BatchWriter::write_subjects(const Batch& batch) {
    for (const SubjectName& each : batch.subjects) {
        CALM_TRY(put_subject_.bind(1, each.subject.value)
                     .bind(2, static_cast<int64_t>(each.kind))
                     .bind(3, each.name)
                     .bind(4, std::span<const uint8_t>(each.salt))
                     .run());
    }
    for (const SubjectId subject : batch.erased_subjects) {
        CALM_TRY(erase_subject_.bind(1, subject.value).run());
    }
    return batch.erased_subjects.empty() ? Result<>() : wipe_due_.run();
}

Result<> BatchWriter::write_records(const Batch& batch) {
    for (const Record& put : batch.puts) {
        CALM_TRY(put_record_.bind(1, put.table)
                     .bind(2, as_bytes(put.key))
                     .bind(3, as_bytes(put.value))
                     .run());
    }
    for (const RecordKey& erase : batch.erases) {
        CALM_TRY(erase_record_.bind(1, erase.table).bind(2, as_bytes(erase.key)).run());
    }
    return {};
}

Result<> BatchWriter::write_usage(const Batch& batch) {
    for (const UsageRow& row : batch.usage) {
        CALM_TRY(insert_usage_.bind(1, row.day)
                     .bind(2, row.user.value)
                     .bind(3, row.device.value)
                     .bind(4, row.product.value)
                     .bind(5, row.host.value)
                     .bind(6, row.count)
                     .run());
    }
    return {};
}

Result<> BatchWriter::write_tree(const Batch& batch) {
    for (const Tile& tile : batch.tiles) {
        CALM_TRY(put_tile_.bind(1, tile_key(tile.level, tile.index))
                     .bind(2, as_bytes(tile.hashes))
                     .run());
    }
    if (batch.tree_head.empty()) return {};
    return put_tree_head_.bind(1, static_cast<int64_t>(batch.size_after()))
        .bind(2, batch.tree_head)
        .run();
}

Result<uint64_t> BatchWriter::merge_usage(uint64_t rows_max) {
    CALM_TRY(begin_.run());
    uint64_t rows = 0;
    int64_t last = 0;
    {
        const StatementUse use(usage_end_);
        CALM_TRY(usage_end_.bind(1, static_cast<int64_t>(rows_max)).step());
        rows = static_cast<uint64_t>(usage_end_.number(0));
        last = usage_end_.number(1);
    }
    CALM_TRY(merge_usage_.bind(1, last).run());
    CALM_TRY(delete_usage_.bind(1, last).run());
    CALM_TRY(commit_.run());
    return rows;
}

}  // namespace calm::store
