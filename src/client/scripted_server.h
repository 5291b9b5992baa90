// A server for tests of the client: it listens on loopback or on a socket and gives each request
// the answer that the test wrote, byte for byte, so that broken servers can be shown too. Included
// by tests only. One connection at a time.
#pragma once

#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/bytes.h"

namespace calm::test {

// A self-made certificate for localhost and its key.
struct TestCertificate {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};

    TestCertificate() {
        X509* const x = certificate.get();
        X509_set_version(x, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
        X509_gmtime_adj(X509_getm_notBefore(x), -3600);
        X509_gmtime_adj(X509_getm_notAfter(x), 3600);
        X509_set_pubkey(x, key.get());
        X509_NAME* const name = X509_get_subject_name(x);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(x, name);
        X509_EXTENSION* const names =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
        X509_add_ext(x, names, -1);
        X509_EXTENSION_free(names);
        CALM_ASSERT(X509_sign(x, key.get(), EVP_sha256()) > 0);
    }

    Hash fingerprint() const {
        Hash hash{};
        unsigned int length = 0;
        X509_digest(certificate.get(), EVP_sha256(), hash.data(), &length);
        return hash;
    }

    std::string pem() const {
        std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_X509(out.get(), certificate.get());
        char* text = nullptr;
        const long size = BIO_get_mem_data(out.get(), &text);
        return {text, static_cast<size_t>(size)};
    }
};

class ScriptedServer {
  public:
    enum class Transport { tcp, tls, unix_socket };

    // Answers nothing until the client goes away.
    static constexpr const char* kHang = "hang";

    explicit ScriptedServer(Transport transport, const std::string& socket_path = {}) {
        CALM_ASSERT(pipe(stop_) == 0);
        const bool local = transport == Transport::unix_socket;
        listener_ = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (local) {
            sockaddr_un address{.sun_family = AF_UNIX};
            CALM_ASSERT(socket_path.size() < sizeof(address.sun_path));
            socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
            CALM_ASSERT(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) ==
                        0);
        } else {
            sockaddr_in address{.sin_family = AF_INET};
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            socklen_t size = sizeof(address);
            CALM_ASSERT(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
            CALM_ASSERT(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
            port_ = ntohs(address.sin_port);
        }
        CALM_ASSERT(listen(listener_, 8) == 0);
        if (transport == Transport::tls) {
            tls_ = SSL_CTX_new(TLS_server_method());
            SSL_CTX_use_certificate(tls_, certificate.certificate.get());
            SSL_CTX_use_PrivateKey(tls_, certificate.key.get());
        }
        thread_ = std::thread([this] { serve(); });
    }

    ~ScriptedServer() {
        close(stop_[1]);
        thread_.join();
        close(stop_[0]);
        close(listener_);
        SSL_CTX_free(tls_);
    }

    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    // The next request gets this; with nothing left the connection is closed without an answer.
    void will_answer(std::string raw, bool then_hang_up = false) {
        const std::scoped_lock lock(mutex_);
        answers_.push_back({std::move(raw), then_hang_up});
    }

    // Head and body of each, as they came.
    std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }

    size_t connections() const { return connections_; }
    int port() const { return port_; }

    TestCertificate certificate;

  private:
    struct Answer {
        std::string raw;
        bool then_hang_up = false;
    };

    bool readable(int fd) const {
        pollfd both[2] = {{fd, POLLIN, 0}, {stop_[0], POLLIN | POLLHUP, 0}};
        return poll(both, 2, -1) > 0 && both[1].revents == 0;
    }

    void serve() {
        while (readable(listener_)) {
            const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            ++connections_;
            SSL* const tls = tls_ == nullptr ? nullptr : SSL_new(tls_);
            if (tls != nullptr) SSL_set_fd(tls, connection);
            if (tls == nullptr || SSL_accept(tls) == 1) serve_connection(connection, tls);
            SSL_free(tls);
            close(connection);
        }
    }

    void serve_connection(int connection, SSL* tls) {
        std::string bytes;
        while (true) {
            const size_t size = request_size(bytes);
            if (size > 0) {
                if (!answer(connection, tls, bytes.substr(0, size))) return;
                bytes.erase(0, size);
                continue;
            }
            char piece[4096];
            if ((tls == nullptr || SSL_pending(tls) == 0) && !readable(connection)) return;
            const long got = tls == nullptr ? read(connection, piece, sizeof(piece))
                                            : SSL_read(tls, piece, sizeof(piece));
            if (got <= 0) return;
            bytes.append(piece, static_cast<size_t>(got));
        }
    }

    // Zero: not whole yet.
    static size_t request_size(const std::string& bytes) {
        const size_t head = bytes.find("\r\n\r\n");
        if (head == std::string::npos) return 0;
        const size_t length = bytes.find("Content-Length: ");
        const size_t body =
            length < head ? std::strtoul(bytes.c_str() + length + 16, nullptr, 10) : 0;
        return bytes.size() >= head + 4 + body ? head + 4 + body : 0;
    }

    bool answer(int connection, SSL* tls, std::string request) {
        Answer next;
        {
            const std::scoped_lock lock(mutex_);
            requests_.push_back(std::move(request));
            if (answers_.empty()) return false;
            next = std::move(answers_.front());
            answers_.pop_front();
        }
        if (next.raw == kHang) {
            readable(connection);
            return false;
        }
        const auto size = static_cast<int>(next.raw.size());
        const bool sent = tls != nullptr ? SSL_write(tls, next.raw.data(), size) == size
                                         : send(connection, next.raw.data(), next.raw.size(),
                                                MSG_NOSIGNAL) == size;
        return sent && !next.then_hang_up;
    }

    int listener_ = -1;
    int port_ = 0;
    int stop_[2] = {-1, -1};
    SSL_CTX* tls_ = nullptr;
    mutable std::mutex mutex_;
    std::deque<Answer> answers_;
    std::vector<std::string> requests_;
    std::atomic<size_t> connections_ = 0;
    std::thread thread_;
};

inline std::string http_answer(int status, const std::string& body,
                               const std::string& headers = {}) {
    return "HTTP/1.1 " + std::to_string(status) +
           " -\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
           body;
}

}  // namespace calm::test
