// The host's files: what was deleted, edited, cut short, copied back or brought from elsewhere
// never gives more than a host without it has.
#include "agent/host_files.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/sealed_file.h"
#include "client/fake_servers.h"

namespace calm {
namespace {

using std::chrono::steady_clock;
using test::FakeClocks;
using test::FakeServers;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

class HostFilesTest : public testing::Test {
  protected:
    HostFilesTest() {
        std::string pattern = (fs::temp_directory_path() / "calm-host-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        files_ = std::make_unique<HostFiles>(directory_.string());
    }
    ~HostFilesTest() override { fs::remove_all(directory_); }

    // The clock of the machine's own file system: what inodes are stamped with.
    static Instant wall() { return Instant{time(nullptr)}; }

    static std::string read(const fs::path& path) {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    static void write(const fs::path& path, const std::string& text) {
        std::ofstream(path) << text;
    }

    fs::path directory_;
    std::unique_ptr<HostFiles> files_;
    const SecretKey key_ = SecretKey::from_seed(Seed{77});
};

std::string code_of(const auto& result) {
    return result ? std::string("fine") : result.error().code;
}

TEST_F(HostFilesTest, TheKeyIsMadeOnceAndStaysTheHosts) {
    const auto first = files_->key_for_enrolment();
    const auto again = files_->key_for_enrolment();
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->public_key(), again->public_key());
    EXPECT_EQ(fs::status(directory_ / "host.key").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);

    fs::permissions(directory_ / "host.key", fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(code_of(files_->key_for_enrolment()), "host_key_malformed");
    write(directory_ / "host.key", "not a key");
    fs::permissions(directory_ / "host.key", fs::perms::owner_read);
    EXPECT_EQ(code_of(files_->key_for_enrolment()), "host_key_malformed");
}

TEST_F(HostFilesTest, AnEnrolmentIsOfThisKeyAndOfNoOther) {
    EXPECT_EQ(code_of(files_->identity()), "host_not_enrolled");
    const auto key = files_->key_for_enrolment();
    const SampleLedger ledger;
    ASSERT_TRUE(files_->keep_enrolment(*key, {.host = {4},
                                              .ledger = to_string(ledger.id()),
                                              .identity = ledger.identity.public_key().bytes}));
    const auto identity = files_->identity();
    ASSERT_TRUE(identity) << identity.error().detail;
    EXPECT_EQ(identity->host, HostId{4});
    EXPECT_EQ(identity->ledger(), ledger.id());
    EXPECT_EQ(identity->key.public_key(), key->public_key());

    fs::remove(directory_ / "host.key");
    ASSERT_TRUE(files_->key_for_enrolment());
    EXPECT_EQ(code_of(files_->identity()), "host_not_enrolled");
}

TEST_F(HostFilesTest, EachLedgersFilesAreItsOwn) {
    const auto key = files_->key_for_enrolment();
    const SampleLedger first;
    const SampleLedger second(3);
    const auto enrolled = [](const SampleLedger& ledger, HostId host) {
        return wire::Enrolled{.host = host,
                              .ledger = to_string(ledger.id()),
                              .identity = ledger.identity.public_key().bytes};
    };
    HostFiles further(directory_.string(), second.id());
    ASSERT_TRUE(files_->keep_enrolment(*key, enrolled(first, {4})));
    EXPECT_EQ(code_of(further.identity()), "host_not_enrolled");
    ASSERT_TRUE(further.keep_enrolment(*key, enrolled(second, {9})));
    EXPECT_EQ(files_->identity()->host, HostId{4});
    EXPECT_EQ(further.identity()->host, HostId{9});
    EXPECT_EQ(further.identity()->key.public_key(), key->public_key());

    HostState state;
    state.last_contact = FakeServers::kStart;
    ASSERT_TRUE(further.keep_state(*key, state, wall()));
    EXPECT_EQ(further.load_state(*key), state);
    EXPECT_EQ(code_of(files_->load_state(*key)), "host_state_malformed");
    // One ledger's file in another one's place counts as absent.
    const fs::path place = directory_ / "servers" / to_string(second.id());
    fs::copy(place / "state.json", directory_ / "state.json");
    EXPECT_EQ(code_of(files_->load_state(*key)), "host_state_malformed");
    fs::copy(directory_ / "enrolment.json", place / "enrolment.json",
             fs::copy_options::overwrite_existing);
    EXPECT_EQ(code_of(further.identity()), "host_not_enrolled");
}

TEST_F(HostFilesTest, AStateIsReadAsItWasWritten) {
    HostState state;
    state.last_contact = FakeServers::kStart;
    state.products = {{.product = "sql-2012", .outage_days = 7}};
    state.sessions = {{.ask = {.product = "sql-2012", .user = "anna"},
                       .marks = {.service = "sshd", .leader = Leader{.pid = 7, .started = 8}},
                       .cal = {3},
                       .since = FakeServers::kStart,
                       .ask_again_at = FakeServers::kStart + minutes(5)}};
    ASSERT_TRUE(files_->keep_state(key_, state, wall()));
    EXPECT_EQ(files_->load_state(key_), state);
}

TEST_F(HostFilesTest, AStateThatNobodyCanStoreIsSaid) {
    HostFiles nowhere((directory_ / "missing").string());
    EXPECT_EQ(code_of(nowhere.keep_state(key_, {}, wall())), "host_file_unwritable");
    EXPECT_EQ(code_of(nowhere.load_state(key_)), "host_state_malformed");
}

TEST_F(HostFilesTest, ASealedFileOfAnotherPurposeCountsAsAbsent) {
    ASSERT_TRUE(write_sealed_file((directory_ / "state.json").string(), key_, "token", "{}"));
    EXPECT_EQ(code_of(files_->load_state(key_)), "host_state_malformed");
}

// What a person with the rights of root might try with the state and the tokens while no license
// server can be reached. The host had a contact, holds anna's token, has been told that bruno's was
// taken back, and its outage period is over. Nobody but anna may be admitted afterwards, whatever
// is done to the files; and anna at most.
class Tampering : public HostFilesTest {
  protected:
    static constexpr auto kProduct = "sql-2012";

    Tampering() {
        servers_.seats = 2;
        clocks_.wall = servers_.time = wall();
        servers_.ledger.pack.not_before = servers_.time - days(1);
        const auto client = make_client({}, {});
        client->keep();
        EXPECT_TRUE(allows(ask(*client, "anna")));
        EXPECT_TRUE(allows(ask(*client, "bruno")));
        store(*client);
        fs::copy(directory_, older(), fs::copy_options::recursive);  // the state to copy back
        servers_.release("bruno");
        pass(minutes(1));
        client->keep();
        store(*client);
        servers_.set_mood(FakeServers::Mood::down);
        EXPECT_FALSE(admits(*make_client_from_files(), "bruno", days(8)));
        EXPECT_TRUE(admits(*make_client_from_files(), "anna", days(8)));
    }
    ~Tampering() override { fs::remove_all(older()); }

    fs::path older() const { return directory_.string() + ".older"; }
    fs::path state() const { return directory_ / "state.json"; }

    std::unique_ptr<Client> make_client(std::optional<HostState> state,
                                        const std::vector<ShelvedToken>& tokens) {
        return std::make_unique<Client>(servers_.identity(), Client::Settings{}, servers_,
                                        clocks_.clocks(), std::move(state), tokens,
                                        [](auto, auto) {});
    }
    std::unique_ptr<Client> make_client_from_files() {
        auto state = files_->load_state(key_);
        return make_client(state ? std::optional(std::move(*state)) : std::nullopt,
                           files_->load_tokens(key_));
    }

    void store(Client& client) {
        ASSERT_TRUE(files_->keep_state(key_, client.state_to_keep(), clocks_.wall));
        for (const auto& change : client.take_token_changes())
            ASSERT_TRUE(files_->keep_token(key_, change));
    }
    void pass(Seconds by) {
        clocks_.advance(by);
        servers_.time = servers_.time + by;
    }
    static Reason ask(Client& client, const std::string& user) {
        return client
            .admit({.product = kProduct, .user = user, .device = {}},
                   steady_clock::now() + std::chrono::seconds(60))
            .reason;
    }
    bool admits(Client& client, const std::string& user, Seconds later) {
        clocks_.advance(later);
        const bool admitted = allows(ask(client, user));
        clocks_.advance(Seconds{-later.count});
        return admitted;
    }

    FakeServers servers_;
    FakeClocks clocks_;
};

struct Attempt {
    const char* what;
    std::function<void(const fs::path& directory, const fs::path& older)> act;
};

void edit_byte(const fs::path& path, size_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
}

const Attempt kAttempts[] = {
    {"nothing", [](auto&, auto&) {}},
    {"delete the state", [](auto& d, auto&) { fs::remove(d / "state.json"); }},
    {"delete the tokens", [](auto& d, auto&) { fs::remove_all(d / "tokens"); }},
    {"delete everything but the key",
     [](auto& d, auto&) {
         fs::remove(d / "state.json");
         fs::remove_all(d / "tokens");
     }},
    {"empty the state", [](auto& d, auto&) { fs::resize_file(d / "state.json", 0); }},
    {"cut the state short",
     [](auto& d, auto&) {
         fs::resize_file(d / "state.json", fs::file_size(d / "state.json") / 2);
     }},
    {"edit the state's begin", [](auto& d, auto&) { edit_byte(d / "state.json", 20); }},
    {"edit the state's end",
     [](auto& d, auto&) { edit_byte(d / "state.json", fs::file_size(d / "state.json") - 5); }},
    {"put a directory in its place",
     [](auto& d, auto&) {
         fs::remove(d / "state.json");
         fs::create_directory(d / "state.json");
     }},
    {"put a link in its place",
     [](auto& d, auto& older) {
         fs::remove(d / "state.json");
         fs::create_symlink(older / "state.json", d / "state.json");
     }},
    {"bring back a token",
     [](auto& d, auto& older) {
         fs::copy(older / "tokens", d / "tokens", fs::copy_options::overwrite_existing);
     }},
    {"give one token's place to another",
     [](auto& d, auto&) {
         std::vector<fs::path> files;
         for (const auto& each : fs::directory_iterator(d / "tokens"))
             files.push_back(each.path());
         if (files.size() < 2) return;
         fs::copy_file(files[0], files[1], fs::copy_options::overwrite_existing);
     }},
    {"edit every token",
     [](auto& d, auto&) {
         for (const auto& each : fs::directory_iterator(d / "tokens"))
             edit_byte(each.path(), fs::file_size(each.path()) / 2);
     }},
};

TEST_F(Tampering, NothingThatIsDoneToTheFilesGainsAnything) {
    for (const Attempt& attempt : kAttempts) {
        const fs::path saved = directory_.string() + ".saved";
        fs::remove_all(saved);
        fs::rename(directory_, saved);
        // A fresh copy, written as the agent writes it: copied files would count as copied.
        fs::create_directory(directory_);
        const auto state =
            read_sealed_file((saved / "state.json").string(), key_.public_key(), "state");
        ASSERT_TRUE(state);
        ASSERT_TRUE(
            write_sealed_file((directory_ / "state.json").string(), key_, "state", state->content));
        fs::copy(saved / "tokens", directory_ / "tokens");
        attempt.act(directory_, older());
        const auto client = make_client_from_files();
        EXPECT_FALSE(admits(*client, "bruno", days(8))) << attempt.what;
        EXPECT_FALSE(admits(*client, "chloe", days(8))) << attempt.what;
        EXPECT_FALSE(admits(*client, "anna", days(70))) << attempt.what;
        fs::remove_all(directory_);
        fs::rename(saved, directory_);
    }
}

TEST_F(Tampering, AStateCopiedBackCountsAsAbsent) {
    // The older state, as it was: written long before its inode came here.
    const auto old =
        read_sealed_file((older() / "state.json").string(), key_.public_key(), "state");
    ASSERT_TRUE(old);
    const auto json = boost::json::parse(old->content).as_object();
    const std::string inner(json.at("state").as_string());
    const auto told = parse_host_state(inner);
    ASSERT_TRUE(told);
    for (const Seconds ago : {minutes(2), days(3)}) {
        ASSERT_TRUE(files_->keep_state(key_, *told, wall() - ago));
        const auto state = files_->load_state(key_);
        EXPECT_EQ(code_of(state), "host_state_malformed");
        const auto client = make_client_from_files();
        for (const char* user : {"anna", "bruno", "chloe"}) {
            EXPECT_FALSE(admits(*client, user, seconds(0))) << user;
        }
    }
    // One that was only just written is the same as the one it replaces, to within a minute.
    ASSERT_TRUE(files_->keep_state(key_, *told, wall()));
    EXPECT_TRUE(files_->load_state(key_));
}

TEST_F(Tampering, TheClockSetBackGainsNothing) {
    for (const Seconds back : {days(1), days(30), days(3650)}) {
        clocks_.boot = Seconds{clocks_.boot.count + days(8).count};  // this much has passed
        clocks_.wall = clocks_.wall - back;
        const auto client = make_client_from_files();
        EXPECT_FALSE(allows(ask(*client, "bruno")));
        EXPECT_FALSE(allows(ask(*client, "chloe")));
    }
}

TEST_F(Tampering, TheDirectoryOfAnotherHostIsNothing) {
    const SecretKey other = SecretKey::from_seed(Seed{78});
    EXPECT_EQ(code_of(files_->load_state(other)), "host_state_malformed");
    EXPECT_THAT(files_->load_tokens(other), IsEmpty());
}

TEST_F(Tampering, TokensThatArriveTwiceAreOneAndDroppedOnesAreGone) {
    EXPECT_THAT(files_->load_tokens(key_), SizeIs(2));
    const std::string annas = TokenShelf::key(kProduct, HolderKind::user, "anna");
    ASSERT_TRUE(files_->keep_token(key_, {.key = annas, .token = {}}));
    EXPECT_THAT(files_->load_tokens(key_), SizeIs(1));
}

}  // namespace
}  // namespace calm
