// calm cal list | show | token | revoke | release
#include <algorithm>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

constexpr uint32_t kPageMax = 1000;

struct ListOptions {
    std::string product;
    std::string state;
    std::string kind;
    std::string holder;
    uint32_t limit = 100;
    std::string cursor;
};

std::string page_path(const ListOptions& options, uint32_t limit, const std::string& cursor) {
    std::string path = "/v1/cals?limit=" + std::to_string(limit);
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) path += std::string("&") + name + "=" + url_escape(value);
    };
    add("product", options.product);
    add("state", options.state);
    add("kind", options.kind);
    add("holder", options.holder);
    add("cursor", cursor);
    return path;
}

// Follows the cursor until there are enough: the server's pages are short in time, not in CALs.
Result<boost::json::value> collect(Call& call, const ListOptions& options) {
    boost::json::array cals;
    std::string cursor = options.cursor;
    while (cals.size() < options.limit) {
        const auto missing = static_cast<uint32_t>(options.limit - cals.size());
        CALM_TRY_ASSIGN(const boost::json::value page,
                        call.get(page_path(options, std::min(missing, kPageMax), cursor)));
        for (const auto& cal : array_at(page, "cals"))
            cals.push_back(cal);
        cursor = text_at(page, "cursor");
        if (cursor.empty()) break;
    }
    boost::json::object out{{"cals", std::move(cals)}};
    if (!cursor.empty()) out["cursor"] = cursor;
    return out;
}

// One that is lent is active, and does not admit its owner; that it is on loan or borrowed is what
// a person asks about first.
std::string state_of(Call& call, const boost::json::value& cal) {
    if (find_at(cal, "lent") != nullptr) return "lent";
    if (find_at(cal, "of") != nullptr) return "on_loan";
    if (find_at(cal, "borrowed") != nullptr) return "borrowed";
    return cell(call.language(), cal, "state");
}

Exit list(Call& call, const ListOptions& options) {
    return present(call, collect(call, options), [&](const boost::json::value& answer) {
        Table table({{call.text("column.cal"), true},
                     {call.text("column.state")},
                     {call.text("column.kind")},
                     {call.text("column.product")},
                     {call.text("column.holder")},
                     {call.text("column.pack"), true},
                     {call.text("column.expires_at")}});
        for (const auto& cal : array_at(answer, "cals")) {
            std::vector<std::string> cells{cell(call.language(), cal, "cal"), state_of(call, cal)};
            for (const char* path : {"kind", "product", "holder.name", "pack", "expires_at"})
                cells.push_back(cell(call.language(), cal, path));
            table.add(std::move(cells));
        }
        call.print_table(table);
        if (const std::string cursor = text_at(answer, "cursor"); !cursor.empty()) {
            call.say("command.cal.list.more", {{"cursor", cursor}});
        }
    });
}

Exit show_answer(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& cal) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const char* path : {"cal", "state", "kind", "product", "holder.kind", "holder.name",
                                 "pack", "overuse", "issued_at", "expires_at", "entry"}) {
            rows.emplace_back(path, cell(call.language(), cal, path));
        }
        // Of a CAL that is borrowed, lent, or on loan.
        for (const char* path : {"borrowed", "of", "lent.cal", "lent.until"}) {
            if (std::string text = text_at(cal, path); !text.empty())
                rows.emplace_back(path, std::move(text));
        }
        call.print(fact_lines(rows));
    });
}

Exit token(Call& call, uint32_t cal) {
    return present(
        call, call.get("/v1/cals/" + std::to_string(cal) + "/token"),
        [&](const boost::json::value& answer) { call.print_line(text_at(answer, "token")); });
}

struct TakeBackOptions {
    uint32_t cal = 0;
    bool dry_run = false;
    std::string why;
};

Exit take_back(Call& call, const TakeBackOptions& options, const std::string& verb) {
    const std::string number = std::to_string(options.cal);
    if (options.dry_run) return show_answer(call, call.get("/v1/cals/" + number));
    if (options.why.empty() && verb == "revoke") {
        return call.fail({"input_needed", call.text("ask.use_option", {{"option", "--because"}})});
    }
    const std::string question = "command.cal." + verb + ".question";
    if (const auto agreed = call.confirm(question, {{"cal", number}}); !agreed) {
        return call.fail(agreed.error());
    }
    boost::json::value body;
    if (!options.why.empty()) body = boost::json::object{{"why", options.why}};
    return show_answer(call, post(call, "/v1/cals/" + number + "/" + verb, body));
}

TakeBackOptions& declare_take_back(Form& form) {
    auto& options = form.make<TakeBackOptions>();
    form.argument("CAL", options.cal);
    form.flag("--dry-run", options.dry_run);
    return options;
}

}  // namespace

Action declare_cal_list(Form& form) {
    auto& options = form.make<ListOptions>();
    form.option("--product", "PRODUCT", options.product);
    form.only_names_of<CalState>(form.option("--state", "STATE", options.state));
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.option("--holder", "NAME", options.holder);
    form.option("--limit", "N", options.limit);
    form.option("--cursor", "CURSOR", options.cursor);
    return [&options](Call& call) { return list(call, options); };
}

Action declare_cal_show(Form& form) {
    auto& cal = form.make<uint32_t>();
    form.argument("CAL", cal);
    return [&cal](Call& call) {
        return show_answer(call, call.get("/v1/cals/" + std::to_string(cal)));
    };
}

Action declare_cal_token(Form& form) {
    auto& cal = form.make<uint32_t>();
    form.argument("CAL", cal);
    return [&cal](Call& call) { return token(call, cal); };
}

Action declare_cal_revoke(Form& form) {
    auto& options = declare_take_back(form);
    form.only_names_of<RevocationReason>(form.option("--because", "WHY", options.why));
    return [&options](Call& call) { return take_back(call, options, "revoke"); };
}

Action declare_cal_release(Form& form) {
    auto& options = declare_take_back(form);
    form.only(form.option("--because", "WHY", options.why),
              {"left", "out_of_service", "reassigned"});
    return [&options](Call& call) { return take_back(call, options, "release"); };
}

}  // namespace calm::cli
