// calm activation list | online | request | answer | read-out | refresh | deactivate: this license
// server and the vendors' clearinghouses, over the network, by file or by telephone.
#include "documents/activation.h"

#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/dates.h"
#include "cli/files.h"
#include "documents/armour.h"

namespace calm::cli {
namespace {

struct Wish {
    std::string vendor;
    std::string why;
    std::string company;
    std::string contact;
    std::string country;
    std::vector<std::string> keys;
    std::string output;
};

boost::json::object wish_body(const Wish& wish) {
    boost::json::object body;
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) body[name] = value;
    };
    put("vendor", wish.vendor);
    put("company", wish.company);
    put("contact", wish.contact);
    put("country", wish.country);
    put("why", wish.why);
    if (!wish.why.empty()) body["purpose"] = "reactivate";
    if (!wish.keys.empty()) body["keys"] = boost::json::value_from(wish.keys);
    return body;
}

void declare_wish(Form& form, Wish& wish) {
    form.option("--vendor", "VENDOR", wish.vendor);
    form.only_names_of<ReactivationReason>(form.option("--again-because", "WHY", wish.why));
    form.option("--company", "TEXT", wish.company);
    form.option("--contact", "TEXT", wish.contact);
    form.option("--country", "TEXT", wish.country);
}

Exit list_vendors(Call& call) {
    return present(call, call.get("/v1/activations"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.vendor")},
                     {call.text("column.state")},
                     {call.text("column.until")},
                     {call.text("column.clearinghouse")},
                     {call.text("column.requests")}});
        for (const auto& vendor : array_at(answer, "vendors")) {
            std::string codes;
            for (const auto& request : array_at(vendor, "requests"))
                codes += (codes.empty() ? "" : ", ") + text_at(request, "code");
            table.add({cell(call.language(), vendor, "vendor"),
                       call.text("state." + text_at(vendor, "state")), text_at(vendor, "until"),
                       text_at(vendor, "clearinghouse.address"), codes});
        }
        call.print_table(table);
    });
}

std::string listed(const boost::json::value& answer, const char* name) {
    std::string out;
    for (const auto& each : array_at(answer, name))
        out += (out.empty() ? "" : ", ") + std::to_string(each.to_number<int64_t>());
    return out;
}

Exit show_taken(Call& call, const Result<boost::json::value>& answer) {
    const Exit exit = present(call, answer, [&](const boost::json::value& taken) {
        call.print(
            fact_lines({{call.text("fact.activated_until"), text_at(taken, "activated_until")},
                        {call.text("fact.serial"), text_at(taken, "serial")},
                        {call.text("fact.packs_installed"), listed(taken, "packs")},
                        {call.text("fact.packs_renewed"), listed(taken, "renewed")},
                        {call.text("fact.packs_revoked"), listed(taken, "revoked")},
                        {call.text("fact.status_list"), text_at(taken, "status_list")}}));
        for (const auto& each : array_at(taken, "refused")) {
            call.warn("command.activation.refused",
                      {{"what", call.text("command.activation.what." + text_at(each, "what"))},
                       {"code", text_at(each, "code")},
                       {"detail", text_at(each, "detail")}});
        }
    });
    if (exit == Exit::ok && !array_at(*answer, "refused").empty()) return Exit::error;
    return exit;
}

Exit go_online(Call& call, const Wish& wish) {
    return show_taken(call, post(call, "/v1/activations/online", wish_body(wish)));
}

Exit fetch_news(Call& call, const Wish& wish) {
    boost::json::object body = wish_body(wish);
    body["purpose"] = "packs";
    return show_taken(call, post(call, "/v1/activations/online", body));
}

// The request goes into a file; what is read out over the telephone is said.
Exit write_request(Call& call, const Result<boost::json::value>& answer,
                   const std::string& output) {
    if (!answer) return call.fail_server(answer.error());
    const std::string file = output.empty() ? text_at(*answer, "file") : output;
    if (const auto made = create_file(file, text_at(*answer, "request"), 0644); !made)
        return call.fail(made.error());
    return present(call, answer, [&](const boost::json::value& request) {
        call.print(fact_lines(
            {{call.text("fact.license_server_id"), text_at(request, "license_server_id")},
             {call.text("fact.request_code"), text_at(request, "code")},
             {call.text("fact.file"), file}}));
        call.say("command.activation.request.done", {{"file", file}});
    });
}

Exit make_request(Call& call, const Wish& wish) {
    return write_request(call, post(call, "/v1/activations/requests", wish_body(wish)),
                         wish.output);
}

Exit give_up(Call& call, const Wish& wish) {
    // What is given up is given up: the file that says so has a place first.
    const std::string output = wish.output.empty() ? "deactivate.request" : wish.output;
    std::error_code ignored;
    if (std::filesystem::exists(output, ignored))
        return call.fail({"file_exists", fmt::format("`{}` exists already", output)});
    if (const auto agreed = call.confirm("command.activation.deactivate.question"); !agreed)
        return call.fail(agreed.error());
    return write_request(call, post(call, "/v1/activations/deactivate", wish_body(wish)), output);
}

Exit take_file(Call& call, const std::string& file) {
    const auto text = read_file(file, kAnswerSizeMax);
    if (!text) return call.fail(text.error());
    return show_taken(call, call.send({.method = "POST",
                                       .path = "/v1/activations",
                                       .body = *text,
                                       .content_type = "text/plain",
                                       .idempotency_key = new_request_id()}));
}

struct ReadOut {
    std::vector<std::string> groups;
    std::string vendor;
    std::string product;
    std::string kind = "per_user";
    uint32_t quantity = 0;
    std::string until;
};

std::string typed(const ReadOut& read_out) {
    return fmt::format("{}", fmt::join(read_out.groups, " "));
}

Exit read_out_activation(Call& call, const ReadOut& read_out) {
    boost::json::object body{{"code", typed(read_out)}};
    if (!read_out.vendor.empty()) body["vendor"] = read_out.vendor;
    return present(
        call, post(call, "/v1/activations/read-out", body), [&](const boost::json::value& taken) {
            call.print(
                fact_lines({{call.text("fact.activated_until"), text_at(taken, "activated_until")},
                            {call.text("fact.serial"), text_at(taken, "serial")}}));
        });
}

Exit read_out_pack(Call& call, const ReadOut& read_out) {
    boost::json::object body{{"code", typed(read_out)},
                             {"product", read_out.product},
                             {"kind", read_out.kind},
                             {"quantity", read_out.quantity}};
    if (!read_out.vendor.empty()) body["vendor"] = read_out.vendor;
    if (!read_out.until.empty()) {
        const auto until = parse_moment(read_out.until, true);
        if (!until) return call.fail(until.error());
        body["until"] = to_rfc3339(*until);
    }
    return present(
        call, post(call, "/v1/packs/read-out", body), [&](const boost::json::value& pack) {
            call.print(fact_lines({{call.text("fact.pack"), text_at(pack, "pack")},
                                   {call.text("fact.product"), text_at(pack, "product")},
                                   {call.text("fact.kind"), text_at(pack, "kind")},
                                   {call.text("fact.quantity"), text_at(pack, "quantity")},
                                   {call.text("fact.state"), text_at(pack, "state")}}));
        });
}

Exit redeem(Call& call, const Wish& wish) {
    boost::json::object body = wish_body(wish);
    body["purpose"] = "packs";
    if (wish.output.empty()) return show_taken(call, post(call, "/v1/activations/online", body));
    return write_request(call, post(call, "/v1/activations/requests", body), wish.output);
}

}  // namespace

Action declare_activation_list(Form&) {
    return list_vendors;
}

Action declare_activation_online(Form& form) {
    auto& wish = form.make<Wish>();
    declare_wish(form, wish);
    return [&wish](Call& call) { return go_online(call, wish); };
}

Action declare_activation_refresh(Form& form) {
    auto& wish = form.make<Wish>();
    form.option("--vendor", "VENDOR", wish.vendor);
    return [&wish](Call& call) { return fetch_news(call, wish); };
}

Action declare_activation_request(Form& form) {
    auto& wish = form.make<Wish>();
    declare_wish(form, wish);
    form.is_file(form.option("-o,--output", "FILE", wish.output));
    return [&wish](Call& call) { return make_request(call, wish); };
}

Action declare_activation_deactivate(Form& form) {
    auto& wish = form.make<Wish>();
    form.option("--vendor", "VENDOR", wish.vendor);
    form.is_file(form.option("-o,--output", "FILE", wish.output));
    return [&wish](Call& call) { return give_up(call, wish); };
}

Action declare_activation_answer(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return take_file(call, file); };
}

Action declare_activation_read_out(Form& form) {
    auto& read_out = form.make<ReadOut>();
    form.argument("CODE", read_out.groups);
    form.option("--vendor", "VENDOR", read_out.vendor);
    return [&read_out](Call& call) { return read_out_activation(call, read_out); };
}

Action declare_pack_read_out(Form& form) {
    auto& read_out = form.make<ReadOut>();
    form.argument("PRODUCT", read_out.product);
    form.argument("QUANTITY", read_out.quantity);
    form.argument("CODE", read_out.groups);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", read_out.kind));
    form.option("--until", "DATE", read_out.until);
    form.option("--vendor", "VENDOR", read_out.vendor);
    return [&read_out](Call& call) { return read_out_pack(call, read_out); };
}

Action declare_pack_redeem(Form& form) {
    auto& wish = form.make<Wish>();
    form.argument("KEY", wish.keys);
    form.option("--vendor", "VENDOR", wish.vendor);
    form.is_file(form.option("--request", "FILE", wish.output));
    return [&wish](Call& call) { return redeem(call, wish); };
}

}  // namespace calm::cli
