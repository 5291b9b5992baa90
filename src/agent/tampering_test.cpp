// What a person with the rights of root may try with the host's files while no license server can
// be reached and the clock is honest: each row of the table in docs/hosts/tampering.md is done to
// the files of a real host, and nobody is admitted on a day on which they would not have been.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/host_files.h"
#include "agent/sealed_file.h"
#include "client/fake_servers.h"

namespace calm {
namespace {

using test::FakeClocks;
using test::FakeServers;
using testing::IsEmpty;
namespace fs = std::filesystem;

constexpr auto kProduct = "sql-2012";
constexpr auto kInGrace = "ts-2022";

// Where the attempts find what they need.
struct Places {
    fs::path host;   // what the agent reads
    fs::path older;  // this host a minute before: bruno's CAL was not taken back yet
    fs::path other;  // another host, with a later contact, and tokens of bruno and chloe
};

struct Attempt {
    std::string file;
    std::string what;
    std::function<void(const Places&)> act;
};

void edit_byte(const fs::path& path, size_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
}

std::vector<fs::path> tokens_in(const fs::path& directory) {
    std::vector<fs::path> files;
    for (const auto& each : fs::directory_iterator(directory / "tokens"))
        files.push_back(each.path());
    std::ranges::sort(files);
    return files;
}

// As `cp -p` does it: bytes, mode and times, and an inode of its own.
void put(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
    if (fs::is_regular_file(to)) fs::last_write_time(to, fs::last_write_time(from));
}

// What can be done to any file. `name`: below the host's directory.
void add_for_file(std::vector<Attempt>& attempts, const std::string& called,
                  const std::string& name) {
    const auto add = [&](const char* what, std::function<void(const fs::path&)> act) {
        attempts.push_back({called, what, [=](const Places& at) { act(at.host / name); }});
    };
    add("deleted", [](const fs::path& file) { fs::remove(file); });
    add("emptied", [](const fs::path& file) { fs::resize_file(file, 0); });
    add("cut in half",
        [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); });
    add("something appended",
        [](const fs::path& file) { std::ofstream(file, std::ios::app) << "x"; });
    add("first byte changed", [](const fs::path& file) { edit_byte(file, 0); });
    add("a byte in the middle changed",
        [](const fs::path& file) { edit_byte(file, fs::file_size(file) / 2); });
    add("last byte changed",
        [](const fs::path& file) { edit_byte(file, fs::file_size(file) - 2); });
    add("a directory in its place", [](const fs::path& file) {
        fs::remove(file);
        fs::create_directory(file);
    });
    add("a pipe in its place", [](const fs::path& file) {
        fs::remove(file);
        ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    });
    add("readable and writable by all",
        [](const fs::path& file) { fs::permissions(file, fs::perms(0666)); });
    add("given to another account", [](const fs::path& file) {
        // Nothing happens where the test is not root.
        static_cast<void>(!chown(file.c_str(), 65534, 65534));
    });
    attempts.push_back({called, "an older one put back",
                        [=](const Places& at) { put(at.older / name, at.host / name); }});
    attempts.push_back({called, "an older one, linked", [=](const Places& at) {
                            fs::remove(at.host / name);
                            fs::create_symlink(at.older / name, at.host / name);
                        }});
    attempts.push_back({called, "an older one, as a second name", [=](const Places& at) {
                            fs::remove(at.host / name);
                            fs::create_hard_link(at.older / name, at.host / name);
                        }});
    attempts.push_back({called, "that of another host",
                        [=](const Places& at) { put(at.other / name, at.host / name); }});
}

void add_for_tokens(std::vector<Attempt>& attempts) {
    const auto add = [&](const char* what, std::function<void(const Places&)> act) {
        attempts.push_back({"tokens/", what, std::move(act)});
    };
    add("deleted", [](const Places& at) { fs::remove_all(at.host / "tokens"); });
    add("one deleted", [](const Places& at) { fs::remove(tokens_in(at.host).front()); });
    add("older ones put back",
        [](const Places& at) { put(at.older / "tokens", at.host / "tokens"); });
    add("those of another host",
        [](const Places& at) { put(at.other / "tokens", at.host / "tokens"); });
    add("those of another host added", [](const Places& at) {
        for (const fs::path& token : tokens_in(at.other))
            put(token, at.host / "tokens" / ("x" + token.filename().string()));
    });
    add("one in the place of another", [](const Places& at) {
        put(tokens_in(at.older).front(), tokens_in(at.older).back());
        put(at.older / "tokens", at.host / "tokens");
    });
    add("each cut in half", [](const Places& at) {
        for (const fs::path& token : tokens_in(at.host))
            fs::resize_file(token, fs::file_size(token) / 2);
    });
    add("a byte of each changed", [](const Places& at) {
        for (const fs::path& token : tokens_in(at.host))
            edit_byte(token, fs::file_size(token) / 2);
    });
    add("a file in its place", [](const Places& at) {
        fs::remove_all(at.host / "tokens");
        std::ofstream(at.host / "tokens") << "tokens";
    });
    add("older ones, linked", [](const Places& at) {
        fs::remove_all(at.host / "tokens");
        fs::create_directory_symlink(at.older / "tokens", at.host / "tokens");
    });
}

void add_for_everything(std::vector<Attempt>& attempts) {
    const auto add = [&](const char* what, std::function<void(const Places&)> act) {
        attempts.push_back({"all files", what, std::move(act)});
    };
    add("deleted", [](const Places& at) { fs::remove_all(at.host); });
    add("deleted but the key", [](const Places& at) {
        fs::remove(at.host / "state.json");
        fs::remove(at.host / "enrolment.json");
        fs::remove_all(at.host / "tokens");
    });
    add("deleted but key and enrolment", [](const Places& at) {
        fs::remove(at.host / "state.json");
        fs::remove_all(at.host / "tokens");
    });
    add("older ones put back", [](const Places& at) { put(at.older, at.host); });
    add("those of another host", [](const Places& at) { put(at.other, at.host); });
    add("state and tokens of another host", [](const Places& at) {
        put(at.other / "state.json", at.host / "state.json");
        put(at.other / "tokens", at.host / "tokens");
    });
    add("older state and tokens put back", [](const Places& at) {
        put(at.older / "state.json", at.host / "state.json");
        put(at.older / "tokens", at.host / "tokens");
    });
}

std::vector<Attempt> all_attempts() {
    std::vector<Attempt> attempts;
    for (const char* file : {"host.key", "enrolment.json", "state.json"})
        add_for_file(attempts, file, file);
    add_for_tokens(attempts);
    add_for_everything(attempts);
    return attempts;
}

class Tampering : public testing::Test {
  protected:
    Tampering() {
        std::string pattern = (fs::temp_directory_path() / "calm-tamper-XXXXXX").string();
        root_ = mkdtemp(pattern.data());
        clocks_.wall = servers_.time = wall();
        servers_.seats = 2;
        servers_.ledger.pack.not_before = servers_.time - days(1);
        servers_.terms.products.push_back(
            {.product = kInGrace, .grace_until = servers_.time + days(20), .outage_days = 7});
        live();
        make_other_host();
    }
    ~Tampering() override { fs::remove_all(root_); }

    fs::path host() const { return root_ / "host"; }
    // The clock of the machine's own file system: what inodes are stamped with.
    static Instant wall() { return Instant{time(nullptr)}; }

    // The life of a host until no server is reached any more. The older copy lies long before the
    // state that it would replace: what differs is told by the inode's time, so that it is written
    // with the time that it had then.
    void live() {
        HostFiles files(host().string());
        fs::create_directory(host());
        std::ofstream(host() / "host.key") << to_hex(key_.seed()) << "\n";
        fs::permissions(host() / "host.key", fs::perms(0600));
        ASSERT_TRUE(files.keep_enrolment(key_, enrolled(servers_.identity().host)));
        Client client(servers_.identity(), {}, servers_, clocks_.clocks(), {}, {},
                      [](auto, auto) {});
        client.keep();
        for (const char* user : {"anna", "bruno"}) {
            ASSERT_TRUE(client.ask_servers({.product = kProduct, .user = user, .device = ""},
                                           Client::Deadline::max()));
        }
        const auto tokens = client.take_token_changes();
        for (const auto& change : tokens)
            ASSERT_TRUE(files.keep_token(key_, change));
        ASSERT_TRUE(files.keep_state(key_, client.state_to_keep(), clocks_.wall - hours(1)));
        put(host(), older());
        servers_.release("bruno");
        clocks_.advance(minutes(1));
        servers_.time = servers_.time + minutes(1);
        client.keep();
        for (const auto& change : client.take_token_changes())
            ASSERT_TRUE(files.keep_token(key_, change));
        kept_ = client.state_to_keep();
        servers_.set_mood(FakeServers::Mood::down);
    }

    fs::path older() const { return root_ / "older"; }

    wire::Enrolled enrolled(HostId host) const {
        return {.host = host,
                .ledger = to_string(servers_.ledger.id()),
                .identity = servers_.ledger.identity.public_key().bytes};
    }

    // It was reached a month later, knows of no CAL that was taken back, and is in grace for
    // longer.
    void make_other_host() {
        const fs::path other = root_ / "other";
        const SecretKey key = SecretKey::from_seed(Seed{78});
        HostFiles files(other.string());
        fs::create_directory(other);
        std::ofstream(other / "host.key") << to_hex(key.seed()) << "\n";
        fs::permissions(other / "host.key", fs::perms(0600));
        ASSERT_TRUE(files.keep_enrolment(key, enrolled({2})));
        HostState state = kept_;
        state.last_contact = clocks_.wall + days(30);
        state.withdrawn.clear();
        for (auto& product : state.products)
            product.grace_until = clocks_.wall + days(300);
        ASSERT_TRUE(files.keep_state(key, state, wall() - hours(1)));
        HostFiles this_host(older().string());
        for (ShelvedToken token : this_host.load_tokens(key_)) {
            ASSERT_TRUE(files.keep_token(key, {.key = TokenShelf::key(token), .token = token}));
            token.name = "chloe";
            ASSERT_TRUE(files.keep_token(key, {.key = TokenShelf::key(token), .token = token}));
        }
    }

    // Who is admitted on which day after that, when the agent starts on what is there now.
    using Admitted = std::set<std::pair<std::string, int>>;
    Admitted admitted(const std::string& boot_id) {
        Admitted all;
        for (const int day : {0, 5, 6, 7, 8, 19, 20, 21, 29, 36, 40, 59, 60, 61, 70, 100, 299}) {
            HostFiles files(host().string());
            auto identity = files.identity();
            if (!identity) continue;  // the agent does not start: nobody is admitted
            const SecretKey key = SecretKey::from_seed(identity->key.seed());
            auto state = files.load_state(key);
            FakeClocks later = clocks_;
            later.advance(days(day));
            Client client(std::move(*identity), {}, servers_, later.clocks(boot_id),
                          state ? std::optional(std::move(*state)) : std::nullopt,
                          files.load_tokens(key), [](auto, auto) {});
            for (const char* product : {kProduct, kInGrace}) {
                for (const char* user : {"anna", "bruno", "chloe"}) {
                    const Reason reason =
                        client.offline_reason({.product = product, .user = user, .device = ""});
                    if (allows(reason)) all.insert({std::string(user) + " " + product, day});
                }
            }
        }
        return all;
    }

    // The host as it was, and whatever was put beside it.
    void begin_again() {
        const fs::path saved = root_ / "saved";
        if (!fs::exists(saved)) {
            put(host(), saved);
            put(older(), root_ / "saved-older");
            put(root_ / "other", root_ / "saved-other");
        }
        put(saved, host());
        put(root_ / "saved-older", older());
        put(root_ / "saved-other", root_ / "other");
        // Written as the agent writes it: a copied one would count as copied.
        ASSERT_TRUE(HostFiles(host().string()).keep_state(key_, kept_, wall()));
    }

    const SecretKey key_ = SecretKey::from_seed(Seed{77});
    fs::path root_;
    FakeServers servers_;
    FakeClocks clocks_;
    HostState kept_;
};

TEST_F(Tampering, NothingThatIsDoneToTheFilesGainsADay) {
    for (const char* boot_id : {"boot", "another boot"}) {
        begin_again();
        const Admitted honest = admitted(boot_id);
        EXPECT_TRUE(honest.contains({"anna sql-2012", 59}) &&
                    !honest.contains({"anna sql-2012", 60}));
        EXPECT_TRUE(honest.contains({"chloe sql-2012", 6}) &&
                    !honest.contains({"chloe sql-2012", 7}));
        EXPECT_TRUE(honest.contains({"chloe ts-2022", 19}) &&
                    !honest.contains({"chloe ts-2022", 20}));
        EXPECT_FALSE(honest.contains({"bruno sql-2012", 8})) << "his CAL was taken back";
        for (const Attempt& attempt : all_attempts()) {
            begin_again();
            attempt.act({.host = host(), .older = older(), .other = root_ / "other"});
            Admitted gained;
            std::ranges::set_difference(admitted(boot_id), honest,
                                        std::inserter(gained, gained.end()));
            EXPECT_THAT(gained, IsEmpty()) << attempt.file << ": " << attempt.what;
        }
    }
}

// `| file | attempt |` of the page, and the cases of this test.
TEST(TamperingPage, NamesEachAttemptOfTheTest) {
    std::ifstream page(CALM_SOURCE_DIR "/docs/hosts/tampering.md");
    ASSERT_TRUE(page) << "docs/hosts/tampering.md is missing";
    std::multiset<std::string> rows;
    bool in_table = false;
    for (std::string line; std::getline(page, line);) {
        if (line == "| file | attempt | what comes of it |") {
            in_table = true;
            std::getline(page, line);  // the rule below the head
        } else if (!line.starts_with("|")) {
            in_table = false;
        } else if (in_table) {
            rows.insert(line.substr(0, line.find(" |", line.find(" |") + 2) + 2));
        }
    }
    std::multiset<std::string> cases;
    for (const Attempt& attempt : all_attempts())
        cases.insert("| `" + attempt.file + "` | " + attempt.what + " |");
    EXPECT_EQ(rows, cases);
}

TEST_F(Tampering, AStateThatWasWrittenLongBeforeItCameHereCountsAsAbsent) {
    HostFiles files(host().string());
    for (const Seconds ago : {minutes(2), days(3)}) {
        ASSERT_TRUE(files.keep_state(key_, kept_, wall() - ago));
        EXPECT_FALSE(files.load_state(key_));
        EXPECT_THAT(admitted("boot"), IsEmpty());
    }
}

// The limit that the page names: files, inodes and clock of another time, and no server to ask.
TEST_F(Tampering, WhereTheClockGoesBackWithTheFilesItIsThatTimeAgain) {
    begin_again();
    const Admitted honest = admitted("boot");
    HostFiles files(host().string());
    // A file system that was set back has no later inode: what was written "now" was written then.
    const auto then = files.load_state(key_);
    ASSERT_TRUE(then);
    clocks_.advance(days(30));
    const Admitted later = admitted("boot");
    clocks_.advance(Seconds{-days(30).count});
    EXPECT_LT(later.size(), honest.size());
    EXPECT_EQ(admitted("boot"), honest);
}

TEST_F(Tampering, TheClockSetBackAloneGainsNothing) {
    begin_again();
    const Instant honest = clocks_.wall;
    clocks_.advance(days(8));
    for (const Seconds back : {days(1), days(30), days(3650)}) {
        clocks_.wall = honest - back;  // the boot clock knows better
        HostFiles files(host().string());
        auto state = files.load_state(key_);
        ASSERT_TRUE(state);
        Client client(servers_.identity(), {}, servers_, clocks_.clocks(), std::move(*state),
                      files.load_tokens(key_), [](auto, auto) {});
        EXPECT_FALSE(allows(client.offline_reason({.product = kProduct, .user = "bruno"})));
        EXPECT_FALSE(allows(client.offline_reason({.product = kProduct, .user = "chloe"})));
    }
}

TEST_F(Tampering, TokensThatAreDroppedAreGone) {
    begin_again();
    HostFiles files(host().string());
    EXPECT_THAT(files.load_tokens(key_), testing::SizeIs(2));
    const std::string annas = TokenShelf::key(kProduct, HolderKind::user, "anna");
    ASSERT_TRUE(files.keep_token(key_, {.key = annas, .token = {}}));
    EXPECT_THAT(files.load_tokens(key_), testing::SizeIs(1));
}

}  // namespace
}  // namespace calm
