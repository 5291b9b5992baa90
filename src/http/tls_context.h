// TLS 1.3, and nothing older, with one certificate: what a listener needs to serve TLS.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"

struct ssl_ctx_st;

namespace calm::http {

class TlsContext {
  public:
    // Reads the certificate chain and its private key (PEM). Errors: `tls_certificate_unreadable`,
    // `tls_key_unreadable`, `tls_key_mismatch`.
    static Result<TlsContext> load(const std::string& certificate_file,
                                   const std::string& key_file);

    TlsContext(TlsContext&& other) noexcept;
    TlsContext& operator=(TlsContext&& other) noexcept;
    ~TlsContext();

    // SHA-256 of the certificate (DER): what hosts and the command line pin.
    const Hash& fingerprint() const { return fingerprint_; }

    // When the certificate ends.
    Instant valid_until() const;

    ssl_ctx_st* native() const { return context_; }

  private:
    TlsContext(ssl_ctx_st* context, const Hash& fingerprint)
        : context_(context), fingerprint_(fingerprint) {}

    ssl_ctx_st* context_ = nullptr;
    Hash fingerprint_{};
};

}  // namespace calm::http
