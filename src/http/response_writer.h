// Writes the head of an answer into a connection's output. Internal to this layer.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace calm::http {

enum class Framing : uint8_t {
    length,       // Content-Length
    chunked,      // HTTP/1.1, length not known
    until_close,  // HTTP/1.0, length not known
};

struct AnswerHead {
    int status = 200;
    std::string_view content_type;  // "" when there is no body
    std::string_view header_lines;  // whole lines with their CRLF
    std::string_view cache_control = "no-store";
    Framing framing = Framing::length;
    uint64_t length = 0;
    bool http_1_1 = true;
    bool close = false;
};

void append_answer_head(std::string& out, const AnswerHead& head, std::string_view date);
void append_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// The value of the header Date, made once a second.
class DateCache {
  public:
    std::string_view at(std::time_t now);

  private:
    std::time_t second_ = -1;
    char text_[32] = {};
};

}  // namespace calm::http
