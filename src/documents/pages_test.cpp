// The examples in docs/internals are what this library writes, to the byte. With CALM_WRITE_PAGES
// set, the page of the log and the CAL token are brought up to date before they are compared.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "documents/activation.h"
#include "documents/armour.h"
#include "documents/clearinghouse_test_kit.h"
#include "documents/host_auth.h"
#include "documents/revocation_list.h"
#include "documents/sample_ledger.h"
#include "documents/signed_document.h"
#include "documents/status_list.h"
#include "documents/vendor.h"

namespace calm {
namespace {

// The lines of the fenced block that begins with ```NAME.
std::vector<std::string> block(const std::string& page, const std::string& name) {
    std::ifstream file(std::string(CALM_SOURCE_DIR "/docs/internals/") + page);
    std::vector<std::string> lines;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (inside && line == "```") return lines;
        if (inside) lines.push_back(line);
        if (line == "```" + name) inside = true;
    }
    return {};
}

std::string text_of(const std::vector<std::string>& lines, std::string_view separator = "\n") {
    std::string text;
    for (const auto& line : lines)
        text += line + std::string(separator);
    return text;
}

std::string shown(const std::string& name) {
    return text_of(block("documents.md", name), "");
}

// Puts these lines into the block, when asked to.
void bring_up_to_date(const std::string& page, const std::string& name,
                      const std::vector<std::string>& wanted) {
    if (std::getenv("CALM_WRITE_PAGES") == nullptr) return;
    const std::string path = std::string(CALM_SOURCE_DIR "/docs/internals/") + page;
    std::string text;
    bool inside = false;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        if (inside && line == "```") inside = false;
        if (!inside) text += line + "\n";
        if (line == "```" + name) {
            inside = true;
            text += text_of(wanted);
        }
    }
    std::ofstream(path) << text;
}

// As documents.md shows what is one long line.
std::vector<std::string> folded(const std::string& text) {
    constexpr size_t kColumns = 100;
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size(); at += kColumns)
        lines.push_back(text.substr(at, kColumns));
    return lines;
}

std::string payload_of(const std::string& document) {
    return paseto_split(document, 1 << 16)->message;
}

TEST(Pages, the_documents_shown_are_real) {
    const SampleLedger ledger;
    const auto pack = *issue_key_pack(ledger.pack, ledger.vendor);
    EXPECT_EQ(text_of(block("documents.md", "text pack")), pack);
    EXPECT_EQ(shown("json pack"), payload_of(*key_pack_document(pack)));

    const auto vendor = *issue_vendor({.name = "Contoso",
                                       .issued_at = SampleLedger::kStart - days(30),
                                       .contact = "licences@contoso.example",
                                       .buy_url = "https://contoso.example/buy"},
                                      ledger.vendor);
    EXPECT_EQ(text_of(block("documents.md", "text vendor")), vendor);
    EXPECT_EQ(shown("json vendor"), payload_of(*unarmour(kVendorLabel, vendor)));
    EXPECT_EQ(text_of(block("documents.md", "text fingerprint")),
              fingerprint(ledger.vendor.public_key(), "\n") + "\n");

    EXPECT_EQ(shown("json node-certificate"), payload_of(ledger.certificate));
    const std::string host_token =
        make_host_token(SecretKey::from_seed(Seed{3}), {12}, ledger.id(), SampleLedger::kStart);
    EXPECT_EQ(shown("json host-auth"), payload_of(host_token));
    const RevocationList revoked{
        .ledger = ledger.id(), .size = 7, .time = SampleLedger::kStart, .cals = {{3}, {17}}};
    EXPECT_EQ(shown("json revocation-list"),
              payload_of(sign_revocation_list(revoked, ledger.node)));
}

TEST(Pages, the_cal_token_shown_is_real) {
    SampleLedger ledger;
    ledger.add_subject();
    ledger.add(entry::CalIssued{SampleLedger::sample_cal()});
    const std::string root = to_hex(ledger.frontier.root());
    const std::string head = payload_of(sign_tree_head(ledger.head(), ledger.node));
    bring_up_to_date("documents.md", "text cal-token", folded(sample_cal_token()));
    bring_up_to_date("documents.md", "json tree-head", {head});
    bring_up_to_date("ledger_log.md", "jsonl log", ledger.lines);
    bring_up_to_date("ledger_log.md", "text root", {root});
    EXPECT_EQ(shown("text cal-token"), sample_cal_token());
    EXPECT_EQ(shown("json tree-head"), head);
    EXPECT_EQ(block("ledger_log.md", "jsonl log"), ledger.lines);
    EXPECT_EQ(block("ledger_log.md", "text root"), std::vector{root});
    std::ifstream file(CALM_SOURCE_DIR "/docs/internals/ledger_log.md");
    std::stringstream page;
    page << file.rdbuf();
    EXPECT_NE(page.str().find("    " + to_hex(leaf_hash(ledger.lines.back())) + "  -"),
              std::string::npos);
}

TEST(Pages, what_a_clearinghouse_signs_is_shown_as_it_is) {
    const ClearinghouseKit kit;
    const auto page = [](const std::string& name, const std::string& payload) {
        bring_up_to_date("documents.md", name, {payload});
        EXPECT_EQ(shown(name), payload);
    };
    page("json clearinghouse", payload_of(kit.certificate));
    const auto request = *sign_activation_request({.vendor = kit.root.public_key(),
                                                   .nonce = {1, 2, 3, 4, 5},
                                                   .at = ClearinghouseKit::kToday,
                                                   .size = 77,
                                                   .company = "Fabrikam",
                                                   .keys = {product_key_of({1})}},
                                                  kit.identity);
    page("json activation-request", payload_of(*unarmour(kActivationRequestLabel, request)));
    const auto activation = *sign_activation({.server = ledger_id_of(kit.identity.public_key()),
                                              .nonce = {1, 2, 3, 4, 5},
                                              .serial = 12,
                                              .issued_at = ClearinghouseKit::kToday,
                                              .until = ClearinghouseKit::kToday + days(366),
                                              .clearinghouse = kit.certificate},
                                             kit.clearinghouse);
    page("json activation", payload_of(*unarmour(kActivationLabel, activation)));
    const auto list = *sign_status_list({.number = 7,
                                         .issued_at = ClearinghouseKit::kToday,
                                         .revoked = {Bytes16{1}, Bytes16{2}},
                                         .clearinghouse = kit.certificate},
                                        kit.clearinghouse);
    page("json status-list", payload_of(*unarmour(kStatusListLabel, list)));
}

TEST(Pages, the_log_page_has_a_line_of_every_kind_of_entry) {
    std::set<std::string_view> kinds;
    for (const char* const name : {"jsonl log", "jsonl kinds"}) {
        for (const auto& line : block("ledger_log.md", name)) {
            const auto entry = decode_entry(line);
            ASSERT_TRUE(entry) << line << entry.error().detail;
            kinds.insert(entry_name(entry->body));
        }
    }
    EXPECT_EQ(kinds.size(), std::variant_size_v<AnyEntry>);
}

}  // namespace
}  // namespace calm
