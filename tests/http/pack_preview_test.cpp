// What a pack says and would change is told before anybody decides, and telling changes nothing.
#include <gtest/gtest.h>

#include "documents/key_pack.h"
#include "messages/messages.h"
#include "test_server.h"

namespace calm::testing {
namespace {

std::string pack_text(uint32_t quantity, uint8_t number = 1) {
    const SecretKey vendor = SecretKey::from_seed(Seed{7, 7, 7});
    KeyPackDocument pack{.pack_id = {number},
                         .product = *product_from_code("files-2026"),
                         .defines_product = true,
                         .kind = PackKind::per_user,
                         .quantity = quantity,
                         .not_before = kNow - days(1),
                         .vendor = "Demo \"Vendor\" <b>",
                         .issued_at = kNow - days(1)};
    pack.product.rules.requirement = CalRequirement::activated;
    const auto text = issue_key_pack(pack, vendor);
    EXPECT_TRUE(text.has_value());
    return *text;
}

class PackPreview : public ::testing::Test {
  protected:
    boost::json::value preview(const std::string& text) {
        const Answer answer = server.ask({.method = "POST",
                                          .path = "/v1/packs?dry_run=yes",
                                          .body = text,
                                          .content_type = "text/plain"});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    Answer trust(const std::string& text, std::string_view fingerprint) {
        Ask ask{
            .method = "POST", .path = "/v1/vendors", .body = text, .content_type = "text/plain"};
        ask.headers = {{"CALM-Fingerprint", std::string(fingerprint)}};
        return server.ask(ask);
    }
    Answer install(const std::string& text) {
        return server.ask(
            {.method = "POST", .path = "/v1/packs", .body = text, .content_type = "text/plain"});
    }
    store::MemoryDisk disk;
    TestServer server{disk, kNow};
};

TEST_F(PackPreview, of_an_unknown_vendor_shows_whom_to_trust_and_trust_may_be_given_to_the_pack) {
    const std::string text = pack_text(25);
    auto seen = preview(text);
    EXPECT_FALSE(seen.at("vendor_trusted").as_bool());
    EXPECT_FALSE(seen.at("installable").as_bool());
    EXPECT_EQ(seen.at("problem").at("code").as_string(), "pack_vendor_unknown");
    EXPECT_EQ(seen.at("pack").at("vendor").as_string(), "Demo \"Vendor\" <b>");

    EXPECT_EQ(trust(text, "0000").status, 422) << "another fingerprint";
    const Answer trusted = trust(text, seen.at("pack").at("fingerprint").as_string());
    EXPECT_EQ(trusted.status, 201) << trusted.body;
    EXPECT_EQ(trusted.json().at("name").as_string(), "Demo \"Vendor\" <b>");
    EXPECT_EQ(server.ask({.path = "/v1/vendors"}).json().at("vendors").at(0).at("name").as_string(),
              "Demo \"Vendor\" <b>");

    seen = preview(text);
    EXPECT_TRUE(seen.at("vendor_trusted").as_bool());
    EXPECT_TRUE(seen.at("installable").as_bool());
    EXPECT_TRUE(seen.at("defines_product").as_bool());
    EXPECT_EQ(server.ask({.path = "/v1/packs"}).body, R"({"packs":[],"moved":[]})")
        << "nothing was changed";
}

TEST_F(PackPreview, says_how_large_the_pool_becomes_and_then_it_is_so) {
    const std::string first = pack_text(25);
    trust(first, preview(first).at("pack").at("fingerprint").as_string());
    ASSERT_EQ(install(first).status, 201);
    const std::string second = pack_text(10, 2);
    const auto pool = preview(second).at("pool");
    EXPECT_EQ(pool.at("owned_now").to_number<int>(), 25);
    EXPECT_EQ(pool.at("owned_then").to_number<int>(), 35);
    ASSERT_EQ(install(second).status, 201);
    const auto status = server.ask({.path = "/v1/status"}).json();
    EXPECT_EQ(status.at("products").at(0).at("owned").to_number<int>(), 35);
}

TEST_F(PackPreview, of_a_pack_that_is_there_already_says_so_in_the_readers_language) {
    const std::string text = pack_text(25);
    trust(text, preview(text).at("pack").at("fingerprint").as_string());
    ASSERT_EQ(install(text).status, 201);
    Ask ask{.method = "POST",
            .path = "/v1/packs?dry_run=yes",
            .body = text,
            .content_type = "text/plain"};
    ask.headers = {{"Accept-Language", "fr"}};
    const auto problem = server.ask(ask).json().at("problem");
    EXPECT_EQ(problem.at("code").as_string(), "pack_already_installed");
    EXPECT_EQ(problem.at("title").as_string(),
              message(Language::fr, "reason.pack_already_installed.title"));
    EXPECT_EQ(problem.at("detail").as_string(), "le pack a déjà été installé, sous le numéro 1");
}

TEST_F(PackPreview, of_a_conversion_says_what_would_be_made) {
    const std::string text = pack_text(25);
    trust(text, preview(text).at("pack").at("fingerprint").as_string());
    ASSERT_EQ(install(text).status, 201);
    const Answer answer = server.ask(
        {.method = "POST", .path = "/v1/packs/1/convert?dry_run=yes", .body = R"({"quantity":5})"});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json().at("kind").as_string(), "per_device");
    EXPECT_EQ(answer.json().at("quantity").to_number<int>(), 5);
    EXPECT_EQ(server.ask({.path = "/v1/packs"}).json().at("packs").as_array().size(), 1U);
    EXPECT_EQ(server
                  .ask({.method = "POST",
                        .path = "/v1/packs/1/convert?dry_run=yes",
                        .body = R"({"quantity":26})"})
                  .status,
              409);
}

}  // namespace
}  // namespace calm::testing
