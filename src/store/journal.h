// Journal: the store's whole contract. It keeps the append-only log, which is the only truth about
// rights, and beside it, in the same transaction, what may be erased: names, records, usage, Merkle
// tiles. It knows no rule and reads no line: lines, tiles and tree heads are opaque to it.
//
// Threads: a Journal belongs to one thread, the writer. Each JournalReader belongs to one thread of
// its own and sees whatever was committed when each of its calls began. Neither blocks the other.
// A reader must not outlive its journal.
//
// Every failure is an Error whose code is in i18n (`problem.<code>`); the codes of this layer are
//   journal_moved       the batch does not continue the log: somebody else appended
//   journal_unsettled   an earlier append is unknown; call settle() first
//   batch_invalid       the batch breaks a rule or a limit below; nothing was written
//   disk_full           no room for it; nothing was written, and reading goes on
//   fsync_failed        what the disk holds is not known: the process must stop
//   database_io_failed  any other failure of the disk or the database
//   database_damaged    what is stored contradicts itself
// and those of opening, which the form's own header lists.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/terms.h"

namespace calm::store {

// Limits of one batch. A line is at most what a 64 KiB request can cause, with room to spare.
inline constexpr size_t kBatchLinesMax = 1 << 16;
inline constexpr size_t kLineBytesMax = 256 * 1024;
inline constexpr size_t kNameBytesMax = 1024;
inline constexpr size_t kRecordTableBytesMax = 64;
inline constexpr size_t kRecordKeyBytesMax = 1024;
inline constexpr size_t kRecordValueBytesMax = 4 * 1024 * 1024;
inline constexpr size_t kTileBytesMax = 64 * 1024;
inline constexpr uint64_t kTileIndexMax = (uint64_t{1} << 48) - 1;
inline constexpr size_t kTreeHeadBytesMax = 64 * 1024;

// The name behind a subject of the log, and the salt that opens the log's commitment to it. Names
// are bytes to the store: kept exactly, compared never.
struct SubjectName {
    SubjectId subject;
    HolderKind kind = HolderKind::user;
    std::string name;  // 1..kNameBytesMax bytes
    std::array<uint8_t, 16> salt{};

    bool operator==(const SubjectName&) const = default;
};

// A small piece of state that is not a right (a credential, an alert, a setting of the node). The
// owner of a table chooses its name, its keys and the form of its values.
struct Record {
    std::string table;  // 1..kRecordTableBytesMax bytes
    std::string key;    // 1..kRecordKeyBytesMax bytes
    std::string value;  // 0..kRecordValueBytesMax bytes

    bool operator==(const Record&) const = default;
};

struct RecordKey {
    std::string table;
    std::string key;

    bool operator==(const RecordKey&) const = default;
};

// Who used a product, from where, on which day. Rows of the same five ids add up.
struct UsageRow {
    uint32_t day = 0;  // days since 1970-01-01 UTC
    SubjectId user;    // zero: none
    SubjectId device;  // zero: none
    ProductId product;
    HostId host;
    uint32_t count = 0;

    bool operator==(const UsageRow&) const = default;
};

// Hashes of the Merkle tree over the log. Writing a tile again replaces it (it has grown).
struct Tile {
    uint8_t level = 0;
    uint64_t index = 0;  // 0..kTileIndexMax
    std::string hashes;  // 1..kTileBytesMax bytes

    bool operator==(const Tile&) const = default;
};

struct TreeHead {
    uint64_t size = 0;  // of the log it signs
    std::string document;

    bool operator==(const TreeHead&) const = default;
};

// What one append writes, all or nothing. Order within a batch: lines, subjects, erased_subjects,
// puts, erases, usage, tiles, tree_head.
struct Batch {
    uint64_t first_sequence = 0;        // of lines[0]; the log's size, also when `lines` is empty
    std::vector<std::string> lines;     // 1..kLineBytesMax bytes each, no newline
    std::vector<SubjectName> subjects;  // an id that is already there is replaced
    std::vector<SubjectId> erased_subjects;  // one that is not there is no error
    std::vector<Record> puts;                // the last put of a key wins
    std::vector<RecordKey> erases;           // one that is not there is no error
    std::vector<UsageRow> usage;
    std::vector<Tile> tiles;
    std::string tree_head;  // of the log after this batch; empty: none. Replaces one of that size

    uint64_t size_after() const { return first_sequence + lines.size(); }
    bool empty() const;

    // Collect changes of several requests, in their order: what is asked last is what remains.
    void put(Record record);
    void erase(RecordKey key);
};

// Errors: `batch_invalid`, with what is wrong and where.
Result<> validate(const Batch& batch);

// What became of a batch. There are three outcomes, not two, because a machine can fail between the
// disk's doing and its telling.
struct Append {
    enum class Outcome : uint8_t {
        committed,      // durable: it survives a power cut
        not_committed,  // nothing of it is stored, nor will be; `error` says why
        unknown         // it may or may not be there; `error` says why
    };
    Outcome outcome = Outcome::committed;
    Error error;  // empty when committed

    static Append committed() { return {}; }
    static Append not_committed(Error why) { return {Outcome::not_committed, std::move(why)}; }
    static Append unknown(Error why) { return {Outcome::unknown, std::move(why)}; }

    bool is_committed() const { return outcome == Outcome::committed; }
    // The process must stop now and answer nothing more: its memory may be ahead of the disk, and
    // asking the disk again proves nothing (the page cache may already have dropped the data).
    bool is_fatal() const { return error.code == "fsync_failed"; }
};

// A sink is called once for each row in order and returns false to stop there. What it is given is
// valid during the call only. A sink must not call the reader or the journal that feeds it.
using LineSink = std::function<bool(uint64_t sequence, std::string_view line)>;
using SubjectSink = std::function<bool(const SubjectName&)>;
using RecordSink = std::function<bool(std::string_view key, std::string_view value)>;
using UsageSink = std::function<bool(const UsageRow&)>;

// A view of a journal for one thread that is not the writer. Errors of all calls:
// `database_io_failed`, `database_damaged`.
class JournalReader {
  public:
    JournalReader() = default;
    JournalReader(const JournalReader&) = delete;
    JournalReader& operator=(const JournalReader&) = delete;
    virtual ~JournalReader() = default;

    // The number of committed lines.
    virtual Result<uint64_t> size() = 0;

    // Streams at most `limit` lines from `from` on, in order and without a gap. The value is the
    // sequence after the last line that the sink was given.
    virtual Result<uint64_t> read(uint64_t from, uint64_t limit, const LineSink& sink) = 0;

    // The newest tree head, and the one with the smallest size that is at least `size` (for size =
    // sequence + 1: the head of the batch that wrote that line).
    virtual Result<std::optional<TreeHead>> latest_tree_head() = 0;
    virtual Result<std::optional<TreeHead>> tree_head(uint64_t size) = 0;

    virtual Result<std::optional<std::string>> tile(uint8_t level, uint64_t index) = 0;

    // Streams the names from `from` on, by ascending subject.
    virtual Result<> subjects(SubjectId from, const SubjectSink& sink) = 0;
    virtual Result<std::optional<SubjectName>> subject(SubjectId subject) = 0;

    // Streams a table by ascending key (bytes compared).
    virtual Result<> records(std::string_view table, const RecordSink& sink) = 0;
    virtual Result<std::optional<std::string>> record(std::string_view table,
                                                      std::string_view key) = 0;

    // Streams the rows of first_day..last_day, both included, by ascending day and in no order
    // within it. One combination of ids may come in several rows: add them up.
    virtual Result<> usage(uint32_t first_day, uint32_t last_day, const UsageSink& sink) = 0;

    // Reads everything and verifies the store's own structure: pages, order, no gap in the log. It
    // takes as long as reading the file does, and the disk space of what is appended meanwhile is
    // reused only afterwards. Errors: also `database_damaged`, with what and where.
    virtual Result<> check() = 0;
};

// A copy of the whole journal, made while appends go on.
class Backup {
  public:
    Backup() = default;
    Backup(const Backup&) = delete;
    Backup& operator=(const Backup&) = delete;
    virtual ~Backup() = default;  // a copy that is not finished is deleted

    struct Progress {
        uint64_t bytes_done = 0;
        uint64_t bytes_total = 0;  // grows when the journal does
        bool finished = false;     // the copy is complete, verified, durable and has its final name
    };

    // One bounded step of a few milliseconds: copies some pages, or, when all are copied, waits for
    // the verification, which another thread does. Writer thread, between appends. The copy shows
    // the journal as it was when its last page was copied. An error ends the backup and says
    // nothing about the journal. Errors: `backup_failed`, `disk_full`.
    virtual Result<Progress> step() = 0;
};

class Journal {
  public:
    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    virtual ~Journal() = default;

    // The number of committed lines, as this journal knows it. Never fails, touches no disk.
    virtual uint64_t size() const = 0;

    // Writes the batch in one transaction and returns when it is durable, or says why not.
    // ENSURES: committed => size() == batch.size_after() and a reader sees it;
    //          not_committed => nothing changed, and the next append may be tried at once;
    //          unknown => every later append is refused (`journal_unsettled`, or again
    //          `fsync_failed`) until settle() has answered.
    // Errors: journal_moved, journal_unsettled, batch_invalid, disk_full, fsync_failed,
    // database_io_failed, database_damaged.
    virtual Append append(const Batch& batch) = 0;

    // After an unknown append: finds out what became of it, by reading. true: it is committed, and
    // size() counts it. Errors: `fsync_failed` (the process must stop), or the reason why nobody
    // can tell yet: call again later.
    virtual Result<bool> settle() = 0;

    // Does a slice of what nobody waits for: moving the write-ahead log into the database, wiping
    // erased names off it, adding up usage, looking for room after `disk_full`. The writer calls it
    // when its queue is empty; without it all goes on, only less evenly. The value says whether
    // there is more to do. Errors: `fsync_failed` is fatal; others tell of trouble that append will
    // meet.
    virtual Result<bool> maintain() = 0;

    // REQUIRES: nothing exists at `to`. Writes to `to` with ".part" behind it until it is complete.
    // At most one backup at a time, and it must not outlive the journal. Errors: `backup_failed`,
    // `disk_full`.
    virtual Result<std::unique_ptr<Backup>> start_backup(const std::filesystem::path& to) = 0;

    // May be called from any thread, and any thread may then use the reader, one at a time.
    virtual Result<std::unique_ptr<JournalReader>> open_reader() = 0;
};

}  // namespace calm::store
