// What counts as text in a scenario, and the options of a product.
#include "core/scenario_words.h"

#include <algorithm>

#include <fmt/format.h>

namespace calm::scenario {

bool is_text(std::string_view bytes) {
    for (size_t i = 0; i < bytes.size();) {
        const auto first = static_cast<uint8_t>(bytes[i]);
        if (first < 0x20 || first == 0x7F) return false;
        if (first < 0x80) {
            ++i;
            continue;
        }
        const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || i + more >= bytes.size()) return false;
        uint32_t rune = first & (0x3F >> more);
        for (size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<uint8_t>(bytes[i + k]);
            if ((next & 0xC0) != 0x80) return false;
            rune = rune << 6 | (next & 0x3F);
        }
        const bool too_long = (more == 2 && rune < 0x800) || (more == 3 && rune < 0x10000);
        const bool control = rune < 0xA0;
        if (too_long || control || rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000))
            return false;
        i += more + 1;
    }
    return true;
}

namespace {

// Who needs a CAL although others ask for none.
Result<> cal_for(Words& words, ProductRules& rules) {
    CALM_TRY_ASSIGN(const std::string whom, words.word("for whom"));
    bool* const rule = whom == "servers"     ? &rules.cal_for_servers
                       : whom == "web"       ? &rules.cal_for_web
                       : whom == "hpc"       ? &rules.cal_for_hpc
                       : whom == "anonymous" ? &rules.cal_for_anonymous
                                             : nullptr;
    if (rule == nullptr) return words.error("cal-for servers, web, hpc or anonymous");
    *rule = true;
    return {};
}

// How long a concurrent seat is kept, who may wait for one, and for how long it may be away.
Result<> lease_option(Words& words, ProductRules& rules) {
    const auto set_minutes = [&](uint16_t& field) -> Result<> {
        CALM_TRY_ASSIGN(const Seconds length, words.duration("a number of minutes"));
        if (length.count % 60 != 0 || length.count / 60 > std::numeric_limits<uint16_t>::max())
            return words.error("a number of minutes is like 10m");
        field = static_cast<uint16_t>(length.count / 60);
        return {};
    };
    if (words.take("lease")) return set_minutes(rules.lease_minutes);
    if (words.take("linger")) return set_minutes(rules.linger_minutes);
    if (words.take("queue")) return set_minutes(rules.queue_minutes);
    if (words.take("queue-max")) return small_number(words, rules.queue_max);
    if (words.take("borrow-max")) {
        CALM_TRY_ASSIGN(rules.borrow_days_max, words.day_count("a number of days"));
        return {};
    }
    return words.end();
}

// How it is sold.
Result<> sale_option(Words& words, ProductRules& rules) {
    if (words.take("server-license")) {
        rules.server_license = true;
        return {};
    }
    if (words.take("cores-min")) return small_number(words, rules.cores_min);
    if (words.take("core-pack")) return small_number(words, rules.core_pack);
    if (words.take("cals-max")) {
        CALM_TRY_ASSIGN(rules.cals_max, words.number("how many CALs at most"));
        return {};
    }
    if (words.take("cal-pack")) return small_number(words, rules.cal_pack);
    if (words.take("pack-kind")) {
        CALM_TRY_ASSIGN(const PackKind kind, words.name<PackKind>("the kind of pack"));
        rules.pack_kinds.add(kind);
        return {};
    }
    if (words.take("cal-pack-size")) {
        const auto next = std::ranges::find(rules.cal_pack_sizes, 0U);
        if (next == rules.cal_pack_sizes.end())
            return words.error(fmt::format("a product has at most {} sizes", kPackSizesMax));
        CALM_TRY_ASSIGN(*next, words.number("how many CALs"));
        return *next > 0 ? Result<>{} : words.error("a pack holds 1 CAL at least");
    }
    if (words.take("cals-included")) return small_number(words, rules.cals_included);
    return lease_option(words, rules);
}

}  // namespace

Result<> product_option(Words& words, Product& product) {
    ProductRules& rules = product.rules;
    const auto set_days = [&](uint16_t& field) -> Result<> {
        CALM_TRY_ASSIGN(field, words.day_count("a number of days"));
        return {};
    };
    if (words.take("temporary")) return set_days(rules.temporary_days);
    if (words.take("user")) return set_days(rules.user_days);
    if (words.take("renewal")) return set_days(rules.renewal_days);
    if (words.take("grace")) return set_days(rules.initial_grace_days);
    if (words.take("outage")) return set_days(rules.outage_days);
    if (words.take("device")) {
        CALM_TRY_ASSIGN(const auto range, words.range("a number of days"));
        CALM_TRY_ASSIGN(rules.device_days_min, words.day_count_from(range.first));
        CALM_TRY_ASSIGN(rules.device_days_max, words.day_count_from(range.second));
        return {};
    }
    if (words.take("overuse")) {
        CALM_TRY_ASSIGN(rules.overuse, words.name<OverUse>("over-use"));
        return {};
    }
    if (words.take("revoke")) {
        CALM_TRY_ASSIGN(std::string percent, words.word("a percentage"));
        if (percent.ends_with('%')) percent.pop_back();
        uint32_t value = 0;
        for (const char c : percent) {
            if (c < '0' || c > '9' || value > 100) return words.error("a percentage is like 20%");
            value = value * 10 + static_cast<uint32_t>(c - '0');
        }
        if (percent.empty() || value > 100) return words.error("a percentage is like 20%");
        rules.revoke_percent = static_cast<uint8_t>(value);
        return {};
    }
    if (words.take("prevent-upgrade")) {
        rules.prevent_upgrade = true;
        return {};
    }
    if (words.take("reassign")) {
        CALM_TRY_ASSIGN(rules.reassign_days, words.day_count("the days"));
        return {};
    }
    if (words.take("cal-for")) return cal_for(words, rules);
    if (words.take("administrators")) return small_number(words, rules.administrators_max);
    if (words.take("grace-ends-with-first-cal")) {
        rules.grace_ends_with_first_cal = true;
        return {};
    }
    if (words.take("base")) {
        CALM_TRY_ASSIGN(product.bases.emplace_back(), words.word("the base's product"));
        return {};
    }
    if (words.take("released")) {
        CALM_TRY_ASSIGN(const When day, words.when("the day"));
        if (!day.date) return words.error("a product came out on a date like 2026-11-21");
        product.released = day.date;
        return {};
    }
    if (words.take("family")) {
        CALM_TRY_ASSIGN(product.family, words.word("the family"));
        return {};
    }
    if (words.take("version")) {
        CALM_TRY_ASSIGN(const uint32_t version, words.number("the version"));
        if (version > 65535) return words.error("a version is at most 65535");
        product.version = static_cast<uint16_t>(version);
        return {};
    }
    return sale_option(words, rules);
}

}  // namespace calm::scenario
