// A snapshot that was damaged anywhere is refused, or read as a state that is one: nothing that
// gets through makes an index wrong or a number lead nowhere.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "core/invariants.h"
#include "core/state_test_kit.h"
#include "core/warnings.h"

namespace calm {
namespace {

using test::read_back;
using test::WholeLedger;

struct Fate {
    bool refused = false;
    bool same = false;   // it writes the damaged bytes again
    bool named = false;  // broken_invariant() says what is wrong
};

// Everything that looks at all of a ledger.
void look_around(const Ledger& ledger) {
    const Instant now = ledger.time();
    warnings(ledger, {}, now);
    ledger.withdrawn(now);
    ledger.due(now + days(100), 1000);
    for (uint32_t host = 1; host <= ledger.hosts().size(); ++host) {
        for (uint32_t subject = 1; subject <= ledger.subject_count(); ++subject) {
            AdmissionRequest request;
            request.host = {host};
            request.product = "ts-2022";
            const bool user = ledger.subject({subject}).kind == HolderKind::user;
            (user ? request.user : request.device) = test::Kit::known({subject});
            if (ledger.subject({subject}).kind != HolderKind::station)
                static_cast<void>(decide(ledger, request, now));
        }
    }
}

Fate fate_of(const std::string& bytes) {
    Ledger ledger;
    const auto read = read_back(ledger, bytes);
    if (!read) {
        EXPECT_EQ(read.error().code, "snapshot_malformed");
        return {.refused = true};
    }
    std::string again;
    ledger.write_state([&](std::span<const uint8_t> part) { again += as_text(part); });
    // Truth values are written as 0 or 1, and what is over is left out; then it stays as it is.
    if (again != bytes) {
        EXPECT_EQ(test::state_read_from(again), again);
    }
    look_around(ledger);
    return {.same = again == bytes, .named = broken_invariant(ledger, ledger.time()).has_value()};
}

class ADamagedSnapshot : public testing::Test {
  protected:
    WholeLedger kit;
    std::string bytes = kit.bytes();
};

TEST_F(ADamagedSnapshot, IsMadeOfOneThatIsSound) {
    const Fate fate = fate_of(bytes);
    EXPECT_TRUE(fate.same);
    EXPECT_FALSE(fate.named);
    EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
}

TEST_F(ADamagedSnapshot, IsRefusedOrAStateWhicheverByteIsWrong) {
    size_t refused = 0;
    size_t same = 0;
    size_t named = 0;
    for (size_t at = 0; at < bytes.size(); ++at) {
        SCOPED_TRACE(at);
        std::string wrong = bytes;
        for (const uint8_t flip : {at % 2 == 0 ? 0x01 : 0x80, 0xFF}) {
            wrong[at] = static_cast<char>(bytes[at] ^ flip);
            const Fate fate = fate_of(wrong);
            refused += fate.refused ? 1 : 0;
            same += fate.same ? 1 : 0;
            named += fate.named ? 1 : 0;
        }
    }
    // Most of a state is counts, numbers, dates and codes, which do not bear it; keys and numbers
    // of rules do.
    EXPECT_GT(refused, bytes.size() / 2);
    EXPECT_GT(same, bytes.size() / 2);
    EXPECT_GT(named, 0u);
    EXPECT_GT(refused + same, bytes.size() * 2 * 9 / 10);
}

TEST_F(ADamagedSnapshot, IsRefusedOrAStateWhateverNumberIsTooLarge) {
    constexpr std::array<size_t, 3> kWidths{4, 8, 2};
    for (size_t at = 0; at + 8 <= bytes.size(); ++at) {
        SCOPED_TRACE(at);
        const size_t width = kWidths[at % kWidths.size()];
        std::string wrong = bytes;
        for (size_t i = 0; i < width; ++i)
            wrong[at + i] = static_cast<char>(i + 1 == width ? 0x7F : 0xFF);
        fate_of(wrong);
    }
}

TEST_F(ADamagedSnapshot, IsRefusedWhereverItEnds) {
    for (size_t size = 0; size < bytes.size(); ++size) {
        Ledger ledger;
        const auto read = read_back(ledger, std::string_view(bytes).substr(0, size));
        ASSERT_FALSE(read.has_value()) << size;
        EXPECT_EQ(read.error().code, "snapshot_malformed");
    }
}

TEST_F(ADamagedSnapshot, IsRefusedOrAStateWhicheverNeighboursChangePlaces) {
    for (const size_t width : {4, 8, 12, 16, 20, 32}) {
        for (size_t at = 0; at + 2 * width <= bytes.size(); at += width / 2) {
            SCOPED_TRACE(at);
            std::string wrong = bytes;
            std::swap_ranges(wrong.begin() + static_cast<ptrdiff_t>(at),
                             wrong.begin() + static_cast<ptrdiff_t>(at + width),
                             wrong.begin() + static_cast<ptrdiff_t>(at + width));
            if (wrong != bytes) fate_of(wrong);
        }
    }
}

}  // namespace
}  // namespace calm
