// SHA-256 of bytes that come in chunks, through OpenSSL, which uses the processor's instructions
// for it.
#pragma once

#include <span>

#include <openssl/evp.h>

#include "base/assert.h"
#include "base/bytes.h"

namespace calm::store {

class RunningHash {
  public:
    RunningHash() : context_(EVP_MD_CTX_new()) {
        CALM_ASSERT(context_ != nullptr);
        CALM_ASSERT(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
    }
    RunningHash(const RunningHash&) = delete;
    RunningHash& operator=(const RunningHash&) = delete;
    ~RunningHash() { EVP_MD_CTX_free(context_); }

    void add(std::span<const uint8_t> bytes) {
        CALM_ASSERT(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
    }

    // Of what was added so far; more may be added after.
    Hash value() const {
        Hash hash;
        EVP_MD_CTX* copy = EVP_MD_CTX_new();
        CALM_ASSERT(copy != nullptr && EVP_MD_CTX_copy_ex(copy, context_) == 1);
        CALM_ASSERT(EVP_DigestFinal_ex(copy, hash.data(), nullptr) == 1);
        EVP_MD_CTX_free(copy);
        return hash;
    }

  private:
    EVP_MD_CTX* context_;
};

}  // namespace calm::store
