// An auditor's eyes: a log that was made well is believed, any other is not.
#include "cli/log_verifier.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/log_source.h"
#include "cli/test_terminal.h"
#include "documents/entry_codec.h"
#include "documents/node_certificate.h"

namespace calm::cli {
namespace {

using ::calm::cli::test::Desk;
using ::calm::cli::test::Ran;

SecretKey key_of(uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return SecretKey::from_seed(seed);
}

// A small log with its keys, as a license server writes one.
struct SmallLog {
    SecretKey identity = key_of(1);
    SecretKey node = key_of(2);
    std::vector<std::string> lines;
    uint32_t epoch = 0;

    SmallLog() {
        add(entry::LedgerCreated{identity.public_key().bytes});
        add(entry::NodeAdded{
            node.public_key().bytes,
            issue_node_certificate(identity, node.public_key(), Instant{1'800'000'000})});
        add(entry::PolicySet{});
        add(entry::ProductSet{*product_from_code("sql-2012")});
    }

    void add(EntryBody body) {
        const LedgerEntry entry{.sequence = lines.size(),
                                .at = {1'800'000'000 + static_cast<int64_t>(lines.size())},
                                .body = std::move(body)};
        lines.push_back(encode_entry(entry));
    }

    TreeHead head() const {
        Frontier frontier;
        std::vector<Tile> full;
        for (const std::string& line : lines)
            frontier.append(leaf_hash(line), full);
        return {.ledger = ledger_id_of(identity.public_key()),
                .epoch = epoch,
                .size = lines.size(),
                .root = frontier.root(),
                .time = {1'800'000'100}};
    }
    std::string signed_head() const { return sign_tree_head(head(), node); }

    std::string exported() const {
        std::string text;
        for (const std::string& line : lines)
            text += line + "\n";
        return text + head_line(signed_head()) + "\n";
    }
};

Result<LogVerifier> read(const std::vector<std::string>& lines) {
    LogVerifier log;
    for (const std::string& line : lines)
        CALM_TRY(log.add(line));
    return log;
}

std::string code_of(const Result<TreeHead>& head) {
    return head ? "" : head.error().code;
}

TEST(LogVerifier, AWholeLogWithItsHeadIsBelieved) {
    const SmallLog log;
    const auto read_log = read(log.lines);
    ASSERT_TRUE(read_log.has_value());
    const auto head = read_log->check_head(log.signed_head());
    ASSERT_TRUE(head.has_value()) << head.error().detail;
    EXPECT_EQ(*head, log.head());
}

TEST(LogVerifier, ALineThatDoesNotFollowIsNamed) {
    SmallLog log;
    log.add(entry::CalExpired{{7}});  // nobody ever issued it
    const auto read_log = read(log.lines);
    ASSERT_FALSE(read_log.has_value());
    EXPECT_EQ(read_log.error().code, "log_damaged");
    EXPECT_TRUE(read_log.error().detail.starts_with("entry 4: ")) << read_log.error().detail;
}

TEST(LogVerifier, ALineInAnotherSpellingIsNoEntry) {
    SmallLog log;
    log.lines[2].insert(1, " ");
    EXPECT_EQ(read(log.lines).error().code, "entry_malformed");
}

TEST(LogVerifier, AMissingLineShows) {
    const SmallLog log;
    SmallLog shorter;
    shorter.lines.pop_back();
    EXPECT_EQ(code_of(read(shorter.lines)->check_head(log.signed_head())), "log_incomplete");
}

TEST(LogVerifier, AChangedLineShows) {
    const SmallLog log;
    SmallLog other;
    other.lines.pop_back();
    other.add(entry::ProductSet{*product_from_code("sql-2014")});
    EXPECT_EQ(code_of(read(other.lines)->check_head(log.signed_head())), "log_forked");
}

TEST(LogVerifier, AHeadOfSomebodyElseIsNotBelieved) {
    const SmallLog log;
    const auto read_log = read(log.lines);
    EXPECT_EQ(code_of(read_log->check_head(sign_tree_head(log.head(), key_of(3)))),
              "head_untrusted");
    TreeHead foreign = log.head();
    foreign.ledger = ledger_id_of(key_of(4).public_key());
    EXPECT_EQ(code_of(read_log->check_head(sign_tree_head(foreign, log.node))), "head_untrusted");
}

TEST(LogVerifier, ANodeThatTheIdentityDidNotCertifyIsNotBelieved) {
    SmallLog log;
    const SecretKey rogue = key_of(5);
    log.add(entry::NodeAdded{
        rogue.public_key().bytes,
        issue_node_certificate(key_of(6), rogue.public_key(), Instant{1'800'000'000})});
    const auto read_log = read(log.lines);
    ASSERT_TRUE(read_log.has_value());
    EXPECT_FALSE(read_log->check_head(sign_tree_head(log.head(), rogue)).has_value());
}

TEST(AuditVerify, AnExportedFileProvesItselfWithoutAServer) {
    Desk desk;
    const SmallLog log;
    const Ran ran = desk.run({"audit", "verify", desk.write("log", log.exported()), "--json"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    const auto document = boost::json::parse(ran.out);
    EXPECT_EQ(document.at("entries").as_int64(), 4);
    EXPECT_EQ(document.at("root").as_string(), to_hex(log.head().root));
}

TEST(AuditVerify, AnyChangedByteIsNoticed) {
    Desk desk;
    const std::string good = SmallLog().exported();
    for (size_t i = 0; i + 1 < good.size(); i += 7) {
        std::string bad = good;
        bad[i] = bad[i] == 'x' ? 'y' : 'x';
        EXPECT_NE(desk.run({"audit", "verify", desk.write("log", bad)}).code, Exit::ok) << i;
    }
}

TEST(AuditVerify, AFileWithoutItsHeadIsNotWhole) {
    Desk desk;
    std::string text = SmallLog().exported();
    text.resize(text.rfind("{\"tree_head\""));
    const Ran ran = desk.run({"audit", "verify", desk.write("log", text), "--json"});
    EXPECT_EQ(boost::json::parse(ran.err).at("code").as_string(), "log_incomplete");
}

TEST(AuditVerify, ALogThatGrewIsTheSameAndOneThatShrankIsNot) {
    Desk desk;
    SmallLog log;
    const std::string before = desk.write("before", log.exported());
    log.add(entry::ProductSet{*product_from_code("sql-2014")});
    const std::string after = desk.write("after", log.exported());
    ASSERT_EQ(desk.run({"audit", "verify", before}).code, Exit::ok);
    const Ran grown = desk.run({"audit", "verify", after, "--json"});
    ASSERT_EQ(grown.code, Exit::ok) << grown.err;
    EXPECT_EQ(boost::json::parse(grown.out).at("compared_with_entries").as_int64(), 4);
    const Ran shrunk = desk.run({"audit", "verify", before, "--json"});
    EXPECT_EQ(boost::json::parse(shrunk.err).at("code").as_string(), "log_rolled_back");
    EXPECT_EQ(desk.run({"audit", "verify", before, "--forget"}).code, Exit::ok);
}

TEST(AuditVerify, ARewrittenHistoryIsNoticed) {
    Desk desk;
    SmallLog log;
    ASSERT_EQ(desk.run({"audit", "verify", desk.write("log", log.exported())}).code, Exit::ok);
    log.lines.pop_back();
    log.add(entry::ProductSet{*product_from_code("sql-2014")});
    log.add(entry::ProductSet{*product_from_code("sql-2016")});
    const Ran ran = desk.run({"audit", "verify", desk.write("log", log.exported()), "--json"});
    EXPECT_EQ(boost::json::parse(ran.err).at("code").as_string(), "log_forked");
}

TEST(AuditVerify, ARestoredBackupBeginsANewEpochAndIsSaidToHaveDoneSo) {
    Desk desk;
    SmallLog log;
    ASSERT_EQ(desk.run({"audit", "verify", desk.write("log", log.exported())}).code, Exit::ok);
    log.lines.pop_back();
    log.epoch = 1;
    log.add(entry::EpochStarted{1});
    const std::string file = desk.write("log", log.exported());
    const Ran ran = desk.run({"audit", "verify", file, "--json"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(boost::json::parse(ran.out).at("restored").as_bool());
    EXPECT_FALSE(boost::json::parse(desk.run({"audit", "verify", file, "--json"}).out)
                     .at("restored")
                     .as_bool());
}

}  // namespace
}  // namespace calm::cli
