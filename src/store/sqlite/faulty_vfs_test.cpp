// The faulty VFS, and proof that it does what the tests with it believe.
#include "store/sqlite/faulty_vfs.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/temporary_directory.h"

namespace calm::store {
namespace {

constexpr size_t kSectorBytes = 512;

struct Write {
    sqlite3_int64 offset;
    std::string bytes;
    bool truncates = false;  // to `offset`
};

// One file as the disk and the kernel have it.
struct Image {
    std::string durable;
    std::vector<Write> pending;
};

struct State {
    std::mutex mutex;
    sqlite3_vfs vfs{};
    sqlite3_vfs* system = nullptr;
    uint64_t operations = 0;

    bool paused = false;
    bool planned = false;
    bool failed = false;
    uint8_t mask = 0;
    uint64_t countdown = 0;
    FaultyVfs::Harm harm = FaultyVfs::Harm::nothing;
    FaultyVfs::Until until = FaultyVfs::Until::once;
    int code = 0;

    std::map<std::string, Image> images;
};

State& state() {
    static State one;
    return one;
}

// Followed in memory by the system's own file.
struct FaultyFile {
    sqlite3_file base;
    std::string* path;
    sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultyFile* ours(sqlite3_file* file) {
    return reinterpret_cast<FaultyFile*>(file);
}

sqlite3_file* theirs(sqlite3_file* file) {
    return ours(file)->system();
}

// Counts an operation; true: it is to fail now. REQUIRES: the lock is held.
bool is_hit(FaultyVfs::Operation operation) {
    State& all = state();
    if (all.paused) return false;
    ++all.operations;
    if (!all.planned || (all.mask & static_cast<uint8_t>(operation)) == 0) return false;
    if (all.countdown > 1) {
        --all.countdown;
        return false;
    }
    all.failed = true;
    if (all.until == FaultyVfs::Until::once) all.planned = false;
    return true;
}

void apply(std::string& content, const Write& write) {
    const auto offset = static_cast<size_t>(write.offset);
    if (write.truncates) {
        content.resize(std::min(content.size(), offset));
        return;
    }
    content.resize(std::max(content.size(), offset + write.bytes.size()));
    content.replace(offset, write.bytes.size(), write.bytes);
}

int vfs_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    const bool hit = is_hit(FaultyVfs::Operation::write);
    if (hit && all.harm == FaultyVfs::Harm::nothing) size = 0;
    if (hit && all.harm == FaultyVfs::Harm::half) size /= 2;
    if (size > 0) {
        const int code = theirs(file)->pMethods->xWrite(theirs(file), bytes, size, offset);
        if (code != SQLITE_OK) return code;
        all.images[*ours(file)->path].pending.push_back(
            {offset, std::string(static_cast<const char*>(bytes), static_cast<size_t>(size))});
    }
    if (!hit) return SQLITE_OK;
    return all.code != 0 ? all.code : SQLITE_IOERR_WRITE;
}

int vfs_truncate(sqlite3_file* file, sqlite3_int64 size) {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    const bool hit = is_hit(FaultyVfs::Operation::truncate);
    if (hit && all.harm == FaultyVfs::Harm::nothing) return SQLITE_IOERR_TRUNCATE;
    const int code = theirs(file)->pMethods->xTruncate(theirs(file), size);
    if (code != SQLITE_OK) return code;
    all.images[*ours(file)->path].pending.push_back({size, "", true});
    return hit ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

// Does not bother the real disk: what is durable is what we say.
int vfs_sync(sqlite3_file* file, int) {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    Image& image = all.images[*ours(file)->path];
    const bool hit = is_hit(FaultyVfs::Operation::sync);
    if (!hit || all.harm == FaultyVfs::Harm::all) {
        for (const Write& write : image.pending)
            apply(image.durable, write);
    }
    image.pending.clear();
    return hit ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

int vfs_close(sqlite3_file* file) {
    delete ours(file)->path;
    return theirs(file)->pMethods->xClose(theirs(file));
}

int vfs_read(sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
    return theirs(f)->pMethods->xRead(theirs(f), to, size, offset);
}
int vfs_file_size(sqlite3_file* f, sqlite3_int64* size) {
    return theirs(f)->pMethods->xFileSize(theirs(f), size);
}
int vfs_lock(sqlite3_file* f, int level) {
    return theirs(f)->pMethods->xLock(theirs(f), level);
}
int vfs_unlock(sqlite3_file* f, int level) {
    return theirs(f)->pMethods->xUnlock(theirs(f), level);
}
int vfs_check_reserved_lock(sqlite3_file* f, int* out) {
    return theirs(f)->pMethods->xCheckReservedLock(theirs(f), out);
}
int vfs_file_control(sqlite3_file* f, int operation, void* argument) {
    return theirs(f)->pMethods->xFileControl(theirs(f), operation, argument);
}
int vfs_sector_size(sqlite3_file* f) {
    return theirs(f)->pMethods->xSectorSize(theirs(f));
}
int vfs_device_characteristics(sqlite3_file*) {
    return 0;  // a disk that promises nothing
}
int vfs_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return theirs(f)->pMethods->xShmMap(theirs(f), page, size, extend, out);
}
int vfs_shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return theirs(f)->pMethods->xShmLock(theirs(f), offset, n, flags);
}
void vfs_shm_barrier(sqlite3_file* f) {
    theirs(f)->pMethods->xShmBarrier(theirs(f));
}
int vfs_shm_unmap(sqlite3_file* f, int remove) {
    return theirs(f)->pMethods->xShmUnmap(theirs(f), remove);
}

const sqlite3_io_methods kMethods = {.iVersion = 2,
                                     .xClose = vfs_close,
                                     .xRead = vfs_read,
                                     .xWrite = vfs_write,
                                     .xTruncate = vfs_truncate,
                                     .xSync = vfs_sync,
                                     .xFileSize = vfs_file_size,
                                     .xLock = vfs_lock,
                                     .xUnlock = vfs_unlock,
                                     .xCheckReservedLock = vfs_check_reserved_lock,
                                     .xFileControl = vfs_file_control,
                                     .xSectorSize = vfs_sector_size,
                                     .xDeviceCharacteristics = vfs_device_characteristics,
                                     .xShmMap = vfs_shm_map,
                                     .xShmLock = vfs_shm_lock,
                                     .xShmBarrier = vfs_shm_barrier,
                                     .xShmUnmap = vfs_shm_unmap,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int vfs_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    State& all = state();
    ours(file)->base.pMethods = nullptr;
    const int code = all.system->xOpen(all.system, name, theirs(file), flags, out_flags);
    if (theirs(file)->pMethods == nullptr) return code;
    ours(file)->path = new std::string(name != nullptr ? name : "");
    ours(file)->base.pMethods = &kMethods;
    const std::lock_guard lock(all.mutex);
    all.images[*ours(file)->path];
    return code;
}

int vfs_delete(sqlite3_vfs*, const char* name, int sync_directory) {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    all.images.erase(name);
    return all.system->xDelete(all.system, name, sync_directory);
}

}  // namespace

void FaultyVfs::reset() {
    State& all = state();
    {
        const std::lock_guard lock(all.mutex);
        all.operations = 0;
        all.paused = false;
        all.planned = false;
        all.failed = false;
        all.images.clear();
    }
    if (all.system != nullptr) return;
    all.system = sqlite3_vfs_find(nullptr);
    all.vfs = *all.system;
    all.vfs.iVersion = 1;
    all.vfs.pNext = nullptr;
    all.vfs.zName = kName;
    all.vfs.szOsFile = static_cast<int>(sizeof(FaultyFile)) + all.system->szOsFile;
    all.vfs.xOpen = vfs_open;
    all.vfs.xDelete = vfs_delete;
    sqlite3_vfs_register(&all.vfs, 0);
}

void FaultyVfs::fail(Operation operation, uint64_t nth, Harm harm, Until until, int code) {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    all.planned = true;
    all.failed = false;
    all.mask = static_cast<uint8_t>(operation);
    all.countdown = nth;
    all.harm = harm;
    all.until = until;
    all.code = code;
}

void FaultyVfs::clear() {
    const std::lock_guard lock(state().mutex);
    state().planned = false;
}

void FaultyVfs::pause(bool paused) {
    const std::lock_guard lock(state().mutex);
    state().paused = paused;
}

bool FaultyVfs::has_failed() {
    const std::lock_guard lock(state().mutex);
    return state().failed;
}

uint64_t FaultyVfs::operations() {
    const std::lock_guard lock(state().mutex);
    return state().operations;
}

void FaultyVfs::cut_power(const std::filesystem::path& from, const std::filesystem::path& to,
                          std::mt19937& random) {
    const std::lock_guard lock(state().mutex);
    // From nearly nothing to nearly everything of what was not synced reaches the disk.
    std::bernoulli_distribution arrives(std::uniform_real_distribution(0.0, 1.0)(random));
    for (const auto& [path, image] : state().images) {
        const std::filesystem::path file(path);
        if (file.parent_path() != from) continue;
        std::string content = image.durable;
        for (const Write& write : image.pending) {
            if (write.truncates && arrives(random)) apply(content, write);
            for (size_t done = 0; done < write.bytes.size(); done += kSectorBytes) {
                if (!arrives(random)) continue;
                apply(content, {write.offset + static_cast<sqlite3_int64>(done),
                                write.bytes.substr(done, kSectorBytes)});
            }
        }
        std::ofstream stream(to / file.filename(), std::ios::binary);
        stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    }
}

namespace {

class FaultyVfsTest : public testing::Test {
  protected:
    void SetUp() override {
        FaultyVfs::reset();
        ASSERT_EQ(sqlite3_open_v2((directory_.path() / "x.db").c_str(), &db_,
                                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, FaultyVfs::kName),
                  SQLITE_OK);
    }
    void TearDown() override { sqlite3_close(db_); }
    int run(const char* sql) { return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }

    // The rows of table t in the database that a power cut leaves; -1 when it is not readable.
    int rows_after_power_cut(std::mt19937& random) {
        const TemporaryDirectory after;
        FaultyVfs::cut_power(directory_.path(), after.path(), random);
        sqlite3* db = nullptr;
        sqlite3_open((after.path() / "x.db").c_str(), &db);
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &statement, nullptr);
        const int rows =
            sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
        sqlite3_finalize(statement);
        sqlite3_close(db);
        return rows;
    }

    TemporaryDirectory directory_;
    sqlite3* db_ = nullptr;
};

TEST_F(FaultyVfsTest, fails_the_nth_write_once) {
    ASSERT_EQ(run("CREATE TABLE t(x)"), SQLITE_OK);
    FaultyVfs::fail(FaultyVfs::Operation::write, 2, FaultyVfs::Harm::nothing,
                    FaultyVfs::Until::once);
    EXPECT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_IOERR);
    EXPECT_TRUE(FaultyVfs::has_failed());
    EXPECT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_OK);
}

TEST_F(FaultyVfsTest, fails_syncs_until_cleared) {
    ASSERT_EQ(run("CREATE TABLE t(x)"), SQLITE_OK);
    FaultyVfs::fail(FaultyVfs::Operation::sync, 1, FaultyVfs::Harm::nothing,
                    FaultyVfs::Until::cleared);
    EXPECT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_IOERR);
    EXPECT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_IOERR);
    FaultyVfs::clear();
    EXPECT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_OK);
}

// The control: what is not synced does get lost, so the tests with it can fail.
TEST_F(FaultyVfsTest, a_power_cut_loses_what_was_not_synced_and_only_that) {
    ASSERT_EQ(run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(x)"),
              SQLITE_OK);
    ASSERT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_OK);
    std::mt19937 random(1);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(rows_after_power_cut(random), 1);
    ASSERT_EQ(run("PRAGMA synchronous=NORMAL; INSERT INTO t VALUES (2)"), SQLITE_OK);
    int lost = 0;
    for (int i = 0; i < 20; ++i)
        lost += rows_after_power_cut(random) == 1 ? 1 : 0;
    EXPECT_GT(lost, 0);
}

}  // namespace
}  // namespace calm::store
