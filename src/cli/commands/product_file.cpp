// calm product check FILE | import FILE: products described in TOML.
#include "cli/product_file.h"

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "wire/resource_json.h"

namespace calm::cli {
namespace {

// Errors: those of read_file(); `product_file_malformed`: every mistake by its line.
Result<ProductFile> sound_file(const std::string& file) {
    CALM_TRY_ASSIGN(const std::string text, read_file(file, kProductFileSizeMax));
    ProductFileReading reading = read_product_file(text);
    if (reading.mistakes.empty()) return std::move(reading.file);
    std::string all;
    for (const ProductFileMistake& mistake : reading.mistakes) {
        if (!all.empty()) all += '\n';
        all += file + ":" + std::to_string(mistake.line) + ": " + mistake.what;
    }
    return fail("product_file_malformed", all);
}

boost::json::object json_of(const Product& product) {
    std::string text;
    wire::write_product(text, product);
    return boost::json::parse(text).as_object();
}

Exit check(Call& call, const std::string& file) {
    const auto sound = sound_file(file);
    if (!sound) return call.fail(sound.error());
    if (call.json()) {
        boost::json::array products;
        for (const Product& product : sound->products)
            products.push_back(json_of(product));
        call.print_json(boost::json::object{{"title", sound->title},
                                            {"sources", boost::json::value_from(sound->sources)},
                                            {"products", std::move(products)}});
        return Exit::ok;
    }
    Table table({{call.text("column.product")},
                 {call.text("column.requires")},
                 {call.text("column.family")},
                 {call.text("column.version"), true}});
    for (const Product& product : sound->products) {
        table.add({product.code, std::string(name_of(product.rules.requirement)), product.family,
                   std::to_string(product.version)});
    }
    call.print_table(table);
    call.say("command.product.check.done", {{"file", file}});
    return Exit::ok;
}

// What is there already is changed when it differs.
Result<std::string> put_product(Call& call, const Product& product) {
    const boost::json::object wanted = json_of(product);
    const std::string path = "/v1/products/" + url_escape(product.code);
    const auto there = call.get(path);
    if (!there) {
        if (there.error().code != "product_unknown") return std::unexpected(there.error());
        CALM_TRY(post(call, "/v1/products", wanted));
        return "added";
    }
    if (there->is_object() && there->as_object() == wanted) return "unchanged";
    CALM_TRY(change_at(call, path, wanted));
    return "changed";
}

Exit import(Call& call, const std::string& file) {
    const auto sound = sound_file(file);
    if (!sound) return call.fail(sound.error());
    boost::json::array done;
    Table table({{call.text("column.product")}, {call.text("column.what")}});
    for (const Product& product : sound->products) {
        const auto what = put_product(call, product);
        if (!what) return call.fail_server(what.error());
        done.push_back(boost::json::object{{"product", product.code}, {"done", *what}});
        table.add({product.code, call.text("command.product.import." + *what)});
    }
    if (call.json()) {
        call.print_json(boost::json::object{{"products", std::move(done)}});
    } else {
        call.print_table(table);
    }
    return Exit::ok;
}

}  // namespace

Action declare_product_check(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return check(call, file); };
}

Action declare_product_import(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return import(call, file); };
}

}  // namespace calm::cli
