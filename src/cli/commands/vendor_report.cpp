// calm vendor report: what the vendor sold, activated, is short of and has to renew; with --month
// what each service provider had, and owes for. The server that is asked is the clearinghouse.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

// Nothing where there are no rows.
void show_section(Call& call, const char* title, const boost::json::value& report, const char* rows,
                  std::initializer_list<const char*> columns) {
    const auto& list = array_at(report, rows);
    if (list.empty()) return;
    call.print("\n" + call.text(title) + "\n");
    print_rows(call, list, columns);
}

void show_report(Call& call, const boost::json::value& report) {
    call.print_line(call.text("command.vendor.report.servers",
                              {{"servers", text_at(report, "activated.servers")},
                               {"active", text_at(report, "activated.active")},
                               {"replaced", text_at(report, "activated.replaced")}}));
    call.print_line(call.text("command.vendor.report.clearinghouse",
                              {{"until", text_at(report, "clearinghouse_until")}}));
    show_section(call, "command.vendor.report.sold", report, "sold",
                 {"product", "kind", "in_packs", "in_keys", "left_in_orders"});
    show_section(call, "command.vendor.report.short", report, "short",
                 {"order", "customer", "product", "kind", "agreement", "quantity", "left"});
    show_section(call, "command.vendor.report.renewal", report, "up_for_renewal",
                 {"pack", "product", "kind", "quantity", "expires_at", "maintained_until",
                  "customer", "server"});
    show_section(call, "command.vendor.report.ending", report, "certificates_ending",
                 {"server", "company", "activated_until"});
}

Exit report_on(Call& call, const std::string& month) {
    if (month.empty()) {
        return present(call, call.get("/v1/report"),
                       [&](const boost::json::value& report) { show_report(call, report); });
    }
    return present(
        call, call.get("/v1/report/service-providers?month=" + url_escape(month)),
        [&](const boost::json::value& report) {
            print_rows(call, array_at(report, "customers"),
                       {"customer", "name", "agreement", "product", "kind", "quantity", "packs"});
        });
}

}  // namespace

Action declare_vendor_report(Form& form) {
    auto& month = form.make<std::string>();
    form.option("--month", "MONTH", month);
    return [&month](Call& call) { return report_on(call, month); };
}

}  // namespace calm::cli
