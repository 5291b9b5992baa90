// links: calm_documents
// Signed documents: any text is a token or an error; what splits, joins to the same text, and no
// text is a document that our key signed. The readers of payloads see what stands behind a
// signature, too.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/host_auth.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"
#include "documents/tree_head.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    constexpr size_t kSizeMax = 4096;
    static const SecretKey key = SecretKey::from_seed(Seed{1});
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    const auto parts = paseto_split(text, kSizeMax);
    if (parts && (size > kSizeMax || paseto_join(*parts) != text)) std::abort();
    if (signer_of(text, kSizeMax) && !parts) std::abort();
    if (paseto_verify(text, key.public_key(), "calm.fuzz.v1", kSizeMax)) std::abort();
    if (read_host_token(text) && size > kHostTokenSizeMax) std::abort();

    const auto head = read_tree_head(text);
    if (head && verify_tree_head(sign_tree_head(*head, key), key.public_key()) != head)
        std::abort();
    if (const auto certificate = read_node_certificate(text, key.public_key())) {
        const auto again = issue_node_certificate(key, certificate->node, certificate->issued_at);
        if (verify_node_certificate(again, key.public_key()) != certificate) std::abort();
    }
    if (text.size() <= 1024) {
        const auto payload = verify_document(DocumentKind::snapshot,
                                             sign_document(DocumentKind::snapshot, key, text),
                                             key.public_key(), kSizeMax);
        if (!payload || *payload != text) std::abort();
    }
    return 0;
}
