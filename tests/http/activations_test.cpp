// Activation over the routes: what a clearinghouse answers is taken once, by the server that asked,
// and forged, replayed or strayed answers are refused with their own reason.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/activation.h"
#include "documents/armour.h"
#include "documents/key_pack.h"
#include "documents/readout.h"
#include "documents/status_list.h"
#include "http_runner.h"
#include "messages/messages.h"

namespace calm::testing {
namespace {

constexpr std::string_view kProduct =
    "product files-2026 requires activated temporary 0d overuse refuse\n";

struct Activating : ::testing::Test {
    HttpRunner runner;

    Activating() { prepare(runner, kProduct); }

    Answer post(std::string_view path, std::string_view text) {
        return runner.server().ask({.method = "POST",
                                    .path = std::string(path),
                                    .body = std::string(text),
                                    .content_type = "text/plain"});
    }
    Answer post_json(std::string_view path, std::string_view body) {
        return runner.server().ask(
            {.method = "POST", .path = std::string(path), .body = std::string(body)});
    }
    Answer take(std::string_view text) { return post("/v1/activations", text); }

    // What the server asks, and what the clearinghouse would answer to it.
    Activation asked(std::string_view body = "{}") {
        const Answer answer = post_json("/v1/activations/requests", body);
        EXPECT_EQ(answer.status, 201) << answer.body;
        const auto request =
            read_activation_request(std::string(answer.json().at("request").as_string()));
        EXPECT_TRUE(request);
        return {.server = request->server,
                .nonce = request->nonce,
                .serial = ++serial,
                .issued_at = runner.now(),
                .until = runner.now() + days(365),
                .clearinghouse = runner.certificate()};
    }
    std::string answered(const Activation& activation) {
        return *sign_activation(activation, runner.clearinghouse());
    }
    std::string pack_for(const LedgerId& server, uint32_t quantity = 2) {
        return *issue_key_pack({.pack_id = {static_cast<uint8_t>(quantity), 9},
                                .product = *product_from_code("files-2026"),
                                .quantity = quantity,
                                .not_before = runner.now(),
                                .vendor = "Vendor",
                                .issued_at = runner.now(),
                                .license_server = server,
                                .clearinghouse = runner.certificate()},
                               runner.clearinghouse());
    }
    boost::json::value vendor() {
        return runner.server().ask({.path = "/v1/activations"}).json().at("vendors").at(0);
    }
    uint64_t serial = 0;
};

TEST_F(Activating, AnAnswerActivatesAndBringsItsPacks) {
    EXPECT_EQ(vendor().at("state").as_string(), "not_activated");
    const Answer taken = take("Dear customer,\n" + answered(asked()) + pack_for(runner.id()));
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(boost::json::serialize(taken.json().at("packs")), "[1]");
    EXPECT_EQ(vendor().at("state").as_string(), "activated");
    EXPECT_TRUE(vendor().at("requests").as_array().empty());
    prepare(runner, "admit anna - files-2026 allow cal_issued\n");
    // The same packs come with every answer.
    const Answer again = take(pack_for(runner.id()));
    EXPECT_EQ(boost::json::serialize(again.json().at("packs")), "[]") << again.body;
    EXPECT_TRUE(again.json().at("refused").as_array().empty());
}

TEST_F(Activating, APackThatAsksForItIsPreviewedAsWhatItGivesNow) {
    const auto owned_then = [&] {
        return post("/v1/packs?dry_run=yes", pack_for(runner.id()))
            .json()
            .at("pool")
            .at("owned_then")
            .as_int64();
    };
    EXPECT_EQ(owned_then(), 0);
    ASSERT_EQ(take(answered(asked())).status, 200);
    EXPECT_EQ(owned_then(), 2);
}

TEST_F(Activating, AnAnswerCountsOnce) {
    const Activation activation = asked();
    ASSERT_EQ(take(answered(activation)).status, 200);
    EXPECT_EQ(take(answered(activation)).code(), "activation_not_asked");
    // Even a fresh answer with an old number.
    Activation old = asked();
    old.serial = 1;
    EXPECT_EQ(take(answered(old)).code(), "activation_replayed");
    EXPECT_EQ(take(answered(old)).status, 409);
}

TEST_F(Activating, AnAnswerIsNotOlderThanItsQuestion) {
    Activation backdated = asked();
    backdated.issued_at = runner.now() - days(2);
    EXPECT_EQ(take(answered(backdated)).code(), "activation_not_asked");
    // The two clocks may differ.
    backdated.issued_at = runner.now() - hours(23);
    EXPECT_EQ(take(answered(backdated)).status, 200);
}

TEST_F(Activating, NewsThatAreAskedForAtTheEndBringTheNextCertificate) {
    Activation first = asked();
    first.until = runner.now() + days(10);
    ASSERT_EQ(take(answered(first)).status, 200);
    EXPECT_EQ(take(answered(asked(R"({"purpose":"packs"})"))).code(), "activation_not_asked");
    prepare(runner, "advance 228h\n");
    EXPECT_EQ(take(answered(asked(R"({"purpose":"packs"})"))).status, 200);
    EXPECT_EQ(vendor().at("state").as_string(), "activated");
}

TEST_F(Activating, WhoeverLosesWhatGivingUpWroteIsGivenItAgain) {
    ASSERT_EQ(take(answered(asked())).status, 200);
    const Answer given_up = post_json("/v1/activations/deactivate", "{}");
    ASSERT_EQ(given_up.status, 201) << given_up.body;
    EXPECT_EQ(vendor().at("state").as_string(), "ended");
    const Answer again = post_json("/v1/activations/deactivate", "{}");
    ASSERT_EQ(again.status, 201) << again.body;
    const auto request =
        read_activation_request(std::string(again.json().at("request").as_string()));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->purpose, ActivationPurpose::deactivate);
}

TEST_F(Activating, AnAnswerIsForTheServerThatAsked) {
    HttpRunner other;
    const Activation activation = asked();
    const auto elsewhere = other.server().ask({.method = "POST",
                                               .path = "/v1/activations",
                                               .body = answered(activation),
                                               .content_type = "text/plain"});
    EXPECT_EQ(elsewhere.code(), "activation_for_another_server");
    EXPECT_EQ(elsewhere.status, 422);
    // Nobody asked for this one.
    Activation unasked = activation;
    unasked.nonce = {1, 2, 3};
    EXPECT_EQ(take(answered(unasked)).code(), "activation_not_asked");
    EXPECT_EQ(take(answered(unasked)).status, 409);
}

TEST_F(Activating, AForgedAnswerIsRefused) {
    const Activation activation = asked();
    const SecretKey stranger = SecretKey::from_seed(Seed{77});
    EXPECT_EQ(take(*sign_activation(activation, stranger)).code(), "activation_altered");
    EXPECT_EQ(take(*sign_activation(activation, stranger)).status, 422);
    Activation foreign = activation;
    foreign.clearinghouse = *issue_clearinghouse(
        {.key = stranger.public_key(), .not_before = Instant{1}, .expires_at = kInstantMax},
        stranger);
    EXPECT_EQ(take(*sign_activation(foreign, stranger)).code(), "clearinghouse_untrusted");
    EXPECT_EQ(take("hello").code(), "activation_malformed");
    EXPECT_EQ(take("hello").status, 400);
    Activation over = activation;
    over.until = runner.now() - days(1);
    EXPECT_EQ(take(answered(over)).code(), "activation_expired");
    EXPECT_EQ(take(answered(over)).status, 422);
    // None of them has closed the request.
    EXPECT_EQ(take(answered(activation)).status, 200);
}

TEST_F(Activating, APackForAnotherServerIsToldAndTheRestComesIn) {
    HttpRunner other;
    const Answer taken = take(pack_for(other.id(), 5) + pack_for(runner.id(), 6));
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(boost::json::serialize(taken.json().at("packs")), "[1]");
    const boost::json::value told = taken.json();
    const auto& refused = told.at("refused").as_array();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].at("code").as_string(), "pack_for_another_server");
    EXPECT_EQ(refused[0].at("title").as_string(),
              message(Language::en, "problem.pack_for_another_server.title"));
}

TEST_F(Activating, WhatCameWithAMachineIsInstalledThereWithoutAnyContact) {
    KeyPackDocument pack{.pack_id = {7},
                         .product = *product_from_code("files-2026"),
                         .quantity = 2,
                         .channel = Channel::oem,
                         .not_before = runner.now(),
                         .vendor = "Vendor",
                         .issued_at = runner.now(),
                         .clearinghouse = runner.certificate(),
                         .hardware = hardware_hash("BOARD-7")};
    const auto add = [&] {
        return post("/v1/packs", *issue_key_pack(pack, runner.clearinghouse()));
    };
    EXPECT_EQ(add().status, 201);
    prepare(runner, "admit anna - files-2026 allow cal_issued\n");
    pack.pack_id = {8};
    pack.hardware = hardware_hash("BOARD-8");
    EXPECT_EQ(add().code(), "pack_for_other_hardware");
    EXPECT_EQ(add().status, 422);
    pack.channel = Channel::retail;
    EXPECT_EQ(issue_key_pack(pack, runner.clearinghouse()).error().code, "pack_malformed");
}

TEST_F(Activating, WhatIsReadOutIsWorthWhatAFileIs) {
    const Activation activation = asked();
    const auto until_day = static_cast<uint16_t>(activation.until.seconds / 86400);
    const std::string code = read_out_activation({.server = activation.server,
                                                  .nonce = activation.nonce,
                                                  .serial = 7,
                                                  .until_day = until_day},
                                                 runner.clearinghouse());
    std::string mistyped = code;
    mistyped[8] = mistyped[8] == 'A' ? 'B' : 'A';
    const Answer wrong =
        post_json("/v1/activations/read-out", fmt::format(R"({{"code":"{}"}})", mistyped));
    EXPECT_EQ(wrong.code(), "bad_readout");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_NE(wrong.body.find("group 2"), std::string::npos) << wrong.body;
    const Answer taken =
        post_json("/v1/activations/read-out", fmt::format(R"({{"code":"{}"}})", code));
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(vendor().at("state").as_string(), "activated");
    EXPECT_EQ(post_json("/v1/activations/read-out", fmt::format(R"({{"code":"{}"}})", code)).code(),
              "activation_not_asked");
    // Of another request it is no answer.
    asked();
    const Answer other =
        post_json("/v1/activations/read-out", fmt::format(R"({{"code":"{}"}})", code));
    EXPECT_EQ(other.code(), "readout_altered");
    EXPECT_EQ(other.status, 422);

    const auto from_day = static_cast<uint16_t>(runner.now().seconds / 86400);
    const auto pack = read_out_pack({.server = runner.id(),
                                     .product = *product_from_code("files-2026"),
                                     .quantity = 3,
                                     .serial = 4,
                                     .from_day = from_day},
                                    "Vendor", runner.certificate(), runner.clearinghouse());
    ASSERT_TRUE(pack) << pack.error().detail;
    const auto typed = [&](int quantity) {
        return post_json("/v1/packs/read-out",
                         fmt::format(R"({{"code":"{}","product":"files-2026","quantity":{}}})",
                                     *pack, quantity));
    };
    EXPECT_EQ(typed(30).code(), "readout_altered");
    const Answer installed = typed(3);
    ASSERT_EQ(installed.status, 200) << installed.body;
    EXPECT_EQ(installed.json().at("quantity").to_number<int>(), 3);
    EXPECT_TRUE(installed.json().at("activation").as_bool());
    EXPECT_EQ(typed(3).code(), "pack_already_installed");
}

TEST_F(Activating, AStatusListIsTheVendorsAndTheNewest) {
    ASSERT_EQ(take(answered(asked()) + pack_for(runner.id())).status, 200);
    const auto list = [&](uint64_t number, std::optional<LedgerId> server = {}) {
        return *sign_status_list({.server = server,
                                  .number = number,
                                  .issued_at = runner.now(),
                                  .revoked = {Bytes16{2, 9}},
                                  .clearinghouse = runner.certificate()},
                                 runner.clearinghouse());
    };
    HttpRunner other;
    EXPECT_EQ(post("/v1/status-lists", list(3, other.id())).code(),
              "status_list_for_another_server");
    EXPECT_EQ(post("/v1/status-lists", list(3, other.id())).status, 422);
    const Answer taken = post("/v1/status-lists", list(3, runner.id()));
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(boost::json::serialize(taken.json().at("revoked")), "[1]");
    EXPECT_EQ(runner.server().ask({.path = "/v1/packs/1"}).json().at("state").as_string(),
              "revoked");
    EXPECT_EQ(post("/v1/status-lists", list(3)).status, 200);
    EXPECT_EQ(post("/v1/status-lists", list(2)).code(), "status_list_older");
    EXPECT_EQ(post("/v1/status-lists", list(2)).status, 409);
    const SecretKey stranger = SecretKey::from_seed(Seed{77});
    const auto forged = sign_status_list(
        {.number = 9, .issued_at = runner.now(), .clearinghouse = runner.certificate()}, stranger);
    EXPECT_EQ(post("/v1/status-lists", *forged).code(), "status_list_altered");
    EXPECT_EQ(post("/v1/status-lists", *forged).status, 422);
    EXPECT_EQ(post("/v1/status-lists", "hello").code(), "status_list_malformed");
    EXPECT_EQ(post("/v1/status-lists", "hello").status, 400);
    prepare(runner, "admit anna - files-2026 deny no_cal_available\n");
}

TEST_F(Activating, AWishIsLookedAtBeforeItIsSent) {
    const auto code = [&](std::string_view body) {
        return post_json("/v1/activations/requests", body).code();
    };
    EXPECT_EQ(code(R"({"vendor":"Contoso"})"), "vendor_unknown");
    EXPECT_EQ(post_json("/v1/activations/requests", R"({"vendor":"Contoso"})").status, 404);
    EXPECT_EQ(code(R"({"purpose":"deactivate"})"), "bad_field");
    EXPECT_EQ(code(R"({"purpose":"reactivate"})"), "activation_malformed");
    EXPECT_EQ(code(R"({"purpose":"packs","keys":["ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2"]})"),
              "bad_product_key");
    EXPECT_EQ(post_json("/v1/activations/online", "{}").code(), "clearinghouse_unknown");
    EXPECT_EQ(post_json("/v1/activations/online", "{}").status, 409);
    EXPECT_EQ(post_json("/v1/activations/deactivate", "{}").code(), "not_activated");
    EXPECT_EQ(post_json("/v1/activations/deactivate", "{}").status, 409);
    const Activation activation =
        asked(R"({"purpose":"reactivate","why":"redeployed","company":"Fabrikam"})");
    EXPECT_EQ(take(answered(activation)).status, 200);
}

TEST_F(Activating, ARequestOutlivesARestart) {
    const Activation activation = asked();
    ASSERT_TRUE(runner(scenario::Step(scenario::Restart{})));
    EXPECT_EQ(vendor().at("requests").as_array().size(), 1U);
    EXPECT_EQ(take(answered(activation)).status, 200);
}

}  // namespace
}  // namespace calm::testing
