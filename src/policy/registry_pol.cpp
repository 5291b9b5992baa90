// PReg, byte by byte.
#include "policy/registry_pol.h"

#include <algorithm>

#include <fmt/format.h>

namespace calm {
namespace {

constexpr std::string_view kSignature = "PReg";
constexpr char16_t kReplacement = 0xFFFD;

// Reads little-endian numbers off the front, and knows where it stands.
class PolicyReader {
  public:
    explicit PolicyReader(std::string_view bytes) : bytes_(bytes) {}

    bool at_end() const { return at_ == bytes_.size(); }
    size_t at() const { return at_; }

    std::optional<std::string_view> take(size_t size) {
        if (size > bytes_.size() - at_) return {};
        const std::string_view taken = bytes_.substr(at_, size);
        at_ += size;
        return taken;
    }

    template <class N>
    std::optional<N> number() {
        const auto taken = take(sizeof(N));
        if (!taken) return {};
        uint64_t number = 0;
        for (size_t i = sizeof(N); i > 0; --i)
            number = number << 8 | static_cast<uint8_t>((*taken)[i - 1]);
        return static_cast<N>(number);
    }

    // A punctuation mark between the parts of an entry.
    Result<> mark(char wanted) {
        const size_t start = at_;
        if (number<uint16_t>() == static_cast<uint16_t>(wanted)) return {};
        at_ = start;
        return wrong(fmt::format("there is no `{}`", wanted));
    }

    // Up to the NUL, which is taken too.
    Result<std::u16string> name(std::string_view what) {
        const size_t start = at_;
        std::u16string name;
        while (const auto unit = number<uint16_t>()) {
            if (*unit == 0) return name;
            name += static_cast<char16_t>(*unit);
        }
        at_ = start;
        return wrong(fmt::format("the {} has no end", what));
    }

    template <class N>
    Result<N> need(std::string_view what) {
        const auto taken = number<N>();
        if (!taken) return wrong(fmt::format("the {} is cut off", what));
        return *taken;
    }

    std::unexpected<Error> wrong(std::string_view what) const {
        return fail("registry_pol_malformed", fmt::format("byte {}: {}", at_, what));
    }

  private:
    std::string_view bytes_;
    size_t at_ = 0;
};

Result<PolicyEntry> read_entry(PolicyReader& reader) {
    PolicyEntry entry;
    CALM_TRY(reader.mark('['));
    CALM_TRY_ASSIGN(entry.key, reader.name("key"));
    CALM_TRY(reader.mark(';'));
    CALM_TRY_ASSIGN(entry.value, reader.name("value name"));
    CALM_TRY(reader.mark(';'));
    CALM_TRY_ASSIGN(const uint32_t type, reader.need<uint32_t>("type"));
    entry.type = static_cast<RegistryType>(type);
    CALM_TRY(reader.mark(';'));
    CALM_TRY_ASSIGN(const uint32_t size, reader.need<uint32_t>("size"));
    CALM_TRY(reader.mark(';'));
    const auto data = reader.take(size);
    if (!data) return reader.wrong(fmt::format("the file ends before {} bytes of data", size));
    entry.data = *data;
    CALM_TRY(reader.mark(']'));
    return entry;
}

template <class N>
void append_number(std::string& out, N number) {
    for (size_t i = 0; i < sizeof(N); ++i)
        out += static_cast<char>(number >> (8 * i) & 0xFF);
}

void append_units(std::string& out, std::u16string_view text) {
    for (const char16_t unit : text)
        append_number(out, static_cast<uint16_t>(unit));
}

void append_mark(std::string& out, char mark) {
    append_number(out, static_cast<uint16_t>(mark));
}

bool is_high_surrogate(char32_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(char32_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

void append_utf8(std::string& out, char32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr uint8_t kFirst[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(kFirst[more] | c >> (6 * more));
    for (int i = more - 1; i >= 0; --i)
        out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

// Takes one character off the front.
char32_t take_utf8(std::string_view& text) {
    const auto first = static_cast<uint8_t>(text.front());
    text.remove_prefix(1);
    if (first < 0x80) return first;
    const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || text.size() < more) return kReplacement;
    char32_t c = first & (0x3F >> more);
    for (size_t i = 0; i < more; ++i) {
        const auto next = static_cast<uint8_t>(text[i]);
        if ((next & 0xC0) != 0x80) return kReplacement;
        c = c << 6 | (next & 0x3F);
    }
    constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    if (c < kLeast[more] || c > 0x10FFFF || is_high_surrogate(c) || is_low_surrogate(c))
        return kReplacement;
    text.remove_prefix(more);
    return c;
}

char16_t lower(char16_t c) {
    return c >= u'A' && c <= u'Z' ? static_cast<char16_t>(c + 32) : c;
}

}  // namespace

Result<RegistryPol> decode_registry_pol(std::string_view bytes) {
    if (bytes.size() > kRegistryPolBytesMax) {
        return fail("registry_pol_malformed",
                    fmt::format("it has more than {} bytes", kRegistryPolBytesMax));
    }
    PolicyReader reader(bytes);
    if (reader.take(kSignature.size()) != kSignature)
        return fail("registry_pol_malformed", "it does not begin with `PReg`");
    CALM_TRY_ASSIGN(const uint32_t version, reader.need<uint32_t>("version"));
    if (version != kRegistryPolVersion) {
        return fail("registry_pol_malformed",
                    fmt::format("it is of version {}; version 1 is known", version));
    }
    RegistryPol entries;
    while (!reader.at_end()) {
        CALM_TRY_ASSIGN(PolicyEntry entry, read_entry(reader));
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::string encode_registry_pol(const RegistryPol& entries) {
    std::string out(kSignature);
    append_number(out, kRegistryPolVersion);
    for (const PolicyEntry& entry : entries) {
        append_mark(out, '[');
        append_units(out, entry.key);
        append_number(out, uint16_t{0});
        append_mark(out, ';');
        append_units(out, entry.value);
        append_number(out, uint16_t{0});
        append_mark(out, ';');
        append_number(out, static_cast<uint32_t>(entry.type));
        append_mark(out, ';');
        append_number(out, static_cast<uint32_t>(entry.data.size()));
        append_mark(out, ';');
        out += entry.data;
        append_mark(out, ']');
    }
    return out;
}

std::string utf8_of(std::u16string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        char32_t c = text[i];
        if (is_high_surrogate(c) && i + 1 < text.size() && is_low_surrogate(text[i + 1])) {
            c = 0x10000 + ((c - 0xD800) << 10) + (text[++i] - 0xDC00);
        } else if (is_high_surrogate(c) || is_low_surrogate(c)) {
            c = kReplacement;
        }
        append_utf8(out, c);
    }
    return out;
}

std::u16string utf16_of(std::string_view text) {
    std::u16string out;
    while (!text.empty()) {
        const char32_t c = take_utf8(text);
        if (c < 0x10000) {
            out += static_cast<char16_t>(c);
        } else {
            out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
            out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
        }
    }
    return out;
}

std::u16string folded(std::u16string_view name) {
    std::u16string out(name);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool same_name(std::u16string_view name, std::string_view other) {
    return std::ranges::equal(name, utf16_of(other), {}, lower, lower);
}

PolicyEntry text_entry(std::string_view key, std::string_view value, std::string_view text) {
    PolicyEntry entry{.key = utf16_of(key), .value = utf16_of(value), .type = RegistryType::sz};
    append_units(entry.data, utf16_of(text));
    append_number(entry.data, uint16_t{0});
    return entry;
}

PolicyEntry dword_entry(std::string_view key, std::string_view value, uint32_t number) {
    PolicyEntry entry{.key = utf16_of(key), .value = utf16_of(value), .type = RegistryType::dword};
    append_number(entry.data, number);
    return entry;
}

std::optional<std::string> text_of(const PolicyEntry& entry) {
    const bool is_text = entry.type == RegistryType::sz || entry.type == RegistryType::expand_sz;
    if (!is_text || entry.data.size() % 2 != 0) return {};
    PolicyReader reader(entry.data);
    std::u16string text;
    while (const auto unit = reader.number<uint16_t>()) {
        if (*unit == 0) break;
        text += static_cast<char16_t>(*unit);
    }
    return utf8_of(text);
}

std::optional<uint32_t> dword_of(const PolicyEntry& entry) {
    if (entry.type != RegistryType::dword || entry.data.size() != sizeof(uint32_t)) return {};
    return PolicyReader(entry.data).number<uint32_t>();
}

}  // namespace calm
