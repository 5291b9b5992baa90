// calm admit PRODUCT: asks the license server as a host would: may this one connect?
#include <optional>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/explanation.h"
#include "core/reason.h"

namespace calm::cli {
namespace {

struct Options {
    std::string product;
    std::string user;
    std::string device;
    std::string host;
    std::string station;
    std::string via;
    std::optional<std::string> workload;
    std::string request_id;
    std::string hardware_id;
    std::string certificate;
    std::string device_mark;
    bool outside = false;
    bool want_token = false;
    bool wait = false;
};

// The number of the host on whose behalf is asked; a name is looked up, and the only host need not
// be named. Zero: none is enrolled, or several are.
Result<int64_t> host_number(Call& call, const Options& options) {
    if (!options.host.empty()) {
        CALM_TRY_ASSIGN(const boost::json::value host,
                        call.get("/v1/hosts/" + url_escape(options.host)));
        return number_at(host, "host");
    }
    CALM_TRY_ASSIGN(const boost::json::value answer, call.get("/v1/hosts"));
    const auto& hosts = array_at(answer, "hosts");
    return hosts.size() == 1 ? number_at(hosts.front(), "host") : 0;
}

void show(Call& call, const boost::json::value& answer) {
    const std::string reason = text_at(answer, "reason");
    const Explanation about = explanation_of(reason, Told::of_an_admission, call.language());
    const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
    call.print(fact_lines({{label("verdict"), text_at(answer, "verdict")},
                           {label("reason"), reason},
                           {label("why"), about.title},
                           {label("cal"), text_at(answer, "cal")},
                           {label("expires_at"), text_at(answer, "expires_at")},
                           {label("ask_again_at"), text_at(answer, "ask_again_at")},
                           {label("place"), text_at(answer, "place")},
                           {label("token"), text_at(answer, "token")}}));
    if (text_at(answer, "verdict") == "allow") return;
    call.say("command.admit.what_to_do", {{"remedy", about.remedy}});
}

Exit admit(Call& call, const Options& options) {
    if (options.user.empty() && options.device.empty() && options.station.empty() &&
        !options.workload) {
        return call.fail({"usage", call.text("command.admit.nobody")});
    }
    const auto host = host_number(call, options);
    if (!host) return call.fail_server(host.error());
    if (*host == 0) return call.fail({"usage", call.text("command.admit.which_host")});
    boost::json::object body{
        {"request_id", options.request_id.empty() ? new_request_id() : options.request_id},
        {"product", options.product},
        {"host", *host}};
    if (!options.user.empty()) body["user"] = options.user;
    if (!options.device.empty()) body["device"] = options.device;
    if (!options.station.empty()) body["station"] = options.station;
    if (!options.via.empty()) body["via"] = options.via;
    if (options.workload) body["workload"] = *options.workload;
    if (options.outside) body["outside"] = true;
    if (!options.hardware_id.empty()) body["hardware_id"] = options.hardware_id;
    if (!options.certificate.empty()) body["certificate"] = options.certificate;
    if (!options.device_mark.empty()) body["device_mark"] = options.device_mark;
    if (options.want_token) body["want_token"] = true;
    if (options.wait) body["wait"] = true;
    const auto answer = post(call, "/v1/admissions", body);
    const Exit shown =
        present(call, answer, [&](const boost::json::value& said) { show(call, said); });
    if (shown != Exit::ok) return shown;
    const auto reason = from_name<Reason>(text_at(*answer, "reason"));
    if (reason) return exit_of(*reason);
    return text_at(*answer, "verdict") == "allow" ? Exit::ok : Exit::denied;
}

}  // namespace

Action declare_admit(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    form.option("--user", "NAME", options.user);
    form.option("--device", "NAME", options.device);
    form.option("--host", "HOST", options.host);
    form.option("--station", "NAME", options.station);
    form.option("--via", "NAME", options.via);
    form.only_names_of<Workload>(form.option("--workload", "WORKLOAD", options.workload));
    form.flag("--outside", options.outside);
    form.option("--hardware-id", "TEXT", options.hardware_id);
    form.option("--certificate", "TEXT", options.certificate);
    form.option("--device-mark", "TEXT", options.device_mark);
    form.option("--request-id", "HEX", options.request_id);
    form.flag("--want-token", options.want_token);
    form.flag("--wait", options.wait);
    return [&options](Call& call) { return admit(call, options); };
}

}  // namespace calm::cli
