// From what the agent knows to lines for an administrator, and the list of who has read them.
#include "agent/notices.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <grp.h>
#include <pwd.h>
#include <spdlog/spdlog.h>

#include "agent/sealed_file.h"
#include "messages/local_time.h"

namespace calm {
namespace {

constexpr size_t kNameBufferSize = size_t{64} << 10;
constexpr size_t kBookBytesMax = size_t{4} << 20;

// A day that has begun counts: who reads "1" has until tomorrow.
std::string days_left(Instant now, Instant until) {
    const int64_t day = days(1).count;
    return std::to_string(((until - now).count + day - 1) / day);
}

bool is_ours(const std::vector<std::string>& products, const wire::ProductTerms& terms) {
    return terms.requirement != CalRequirement::none &&
           (products.empty() || std::ranges::find(products, terms.product) != products.end());
}

// What one license server's client gives reason to say.
class Lines {
  public:
    Lines(const ClientStatus& status, const std::vector<std::string>& products, Language language)
        : status_(status), products_(products), language_(language) {}

    std::string text() {
        silence();
        grace();
        temporary();
        if (status_.mode.mode == LicensingMode::not_configured && status_.state.last_contact)
            mode();
        return out_;
    }

  private:
    void add(std::string_view what,
             std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
        if (!out_.empty()) out_ += '\n';
        out_ += message(language_, std::string("hostd.notice.") + std::string(what), values);
    }

    void add_with_end(std::string_view what, Instant until,
                      std::pair<std::string_view, std::string_view> more) {
        add(what, {{"until", local_minute(until)}, {"days", days_left(status_.now, until)}, more});
    }

    // While a server answers, its outage period is nobody's concern.
    void silence() {
        const auto silent = [](const ServerHealth& server) {
            return !server.answered && !server.last_error.empty();
        };
        if (status_.servers.empty() || !std::ranges::all_of(status_.servers, silent)) return;
        const std::string& server = status_.servers.front().name;
        if (!status_.state.last_contact) return add("never_answered", {{"server", server}});
        // Of products that are only counted nobody is refused.
        std::optional<uint16_t> shortest;
        for (const wire::ProductTerms& terms : status_.state.products) {
            if (is_ours(products_, terms) && terms.requirement == CalRequirement::activated)
                shortest = std::min(shortest.value_or(terms.outage_days), terms.outage_days);
        }
        if (!shortest) return;
        const Instant until = *status_.state.last_contact + days(*shortest);
        if (until > status_.now) return add_with_end("outage", until, {"server", server});
        add("outage_over", {{"since", local_minute(until)}, {"server", server}});
    }

    void grace() {
        const wire::ProductTerms* first = nullptr;
        for (const wire::ProductTerms& terms : status_.state.products) {
            if (!is_ours(products_, terms) || !terms.grace_until ||
                *terms.grace_until <= status_.now)
                continue;
            if (first == nullptr || *terms.grace_until < *first->grace_until) first = &terms;
        }
        if (first != nullptr)
            add_with_end("grace", *first->grace_until, {"product", first->product});
    }

    void temporary() {
        if (status_.temporary_until && *status_.temporary_until > status_.now) {
            add_with_end("temporary", *status_.temporary_until,
                         {"count", std::to_string(status_.temporary)});
        }
    }

    // Without a mode everybody is refused once the grace is over; with one, who finds no CAL.
    void mode() {
        for (const wire::ProductTerms& terms : status_.state.products) {
            if (!is_ours(products_, terms) || !terms.grace_until ||
                *terms.grace_until > status_.now)
                continue;
            return add("mode_grace_over",
                       {{"product", terms.product}, {"since", local_minute(*terms.grace_until)}});
        }
        add("mode", {});
    }

    const ClientStatus& status_;
    const std::vector<std::string>& products_;
    const Language language_;
    std::string out_;
};

std::string day_of(Instant now) {
    const auto seconds = static_cast<time_t>(now.seconds);
    tm local{};
    if (localtime_r(&seconds, &local) == nullptr) return to_rfc3339(now).substr(0, 10);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &local)};
}

}  // namespace

std::string notice_text(const std::vector<ClientStatus>& servers,
                        const std::vector<std::string>& products, Language language) {
    std::string out;
    for (const ClientStatus& server : servers) {
        const std::string lines = Lines(server, products, language).text();
        if (!lines.empty()) out += (out.empty() ? "" : "\n") + lines;
    }
    if (!out.empty()) out += '\n' + std::string(message(language, "hostd.notice.more"));
    return out;
}

bool is_administrator(const std::string& user, const std::vector<std::string>& groups) {
    std::vector<char> buffer(kNameBufferSize);
    passwd account{};
    passwd* found = nullptr;
    if (getpwnam_r(user.c_str(), &account, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr)
        return false;
    if (account.pw_uid == 0) return true;
    std::vector<gid_t> own(64);
    int count = static_cast<int>(own.size());
    if (getgrouplist(user.c_str(), account.pw_gid, own.data(), &count) < 0) {
        own.resize(static_cast<size_t>(std::max(count, 0)));
        if (getgrouplist(user.c_str(), account.pw_gid, own.data(), &count) < 0) return false;
    }
    own.resize(static_cast<size_t>(count));
    return std::ranges::any_of(groups, [&](const std::string& name) {
        group entry{};
        group* named = nullptr;
        return getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &named) == 0 &&
               named != nullptr && std::ranges::find(own, entry.gr_gid) != own.end();
    });
}

// The day, then a name a line.
void NoticeBook::read() {
    was_read_ = true;
    if (file_.empty()) return;
    const auto text = read_file(file_, kBookBytesMax);
    if (!text) return;
    std::string_view rest = *text;
    while (!rest.empty() && readers_.size() < kReadersMax) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        const std::string line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (day_.empty()) {
            day_ = line;
        } else if (!line.empty()) {
            readers_.push_back(line);
        }
    }
}

bool NoticeBook::is_first_today(const std::string& user, Instant now) {
    const std::scoped_lock lock(mutex_);
    if (!was_read_) read();
    const std::string today = day_of(now);
    if (day_ != today) {
        day_ = today;
        readers_.clear();
    }
    if (readers_.size() >= kReadersMax || std::ranges::find(readers_, user) != readers_.end())
        return false;
    readers_.push_back(user);
    if (file_.empty()) return true;
    std::string text = day_ + '\n';
    for (const std::string& reader : readers_)
        text += reader + '\n';
    if (const auto kept = write_file(file_, text, 0600); !kept)
        spdlog::warn("{}: {}", kept.error().code, kept.error().detail);
    return true;
}

}  // namespace calm
