// calm install claim | list | move | release: software that is sold for one computer each.
#include <optional>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct Options {
    std::string product;
    std::string computer;
    std::string to;
};

boost::json::object body_of(const Options& options) {
    boost::json::object body{{"product", options.product}, {"computer", options.computer}};
    if (!options.to.empty()) body["to"] = options.to;
    return body;
}

Exit list(Call& call, const std::optional<std::string>& product) {
    const std::string path =
        product ? "/v1/installations?product=" + url_escape(*product) : "/v1/installations";
    return present(call, call.get(path), [&](const boost::json::value& answer) {
        Table table({{call.text("column.pack"), true},
                     {call.text("column.product")},
                     {call.text("column.computer")},
                     {call.text("column.since")}});
        for (const auto& each : array_at(answer, "installations")) {
            std::vector<std::string> cells;
            for (const char* field : {"pack", "product", "computer.name", "since"})
                cells.push_back(cell(call.language(), each, field));
            table.add(std::move(cells));
        }
        call.print_table(table);
    });
}

Exit change(Call& call, const Options& options, const std::string& path, const std::string& done) {
    const std::string& computer = options.to.empty() ? options.computer : options.to;
    return present(call, post(call, path, body_of(options)), [&](const boost::json::value&) {
        call.say(done, {{"product", options.product}, {"computer", computer}});
    });
}

}  // namespace

Action declare_install_claim(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    form.argument("COMPUTER", options.computer);
    return [&options](Call& call) {
        return change(call, options, "/v1/installations", "command.install.claim.done");
    };
}

Action declare_install_list(Form& form) {
    auto& product = form.make<std::optional<std::string>>();
    form.option("--product", "PRODUCT", product);
    return [&product](Call& call) { return list(call, product); };
}

Action declare_install_move(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    form.argument("FROM", options.computer);
    form.argument("TO", options.to);
    return [&options](Call& call) {
        return change(call, options, "/v1/installations/move", "command.install.move.done");
    };
}

Action declare_install_release(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    form.argument("COMPUTER", options.computer);
    return [&options](Call& call) {
        return change(call, options, "/v1/installations/release", "command.install.release.done");
    };
}

}  // namespace calm::cli
