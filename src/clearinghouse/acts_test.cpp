// What the staff does: keys, orders, packs and their ends, servers that take each other's place.
#include <set>

#include "clearinghouse/lists.h"
#include "clearinghouse/office_kit.h"
#include "documents/armour.h"
#include "documents/succession.h"

namespace calm::clearinghouse::testing {
namespace {

using Purpose = ActivationPurpose;

class ActsTest : public OfficeTest {
  protected:
    // An activated server with a pack of 25 until the end of a year.
    std::string pack_of(CustomerServer& server, std::string_view more = "") {
        EXPECT_TRUE(ask(server, Purpose::activate));
        return text_of(done("issue_pack", R"({"server":")" + server.id() +
                                              R"(","product":"sql-2012","kind":"per_user",)"
                                              R"("quantity":25,"customer":1)" +
                                              std::string(more) + "}"),
                       "pack");
    }
    boost::json::value report() { return boost::json::parse(*report_text(office)); }
};

TEST_F(ActsTest, a_thousand_keys_are_different_and_stand_nowhere_in_the_books) {
    const auto reply =
        act("make_keys", R"({"product":"sql-2012","kind":"per_user","quantity":5,"count":1000})");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->type, http::kCsv);
    std::set<std::string> seen;
    std::istringstream lines(reply->body);
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "key,product,kind,quantity\r");
    while (std::getline(lines, line)) {
        EXPECT_TRUE(parse_product_key(line.substr(0, line.find(','))));
        seen.insert(line.substr(0, line.find(',')));
    }
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(*office.books.number("SELECT count(*) FROM product_keys"), 1000);
    EXPECT_EQ(report().at("sold").at(0).at("in_keys").as_int64(), 5000);
}

TEST_F(ActsTest, keys_of_a_trial_end_so_many_days_after_they_were_redeemed) {
    CustomerServer server(50);
    const auto order =
        done("take_order", R"({"customer":1,"product":"sql-2012","kind":"per_user","quantity":5,)"
                           R"("channel":"trial","expires":"2026-12-30T09:00:00Z","keys":2})");
    ASSERT_EQ(order.at("keys").as_array().size(), 2U);
    now = now + days(10);
    const auto key = parse_product_key(order.at("keys").at(0).as_string());
    const auto answer = ask(server, Purpose::activate, {*key});
    ASSERT_TRUE(answer);
    ASSERT_EQ(packs(*answer).size(), 1U);
    EXPECT_EQ(packs(*answer)[0].expires_at, now + days(30));
}

TEST_F(ActsTest, an_agreement_gives_packs_until_it_is_used_up) {
    CustomerServer server(50);
    ASSERT_TRUE(ask(server, Purpose::activate));
    const auto order =
        done("take_order", R"({"customer":1,"product":"sql-2012","kind":"per_device",)"
                           R"("quantity":100,"channel":"volume","agreement":"select:1234567"})");
    const std::string draw = R"({"server":")" + server.id() + R"(","order":)" +
                             serialize(order.at("order")) + R"(,"quantity":95})";
    done("issue_pack", draw);
    EXPECT_EQ(refused("issue_pack", draw), "order_exhausted");
    EXPECT_EQ(report().at("short").as_array().size(), 1U);
    EXPECT_EQ(packs(*ask(server, Purpose::packs))[0].agreement->number, "1234567");
    EXPECT_EQ(refused("take_order",
                      R"({"customer":1,"product":"sql-2012","kind":"per_user","quantity":1,)"
                      R"("channel":"volume"})"),
              "bad_agreement");
}

TEST_F(ActsTest, service_providers_are_reported_by_the_month) {
    CustomerServer server(50);
    ASSERT_TRUE(ask(server, Purpose::activate));
    const auto order =
        done("take_order", R"({"customer":1,"product":"sql-2012","kind":"per_user",)"
                           R"("quantity":40,"channel":"service_provider","agreement":"7654321"})");
    const auto pack = done("issue_pack", R"({"server":")" + server.id() + R"(","order":)" +
                                             serialize(order.at("order")) + "}");
    const auto of_month = [&](std::string_view month) {
        return boost::json::parse(*provider_report_text(office, month)).at("customers");
    };
    ASSERT_EQ(of_month("2026-11").as_array().size(), 1U);
    EXPECT_EQ(of_month("2026-11").at(0).at("quantity").as_int64(), 40);
    EXPECT_EQ(of_month("2026-10").as_array().size(), 0U);
    now = now + days(20);
    done("revoke_pack", R"({"pack":")" + text_of(pack, "pack") + R"(","why":"left"})");
    EXPECT_EQ(of_month("2026-12").as_array().size(), 1U);
    EXPECT_EQ(of_month("2027-01").as_array().size(), 0U);
    EXPECT_FALSE(provider_report_text(office, "2026-13"));
}

TEST_F(ActsTest, a_renewed_pack_keeps_its_id_and_never_ends_sooner) {
    CustomerServer server(50);
    const std::string pack = pack_of(server, R"(,"until":"2027-01-31T00:00:00Z")");
    EXPECT_EQ(report().at("up_for_renewal").as_array().size(), 0U);
    now = now + days(20);
    EXPECT_EQ(report().at("up_for_renewal").as_array().size(), 1U);
    const std::string until = R"({"pack":")" + pack + R"(","until":")";
    EXPECT_EQ(refused("renew_pack", until + R"(2027-01-01T00:00:00Z"})"), "renewal_unfit");
    EXPECT_EQ(refused("renew_pack", R"({"pack":")" + pack + R"("})"), "bad_field");
    done("renew_pack", until + R"(2028-01-31T00:00:00Z"})");
    const auto fetched = packs(*ask(server, Purpose::packs));
    ASSERT_EQ(fetched.size(), 1U);
    EXPECT_EQ(to_hex(fetched[0].pack_id), pack);
    EXPECT_EQ(fetched[0].renewal, 1U);
    EXPECT_EQ(fetched[0].expires_at, parse_rfc3339("2028-01-31T00:00:00Z").value());
    EXPECT_EQ(report().at("up_for_renewal").as_array().size(), 0U);
}

TEST_F(ActsTest, a_revoked_pack_is_in_the_next_status_list_of_its_server_only) {
    CustomerServer server(50);
    CustomerServer other(51);
    const std::string pack = pack_of(server);
    pack_of(other);
    done("revoke_pack", R"({"pack":")" + pack + R"(","why":"not paid"})");
    const auto answer = ask(server, Purpose::packs);
    EXPECT_TRUE(packs(*answer).empty());
    ASSERT_EQ(status(*answer).revoked.size(), 1U);
    EXPECT_EQ(to_hex(status(*answer).revoked[0]), pack);
    EXPECT_EQ(status(*answer).number, 2U);
    EXPECT_TRUE(status(*ask(other, Purpose::packs)).revoked.empty());
    EXPECT_EQ(refused("revoke_pack", R"({"pack":")" + pack + R"(","why":"again"})"), "pack_ended");
    EXPECT_EQ(refused("renew_pack", R"({"pack":")" + pack + R"(","until":"2030-01-01T00:00:00Z"})"),
              "pack_ended");
}

TEST_F(ActsTest, a_split_pack_is_on_both_servers_and_merged_again_on_one) {
    CustomerServer one(50);
    CustomerServer two(51);
    const std::string pack = pack_of(one);
    const auto parts = [&](int first, int second) {
        return R"({"pack":")" + pack + R"(","parts":[{"server":")" + one.id() + R"(","quantity":)" +
               std::to_string(first) + R"(},{"server":")" + two.id() + R"(","quantity":)" +
               std::to_string(second) + "}]}";
    };
    EXPECT_EQ(refused("split_pack", parts(20, 6)), "split_unfit");
    const auto split = done("split_pack", parts(20, 5));
    EXPECT_EQ(packs(*ask(one, Purpose::packs)).at(0).quantity, 20U);
    EXPECT_EQ(status(*ask(one, Purpose::packs)).revoked.size(), 1U);
    EXPECT_EQ(packs(*ask(two, Purpose::activate)).at(0).quantity, 5U);
    done("merge_packs", R"({"server":")" + two.id() + R"(","packs":[")" +
                            text_of(split.at("packs").at(0), "pack") + R"(",")" +
                            text_of(split.at("packs").at(1), "pack") + R"("]})");
    const auto merged = packs(*ask(two, Purpose::packs));
    ASSERT_EQ(merged.size(), 1U);
    EXPECT_EQ(merged[0].quantity, 25U);
    EXPECT_TRUE(packs(*ask(one, Purpose::packs)).empty());
}

TEST_F(ActsTest, packs_of_other_terms_do_not_merge) {
    CustomerServer server(50);
    const std::string plain = pack_of(server);
    const std::string ending = pack_of(server, R"(,"until":"2027-01-31T00:00:00Z")");
    EXPECT_EQ(refused("merge_packs", R"({"server":")" + server.id() + R"(","packs":[")" + plain +
                                         R"(",")" + ending + R"("]})"),
              "merge_unfit");
}

TEST_F(ActsTest, a_replaced_servers_packs_are_the_new_ones_and_nothing_is_there_twice) {
    CustomerServer old(50);
    CustomerServer fresh(51);
    const std::string pack = pack_of(old);
    const auto replace = [&](const char* how) {
        return R"({"server":")" + old.id() + R"(","by":")" + fresh.id() + R"(","old":")" + how +
               R"("})";
    };
    EXPECT_EQ(refused("replace_server", replace("reachable")), "server_still_active");
    ASSERT_TRUE(ask(old, Purpose::deactivate));
    done("replace_server", replace("reachable"));
    const auto moved = packs(*ask(fresh, Purpose::activate));
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_NE(to_hex(moved[0].pack_id), pack);
    EXPECT_EQ(moved[0].quantity, 25U);
    // Each answer to the new one says whose place it took, so that the old one's hosts follow.
    const std::string answer = *ask(fresh, Purpose::packs);
    const auto succession = verify_succession(armour_block(kSuccessionLabel, answer),
                                              std::array{kit.root.public_key()});
    ASSERT_TRUE(succession) << succession.error().detail;
    EXPECT_EQ(to_string(succession->succession.from), old.id());
    EXPECT_EQ(to_string(succession->succession.to), fresh.id());
    EXPECT_EQ(code(ask(old, Purpose::activate)), "server_replaced");
    EXPECT_EQ(refused("replace_server", replace("dead")), "server_replaced");
    EXPECT_EQ(
        refused("issue_pack", R"({"server":")" + old.id() +
                                  R"(","product":"sql-2012","kind":"per_user","quantity":1})"),
        "server_replaced");
    EXPECT_EQ(report().at("sold").at(0).at("in_packs").as_int64(), 25);
}

TEST_F(ActsTest, moves_within_a_year_are_limited) {
    office.rules.moves_per_year_max = 2;
    CustomerServer first(50);
    pack_of(first);
    for (uint8_t seed = 51; seed < 53; ++seed) {
        done("replace_server", R"({"server":")" + CustomerServer(seed - 1).id() + R"(","by":")" +
                                   CustomerServer(seed).id() + R"(","old":"dead"})");
    }
    const std::string once_more = R"({"server":")" + CustomerServer(52).id() + R"(","by":")" +
                                  CustomerServer(53).id() + R"(","old":"unreachable"})";
    EXPECT_EQ(refused("replace_server", once_more), "move_limit_reached");
    now = now + days(366);
    EXPECT_EQ(refused("replace_server", once_more), "clearinghouse_expired");
}

TEST_F(ActsTest, an_activation_is_read_out_and_read_again_the_same) {
    CustomerServer server(50);
    const ActivationNonce nonce{9, 8, 7, 6, 5};
    const std::string body =
        R"({"server":")" + server.id() + R"(","request_code":")" + readout_request(nonce) + R"("})";
    const auto told = done("read_out_activation", body);
    const auto read =
        read_activation_code(text_of(told, "code"), ledger_id_of(server.key.public_key()), nonce,
                             kit.clearinghouse.public_key());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->until(), ClearinghouseKit::kToday + days(366));
    EXPECT_EQ(done("read_out_activation", body), told);
    EXPECT_EQ(activation(*ask(server, Purpose::reactivate))->serial, 2U);
}

TEST_F(ActsTest, a_keys_pack_is_read_out_once_and_to_one_server) {
    CustomerServer server(50);
    CustomerServer other(51);
    const auto drawn = keys(1);
    const auto body = [&](const CustomerServer& to) {
        return R"({"server":")" + to.id() + R"(","key":")" + drawn[0].printed + R"("})";
    };
    const auto told = done("read_out_pack", body(server));
    ReadOutPack terms{.server = ledger_id_of(server.key.public_key()),
                      .product = *product_from_code("sql-2012"),
                      .quantity = 25};
    const auto pack = read_pack_code(text_of(told, "code"), terms, "Contoso", kit.certificate);
    ASSERT_TRUE(pack) << pack.error().detail;
    const std::array vendors{kit.root.public_key()};
    EXPECT_EQ(to_hex(verify_key_pack(*pack, vendors, now)->pack_id), text_of(told, "pack"));
    EXPECT_EQ(done("read_out_pack", body(server)), told);
    EXPECT_EQ(refused("read_out_pack", body(other)), "product_key_used");
    // It was approved when it was made: nobody's key waits in the books, readable.
    office.rules.four_eyes = true;
    EXPECT_EQ(done("read_out_pack", body(server)), told);
    EXPECT_EQ(*office.books.number("SELECT count(*) FROM approvals"), 0);
    EXPECT_EQ(report().at("sold").at(0).at("in_packs").as_int64(), 25);
}

TEST_F(ActsTest, support_reads_out_keys_and_agrees_no_terms) {
    CustomerServer server(50);
    const std::string terms = R"({"server":")" + server.id() +
                              R"(","product":"sql-2012","kind":"per_user","quantity":5})";
    EXPECT_EQ(act("read_out_pack", terms, "sue", StaffRole::support).error().code, "forbidden");
    EXPECT_TRUE(act("read_out_pack", terms));
}

TEST_F(ActsTest, four_eyes_look_at_what_is_issued) {
    office.rules.four_eyes = true;
    const auto waits =
        act("make_keys", R"({"product":"sql-2012","kind":"per_user","quantity":5,"count":3})");
    ASSERT_TRUE(waits);
    EXPECT_EQ(waits->status, 202);
    EXPECT_EQ(*office.books.number("SELECT count(*) FROM product_keys"), 0);
    const Actor sam{.account = "sam", .role = StaffRole::sales};
    const Actor olga{.account = "olga", .role = StaffRole::owner};
    EXPECT_EQ(approve_act(staff, 1, sam).error().code, "approval_own");
    EXPECT_EQ(approve_act(staff, 2, olga).error().code, "approval_unknown");
    const auto made = approve_act(staff, 1, olga);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->type, http::kCsv);
    EXPECT_EQ(*office.books.number("SELECT count(*) FROM product_keys"), 3);
    EXPECT_EQ(approve_act(staff, 1, olga).error().code, "approval_done");
    // What issues nothing does not wait.
    EXPECT_EQ(act("add_customer", R"({"name":"Tailspin"})")->status, 201);
}

TEST_F(ActsTest, wrong_fields_are_named_and_nothing_is_kept) {
    EXPECT_EQ(refused("make_keys", R"({"product":"no-such-1","kind":"per_user","quantity":1,)"
                                   R"("count":1})"),
              "product_unknown");
    EXPECT_EQ(refused("make_keys", R"({"product":"sql-2012"})"), "missing_field");
    EXPECT_EQ(refused("make_keys", R"({"product":"sql-2012","kind":"per_user","quantity":1,)"
                                   R"("count":1,"customer":7})"),
              "customer_unknown");
    EXPECT_EQ(refused("replace_server", R"({"server":"AAAAA","by":"BBBBB","old":"dead"})"),
              "bad_ledger_id");
    EXPECT_EQ(refused("take_order", "[]"), "bad_field");
    EXPECT_EQ(refused("take_order", "{"), "json_malformed");
    EXPECT_EQ(*office.books.number("SELECT count(*) FROM key_batches"), 0);
}

TEST_F(ActsTest, events_can_be_neither_changed_nor_removed) {
    EXPECT_GT(events("product_defined"), 0);
    EXPECT_FALSE(office.books.run("DELETE FROM events"));
    EXPECT_FALSE(office.books.run("UPDATE events SET account = 'nobody'"));
}

TEST_F(ActsTest, every_list_is_json) {
    CustomerServer server(50);
    pack_of(server);
    keys(2);
    for (const ListKind& kind : all_lists()) {
        const auto text = list_text(office, kind.name, "");
        ASSERT_TRUE(text) << kind.name << ": " << text.error().detail;
        boost::system::error_code error;
        const auto json = boost::json::parse(*text, error);
        ASSERT_FALSE(error) << kind.name;
        EXPECT_TRUE(json.at(std::string(kind.name)).is_array());
    }
    const auto packs = boost::json::parse(*list_text(office, "packs", server.id())).at("packs");
    ASSERT_EQ(packs.as_array().size(), 1U);
    EXPECT_EQ(packs.at(0).at("issued_at").as_string(), to_rfc3339(now));
    EXPECT_TRUE(packs.at(0).at("expires_at").is_null());
}

}  // namespace
}  // namespace calm::clearinghouse::testing
