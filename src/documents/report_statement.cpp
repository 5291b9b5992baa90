// {"file":"…","sha256":"…","bytes":0,"ledger":"…","epoch":0,"size":0,"root":"…","at":"…",
//  "made_at":"…"}
#include "documents/report_statement.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/json_fields.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"
#include "documents/tree_head.h"

namespace calm {
namespace {

// Dots of the body: of two documents (v4.public.payload.footer), and between the three parts.
constexpr size_t kDotsOfDocument = 3;
constexpr uint64_t kBytesMax = uint64_t{1} << 32;

struct Parts {
    std::string_view identity;
    std::string_view certificate;
    std::string_view statement;
};

Result<Parts> split(std::string_view body) {
    std::array<size_t, 2 * kDotsOfDocument + 2> dots{};
    size_t at = 0;
    for (size_t& dot : dots) {
        dot = body.find('.', at);
        if (dot == std::string_view::npos) return fail("report_malformed", "a part is missing");
        at = dot + 1;
    }
    if (body.find('.', at) != std::string_view::npos)
        return fail("report_malformed", "there is a part too many");
    const size_t middle = dots[kDotsOfDocument + 1];
    return Parts{.identity = body.substr(0, dots[0]),
                 .certificate = body.substr(dots[0] + 1, middle - dots[0] - 1),
                 .statement = body.substr(middle + 1)};
}

Result<ReportStatement> read_statement(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "report_malformed"));
    ReportStatement statement{.file = fields.text("file", 1, kReportFileNameMax),
                              .sha256 = fields.hash("sha256"),
                              .bytes = fields.number("bytes", 0, kBytesMax),
                              .ledger = fields.ledger("ledger"),
                              .epoch = static_cast<uint32_t>(fields.number("epoch", 0, UINT32_MAX)),
                              .size = fields.number("size", 1, kLogSizeMax),
                              .root = fields.hash("root"),
                              .at = fields.time("at"),
                              .made_at = fields.time("made_at")};
    CALM_TRY(fields.finish());
    return statement;
}

}  // namespace

std::string sign_report(const ReportStatement& statement, const SecretKey& node,
                        const PublicKey& identity, std::string_view certificate) {
    std::string payload = R"({"file":)";
    append_json_string(payload, statement.file);
    payload +=
        fmt::format(R"(,"sha256":"{}","bytes":{},"ledger":"{}","epoch":{},"size":{},"root":"{}",)"
                    R"("at":"{}","made_at":"{}"}})",
                    to_hex(statement.sha256), statement.bytes, to_string(statement.ledger),
                    statement.epoch, statement.size, to_hex(statement.root),
                    to_rfc3339(statement.at), to_rfc3339(statement.made_at));
    return armour(kReportLabel, fmt::format("{}.{}.{}", to_text(identity), certificate,
                                            sign_document(DocumentKind::report, node, payload)));
}

Result<ReportStatement> verify_report_signature(std::string_view text) {
    CALM_TRY_ASSIGN(const std::string body, unarmour(kReportLabel, text));
    CALM_TRY_ASSIGN(const Parts parts, split(body));
    const auto identity = parse_public_key(parts.identity);
    if (!identity) return fail("report_malformed", "it begins with no identity key");
    CALM_TRY_ASSIGN(const NodeCertificate certificate,
                    verify_node_certificate(parts.certificate, *identity));
    CALM_TRY_ASSIGN(const std::string payload,
                    verify_document(DocumentKind::report, parts.statement, certificate.node,
                                    kReportStatementSizeMax));
    CALM_TRY_ASSIGN(ReportStatement statement, read_statement(payload));
    if (statement.ledger != certificate.ledger) {
        return fail("report_malformed", "it names another ledger than its certificate");
    }
    return statement;
}

Result<> check_report_bytes(const ReportStatement& statement, std::string_view bytes) {
    if (bytes.size() != statement.bytes) {
        return fail("report_altered",
                    fmt::format("it has {} bytes, {} were signed", bytes.size(), statement.bytes));
    }
    if (sha256(bytes) != statement.sha256) {
        return fail("report_altered", fmt::format("its SHA-256 is {}, {} was signed",
                                                  to_hex(sha256(bytes)), to_hex(statement.sha256)));
    }
    return {};
}

}  // namespace calm
