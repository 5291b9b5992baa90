// The memory form of the journal: what every other layer's tests use. It keeps the same promises as
// the SQLite form, except that nothing outlives the MemoryDisk, and it fails when a test tells it
// to.
#pragma once

#include <memory>

#include "store/journal.h"

namespace calm::store {

// What a journal left behind. It outlives the journals opened on it, so a test can end one (a
// crash) and open the next (a restart). One journal at a time, as with a real disk
// (`database_in_use`).
class MemoryDisk {
  public:
    MemoryDisk();
    ~MemoryDisk();
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;

    // How an append goes wrong.
    enum class Fault : uint8_t {
        not_committed,        // not written, and it says so (`database_io_failed`)
        disk_full,            // the same with `disk_full`
        moved,                // the same with `journal_moved`
        fsync_failed,         // unknown and fatal; not written
        unknown,              // unknown; not written
        committed_as_unknown  // unknown; written
    };

    // Makes the n-th append from now on fail (1: the next one), once. Several may be planned. Any
    // thread.
    void fail_append(uint64_t nth, Fault fault);
    // Takes over what is on the other disk, as a backup does. REQUIRES: nothing is being appended
    // there, and no journal is open here.
    void copy(const MemoryDisk& other);
    // The number of appends that reached a journal on this disk, failed ones included. Any thread.
    uint64_t appends() const;

    struct Content;

  private:
    friend class MemoryJournal;
    friend class MemoryReader;
    std::unique_ptr<Content> content_;
};

// `disk` must outlive the journal and its readers. Errors: `database_in_use`.
Result<std::unique_ptr<Journal>> open_memory_journal(MemoryDisk& disk);

}  // namespace calm::store
