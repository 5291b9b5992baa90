// Notices: what an administrator reads when they log on at this host: how many days it still admits
// without what it lacks. Once a day a person, unless a policy or host.toml hides them.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "client/client.h"
#include "messages/messages.h"

namespace calm {

// What there is to say of the host's license servers, a line each; empty: nothing. `products`:
// those that the host gives access to; none: whatever the servers name. Pure.
std::string notice_text(const std::vector<ClientStatus>& servers,
                        const std::vector<std::string>& products, Language language);

// Root, or a member of one of these groups. Asks the machine's name services, so it may block.
bool is_administrator(const std::string& user, const std::vector<std::string>& groups);

// NoticeBook: who has read today's notice. Any thread.
class NoticeBook {
  public:
    // `file` keeps it over a restart; empty: nothing does. A file that is lost repeats a notice.
    explicit NoticeBook(std::string file) : file_(std::move(file)) {}

    // True once for each person and day of the machine's calendar.
    bool is_first_today(const std::string& user, Instant now);

  private:
    static constexpr size_t kReadersMax = 4096;  // more than these read nothing that day

    void read();

    const std::string file_;
    std::mutex mutex_;
    bool was_read_ = false;
    std::string day_;
    std::vector<std::string> readers_;
};

}  // namespace calm
