// A customer's license server, as far as the vendor sees it: makes requests, and verifies answers.
//
//   customer SEED id
//   customer SEED guess                             a product key that nobody made
//   customer SEED code                              the request code of a read-out
//   customer SEED request VENDOR PURPOSE NONCE SIZE [KEY]...
//   customer SEED answer VENDOR                     an answer on standard input, as one line a
//   block customer SEED read-activation VENDOR CODE customer SEED read-pack VENDOR PRODUCT QUANTITY
//   CODE
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

#include "documents/activation.h"
#include "documents/armour.h"
#include "documents/readout.h"
#include "documents/status_list.h"
#include "documents/vendor.h"

namespace calm {
namespace {

template <class T>
T need(Result<T> result) {
    if (result) return std::move(*result);
    fmt::print(stderr, "{}: {}\n", result.error().code, result.error().detail);
    std::exit(1);
}

std::string text_of(const char* file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> blocks_of(const std::string& text, std::string_view label) {
    std::vector<std::string> out;
    const std::string begin = fmt::format("-----BEGIN {}-----", label);
    const std::string end = fmt::format("-----END {}-----", label);
    for (size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1))
        out.push_back(text.substr(at, text.find(end, at) + end.size() - at) + "\n");
    return out;
}

Instant wall() {
    return {static_cast<int64_t>(std::time(nullptr))};
}

void show_answer(const std::string& vendor_text, const LedgerId& own) {
    const std::array vendors{need(read_vendor(vendor_text)).key};
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    for (const std::string& block : blocks_of(text, kActivationLabel)) {
        const auto read = need(verify_activation(block, vendors));
        fmt::print("activation {} {} {}\n", read.activation.serial,
                   to_rfc3339(read.activation.until).substr(0, 10),
                   read.activation.server == own ? "ours" : "another's");
    }
    for (const std::string& block : blocks_of(text, kKeyPackLabel)) {
        const auto pack = need(verify_key_pack(block, vendors, wall()));
        fmt::print("pack {} {} {} renewal {} {}\n", to_hex(pack.pack_id), pack.product.code,
                   pack.quantity, pack.renewal, pack.license_server == own ? "ours" : "another's");
    }
    for (const std::string& block : blocks_of(text, kStatusListLabel)) {
        const auto read = need(verify_status_list(block, vendors));
        fmt::print("list {}", read.list.number);
        for (const Bytes16& pack : read.list.revoked)
            fmt::print(" {}", to_hex(pack));
        fmt::print(" {}\n", read.list.server == own ? "ours" : "another's");
    }
}

std::string make_request(char** word, int count, const SecretKey& key) {
    ActivationRequest request{.vendor = need(read_vendor(text_of(word[3]))).key, .at = wall()};
    request.purpose = from_name<ActivationPurpose>(word[4]).value_or(ActivationPurpose::activate);
    if (request.purpose == ActivationPurpose::reactivate)
        request.why = ReactivationReason::redeployed;
    request.nonce[4] = static_cast<uint8_t>(std::atoi(word[5]));
    request.epoch = 1;
    request.size = static_cast<uint64_t>(std::atoll(word[6]));
    request.company = "Fabrikam";
    for (int i = 7; i < count; ++i)
        request.keys.push_back(need(parse_product_key(word[i])));
    return need(sign_activation_request(request, key));
}

int run(int count, char** word) {
    if (count < 3) return 2;
    const SecretKey key = SecretKey::from_seed(Seed{static_cast<uint8_t>(std::atoi(word[1]))});
    const LedgerId id = ledger_id_of(key.public_key());
    const std::string_view what = word[2];
    const ActivationNonce nonce{7, 7, 7, 7, 7};
    if (what == "id") {
        fmt::print("{}\n", to_string(id));
    } else if (what == "guess") {
        fmt::print("{}\n", product_key_of({1, 2, 3}).printed);
    } else if (what == "code") {
        fmt::print("{}\n", readout_request(nonce));
    } else if (what == "request" && count >= 7) {
        fmt::print("{}", make_request(word, count, key));
    } else if (what == "answer" && count == 4) {
        show_answer(text_of(word[3]), id);
    } else if ((what == "read-activation" && count == 5) || (what == "read-pack" && count == 7)) {
        const std::string vendor = text_of(word[3]);
        const std::string document = need(unarmour(kClearinghouseLabel, vendor));
        const auto certificate = need(read_clearinghouse(document));
        if (what == "read-activation") {
            const auto read = need(read_activation_code(word[4], id, nonce, certificate.key));
            fmt::print("activation {}\n", read.serial);
            return 0;
        }
        const ReadOutPack terms{.server = id,
                                .product = need(product_from_code(word[4])),
                                .quantity = static_cast<uint32_t>(std::atoi(word[5]))};
        const auto pack =
            need(read_pack_code(word[6], terms, need(read_vendor(vendor)).name, document));
        const std::array vendors{certificate.vendor};
        fmt::print("pack {}\n", to_hex(need(verify_key_pack(pack, vendors, wall())).pack_id));
    } else {
        return 2;
    }
    return 0;
}

}  // namespace
}  // namespace calm

int main(int argc, char** argv) {
    return calm::run(argc, argv);
}
