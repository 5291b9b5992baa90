// TOML in, products out: the API's own reader judges the values, so that a file and a request mean
// the same.
#include "cli/product_file.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/closest.h"
#include "base/toml.h"
#include "base/toml_guard.h"
#include "wire/resource_json.h"

namespace calm::cli {
namespace {

// Only what product rules are made of; anything else is null, which no field takes.
boost::json::value to_json(const toml::node& node) {
    if (const auto* text = node.as_string()) return boost::json::string(text->get());
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    if (const auto* day = node.as_date()) {
        const toml::date& date = day->get();
        return boost::json::string(
            fmt::format("{:04}-{:02}-{:02}T00:00:00Z", date.year, date.month, date.day));
    }
    const auto* list = node.as_array();
    if (list == nullptr || list->size() > 64) return nullptr;
    boost::json::array out;
    for (const auto& each : *list)
        out.push_back(each.is_array() ? boost::json::value(nullptr) : to_json(each));
    return out;
}

// The line of the field that an error's sentence speaks of, else the table's.
uint32_t line_of(const toml::table& table, const Error& error) {
    uint32_t line = table.source().begin.line;
    size_t longest = 0;
    const std::string said = error.detail.substr(0, error.detail.find("; did you mean"));
    for (const auto& [name, node] : table) {
        const bool meant = error.code == "bad_product_code"
                               ? name.str() == "product"
                               : said.find(name.str()) != std::string::npos;
        if (!meant || name.str().size() <= longest) continue;
        longest = name.str().size();
        line = node.source().begin.line;
    }
    return line;
}

class FileReader {
  public:
    ProductFileReading read(std::string_view text) {
        if (text.size() > kProductFileSizeMax) {
            complain(1, fmt::format("the file has more than {} bytes", kProductFileSizeMax));
            return std::move(reading_);
        }
        if (const TomlFault fault = guard_toml(text)) {
            complain(fault.line, std::string(fault.what));
            return std::move(reading_);
        }
        const toml::parse_result parsed = toml::parse(text);
        if (!parsed) {
            complain(parsed.error().source().begin.line, std::string(parsed.error().description()));
            return std::move(reading_);
        }
        for (const auto& [name, node] : parsed.table())
            top_level(name.str(), node);
        if (reading_.file.products.empty() && reading_.mistakes.empty()) {
            complain(1, "there is no [[product]]");
        }
        std::ranges::sort(reading_.mistakes, {}, [](const ProductFileMistake& mistake) {
            return std::tie(mistake.line, mistake.what);
        });
        return std::move(reading_);
    }

  private:
    void complain(uint32_t line, std::string what) {
        reading_.mistakes.push_back({line, std::move(what)});
    }

    void top_level(std::string_view name, const toml::node& node) {
        const uint32_t line = node.source().begin.line;
        if (name == "title") {
            if (!node.is_string()) return complain(line, "`title` is not a text");
            reading_.file.title = node.as_string()->get();
        } else if (name == "sources") {
            sources(node);
        } else if (name == "product") {
            products(node);
        } else {
            constexpr std::array<std::string_view, 3> kKnown{"title", "sources", "product"};
            const std::string_view meant = closest(name, kKnown);
            complain(line,
                     fmt::format("`{}` is not known here{}", name.substr(0, 40),
                                 meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant)));
        }
    }

    void sources(const toml::node& node) {
        const auto* list = node.as_array();
        const bool texts =
            list != nullptr && std::all_of(list->begin(), list->end(),
                                           [](const toml::node& each) { return each.is_string(); });
        if (!texts) {
            return complain(node.source().begin.line, "`sources` is not a list of texts");
        }
        for (const auto& each : *list)
            reading_.file.sources.push_back(each.as_string()->get());
    }

    void products(const toml::node& node) {
        const auto* list = node.as_array();
        if (list == nullptr || list->size() > kProductsOfFileMax) {
            return complain(node.source().begin.line,
                            fmt::format("products are written as [[product]], at most {} of them",
                                        kProductsOfFileMax));
        }
        for (const auto& each : *list) {
            if (const auto* table = each.as_table()) {
                product(*table);
            } else {
                complain(each.source().begin.line, "products are written as [[product]]");
            }
        }
    }

    void product(const toml::table& table) {
        boost::json::object json;
        for (const auto& [name, node] : table)
            json[name.str()] = to_json(node);
        const boost::json::value value(std::move(json));
        const auto product = wire::parse_product(value, nullptr);
        if (!product) {
            return complain(line_of(table, product.error()), product.error().detail);
        }
        const auto line_at = [&](std::string_view name) {
            const toml::node* at = table.get(name);
            return at == nullptr ? table.source().begin.line : at->source().begin.line;
        };
        const auto known = [&](std::string_view code) {
            return std::ranges::find(reading_.file.products, code, &Product::code);
        };
        if (known(product->code) != reading_.file.products.end()) {
            return complain(line_at("product"),
                            fmt::format("`{}` is described twice", product->code));
        }
        for (const std::string& base : product->bases) {
            const auto found = known(base);
            if (found == reading_.file.products.end()) {
                complain(line_at("bases"),
                         fmt::format("the base `{}` is not described above this line", base));
            } else if (found->family == product->family) {
                complain(line_at("bases"),
                         fmt::format("the base `{}` is of the same family", base));
            }
        }
        reading_.file.products.push_back(*product);
    }

    ProductFileReading reading_;
};

}  // namespace

ProductFileReading read_product_file(std::string_view text) {
    return FileReader().read(text);
}

}  // namespace calm::cli
