// calm pack add | declare | list | show | remove | convert | assign | reserve
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "cli/pack_view.h"
#include "documents/armour.h"

namespace calm::cli {
namespace {

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::pair<std::string, std::string> agreement_of(const Call& call, const boost::json::value& pack) {
    const std::string program = text_at(pack, "agreement_program");
    return {call.text("fact.agreement"), program.empty() ? ""
                                                         : call.text("program." + program) + " " +
                                                               text_at(pack, "agreement_number")};
}

// "engineers 2, sales 1", and how many of them members use.
std::string kept_seats(const boost::json::value& pack) {
    std::string out;
    for (const auto& each : array_at(pack, "reserved")) {
        if (!out.empty()) out += ", ";
        out += fmt::format("{} {} ({})", text_at(each, "group"), text_at(each, "seats"),
                           text_at(each, "used"));
    }
    return out;
}

std::string server_pack_facts(const Call& call, const boost::json::value& pack) {
    const auto row = [&](const char* name, const char* path) {
        return std::pair(call.text(std::string("fact.") + name), text_at(pack, path));
    };
    return fact_lines({row("pack", "pack"), row("product", "product"), row("kind", "kind"),
                       row("quantity", "quantity"), row("used", "used"), row("free", "free"),
                       row("metric", "metric"), row("host", "host"), row("overdraft", "overdraft"),
                       row("overdrawn", "overdrawn"),
                       std::pair(call.text("fact.reserved"), kept_seats(pack)),
                       row("maintained_until", "maintained_until"), row("reaches", "reaches"),
                       row("moved_from", "moved_from.server"), row("channel", "channel"),
                       agreement_of(call, pack), row("state", "state"),
                       row("expires_at", "expires_at"), row("document", "document")});
}

struct AddOptions {
    std::string file;
    bool dry_run = false;
    std::string moved_from;
    std::string source;
};

Exit add(Call& call, const AddOptions& options) {
    const auto file = read_pack_file(options.file);
    if (!file) return call.fail(file.error());
    std::string path = "/v1/packs";
    if (options.moved_from.empty() != options.source.empty())
        return call.fail({"usage", call.text("command.pack.add.together")});
    if (!options.moved_from.empty()) {
        const auto from = parse_ledger_id(options.moved_from);
        if (!from) return call.fail(from.error());
        path += "?moved_from=" + to_string(*from) + "&source=" + options.source;
    }
    if (options.dry_run) {
        show_pack_file(call, *file);
        if (!call.json()) call.say("command.pack.add.not_done");
        return Exit::ok;
    }
    const std::string key = new_request_id();
    const auto answer = call.send({.method = "POST",
                                   .path = path,
                                   .body = file->text,
                                   .content_type = "text/plain",
                                   .idempotency_key = key});
    return present(call, answer, [&](const boost::json::value& installed) {
        call.print(server_pack_facts(call, installed));
        call.say("command.pack.add.done", {{"quantity", text_at(installed, "quantity")},
                                           {"product", text_at(installed, "product")}});
        if (options.source == "unreachable")
            call.say("command.pack.add.unconfirmed", {{"server", options.moved_from}});
    });
}

struct DeclareOptions {
    std::string product;
    uint32_t quantity = 0;
    std::string kind = "per_user";
    std::string channel = "retail";
    std::string agreement;
    std::string metric = "named";
};

Exit declare(Call& call, const DeclareOptions& options) {
    boost::json::object terms{{"product", options.product},
                              {"quantity", options.quantity},
                              {"kind", options.kind},
                              {"channel", options.channel}};
    if (options.metric != "named") terms["metric"] = options.metric;
    if (!options.agreement.empty()) {
        const auto agreement = parse_agreement(options.agreement);
        if (!agreement) return call.fail(agreement.error());
        terms["channel"] = name_of(Channel::volume);
        terms["agreement_program"] = name_of(agreement->program);
        terms["agreement_number"] = agreement->number;
    }
    return present(call, post(call, "/v1/packs", boost::json::object{{"declared", terms}}),
                   [&](const boost::json::value& installed) {
                       call.print(server_pack_facts(call, installed));
                   });
}

// How seats are counted is told where a pack counts them otherwise than most do.
Exit list(Call& call) {
    return present(call, call.get("/v1/packs"), [&](const boost::json::value& answer) {
        const auto& packs = array_at(answer, "packs");
        const bool metrics = std::ranges::any_of(
            packs, [](const auto& pack) { return find_at(pack, "metric") != nullptr; });
        std::vector<Table::Column> columns{
            {call.text("column.pack"), true}, {call.text("column.product")},
            {call.text("column.kind")},       {call.text("column.quantity"), true},
            {call.text("column.used"), true}, {call.text("column.free"), true},
            {call.text("column.state")},      {call.text("column.expires_at")},
            {call.text("column.agreement")}};
        std::vector<const char*> paths{"pack", "product", "kind",  "quantity",
                                       "used", "free",    "state", "expires_at"};
        if (metrics) {
            columns.insert(columns.begin() + 3, {call.text("column.metric")});
            paths.insert(paths.begin() + 3, "metric");
        }
        Table table(std::move(columns));
        for (const auto& pack : packs) {
            std::vector<std::string> cells;
            for (const char* path : paths)
                cells.push_back(cell(call.language(), pack, path));
            cells.push_back(agreement_of(call, pack).second);
            table.add(std::move(cells));
        }
        call.print_table(table);
    });
}

Exit show_installed(Call& call, const std::string& number) {
    return present(call, call.get("/v1/packs/" + number), [&](const boost::json::value& pack) {
        call.print(server_pack_facts(call, pack));
    });
}

// A number asks the server about an installed pack; anything else is a file, and no server is
// asked.
Exit show(Call& call, const std::string& what) {
    std::error_code ignored;
    if (is_number(what) && !std::filesystem::exists(what, ignored)) {
        return show_installed(call, what);
    }
    const auto file = read_pack_file(what);
    if (!file) return call.fail(file.error());
    show_pack_file(call, *file);
    if (!call.json()) call.say("command.pack.show.not_trust");
    return Exit::ok;
}

struct RemoveOptions {
    uint32_t pack = 0;
    bool dry_run = false;
};

Exit remove(Call& call, const RemoveOptions& options) {
    const std::string number = std::to_string(options.pack);
    if (options.dry_run) return show_installed(call, number);
    if (const auto agreed = call.confirm("command.pack.remove.question", {{"pack", number}});
        !agreed) {
        return call.fail(agreed.error());
    }
    return present(call, remove_at(call, "/v1/packs/" + number), [&](const boost::json::value&) {
        call.say("command.pack.remove.done", {{"pack", number}});
    });
}

struct ConvertOptions {
    uint32_t pack = 0;
    std::optional<uint64_t> quantity;
};

Exit convert(Call& call, const ConvertOptions& options) {
    boost::json::object body;
    if (options.quantity) body["quantity"] = *options.quantity;
    const std::string path = "/v1/packs/" + std::to_string(options.pack) + "/convert";
    return present(call, post(call, path, body), [&](const boost::json::value& pack) {
        call.print(server_pack_facts(call, pack));
    });
}

struct AssignOptions {
    uint32_t pack = 0;
    std::string host;
};

Exit assign(Call& call, const AssignOptions& options) {
    boost::json::object body;
    if (options.host != "-") body["host"] = options.host;
    const std::string path = "/v1/packs/" + std::to_string(options.pack) + "/host";
    const auto answer =
        call.send({.method = "PUT", .path = path, .body = boost::json::serialize(body)});
    return present(call, answer, [&](const boost::json::value& pack) {
        call.print(server_pack_facts(call, pack));
    });
}

struct ReserveOptions {
    uint32_t pack = 0;
    std::string group;
    uint32_t seats = 0;
};

Exit reserve(Call& call, const ReserveOptions& options) {
    const boost::json::object body{{"group", options.group}, {"seats", options.seats}};
    const std::string path = "/v1/packs/" + std::to_string(options.pack) + "/reservations";
    const auto answer =
        call.send({.method = "PUT", .path = path, .body = boost::json::serialize(body)});
    return present(call, answer, [&](const boost::json::value& pack) {
        call.print(server_pack_facts(call, pack));
    });
}

}  // namespace

Action declare_pack_reserve(Form& form) {
    auto& options = form.make<ReserveOptions>();
    form.argument("PACK", options.pack);
    form.argument("GROUP", options.group);
    form.argument("SEATS", options.seats);
    return [&options](Call& call) { return reserve(call, options); };
}

Action declare_pack_assign(Form& form) {
    auto& options = form.make<AssignOptions>();
    form.argument("PACK", options.pack);
    form.argument("HOST", options.host);
    return [&options](Call& call) { return assign(call, options); };
}

Action declare_pack_convert(Form& form) {
    auto& options = form.make<ConvertOptions>();
    form.argument("PACK", options.pack);
    form.option("--quantity", "N", options.quantity);
    return [&options](Call& call) { return convert(call, options); };
}

Action declare_pack_add(Form& form) {
    auto& options = form.make<AddOptions>();
    form.is_file(form.argument("FILE", options.file));
    form.flag("--dry-run", options.dry_run);
    form.option("--moved-from", "SERVER-ID", options.moved_from);
    form.only(form.option("--source", "SOURCE", options.source), {"unreachable", "dead"});
    return [&options](Call& call) { return add(call, options); };
}

Action declare_pack_declare(Form& form) {
    auto& options = form.make<DeclareOptions>();
    form.argument("PRODUCT", options.product);
    form.argument("QUANTITY", options.quantity);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.only_names_of<Channel>(form.option("--channel", "CHANNEL", options.channel));
    form.option("--agreement", "PROGRAM:NUMBER", options.agreement);
    form.only_names_of<PackMetric>(form.option("--metric", "METRIC", options.metric));
    return [&options](Call& call) { return declare(call, options); };
}

Action declare_pack_list(Form&) {
    return list;
}

Action declare_pack_show(Form& form) {
    auto& what = form.make<std::string>();
    form.is_file(form.argument("FILE", what));
    return [&what](Call& call) { return show(call, what); };
}

Action declare_pack_remove(Form& form) {
    auto& options = form.make<RemoveOptions>();
    form.argument("PACK", options.pack);
    form.flag("--dry-run", options.dry_run);
    return [&options](Call& call) { return remove(call, options); };
}

}  // namespace calm::cli
