// Slices of the ledger on their way into tables.
#include "server/sqlite_export.h"

#include <algorithm>

#include <fmt/format.h>
#include <sqlite3.h>

#include "server/api.h"
#include "server/refused_attempts.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

constexpr uint32_t kSlice = 2000;  // CALs; copying them takes well under a millisecond

constexpr const char* kSchema = R"(
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE product(product INTEGER PRIMARY KEY, code TEXT, family TEXT, version INTEGER, requires TEXT);
CREATE TABLE pack(pack INTEGER PRIMARY KEY, product TEXT, kind TEXT, quantity INTEGER, used INTEGER,
  channel TEXT, declared INTEGER, removed INTEGER, expires_at TEXT, not_before TEXT,
  maintained_until TEXT, metric TEXT, overdraft INTEGER, overdrawn INTEGER,
  agreement_program TEXT, agreement_number TEXT, converted_from INTEGER, included_with INTEGER);
CREATE TABLE pack_covers(pack INTEGER, product TEXT, PRIMARY KEY(pack, product));
CREATE TABLE host(host INTEGER PRIMARY KEY, name TEXT, mode TEXT, enrolled_at TEXT, grace_until TEXT,
  removed INTEGER);
CREATE TABLE host_license(host INTEGER, pack INTEGER, product TEXT, kind TEXT, quantity INTEGER,
  since TEXT, PRIMARY KEY(host, pack));
CREATE TABLE host_product(host INTEGER, product TEXT, PRIMARY KEY(host, product));
CREATE TABLE installation(pack INTEGER, product TEXT, computer TEXT, since TEXT);
CREATE TABLE cal(cal INTEGER PRIMARY KEY, state TEXT, kind TEXT, product TEXT, pack INTEGER,
  holder_kind TEXT, holder TEXT, overuse INTEGER, issued_at TEXT, expires_at TEXT, entry INTEGER,
  on_loan INTEGER);
CREATE TABLE usage(day TEXT, user TEXT, device TEXT, product TEXT, host TEXT, count INTEGER);
CREATE TABLE refused(day TEXT, product TEXT, reason TEXT, host TEXT, user TEXT, device TEXT,
  station TEXT, offline INTEGER, attempts INTEGER, first_at TEXT, last_at TEXT);
)";

struct CalRow {
    CalId id;
    Cal cal;
    HolderKind holder_kind;
    std::string holder;
};

// A pack without the index of its CALs.
struct PackRow {
    entry::PackInstalled terms;
    uint32_t quantity = 0;  // without what was converted
    uint32_t used = 0;
    uint32_t overdrawn = 0;
    PackId converted_from;
    bool removed = false;
};

// What is small is taken at once, on the loop.
struct Plain {
    std::vector<Product> products;
    std::vector<PackRow> packs;
    std::vector<std::pair<Host, std::string>> hosts;
    std::vector<std::pair<Installation, std::string>> installations;  // and the computer's name
};

class Table {
  public:
    Table(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &row_, nullptr); }
    ~Table() { sqlite3_finalize(row_); }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    template <class... Values>
    bool add(const Values&... values) {
        int column = 0;
        (bind(++column, values), ...);
        const bool stored = sqlite3_step(row_) == SQLITE_DONE;
        sqlite3_reset(row_);
        return stored;
    }

  private:
    void bind(int column, std::string_view text) {
        sqlite3_bind_text(row_, column, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
    }
    void bind(int column, const std::string& text) { bind(column, std::string_view(text)); }
    void bind(int column, int64_t number) { sqlite3_bind_int64(row_, column, number); }

    sqlite3_stmt* row_ = nullptr;
};

class Exporter {
  public:
    explicit Exporter(const std::filesystem::path& file) {
        ok_ = sqlite3_open(file.c_str(), &db_) == SQLITE_OK &&
              sqlite3_exec(db_, kSchema, nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    ~Exporter() { sqlite3_close(db_); }
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    void add_plain(const Plain& plain);
    void add_packs(const Plain& plain);
    void add_assignments(const Plain& plain);
    void add_cals(const std::vector<CalRow>& rows, const std::vector<std::string>& products,
                  Instant now);
    Result<> finish(store::JournalReader& reader);

  private:
    Result<> add_usage(store::JournalReader& reader);
    Result<> add_refused(store::JournalReader& reader);

    sqlite3* db_ = nullptr;
    bool ok_ = false;
};

void Exporter::add_plain(const Plain& plain) {
    Table products(db_, "INSERT INTO product VALUES(?,?,?,?,?)");
    for (size_t i = 0; i < plain.products.size(); ++i) {
        const Product& p = plain.products[i];
        ok_ = ok_ && products.add(static_cast<int64_t>(i + 1), p.code, p.family, int64_t{p.version},
                                  name_of(p.rules.requirement));
    }
    add_packs(plain);
    Table hosts(db_, "INSERT INTO host VALUES(?,?,?,?,?,?)");
    for (size_t i = 0; i < plain.hosts.size(); ++i) {
        const auto& [host, name] = plain.hosts[i];
        ok_ = ok_ && hosts.add(static_cast<int64_t>(i + 1), name, name_of(host.mode),
                               to_rfc3339(host.enrolled_at), to_rfc3339(host.grace_until),
                               int64_t{host.removed});
    }
}

void Exporter::add_packs(const Plain& plain) {
    const auto text = [](const std::optional<Instant>& at) {
        return at ? to_rfc3339(*at) : std::string();
    };
    Table packs(db_, "INSERT INTO pack VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    Table covers(db_, "INSERT INTO pack_covers VALUES(?,?)");
    for (const PackRow& pack : plain.packs) {
        const entry::PackInstalled& p = pack.terms;
        const auto& agreement = p.agreement;
        ok_ = ok_ && packs.add(int64_t{p.pack.value}, p.product, name_of(p.kind),
                               int64_t{pack.quantity}, int64_t{pack.used}, name_of(p.channel),
                               int64_t{p.declared}, int64_t{pack.removed}, text(p.expires_at),
                               to_rfc3339(p.not_before), text(p.maintained_until),
                               name_of(p.metric), int64_t{p.overdraft}, int64_t{pack.overdrawn},
                               agreement ? name_of(agreement->program) : std::string_view(),
                               agreement ? agreement->number : std::string(),
                               int64_t{pack.converted_from.value}, int64_t{p.included_with.value});
        ok_ = ok_ && covers.add(int64_t{p.pack.value}, p.product);
        for (const std::string& also : p.also)
            ok_ = ok_ && covers.add(int64_t{p.pack.value}, also);
    }
}

void Exporter::add_assignments(const Plain& plain) {
    Table runs(db_, "INSERT INTO host_product VALUES(?,?)");
    Table licenses(db_, "INSERT INTO host_license VALUES(?,?,?,?,?,?)");
    for (size_t i = 0; i < plain.hosts.size(); ++i) {
        const Host& host = plain.hosts[i].first;
        const auto id = static_cast<int64_t>(i + 1);
        for (const ProductId product : host.runs)
            ok_ = ok_ && runs.add(id, plain.products[product.value - 1U].code);
        for (const HostLicense& each : host.licenses) {
            const auto& pack = plain.packs[each.pack.value - 1].terms;
            ok_ =
                ok_ && licenses.add(id, int64_t{each.pack.value}, pack.product, name_of(pack.kind),
                                    int64_t{each.quantity}, to_rfc3339(each.since));
        }
    }
    Table installations(db_, "INSERT INTO installation VALUES(?,?,?,?)");
    for (const auto& [each, computer] : plain.installations) {
        ok_ = ok_ && installations.add(int64_t{each.pack.value},
                                       plain.packs[each.pack.value - 1].terms.product, computer,
                                       to_rfc3339(each.since));
    }
}

void Exporter::add_cals(const std::vector<CalRow>& rows, const std::vector<std::string>& products,
                        Instant now) {
    Table cals(db_, "INSERT INTO cal VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
    for (const CalRow& row : rows) {
        const Cal& cal = row.cal;
        ok_ = ok_ && cals.add(int64_t{row.id.value}, name_of(wire::state_at(cal, now)),
                              name_of(cal.kind()), products[cal.product.value - 1U],
                              int64_t{cal.pack.value}, name_of(row.holder_kind), row.holder,
                              int64_t{cal.overuse()}, to_rfc3339({int64_t{cal.issued_at}}),
                              to_rfc3339({int64_t{cal.expires_at}}),
                              static_cast<int64_t>(cal.sequence), int64_t{cal.on_loan()});
    }
}

Result<> Exporter::add_usage(store::JournalReader& reader) {
    std::map<uint32_t, std::string> names;
    CALM_TRY(reader.subjects({1}, [&](const store::SubjectName& each) {
        names.emplace(each.subject.value, each.name);
        return true;
    }));
    const auto name = [&](SubjectId id) {
        const auto found = names.find(id.value);
        return found == names.end() ? std::string() : found->second;
    };
    Table usage(db_,
                "INSERT INTO usage SELECT ?,?,?,(SELECT code FROM product WHERE product=?),"
                "(SELECT name FROM host WHERE host=?),?");
    return reader.usage(0, 0xFFFF'FFFF, [&](const store::UsageRow& row) {
        ok_ = ok_ &&
              usage.add(day_text(row.day), name(row.user), name(row.device),
                        int64_t{row.product.value}, int64_t{row.host.value}, int64_t{row.count});
        return ok_;
    });
}

Result<> Exporter::add_refused(store::JournalReader& reader) {
    CALM_TRY_ASSIGN(const RefusedAttempts attempts, RefusedAttempts::read(reader));
    Table refused(db_,
                  "INSERT INTO refused SELECT ?,?,?,(SELECT name FROM host WHERE host=?),"
                  "?,?,?,?,?,?,?");
    for (const auto& [id, row] : attempts.rows()) {
        ok_ = ok_ && refused.add(day_text(row.day), row.product, name_of(row.reason),
                                 int64_t{row.host.value}, row.user, row.device, row.station,
                                 int64_t{row.offline}, int64_t{row.attempts},
                                 to_rfc3339(row.first_at), to_rfc3339(row.last_at));
    }
    return {};
}

Result<> Exporter::finish(store::JournalReader& reader) {
    CALM_TRY(add_usage(reader));
    CALM_TRY(add_refused(reader));
    ok_ = ok_ && sqlite3_exec(db_, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
    if (!ok_)
        return fail("export_failed",
                    fmt::format("the tables could not be written: {}", sqlite3_errmsg(db_)));
    return {};
}

// One export under way: slices go to the worker one at a time, and each calls for the next.
struct Export : std::enable_shared_from_this<Export> {
    Api& api;
    std::shared_ptr<Exporter> exporter;
    std::vector<std::string> products;
    uint32_t next = 1;
    Done<Committed> done;

    Export(Api& api_in, std::shared_ptr<Exporter> exporter_in, Done<Committed> done_in)
        : api(api_in), exporter(std::move(exporter_in)), done(std::move(done_in)) {}

    void go_on() {
        if (api.workers.full()) {
            done(fail("unavailable", "too many long reads at once"));
            return;
        }
        const Ledger& ledger = api.server.ledger();
        std::vector<CalRow> rows;
        for (; next <= ledger.cal_count() && rows.size() < kSlice; ++next) {
            const Cal& cal = ledger.cal({next});
            rows.push_back({{next},
                            cal,
                            ledger.subject(cal.holder).kind,
                            std::string(holder_name(api, cal.holder))});
        }
        if (rows.empty()) return finish();
        api.workers.run(
            [exporter = exporter, rows = std::move(rows), products = products,
             now = api.server.now()] {
                exporter->add_cals(rows, products, now);
                return true;
            },
            [self = shared_from_this()](bool) { self->go_on(); });
    }

    void finish() {
        auto reader = api.server.writer().open_reader();
        if (!reader) {
            done(std::unexpected(reader.error()));
            return;
        }
        std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
        api.workers.run([exporter = exporter, shared] { return exporter->finish(*shared); },
                        [self = shared_from_this()](Result<> finished) {
                            self->exporter.reset();
                            if (!finished)
                                self->done(std::unexpected(finished.error()));
                            else
                                self->done(Committed{});
                        });
    }
};

}  // namespace

void make_sqlite_export(Api& api, const std::filesystem::path& file, Done<Committed> done) {
    const Ledger& ledger = api.server.ledger();
    Plain plain;
    for (const ProductState& each : ledger.products())
        plain.products.push_back(each.product);
    for (const Pack& each : ledger.packs()) {
        plain.packs.push_back({.terms = each.terms,
                               .quantity = each.quantity(),
                               .used = each.used,
                               .overdrawn = each.overdrawn,
                               .converted_from = each.converted_from,
                               .removed = each.removed});
    }
    for (uint32_t id = 1; id <= ledger.hosts().size(); ++id) {
        plain.hosts.emplace_back(ledger.host({id}), std::string(api.directory.host_name({id})));
    }
    for (const Installation& each : ledger.installations())
        plain.installations.emplace_back(each, std::string(holder_name(api, each.computer)));
    // Shared by the slices that follow one another between loop and worker.
    auto task = std::make_shared<Export>(api, std::make_shared<Exporter>(file), std::move(done));
    for (const Product& product : plain.products)
        task->products.push_back(product.code);
    if (api.workers.full()) {
        task->done(fail("unavailable", "too many long reads at once"));
        return;
    }
    api.workers.run(
        [exporter = task->exporter, plain = std::move(plain)] {
            exporter->add_plain(plain);
            exporter->add_assignments(plain);
            return true;
        },
        [task](bool) { task->go_on(); });
}

}  // namespace calm
