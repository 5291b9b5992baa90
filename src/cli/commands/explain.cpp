// calm explain CODE: what a reason or an error means and what to do about it. Asks no server.
#include <boost/json.hpp>

#include "cli/commands/declare.h"
#include "cli/explanation.h"
#include "cli/suggest.h"
#include "core/reason.h"

namespace calm::cli {
namespace {

struct Options {
    std::string code;
    bool list = false;
};

boost::json::object document_of(const std::string& code, Language language) {
    const Explanation about = explanation_of(code, Told::of_an_admission, language);
    boost::json::object document{{"code", code}, {"title", about.title}};
    if (const auto reason = from_name<Reason>(code)) {
        document["number"] = static_cast<int>(*reason);
        document["verdict"] = about.verdict;
    }
    document["cause"] = about.cause;
    document["remedy"] = about.remedy;
    return document;
}

Exit list_all(Call& call) {
    if (call.json()) {
        boost::json::array all;
        for (const std::string& code : explained_codes())
            all.push_back(document_of(code, call.language()));
        call.print_json(boost::json::object{{"codes", std::move(all)}});
        return Exit::ok;
    }
    Table table(
        {{call.text("column.code")}, {call.text("column.verdict")}, {call.text("column.title")}});
    for (const std::string& code : explained_codes()) {
        const Explanation about = explanation_of(code, Told::of_an_admission, call.language());
        table.add({code, about.verdict.empty() ? "-" : about.verdict, about.title});
    }
    call.print_table(table);
    return Exit::ok;
}

Exit explain(Call& call, const Options& options) {
    if (options.list) return list_all(call);
    if (options.code.empty()) {
        return call.fail(
            {"usage", call.text("usage.missing", {{"what", "CODE"}, {"command", "calm explain"}})});
    }
    if (!is_explained(options.code)) {
        std::string detail = call.text("command.explain.no_such_code", {{"code", options.code}});
        if (const auto meant = suggest(options.code, explained_codes())) {
            detail += " " + call.text("usage.did_you_mean", {{"word", *meant}});
        }
        return call.fail({"explanation_unknown", detail});
    }
    if (call.json()) {
        call.print_json(document_of(options.code, call.language()));
        return Exit::ok;
    }
    const Explanation about = explanation_of(options.code, Told::of_an_admission, call.language());
    const size_t columns = call.terminal().columns;
    std::string head = options.code;
    if (const auto reason = from_name<Reason>(options.code)) {
        head += " (" + about.verdict + ", " + std::to_string(static_cast<int>(*reason)) + ")";
    }
    call.print_line(head);
    call.print(wrap(about.title, columns, 2));
    call.print("\n" + call.text("command.explain.cause_title") + "\n" +
               wrap(about.cause, columns, 2));
    call.print("\n" + call.text("command.explain.remedy_title") + "\n" +
               wrap(about.remedy, columns, 2));
    return Exit::ok;
}

}  // namespace

Action declare_explain(Form& form) {
    auto& options = form.make<Options>();
    form.offers(form.optional_argument("CODE", options.code), explained_codes());
    form.flag("--list", options.list);
    return [&options](Call& call) { return explain(call, options); };
}

}  // namespace calm::cli
