// Hosts that somebody should look at.
#include "server/host_attention.h"

namespace calm {
namespace {

// A host tells of itself once a minute.
constexpr Seconds kSilentAfter = seconds(5 * 60);

}  // namespace

HostWatch::HostWatch(const Api& api) : api_(api), now_(api.server.now()) {
    for (const Pack& pack : api.server.ledger().packs()) {
        if (!pack.usable(now_) || pack.quantity() == 0) continue;
        per_user_ = per_user_ || pack.terms.kind == PackKind::per_user;
        per_device_ = per_device_ || pack.terms.kind == PackKind::per_device;
    }
}

bool HostWatch::asks_for(HostAttention what, HostId id) const {
    const Host& host = api_.server.ledger().host(id);
    const bool grace = !host.grace_ended && host.grace_until > now_;
    switch (what) {
        case HostAttention::in_grace: return grace;
        case HostAttention::without_mode: return host.mode == LicensingMode::not_configured;
        case HostAttention::grace_over: {
            if (grace || host.mode == LicensingMode::not_configured) return false;
            const bool users = host.mode != LicensingMode::per_device && per_user_;
            const bool devices = host.mode != LicensingMode::per_user && per_device_;
            return !users && !devices;
        }
        case HostAttention::silent: {
            const HostHeard* heard = api_.contacts.of(id);
            const Instant since =
                heard != nullptr ? heard->at : std::max(api_.started_at, host.enrolled_at);
            return since + kSilentAfter < now_;
        }
    }
    return false;
}

}  // namespace calm
