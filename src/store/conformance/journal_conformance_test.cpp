// The suite that each store passes.
#include "store/conformance/journal_conformance.h"

#include <atomic>
#include <map>
#include <thread>
#include <tuple>

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace calm::store {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JournalConformance);

Contents contents_of(JournalReader& reader) {
    Contents all;
    EXPECT_TRUE(reader.read(0, UINT64_MAX, [&](uint64_t sequence, std::string_view line) {
        EXPECT_EQ(sequence, all.lines.size());
        all.lines.emplace_back(line);
        return true;
    }));
    EXPECT_TRUE(reader.subjects({0}, [&](const SubjectName& subject) {
        all.subjects.push_back(subject);
        return true;
    }));
    for (const std::string table : {"accounts", "alerts"}) {
        EXPECT_TRUE(reader.records(table, [&](std::string_view key, std::string_view value) {
            all.records.push_back({table, std::string(key), std::string(value)});
            return true;
        }));
    }
    std::map<std::tuple<uint32_t, SubjectId, SubjectId, ProductId, HostId>, uint32_t> usage;
    EXPECT_TRUE(reader.usage(0, UINT32_MAX, [&](const UsageRow& row) {
        usage[{row.day, row.user, row.device, row.product, row.host}] += row.count;
        return true;
    }));
    for (const auto& [key, count] : usage) {
        const auto& [day, user, device, product, host] = key;
        all.usage.push_back({day, user, device, product, host, count});
    }
    for (uint64_t size = 0;;) {
        const auto head = reader.tree_head(size);
        if (!head || !*head) break;
        all.tree_heads.push_back(**head);
        size = (*head)->size + 1;
    }
    for (uint8_t level = 0; level < 2; ++level) {
        for (uint64_t index = 0; index < 16; ++index) {
            const auto tile = reader.tile(level, index);
            if (tile && *tile) all.tiles.push_back({level, index, **tile});
        }
    }
    return all;
}

void JournalConformance::SetUp() {
    start_anew();
}

void JournalConformance::start_anew() {
    reader_.reset();
    journal_.reset();  // before its place
    place_ = GetParam().make();
    reopen();
}

void JournalConformance::reopen() {
    reader_.reset();
    journal_.reset();
    auto opened = place_->open();
    ASSERT_TRUE(opened) << opened.error().code << ": " << opened.error().detail;
    journal_ = std::move(*opened);
    auto reader = journal_->open_reader();
    ASSERT_TRUE(reader) << reader.error().detail;
    reader_ = std::move(*reader);
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Batch lines_at(uint64_t first_sequence, std::vector<std::string> lines) {
    Batch batch;
    batch.first_sequence = first_sequence;
    batch.lines = std::move(lines);
    return batch;
}

SubjectName named(uint32_t id, std::string name, HolderKind kind = HolderKind::user) {
    SubjectName subject{{id}, kind, std::move(name), {}};
    for (size_t i = 0; i < subject.salt.size(); ++i) {
        subject.salt[i] = static_cast<uint8_t>(id * 7 + i * 31);
    }
    return subject;
}

// One of everything.
Batch full_batch(uint64_t first_sequence) {
    Batch batch = lines_at(first_sequence, {R"({"v":1})", R"({"v":2})"});
    batch.subjects = {named(1, "anna"), named(2, "kiosk-1", HolderKind::device)};
    batch.puts = {{"accounts", "owner", "hash"}, {"alerts", "1", ""}};
    batch.usage = {{20778, {1}, {2}, {3}, {4}, 5}};
    batch.tiles = {{0, 0, "hashes"}, {1, 0, "more"}};
    batch.tree_head = "signed";
    return batch;
}

MATCHER_P(IsRefused, code, "") {
    *result_listener << "outcome " << static_cast<int>(arg.outcome) << ", `" << arg.error.code
                     << "`: " << arg.error.detail;
    return arg.outcome == Append::Outcome::not_committed && arg.error.code == code;
}

MATCHER(IsCommitted, "") {
    *result_listener << arg.error.code << ": " << arg.error.detail;
    return arg.is_committed();
}

TEST_P(JournalConformance, a_new_journal_is_empty) {
    EXPECT_EQ(journal_->size(), 0);
    EXPECT_EQ(reader_->size().value(), 0);
    EXPECT_EQ(contents_of(*reader_), Contents{});
    EXPECT_EQ(reader_->latest_tree_head().value(), std::nullopt);
    EXPECT_TRUE(reader_->check());
}

TEST_P(JournalConformance, what_is_appended_is_read_and_is_there_after_reopening) {
    ASSERT_THAT(journal_->append(full_batch(0)), IsCommitted());
    EXPECT_EQ(journal_->size(), 2);
    const Contents before = contents_of(*reader_);
    EXPECT_THAT(before.lines, ElementsAre(R"({"v":1})", R"({"v":2})"));
    EXPECT_THAT(before.subjects,
                ElementsAre(named(1, "anna"), named(2, "kiosk-1", HolderKind::device)));
    EXPECT_THAT(before.records,
                ElementsAre(Record{"accounts", "owner", "hash"}, Record{"alerts", "1", ""}));
    EXPECT_THAT(before.usage, ElementsAre(UsageRow{20778, {1}, {2}, {3}, {4}, 5}));
    EXPECT_THAT(before.tiles, ElementsAre(Tile{0, 0, "hashes"}, Tile{1, 0, "more"}));
    EXPECT_THAT(before.tree_heads, ElementsAre(TreeHead{2, "signed"}));
    reopen();
    EXPECT_EQ(journal_->size(), 2);
    EXPECT_EQ(contents_of(*reader_), before);
    EXPECT_TRUE(reader_->check());
}

TEST_P(JournalConformance, a_line_is_kept_byte_for_byte) {
    const std::vector<std::string> lines = {std::string("\0 nul \0", 7), "\xff\xfe not UTF-8",
                                            "\r\t quotes ' \" \\", std::string(kLineBytesMax, 'x')};
    ASSERT_THAT(journal_->append(lines_at(0, lines)), IsCommitted());
    reopen();
    EXPECT_EQ(contents_of(*reader_).lines, lines);
}

// Two people may differ by the case of a letter only, and a name read back must open its
// commitment.
TEST_P(JournalConformance, names_are_kept_exactly_and_distinct) {
    const std::vector<std::string> names = {
        "Anna",
        "anna",
        "ANNA",
        "andr\xc3\xa9",     // NFC
        "andre\xcc\x81",    // NFD
        "\xc4\xb0stanbul",  // capital I with a dot
        "istanbul",
        "\xc4\xb1stanbul",  // small i without
        "Istanbul",
        "\xf0\x9f\xa6\x8a\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",  // emoji, one joined
        "stra\xc3\x9f"
        "e",
        "strasse",
        " anna",
        "anna ",
        "DOMAIN\\anna",
        "anna@example.org",
        std::string("an\0na", 5),
        "\xff\xfe",
        std::string(200, 'n'),
        std::string(kNameBytesMax, 'n')};
    Batch batch = lines_at(0, {"{}"});
    for (uint32_t i = 0; i < names.size(); ++i) {
        batch.subjects.push_back(named(i + 1, names[i]));
        batch.puts.push_back({"accounts", names[i].substr(0, kRecordKeyBytesMax), names[i]});
    }
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    reopen();
    EXPECT_EQ(contents_of(*reader_).subjects, batch.subjects);
    for (uint32_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(reader_->subject({i + 1}).value(), named(i + 1, names[i]));
        EXPECT_EQ(reader_->record("accounts", names[i]).value(), names[i]);
    }
    EXPECT_EQ(contents_of(*reader_).records.size(), names.size());
}

TEST_P(JournalConformance, a_batch_that_does_not_continue_the_log_is_refused) {
    EXPECT_THAT(journal_->append(lines_at(1, {"{}"})), IsRefused("journal_moved"));
    ASSERT_THAT(journal_->append(lines_at(0, {"a"})), IsCommitted());
    EXPECT_THAT(journal_->append(lines_at(0, {"b"})), IsRefused("journal_moved"));
    EXPECT_THAT(journal_->append(lines_at(2, {"c"})), IsRefused("journal_moved"));
    Batch records_only;
    records_only.first_sequence = 0;
    records_only.puts = {{"accounts", "x", "y"}};
    EXPECT_THAT(journal_->append(records_only), IsRefused("journal_moved"));
    EXPECT_THAT(contents_of(*reader_).lines, ElementsAre("a"));
    EXPECT_THAT(contents_of(*reader_).records, IsEmpty());
    ASSERT_THAT(journal_->append(lines_at(1, {"b"})), IsCommitted());
}

TEST_P(JournalConformance, a_failed_append_leaves_nothing_and_the_next_one_goes_on) {
    ASSERT_THAT(journal_->append(full_batch(0)), IsCommitted());
    const Contents before = contents_of(*reader_);
    place_->fail_next_append();
    Batch batch = full_batch(2);
    batch.subjects = {named(1, "someone else"), named(9, "new")};
    batch.erased_subjects = {{2}};
    batch.erases = {{"accounts", "owner"}};
    const Append failed = journal_->append(batch);
    EXPECT_EQ(failed.outcome, Append::Outcome::not_committed) << failed.error.detail;
    EXPECT_FALSE(failed.is_fatal());
    EXPECT_EQ(journal_->size(), 2);
    EXPECT_EQ(contents_of(*reader_), before);
    ASSERT_THAT(journal_->append(lines_at(2, {"next"})), IsCommitted());
    reopen();
    Contents after = before;
    after.lines.emplace_back("next");
    EXPECT_EQ(contents_of(*reader_), after);
}

TEST_P(JournalConformance, reads_a_part_of_the_log) {
    ASSERT_THAT(journal_->append(lines_at(0, {"0", "1", "2", "3", "4"})), IsCommitted());
    const auto read = [&](uint64_t from, uint64_t limit, size_t stop_after) {
        std::vector<std::string> lines;
        const auto next = reader_->read(from, limit, [&](uint64_t sequence, std::string_view line) {
            EXPECT_EQ(std::to_string(sequence), line);
            lines.emplace_back(line);
            return lines.size() < stop_after;
        });
        lines.push_back("next " + std::to_string(next.value()));
        return lines;
    };
    EXPECT_THAT(read(1, 2, 99), ElementsAre("1", "2", "next 3"));
    EXPECT_THAT(read(3, 99, 99), ElementsAre("3", "4", "next 5"));
    EXPECT_THAT(read(0, 99, 2), ElementsAre("0", "1", "next 2"));
    EXPECT_THAT(read(0, 0, 99), ElementsAre("next 0"));
    EXPECT_THAT(read(5, 99, 99), ElementsAre("next 5"));
    EXPECT_THAT(read(UINT64_MAX, UINT64_MAX, 99),
                ElementsAre("next " + std::to_string(UINT64_MAX)));
}

TEST_P(JournalConformance, a_long_log_comes_back_in_order) {
    constexpr size_t kLines = 40000;  // more than a slice of any store
    Batch batch;
    for (size_t i = 0; i < kLines; ++i)
        batch.lines.push_back("line " + std::to_string(i));
    for (uint32_t i = 1; i <= kLines; ++i)
        batch.subjects.push_back(named(i, std::to_string(i)));
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    const Contents all = contents_of(*reader_);
    EXPECT_EQ(all.lines, batch.lines);
    EXPECT_EQ(all.subjects, batch.subjects);
}

TEST_P(JournalConformance, tree_heads_are_found_by_size) {
    Batch first = lines_at(0, {"a", "b", "c"});
    first.tree_head = "three";
    Batch second = lines_at(3, {"d"});
    second.tree_head = "four";
    Batch third = lines_at(4, {"e"});  // a batch may come without one
    ASSERT_THAT(journal_->append(first), IsCommitted());
    ASSERT_THAT(journal_->append(second), IsCommitted());
    ASSERT_THAT(journal_->append(third), IsCommitted());
    EXPECT_EQ(reader_->latest_tree_head().value(), (TreeHead{4, "four"}));
    EXPECT_EQ(reader_->tree_head(0).value(), (TreeHead{3, "three"}));
    EXPECT_EQ(reader_->tree_head(3).value(), (TreeHead{3, "three"}));
    EXPECT_EQ(reader_->tree_head(4).value(), (TreeHead{4, "four"}));
    EXPECT_EQ(reader_->tree_head(5).value(), std::nullopt);
    EXPECT_EQ(reader_->tree_head(UINT64_MAX).value(), std::nullopt);
}

TEST_P(JournalConformance, a_tree_head_of_the_same_size_replaces) {
    Batch batch = lines_at(0, {"a"});
    batch.tree_head = "old";
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    Batch again;
    again.first_sequence = 1;
    again.tree_head = "new";
    ASSERT_THAT(journal_->append(again), IsCommitted());
    EXPECT_THAT(contents_of(*reader_).tree_heads, ElementsAre(TreeHead{1, "new"}));
}

TEST_P(JournalConformance, a_tile_that_grew_replaces_itself_only) {
    Batch batch = lines_at(0, {"a"});
    batch.tiles = {{0, 0, "zero"}, {0, 1, "one"}, {1, 0, "upper"}, {255, kTileIndexMax, "last"}};
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    Batch next = lines_at(1, {"b"});
    next.tiles = {{0, 1, std::string("\0more", 5)}};
    ASSERT_THAT(journal_->append(next), IsCommitted());
    reopen();
    EXPECT_EQ(reader_->tile(0, 0).value(), "zero");
    EXPECT_EQ(reader_->tile(0, 1).value(), std::string("\0more", 5));
    EXPECT_EQ(reader_->tile(1, 0).value(), "upper");
    EXPECT_EQ(reader_->tile(255, kTileIndexMax).value(), "last");
    EXPECT_EQ(reader_->tile(1, 1).value(), std::nullopt);
    EXPECT_EQ(reader_->tile(0, UINT64_MAX).value(), std::nullopt);
}

TEST_P(JournalConformance, records_are_put_replaced_and_erased) {
    Batch batch;
    batch.put({"accounts", "b", "1"});
    batch.put({"accounts", "a", std::string("\0\xff", 2)});
    batch.put({"alerts", "a", "other table"});
    batch.put({"accounts", "c", "3"});
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    Batch change;
    change.put({"accounts", "b", "2"});
    change.erase({"accounts", "c"});
    change.erase({"accounts", "never there"});
    ASSERT_THAT(journal_->append(change), IsCommitted());
    EXPECT_THAT(contents_of(*reader_).records,
                ElementsAre(Record{"accounts", "a", std::string("\0\xff", 2)},
                            Record{"accounts", "b", "2"}, Record{"alerts", "a", "other table"}));
    EXPECT_EQ(reader_->record("accounts", "c").value(), std::nullopt);
    EXPECT_EQ(reader_->record("no such table", "a").value(), std::nullopt);
    EXPECT_EQ(reader_->record("alerts", "a").value(), "other table");
}

TEST_P(JournalConformance, the_last_change_of_a_record_in_a_batch_wins) {
    Batch batch;
    batch.put({"alerts", "put, erased", "1"});
    batch.erase({"alerts", "put, erased"});
    batch.erase({"alerts", "erased, put"});
    batch.put({"alerts", "erased, put", "1"});
    batch.put({"alerts", "put twice", "1"});
    batch.put({"alerts", "put twice", "2"});
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    EXPECT_THAT(contents_of(*reader_).records, ElementsAre(Record{"alerts", "erased, put", "1"},
                                                           Record{"alerts", "put twice", "2"}));
}

TEST_P(JournalConformance, a_table_of_many_records_comes_back_in_order) {
    Batch batch;
    for (int i = 0; i < 1000; ++i) {
        batch.put({"accounts", std::to_string(100000 + i * 7), std::to_string(i)});
    }
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    EXPECT_EQ(contents_of(*reader_).records, batch.puts);
}

TEST_P(JournalConformance, usage_adds_up_by_day) {
    Batch batch;
    batch.usage = {{10, {1}, {2}, {3}, {4}, 5},
                   {10, {1}, {2}, {3}, {4}, 6},
                   {11, {1}, {}, {65535}, {4}, 1},
                   {12, {}, {2}, {3}, {UINT32_MAX}, 1}};
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    EXPECT_THAT(
        contents_of(*reader_).usage,
        ElementsAre(UsageRow{10, {1}, {2}, {3}, {4}, 22}, UsageRow{11, {1}, {}, {65535}, {4}, 2},
                    UsageRow{12, {}, {2}, {3}, {UINT32_MAX}, 2}));
    std::vector<uint32_t> days;
    ASSERT_TRUE(reader_->usage(11, 12, [&](const UsageRow& row) {
        days.push_back(row.day);
        return days.size() < 3;
    }));
    EXPECT_EQ(days.front(), 11);
    EXPECT_EQ(days.back(), 12);
    EXPECT_TRUE(std::ranges::is_sorted(days));
}

TEST_P(JournalConformance, usage_is_the_same_after_it_was_added_up) {
    std::map<uint32_t, uint32_t> expected;
    for (uint32_t round = 0; round < 8; ++round) {
        Batch batch;
        for (uint32_t i = 0; i < 1000; ++i) {
            batch.usage.push_back({100 + i % 7, {i % 11 + 1}, {}, {1}, {1}, 1 + i % 3});
            expected[100 + i % 7] += 1 + i % 3;
        }
        ASSERT_THAT(journal_->append(batch), IsCommitted());
    }
    const Contents before = contents_of(*reader_);
    while (journal_->maintain().value()) {
    }
    EXPECT_EQ(contents_of(*reader_), before);
    std::map<uint32_t, uint32_t> counted;
    for (const UsageRow& row : before.usage)
        counted[row.day] += row.count;
    EXPECT_EQ(counted, expected);
}

TEST_P(JournalConformance, an_erased_subject_is_gone_and_others_stay) {
    ASSERT_THAT(journal_->append(full_batch(0)), IsCommitted());
    Batch erase = lines_at(2, {"subject_erased"});
    erase.subjects = {named(3, "added and erased at once")};
    erase.erased_subjects = {{1}, {3}, {77}};
    ASSERT_THAT(journal_->append(erase), IsCommitted());
    while (journal_->maintain().value()) {
    }
    reopen();
    EXPECT_EQ(reader_->subject({1}).value(), std::nullopt);
    EXPECT_EQ(reader_->subject({3}).value(), std::nullopt);
    EXPECT_THAT(contents_of(*reader_).subjects,
                ElementsAre(named(2, "kiosk-1", HolderKind::device)));
}

TEST_P(JournalConformance, subjects_are_streamed_from_a_number_on) {
    Batch batch;
    for (const uint32_t id : {1U, 5U, 4'000'000'000U, UINT32_MAX}) {
        batch.subjects.push_back(named(id, std::to_string(id), HolderKind::station));
    }
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    std::vector<uint32_t> seen;
    ASSERT_TRUE(reader_->subjects({2}, [&](const SubjectName& subject) {
        seen.push_back(subject.subject.value);
        return true;
    }));
    EXPECT_THAT(seen, ElementsAre(5, 4'000'000'000U, UINT32_MAX));
    EXPECT_EQ(reader_->subject({4}).value(), std::nullopt);
}

struct BadBatch {
    const char* what;
    std::function<void(Batch&)> spoil;
};

TEST_P(JournalConformance, a_batch_beyond_the_limits_is_refused_whole) {
    const BadBatch all[] = {
        {"empty line", [](Batch& b) { b.lines[1].clear(); }},
        {"long line", [](Batch& b) { b.lines[1] = std::string(kLineBytesMax + 1, 'x'); }},
        {"newline", [](Batch& b) { b.lines[1] = "a\nb"; }},
        {"many lines", [](Batch& b) { b.lines.assign(kBatchLinesMax + 1, "x"); }},
        {"subject 0", [](Batch& b) { b.subjects[0].subject = {0}; }},
        {"empty name", [](Batch& b) { b.subjects[0].name.clear(); }},
        {"long name", [](Batch& b) { b.subjects[0].name = std::string(kNameBytesMax + 1, 'x'); }},
        {"empty table", [](Batch& b) { b.puts[0].table.clear(); }},
        {"long table", [](Batch& b) { b.puts[0].table.assign(kRecordTableBytesMax + 1, 'x'); }},
        {"empty key", [](Batch& b) { b.puts[0].key.clear(); }},
        {"long key", [](Batch& b) { b.puts[0].key.assign(kRecordKeyBytesMax + 1, 'x'); }},
        {"long value", [](Batch& b) { b.puts[0].value.assign(kRecordValueBytesMax + 1, 'x'); }},
        {"empty erase",
         [](Batch& b) {
             b.erases = {{"accounts", ""}};
         }},
        {"empty tile", [](Batch& b) { b.tiles[0].hashes.clear(); }},
        {"long tile", [](Batch& b) { b.tiles[0].hashes.assign(kTileBytesMax + 1, 'x'); }},
        {"tile index", [](Batch& b) { b.tiles[0].index = kTileIndexMax + 1; }},
        {"long head", [](Batch& b) { b.tree_head.assign(kTreeHeadBytesMax + 1, 'x'); }},
    };
    for (const auto& [what, spoil] : all) {
        Batch batch = full_batch(0);
        spoil(batch);
        EXPECT_THAT(journal_->append(batch), IsRefused("batch_invalid")) << what;
    }
    Batch last = full_batch(UINT64_MAX);
    EXPECT_EQ(journal_->append(last).outcome, Append::Outcome::not_committed);
    EXPECT_EQ(contents_of(*reader_), Contents{});
    EXPECT_THAT(journal_->append(full_batch(0)), IsCommitted());
}

TEST_P(JournalConformance, limits_themselves_are_allowed) {
    Batch batch = full_batch(0);
    batch.lines.assign(kBatchLinesMax, "x");
    batch.puts[0] = {std::string(kRecordTableBytesMax, 't'), std::string(kRecordKeyBytesMax, 'k'),
                     std::string(kRecordValueBytesMax, 'v')};
    batch.tiles[0].hashes.assign(kTileBytesMax, 'h');
    batch.tree_head.assign(kTreeHeadBytesMax, 'd');
    ASSERT_THAT(journal_->append(batch), IsCommitted());
    EXPECT_EQ(reader_->record(batch.puts[0].table, batch.puts[0].key).value(), batch.puts[0].value);
    EXPECT_EQ(reader_->latest_tree_head().value(), (TreeHead{kBatchLinesMax, batch.tree_head}));
    EXPECT_EQ(reader_->tile(0, 0).value(), batch.tiles[0].hashes);
}

TEST_P(JournalConformance, a_reader_on_its_own_thread_sees_whole_batches_only) {
    constexpr uint64_t kBatches = 200;
    constexpr uint64_t kLines = 5;
    std::atomic<bool> failed = false;
    std::atomic<bool> done = false;
    std::jthread other([&, reader = journal_->open_reader().value().release()] {
        const std::unique_ptr<JournalReader> own(reader);
        uint64_t last = 0;
        while (!failed && last < kBatches * kLines && !(done && own->size() != kBatches * kLines)) {
            const auto size = own->size();
            const auto head = own->latest_tree_head();
            // Asked in this order, the head may be newer than the size and never older.
            if (!size || !head || *size % kLines != 0 || *size < last ||
                (*size > 0 && (!*head || (*head)->size < *size))) {
                failed = true;
                break;
            }
            const auto next = own->read(last, *size - last, [&](uint64_t sequence, auto line) {
                return line == "entry " + std::to_string(sequence);
            });
            if (next != *size) failed = true;
            last = *size;
        }
    });
    for (uint64_t i = 0; i < kBatches; ++i) {
        Batch batch;
        batch.first_sequence = i * kLines;
        for (uint64_t j = 0; j < kLines; ++j) {
            batch.lines.push_back("entry " + std::to_string(i * kLines + j));
        }
        batch.tree_head = "head";
        ASSERT_THAT(journal_->append(batch), IsCommitted());
        ASSERT_TRUE(journal_->maintain());
    }
    done = true;
    other.join();
    EXPECT_FALSE(failed);
}

TEST_P(JournalConformance, one_place_has_one_journal) {
    const auto second = place_->open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "database_in_use");
    ASSERT_THAT(journal_->append(full_batch(0)), IsCommitted());
}

// A random history does the same to a store as to plain maps.
Batch random_batch(uint64_t first_sequence) {
    const auto small_id = rc::gen::inRange<uint32_t>(1, 8);
    const auto key = rc::gen::element<std::string>("a", "b", "A", "\xc3\xa9");
    const auto table = rc::gen::element<std::string>("accounts", "alerts");
    Batch batch;
    batch.first_sequence = first_sequence;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        batch.lines.push_back(std::to_string(*rc::gen::arbitrary<int>()));
    }
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        batch.subjects.push_back(named(*small_id, "n" + std::to_string(*small_id)));
    }
    for (int i = *rc::gen::inRange(0, 2); i > 0; --i)
        batch.erased_subjects.push_back({*small_id});
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        if (*rc::gen::arbitrary<bool>()) {
            batch.put({*table, *key, std::to_string(*small_id)});
        } else {
            batch.erase({*table, *key});
        }
    }
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        batch.usage.push_back({*small_id, {*small_id}, {}, {1}, {1}, *small_id});
    }
    for (int i = *rc::gen::inRange(0, 2); i > 0; --i) {
        batch.tiles.push_back({0, *small_id, std::to_string(*rc::gen::arbitrary<int>())});
    }
    if (*rc::gen::arbitrary<bool>()) batch.tree_head = "head of " + std::to_string(first_sequence);
    return batch;
}

void apply_to(Contents& model, const Batch& batch) {
    model.lines.insert(model.lines.end(), batch.lines.begin(), batch.lines.end());
    const auto replace = [](auto& rows, auto row, auto key_of) {
        std::erase_if(rows, [&](const auto& each) { return key_of(each) == key_of(row); });
        rows.push_back(row);
        std::ranges::sort(rows, {}, key_of);
    };
    for (const auto& each : batch.subjects) {
        replace(model.subjects, each, [](const auto& row) { return row.subject; });
    }
    for (const auto id : batch.erased_subjects) {
        std::erase_if(model.subjects, [&](const auto& each) { return each.subject == id; });
    }
    for (const auto& each : batch.puts) {
        replace(model.records, each, [](const auto& row) { return std::pair(row.table, row.key); });
    }
    for (const auto& each : batch.erases) {
        std::erase_if(model.records, [&](const auto& row) {
            return row.table == each.table && row.key == each.key;
        });
    }
    const auto usage_key = [](const auto& row) {
        return std::tuple(row.day, row.user, row.device, row.product, row.host);
    };
    for (UsageRow each : batch.usage) {
        for (const auto& old : model.usage) {
            if (usage_key(old) == usage_key(each)) each.count += old.count;
        }
        replace(model.usage, each, usage_key);
    }
    for (const auto& each : batch.tiles) {
        replace(model.tiles, each, [](const auto& row) { return std::pair(row.level, row.index); });
    }
    if (!batch.tree_head.empty()) {
        replace(model.tree_heads, TreeHead{batch.size_after(), batch.tree_head},
                [](const auto& row) { return row.size; });
    }
}

TEST_P(JournalConformance, a_random_history_reads_like_its_model) {
    rc::detail::checkGTest([&] {
        start_anew();
        Contents model;
        for (int step = *rc::gen::inRange(1, 12); step > 0; --step) {
            const Batch batch = random_batch(journal_->size());
            const int event = *rc::gen::inRange(0, 10);
            if (event == 0) place_->fail_next_append();
            const Append result = journal_->append(batch);
            // A failure that is planned for the write of an empty batch may find nothing to write.
            RC_ASSERT(result.outcome != Append::Outcome::unknown);
            RC_ASSERT(event == 0 || result.is_committed());
            if (result.is_committed()) apply_to(model, batch);
            if (event == 1) reopen();
            if (event == 2) RC_ASSERT(journal_->maintain().has_value());
            RC_ASSERT(contents_of(*reader_) == model);
        }
    });
}

}  // namespace
}  // namespace calm::store
