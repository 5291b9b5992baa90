// One line for each entry, one entry for each line, and nothing between.
#include "documents/entry_codec.h"

#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/ledger_id.h"

namespace calm {
namespace {

// Everything below is drawn by hand and not from the codec's own description of the fields: a field
// that the codec forgot must show.
template <class T>
T any() {
    if constexpr (std::is_same_v<T, Instant>) {
        return {*rc::gen::inRange<int64_t>(0, kInstantMax.seconds + 1)};
    } else if constexpr (std::is_enum_v<T>) {
        const auto& names = NamesOf<T>::value;
        return names[*rc::gen::inRange<size_t>(0, names.size())].first;
    } else {
        return *rc::gen::arbitrary<T>();
    }
}

template <size_t N>
std::array<uint8_t, N> any_bytes() {
    return *rc::gen::container<std::array<uint8_t, N>>(rc::gen::arbitrary<uint8_t>());
}

template <class IdType>
IdType any_id() {
    return {*rc::gen::inRange<uint32_t>(1, UINT32_MAX)};
}

std::string any_code() {
    return *rc::gen::element<std::string>("sql-2012", "a", "terminal-services-2022", "x.y_z-1",
                                          std::string(64, '9'));
}

std::vector<std::string> any_codes() {
    std::vector<std::string> codes(*rc::gen::inRange<size_t>(0, 5));
    std::ranges::generate(codes, any_code);
    return codes;
}

PackKinds any_kinds() {
    PackKinds kinds;
    for (const auto& [kind, name] : NamesOf<PackKind>::value) {
        if (any<bool>()) kinds.add(kind);
    }
    return kinds;
}

PackSizes any_sizes() {
    PackSizes sizes{};
    uint32_t last = 0;
    for (uint32_t& size : sizes) {
        if (any<bool>()) break;
        size = last += *rc::gen::inRange<uint32_t>(1, 10'000'000);
    }
    return sizes;
}

Product any_product() {
    return {.code = any_code(),
            .family = any_code(),
            .version = any<uint16_t>(),
            .bases = any_codes(),
            .released = any<bool>() ? std::optional(any<Instant>()) : std::nullopt,
            .rules = {.requirement = any<CalRequirement>(),
                      .overuse = any<OverUse>(),
                      .temporary_days = any<uint16_t>(),
                      .user_days = any<uint16_t>(),
                      .device_days_min = any<uint16_t>(),
                      .device_days_max = any<uint16_t>(),
                      .renewal_days = any<uint16_t>(),
                      .initial_grace_days = any<uint16_t>(),
                      .outage_days = any<uint16_t>(),
                      .revoke_percent = any<uint8_t>(),
                      .reassign_days = any<uint16_t>(),
                      .prevent_upgrade = any<bool>(),
                      .grace_ends_with_first_cal = any<bool>(),
                      .cal_for_servers = any<bool>(),
                      .cal_for_web = any<bool>(),
                      .cal_for_hpc = any<bool>(),
                      .cal_for_anonymous = any<bool>(),
                      .server_license = any<bool>(),
                      .cores_min = any<uint8_t>(),
                      .core_pack = any<uint8_t>(),
                      .cals_max = any<uint32_t>(),
                      .cal_pack = any<uint8_t>(),
                      .cals_included = any<uint16_t>(),
                      .lease_minutes = any<uint16_t>(),
                      .linger_minutes = any<uint16_t>(),
                      .queue_minutes = any<uint16_t>(),
                      .queue_max = any<uint16_t>(),
                      .borrow_days_max = any<uint16_t>(),
                      .administrators_max = any<uint16_t>(),
                      .pack_kinds = any_kinds(),
                      .cal_pack_sizes = any_sizes()}};
}

CalStatement any_cal() {
    return {.cal = any_id<CalId>(),
            .holder = any_id<SubjectId>(),
            .kind = any<PackKind>(),
            .product = any_code(),
            .pack = {any<uint32_t>()},
            .state = any<CalState>(),
            .overuse = any<bool>(),
            .validated = any<bool>(),
            .converted = any<bool>(),
            .issued_at = any<Instant>(),
            .expires_at = any<Instant>(),
            .host = {any<uint32_t>()},
            .of = {any<uint32_t>()},
            .lease = any<bool>(),
            .borrowed = any<bool>()};
}

std::string any_server_id() {
    return to_string(ledger_id_of(PublicKey{any_bytes<32>()}));
}

entry::PackInstalled any_pack() {
    return {.pack = any_id<PackId>(),
            .document = any_bytes<16>(),
            .product = any_code(),
            .kind = any<PackKind>(),
            .quantity = any<uint32_t>(),
            .channel = any<Channel>(),
            .declared = any<bool>(),
            .vendor = any<bool>() ? any_bytes<32>() : KeyBytes{},
            .not_before = any<Instant>(),
            .expires_at = any<bool>() ? std::optional(any<Instant>()) : std::nullopt,
            .also = any_codes(),
            .metric = any<PackMetric>(),
            .overdraft = any<uint32_t>(),
            .maintained_until = any<bool>() ? std::optional(any<Instant>()) : std::nullopt,
            .agreement = any<bool>()
                             ? std::optional(Agreement{any<AgreementProgram>(), "1234567-A"})
                             : std::nullopt,
            .included_with = any<bool>() ? any_id<PackId>() : PackId{},
            .moved_from = any<bool>()
                              ? std::optional(entry::PackOrigin{any_server_id(), any<PackSource>(),
                                                                any<uint32_t>(), any<uint32_t>()})
                              : std::nullopt,
            .activation = any<bool>(),
            .renewal = any<bool>() ? any<uint32_t>() : 0};
}

EntryBody any_word_of_a_vendor(size_t kind) {
    switch (kind) {
        case 46:
            return entry::PackRenewed{any_id<PackId>(), any<uint32_t>(),
                                      any<bool>() ? std::optional(any<Instant>()) : std::nullopt,
                                      any<bool>() ? std::optional(any<Instant>()) : std::nullopt};
        case 47: return entry::ServerActivated{any_bytes<32>(), any<uint32_t>(), any<Instant>()};
        case 48: return entry::ServerDeactivated{any_bytes<32>()};
        case 49: return entry::PackRevoked{any_bytes<32>(), any_bytes<16>()};
        case 50: return entry::SecondFactorRemoved{any_bytes<32>()};
        default: return entry::StatusListTaken{any_bytes<32>(), any<uint32_t>()};
    }
}

entry::CalRevoked any_revocation() {
    return {any_id<CalId>(), any<bool>() ? RevocationReason{} : any<RevocationReason>()};
}

EntryBody any_body(size_t kind) {
    if (kind > 45) return any_word_of_a_vendor(kind);
    switch (kind) {
        case 0: return entry::LedgerCreated{any_bytes<32>()};
        case 1: return entry::NodeAdded{any_bytes<32>(), "v4.public.AbC-_9." + any_code()};
        case 2: return entry::EpochStarted{any<uint32_t>()};
        case 3: return entry::ClockAccepted{};
        case 4: return entry::VendorTrusted{any_bytes<32>()};
        case 5: return entry::ProductSet{any_product()};
        case 6:
            return entry::PolicySet{{any<LicensingMode>(), any<uint16_t>(), any<uint16_t>(),
                                     any<bool>() ? std::optional(any<uint16_t>()) : std::nullopt,
                                     any<bool>() ? std::optional(any<uint16_t>()) : std::nullopt}};
        case 7: return any_pack();
        case 8: return entry::PackRemoved{any_id<PackId>()};
        case 9:
            return entry::HostEnrolled{any_id<HostId>(),     any_bytes<32>(), any_bytes<32>(),
                                       any<LicensingMode>(), any<PackKind>(), any<Instant>()};
        case 10:
            return entry::HostSet{any_id<HostId>(), any<LicensingMode>(), any<PackKind>(),
                                  any<bool>(),      any<uint16_t>(),      any<uint16_t>(),
                                  any_codes()};
        case 11: return entry::HostGraceEnded{any_id<HostId>()};
        case 12: return entry::HostRemoved{any_id<HostId>()};
        case 13:
            return entry::SubjectAdded{any_id<SubjectId>(), any<HolderKind>(), any_bytes<32>()};
        case 14:
            return entry::SubjectErased{any_id<SubjectId>(),
                                        any<bool>() ? any<ErasureReason>() : ErasureReason{}};
        case 15: return entry::CalIssued{any_cal()};
        case 16: return entry::CalValidated{any_cal()};
        case 17: return entry::CalRenewed{any_cal()};
        case 18: return entry::CalMoved{any_cal()};
        case 19: return entry::CalExpired{any_id<CalId>()};
        case 20: return any_revocation();
        case 21: return entry::CalReturned{any_id<CalId>(), any<ReturnReason>()};
        case 22: return entry::PackConverted{any_id<PackId>(), any_id<PackId>(), any<uint32_t>()};
        case 23:
            return entry::StationSet{any_id<SubjectId>(), any_id<HostId>(), any<StationKind>(),
                                     any<bool>() ? any_id<SubjectId>() : SubjectId{}};
        case 24: return entry::StationRemoved{any_id<SubjectId>()};
        case 25: return entry::HostReasserted{any_id<HostId>()};
        case 26: return entry::CalReasserted{any_cal(), any<uint32_t>(), any<uint64_t>()};
        case 27: return entry::HostLicensed{any_id<HostId>(), any_id<PackId>(), any<uint32_t>()};
        case 28: return entry::HostUnlicensed{any_id<HostId>(), any_id<PackId>()};
        case 29: return entry::InstallationClaimed{any_id<PackId>(), any_id<SubjectId>()};
        case 30:
            return entry::InstallationMoved{any_id<PackId>(), any_id<SubjectId>(),
                                            any_id<SubjectId>()};
        case 31: return entry::InstallationReleased{any_id<PackId>(), any_id<SubjectId>()};
        case 32: return entry::CalLent{any_cal(), any<LoanReason>()};
        case 33: return entry::DevicesMerged{any_id<SubjectId>(), any_id<SubjectId>()};
        case 34: return entry::DeviceSeparated{any_id<SubjectId>()};
        case 35: return entry::DeviceDoubted{any_id<SubjectId>(), any_id<SubjectId>()};
        case 36: return entry::DeviceAccepted{any_id<SubjectId>()};
        case 37: return entry::SeatLeft{any_cal()};
        case 38: return entry::PackAssigned{any_id<PackId>(), {any<uint32_t>()}};
        case 39:
            return entry::QueueJoined{any_id<SubjectId>(), any<PackKind>(), any_code(),
                                      any<Instant>()};
        case 40: return entry::QueueLeft{any_id<SubjectId>(), any<PackKind>(), any_code()};
        case 41: return entry::SeatBorrowed{any_cal()};
        case 42: return entry::GroupJoined{any_code(), any_id<SubjectId>()};
        case 43: return entry::GroupLeft{any_code(), any_id<SubjectId>()};
        case 44: return entry::SeatsReserved{any_id<PackId>(), any_code(), any<uint32_t>()};
        case 45: return entry::PackMoved{any_id<PackId>(), any_server_id()};
        default: return entry::ClockAccepted{};
    }
}
constexpr size_t kKinds = 52;
static_assert(std::variant_size_v<AnyEntry> == kKinds);

LedgerEntry any_entry(size_t kind) {
    LedgerEntry entry{.sequence = *rc::gen::inRange<uint64_t>(0, kSequenceMax + 1),
                      .at = any<Instant>(),
                      .body = any_body(kind)};
    if (any<bool>()) {
        entry.request = {{any_bytes<16>()}, any<uint64_t>(), any<Reason>()};
    }
    return entry;
}

// One fixed entry, as docs/internals/ledger_log.md shows it.
LedgerEntry the_example() {
    const RequestId request{*array_from_hex<16>("3f9a10c45b774e0d8a216cee1954b208")};
    return {.sequence = 7,
            .at = {1'795'285'461},
            .request = RequestMark{request, 0xd1ce5eed00c0ffee, Reason::cal_issued},
            .body = entry::CalIssued{{.cal = {1},
                                      .holder = {1},
                                      .kind = PackKind::per_user,
                                      .product = "sql-2012",
                                      .pack = {1},
                                      .state = CalState::active,
                                      .issued_at = {1'795'285'461},
                                      .expires_at = {1'800'469'461},
                                      .host = {1}}}};
}
constexpr std::string_view kExampleLine =
    R"({"v":1,"seq":7,"at":"2026-11-21T18:24:21Z","entry":"cal_issued",)"
    R"("request":"3f9a10c45b774e0d8a216cee1954b208","content":"d1ce5eed00c0ffee","reason":"cal_issued",)"
    R"("cal":1,"holder":1,"kind":"per_user","product":"sql-2012","pack":1,"state":"active",)"
    R"("issued_at":"2026-11-21T18:24:21Z","expires_at":"2027-01-20T18:24:21Z","host":1})";

TEST(EntryCodec, the_line_of_a_known_entry) {
    EXPECT_EQ(encode_entry(the_example()), kExampleLine);
    EXPECT_EQ(decode_entry(kExampleLine), the_example());
}

TEST(EntryCodec, empty_fields_are_left_out) {
    LedgerEntry entry{.sequence = 0, .at = {0}, .body = entry::CalRevoked{{5}, {}}};
    EXPECT_EQ(encode_entry(entry),
              R"({"v":1,"seq":0,"at":"1970-01-01T00:00:00Z","entry":"cal_revoked","cal":5})");
    entry.body = entry::ClockAccepted{};
    EXPECT_EQ(encode_entry(entry),
              R"({"v":1,"seq":0,"at":"1970-01-01T00:00:00Z","entry":"clock_accepted"})");
}

RC_GTEST_PROP(EntryCodec, every_kind_of_entry_is_read_back, ()) {
    for (size_t kind = 0; kind < kKinds; ++kind) {
        const LedgerEntry entry = any_entry(kind);
        const std::string line = encode_entry(entry);
        const auto decoded = decode_entry(line);
        RC_ASSERT((decoded == entry));
        RC_ASSERT(line.size() <= kEntryLineMax);
        RC_ASSERT(line.find('\n') == std::string::npos);
    }
}

// Logs from before somebody had to say why, and from before products said how they are sold.
TEST(EntryCodec, older_lines_are_read) {
    const auto revoked = decode_entry(
        R"({"v":1,"seq":0,"at":"1970-01-01T00:00:00Z","entry":"cal_revoked","cal":5})");
    ASSERT_TRUE(revoked.has_value());
    EXPECT_EQ(std::get<entry::CalRevoked>(revoked->body).why, RevocationReason{});
    const std::string older =
        R"({"v":1,"seq":3,"at":"2026-11-21T18:24:21Z","entry":"product_set",)"
        R"("product":"sql-2012","family":"sql","version":2012,"requirement":"activated",)"
        R"("overuse":"admit","temporary_days":90,"user_days":60,"device_days_min":52,)"
        R"("device_days_max":89,"renewal_days":7,"initial_grace_days":120,"outage_days":7,)"
        R"("revoke_percent":20,"prevent_upgrade":false,"grace_ends_with_first_cal":false,)"
        R"("reassign_days":90,"cal_pack":5)";
    const auto product = decode_entry(older + "}");
    ASSERT_TRUE(product.has_value());
    EXPECT_EQ(std::get<entry::ProductSet>(product->body).product.rules,
              ProductRules{.cal_pack = 5});
    const std::string newer = older + R"(,"administrators_max":3,"pack_kinds":["server","core"],)" +
                              R"("cal_pack_sizes":[5,20]})";
    const auto stated = decode_entry(newer);
    ASSERT_TRUE(stated.has_value());
    EXPECT_EQ(encode_entry(*stated), newer);
    for (const std::string_view wrong :
         {R"(,"administrators_max":2)", R"(,"pack_kinds":[])", R"(,"pack_kinds":["core","server"])",
          R"(,"pack_kinds":["core","core"])", R"(,"pack_kinds":["cores"])",
          R"(,"cal_pack_sizes":[])", R"(,"cal_pack_sizes":[0])", R"(,"cal_pack_sizes":[20,5])",
          R"(,"cal_pack_sizes":[5,5])", R"(,"cal_pack_sizes":[100000001])",
          R"(,"cal_pack_sizes":[1,2,3,4,5,6,7,8,9])",
          R"(,"cal_pack_sizes":[5],"pack_kinds":["core"])"}) {
        EXPECT_FALSE(decode_entry(older + std::string(wrong) + "}").has_value()) << wrong;
    }
}

TEST(EntryCodec, each_kind_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    [&]<size_t... Kind>(std::index_sequence<Kind...>) {
        (names.insert(entry_name(EntryBody(std::in_place_index<Kind>))), ...);
    }
    (std::make_index_sequence<kKinds>());
    EXPECT_EQ(names.size(), kKinds);
    EXPECT_TRUE(names.contains("host_grace_ended"));
}

// Whatever one byte of a line becomes, it is refused or it is another entry's own line.
RC_GTEST_PROP(EntryCodec, there_is_no_second_spelling, ()) {
    std::string line = encode_entry(any_entry(*rc::gen::inRange<size_t>(0, kKinds)));
    const auto at = *rc::gen::inRange<size_t>(0, line.size());
    switch (*rc::gen::inRange(0, 3)) {
        case 0: line[at] = any<char>(); break;
        case 1: line.insert(at, 1, any<char>()); break;
        default: line.erase(at, 1);
    }
    const auto decoded = decode_entry(line);
    if (decoded) RC_ASSERT(encode_entry(*decoded) == line);
}

struct Refused {
    std::string_view from;
    std::string_view to;
    const char* why;
};

TEST(EntryCodec, what_no_writer_wrote_is_refused) {
    constexpr Refused kCases[] = {
        {R"("v":1)", R"("v":2)", "a newer format"},
        {R"("seq":7)", R"("seq":07)", "a leading zero"},
        {R"("seq":7)", R"("seq":-7)", "a sign"},
        {R"("seq":7)", R"("seq":9007199254740992)", "beyond 2^53"},
        {R"("seq":7)", R"("seq": 7)", "a space"},
        {R"("cal_issued",)", R"("cal_invented",)", "an unknown kind"},
        {R"("host":1})", R"("host":1,"more":2})", "an unknown field"},
        {R"("host":1})", R"("host":0})", "an empty value written out"},
        {R"("state":"active")", R"("state":"active","overuse":false)", "an empty flag written out"},
        {R"("host":1})", R"("host":4294967296})", "an id beyond 32 bits"},
        {R"("cal":1)", R"("cal":0)", "an id that names nothing"},
        {R"("cal":1,"holder":1)", R"("holder":1,"cal":1)", "another order"},
        {R"("holder":1,)", "", "a missing field"},
        {R"("state":"active")", R"("state":"lively")", "an unknown value"},
        {R"("product":"sql-2012")", R"("product":"SQL")", "no product code"},
        {R"("product":"sql-2012")", R"("product":"sql\u002d2012")", "an escape"},
        {R"(2027-01-20)", R"(2027-02-30)", "no such day"},
        {R"(2027-01-20)", R"(2207-01-20)", "later than any right"},
        {R"(3f9a)", R"(3F9A)", "upper-case hex"},
        {R"("content":"d1ce)", R"("content":"ce)", "too short"},
    };
    for (const auto& each : kCases) {
        std::string line(kExampleLine);
        const size_t at = line.find(each.from);
        ASSERT_NE(at, std::string::npos) << each.why;
        line.replace(at, each.from.size(), each.to);
        const auto decoded = decode_entry(line);
        ASSERT_FALSE(decoded) << each.why;
        EXPECT_EQ(decoded.error().code, "entry_malformed");
    }
    for (size_t size = 0; size < kExampleLine.size(); ++size) {
        EXPECT_FALSE(decode_entry(kExampleLine.substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_entry(std::string(kExampleLine) + " "));
    EXPECT_FALSE(decode_entry(std::string(kExampleLine) + "\n"));
    EXPECT_EQ(decode_entry(std::string(kEntryLineMax + 1, '{')).error().detail,
              "the line is too long");
}

TEST(EntryCodec, a_refusal_says_where) {
    std::string line(kExampleLine);
    line.replace(line.find("active"), 6, "lively");
    EXPECT_EQ(decode_entry(line).error().detail,
              "at byte 243: expected `a value that is known here`");
}

}  // namespace
}  // namespace calm
