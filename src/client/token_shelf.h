// TokenShelf: the CAL tokens that a host keeps for its holders, by what was asked: product, kind of
// holder, name. In memory; whoever stores them asks for what has changed. Not safe for two threads
// at once.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "core/terms.h"

namespace calm {

// A verified token. `product` is what was asked for, which an older or newer CAL may cover.
struct ShelvedToken {
    std::string product;
    HolderKind kind = HolderKind::user;
    std::string name;
    std::string text;
    CalId cal;
    uint64_t sequence = 0;  // of the entry that states the CAL …
    uint32_t epoch = 0;     // … in the log of this epoch
    Instant expires_at;

    bool operator==(const ShelvedToken&) const = default;
};

class TokenShelf {
  public:
    static constexpr size_t kTokensMax = 20'000;  // of 4 KiB at most; the first to expire goes

    // Names a place on the shelf.
    static std::string key(std::string_view product, HolderKind kind, std::string_view name);
    static std::string key(const ShelvedToken& token);

    const ShelvedToken* find(std::string_view product, HolderKind kind,
                             std::string_view name) const;
    void put(ShelvedToken token);
    void drop(std::string_view product, HolderKind kind, std::string_view name);
    void drop_expired(Instant now);
    template <class Unwanted>
    void drop_if(Unwanted&& unwanted);

    // What is stored under this key and is not on the shelf is reported as dropped.
    void forget_unless_there(const std::string& key);

    template <class Visit>
    void each(Visit&& visit) const {
        for (const auto& [place, token] : tokens_)
            visit(token);
    }

    size_t size() const { return tokens_.size(); }

    // Keys put or dropped since the last call.
    std::vector<std::string> take_changed();
    const ShelvedToken* find(const std::string& key) const;

  private:
    std::map<std::string, ShelvedToken, std::less<>> tokens_;
    std::set<std::string> changed_;
};

template <class Unwanted>
void TokenShelf::drop_if(Unwanted&& unwanted) {
    std::erase_if(tokens_, [&](const auto& entry) {
        const bool drop = unwanted(entry.second);
        if (drop) changed_.insert(entry.first);
        return drop;
    });
}

}  // namespace calm
