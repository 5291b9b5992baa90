// calm vendor issue | renew | revoke | split | merge | replace | read-out | servers | packs |
// events: the vendor's packs and the license servers that have them. The server that is asked is
// the clearinghouse.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/dates.h"
#include "cli/files.h"

namespace calm::cli {
namespace {

// The new end of something, as the API writes it.
Result<> put_end(boost::json::object& body, const char* name, const std::string& text) {
    if (text.empty()) return {};
    CALM_TRY_ASSIGN(const Instant moment, parse_moment(text, true));
    body[name] = to_rfc3339(moment);
    return {};
}

// What the answer says about one thing; its document goes into the file.
Exit keep_pack_answer(Call& call, const Result<boost::json::value>& answer,
                      const std::string& output) {
    if (answer && !output.empty()) {
        const std::string document = text_at(*answer, "document");
        if (!document.empty()) {
            if (output == "-") {
                call.print(document);
                return Exit::ok;
            }
            if (const auto made = create_file(output, document, 0644); !made)
                return call.fail(made.error());
        }
    }
    return present(call, answer, [&](const boost::json::value& said) {
        std::vector<std::pair<std::string, std::string>> facts;
        if (const auto* object = said.if_object()) {
            for (const auto& [name, value] : *object) {
                if (value.is_array() || value.is_null() || name == "document") continue;
                if (value.is_object()) {
                    for (const auto& [inner, term] : value.as_object())
                        facts.emplace_back(inner, cell(call.language(), value, inner));
                } else {
                    facts.emplace_back(name, cell(call.language(), said, name));
                }
            }
        }
        call.print(fact_lines(facts));
        for (const auto& pack : array_at(said, "packs"))
            call.print_line(text_at(pack, "pack") + " " + text_at(pack, "server"));
    });
}

struct IssueOptions {
    std::string server;
    std::string product;
    uint32_t quantity = 0;
    std::string kind = "per_user";
    std::string until;
    std::string maintained_until;
    uint32_t customer = 0;
    uint32_t order = 0;
    std::string output;
};

Exit issue_from_vendor(Call& call, const IssueOptions& options) {
    boost::json::object body{{"server", options.server}};
    if (options.quantity > 0) body["quantity"] = options.quantity;
    if (options.order > 0) {
        body["order"] = options.order;
    } else {
        body["product"] = options.product;
        body["kind"] = options.kind;
        if (options.customer > 0) body["customer"] = options.customer;
        for (const auto& [name, text] : {std::pair{"until", &options.until},
                                         {"maintained_until", &options.maintained_until}}) {
            if (const auto put = put_end(body, name, *text); !put) return call.fail(put.error());
        }
    }
    return keep_pack_answer(call, post(call, "/v1/packs", body), options.output);
}

struct RenewOptions {
    std::string pack;
    std::string until;
    std::string maintained_until;
    std::string output;
};

Exit renew_from_vendor(Call& call, const RenewOptions& options) {
    boost::json::object body;
    for (const auto& [name, text] :
         {std::pair{"until", &options.until}, {"maintained_until", &options.maintained_until}}) {
        if (const auto put = put_end(body, name, *text); !put) return call.fail(put.error());
    }
    return keep_pack_answer(
        call, post(call, "/v1/packs/" + url_escape(options.pack) + "/renew", body), options.output);
}

struct RevokeOptions {
    std::string pack;
    std::string why;
};

struct SplitOptions {
    std::string pack;
    std::vector<std::string> parts;
};

// "SERVER=QUANTITY"
Exit split_at_vendor(Call& call, const SplitOptions& options) {
    boost::json::array parts;
    for (const std::string& part : options.parts) {
        const size_t equals = part.find('=');
        const bool digits = equals != std::string::npos && equals + 1 < part.size() &&
                            part.size() - equals < 11 &&
                            part.find_first_not_of("0123456789", equals + 1) == std::string::npos;
        if (!digits) return call.fail({"usage", "`" + part + "`"});
        parts.push_back(boost::json::object{{"server", part.substr(0, equals)},
                                            {"quantity", std::stoull(part.substr(equals + 1))}});
    }
    return keep_pack_answer(call,
                            post(call, "/v1/packs/" + url_escape(options.pack) + "/split",
                                 boost::json::object{{"parts", parts}}),
                            "");
}

struct PackMergeOptions {
    std::string server;
    std::vector<std::string> packs;
    std::string output;
};

Exit merge_at_vendor(Call& call, const PackMergeOptions& options) {
    boost::json::object body{
        {"server", options.server},
        {"packs", boost::json::array(options.packs.begin(), options.packs.end())}};
    return keep_pack_answer(call, post(call, "/v1/packs/merge", body), options.output);
}

struct ReplaceOptions {
    std::string server;
    std::string by;
    std::string old = "reachable";
};

struct ReadOutOptions {
    std::string server;
    std::string request;
    std::string key;
    std::string product;
    uint32_t quantity = 0;
    std::string kind = "per_user";
    std::string until;
};

// With a request code an activation, else a pack.
Exit read_out(Call& call, const ReadOutOptions& options) {
    boost::json::object body{{"server", options.server}};
    if (!options.request.empty()) {
        body["request_code"] = options.request;
        return keep_pack_answer(call, post(call, "/v1/readouts/activation", body), "");
    }
    if (!options.key.empty()) {
        body["key"] = options.key;
    } else {
        body["product"] = options.product;
        body["quantity"] = options.quantity;
        body["kind"] = options.kind;
        if (const auto put = put_end(body, "until", options.until); !put)
            return call.fail(put.error());
    }
    return keep_pack_answer(call, post(call, "/v1/readouts/pack", body), "");
}

Exit list_rows(Call& call, const std::string& name, const std::string& server,
               std::initializer_list<const char*> columns) {
    std::string path = "/v1/" + name;
    if (!server.empty()) path += "?server=" + url_escape(server);
    return present(call, call.get(path), [&](const boost::json::value& answer) {
        print_rows(call, array_at(answer, name), columns);
    });
}

}  // namespace

Action declare_vendor_issue(Form& form) {
    auto& options = form.make<IssueOptions>();
    form.argument("SERVER-ID", options.server);
    form.option("--order", "N", options.order);
    form.option("--product", "PRODUCT", options.product);
    form.option("--quantity", "N", options.quantity);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.option("--until", "DATE", options.until);
    form.option("--maintained-until", "DATE", options.maintained_until);
    form.option("--customer", "N", options.customer);
    form.option("-o,--output", "FILE", options.output);
    return [&options](Call& call) { return issue_from_vendor(call, options); };
}

Action declare_vendor_renew(Form& form) {
    auto& options = form.make<RenewOptions>();
    form.argument("PACK", options.pack);
    form.option("--until", "DATE", options.until);
    form.option("--maintained-until", "DATE", options.maintained_until);
    form.option("-o,--output", "FILE", options.output);
    return [&options](Call& call) { return renew_from_vendor(call, options); };
}

Action declare_vendor_revoke(Form& form) {
    auto& options = form.make<RevokeOptions>();
    form.argument("PACK", options.pack);
    form.required_option("--why", "TEXT", options.why);
    return [&options](Call& call) {
        return keep_pack_answer(call,
                                post(call, "/v1/packs/" + url_escape(options.pack) + "/revoke",
                                     boost::json::object{{"why", options.why}}),
                                "");
    };
}

Action declare_vendor_split(Form& form) {
    auto& options = form.make<SplitOptions>();
    form.argument("PACK", options.pack);
    form.required_option("--part", "SERVER-ID=QUANTITY", options.parts);
    return [&options](Call& call) { return split_at_vendor(call, options); };
}

Action declare_vendor_merge(Form& form) {
    auto& options = form.make<PackMergeOptions>();
    form.argument("SERVER-ID", options.server);
    form.required_option("--pack", "PACK", options.packs);
    form.option("-o,--output", "FILE", options.output);
    return [&options](Call& call) { return merge_at_vendor(call, options); };
}

Action declare_vendor_replace(Form& form) {
    auto& options = form.make<ReplaceOptions>();
    form.argument("SERVER-ID", options.server);
    form.argument("NEW-SERVER-ID", options.by);
    form.only_names_of<PackSource>(form.option("--old", "STATE", options.old));
    return [&options](Call& call) {
        return keep_pack_answer(call,
                                post(call, "/v1/servers/" + url_escape(options.server) + "/replace",
                                     boost::json::object{{"by", options.by}, {"old", options.old}}),
                                "");
    };
}

Action declare_vendor_read_out(Form& form) {
    auto& options = form.make<ReadOutOptions>();
    form.argument("SERVER-ID", options.server);
    form.option("--request", "CODE", options.request);
    form.option("--product-key", "KEY", options.key);
    form.option("--product", "PRODUCT", options.product);
    form.option("--quantity", "N", options.quantity);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.option("--until", "DATE", options.until);
    return [&options](Call& call) { return read_out(call, options); };
}

Action declare_vendor_servers(Form&) {
    return [](Call& call) {
        return list_rows(call, "servers", "", {"server", "state", "activated_until", "company"});
    };
}

Action declare_vendor_packs(Form& form) {
    auto& server = form.make<std::string>();
    form.option("--for", "SERVER-ID", server);
    return [&server](Call& call) {
        return list_rows(call, "packs", server,
                         {"pack", "product", "kind", "quantity", "expires_at", "why", "server"});
    };
}

Action declare_vendor_events(Form& form) {
    auto& server = form.make<std::string>();
    form.option("--for", "SERVER-ID", server);
    return [&server](Call& call) {
        return list_rows(call, "events", server, {"at", "what", "account", "server", "detail"});
    };
}

}  // namespace calm::cli
