// The memory form: ordered maps behind one lock.
#include "store/memory_journal.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

#include <fmt/format.h>

namespace calm::store {

struct MemoryDisk::Content {
    mutable std::mutex mutex;
    bool in_use = false;
    uint64_t appends = 0;
    std::map<uint64_t, Fault> faults;  // by the number of the append that fails

    std::vector<std::string> lines;
    std::map<uint32_t, SubjectName> subjects;
    std::map<std::pair<std::string, std::string>, std::string> records;
    std::map<std::pair<uint8_t, uint64_t>, std::string> tiles;
    std::map<uint64_t, std::string> tree_heads;
    using UsageKey = std::tuple<uint32_t, SubjectId, SubjectId, ProductId, HostId>;
    std::map<UsageKey, uint32_t> usage;

    void write(const Batch& batch);
};

void MemoryDisk::Content::write(const Batch& batch) {
    lines.insert(lines.end(), batch.lines.begin(), batch.lines.end());
    for (const auto& subject : batch.subjects)
        subjects[subject.subject.value] = subject;
    for (const auto subject : batch.erased_subjects)
        subjects.erase(subject.value);
    for (const auto& put : batch.puts)
        records[{put.table, put.key}] = put.value;
    for (const auto& erase : batch.erases)
        records.erase({erase.table, erase.key});
    for (const auto& row : batch.usage) {
        usage[{row.day, row.user, row.device, row.product, row.host}] += row.count;
    }
    for (const auto& tile : batch.tiles)
        tiles[{tile.level, tile.index}] = tile.hashes;
    if (!batch.tree_head.empty()) tree_heads[batch.size_after()] = batch.tree_head;
}

MemoryDisk::MemoryDisk() : content_(std::make_unique<Content>()) {}
MemoryDisk::~MemoryDisk() = default;

void MemoryDisk::fail_append(uint64_t nth, Fault fault) {
    const std::lock_guard lock(content_->mutex);
    content_->faults[content_->appends + nth] = fault;
}

void MemoryDisk::copy(const MemoryDisk& other) {
    const std::scoped_lock lock(content_->mutex, other.content_->mutex);
    content_->lines = other.content_->lines;
    content_->subjects = other.content_->subjects;
    content_->records = other.content_->records;
    content_->tiles = other.content_->tiles;
    content_->tree_heads = other.content_->tree_heads;
    content_->usage = other.content_->usage;
}

uint64_t MemoryDisk::appends() const {
    const std::lock_guard lock(content_->mutex);
    return content_->appends;
}

class MemoryReader final : public JournalReader {
  public:
    explicit MemoryReader(MemoryDisk::Content& content) : content_(content) {}

    Result<uint64_t> size() override {
        const std::lock_guard lock(content_.mutex);
        return content_.lines.size();
    }

    Result<uint64_t> read(uint64_t from, uint64_t limit, const LineSink& sink) override {
        for (uint64_t done = 0; done < limit; ++done) {
            std::string line;
            {
                const std::lock_guard lock(content_.mutex);
                if (from >= content_.lines.size()) break;
                line = content_.lines[from];
            }
            if (!sink(from++, line)) break;
        }
        return from;
    }

    Result<std::optional<TreeHead>> latest_tree_head() override {
        const std::lock_guard lock(content_.mutex);
        if (content_.tree_heads.empty()) return std::nullopt;
        const auto& [size, document] = *content_.tree_heads.rbegin();
        return TreeHead{size, document};
    }

    Result<std::optional<TreeHead>> tree_head(uint64_t size) override {
        const std::lock_guard lock(content_.mutex);
        const auto found = content_.tree_heads.lower_bound(size);
        if (found == content_.tree_heads.end()) return std::nullopt;
        return TreeHead{found->first, found->second};
    }

    Result<std::optional<std::string>> tile(uint8_t level, uint64_t index) override {
        return find(content_.tiles, std::pair{level, index});
    }

    Result<> subjects(SubjectId from, const SubjectSink& sink) override {
        uint64_t next = from.value;
        while (true) {
            SubjectName subject;
            {
                const std::lock_guard lock(content_.mutex);
                const auto found = content_.subjects.lower_bound(static_cast<uint32_t>(next));
                if (next > UINT32_MAX || found == content_.subjects.end()) return {};
                subject = found->second;
            }
            next = uint64_t{subject.subject.value} + 1;
            if (!sink(subject)) return {};
        }
    }

    Result<std::optional<SubjectName>> subject(SubjectId subject) override {
        return find(content_.subjects, subject.value);
    }

    Result<> records(std::string_view table, const RecordSink& sink) override {
        for (const auto& [key, value] : copy_of(table)) {
            if (!sink(key, value)) break;
        }
        return {};
    }

    Result<std::optional<std::string>> record(std::string_view table,
                                              std::string_view key) override {
        return find(content_.records, std::pair{std::string(table), std::string(key)});
    }

    Result<> usage(uint32_t first_day, uint32_t last_day, const UsageSink& sink) override {
        decltype(content_.usage) rows;
        {
            const std::lock_guard lock(content_.mutex);
            rows = content_.usage;
        }
        for (const auto& [key, count] : rows) {
            const auto& [day, user, device, product, host] = key;
            if (day < first_day || day > last_day) continue;
            if (!sink({day, user, device, product, host, count})) break;
        }
        return {};
    }

    Result<> check() override { return {}; }

  private:
    template <class Map>
    Result<std::optional<typename Map::mapped_type>> find(const Map& map,
                                                          const typename Map::key_type& key) const {
        const std::lock_guard lock(content_.mutex);
        const auto found = map.find(key);
        if (found == map.end()) return std::nullopt;
        return found->second;
    }

    std::map<std::string, std::string> copy_of(std::string_view table) const {
        const std::lock_guard lock(content_.mutex);
        std::map<std::string, std::string> rows;
        for (const auto& [key, value] : content_.records) {
            if (key.first == table) rows.emplace(key.second, value);
        }
        return rows;
    }

    MemoryDisk::Content& content_;
};

class MemoryJournal final : public Journal {
  public:
    explicit MemoryJournal(MemoryDisk& disk)
        : content_(*disk.content_), size_(content_.lines.size()) {}
    ~MemoryJournal() override {
        const std::lock_guard lock(content_.mutex);
        content_.in_use = false;
    }

    static Result<std::unique_ptr<Journal>> open(MemoryDisk& disk) {
        const std::lock_guard lock(disk.content_->mutex);
        if (disk.content_->in_use) return fail("database_in_use", "the memory disk is in use");
        disk.content_->in_use = true;
        return std::make_unique<MemoryJournal>(disk);
    }

    uint64_t size() const override { return size_; }

    Append append(const Batch& batch) override {
        const std::lock_guard lock(content_.mutex);
        const auto fault = next_fault();
        if (unsettled_) return Append::not_committed(*unsettled_);
        if (const auto valid = validate(batch); !valid) return Append::not_committed(valid.error());
        if (batch.first_sequence != content_.lines.size() || fault == MemoryDisk::Fault::moved) {
            return Append::not_committed(
                {"journal_moved", fmt::format("the log has {} lines, the batch begins at {}",
                                              content_.lines.size(), batch.first_sequence)});
        }
        if (fault) return fail_with(*fault, batch);
        content_.write(batch);
        size_ = content_.lines.size();
        return Append::committed();
    }

    Result<bool> settle() override {
        const std::lock_guard lock(content_.mutex);
        if (unsettled_ && unsettled_->code == "fsync_failed") return std::unexpected(*unsettled_);
        unsettled_.reset();
        size_ = content_.lines.size();
        return last_was_written_;
    }

    Result<bool> maintain() override { return false; }

    Result<std::unique_ptr<Backup>> start_backup(const std::filesystem::path&) override {
        return fail("backup_failed", "a journal in memory has no file to copy");
    }

    Result<std::unique_ptr<JournalReader>> open_reader() override {
        return std::make_unique<MemoryReader>(content_);
    }

  private:
    std::optional<MemoryDisk::Fault> next_fault() {
        const auto found = content_.faults.find(++content_.appends);
        if (found == content_.faults.end()) return std::nullopt;
        const auto fault = found->second;
        content_.faults.erase(found);
        return fault;
    }

    Append fail_with(MemoryDisk::Fault fault, const Batch& batch) {
        using enum MemoryDisk::Fault;
        if (fault == disk_full) return Append::not_committed({"disk_full", "planned by the test"});
        if (fault == not_committed || fault == moved) {
            return Append::not_committed({"database_io_failed", "planned by the test"});
        }
        last_was_written_ = fault == committed_as_unknown;
        if (last_was_written_) content_.write(batch);
        if (fault == MemoryDisk::Fault::fsync_failed) {
            unsettled_ = {"fsync_failed", "planned by the test"};
            return Append::unknown(*unsettled_);
        }
        unsettled_ = {"journal_unsettled", "an earlier append is unknown"};
        return Append::unknown({"database_io_failed", "planned by the test"});
    }

    MemoryDisk::Content& content_;
    uint64_t size_;
    std::optional<Error> unsettled_;  // what appends are answered with until settle()
    bool last_was_written_ = false;
};

Result<std::unique_ptr<Journal>> open_memory_journal(MemoryDisk& disk) {
    return MemoryJournal::open(disk);
}

}  // namespace calm::store
