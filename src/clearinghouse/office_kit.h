// For tests: an office with books in a directory of their own, fixed keys and a clock that the test
// moves; and license servers that ask.
#pragma once

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sodium.h>

#include "clearinghouse/acts.h"
#include "documents/armour.h"
#include "documents/clearinghouse_test_kit.h"
#include "store/temporary_directory.h"

namespace calm::clearinghouse::testing {

struct CustomerServer {
    explicit CustomerServer(uint8_t seed) : key(SecretKey::from_seed(Seed{seed})) {}

    SecretKey key;
    uint32_t epoch = 1;
    uint64_t size = 10;
    uint8_t asked = 0;

    std::string id() const { return to_string(ledger_id_of(key.public_key())); }
    ActivationRequest request(Instant at, ActivationPurpose purpose) {
        ActivationRequest out{.vendor = SecretKey::from_seed(Seed{31}).public_key(),
                              .at = at,
                              .purpose = purpose,
                              .epoch = epoch,
                              .size = ++size,
                              .company = "Fabrikam",
                              .country = "FR"};
        out.nonce = {1, 2, 3, 4, ++asked};
        return out;
    }
    std::string sign(const ActivationRequest& request) const {
        return *sign_activation_request(request, key);
    }
};

// The blocks of a label in an answer.
inline std::vector<std::string> blocks(std::string_view text, const std::string& label) {
    std::vector<std::string> out;
    const std::string begin = "-----BEGIN " + label + "-----";
    const std::string end = "-----END " + label + "-----";
    for (size_t at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1))
        out.push_back(std::string(text.substr(at, text.find(end, at) + end.size() - at)) + "\n");
    return out;
}

class OfficeTest : public ::testing::Test {
  protected:
    explicit OfficeTest(OfficeRules rules = {})
        : office{.books = *Books::open(directory.path() / "books"),
                 .signer =
                     *make_signer(SecretKey::from_seed(Seed{32}), kit.certificate,
                                  {.name = "Contoso", .key = kit.root.public_key(), .buy_url = ""}),
                 .rules = rules,
                 .clock = [this] { return now; }} {
        EXPECT_GE(sodium_init(), 0);
        EXPECT_TRUE(act("define_product", R"({"product":"sql-2012","overuse":"refuse"})"));
        EXPECT_TRUE(act("add_customer", R"({"name":"Fabrikam","country":"FR"})"));
    }

    Result<Reply> act(std::string_view name, std::string_view body, const char* account = "sam",
                      StaffRole role = StaffRole::sales) {
        return perform_act(staff, name, body, {.account = account, .role = role});
    }
    boost::json::value done(std::string_view name, std::string_view body) {
        const auto reply = act(name, body);
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().code + ": " + reply.error().detail);
        return reply ? boost::json::parse(reply->body) : boost::json::value(boost::json::object());
    }
    std::string refused(std::string_view name, std::string_view body) {
        const auto reply = act(name, body);
        return reply ? "" : reply.error().code;
    }
    std::vector<ProductKey> keys(uint32_t count, uint32_t quantity = 25) {
        const auto drawn =
            draw_keys(office, {.product = "sql-2012", .quantity = quantity, .count = count},
                      {.account = "sam"});
        EXPECT_TRUE(drawn);
        return *drawn;
    }
    Result<std::string> ask(CustomerServer& server, ActivationPurpose purpose,
                            std::vector<ProductKey> with = {},
                            const std::string& address = "192.0.2.1") {
        ActivationRequest request = server.request(now, purpose);
        if (purpose == ActivationPurpose::reactivate)
            request.why = ReactivationReason::activation_expired;
        request.keys = std::move(with);
        return activations.answer(server.sign(request), {}, address);
    }
    std::string code(const Result<std::string>& answer) {
        return answer ? "" : answer.error().code;
    }
    // What the answer's packs say, each verified as its server does.
    std::vector<KeyPackDocument> packs(const std::string& answer) {
        std::vector<KeyPackDocument> out;
        const std::array vendors{kit.root.public_key()};
        for (const std::string& block : blocks(answer, "CALM KEY PACK")) {
            const auto pack = verify_key_pack(block, vendors, now);
            EXPECT_TRUE(pack) << pack.error().detail;
            if (pack) out.push_back(*pack);
        }
        return out;
    }
    StatusList status(const std::string& answer) {
        const std::array vendors{kit.root.public_key()};
        const auto lists = blocks(answer, "CALM STATUS LIST");
        EXPECT_EQ(lists.size(), 1U);
        const auto list = verify_status_list(lists.front(), vendors);
        EXPECT_TRUE(list);
        return list->list;
    }
    std::optional<Activation> activation(const std::string& answer) {
        const std::array vendors{kit.root.public_key()};
        const auto found = blocks(answer, "CALM ACTIVATION");
        if (found.empty()) return std::nullopt;
        const auto verified = verify_activation(found.front(), vendors);
        EXPECT_TRUE(verified);
        return verified->activation;
    }
    int64_t events(std::string_view what) {
        return *office.books.number("SELECT count(*) FROM events WHERE what = ?", what);
    }

    store::TemporaryDirectory directory;
    ClearinghouseKit kit;
    Instant now = ClearinghouseKit::kToday + hours(9);
    Office office;
    ActivationDesk activations{office};
    StaffDesk staff{office, activations};
};

inline std::string text_of(const boost::json::value& value, std::string_view name) {
    return std::string(value.at(name).as_string());
}

}  // namespace calm::clearinghouse::testing
