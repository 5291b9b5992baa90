// calm product add | list | show | set
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/product_options.h"

namespace calm::cli {
namespace {

struct Options {
    std::string product;
    ProductOptions rules;
};

std::string facts(const Call& call, const boost::json::value& product) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const char* name : {"product",
                             "family",
                             "version",
                             "requires",
                             "overuse",
                             "temporary_days",
                             "user_days",
                             "device_days_min",
                             "device_days_max",
                             "renewal_days",
                             "initial_grace_days",
                             "outage_days",
                             "revoke_percent",
                             "reassign_days",
                             "prevent_upgrade",
                             "grace_ends_with_first_cal",
                             "cal_for_servers",
                             "cal_for_web",
                             "cal_for_hpc",
                             "cal_for_anonymous",
                             "administrators_max",
                             "server_license",
                             "cores_min",
                             "core_pack",
                             "cals_max",
                             "cal_pack",
                             "cals_included",
                             "lease_minutes",
                             "linger_minutes",
                             "queue_minutes",
                             "queue_max",
                             "borrow_days_max"}) {
        rows.emplace_back(name, cell(call.language(), product, name));
    }
    for (const char* name : {"bases", "pack_kinds", "cal_pack_sizes"}) {
        std::string all;
        for (const boost::json::value& each : array_at(product, name)) {
            all += all.empty() ? "" : ", ";
            all += each.is_string() ? std::string(each.get_string()) : boost::json::serialize(each);
        }
        if (!all.empty()) rows.emplace_back(name, all);
    }
    return fact_lines(rows);
}

Exit show_answer(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer,
                   [&](const boost::json::value& product) { call.print(facts(call, product)); });
}

Exit list(Call& call) {
    return present(call, call.get("/v1/products"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.product")},
                     {call.text("column.requires")},
                     {call.text("column.overuse")},
                     {call.text("column.family")},
                     {call.text("column.version"), true}});
        for (const auto& product : array_at(answer, "products")) {
            std::vector<std::string> cells;
            for (const char* path : {"product", "requires", "overuse", "family", "version"})
                cells.push_back(cell(call.language(), product, path));
            table.add(std::move(cells));
        }
        call.print_table(table);
    });
}

Exit add(Call& call, const Options& options) {
    boost::json::object body = options.rules.to_json();
    body["product"] = options.product;
    return show_answer(call, post(call, "/v1/products", body));
}

Exit set(Call& call, const Options& options) {
    const boost::json::object change = options.rules.to_json();
    if (change.empty()) return call.fail({"usage", call.text("usage.nothing_to_change")});
    return show_answer(call,
                       change_at(call, "/v1/products/" + url_escape(options.product), change));
}

}  // namespace

Action declare_product_add(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    options.rules.declare(form);
    return [&options](Call& call) { return add(call, options); };
}

Action declare_product_list(Form&) {
    return list;
}

Action declare_product_show(Form& form) {
    auto& product = form.make<std::string>();
    form.argument("PRODUCT", product);
    return [&product](Call& call) {
        return show_answer(call, call.get("/v1/products/" + url_escape(product)));
    };
}

Action declare_product_set(Form& form) {
    auto& options = form.make<Options>();
    form.argument("PRODUCT", options.product);
    options.rules.declare(form);
    return [&options](Call& call) { return set(call, options); };
}

}  // namespace calm::cli
