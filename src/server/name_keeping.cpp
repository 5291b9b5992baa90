// Forgetting names: one that somebody asks for, and those whose time is over.
#include "server/name_keeping.h"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

#include "core/idle.h"
#include "core/verbs.h"
#include "server/api.h"
#include "server/refused_desk.h"

namespace calm {
namespace {

// Names whose time is over are many on the first day; each is a change of its own.
constexpr size_t kForgottenPerTick = 64;
constexpr auto kSlice = std::chrono::milliseconds(1);
constexpr Seconds kAfterStart = minutes(1);

using Seen = std::vector<bool>;  // by subject

// One look through the ledger, from subject to subject.
struct Survey {
    Seen seen;
    Instant since;
    uint32_t next = 1;
    std::vector<SubjectId> idle;
    Done<std::vector<SubjectId>> done;
};

void go_on(Api& api, std::shared_ptr<Survey> survey) {
    const Ledger& ledger = api.server.ledger();
    const auto deadline = std::chrono::steady_clock::now() + kSlice;
    for (; survey->next < survey->seen.size() && survey->next <= ledger.subject_count();
         ++survey->next) {
        const SubjectId subject{survey->next};
        if (!survey->seen[survey->next] && is_idle(ledger, subject, survey->since))
            survey->idle.push_back(subject);
        if (survey->next % 256 != 0 || std::chrono::steady_clock::now() < deadline) continue;
        ++survey->next;
        if (api.workers.full())
            return survey->done(fail("unavailable", "too many long reads at once"));
        // Others have their turn first.
        return api.workers.run(
            [] { return true; },
            [&api, survey = std::move(survey)](bool) mutable { go_on(api, std::move(survey)); });
    }
    survey->done(std::move(survey->idle));
}

Result<Seen> seen_since(store::JournalReader& reader, uint32_t first_day, size_t subjects) {
    Seen seen(subjects + 1);
    CALM_TRY(reader.usage(first_day, UINT32_MAX, [&](const store::UsageRow& row) {
        for (const SubjectId each : {row.user, row.device}) {
            if (each.value < seen.size()) seen[each.value] = true;
        }
        return true;
    }));
    return seen;
}

}  // namespace

void NameKeeping::survey(Api& api, uint16_t days_kept, Done<std::vector<SubjectId>> done) {
    const Instant at = api.server.now();
    auto reader = api.server.writer().open_reader();
    if (!reader) return done(std::unexpected(reader.error()));
    if (api.workers.full()) return done(fail("unavailable", "too many long reads at once"));
    std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
    const Instant since{std::max<int64_t>(0, at.seconds - days(days_kept).count)};
    api.workers.run(
        [shared, day = static_cast<uint32_t>(since.seconds / 86400),
         subjects = api.server.ledger().subject_count()] {
            return seen_since(*shared, day, subjects);
        },
        [&api, since, done = std::move(done)](Result<Seen> seen) mutable {
            if (!seen) return done(std::unexpected(seen.error()));
            go_on(api, std::make_shared<Survey>(std::move(*seen), since, 1U,
                                                std::vector<SubjectId>{}, std::move(done)));
        });
}

void NameKeeping::set_days(Api& api, uint16_t days_kept, Done<Committed> done) {
    api.server.keep(
        {Directory::names_kept_record(days_kept)}, {},
        [this, &api, days_kept, done = std::move(done)](Result<Committed> kept) mutable {
            if (kept) {
                api.directory.put_names_kept_days(days_kept);
                due_.clear();
                next_ = api.server.now();
            }
            done(std::move(kept));
        });
}

void NameKeeping::look(Api& api, Instant at) {
    next_ = at + days(1);
    looking_ = true;
    const uint16_t kept = api.directory.names_kept_days();
    survey(api, kept, [this, &api, kept](Result<std::vector<SubjectId>> idle) {
        looking_ = false;
        if (!idle) {
            spdlog::warn("whose names are kept too long is not known: {}", idle.error().detail);
            return;
        }
        // Somebody has changed the days meanwhile: another look is due.
        if (api.directory.names_kept_days() != kept) return;
        due_.assign(idle->begin(), idle->end());
        if (!due_.empty()) {
            spdlog::info(
                "names of {} who hold nothing and were not let in for {} days are forgotten",
                due_.size(), kept);
        }
    });
}

void NameKeeping::tick(Api& api) {
    const uint16_t kept = api.directory.names_kept_days();
    if (kept == 0) return;
    const Instant at = api.server.now();
    if (next_ == Instant{}) next_ = at + kAfterStart;
    if (due_.empty() && !looking_ && at >= next_) look(api, at);
    for (size_t i = 0; i < kForgottenPerTick && !due_.empty(); ++i) {
        const SubjectId subject = due_.front();
        due_.pop_front();
        // It may have come back since the look.
        if (!is_idle(api.server.ledger(), subject, {at.seconds - days(kept).count})) continue;
        forget_subject(api, subject, ErasureReason::period_over, [this](Result<size_t> done) {
            if (done) return;
            spdlog::warn("a name whose time is over is not forgotten: {}", done.error().detail);
            due_.clear();  // the next look finds them again
        });
    }
}

void forget_subject(Api& api, SubjectId subject, ErasureReason why, Done<size_t> done) {
    auto entries = decide_erasure(api.server.ledger(), subject, why);
    Extras extras;
    size_t returned = 0;
    const HolderKind kind = api.server.ledger().subject(subject).kind;
    std::string name(api.server.names().name(subject));
    if (entries) {
        extras.erased_subjects.push_back(subject);
        extras.erases = api.directory.signal_keys(subject);
        returned = static_cast<size_t>(std::ranges::count_if(*entries, [](const EntryBody& body) {
            return std::holds_alternative<entry::CalReturned>(body);
        }));
    }
    api.server.change(std::move(entries), std::move(extras),
                      [&api, subject, returned, kind, name = std::move(name),
                       done = std::move(done)](Result<Committed> written) mutable {
                          if (!written) return done(std::unexpected(written.error()));
                          api.directory.erase_signals(subject);
                          api.refused.forget(
                              kind, name,
                              [returned, done = std::move(done)](Result<size_t> gone) mutable {
                                  if (!gone) return done(std::unexpected(gone.error()));
                                  done(returned);
                              });
                      });
}

}  // namespace calm
