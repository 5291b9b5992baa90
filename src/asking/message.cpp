// A writer and a reader for flat JSON objects, as small as they can be.
#include "asking/message.h"

#include <stdio.h>
#include <string.h>

namespace calm::asking {

void QuestionLine::put(char c) {
    if (size_ == sizeof buffer_) {
        overflow_ = true;
        return;
    }
    buffer_[size_++] = c;
}

void QuestionLine::put(std::string_view text) {
    for (const char c : text)
        put(c);
}

void QuestionLine::put_name(std::string_view name) {
    put(size_ == 0 ? '{' : ',');
    put('"');
    put(name);
    put("\":");
}

void QuestionLine::text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    put_name(name);
    put('"');
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            char escape[8];
            (void)snprintf(escape, sizeof escape, "\\u%04x", byte);
            put(escape);
            continue;
        }
        if (c == '"' || c == '\\') put('\\');
        put(c);
    }
    put('"');
}

void QuestionLine::number(std::string_view name, int value) {
    char digits[16];
    (void)snprintf(digits, sizeof digits, "%d", value);
    put_name(name);
    put(digits);
}

void QuestionLine::flag(std::string_view name, bool value) {
    put_name(name);
    put(value ? "true" : "false");
}

std::string_view QuestionLine::finish() {
    if (size_ == 0) put('{');
    put("}\n");
    return overflow_ ? std::string_view() : std::string_view(buffer_, size_);
}

namespace {

// A fixed buffer that a JSON string is read into; what does not fit is cut off.
struct Sink {
    char* data = nullptr;
    size_t capacity = 0;  // with the final zero
    size_t size = 0;
    size_t whole = 0;  // up to here no character is cut in two

    void put(unsigned code) {
        if (code < 0x20 && code != '\n') code = '?';
        if (code == 0x7F) code = '?';
        char bytes[4];
        size_t length = 1;
        if (code < 0x80) {
            bytes[0] = static_cast<char>(code);
        } else if (code < 0x800) {
            bytes[0] = static_cast<char>(0xC0 | code >> 6);
            bytes[1] = static_cast<char>(0x80 | (code & 0x3F));
            length = 2;
        } else {
            bytes[0] = static_cast<char>(0xE0 | code >> 12);
            bytes[1] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
            bytes[2] = static_cast<char>(0x80 | (code & 0x3F));
            length = 3;
        }
        for (size_t i = 0; i < length; ++i)
            put_byte(bytes[i], i + 1 == length);
    }

    // Bytes of UTF-8 as they stand; `last`: a character ends here.
    void put_byte(char byte, bool last) {
        if (size + 1 < capacity) {
            data[size++] = byte;
            if (last) whole = size;
        } else {
            capacity = 0;  // nothing more is taken
        }
    }

    void finish() {
        if (data != nullptr) data[whole] = '\0';
    }
};

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    void skip_space() {
        while (at_ < text_.size() && strchr(" \t\r\n", text_[at_]) != nullptr && text_[at_] != '\0')
            ++at_;
    }
    bool take(char c) {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool at_string() {
        skip_space();
        return at_ < text_.size() && text_[at_] == '"';
    }
    bool at_end() {
        skip_space();
        return at_ == text_.size();
    }

    bool read_string(Sink& sink) {
        if (!take('"')) return false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') {
                sink.finish();
                return true;
            }
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20) return false;
            if (c == '\\') {
                if (!read_escape(sink)) return false;
            } else if (byte < 0x80) {
                sink.put(byte);
            } else {
                const bool more =
                    at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80;
                sink.put_byte(c, !more);
            }
        }
        return false;
    }

    // A number, true, false or null, as it is written.
    bool read_word(std::string_view& word) {
        skip_space();
        const size_t begin = at_;
        while (at_ < text_.size() &&
               (strchr("+-.", text_[at_]) != nullptr || is_alphanumeric(text_[at_])) &&
               text_[at_] != '\0')
            ++at_;
        word = std::string_view(text_.data() + begin, at_ - begin);
        return !word.empty();
    }

  private:
    static bool is_alphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    bool read_escape(Sink& sink) {
        if (at_ >= text_.size()) return false;
        const char c = text_[at_++];
        switch (c) {
            case '"':
            case '\\':
            case '/': sink.put(static_cast<unsigned>(c)); return true;
            case 'n': sink.put('\n'); return true;
            case 'b':
            case 'f':
            case 'r':
            case 't': sink.put(' '); return true;
            case 'u': break;
            default: return false;
        }
        unsigned code = 0;
        for (int i = 0; i < 4; ++i) {
            if (at_ >= text_.size()) return false;
            const char digit = text_[at_++];
            code <<= 4;
            if (digit >= '0' && digit <= '9') {
                code |= static_cast<unsigned>(digit - '0');
            } else if (digit >= 'a' && digit <= 'f') {
                code |= static_cast<unsigned>(digit - 'a' + 10);
            } else if (digit >= 'A' && digit <= 'F') {
                code |= static_cast<unsigned>(digit - 'A' + 10);
            } else {
                return false;
            }
        }
        // Halves of surrogate pairs are no characters; hostd sends those in UTF-8.
        sink.put(code >= 0xD800 && code <= 0xDFFF ? '?' : code);
        return true;
    }

    std::string_view text_;
    size_t at_ = 0;
};

template <size_t N>
Sink sink_of(char (&buffer)[N]) {
    return {.data = buffer, .capacity = N};
}

// A whole number from 0 to `most`, and nothing else; `into` is as before when it is none.
template <class Number>
void read_number(std::string_view word, Number most, Number& into) {
    Number value = 0;
    for (const char c : word) {
        if (c < '0' || c > '9') return;
        const auto digit = static_cast<Number>(c - '0');
        if (value > (most - digit) / 10) return;
        value = value * 10 + digit;
    }
    into = value;
}

// What is no text. A value of another kind than it should be counts as not said.
struct Words {
    bool done = false;

    void take(std::string_view name, std::string_view word, Answer& answer) {
        const bool yes = word == "true";
        if (name == "done") done = yes;
        if (name == "offline") answer.offline = yes;
        if (name == "ends") answer.ends = yes;
        if (name == "place") read_number(word, uint32_t{INT32_MAX}, answer.place);
        if (name == "seconds_left") read_number(word, int64_t{1} << 40, answer.seconds_left);
    }
};

bool read_fields(std::string_view line, Answer& answer, char (&verdict)[8], char (&error)[64],
                 Words& words) {
    char ignored[1];
    Reader reader(line);
    if (!reader.take('{')) return false;
    bool first = true;
    while (!reader.take('}')) {
        if (!first && !reader.take(',')) return false;
        first = false;
        char name[16] = "";
        Sink name_sink = sink_of(name);
        if (!reader.read_string(name_sink) || !reader.take(':')) return false;
        if (!reader.at_string()) {
            std::string_view word;
            if (!reader.read_word(word)) return false;
            words.take(name, word, answer);
            continue;
        }
        Sink sink = sink_of(ignored);
        if (strcmp(name, "verdict") == 0) sink = sink_of(verdict);
        if (strcmp(name, "error") == 0) sink = sink_of(error);
        if (strcmp(name, "reason") == 0) sink = sink_of(answer.reason);
        if (strcmp(name, "sentence") == 0) sink = sink_of(answer.sentence);
        if (!reader.read_string(sink)) return false;
    }
    return reader.at_end();
}

}  // namespace

AnswerKind read_answer(std::string_view line, Answer& answer) {
    answer = {};
    char verdict[8] = "";
    char error[64] = "";
    Words words;
    if (!read_fields(line, answer, verdict, error, words)) {
        answer = {};
        return AnswerKind::nonsense;
    }
    answer.allowed = strcmp(verdict, "allow") == 0;
    if (answer.allowed || strcmp(verdict, "deny") == 0) return AnswerKind::verdict;
    if (verdict[0] == '\0' && error[0] != '\0') {
        static_assert(sizeof answer.reason == sizeof error);
        memcpy(answer.reason, error, sizeof error);
        return AnswerKind::failure;
    }
    const bool done = verdict[0] == '\0' && words.done;
    if (!done) answer = {};
    return done ? AnswerKind::done : AnswerKind::nonsense;
}

}  // namespace calm::asking
