// calm vendor product | customer | order | keys | approve: what the vendor sells, to whom, and the
// product keys. The server that is asked is the vendor's clearinghouse.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/dates.h"
#include "cli/files.h"
#include "cli/product_options.h"
#include "cli/progress.h"
#include "core/terms.h"

namespace calm::cli {
namespace {

// "Label value" of each thing that the answer says; documents are for files.
Exit show_answer_of(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& said) {
        std::vector<std::pair<std::string, std::string>> facts;
        if (const auto* object = said.if_object()) {
            for (const auto& [name, value] : *object) {
                if (value.is_array() || value.is_null()) continue;
                facts.emplace_back(name, cell(call.language(), said, name));
            }
        }
        call.print(fact_lines(facts));
        for (const auto& key : array_at(said, "keys"))
            call.print_line(boost::json::value_to<std::string>(key));
    });
}

// A day that an option names, as the API writes it.
Result<> put_moment(boost::json::object& body, const char* name, const std::string& text) {
    if (text.empty()) return {};
    CALM_TRY_ASSIGN(const Instant moment, parse_moment(text, true));
    body[name] = to_rfc3339(moment);
    return {};
}

void put_text(boost::json::object& body, const char* name, const std::string& text) {
    if (!text.empty()) body[name] = text;
}

struct VendorProductOptions {
    std::string product;
    ProductOptions rules;
};

Exit define_vendor_product(Call& call, const VendorProductOptions& options) {
    boost::json::object body = options.rules.to_json();
    body["product"] = options.product;
    return show_answer_of(call, post(call, "/v1/products", body));
}

struct CustomerOptions {
    std::string name;
    std::string contact;
    std::string country;
};

Exit add_vendor_customer(Call& call, const CustomerOptions& options) {
    boost::json::object body{{"name", options.name}};
    put_text(body, "contact", options.contact);
    put_text(body, "country", options.country);
    return show_answer_of(call, post(call, "/v1/customers", body));
}

struct OrderOptions {
    uint32_t customer = 0;
    std::string product;
    uint32_t quantity = 0;
    std::string kind = "per_user";
    std::string channel = "retail";
    std::string agreement;
    std::string until;
    std::string maintained_until;
    uint32_t keys = 0;
};

Exit take_vendor_order(Call& call, const OrderOptions& options) {
    boost::json::object body{{"customer", options.customer},
                             {"product", options.product},
                             {"quantity", options.quantity},
                             {"kind", options.kind},
                             {"channel", options.channel}};
    put_text(body, "agreement", options.agreement);
    if (options.keys > 0) body["keys"] = options.keys;
    for (const auto& [name, text] :
         {std::pair{"expires", &options.until}, {"maintained", &options.maintained_until}}) {
        if (const auto put = put_moment(body, name, *text); !put) return call.fail(put.error());
    }
    return show_answer_of(call, post(call, "/v1/orders", body));
}

struct KeysOptions {
    std::string product;
    uint32_t quantity = 0;
    uint32_t count = 1;
    std::string kind = "per_user";
    std::string channel = "retail";
    uint32_t customer = 0;
    uint32_t valid_days = 0;
    uint32_t maintained_days = 0;
    std::string output;
};

// They are told once: what cannot be written is printed.
Exit keep_keys(Call& call, const KeysOptions& options, const HttpAnswer& answer) {
    if (answer.status == 202) {
        boost::system::error_code error;
        return show_answer_of(call, boost::json::parse(answer.body, error));
    }
    if (options.output == "-") {
        call.print(answer.body);
        return Exit::ok;
    }
    const auto made = create_file(options.output, answer.body, 0600);
    if (!made) {
        call.print(answer.body);
        return call.fail(made.error());
    }
    if (call.json()) {
        call.print_json(boost::json::object{{"file", options.output}, {"count", options.count}});
    } else {
        call.say("command.vendor.keys.done",
                 {{"count", std::to_string(options.count)}, {"file", options.output}});
    }
    return Exit::ok;
}

Exit make_vendor_keys(Call& call, const KeysOptions& options) {
    std::error_code ignored;
    if (options.output != "-" && std::filesystem::exists(options.output, ignored))
        return call.fail({"file_exists", "`" + options.output + "`"});
    boost::json::object body{{"product", options.product},
                             {"quantity", options.quantity},
                             {"count", options.count},
                             {"kind", options.kind},
                             {"channel", options.channel}};
    if (options.customer > 0) body["customer"] = options.customer;
    if (options.valid_days > 0) body["valid_days"] = options.valid_days;
    if (options.maintained_days > 0) body["maintained_days"] = options.maintained_days;
    const auto client = call.client();
    if (!client) return call.fail(client.error());
    const std::string text = boost::json::serialize(body);
    const auto answer = [&] {
        const Waiting waiting(call, "progress.keys");
        return (*client)->send({.method = "POST",
                                .path = "/v1/keys",
                                .body = text,
                                .timeout = std::chrono::minutes(5)});
    }();
    if (!answer) return call.fail_server(answer.error());
    if (answer->status / 100 != 2) return call.fail(problem_of(*answer), answer->status);
    return keep_keys(call, options, *answer);
}

struct CardsOptions {
    std::string file;
    std::string output;
};

// So many that the clearinghouse prints them at once.
constexpr size_t kCardsInFile = 1000;

// The head of a CSV and so many of its lines each.
std::vector<std::string> csv_parts(std::string_view csv) {
    const size_t head = std::min(csv.find('\n'), csv.size() - 1) + 1;
    std::vector<std::string> parts;
    size_t lines = 0;
    for (size_t at = head; at < csv.size();) {
        const size_t end = std::min(csv.find('\n', at), csv.size() - 1) + 1;
        if (lines++ % kCardsInFile == 0) parts.emplace_back(csv.substr(0, head));
        parts.back() += csv.substr(at, end - at);
        at = end;
    }
    return parts;
}

// "cards.pdf" where there is one file, else "cards-1.pdf", "cards-2.pdf".
std::string cards_file(const std::string& output, size_t number, size_t count) {
    if (count == 1) return output;
    const std::filesystem::path path(output);
    return path.parent_path() /
           (path.stem().string() + "-" + std::to_string(number) + path.extension().string());
}

Exit print_vendor_cards(Call& call, const CardsOptions& options) {
    const auto csv = read_file(options.file, size_t{16} << 20);
    if (!csv) return call.fail(csv.error());
    if (csv->empty()) return call.fail({"file_unreadable", "`" + options.file + "`"});
    const auto client = call.client();
    if (!client) return call.fail(client.error());
    const auto parts = csv_parts(*csv);
    boost::json::array files;
    for (const std::string& part : parts) {
        const std::string path = "/v1/cards?lang=" + std::string(language_code(call.language()));
        const auto answer = (*client)->send({.method = "POST",
                                             .path = path,
                                             .body = part,
                                             .content_type = "text/csv",
                                             .timeout = std::chrono::minutes(5)});
        if (!answer) return call.fail_server(answer.error());
        if (answer->status / 100 != 2) return call.fail(problem_of(*answer), answer->status);
        const std::string file = cards_file(options.output, files.size() + 1, parts.size());
        if (const auto made = create_file(file, answer->body, 0600); !made)
            return call.fail(made.error());
        files.emplace_back(file);
        if (!call.json()) call.say("command.vendor.cards.done", {{"file", file}});
    }
    if (call.json()) call.print_json(boost::json::object{{"files", files}});
    return Exit::ok;
}

}  // namespace

Action declare_vendor_cards(Form& form) {
    auto& options = form.make<CardsOptions>();
    form.is_file(form.argument("FILE", options.file));
    form.required_option("-o,--output", "FILE", options.output);
    return [&options](Call& call) { return print_vendor_cards(call, options); };
}

Action declare_vendor_product(Form& form) {
    auto& options = form.make<VendorProductOptions>();
    form.argument("PRODUCT", options.product);
    options.rules.declare(form);
    return [&options](Call& call) { return define_vendor_product(call, options); };
}

Action declare_vendor_customer(Form& form) {
    auto& options = form.make<CustomerOptions>();
    form.argument("NAME", options.name);
    form.option("--contact", "TEXT", options.contact);
    form.option("--country", "TEXT", options.country);
    return [&options](Call& call) { return add_vendor_customer(call, options); };
}

Action declare_vendor_order(Form& form) {
    auto& options = form.make<OrderOptions>();
    form.argument("CUSTOMER", options.customer);
    form.argument("PRODUCT", options.product);
    form.argument("QUANTITY", options.quantity);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.only(form.option("--channel", "CHANNEL", options.channel),
              {"retail", "oem", "volume", "trial", "service_provider"});
    form.option("--agreement", "PROGRAM:NUMBER", options.agreement);
    form.option("--until", "DATE", options.until);
    form.option("--maintained-until", "DATE", options.maintained_until);
    form.option("--keys", "N", options.keys);
    return [&options](Call& call) { return take_vendor_order(call, options); };
}

Action declare_vendor_keys(Form& form) {
    auto& options = form.make<KeysOptions>();
    form.argument("PRODUCT", options.product);
    form.argument("QUANTITY", options.quantity);
    form.option("--count", "N", options.count);
    form.only_names_of<PackKind>(form.option("--kind", "KIND", options.kind));
    form.only(form.option("--channel", "CHANNEL", options.channel), {"retail", "oem"});
    form.option("--customer", "N", options.customer);
    form.option("--valid-days", "N", options.valid_days);
    form.option("--maintained-days", "N", options.maintained_days);
    form.required_option("-o,--output", "FILE", options.output);
    return [&options](Call& call) { return make_vendor_keys(call, options); };
}

Action declare_vendor_approve(Form& form) {
    auto& approval = form.make<uint32_t>();
    form.argument("APPROVAL", approval);
    return [&approval](Call& call) {
        const auto client = call.client();
        if (!client) return call.fail(client.error());
        const std::string path = "/v1/approvals/" + std::to_string(approval);
        const auto answer = (*client)->send({.method = "POST", .path = path, .body = "{}"});
        if (!answer) return call.fail_server(answer.error());
        if (answer->status / 100 != 2) return call.fail(problem_of(*answer), answer->status);
        call.print_line(answer->body);
        return Exit::ok;
    };
}

}  // namespace calm::cli
