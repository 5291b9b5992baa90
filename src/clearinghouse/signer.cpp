// The key in memory.
#include "clearinghouse/signer.h"

#include "documents/armour.h"

namespace calm::clearinghouse {
namespace {

class LocalSigner final : public Signer {
  public:
    LocalSigner(SecretKey key, std::string document, ClearinghouseCertificate certificate,
                VendorDocument vendor)
        : key_(std::move(key)),
          document_(std::move(document)),
          certificate_(std::move(certificate)),
          vendor_(std::move(vendor)) {}

    const VendorDocument& vendor() const override { return vendor_; }
    const ClearinghouseCertificate& certificate() const override { return certificate_; }

    Result<std::string> activation(Activation activation) override {
        activation.clearinghouse = document_;
        return sign_activation(activation, key_);
    }
    Result<std::string> pack(KeyPackDocument pack) override {
        pack.vendor = vendor_.name;
        pack.clearinghouse = document_;
        return issue_key_pack(std::move(pack), key_);
    }
    Result<std::string> status_list(StatusList list) override {
        list.clearinghouse = document_;
        return sign_status_list(list, key_);
    }
    Result<std::string> succession(Succession succession) override {
        succession.clearinghouse = document_;
        return sign_succession(succession, key_);
    }
    Result<std::string> activation_code(const ReadOutActivation& activation, Instant now) override {
        // The code does not say when it was made.
        CALM_TRY(check_signing_time(certificate_, now));
        return read_out_activation(activation, key_);
    }
    Result<ReadOut> pack_code(const ReadOutPack& terms) override {
        CALM_TRY_ASSIGN(std::string code, read_out_pack(terms, vendor_.name, document_, key_));
        CALM_TRY_ASSIGN(std::string pack, read_pack_code(code, terms, vendor_.name, document_));
        return ReadOut{std::move(code), std::move(pack)};
    }

  private:
    SecretKey key_;
    std::string document_;
    ClearinghouseCertificate certificate_;
    VendorDocument vendor_;
};

}  // namespace

Result<std::unique_ptr<Signer>> make_signer(SecretKey key, std::string certificate,
                                            VendorDocument vendor) {
    CALM_TRY_ASSIGN(ClearinghouseCertificate read, read_clearinghouse(certificate));
    if (read.vendor != vendor.key) {
        return fail("clearinghouse_untrusted",
                    "the certificate is of a vendor with the key " + fingerprint(read.vendor));
    }
    if (read.key != key.public_key())
        return fail("clearinghouse_key_mismatch", "the certificate is of another key");
    return std::make_unique<LocalSigner>(std::move(key), std::move(certificate), std::move(read),
                                         std::move(vendor));
}

Result<std::unique_ptr<Signer>> open_signer(std::string_view sealed_key,
                                            std::string_view passphrase,
                                            std::string_view certificate, std::string_view vendor) {
    CALM_TRY_ASSIGN(VendorDocument document, read_vendor(vendor));
    auto body = unarmour(kClearinghouseLabel, certificate);
    if (!body) return fail("clearinghouse_malformed", body.error().detail);
    CALM_TRY_ASSIGN(SecretKey key, open_vendor_key(sealed_key, passphrase));
    return make_signer(std::move(key), std::move(*body), std::move(document));
}

}  // namespace calm::clearinghouse
