// First what the entries leave in the registry, then what that means.
#include "policy/host_policy.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/product.h"
#include "policy/directive.h"

namespace calm {
namespace {

// What the entries leave of one key. Names are folded.
struct Key {
    std::map<std::u16string, const PolicyEntry*> values;
    std::set<std::u16string> deleted;
    bool cleared = false;
    std::vector<std::string> unknown;  // directives

    const PolicyEntry* find(std::string_view name) const {
        const auto found = values.find(folded(utf16_of(name)));
        return found == values.end() ? nullptr : found->second;
    }

    void remove(const std::string& name) {
        const std::u16string gone = folded(utf16_of(name));
        values.erase(gone);
        deleted.insert(gone);
    }

    void clear() {
        values.clear();
        cleared = true;
    }

    bool has_deleted(std::string_view name) const {
        return cleared || deleted.contains(folded(utf16_of(name)));
    }
};

// Whether the directive takes `key` away, itself or with a key above it. REQUIRES: folded.
bool deletes_key(const PolicyEntry& entry, const Directive& directive, const std::u16string& key) {
    return std::ranges::any_of(directive.names, [&](const std::string& name) {
        const std::u16string gone = folded(entry.key + u"\\" + utf16_of(name));
        return key == gone || key.starts_with(gone + u"\\");
    });
}

void obey(Key& key, const PolicyEntry& entry, const Directive& directive) {
    switch (directive.what) {
        case Directive::What::delete_one:
        case Directive::What::delete_some:
            for (const std::string& each : directive.names)
                key.remove(each);
            break;
        case Directive::What::delete_all: key.clear(); break;
        case Directive::What::unknown:
            if (key.unknown.size() < kPolicyListMax) key.unknown.push_back(utf8_of(entry.value));
            break;
        case Directive::What::delete_keys:
        case Directive::What::secure: break;
    }
}

Key read_key(const RegistryPol& entries, const std::string& name) {
    const std::u16string wanted = folded(utf16_of(name));
    Key key;
    for (const PolicyEntry& entry : entries) {
        const auto directive = directive_of(entry);
        if (directive && directive->what == Directive::What::delete_keys &&
            deletes_key(entry, *directive, wanted)) {
            key.clear();
        }
        if (folded(entry.key) != wanted) continue;
        if (directive) {
            obey(key, entry, *directive);
        } else if (!entry.value.empty()) {  // a key without a value is only made
            key.values[folded(entry.value)] = &entry;
        }
    }
    return key;
}

bool is_sound_text(std::string_view text) {
    return !text.empty() && text.size() <= kPolicyTextMax && std::ranges::none_of(text, [](char c) {
        return static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) == 0x7F;
    });
}

// What is shown of a value that is of no use.
std::string found_in(const PolicyEntry& entry) {
    if (const auto number = dword_of(entry)) return std::to_string(*number);
    if (auto text = text_of(entry)) {
        std::ranges::replace_if(
            *text, [](char c) { return static_cast<uint8_t>(c) < 0x20; }, '?');
        if (text->size() <= kPolicyTextMax) return *text;
    }
    return {};
}

class Reader {
  public:
    explicit Reader(const RegistryPol& entries)
        : entries_(entries),
          remote_desktop_(read_key(entries, std::string(kRemoteDesktopKey))),
          calm_(read_key(entries, std::string(kCalmKey))) {}

    HostPolicy read() {
        read_servers();
        read_mode();
        flag(PolicySetting::hide_notices, policy_.hide_notices);
        flag(PolicySetting::secure_licensing, policy_.secure_licensing);
        flag(PolicySetting::prevent_upgrade, policy_.prevent_upgrade);
        text(PolicySetting::server_ca_file, policy_.server_ca_file);
        if (!policy_.server_ca_file.empty() && !policy_.server_ca_file.starts_with('/')) {
            complain(PolicyFault::bad_text, PolicySetting::server_ca_file, policy_.server_ca_file);
            policy_.server_ca_file.clear();
        }
        list(PolicySetting::server_fingerprints, policy_.server_fingerprints);
        list(PolicySetting::services, policy_.services);
        std::erase_if(policy_.services, [&](const auto& service) {
            if (is_product_code(service.second)) return false;
            complain(PolicyFault::bad_product, PolicySetting::services, service.second,
                     service.first);
            return true;
        });
        text(PolicySetting::contact, policy_.contact);
        text(PolicySetting::language, policy_.language);
        if (!policy_.language.empty() && policy_.language != "en" && policy_.language != "fr") {
            complain(PolicyFault::bad_language, PolicySetting::language, policy_.language);
            policy_.language.clear();
        }
        flag(PolicySetting::admit_offline, policy_.admit_offline);
        read_budget();
        name_strangers();
        return std::move(policy_);
    }

  private:
    void complain(PolicyFault fault, PolicySetting setting, std::string found,
                  std::string value = {}) {
        if (value.empty()) value = item_of(setting).value;
        policy_.problems.push_back({fault, setting, std::move(value), std::move(found)});
    }

    const Key& key(const PolicyItem& item) const {
        return item.key == kCalmKey ? calm_ : remote_desktop_;
    }

    // The setting's entry, if there is one; notes the setting's state.
    const PolicyEntry* take(PolicySetting setting) {
        const PolicyItem& item = item_of(setting);
        const PolicyEntry* entry = key(item).find(item.value);
        PolicyState& state = policy_.states[static_cast<size_t>(setting)];
        if (entry != nullptr) state = PolicyState::enabled;
        if (entry == nullptr && key(item).has_deleted(item.value)) state = PolicyState::disabled;
        return entry;
    }

    void forget(PolicySetting setting) {
        policy_.states[static_cast<size_t>(setting)] = PolicyState::not_configured;
    }

    std::optional<uint32_t> number(PolicySetting setting) {
        const PolicyEntry* entry = take(setting);
        if (entry == nullptr) return {};
        const auto number = dword_of(*entry);
        if (!number) {
            complain(PolicyFault::wrong_type, setting, found_in(*entry));
            forget(setting);
        }
        return number;
    }

    void flag(PolicySetting setting, std::optional<bool>& into) {
        const auto value = number(setting);
        if (!value) return;
        if (*value > 1) {
            complain(PolicyFault::not_a_switch, setting, std::to_string(*value));
            return forget(setting);
        }
        into = *value == 1;
        if (!*into) policy_.states[static_cast<size_t>(setting)] = PolicyState::disabled;
    }

    // Empty: none that is of use.
    std::string sound_text(PolicySetting setting, const PolicyEntry& entry) {
        const auto text = text_of(entry);
        const std::string name = utf8_of(entry.value);
        if (!text) {
            complain(PolicyFault::wrong_type, setting, found_in(entry), name);
        } else if (!is_sound_text(*text)) {
            complain(PolicyFault::bad_text, setting, found_in(entry), name);
        } else {
            return *text;
        }
        return {};
    }

    void text(PolicySetting setting, std::string& into) {
        const PolicyEntry* entry = take(setting);
        if (entry == nullptr) return;
        into = sound_text(setting, *entry);
        if (into.empty()) forget(setting);
    }

    void list(PolicySetting setting, HostPolicy::Pairs& into) {
        const Key values = read_key(entries_, key_of(item_of(setting)));
        PolicyState& state = policy_.states[static_cast<size_t>(setting)];
        for (const auto& [folded_name, entry] : values.values) {
            if (into.size() == kPolicyListMax) {
                complain(PolicyFault::too_many, setting, std::to_string(values.values.size()));
                break;
            }
            const std::string name = utf8_of(entry->value);
            if (!is_sound_text(name)) {
                complain(PolicyFault::bad_text, setting, found_in(*entry), "?");
                continue;
            }
            std::string value = sound_text(setting, *entry);
            if (!value.empty()) into.emplace_back(name, std::move(value));
        }
        if (!into.empty()) {
            state = PolicyState::enabled;
        } else if (values.cleared) {
            state = PolicyState::disabled;
        }
        note_directives(values, setting);
    }

    void read_servers() {
        std::string names;
        text(PolicySetting::license_servers, names);
        std::string_view rest = names;
        while (!rest.empty()) {
            std::string_view name = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(name.size() + 1, rest.size()));
            while (name.starts_with(' '))
                name.remove_prefix(1);
            while (name.ends_with(' '))
                name.remove_suffix(1);
            if (!name.empty()) policy_.license_servers.emplace_back(name);
        }
        if (!names.empty() && policy_.license_servers.empty()) {
            complain(PolicyFault::bad_text, PolicySetting::license_servers, names);
            forget(PolicySetting::license_servers);
        }
    }

    // Facts rd-licensing 3.2.
    void read_mode() {
        if (const auto number = this->number(PolicySetting::licensing_mode)) {
            if (*number == 2) policy_.mode = LicensingMode::per_device;
            if (*number == 4 || *number == 6) policy_.mode = LicensingMode::per_user;
            if (*number == 6)
                complain(PolicyFault::mode_as_per_user, PolicySetting::licensing_mode, "6");
            // What a host that nobody has configured writes itself.
            if (*number == 5) forget(PolicySetting::licensing_mode);
            if (!policy_.mode && *number != 5) {
                complain(PolicyFault::unknown_mode, PolicySetting::licensing_mode,
                         std::to_string(*number));
                forget(PolicySetting::licensing_mode);
            }
        }
        // The narrower one counts: only CALM reads it.
        std::optional<bool> either;
        flag(PolicySetting::either_cal, either);
        if (either == true) policy_.mode = LicensingMode::either;
    }

    void read_budget() {
        const auto number = this->number(PolicySetting::budget_ms);
        if (!number) return;
        if (*number < kPolicyBudgetMin || *number > kPolicyBudgetMax) {
            complain(PolicyFault::out_of_range, PolicySetting::budget_ms, std::to_string(*number));
            return forget(PolicySetting::budget_ms);
        }
        policy_.budget_ms = number;
    }

    void note_directives(const Key& key, std::optional<PolicySetting> setting) {
        for (const std::string& each : key.unknown)
            policy_.problems.push_back({PolicyFault::unknown_directive, setting, each, {}});
    }

    // Under the key that is CALM's own, nobody else has anything to say.
    void name_strangers() {
        note_directives(calm_, {});
        for (const auto& [name, entry] : calm_.values) {
            if (policy_.problems.size() >= kPolicyListMax) return;
            const bool known = std::ranges::any_of(policy_items(), [&](const PolicyItem& item) {
                return item.key == kCalmKey && item.form != PolicyForm::list &&
                       same_name(entry->value, item.value);
            });
            if (known) continue;
            policy_.problems.push_back(
                {PolicyFault::unknown_value, {}, utf8_of(entry->value), found_in(*entry)});
        }
    }

    const RegistryPol& entries_;
    const Key remote_desktop_;
    const Key calm_;
    HostPolicy policy_;
};

}  // namespace

HostPolicy read_host_policy(const RegistryPol& entries) {
    return Reader(entries).read();
}

}  // namespace calm
