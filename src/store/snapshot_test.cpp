// Snapshots come back as they were written, or not at all.
#include "store/snapshot.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/crypto.h"
#include "store/temporary_directory.h"

namespace calm::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

SnapshotHeader header_at(uint64_t sequence) {
    return {sequence, 3, 7, sha256("root"), sha256("state"), "signed " + std::to_string(sequence)};
}

class SnapshotTest : public testing::Test {
  protected:
    void write(uint64_t sequence, std::string_view body) {
        auto writer = SnapshotWriter::create(directory_.path(), 0);
        ASSERT_TRUE(writer) << writer.error().detail;
        ASSERT_TRUE(writer->write(as_bytes(body)));
        const auto done = writer->finish(header_at(sequence));
        ASSERT_TRUE(done) << done.error().detail;
    }
    std::filesystem::path file(uint64_t sequence) const {
        std::string digits = std::to_string(sequence);
        return directory_.path() / ("snapshot-" + std::string(20 - digits.size(), '0') + digits);
    }
    void flip_bit(const std::filesystem::path& path, size_t offset) {
        std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekg(static_cast<std::streamoff>(offset));
        const auto byte = static_cast<char>(stream.get() ^ 0x10);
        stream.seekp(static_cast<std::streamoff>(offset));
        stream.put(byte);
    }

    TemporaryDirectory directory_;
};

TEST_F(SnapshotTest, comes_back_as_it_was_written) {
    const std::string body(3'000'000, 'b');
    auto writer = SnapshotWriter::create(directory_.path(), 0).value();
    for (size_t at = 0; at < body.size(); at += 700'001) {
        ASSERT_TRUE(writer.write(as_bytes(std::string_view(body).substr(at, 700'001))));
    }
    EXPECT_EQ(writer.body_hash(), sha256(body));
    EXPECT_THAT(snapshot_files(directory_.path()), IsEmpty());
    ASSERT_TRUE(writer.finish(header_at(12)));
    const auto found = newest_snapshot(directory_.path(), UINT64_MAX);
    ASSERT_TRUE(found.snapshot);
    EXPECT_THAT(found.skipped, IsEmpty());
    EXPECT_EQ(found.snapshot->header(), header_at(12));
    EXPECT_TRUE(as_text(found.snapshot->body()) == body);
}

TEST_F(SnapshotTest, a_body_may_be_empty_and_a_document_as_long_as_allowed) {
    auto writer = SnapshotWriter::create(directory_.path(), 0).value();
    SnapshotHeader header = header_at(UINT64_MAX);
    header.document.assign(kSnapshotDocumentBytesMax, 'd');
    ASSERT_TRUE(writer.finish(header));
    const auto found = newest_snapshot(directory_.path(), UINT64_MAX);
    ASSERT_TRUE(found.snapshot);
    EXPECT_EQ(found.snapshot->header(), header);
    EXPECT_THAT(found.snapshot->body(), IsEmpty());
}

TEST_F(SnapshotTest, there_may_be_none) {
    EXPECT_FALSE(newest_snapshot(directory_.path(), 5).snapshot);
    EXPECT_FALSE(newest_snapshot(directory_.path() / "not there", 5).snapshot);
}

TEST_F(SnapshotTest, the_last_two_are_kept) {
    for (const uint64_t sequence : {8, 9, 10, 11})
        write(sequence, "body");
    EXPECT_THAT(snapshot_files(directory_.path()), ElementsAre(file(11), file(10)));
}

TEST_F(SnapshotTest, those_of_a_log_that_was_longer_go) {
    for (const uint64_t sequence : {8, 90, 100})
        write(sequence, "body");
    write(9, "of a restored log");
    EXPECT_THAT(snapshot_files(directory_.path()), ElementsAre(file(9)));
    write(10, "its next");
    EXPECT_THAT(snapshot_files(directory_.path()), ElementsAre(file(10), file(9)));
}

TEST_F(SnapshotTest, one_of_the_same_sequence_is_replaced) {
    write(8, "old");
    write(8, "new");
    EXPECT_EQ(as_text(newest_snapshot(directory_.path(), 8).snapshot->body()), "new");
    EXPECT_THAT(snapshot_files(directory_.path()), SizeIs(1));
}

TEST_F(SnapshotTest, a_damaged_one_gives_way_to_the_one_before) {
    write(8, "before");
    write(9, "after");
    flip_bit(file(9), kSnapshotBlockBytes + 2);
    const auto found = newest_snapshot(directory_.path(), UINT64_MAX);
    ASSERT_TRUE(found.snapshot);
    EXPECT_EQ(found.snapshot->header().sequence, 8);
    ASSERT_THAT(found.skipped, SizeIs(1));
    EXPECT_EQ(found.skipped[0].code, "snapshot_damaged");
    EXPECT_THAT(found.skipped[0].detail, HasSubstr(file(9).string()));
    flip_bit(file(8), 20);
    const auto none = newest_snapshot(directory_.path(), UINT64_MAX);
    EXPECT_FALSE(none.snapshot);
    EXPECT_THAT(none.skipped, SizeIs(2));
}

TEST_F(SnapshotTest, one_that_is_newer_than_the_log_is_not_taken) {
    write(8, "before");
    write(9, "after");
    const auto found = newest_snapshot(directory_.path(), 8);
    ASSERT_TRUE(found.snapshot);
    EXPECT_EQ(found.snapshot->header().sequence, 8);
    EXPECT_THAT(found.skipped, SizeIs(1));
}

TEST_F(SnapshotTest, every_changed_byte_and_every_other_length_is_found) {
    write(8, "body");
    const size_t size = std::filesystem::file_size(file(8));
    for (size_t at = 0; at < size; at += at < 200 || at > size - 50 ? 1 : 97) {
        flip_bit(file(8), at);
        EXPECT_EQ(Snapshot::open(file(8)).error().code, "snapshot_damaged") << at;
        flip_bit(file(8), at);
    }
    EXPECT_TRUE(Snapshot::open(file(8)));
    for (const size_t other : {size_t{0}, size_t{100}, kSnapshotBlockBytes, size - 1, size + 1}) {
        std::filesystem::resize_file(file(8), other);
        EXPECT_EQ(Snapshot::open(file(8)).error().code, "snapshot_damaged") << other;
    }
}

TEST_F(SnapshotTest, under_the_name_of_another_it_is_not_taken) {
    write(8, "body");
    std::filesystem::rename(file(8), file(9));
    EXPECT_FALSE(newest_snapshot(directory_.path(), UINT64_MAX).snapshot);
}

TEST_F(SnapshotTest, an_unfinished_one_leaves_nothing_and_a_crashed_one_is_replaced) {
    {
        auto writer = SnapshotWriter::create(directory_.path(), 0).value();
        ASSERT_TRUE(writer.write(as_bytes("half")));
    }
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
    std::ofstream(directory_.path() / "snapshot.part") << std::string(100'000, 'x');
    write(8, "body");
    EXPECT_EQ(as_text(newest_snapshot(directory_.path(), 8).snapshot->body()), "body");
}

TEST_F(SnapshotTest, other_files_are_left_alone) {
    for (const char* name : {"snapshot-1", "snapshot-0000000000000000000x", "snapshots",
                             "snapshot-00000000000000000001.old"}) {
        std::ofstream(directory_.path() / name) << "mine";
    }
    for (const uint64_t sequence : {8, 9, 10})
        write(sequence, "body");
    EXPECT_THAT(snapshot_files(directory_.path()), SizeIs(2));
    EXPECT_TRUE(std::filesystem::exists(directory_.path() / "snapshot-1"));
}

TEST_F(SnapshotTest, the_disk_is_not_filled) {
    const auto writer = SnapshotWriter::create(directory_.path(), UINT64_MAX);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, "disk_full");
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(SnapshotTest, a_directory_that_is_not_there_has_its_error) {
    const auto writer = SnapshotWriter::create(directory_.path() / "no", 0);
    EXPECT_EQ(writer.error().code, "snapshot_failed");
}

RC_GTEST_PROP(SnapshotBlockTest, random_bytes_are_no_block, (const std::vector<uint8_t>& bytes)) {
    std::vector<uint8_t> block = bytes;
    block.resize(kSnapshotBlockBytes);
    RC_ASSERT(!read_snapshot_block(block));
}

}  // namespace
}  // namespace calm::store
