// calm subject export | erase: what is kept about one user or device, and forgetting it.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct Options {
    std::string kind;
    std::string name;
    std::string why;
    bool dry_run = false;
};

boost::json::object body_of(const Options& options) {
    return {{"kind", options.kind}, {"name", options.name}};
}

// The export is a document for the person it is about: JSON either way, indented for reading.
void print_indented(Call& call, const boost::json::value& value, size_t depth) {
    const std::string margin(2 * depth + 2, ' ');
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        call.print("{\n");
        size_t left = object->size();
        for (const auto& [key, each] : *object) {
            call.print(margin + boost::json::serialize(key) + ": ");
            print_indented(call, each, depth + 1);
            call.print(--left > 0 ? ",\n" : "\n");
        }
        call.print(std::string(2 * depth, ' ') + "}");
    } else if (const auto* list = value.if_array(); list != nullptr && !list->empty()) {
        call.print("[\n");
        size_t left = list->size();
        for (const auto& each : *list) {
            call.print(margin);
            print_indented(call, each, depth + 1);
            call.print(--left > 0 ? ",\n" : "\n");
        }
        call.print(std::string(2 * depth, ' ') + "]");
    } else {
        call.print(boost::json::serialize(value));
    }
}

Exit export_subject(Call& call, const Options& options) {
    return present(call, post(call, "/v1/subjects/export", body_of(options)),
                   [&](const boost::json::value& answer) {
                       print_indented(call, answer, 0);
                       call.print("\n");
                   });
}

Exit erase(Call& call, const Options& options) {
    if (options.dry_run) return export_subject(call, options);
    if (options.why.empty()) {
        return call.fail({"input_needed", call.text("ask.use_option", {{"option", "--because"}})});
    }
    if (const auto agreed = call.confirm("command.subject.erase.question",
                                         {{"kind", options.kind}, {"name", options.name}});
        !agreed) {
        return call.fail(agreed.error());
    }
    boost::json::object body = body_of(options);
    body["why"] = options.why;
    return present(
        call, post(call, "/v1/subjects/erase", body), [&](const boost::json::value& answer) {
            if (number_at(answer, "subject") == 0)
                return call.say("command.subject.erase.stranger");
            call.say("command.subject.erase.done", {{"subject", text_at(answer, "subject")},
                                                    {"cals", text_at(answer, "cals_returned")}});
        });
}

void declare_who(Form& form, Options& options) {
    form.only_names_of<HolderKind>(form.argument("KIND", options.kind));
    form.argument("NAME", options.name);
}

}  // namespace

Action declare_subject_export(Form& form) {
    auto& options = form.make<Options>();
    declare_who(form, options);
    return [&options](Call& call) { return export_subject(call, options); };
}

Action declare_subject_erase(Form& form) {
    auto& options = form.make<Options>();
    declare_who(form, options);
    form.only_names_of<ErasureReason>(form.option("--because", "WHY", options.why));
    form.flag("--dry-run", options.dry_run);
    return [&options](Call& call) { return erase(call, options); };
}

}  // namespace calm::cli
