// Packs that go from one license server to another: two real servers, and the file between them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/key_pack.h"
#include "documents/pack_transfer.h"
#include "http_runner.h"

namespace calm::testing {
namespace {

std::string id_of(HttpRunner& runner) {
    return std::string(
        runner.server().ask({.path = "/v1/status"}).json().at("license_server_id").as_string());
}

Answer move(HttpRunner& runner, int pack, const std::string& to, std::string_view query = "") {
    return runner.server().ask({.method = "POST",
                                .path = fmt::format("/v1/packs/{}/move{}", pack, query),
                                .body = fmt::format(R"({{"to":"{}"}})", to)});
}

Answer add(HttpRunner& runner, std::string_view text, std::string_view query = "") {
    return runner.server().ask({.method = "POST",
                                .path = fmt::format("/v1/packs{}", query),
                                .body = std::string(text),
                                .content_type = "text/plain"});
}

std::string transfer_in(const Answer& answer) {
    return std::string(answer.json().at("transfer").as_string());
}

constexpr std::string_view kProduct = "product cad-1 requires activated overuse refuse\n";

TEST(PackMoves, APackGoesFromServerToServerAndBack) {
    HttpRunner old;
    HttpRunner fresh;
    prepare(old, fmt::format("{}pack P cad-1 per_user 2\nadmit anna - cad-1 allow cal_issued\n",
                             kProduct));
    prepare(fresh, kProduct);
    const Answer shown = move(old, 1, id_of(fresh), "?dry_run=yes");
    EXPECT_EQ(shown.json().at("cals").to_number<int>(), 1) << shown.body;
    EXPECT_EQ(boost::json::serialize(shown.json().at("packs")), "[1]");
    prepare(old, "expect free cad-1 per_user 1\n");

    const Answer moved = move(old, 1, id_of(fresh));
    ASSERT_EQ(moved.status, 200) << moved.body;
    prepare(old, "expect free cad-1 per_user 0\nadmit anna - cad-1 deny no_cal_available\n");
    const auto gone = old.server().ask({.path = "/v1/packs"}).json();
    EXPECT_TRUE(gone.at("packs").as_array().empty());
    EXPECT_EQ(gone.at("moved").at(0).at("to").as_string(), id_of(fresh));
    // Whoever has lost the file gets the same one again; to another server it does not go any more.
    EXPECT_EQ(transfer_in(move(old, 1, id_of(fresh))), transfer_in(moved));
    EXPECT_EQ(move(old, 1, id_of(old)).code(), "pack_not_movable");
    EXPECT_EQ(move(old, 1, id_of(old)).status, 409);
    EXPECT_EQ(move(old, 1, to_string(ledger_id_of(PublicKey{}))).code(), "pack_unknown");
    EXPECT_EQ(add(old, transfer_in(moved)).code(), "transfer_for_another_server");
    EXPECT_EQ(add(old, transfer_in(moved)).status, 422);
    EXPECT_EQ(
        add(fresh, "-----BEGIN CALM PACK TRANSFER-----\nx\n-----END CALM PACK TRANSFER-----\n")
            .status,
        400);

    // A transfer shows its pack's vendor, as the pack itself does.
    const auto vendor = fresh.server().ask({.method = "POST",
                                            .path = "/v1/vendors",
                                            .body = transfer_in(moved),
                                            .headers = {{"CALM-Fingerprint", "0000"}},
                                            .content_type = "text/plain"});
    EXPECT_EQ(vendor.code(), "vendor_fingerprint_mismatch") << vendor.body;

    const Answer preview = add(fresh, transfer_in(moved), "?dry_run=yes");
    EXPECT_TRUE(preview.json().at("installable").as_bool()) << preview.body;
    EXPECT_EQ(preview.json().at("moved_from").at("server").as_string(), id_of(old));
    const Answer added = add(fresh, transfer_in(moved));
    ASSERT_EQ(added.status, 201) << added.body;
    EXPECT_EQ(added.json().at("moved_from").at("source").as_string(), "reachable");
    prepare(fresh, "admit anna - cad-1 allow cal_issued\n");
    EXPECT_EQ(add(fresh, transfer_in(moved)).code(), "transfer_used");

    const Answer back = move(fresh, 1, id_of(old));
    ASSERT_EQ(back.status, 200) << back.body;
    EXPECT_EQ(add(fresh, transfer_in(moved)).code(), "transfer_used") << "it is the old one's";
    EXPECT_EQ(add(old, transfer_in(back)).status, 201);
    // It is here, as another number; what went away once is none of its own.
    EXPECT_TRUE(old.server().ask({.path = "/v1/packs"}).json().at("moved").as_array().empty());
    EXPECT_EQ(move(old, 1, id_of(fresh)).code(), "pack_unknown");
    prepare(old, "admit anna - cad-1 allow cal_issued\n");
}

TEST(PackMoves, AServerThatCannotHandItOver) {
    HttpRunner runner;
    prepare(runner, kProduct);
    const std::string pack = runner.signed_pack("P", "cad-1", 2);
    const std::string old = to_string(ledger_id_of(PublicKey{}));
    EXPECT_EQ(add(runner, pack, "?moved_from=" + old).code(), "bad_request");
    EXPECT_EQ(add(runner, pack, "?source=dead").code(), "bad_request");
    EXPECT_EQ(add(runner, pack, "?source=reachable&moved_from=" + old).code(), "bad_request");
    EXPECT_EQ(add(runner, pack, "?source=dead&moved_from=" + id_of(runner)).code(), "bad_request");
    EXPECT_EQ(add(runner, pack, "?source=dead&moved_from=ABC").code(), "bad_ledger_id");
    const Answer added = add(runner, pack, "?source=dead&moved_from=" + old);
    ASSERT_EQ(added.status, 201) << added.body;
    EXPECT_EQ(added.json().at("moved_from").at("source").as_string(), "dead");
    EXPECT_EQ(move(runner, 1, "ABC").code(), "bad_ledger_id");
    EXPECT_EQ(move(runner, 2, old).code(), "pack_unknown");
}

TEST(PackMoves, APackThatItsVendorBoundStays) {
    HttpRunner runner;
    prepare(runner, kProduct);
    const auto own = parse_ledger_id(id_of(runner));
    ASSERT_TRUE(own);
    ASSERT_EQ(add(runner, runner.signed_pack("P", "cad-1", 2, *own)).status, 201);
    const std::string other = to_string(ledger_id_of(PublicKey{}));
    EXPECT_EQ(move(runner, 1, other, "?dry_run=yes").code(), "pack_bound");
    EXPECT_EQ(move(runner, 1, other, "?dry_run=yes").status, 409);
    EXPECT_EQ(move(runner, 1, other).code(), "pack_bound");
    prepare(runner, "expect free cad-1 per_user 2\n");
}

// More CALs than end at once: the others end before it goes, and none is left.
TEST(PackMoves, ABigPackIsEmptiedFirst) {
    HttpRunner runner;
    prepare(runner, fmt::format("{}pack P cad-1 per_user 20000\n", kProduct));
    prepare(runner, "host host-1\n");
    for (int i = 0; i < 9000; i += 250) {
        std::string body = R"({"admissions":[)";
        for (int j = 0; j < 250; ++j) {
            body += fmt::format(R"({}{{"product":"cad-1","user":"u{}","host":1}})",
                                j == 0 ? "" : ",", i + j);
        }
        const Answer answer = runner.server().ask(
            {.method = "POST", .path = "/v1/admissions/batch", .body = body + "]}"});
        ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 300);
    }
    const std::string other = to_string(ledger_id_of(PublicKey{}));
    EXPECT_EQ(move(runner, 1, other, "?dry_run=yes").json().at("cals").to_number<int>(), 9000);
    const Answer moved = move(runner, 1, other);
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_TRUE(verify_pack_transfer(transfer_in(moved)));
    prepare(runner, "expect free cad-1 per_user 0\nadmit u17 - cad-1 deny no_cal_available\n");
}

}  // namespace
}  // namespace calm::testing
