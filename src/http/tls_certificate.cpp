// X.509 through OpenSSL.
#include "http/tls_certificate.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/assert.h"

namespace calm::http {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

bool is_address(const std::string& name) {
    in6_addr any{};
    return inet_pton(AF_INET, name.c_str(), &any) == 1 ||
           inet_pton(AF_INET6, name.c_str(), &any) == 1;
}

// Letters, digits, dots, hyphens (and a leading "*."): nothing that could break out of the
// extension's text.
bool is_host_name(const std::string& name) {
    return !name.empty() && name.size() <= 253 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '*';
           });
}

Result<std::string> alternative_names(const std::vector<std::string>& names) {
    if (names.empty()) return fail("bad_certificate_name", "a certificate needs a name");
    std::string text;
    for (const std::string& name : names) {
        if (!is_address(name) && !is_host_name(name)) {
            return fail("bad_certificate_name",
                        "`" + name + "` is neither a host name nor an address");
        }
        if (!text.empty()) text += ',';
        text += (is_address(name) ? "IP:" : "DNS:") + name;
    }
    return text;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    CALM_ASSERT(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_random_serial(X509* certificate) {
    unsigned char bytes[16];
    CALM_ASSERT(RAND_bytes(bytes, sizeof bytes) == 1);
    bytes[0] =
        static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, and always 16 bytes
    BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
    CALM_ASSERT(number != nullptr &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr);
    BN_free(number);
}

Certificate sign(const SelfSignedCertificate& wanted, const std::string& names, EVP_PKEY* key) {
    Certificate certificate(X509_new());
    CALM_ASSERT(certificate != nullptr);
    X509* x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    set_random_serial(x509);
    CALM_ASSERT(ASN1_TIME_set(X509_getm_notBefore(x509), wanted.valid_from.seconds) != nullptr);
    CALM_ASSERT(ASN1_TIME_set(X509_getm_notAfter(x509), wanted.valid_until.seconds) != nullptr);
    const std::string& subject = wanted.names.front();
    X509_NAME* name = X509_get_subject_name(x509);
    // A common name holds 64 characters; programs look at the alternative names anyway.
    CALM_ASSERT(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                           reinterpret_cast<const unsigned char*>(subject.data()),
                                           static_cast<int>(std::min<size_t>(subject.size(), 64)),
                                           -1, 0) == 1);
    CALM_ASSERT(X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1);
    add_extension(x509, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(x509, NID_key_usage, "critical,digitalSignature");
    add_extension(x509, NID_ext_key_usage, "serverAuth");
    add_extension(x509, NID_subject_alt_name, names);
    CALM_ASSERT(X509_sign(x509, key, EVP_sha256()) != 0);
    return certificate;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return {data, static_cast<size_t>(length)};
}

// A new file with these permissions from its first moment, on disk when this returns.
Result<> write_new_file(const std::string& path, const std::string& text, mode_t mode) {
    const auto failed = [&] {
        return fail("tls_certificate_unwritable",
                    "`" + path + "`: " + std::generic_category().message(errno));
    };
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) return failed();
    const bool written =
        write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
    auto error = failed();
    close(fd);
    if (written) return {};
    unlink(path.c_str());
    return error;
}

}  // namespace

Result<> make_self_signed(const SelfSignedCertificate& wanted, const std::string& certificate_file,
                          const std::string& key_file) {
    CALM_TRY_ASSIGN(const std::string names, alternative_names(wanted.names));
    const Key key(EVP_EC_gen("P-256"));
    CALM_ASSERT(key != nullptr);
    const Certificate certificate = sign(wanted, names, key.get());

    const Bio certificate_text(BIO_new(BIO_s_mem()));
    const Bio key_text(BIO_new(BIO_s_mem()));
    CALM_ASSERT(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
    CALM_ASSERT(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                         nullptr) == 1);
    CALM_TRY(write_new_file(key_file, text_of(key_text.get()), 0600));
    if (Result<> written = write_new_file(certificate_file, text_of(certificate_text.get()), 0644);
        !written) {
        unlink(key_file.c_str());  // a key without its certificate would stop the next try
        return written;
    }
    return {};
}

}  // namespace calm::http
