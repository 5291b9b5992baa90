// calm completion SHELL
#include "cli/completion.h"

#include "cli/commands/declare.h"

namespace calm::cli {

Action declare_completion(Form& form) {
    auto& shell = form.make<std::string>();
    form.only_names_of<Shell>(form.argument("SHELL", shell));
    return [&shell](Call& call) {
        const Parser parser(call.language());
        // The parser has refused every other name.
        call.print(completion_script(parser, from_name<Shell>(shell).value_or(Shell::bash)));
        return Exit::ok;
    };
}

}  // namespace calm::cli
