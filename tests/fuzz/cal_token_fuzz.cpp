// links: calm_documents
// CAL tokens: any text is a token or an error, and only the ledger's own tokens are believed. The
// part behind the signatures is reached with a tree head made for the token.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/cal_token.h"
#include "documents/sample_ledger.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const SampleLedger ledger;
    static CalTokenVerifier host(
        {.vendors = {ledger.vendor.public_key()}, .ledgers = {ledger.id()}});
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    const auto token = CalToken::decode(text);
    const auto trusted = host.verify(text, SampleLedger::kStart);
    if (!token) {
        if (trusted) std::abort();
        return 0;
    }
    if (token->proof().size() * sizeof(Hash) > size || token->holder().empty()) std::abort();
    // The ledger of these keys has stated this CAL for this holder and no other, in any of its
    // logs.
    if (trusted &&
        (trusted->cal.holder != "anna" || trusted->cal.cal != SampleLedger::sample_cal())) {
        std::abort();
    }
    static const TreeHead head = [] {
        SampleLedger whole;
        whole.add_subject();
        whole.add(entry::CalIssued{SampleLedger::sample_cal()});
        return whole.head();
    }();
    const auto cal = verify_leaf(*token, head);
    if (cal && cal->holder != "anna") std::abort();
    (void)verify_pack(*token, {});
    return 0;
}
