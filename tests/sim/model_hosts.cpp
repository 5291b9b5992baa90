// What hosts and computers are given, in the naive model.
#include <algorithm>

#include "model.h"

namespace calm::sim {
// Packs of this kind that serve the product, or only those that something new may be taken from, in
// the order in which they are taken.
std::vector<int> Model::packs_for(PackKind kind, const Product& product, bool fresh) const {
    std::vector<int> found;
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        const Pack& pack = packs_[i];
        if ((fresh ? usable(pack) : valid(pack)) && pack.line.kind == kind &&
            reach(pack, product) >= product.version)
            found.push_back(i);
    }
    std::ranges::stable_sort(found, {}, [&](int i) {
        return std::pair(sold_up_to(packs_[i], product), packs_[i].line.also.size());
    });
    return found;
}

uint32_t Model::cores_needed(const Host& host, const Product& product) const {
    const uint32_t each = std::max({host.cores, uint32_t{product.rules.cores_min}, 1U});
    return each * std::max(host.processors, 1U);
}

uint32_t Model::licensed(const Host& host, PackKind kind, const Product& product) const {
    uint32_t sum = 0;
    for (const int i : packs_for(kind, product, false)) {
        const auto given = packs_[i].hosts.find(host.number);
        if (given != packs_[i].hosts.end()) sum += given->second;
    }
    return sum;
}

std::optional<Reason> Model::host_license(const scenario::Admit& q, const Host& host,
                                          const Product& product) const {
    if (q.outside && licensed(host, PackKind::external_connector, product) > 0)
        return Reason::external_connector;
    const uint32_t cores = licensed(host, PackKind::core, product);
    if (cores > 0 && cores >= cores_needed(host, product)) return Reason::core_licensed;
    return std::nullopt;
}

scenario::Observed Model::on(const scenario::LicenseHost& step) {
    if (step.host == scenario::kImplicitHost) meet_implicit_host();
    const auto found = hosts_.find(step.host);
    if (found == hosts_.end() || found->second.removed) return refused("host_unknown");
    if (!products_.contains(step.product)) return refused("product_unknown");
    const Host& host = found->second;
    const Product& product = products_.at(step.product);
    const bool cores = step.kind == PackKind::core;
    if (!cores && step.kind != PackKind::server && step.kind != PackKind::external_connector)
        return refused("host_license_kind");
    if (!cores && step.quantity > 1) return refused("host_license_quantity");
    if (cores && step.quantity > 0 && step.quantity < cores_needed(host, product))
        return refused("too_few_cores");
    if (step.quantity == 0) {
        for (Pack& pack : packs_) {
            if (pack.line.kind == step.kind && reach(pack, product) >= product.version)
                pack.hosts.erase(host.number);
        }
        return {};
    }
    std::vector<int> order = packs_for(step.kind, product, true);
    uint32_t present = licensed(host, step.kind, product);
    if (present < step.quantity) {
        uint32_t left = 0;
        for (const int i : order)
            left += left_in(i);
        if (left < step.quantity - present) return refused("host_license_unavailable");
        for (const int i : order) {
            for (; present < step.quantity && left_in(i) > 0; ++present)
                ++packs_[i].hosts[host.number];
        }
    }
    // What is too many goes back to the pack installed last.
    order = packs_for(step.kind, product, false);
    std::ranges::sort(order, std::greater());
    for (const int i : order) {
        for (; present > step.quantity && packs_[i].hosts.contains(host.number); --present) {
            if (--packs_[i].hosts[host.number] == 0) packs_[i].hosts.erase(host.number);
        }
    }
    return {};
}

scenario::Observed Model::bind(const scenario::Install& step, const std::string& computer) {
    const std::vector<int> packs =
        packs_for(PackKind::installation, products_.at(step.product), true);
    bool bound = false;
    for (const int i : packs) {
        if (left_in(i) > 0) {
            packs_[i].computers.insert(computer);
            computers_.insert(computer);
            return {};
        }
        bound = true;
    }
    return refused(bound ? "installation_taken" : "pack_unknown");
}

scenario::Observed Model::on(const scenario::Install& step) {
    using What = scenario::Install::What;
    if (!products_.contains(step.product)) return refused("product_unknown");
    const Product& product = products_.at(step.product);
    const std::string computer = machine_of(holder_of(step.computer));
    // Of what is bound to a computer the pack installed first counts.
    const auto has = [&](const std::string& holder) {
        int first = -1;
        for (const int i : packs_for(PackKind::installation, product, false)) {
            if (packs_[i].computers.contains(holder) && (first < 0 || i < first)) first = i;
        }
        return first;
    };
    if (step.what == What::claim)
        return has(computer) >= 0 ? scenario::Observed{} : bind(step, computer);
    int present = has(computer);
    if (step.what == What::release) {
        for (int i = 0; i < static_cast<int>(packs_.size()) && present < 0; ++i) {
            if (packs_[i].computers.contains(computer) &&
                reach(packs_[i], product) >= product.version) {
                present = i;
            }
        }
        if (present < 0) return refused("installation_unknown");
        packs_[present].computers.erase(computer);
        return {};
    }
    if (present < 0) return refused("installation_unknown");
    const std::string other = machine_of(holder_of(step.to));
    if (has(other) >= 0) return refused("installation_exists");
    packs_[present].computers.erase(computer);
    packs_[present].computers.insert(other);
    computers_.insert(other);
    return {};
}

}  // namespace calm::sim
