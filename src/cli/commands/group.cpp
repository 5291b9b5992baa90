// calm group list | join | leave: groups, who is in them, and the seats that are kept for them.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct MemberOptions {
    std::string group;
    std::string user;
    std::string device;
};

Exit list_groups(Call& call) {
    return present(call, call.get("/v1/groups"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.group")},
                     {call.text("column.members")},
                     {call.text("column.pack"), true},
                     {call.text("column.seats"), true},
                     {call.text("column.used"), true}});
        for (const auto& group : array_at(answer, "groups")) {
            std::vector<std::string> members;
            for (const auto& member : array_at(group, "members"))
                members.push_back(cell(call.language(), member, "name"));
            const std::string code = cell(call.language(), group, "group");
            const std::string names = fmt::format("{}", fmt::join(members, ", "));
            const auto& kept = array_at(group, "reserved");
            if (kept.empty()) table.add({code, names, "", "", ""});
            for (const auto& each : kept) {
                const bool first = &each == &kept.front();
                table.add(
                    {first ? code : "", first ? names : "", cell(call.language(), each, "pack"),
                     cell(call.language(), each, "seats"), cell(call.language(), each, "used")});
            }
        }
        call.print_table(table);
    });
}

Exit change_member(Call& call, const MemberOptions& options, const std::string& verb) {
    const bool user = !options.user.empty();
    const std::string& name = user ? options.user : options.device;
    boost::json::object body;
    if (!name.empty()) body[user ? "user" : "device"] = name;
    if (user && !options.device.empty()) body["device"] = options.device;
    const std::string path = "/v1/groups/" + url_escape(options.group) + "/" + verb;
    return present(call, post(call, path, body), [&](const boost::json::value&) {
        call.say("command.group." + verb + ".done", {{"name", name}, {"group", options.group}});
    });
}

Action declare_member(Form& form, const char* verb) {
    auto& options = form.make<MemberOptions>();
    form.argument("GROUP", options.group);
    form.option("--user", "NAME", options.user);
    form.option("--device", "NAME", options.device);
    return [&options, verb](Call& call) { return change_member(call, options, verb); };
}

}  // namespace

Action declare_group_list(Form&) {
    return list_groups;
}

Action declare_group_join(Form& form) {
    return declare_member(form, "join");
}

Action declare_group_leave(Form& form) {
    return declare_member(form, "leave");
}

}  // namespace calm::cli
