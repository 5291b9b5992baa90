// What every journal checks before it writes, so that all refuse the same batches.
#include "store/journal.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace calm::store {
namespace {

Result<> invalid(std::string what) {
    return fail("batch_invalid", std::move(what));
}

bool within(const std::string& text, size_t bytes_max) {
    return !text.empty() && text.size() <= bytes_max;
}

Result<> validate_lines(const Batch& batch) {
    if (batch.lines.size() > kBatchLinesMax) {
        return invalid(fmt::format("{} lines, at most {}", batch.lines.size(), kBatchLinesMax));
    }
    // Sequences are signed 64-bit numbers in every database.
    if (batch.first_sequence > std::numeric_limits<int64_t>::max() - kBatchLinesMax) {
        return invalid("the log has no more numbers");
    }
    for (size_t i = 0; i < batch.lines.size(); ++i) {
        const std::string& line = batch.lines[i];
        if (!within(line, kLineBytesMax)) {
            return invalid(
                fmt::format("line {} has {} bytes, not 1..{}", i, line.size(), kLineBytesMax));
        }
        if (line.find('\n') != std::string::npos) {
            return invalid(fmt::format("line {} holds a newline", i));
        }
    }
    return {};
}

Result<> validate_records(const Batch& batch) {
    for (const Record& put : batch.puts) {
        if (!within(put.table, kRecordTableBytesMax) || !within(put.key, kRecordKeyBytesMax) ||
            put.value.size() > kRecordValueBytesMax) {
            return invalid("a record is too long, or its table or key is empty");
        }
    }
    for (const RecordKey& erase : batch.erases) {
        if (!within(erase.table, kRecordTableBytesMax) || !within(erase.key, kRecordKeyBytesMax)) {
            return invalid("a record to erase has a table or a key that is empty or too long");
        }
    }
    return {};
}

}  // namespace

bool Batch::empty() const {
    return lines.empty() && subjects.empty() && erased_subjects.empty() && puts.empty() &&
           erases.empty() && usage.empty() && tiles.empty() && tree_head.empty();
}

void Batch::put(Record record) {
    // Erases are done after puts, so an earlier erase of this key would win.
    std::erase_if(erases, [&](const RecordKey& each) {
        return each.key == record.key && each.table == record.table;
    });
    puts.push_back(std::move(record));
}

void Batch::erase(RecordKey key) {
    erases.push_back(std::move(key));
}

Result<> validate(const Batch& batch) {
    CALM_TRY(validate_lines(batch));
    for (const SubjectName& subject : batch.subjects) {
        if (subject.subject.value == 0) return invalid("a subject without a number");
        if (!within(subject.name, kNameBytesMax)) {
            return invalid(fmt::format("the name of subject {} has {} bytes, not 1..{}",
                                       subject.subject.value, subject.name.size(), kNameBytesMax));
        }
    }
    CALM_TRY(validate_records(batch));
    for (const Tile& tile : batch.tiles) {
        if (!within(tile.hashes, kTileBytesMax) || tile.index > kTileIndexMax) {
            return invalid(fmt::format("tile {}/{} is out of bounds", tile.level, tile.index));
        }
    }
    if (batch.tree_head.size() > kTreeHeadBytesMax) return invalid("the tree head is too long");
    return {};
}

}  // namespace calm::store
