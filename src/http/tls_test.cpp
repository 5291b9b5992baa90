// TLS 1.3 and nothing older, with a certificate that the server made itself.
#include <filesystem>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/server.h"
#include "http/test_client.h"
#include "http/tls_certificate.h"
#include "http/tls_context.h"

namespace calm::http::testing {
namespace {

constexpr Instant kNow{1'800'000'000};

// A directory with a certificate in it.
struct Tls : ::testing::Test {
    std::string directory = ::testing::TempDir() + "calm_tls_" + std::to_string(getpid());
    std::string certificate = directory + "/server.pem";
    std::string key = directory + "/server.key";

    void SetUp() override {
        std::filesystem::create_directories(directory);
        ASSERT_TRUE(make({"license.example.org", "192.0.2.7", "2001:db8::7"}));
    }
    void TearDown() override { std::filesystem::remove_all(directory); }

    Result<> make(std::vector<std::string> names) {
        return make_self_signed({std::move(names), kNow, kNow + days(3650)}, certificate, key);
    }
};

// A TLS client over a RawClient's socket.
class TlsClient {
  public:
    TlsClient(uint16_t port, int version_max)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_max_proto_version(context_, version_max);
        ssl_ = SSL_new(context_);
        SSL_set_fd(ssl_, raw_.fd());
        connected_ = SSL_connect(ssl_) == 1;
        ERR_clear_error();
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    bool connected() const { return connected_; }
    SSL* ssl() { return ssl_; }
    void send(std::string_view bytes) {
        EXPECT_EQ(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())),
                  static_cast<int>(bytes.size()));
    }
    std::string read(size_t bytes) {
        std::string text(bytes, '\0');
        size_t have = 0;
        while (have < bytes) {
            const int got = SSL_read(ssl_, text.data() + have, static_cast<int>(bytes - have));
            if (got <= 0) break;
            have += static_cast<size_t>(got);
        }
        text.resize(have);
        return text;
    }

  private:
    RawClient raw_;
    SSL_CTX* context_;
    SSL* ssl_;
    bool connected_ = false;
};

Route tls_echo() {
    return open_route(Method::post, "/echo", [](const Request& request, Responder responder) {
        EXPECT_EQ(request.peer().transport, Peer::Transport::tls);
        responder.send(200, kPlainText, request.body);
    });
}

std::string tls_post(std::string_view body) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

TEST_F(Tls, serves_1_3_and_shows_the_pinned_certificate) {
    const TlsContext tls = TlsContext::load(certificate, key).value();
    RunningServer::Options options;
    options.tls = &tls;
    RunningServer running({tls_echo()}, options);
    TlsClient client(running.tls_port(), TLS1_3_VERSION);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(SSL_version(client.ssl()), TLS1_3_VERSION);
    X509* shown = SSL_get1_peer_certificate(client.ssl());
    Hash fingerprint{};
    X509_digest(shown, EVP_sha256(), fingerprint.data(), nullptr);
    X509_free(shown);
    EXPECT_EQ(fingerprint, tls.fingerprint());
    client.send(tls_post("hello"));
    EXPECT_EQ(client.read(17), "HTTP/1.1 200 OK\r\n");
}

TEST_F(Tls, refuses_everything_below_1_3_and_goes_on) {
    const TlsContext tls = TlsContext::load(certificate, key).value();
    RunningServer::Options options;
    options.tls = &tls;
    RunningServer running({tls_echo()}, options);
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION}) {
        EXPECT_FALSE(TlsClient(running.tls_port(), version).connected()) << version;
    }
    RawClient plain(running.tls_port());
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(plain.read_answer().status, 0);
    EXPECT_TRUE(TlsClient(running.tls_port(), TLS1_3_VERSION).connected());
}

TEST_F(Tls, a_handshake_that_does_not_come_is_cut) {
    const TlsContext tls = TlsContext::load(certificate, key).value();
    RunningServer::Options options;
    options.tls = &tls;
    options.settings.handshake_timeout = std::chrono::milliseconds(50);
    RunningServer running({tls_echo()}, options);
    RawClient silent(running.tls_port());
    silent.send("\x16\x03\x01");
    EXPECT_EQ(silent.read_to_end(), "");
}

TEST_F(Tls, large_bodies_and_bursts_pass_both_ways) {
    const TlsContext tls = TlsContext::load(certificate, key).value();
    RunningServer::Options options;
    options.tls = &tls;
    RunningServer running({tls_echo()}, options);
    TlsClient client(running.tls_port(), TLS1_3_VERSION);
    ASSERT_TRUE(client.connected());
    // More than a turn's buffer at once: what TLS still holds in memory must not be forgotten.
    std::string burst;
    for (int i = 0; i < 6; ++i)
        burst += tls_post(std::string(60'000, static_cast<char>('a' + i)));
    client.send(burst);
    for (int i = 0; i < 6; ++i) {
        std::string head;
        while (!head.ends_with("\r\n\r\n") && head.size() < 1000)
            head += client.read(1);
        ASSERT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
        EXPECT_EQ(client.read(60'000), std::string(60'000, static_cast<char>('a' + i)));
    }
}

TEST_F(Tls, the_certificate_has_the_names_and_the_key_is_private) {
    BIO* file = BIO_new_file(certificate.c_str(), "r");
    X509* x509 = PEM_read_bio_X509(file, nullptr, nullptr, nullptr);
    ASSERT_NE(x509, nullptr);
    EXPECT_EQ(X509_check_host(x509, "license.example.org", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(x509, "other.example.org", 0, 0, nullptr), 0);
    EXPECT_EQ(X509_check_ip_asc(x509, "192.0.2.7", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(x509, "2001:db8::7", 0), 1);
    EXPECT_EQ(X509_verify(x509, X509_get0_pubkey(x509)), 1);
    time_t within = kNow.seconds + 3600;
    EXPECT_LT(X509_cmp_time(X509_get0_notBefore(x509), &within), 0);
    EXPECT_GT(X509_cmp_time(X509_get0_notAfter(x509), &within), 0);
    X509_free(x509);
    BIO_free(file);
    struct stat found {};
    ASSERT_EQ(stat(key.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(Tls, files_that_exist_are_not_overwritten) {
    EXPECT_EQ(make({"x"}).error().code, "tls_certificate_unwritable");
    std::filesystem::remove(key);  // the certificate is still there
    EXPECT_EQ(make({"x"}).error().code, "tls_certificate_unwritable");
    EXPECT_FALSE(std::filesystem::exists(key));
}

TEST_F(Tls, only_names_and_addresses_stand_in_a_certificate) {
    for (const char* name : {"", "a b", "x,IP:1.2.3.4", "é.example", "a/b", ".x", "a\nb"}) {
        EXPECT_EQ(make({name}).error().code, "bad_certificate_name") << name;
    }
    EXPECT_EQ(make({}).error().code, "bad_certificate_name");
}

TEST_F(Tls, files_that_do_not_serve_are_told_apart) {
    EXPECT_EQ(TlsContext::load(directory + "/none", key).error().code,
              "tls_certificate_unreadable");
    EXPECT_EQ(TlsContext::load(certificate, directory + "/none").error().code,
              "tls_key_unreadable");
    EXPECT_EQ(TlsContext::load(key, key).error().code, "tls_certificate_unreadable");
    const std::string other_key = directory + "/other.key";
    ASSERT_TRUE(
        make_self_signed({{"x"}, kNow, kNow + days(1)}, directory + "/other.pem", other_key));
    EXPECT_EQ(TlsContext::load(certificate, other_key).error().code, "tls_key_mismatch");
}

}  // namespace
}  // namespace calm::http::testing
