// The log for auditors, and what hosts check it with: tree heads, proofs, withdrawals.
#include <algorithm>

#include <fmt/format.h>

#include "documents/host_certificate.h"
#include "documents/ledger_id.h"
#include "documents/revocation_list.h"
#include "server/api.h"
#include "server/entry_actors.h"
#include "server/log_view.h"
#include "wire/fields.h"
#include "wire/host_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr uint64_t kLinesDefault = 100;
constexpr uint64_t kLinesMax = 10'000;
constexpr size_t kPageBytesMax = 4 * 1024 * 1024;

Result<uint64_t> number_in(const Request& request, std::string_view name, uint64_t fallback) {
    const auto text = request.query(name);
    if (!text) return fallback;
    uint64_t number = 0;
    for (const char c : *text) {
        if (c < '0' || c > '9' || number > (uint64_t{1} << 53)) {
            return fail("bad_query", fmt::format("`{}` is not a number", name));
        }
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    if (text->empty()) return fail("bad_query", fmt::format("`{}` is empty", name));
    return number;
}

struct Part {
    uint64_t from = 0;
    uint64_t limit = 0;
};

// The entries that are asked for: `from` and `limit`.
Result<Part> part_in(const Request& request) {
    CALM_TRY_ASSIGN(const uint64_t from, number_in(request, "from", 0));
    CALM_TRY_ASSIGN(const uint64_t limit, number_in(request, "limit", kLinesDefault));
    return Part{.from = from, .limit = std::min(limit, kLinesMax)};
}

// Runs a long read on a worker with a reader of its own, and answers with what it makes.
template <class Read>
void read_on_worker(Api& api, Responder responder, std::string_view content_type, Read read) {
    auto reader = api.server.writer().open_reader();
    if (!reader) return responder.fail(reader.error());
    if (api.workers.full())
        return responder.fail({"unavailable", "too many long reads at once"}, 2);
    std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
    api.workers.run(
        [shared, read]() -> Result<std::string> { return read(*shared); },
        [content_type, responder = std::move(responder)](Result<std::string> text) mutable {
            if (!text) return responder.fail(text.error());
            Response response;
            response.content_type = content_type;
            response.body = std::move(*text);
            responder.send(response);
        });
}

// The log as it is stored, one entry a line. A page ends at 4 MiB at the latest.
void lines(Api& api, const Request& request, Responder responder) {
    const auto part = part_in(request);
    if (!part) return responder.fail(part.error());
    read_on_worker(
        api, std::move(responder), http::kJsonLines,
        [part = *part](store::JournalReader& reader) -> Result<std::string> {
            std::string out;
            CALM_TRY(reader.read(part.from, part.limit, [&](uint64_t, std::string_view line) {
                out += line;
                out += '\n';
                return out.size() < kPageBytesMax;
            }));
            return out;
        });
}

// {"head":…,"identity":…,"certificates":[…]}: with it anybody can verify the log's root.
void head(Api& api, const Request& request, Responder responder) {
    const auto size = number_in(request, "size", 0);
    if (!size) return responder.fail(size.error());
    std::string rest =
        fmt::format(R"(","license_server_id":"{}","identity":"{}","certificates":[)",
                    api.server.node().ledger_id, to_text(api.server.node().identity.public_key()));
    for (const entry::NodeAdded& node : api.server.ledger().nodes()) {
        if (rest.back() == '"') rest += ',';
        rest += '"' + node.certificate + '"';
    }
    rest += "]}";
    read_on_worker(api, std::move(responder), http::kJson,
                   [rest, size = *size](store::JournalReader& reader) -> Result<std::string> {
                       CALM_TRY_ASSIGN(const auto found, size == 0 ? reader.latest_tree_head()
                                                                   : reader.tree_head(size));
                       if (!found) return fail("entry_unknown", "the log is not that long");
                       return R"({"head":")" + found->document + rest;
                   });
}

void proof(Api& api, const Request& request, Responder responder) {
    const auto first = number_in(request, "first", 0);
    const auto second = number_in(request, "second", 0);
    if (!first) return responder.fail(first.error());
    if (!second) return responder.fail(second.error());
    read_on_worker(
        api, std::move(responder), http::kJson,
        [first = *first, second = *second](store::JournalReader& reader) -> Result<std::string> {
            CALM_TRY_ASSIGN(const LogView view, LogView::open(reader));
            if (first == 0 || first > second || second > view.size()) {
                return fail("bad_query", fmt::format("a proof leads from `first` of at least "
                                                     "1 to `second` of at most {}",
                                                     view.size()));
            }
            CALM_TRY_ASSIGN(const auto hashes, view.consistency(first, second));
            std::string out;
            wire::write_proof(out, hashes);
            return out;
        });
}

// Which accounts asked for the entries; those of hosts, of the clock and of the server itself have
// none.
void actors(Api& api, const Request& request, Responder responder) {
    const auto part = part_in(request);
    if (!part) return responder.fail(part.error());
    read_on_worker(api, std::move(responder), http::kJson,
                   [part = *part](store::JournalReader& reader) {
                       return actors_json(reader, part.from, part.limit);
                   });
}

// Of a product that asks for no CAL of its own: what those that it rests on ask for.
CalRequirement asked_for(const Ledger& ledger, const Product& product) {
    CalRequirement asked = product.rules.requirement;
    if (asked != CalRequirement::none) return asked;
    for (const std::string& code : product.bases)
        asked =
            std::max(asked, ledger.product(ledger.find_product(code)).product.rules.requirement);
    return asked;
}

std::vector<wire::ProductTerms> terms_for(const Ledger& ledger, HostId id) {
    std::vector<wire::ProductTerms> out;
    const Host& host = ledger.host(id);
    for (const ProductState& state : ledger.products()) {
        wire::ProductTerms terms{.product = state.product.code,
                                 .requirement = asked_for(ledger, state.product),
                                 .outage_days = state.product.rules.outage_days};
        if (state.product.rules.initial_grace_days > 0 && !host.grace_ended) {
            terms.grace_until = std::min(
                host.grace_until, host.enrolled_at + days(state.product.rules.initial_grace_days));
        }
        out.push_back(std::move(terms));
    }
    return out;
}

// With which the host follows, should another server take this one's place. Its grace is that of
// the product where it ends first: what is over here does not begin again there.
std::string certificate_of(const Api& api, HostId id,
                           const std::vector<wire::ProductTerms>& terms) {
    const Ledger& ledger = api.server.ledger();
    const Host& host = ledger.host(id);
    const Node& node = api.server.node();
    Instant grace_until = host.grace_ended ? Instant{} : host.grace_until;
    for (const wire::ProductTerms& each : terms)
        grace_until = std::min(grace_until, each.grace_until.value_or(grace_until));
    return sign_host_certificate({.ledger = ledger_id_of(node.identity.public_key()),
                                  .host = id,
                                  .name = std::string(api.directory.host_name(id)),
                                  .key = PublicKey{host.key},
                                  .mode = host.mode,
                                  .grace_until = grace_until,
                                  .issued_at = api.server.now()},
                                 node.key);
}

// What a host tells of itself is for people to look at: what cannot be read is as if it were not
// there.
void hear(Api& api, const Request& request) {
    HostHeard heard{.at = api.server.now(), .told = {}};
    const std::string_view text = request.header("calm-host");
    if (!text.empty() && text.size() <= wire::kHostToldSizeMax) {
        if (const auto json = api.json.read(text)) {
            if (auto told = wire::parse_host_told(**json)) heard.told = std::move(*told);
        }
    }
    api.contacts.note({request.caller.id}, std::move(heard));
}

// Everything that a contact brings to a host.
void contact(Api& api, const Request& request, Responder responder) {
    hear(api, request);
    const Ledger& ledger = api.server.ledger();
    const Node& node = api.server.node();
    const Instant now = api.server.now();
    RevocationList list{.ledger = ledger_id_of(node.identity.public_key()),
                        .epoch = ledger.epoch(),
                        .size = api.server.durable(),
                        .time = now};
    for (const Withdrawal& each : ledger.withdrawn(now))
        list.cals.push_back(each.cal);
    wire::HostContact answer{
        .revocations = sign_revocation_list(list, node.key),
        .mode = ledger.host({request.caller.id}).mode,
        .offline_days_max = ledger.policy().offline_days_max,
        .reassert = ledger.restore_window(now) && ledger.awaits(ledger.host({request.caller.id})),
        .products = terms_for(ledger, {request.caller.id})};
    for (const entry::NodeAdded& each : ledger.nodes())
        answer.certificates.push_back(each.certificate);
    answer.vendors = ledger.vendors();
    answer.certificate = certificate_of(api, {request.caller.id}, answer.products);
    answer.successor = api.successor;
    read_on_worker(
        api, std::move(responder), http::kJson,
        [answer = std::move(answer)](store::JournalReader& reader) -> Result<std::string> {
            CALM_TRY_ASSIGN(const auto found, reader.latest_tree_head());
            if (!found) return fail("log_damaged", "the log has no tree head");
            wire::HostContact complete = answer;
            complete.head = found->document;
            std::string out;
            wire::write_contact(out, complete);
            return out;
        });
}

}  // namespace

void add_audit_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/audit", rights::audit, "The log's entries, as stored", lines,
        http::kSlow);
    row(Method::get, "/v1/audit/actors", rights::audit, "Which accounts asked for the entries",
        actors, http::kSlow);
    row(Method::get, "/v1/audit/head", rights::witness, "The newest signed tree head", head,
        http::kNoFlags);
    row(Method::get, "/v1/audit/proof", rights::witness, "That one log begins with another", proof,
        http::kNoFlags);
    row(Method::get, "/v1/revocations", rights::contact, "What a contact brings to a host", contact,
        http::kNoFlags);
}

}  // namespace calm
