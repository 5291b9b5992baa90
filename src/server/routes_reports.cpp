// Reports: made and signed by one request, fetched by others within the hour. File and signature
// come from the same making, so they always belong together.
#include <fmt/format.h>
#include <sodium.h>

#include "documents/report_statement.h"
#include "report/position_report.h"
#include "server/position_desk.h"
#include "server/report_shelf.h"
#include "wire/fields.h"

namespace calm {

enum class ReportFormat : uint8_t { csv, pdf };

template <>
struct NamesOf<ReportFormat> {
    static constexpr Names<ReportFormat, 2> value{
        {{ReportFormat::csv, "csv"}, {ReportFormat::pdf, "pdf"}}};
};
template <>
struct NamesOf<Language> {
    static constexpr Names<Language, 2> value{{{Language::en, "en"}, {Language::fr, "fr"}}};
};

namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr size_t kMissingMax = 20'000;

struct Wish {
    ReportFormat format = ReportFormat::csv;
    Language language = Language::en;
    PositionQuestion question{.missing_max = kMissingMax};
};

Result<Wish> wish_of(Api& api, const Request& request) {
    CALM_TRY_ASSIGN(const boost::json::value* const body, body_of(api, request));
    Wish wish{.language = request.language()};
    wire::Fields fields(*body);
    fields.choice("format", wish.format);
    fields.require("format");
    fields.choice("lang", wish.language);
    std::string product;
    std::string at;
    if (fields.text("product", product, 64)) {
        CALM_TRY_ASSIGN(wish.question.product, product_named(api, product));
    }
    const bool of_a_day = fields.text("at", at, 10);
    CALM_TRY(fields.finish());
    if (of_a_day) {
        CALM_TRY_ASSIGN(wish.question.before, end_of_day(at, api.server.now()));
    }
    return wish;
}

std::string new_id() {
    std::array<uint8_t, 16> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    return to_hex(bytes);
}

// Signs the bytes and puts them on the shelf.
std::string keep(Api& api, ReportShelf& shelf, const report::PositionReport& report,
                 ReportFormat format, std::string bytes) {
    const Node& node = api.server.node();
    const ReportStatement statement{.file = report::file_name(report, name_of(format)),
                                    .sha256 = sha256(bytes),
                                    .bytes = bytes.size(),
                                    .ledger = ledger_id_of(node.identity.public_key()),
                                    .epoch = report.epoch,
                                    .size = report.table.entries,
                                    .root = report.root,
                                    .at = report.table.at,
                                    .made_at = report.made_at};
    const auto& kept =
        shelf.put({.id = new_id(),
                   .file = statement.file,
                   .content_type = format == ReportFormat::csv ? http::kCsv : http::kPdf,
                   .bytes = std::move(bytes),
                   .signature = sign_report(statement, node.key, node.identity.public_key(),
                                            node.certificate)},
                  api.server.now());
    std::string out = fmt::format(
        R"({{"report":"{}","file":"{}","bytes":{},"sha256":"{}","entries":{},"until":"{}",)",
        kept.id, kept.file, kept.bytes.size(), to_hex(statement.sha256), statement.size,
        to_rfc3339(kept.until));
    out += R"("signature":)";
    wire::append_json_string(out, kept.signature);
    out += '}';
    return out;
}

void make(Api& api, const std::shared_ptr<ReportShelf>& shelf, const Request& request,
          Responder responder) {
    const auto wish = wish_of(api, request);
    if (!wish) return responder.fail(wish.error());
    report::PositionReport report{.license_server_id = api.server.node().ledger_id,
                                  .made_at = api.server.now(),
                                  .made_for = std::string(api.sign_in.account_of(request.caller)),
                                  .language = wish->language};
    prove_position(api, wish->question,
                   [&api, shelf, format = wish->format, report = std::move(report),
                    responder = std::move(responder)](Result<ProvenPosition> proven) mutable {
                       if (!proven) return responder.fail(proven.error());
                       if (api.workers.full())
                           return responder.fail({"unavailable", "too many long reads at once"}, 2);
                       report.table = std::move(proven->table);
                       report.epoch = proven->epoch;
                       report.root = proven->root;
                       // Read by the worker, then by the loop.
                       const auto shared =
                           std::make_shared<const report::PositionReport>(std::move(report));
                       api.workers.run(
                           [shared, format]() -> Result<std::string> {
                               if (format == ReportFormat::pdf) return position_pdf(*shared);
                               return position_csv(*shared);
                           },
                           [&api, shelf, shared, format,
                            responder = std::move(responder)](Result<std::string> bytes) mutable {
                               if (!bytes) return responder.fail(bytes.error());
                               responder.send(Response::json(
                                   201, keep(api, *shelf, *shared, format, std::move(*bytes))));
                           });
                   });
}

template <class Show>
void show(Api& api, ReportShelf& shelf, const Request& request, Responder responder, Show show) {
    const auto* const kept = shelf.find(request.parameter("report"), api.server.now());
    if (kept == nullptr)
        return responder.fail({"report_unknown", "make it again: reports are kept for an hour"});
    Response response;
    show(*kept, response);
    responder.send(response);
}

}  // namespace

void add_report_routes(Api& api, Routes& routes) {
    // Lives as long as the routes that use it.
    const auto shelf = std::make_shared<ReportShelf>();
    const RouteRows row(api, routes);
    row(
        Method::post, "/v1/reports", rights::audit, "Make and sign a report of the position",
        [shelf](Api& served, const Request& request, Responder responder) {
            make(served, shelf, request, std::move(responder));
        },
        http::kSlow);
    row(Method::get, "/v1/reports/{report}", rights::audit, "Fetch a report",
        [shelf](Api& served, const Request& request, Responder responder) {
            show(served, *shelf, request, std::move(responder),
                 [](const ReportShelf::Report& kept, Response& response) {
                     response.content_type = kept.content_type;
                     response.headers.add("Content-Disposition",
                                          "attachment; filename=\"" + kept.file + '"');
                     response.body = kept.bytes;
                 });
        });
    row(Method::get, "/v1/reports/{report}/signature", rights::audit, "Fetch a report's signature",
        [shelf](Api& served, const Request& request, Responder responder) {
            show(served, *shelf, request, std::move(responder),
                 [](const ReportShelf::Report& kept, Response& response) {
                     response.content_type = http::kPlainText;
                     response.body = kept.signature;
                 });
        });
}

}  // namespace calm
