// links: calm_documents
// What it costs a host to verify a CAL token, beside libsodium's Ed25519 alone on the same core:
// 10,000 tokens of one ledger, with its chain and tree head remembered (one verifier for all), and
// cold (a new verifier for each, as a program that verifies a single one). The aims are those of
// docs/performance.md, question (v).
//
//   token_verify [ROUNDS]
//
// Rounds (5) of the three alternate; a result is the median of the rounds' ratios, in the thread's
// own processor time. Exits with 1 when a token is not verified.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <sched.h>
#include <sodium.h>

#include "documents/sample_ledger.h"

namespace {

using namespace calm;

constexpr uint32_t kTokens = 10'000;

double processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void stay_on_this_core() {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(std::max(0, sched_getcpu())), &one);
    sched_setaffinity(0, sizeof one, &one);
}

std::vector<std::string> make_tokens() {
    SampleLedger ledger;
    std::vector<std::pair<uint64_t, uint64_t>> places;
    const auto name = [](uint32_t i) { return "person-" + std::to_string(i) + "@example.org"; };
    for (uint32_t i = 1; i <= kTokens; ++i) {
        CalStatement cal = SampleLedger::sample_cal();
        cal.cal = {i};
        cal.holder = {i};
        const Hash commitment = commitment_to(ledger.salt, HolderKind::user, name(i));
        const uint64_t subject = ledger.add(entry::SubjectAdded{{i}, HolderKind::user, commitment});
        places.emplace_back(subject, ledger.add(entry::CalIssued{cal}));
    }
    std::vector<std::string> tokens;
    for (uint32_t i = 1; i <= kTokens; ++i) {
        ledger.holder = name(i);
        tokens.push_back(
            encode_cal_token(ledger.parts(places[i - 1].first, places[i - 1].second)).value());
    }
    return tokens;
}

TrustAnchors anchors() {
    const SampleLedger ledger;
    return {.vendors = {ledger.vendor.public_key()}, .ledgers = {}};
}

void verify(CalTokenVerifier& verifier, const std::string& token) {
    if (verifier.verify(token, SampleLedger::kStart + days(1))) return;
    std::fprintf(stderr, "token_verify: a token is not verified\n");
    std::exit(1);
}

// Each of the three: verifications a second.
double remembered(const std::vector<std::string>& tokens) {
    CalTokenVerifier verifier(anchors());
    verify(verifier, tokens.front());
    const double begin = processor_time();
    for (const std::string& token : tokens)
        verify(verifier, token);
    return kTokens / (processor_time() - begin);
}

double cold(const std::vector<std::string>& tokens) {
    const TrustAnchors trusted = anchors();
    const double begin = processor_time();
    for (const std::string& token : tokens) {
        CalTokenVerifier verifier(trusted);
        verify(verifier, token);
    }
    return kTokens / (processor_time() - begin);
}

// Of messages as long as a tree head.
double ed25519_alone() {
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    unsigned char message[256] = {};
    unsigned char signature[crypto_sign_BYTES];
    crypto_sign_keypair(key, secret);
    crypto_sign_detached(signature, nullptr, message, sizeof message, secret);
    const double begin = processor_time();
    for (uint32_t i = 0; i < kTokens; ++i) {
        if (crypto_sign_verify_detached(signature, message, sizeof message, key) != 0) std::exit(1);
    }
    return kTokens / (processor_time() - begin);
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    if (sodium_init() < 0) return 1;
    stay_on_this_core();
    const std::vector<std::string> tokens = make_tokens();
    std::vector<double> rates[3];
    std::vector<double> ratios[2];
    for (int i = 0; i < rounds; ++i) {
        const double alone = ed25519_alone();
        const double fast = remembered(tokens);
        const double slow = cold(tokens);
        rates[0].push_back(alone);
        rates[1].push_back(fast);
        rates[2].push_back(slow);
        ratios[0].push_back(fast / alone);
        ratios[1].push_back(slow / alone);
    }
    std::printf("%u tokens of %zu characters, %d rounds\n", kTokens, tokens.back().size(), rounds);
    std::printf("libsodium's Ed25519 alone     %8.0f/s\n", median(rates[0]));
    std::printf("chain and head remembered     %8.0f/s  %6.2f x  (aim: 0.9)\n", median(rates[1]),
                median(ratios[0]));
    std::printf("cold                          %8.0f/s  %6.2f x  (aim: 0.2)\n", median(rates[2]),
                median(ratios[1]));
}
