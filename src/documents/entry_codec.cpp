// Writer and reader of the log's lines. Both walk the same description (entry_fields.h). The reader
// is not a JSON parser: it expects the writer's bytes one after the other, which makes it strict,
// bounded and several times faster.
#include "documents/entry_codec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/assert.h"
#include "documents/entry_fields.h"
#include "documents/ledger_id.h"

namespace calm {
namespace {

constexpr std::string_view kHead = R"({"v":1,"seq":)";
constexpr size_t kStringMax = 1024;
constexpr size_t kListMax = 64;

constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (const char c :
         std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")) {
        plain[static_cast<uint8_t>(c)] = true;
    }
    return plain;
}();

// What may stand in a string of a line; nothing of it needs escaping.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return kPlain[static_cast<uint8_t>(c)]; });
}

template <class T>
bool is_empty(const T& value) {
    return value == T{};
}

// A fixed number of bytes: hex where people compare it with `sha256sum`, base64url where it is a
// key as documents show it. 32 bytes are a key if the field's name says so.
bool is_key_name(std::string_view name) {
    return name == "key" || name == "identity" || name == "vendor";
}

class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    template <size_t N, class T>
    void field(const char (&name)[N], const T& value) {
        out_ += ",\"";
        out_.append(name, N - 1);
        out_ += "\":";
        put(name, value);
    }
    template <size_t N, class T>
    void optional(const char (&name)[N], const T& value) {
        if (!is_empty(value)) field(name, value);
    }
    template <size_t N, class T>
    void unless(T usual, const char (&name)[N], const T& value) {
        if (value != usual) field(name, value);
    }
    // Whether the group of fields that begins with this one is written.
    template <class T>
    bool present(std::string_view, const std::optional<T>& group) const {
        return group.has_value();
    }

    void put_number(uint64_t value) {
        std::array<char, 20> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        out_.append(digits.data(), end);
    }

    void put_hex(std::span<const uint8_t> bytes) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const size_t at = out_.size();
        out_.resize(at + 2 * bytes.size() + 2);
        char* to = out_.data() + at;
        *to++ = '"';
        for (const uint8_t byte : bytes) {
            *to++ = kDigits[byte >> 4];
            *to++ = kDigits[byte & 15];
        }
        *to = '"';
    }

  private:
    void put(std::string_view, const std::string& text) {
        CALM_ASSERT(text.size() <= kStringMax && is_plain(text));
        put_text(text);
    }
    void put(std::string_view, Instant at) {
        CALM_ASSERT(at >= Instant{} && at <= kInstantMax);
        out_ += '"';
        append_rfc3339(out_, at);
        out_ += '"';
    }
    void put(std::string_view name, const std::optional<Instant>& at) { put(name, *at); }
    void put(std::string_view name, const std::vector<std::string>& texts) {
        CALM_ASSERT(texts.size() <= kListMax);
        char separator = '[';
        for (const std::string& text : texts) {
            out_ += separator;
            put(name, text);
            separator = ',';
        }
        out_ += ']';
    }
    void put(std::string_view name, const PackKinds& kinds) { put(name, pack_kind_names(kinds)); }
    void put(std::string_view, const PackSizes& sizes) {
        char separator = '[';
        for (const uint32_t size : stated_sizes(sizes)) {
            out_ += separator;
            put_number(size);
            separator = ',';
        }
        out_ += ']';
    }
    void put(std::string_view, bool value) { out_ += value ? "true" : "false"; }
    template <size_t N>
    void put(std::string_view name, const std::array<uint8_t, N>& bytes) {
        if (is_key_name(name)) {
            put_text(to_base64url(bytes));
        } else {
            put_hex(bytes);
        }
    }
    template <class Tag, class T>
    void put(std::string_view, const Id<Tag, T>& id) {
        put_number(id.value);
    }
    template <std::unsigned_integral T>
    void put(std::string_view, T value) {
        put_number(value);
    }
    template <class E>
    requires std::is_enum_v<E>
    void put(std::string_view, E value) { put_text(name_of(value)); }
    void put_text(std::string_view text) {
        out_ += '"';
        out_ += text;
        out_ += '"';
    }

    std::string& out_;
};

class Reader {
  public:
    explicit Reader(std::string_view line) : line_(line), rest_(line) {}

    template <class T>
    void field(std::string_view name, T& value) {
        if (expect_name(name)) read(name, value);
    }
    // One that is written although it has its empty value is another spelling: refused.
    template <class T>
    void optional(std::string_view name, T& value) {
        if (failed_ || !is_next(name)) return;
        field(name, value);
        if (is_empty(value)) refuse("a value that is left out");
    }

    template <class T>
    void unless(T usual, std::string_view name, T& value) {
        value = usual;
        if (failed_ || !is_next(name)) return;
        field(name, value);
        if (value == usual) refuse("a value that is left out");
    }

    template <class T>
    bool present(std::string_view name, std::optional<T>& group) const {
        if (failed_ || !is_next(name)) return false;
        group.emplace();
        return true;
    }

    bool is_next(std::string_view name) const {
        return rest_.size() > name.size() + 4 && rest_.starts_with(",\"") &&
               rest_.substr(2, name.size()) == name && rest_.substr(2 + name.size(), 2) == "\":";
    }

    bool expect(std::string_view text) {
        if (failed_) return false;
        if (!rest_.starts_with(text)) {
            refuse(text);
            return false;
        }
        rest_.remove_prefix(text.size());
        return true;
    }

    void refuse(std::string_view expected) {
        if (failed_) return;
        failed_ = true;
        expected_ = expected;
    }

    uint64_t read_number(uint64_t max) {
        uint64_t value = 0;
        const char* const from = rest_.data();
        const auto [end, error] = std::from_chars(from, from + rest_.size(), value);
        const bool leading_zero = rest_.size() > 1 && rest_[0] == '0' && end - from > 1;
        if (failed_ || error != std::errc() || leading_zero || value > max) {
            refuse("a number");
            return 0;
        }
        rest_.remove_prefix(static_cast<size_t>(end - from));
        return value;
    }

    // A string without escapes, as a view into the line.
    std::string_view read_text() {
        if (!expect("\"")) return {};
        const size_t end =
            rest_.find('"');  // npos, which is larger than any string, when there is none
        if (end > kStringMax || !is_plain(rest_.substr(0, end))) {
            refuse("a string");
            return {};
        }
        const std::string_view text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }

    template <size_t N>
    void read_hex(std::array<uint8_t, N>& bytes) {
        const std::string_view text = read_text();
        if (failed_) return;
        if (text.size() != 2 * N) return refuse("hex");
        for (size_t i = 0; i < N; ++i) {
            const int high = hex_digit(text[2 * i]);
            const int low = hex_digit(text[2 * i + 1]);
            if (high < 0 || low < 0) return refuse("hex");
            bytes[i] = static_cast<uint8_t>(high << 4 | low);
        }
    }

    void read_time(Instant& at) {
        // The characters of a time are not all plain, so it is not read as a text.
        if (!expect("\"")) return;
        const auto time = parse_rfc3339(rest_.substr(0, std::min<size_t>(20, rest_.size())));
        if (!time || *time > kInstantMax) return refuse("a time");
        at = *time;
        rest_.remove_prefix(20);
        expect("\"");
    }

    Result<> finish() {
        expect("}");
        if (!failed_ && !rest_.empty()) refuse("the end of the line");
        if (!failed_) return {};
        return fail("entry_malformed", "at byte " + std::to_string(line_.size() - rest_.size()) +
                                           ": expected `" + std::string(expected_) + "`");
    }
    bool failed() const { return failed_; }

    template <class E>
    void read_enum(E& value) {
        const auto found = from_name<E>(read_text());
        if (!found) return refuse("a value that is known here");
        value = *found;
    }

  private:
    static int hex_digit(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return -1;
    }

    // As ledger_id.h prints it, whatever its check characters say.
    static bool is_printed_id(std::string_view text) {
        constexpr size_t kStep = LedgerId::kGroupSize + 1;
        for (size_t i = 0; i < text.size(); ++i) {
            const bool letter = text[i] >= 'A' && text[i] <= 'Z';
            const bool digit = text[i] >= '2' && text[i] <= '9';
            if (i % kStep == kStep - 1 ? text[i] != '-' : !letter && !digit) return false;
        }
        return text.size() == LedgerId::kPrintedSize;
    }

    bool expect_name(std::string_view name) {
        if (failed_) return false;
        if (!is_next(name)) {
            refuse(name);
            return false;
        }
        rest_.remove_prefix(name.size() + 4);
        return true;
    }

    void read(std::string_view name, std::string& text) {
        const std::string_view read = read_text();
        // All texts but these are product codes and families.
        const bool other = name == "certificate" || name == "agreement";
        const bool server = name == "to" || name == "moved_from";
        if (!failed_ && server && !is_printed_id(read)) return refuse("a license server id");
        if (!failed_ && !other && !server && !is_product_code(read)) return refuse("a name");
        text = read;
    }
    void read(std::string_view name, std::vector<std::string>& texts) {
        if (!expect("[")) return;
        do {
            if (texts.size() == kListMax) return refuse("a shorter list");
            read(name, texts.emplace_back());
        } while (!failed_ && rest_.starts_with(',') && expect(","));
        expect("]");
    }
    // Each list has one spelling: the order of the kinds, ascending sizes.
    void read(std::string_view, PackKinds& kinds) {
        if (!expect("[")) return;
        int last = -1;
        do {
            PackKind kind{};
            read_enum(kind);
            if (failed_ || static_cast<int>(kind) <= last) return refuse("a later kind");
            last = static_cast<int>(kind);
            kinds.add(kind);
        } while (rest_.starts_with(',') && expect(","));
        expect("]");
    }
    void read(std::string_view, PackSizes& sizes) {
        if (!expect("[")) return;
        size_t count = 0;
        do {
            if (count == sizes.size()) return refuse("a shorter list");
            const auto size = static_cast<uint32_t>(read_number(kPackQuantityMax));
            if (failed_ || size <= (count == 0 ? 0 : sizes[count - 1]))
                return refuse("a larger size");
            sizes[count++] = size;
        } while (rest_.starts_with(',') && expect(","));
        expect("]");
    }
    void read(std::string_view, Instant& at) { read_time(at); }
    void read(std::string_view, std::optional<Instant>& at) { read_time(at.emplace()); }
    void read(std::string_view, bool& value) {
        value = rest_.starts_with("true");
        expect(value ? "true" : "false");
    }
    template <size_t N>
    void read(std::string_view name, std::array<uint8_t, N>& bytes) {
        if (!is_key_name(name)) return read_hex(bytes);
        const auto decoded = from_base64url(read_text());
        if (failed_) return;
        if (!decoded || decoded->size() != N) return refuse("a key");
        std::ranges::copy(as_bytes(*decoded), bytes.begin());
    }
    template <class Tag, class T>
    void read(std::string_view, Id<Tag, T>& id) {
        id.value = static_cast<T>(read_number(std::numeric_limits<T>::max()));
        if (id.value == 0) refuse("a positive number");
    }
    template <std::unsigned_integral T>
    void read(std::string_view, T& value) {
        value = static_cast<T>(read_number(std::numeric_limits<T>::max()));
    }
    template <class E>
    requires std::is_enum_v<E>
    void read(std::string_view, E& value) { read_enum(value); }

    std::string_view line_;
    std::string_view rest_;
    std::string_view expected_;
    bool failed_ = false;
};

std::array<uint8_t, 8> big_endian(uint64_t value) {
    std::array<uint8_t, 8> bytes;
    for (size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
    return bytes;
}

uint64_t from_big_endian(const std::array<uint8_t, 8>& bytes) {
    uint64_t value = 0;
    for (const uint8_t byte : bytes)
        value = value << 8 | byte;
    return value;
}

// Makes `body` the alternative with this name, default values in it.
template <size_t Index = 0>
bool make_body(std::string_view name, EntryBody& body) {
    if constexpr (Index == std::variant_size_v<AnyEntry>) {
        return false;
    } else {
        using Alternative = std::variant_alternative_t<Index, AnyEntry>;
        static_assert(!kEntryName<Alternative>.empty());
        if (kEntryName<Alternative> != name) return make_body<Index + 1>(name, body);
        body.emplace<Index>();
        return true;
    }
}

}  // namespace

std::string_view entry_name(const EntryBody& body) {
    return std::visit(
        [](const auto& each) { return kEntryName<std::remove_cvref_t<decltype(each)>>; }, body);
}

void encode_entry(const LedgerEntry& entry, std::string& out) {
    CALM_ASSERT(entry.sequence <= kSequenceMax);
    Writer writer(out);
    out += kHead;
    writer.put_number(entry.sequence);
    writer.field("at", entry.at);
    out += R"(,"entry":")";
    out += entry_name(entry.body);
    out += '"';
    if (entry.request) {
        writer.field("request", entry.request->id.bytes);
        writer.field("content", big_endian(entry.request->content));
        writer.field("reason", entry.request->reason);
    }
    std::visit([&writer](const auto& body) { entry_fields(writer, body); }, entry.body);
    out += '}';
}

std::string encode_entry(const LedgerEntry& entry) {
    std::string line;
    line.reserve(512);
    encode_entry(entry, line);
    return line;
}

Result<LedgerEntry> decode_entry(std::string_view line) {
    if (line.size() > kEntryLineMax) return fail("entry_malformed", "the line is too long");
    Reader reader(line);
    LedgerEntry entry;
    if (reader.expect(kHead)) entry.sequence = reader.read_number(kSequenceMax);
    reader.field("at", entry.at);
    std::string_view name;
    if (reader.expect(R"(,"entry":)")) name = reader.read_text();
    if (!reader.failed() && !make_body(name, entry.body)) {
        reader.refuse("a kind of entry that is known here");
    }
    if (!reader.failed() && reader.is_next("request")) {
        auto& mark = entry.request.emplace();
        std::array<uint8_t, 8> content{};
        reader.field("request", mark.id.bytes);
        reader.field("content", content);
        reader.field("reason", mark.reason);
        mark.content = from_big_endian(content);
    }
    std::visit([&reader](auto& body) { entry_fields(reader, body); }, entry.body);
    CALM_TRY(reader.finish());
    return entry;
}

}  // namespace calm
