// Vendors and key packs, without a server: keys are made, packs are signed and looked at.
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/test_terminal.h"

namespace calm::cli {
namespace {

using ::calm::cli::test::Desk;
using ::calm::cli::test::Ran;

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// A desk with Contoso's keys. Making them costs a second, so that the tests share one.
class Vendor : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        desk_ = new Desk();
        desk_->write("phrase", "correct horse battery\n");
        const Ran ran = desk_->run({"vendor", "init", "Contoso Ltd", "--output",
                                    desk_->file("contoso"), "--contact", "sales@contoso.example",
                                    "--passphrase-file", desk_->file("phrase"), "--json"});
        ASSERT_EQ(ran.code, Exit::ok) << ran.err;
        fingerprint_ = boost::json::parse(ran.out).at("fingerprint").as_string();
    }
    static void TearDownTestSuite() {
        delete desk_;
        desk_ = nullptr;
    }

    static Ran pack(std::vector<std::string> more) {
        std::vector<std::string> arguments{"vendor",
                                           "pack",
                                           "sql-2012",
                                           "50",
                                           "--key",
                                           desk_->file("contoso.key"),
                                           "--passphrase-file",
                                           desk_->file("phrase")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return desk_->run(arguments);
    }

    static Desk* desk_;
    static std::string fingerprint_;
};

Desk* Vendor::desk_ = nullptr;
std::string Vendor::fingerprint_;

TEST_F(Vendor, TheSecretHalfIsReadableForItsOwnerOnlyAndEncrypted) {
    struct stat about {};
    ASSERT_EQ(stat(desk_->file("contoso.key").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    EXPECT_TRUE(desk_->read("contoso.key").starts_with("-----BEGIN CALM VENDOR SECRET KEY-----"));
}

TEST_F(Vendor, ExistingKeysAreNeverOverwritten) {
    const std::string before = desk_->read("contoso.key");
    const Ran ran = desk_->run({"vendor", "init", "Contoso Ltd", "--output", desk_->file("contoso"),
                                "--passphrase-file", desk_->file("phrase")});
    EXPECT_EQ(ran.code, Exit::conflict);
    EXPECT_EQ(desk_->read("contoso.key"), before);
}

TEST_F(Vendor, ADocumentIsShownWithItsFingerprint) {
    const Ran ran = desk_->run({"vendor", "show", desk_->file("contoso.vendor")});
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_TRUE(has(ran.out, "Contoso Ltd")) << ran.out;
    EXPECT_TRUE(has(ran.out, "sales@contoso.example")) << ran.out;
    EXPECT_TRUE(has(ran.out, fingerprint_)) << ran.out;
}

TEST_F(Vendor, APassphraseIsTypedTwiceAndMustBeTheSame) {
    Desk desk;
    desk.secrets = {"correct horse", "correct house"};
    const Ran ran = desk.run({"vendor", "init", "Contoso", "--output", desk.file("c")});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_TRUE(has(ran.err, "not the same")) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(desk.file("c.key")));
    desk.secrets = {"short", "short"};
    EXPECT_EQ(desk.run({"vendor", "init", "Contoso", "--output", desk.file("c")}).code,
              Exit::error);
    const Ran nobody = desk.run({"vendor", "init", "Contoso", "--output", desk.file("c")});
    EXPECT_TRUE(has(nobody.err, "--passphrase-file")) << nobody.err;
}

TEST_F(Vendor, APackSaysWhoSignedItWhatForAndUntilWhen) {
    const std::string file = desk_->file("users.pack");
    const Ran signed_pack =
        pack({"--kind", "per_user", "--agreement", "Open:12345678", "--overdraft", "5", "--from",
              "2020-01-01", "--until", "2099-12-31", "--requires", "activated", "--output", file});
    ASSERT_EQ(signed_pack.code, Exit::ok) << signed_pack.err;
    const Ran shown = desk_->run({"pack", "show", file, "--json"});
    ASSERT_EQ(shown.code, Exit::ok) << shown.err;
    const auto document = boost::json::parse(shown.out);
    EXPECT_EQ(document.at("vendor").as_string(), "Contoso Ltd");
    EXPECT_EQ(document.at("fingerprint").as_string(), fingerprint_);
    EXPECT_EQ(document.at("product").as_string(), "sql-2012");
    EXPECT_EQ(document.at("quantity").as_int64(), 50);
    EXPECT_EQ(document.at("channel").as_string(), "volume");
    EXPECT_EQ(document.at("agreement").at("program").as_string(), "open");
    EXPECT_EQ(document.at("agreement").at("number").as_string(), "12345678");
    EXPECT_EQ(document.at("overdraft").as_int64(), 5);
    EXPECT_EQ(document.at("not_before").as_string(), "2020-01-01T00:00:00Z");
    EXPECT_EQ(document.at("expires_at").as_string(), "2100-01-01T00:00:00Z");
    EXPECT_EQ(document.at("state").as_string(), "valid");
    EXPECT_TRUE(document.at("defines_product").as_bool());
    EXPECT_TRUE(has(desk_->run({"pack", "show", file}).out, fingerprint_));
}

TEST_F(Vendor, AnExpiredPackIsShownAndSaidToBeSo) {
    const std::string file = desk_->file("old.pack");
    ASSERT_EQ(pack({"--from", "2019-01-01", "--until", "2019-12-31", "--output", file}).code,
              Exit::ok);
    const Ran shown = desk_->run({"pack", "show", file, "--json"});
    EXPECT_EQ(boost::json::parse(shown.out).at("state").as_string(), "expired");
}

TEST_F(Vendor, APackGoesToStandardOutputWhenAskedTo) {
    const Ran ran = pack({"--output", "-"});
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_TRUE(ran.out.starts_with("-----BEGIN CALM KEY PACK-----\n")) << ran.out;
}

TEST_F(Vendor, AnAlteredPackIsRefused) {
    const std::string file = desk_->file("altered.pack");
    ASSERT_EQ(pack({"--output", file}).code, Exit::ok);
    std::string text = desk_->read("altered.pack");
    char& letter = text[text.size() / 2];
    letter = letter == 'A' ? 'B' : 'A';
    desk_->write("altered.pack", text);
    const Ran ran = desk_->run({"pack", "show", file});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_EQ(ran.out, "");
}

TEST_F(Vendor, AWrongPassphraseSignsNothing) {
    desk_->write("wrong", "incorrect horse\n");
    const Ran ran =
        desk_->run({"vendor", "pack", "sql-2012", "50", "--key", desk_->file("contoso.key"),
                    "--passphrase-file", desk_->file("wrong"), "--output", desk_->file("no.pack")});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_TRUE(has(ran.err, "passphrase is wrong")) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(desk_->file("no.pack")));
}

TEST_F(Vendor, TermsThatMakeNoSenseAreUsageErrors) {
    EXPECT_EQ(pack({"--until", "tomorrow", "--output", "-"}).code, Exit::usage);
    EXPECT_EQ(pack({"--agreement", "Open", "--output", "-"}).code, Exit::usage);
    const Ran short_number = pack({"--agreement", "Select:12345", "--output", "-"});
    EXPECT_EQ(short_number.code, Exit::usage);
    EXPECT_TRUE(has(short_number.err, "7 digits")) << short_number.err;
    EXPECT_EQ(pack({"--for", "ABCDE", "--output", "-"}).code, Exit::usage);
    EXPECT_EQ(desk_
                  ->run({"vendor", "pack", "No Such!", "5", "--key", desk_->file("contoso.key"),
                         "--passphrase-file", desk_->file("phrase")})
                  .code,
              Exit::usage);
}

TEST(VendorFiles, AMissingFileIsNotFound) {
    Desk desk;
    EXPECT_EQ(desk.run({"vendor", "show", desk.file("none")}).code, Exit::not_found);
    EXPECT_EQ(desk.run({"pack", "show", desk.file("none")}).code, Exit::not_found);
    desk.write("text", "hello\n");
    EXPECT_EQ(desk.run({"pack", "show", desk.file("text")}).code, Exit::error);
}

}  // namespace
}  // namespace calm::cli
