// calm cal hosts: on which hosts a CAL's holder was let in lately.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct HostsOptions {
    uint32_t cal = 0;
    uint32_t days = 30;
};

Exit hosts(Call& call, const HostsOptions& options) {
    const std::string path =
        "/v1/cals/" + std::to_string(options.cal) + "/hosts?days=" + std::to_string(options.days);
    return present(call, call.get(path), [&](const boost::json::value& answer) {
        print_rows(call, array_at(answer, "hosts"),
                   {"name", "product", "first_day", "last_day", "days_used", "count"});
    });
}

}  // namespace

Action declare_cal_hosts(Form& form) {
    auto& options = form.make<HostsOptions>();
    form.argument("CAL", options.cal);
    form.option("--days", "N", options.days);
    return [&options](Call& call) { return hosts(call, options); };
}

}  // namespace calm::cli
