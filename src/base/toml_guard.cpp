// A scanner that tells strings and comments from the rest, and nothing more.
#include "base/toml_guard.h"

namespace calm {
namespace {

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    TomlFault scan() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                skip_comment();
            } else if (c == '"' || c == '\'') {
                if (!may_precede_string(before_)) {
                    return {line_, "a string begins in the middle of something else"};
                }
                skip_string(c);
                line_begins_ = false;
                before_ = c;
            } else if (c == '{' || c == '}') {
                return {line_, "there are no inline tables here"};
            } else if (static_cast<unsigned char>(c) >= 0x80) {
                return {line_, "a character outside ASCII stands outside quotes"};
            } else if (c == '[' && line_begins_ && !has_name()) {
                return {line_, "a table's name is missing behind `[`"};
            } else {
                step(c);
            }
        }
        return {};
    }

  private:
    static bool may_precede_string(char c) {
        return c == '\n' || c == '=' || c == '[' || c == ',' || c == '.';
    }

    void step(char c) {
        ++at_;
        const bool line_end = c == '\n' || c == '\r' || c == '\v' || c == '\f';
        if (c == '\n') ++line_;
        if (line_end) {
            line_begins_ = true;
            before_ = '\n';
        } else if (c != ' ' && c != '\t') {
            line_begins_ = false;
            before_ = c;
        }
    }

    void skip_comment() {
        while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r')
            ++at_;
    }

    // From its first quote to behind its last. A string ends with its line, whatever the library
    // says then; one of several lines (three quotes) begins in the middle of an empty one.
    void skip_string(char quote) {
        ++at_;
        while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') {
            const char c = text_[at_++];
            if (c == quote) return;
            const bool escapes = c == '\\' && quote == '"' && at_ < text_.size();
            if (escapes && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
        }
    }

    static bool begins_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '"' || c == '\'' || c == ']';
    }

    // Of the header or array that begins here.
    bool has_name() const {
        size_t i = at_ + 1;
        const auto skip_blanks = [&] {
            while (i < text_.size() && (text_[i] == ' ' || text_[i] == '\t'))
                ++i;
        };
        skip_blanks();
        if (i < text_.size() && text_[i] == '[') ++i;
        skip_blanks();
        return i < text_.size() && begins_name(text_[i]);
    }

    std::string_view text_;
    size_t at_ = 0;
    uint32_t line_ = 1;
    bool line_begins_ = true;
    char before_ = '\n';  // the last one that is no blank; a line's end is '\n'
};

}  // namespace

TomlFault guard_toml(std::string_view text) {
    return Scanner(text).scan();
}

}  // namespace calm
