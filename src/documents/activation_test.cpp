// Activation: what a license server asks, what a clearinghouse answers, and who is believed.
#include "documents/activation.h"

#include <gtest/gtest.h>

#include "documents/armour.h"
#include "documents/clearinghouse_test_kit.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

struct Activations : ClearinghouseKit, ::testing::Test {
    ActivationRequest request{.vendor = root.public_key(),
                              .nonce = {1, 2, 3, 4, 5},
                              .at = kToday,
                              .epoch = 1,
                              .size = 77,
                              .company = "Fabrikam",
                              .contact = "ana@fabrikam.example",
                              .country = "FR",
                              .keys = {product_key_of({1}), product_key_of({2})}};
    Activation answer{.server = ledger_id_of(identity.public_key()),
                      .nonce = {1, 2, 3, 4, 5},
                      .serial = 12,
                      .issued_at = kToday,
                      .until = kToday + days(366),
                      .clearinghouse = certificate};

    // The request's payload with something else in it, signed by the server again.
    std::string code_of_request(std::string_view from, std::string_view to) const {
        const std::string text = *sign_activation_request(request, identity);
        const auto parts =
            *paseto_split(*unarmour(kActivationRequestLabel, text), kActivationRequestSizeMax);
        std::string payload = parts.message;
        EXPECT_NE(payload.find(from), std::string::npos) << from;
        payload.replace(payload.find(from), from.size(), to);
        const auto read = read_activation_request(
            armour(kActivationRequestLabel,
                   sign_document(DocumentKind::activation_request, identity, payload)));
        return read ? "fine" : read.error().code;
    }
    std::string code_of(std::string_view text) const {
        const auto verified = verify_activation(text, std::array{root.public_key()});
        return verified ? "fine" : verified.error().code;
    }
};

TEST_F(Activations, a_request_says_who_asks_and_for_what) {
    const auto text = sign_activation_request(request, identity);
    ASSERT_TRUE(text) << text.error().detail;
    const auto read = read_activation_request(*text);
    ASSERT_TRUE(read) << read.error().detail;
    request.identity = identity.public_key();
    request.server = ledger_id_of(identity.public_key());
    EXPECT_EQ(*read, request);
}

TEST_F(Activations, a_reason_belongs_to_a_reactivation_and_to_nothing_else) {
    request.why = ReactivationReason::redeployed;
    EXPECT_EQ(sign_activation_request(request, identity).error().code, "activation_malformed");
    request.purpose = ActivationPurpose::reactivate;
    EXPECT_TRUE(sign_activation_request(request, identity));
    request.why.reset();
    EXPECT_EQ(sign_activation_request(request, identity).error().code, "activation_malformed");
}

TEST_F(Activations, a_request_is_believed_only_of_the_server_itself) {
    const auto text = sign_activation_request(request, identity);
    const auto body = *unarmour(kActivationRequestLabel, *text);
    auto parts = *paseto_split(body, kActivationRequestSizeMax);
    parts.message.replace(parts.message.find("Fabrikam"), 8, "Contosos");
    EXPECT_EQ(
        read_activation_request(armour(kActivationRequestLabel, paseto_join(parts))).error().code,
        "activation_altered");
    EXPECT_EQ(code_of_request(to_text(identity.public_key()), to_text(root.public_key())),
              "activation_malformed");
    EXPECT_EQ(code_of_request("\"activate\"", "\"please\""), "activation_malformed");
    EXPECT_EQ(code_of_request(product_key_of({1}).printed, "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2"),
              "activation_malformed");
    EXPECT_EQ(read_activation_request("nothing").error().code, "activation_malformed");
}

TEST_F(Activations, an_answer_of_a_trusted_vendors_clearinghouse_is_believed) {
    const auto text = sign_activation(answer, clearinghouse);
    ASSERT_TRUE(text) << text.error().detail;
    const auto verified = verify_activation(*text, std::array{root.public_key()});
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified->activation, answer);
    EXPECT_EQ(verified->vendor, root.public_key());
    EXPECT_EQ(verify_activation(*text, std::array{identity.public_key()}).error().code,
              "clearinghouse_untrusted");
}

TEST_F(Activations, nobody_else_activates) {
    EXPECT_EQ(code_of(*sign_activation(answer, identity)), "activation_altered");
    EXPECT_EQ(code_of(*sign_activation(answer, root)), "activation_altered");
    const auto text = sign_activation(answer, clearinghouse);
    const auto body = *unarmour(kActivationLabel, *text);
    auto parts = *paseto_split(body, kActivationSizeMax);
    parts.message.replace(parts.message.find("\"serial\":12"), 11, "\"serial\":99");
    EXPECT_EQ(code_of(armour(kActivationLabel, paseto_join(parts))), "activation_altered");
    EXPECT_EQ(code_of("nothing"), "activation_malformed");
}

TEST_F(Activations, a_clearinghouse_signs_only_while_its_vendor_lets_it) {
    answer.issued_at = kToday + days(400);
    EXPECT_EQ(sign_activation(answer, clearinghouse).error().code, "clearinghouse_expired");
    answer.issued_at = kToday;
    answer.clearinghouse = *issue_clearinghouse({.key = clearinghouse.public_key(),
                                                 .not_before = kToday - days(9),
                                                 .expires_at = kToday - days(1)},
                                                root);
    EXPECT_EQ(sign_activation(answer, clearinghouse).error().code, "clearinghouse_expired");
    answer.clearinghouse = "v4.public.nothing";
    EXPECT_EQ(sign_activation(answer, clearinghouse).error().code, "clearinghouse_malformed");
}

}  // namespace
}  // namespace calm
