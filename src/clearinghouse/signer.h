// Signer: the clearinghouse's key, behind a seam. Whoever issues says what is to be signed and
// never sees the key, so that a process of its own, or a device, can keep it later.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/activation.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/crypto.h"
#include "documents/key_pack.h"
#include "documents/readout.h"
#include "documents/status_list.h"
#include "documents/succession.h"
#include "documents/vendor.h"

namespace calm::clearinghouse {

class Signer {
  public:
    virtual ~Signer() = default;

    // What the vendor says of itself and of the key.
    virtual const VendorDocument& vendor() const = 0;
    virtual const ClearinghouseCertificate& certificate() const = 0;

    // Each puts the certificate's document into what it signs. Errors: those of the document.
    virtual Result<std::string> activation(Activation activation) = 0;
    virtual Result<std::string> pack(KeyPackDocument pack) = 0;
    virtual Result<std::string> status_list(StatusList list) = 0;
    virtual Result<std::string> succession(Succession succession) = 0;
    // `now`: when; the code has no room for it. Errors: `clearinghouse_expired`.
    virtual Result<std::string> activation_code(const ReadOutActivation& activation,
                                                Instant now) = 0;

    // A pack in both forms: as 28 groups, and as the armoured document that the server makes of
    // them.
    struct ReadOut {
        std::string code;
        std::string pack;
    };
    virtual Result<ReadOut> pack_code(const ReadOutPack& terms) = 0;
};

// The key in this process. `certificate` is the document; the armoured certificate and vendor
// document are read by open_signer(). Errors: `clearinghouse_malformed`, `clearinghouse_altered`,
// `clearinghouse_untrusted` (of another vendor), `clearinghouse_key_mismatch`.
Result<std::unique_ptr<Signer>> make_signer(SecretKey key, std::string certificate,
                                            VendorDocument vendor);

// Opens the sealed key under its passphrase. All three are texts of files. Errors: also
// `wrong_passphrase`, `vendor_key_malformed`, `vendor_malformed`, `vendor_altered`.
Result<std::unique_ptr<Signer>> open_signer(std::string_view sealed_key,
                                            std::string_view passphrase,
                                            std::string_view certificate, std::string_view vendor);

}  // namespace calm::clearinghouse
