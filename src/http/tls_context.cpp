// OpenSSL's server context, once.
#include "http/tls_context.h"

#include <ctime>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/assert.h"

namespace calm::http {
namespace {

// Only HTTP/1.1 is spoken here; a client that insists on something else is refused in the
// handshake.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
    static constexpr unsigned char kProtocols[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_length, kProtocols, sizeof kProtocols - 1, offered,
                              offered_length) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

SSL_CTX* make_context() {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    CALM_ASSERT(context != nullptr);
    CALM_ASSERT(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    // Sessions live in tickets that the client keeps; the server remembers none.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    return context;
}

std::string reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "not readable" : text;
}

}  // namespace

Result<TlsContext> TlsContext::load(const std::string& certificate_file,
                                    const std::string& key_file) {
    TlsContext tls(make_context(), {});
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(tls.context_, certificate_file.c_str()) != 1) {
        return fail("tls_certificate_unreadable", "`" + certificate_file + "`: " + reason());
    }
    if (SSL_CTX_use_PrivateKey_file(tls.context_, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        // OpenSSL compares the two as soon as it has both.
        const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                              ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
        if (mismatch) return fail("tls_key_mismatch", "`" + key_file + "` is another key");
        return fail("tls_key_unreadable", "`" + key_file + "`: " + reason());
    }
    unsigned int length = 0;
    CALM_ASSERT(X509_digest(SSL_CTX_get0_certificate(tls.context_), EVP_sha256(),
                            tls.fingerprint_.data(), &length) == 1);
    return tls;
}

Instant TlsContext::valid_until() const {
    struct tm end {};
    const X509* const certificate = SSL_CTX_get0_certificate(context_);
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
    return {timegm(&end)};
}

TlsContext::TlsContext(TlsContext&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)), fingerprint_(other.fingerprint_) {}

TlsContext& TlsContext::operator=(TlsContext&& other) noexcept {
    std::swap(context_, other.context_);
    fingerprint_ = other.fingerprint_;
    return *this;
}

TlsContext::~TlsContext() {
    SSL_CTX_free(context_);
}

}  // namespace calm::http
