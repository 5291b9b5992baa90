// calm device list | merge | separate | accept: devices that are one machine, or look like one.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct MergeOptions {
    std::string device;
    std::string other;
};

Exit list(Call& call) {
    return present(call, call.get("/v1/devices"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.device")},
                     {call.text("column.state")},
                     {call.text("column.machine")},
                     {call.text("column.since")}});
        const auto add = [&](const boost::json::value& each, const char* state,
                             const char* machine) {
            table.add({cell(call.language(), each, "device.name"), call.text(state),
                       cell(call.language(), each, machine), cell(call.language(), each, "since")});
        };
        for (const auto& each : array_at(answer, "look_alikes"))
            add(each, "command.device.list.look_alike", "like.name");
        for (const auto& each : array_at(answer, "names"))
            add(each, "command.device.list.name", "machine.name");
        call.print_table(table);
    });
}

Exit merge(Call& call, const MergeOptions& options) {
    const boost::json::object body{{"device", options.device}, {"other", options.other}};
    return present(call, post(call, "/v1/devices/merge", body), [&](const boost::json::value&) {
        call.say("command.device.merge.done",
                 {{"device", options.device}, {"other", options.other}});
    });
}

Exit change(Call& call, const std::string& device, const std::string& verb) {
    const boost::json::object body{{"device", device}};
    return present(call, post(call, "/v1/devices/" + verb, body), [&](const boost::json::value&) {
        call.say("command.device." + verb + ".done", {{"device", device}});
    });
}

}  // namespace

Action declare_device_list(Form&) {
    return [](Call& call) { return list(call); };
}

Action declare_device_merge(Form& form) {
    auto& options = form.make<MergeOptions>();
    form.argument("DEVICE", options.device);
    form.argument("OTHER", options.other);
    return [&options](Call& call) { return merge(call, options); };
}

Action declare_device_separate(Form& form) {
    auto& device = form.make<std::string>();
    form.argument("DEVICE", device);
    return [&device](Call& call) { return change(call, device, "separate"); };
}

Action declare_device_accept(Form& form) {
    auto& device = form.make<std::string>();
    form.argument("DEVICE", device);
    return [&device](Call& call) { return change(call, device, "accept"); };
}

}  // namespace calm::cli
