// Look-ups go by the token's hash, so the time a look-up takes tells nothing about a token.
#include "http/sessions.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "http/credentials.h"

namespace calm::http {

size_t SessionTable::HashOfHash::operator()(const Hash& hash) const noexcept {
    size_t value;
    std::memcpy(&value, hash.data(), sizeof value);  // a SHA-256 is as good a hash as any
    return value;
}

std::string SessionTable::begin(Caller caller, Instant now) {
    if (sessions_.size() >= limits_.sessions_max) make_room(now);
    SecretToken token =
        make_secret_token(kSessionTokenPrefix.substr(0, kSessionTokenPrefix.size() - 1));
    sessions_.emplace(token.hash, Session{caller, now, now, now + limits_.lifetime});
    return std::move(token.text);
}

bool SessionTable::is_over(const Session& session, Instant now) const {
    return now >= session.expires || now >= session.last_used + limits_.idle;
}

const SessionTable::Session* SessionTable::find(std::string_view token, Instant now, Use use) {
    // Hosts and scripts come with other tokens at every request: not hashed for nothing.
    if (!token.starts_with(kSessionTokenPrefix)) return nullptr;
    const auto found = sessions_.find(token_hash(token));
    if (found == sessions_.end()) return nullptr;
    Session& session = found->second;
    if (is_over(session, now)) {
        sessions_.erase(found);
        return nullptr;
    }
    if (use == Use::counts) session.last_used = std::max(session.last_used, now);
    return &session;
}

bool SessionTable::end(std::string_view token) {
    return sessions_.erase(token_hash(token)) > 0;
}

void SessionTable::end_all_of(uint32_t caller_id, std::string_view but) {
    const Hash kept = token_hash(but);
    std::erase_if(sessions_, [&](const auto& entry) {
        return entry.second.caller.id == caller_id && entry.first != kept;
    });
}

void SessionTable::set_role_of(uint32_t caller_id, uint32_t role) {
    for (auto& [token, session] : sessions_) {
        if (session.caller.id == caller_id) session.caller.role = role;
    }
}

void SessionTable::sweep(Instant now) {
    std::erase_if(sessions_, [&](const auto& entry) { return is_over(entry.second, now); });
}

void SessionTable::make_room(Instant now) {
    sweep(now);
    if (sessions_.size() < limits_.sessions_max) return;
    const auto idlest = std::min_element(
        sessions_.begin(), sessions_.end(),
        [](const auto& a, const auto& b) { return a.second.last_used < b.second.last_used; });
    sessions_.erase(idlest);
}

}  // namespace calm::http
