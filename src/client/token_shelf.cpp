// A map, and the set of what in it has changed.
#include "client/token_shelf.h"

#include <algorithm>

namespace calm {

std::string TokenShelf::key(std::string_view product, HolderKind kind, std::string_view name) {
    std::string key(product);
    key += '\n';  // in no product code and in no name
    key += name_of(kind);
    key += '\n';
    key += name;
    return key;
}

std::string TokenShelf::key(const ShelvedToken& token) {
    return key(token.product, token.kind, token.name);
}

const ShelvedToken* TokenShelf::find(const std::string& key) const {
    const auto found = tokens_.find(key);
    return found == tokens_.end() ? nullptr : &found->second;
}

const ShelvedToken* TokenShelf::find(std::string_view product, HolderKind kind,
                                     std::string_view name) const {
    return find(key(product, kind, name));
}

void TokenShelf::put(ShelvedToken token) {
    std::string place = key(token);
    if (tokens_.size() >= kTokensMax && !tokens_.contains(place)) {
        const auto first = std::ranges::min_element(
            tokens_, {}, [](const auto& entry) { return entry.second.expires_at; });
        changed_.insert(first->first);
        tokens_.erase(first);
    }
    changed_.insert(place);
    tokens_.insert_or_assign(std::move(place), std::move(token));
}

void TokenShelf::drop(std::string_view product, HolderKind kind, std::string_view name) {
    const std::string place = key(product, kind, name);
    if (tokens_.erase(place) > 0) changed_.insert(place);
}

void TokenShelf::drop_expired(Instant now) {
    drop_if([&](const ShelvedToken& token) { return token.expires_at <= now; });
}

void TokenShelf::forget_unless_there(const std::string& key) {
    if (!tokens_.contains(key)) changed_.insert(key);
}

std::vector<std::string> TokenShelf::take_changed() {
    std::vector<std::string> out(changed_.begin(), changed_.end());
    changed_.clear();
    return out;
}

}  // namespace calm
