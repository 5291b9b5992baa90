// Values out of the server's JSON documents, forgiving: a newer server may say more, and what it
// does not say is shown as a dash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "messages/messages.h"

namespace calm::cli {

// What stands at a path such as "holder.name"; null when there is nothing.
const boost::json::value* find_at(const boost::json::value& document, std::string_view path);

// As a person reads it: text as it is, numbers in digits, yes or no; "-" for nothing.
std::string cell(Language language, const boost::json::value& document, std::string_view path);

// The text there; empty when there is none. A number is given in digits.
std::string text_at(const boost::json::value& document, std::string_view path);
int64_t number_at(const boost::json::value& document, std::string_view path);

// The list there; an empty one when there is none.
const boost::json::array& array_at(const boost::json::value& document, std::string_view path);

}  // namespace calm::cli
