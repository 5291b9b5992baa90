// calm host policy show | edit: what this host goes by and where that comes from; and a
// Registry.pol written as a policy editor does. They look at this machine, and at no license
// server.
#include <algorithm>
#include <filesystem>

#include <boost/json.hpp>
#include <sys/stat.h>

#include "agent/effective.h"
#include "agent/host_config_file.h"
#include "agent/hostd.h"
#include "agent/policy_file.h"
#include "agent/protocol.h"
#include "agent/socket_server.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "cli/json_view.h"
#include "messages/detail.h"
#include "policy/policy_edit.h"

namespace calm::cli {
namespace {

constexpr int kAgentTimeoutMs = 2'000;

struct Where {
    std::string config;
    std::string file;
};

Result<HostConfig> host_config(const Where& where) {
    const bool named = !where.config.empty();
    CALM_TRY_ASSIGN(HostConfig config,
                    read_host_config(named ? where.config : kHostConfigDefault, !named));
    if (!where.file.empty()) config.policy_files = {std::filesystem::absolute(where.file).string()};
    return config;
}

// What the agent heard at its last contact; empty: it does not answer.
std::optional<LicensingMode> mode_at_server(const HostConfig& config) {
    const auto line =
        ask_agent(config.socket, agent_question_line({.verb = AgentVerb::status}), kAgentTimeoutMs);
    if (!line) return {};
    boost::system::error_code error;
    const auto status = boost::json::parse(*line, error);
    return error ? std::nullopt : from_name<LicensingMode>(text_at(status, "mode_at_server"));
}

std::string setting_name(PolicySetting setting) {
    return std::string(name_of(setting));
}

std::string title(const Call& call, PolicySetting setting) {
    return call.text("policy.setting." + setting_name(setting));
}

std::string state_word(const Call& call, PolicyState state) {
    return call.text("policy.state." + std::string(name_of(state)));
}

std::string sentence(const Call& call, const PolicyProblem& problem) {
    return call.text("policy.fault." + std::string(name_of(problem.fault)),
                     {{"value", problem.value}, {"found", problem.found}});
}

std::string mend(const Call& call, const PolicyProblem& problem) {
    return call.text("policy.fault." + std::string(name_of(problem.fault)) + "_mend",
                     {{"value", problem.value}});
}

// What `calm host policy show` says.
struct View {
    PolicyFiles files;
    EffectiveHost host;
    std::vector<EffectiveValue> values;
    bool agent_answers = false;

    bool well() const {
        return files.unusable.empty() &&
               std::ranges::all_of(host.policy.problems, is_only_a_note, &PolicyProblem::fault);
    }
};

View look(HostConfig config) {
    View view;
    view.files = read_policy_files(config.policy_files);
    const auto at_server = mode_at_server(config);
    view.agent_answers = at_server.has_value();
    view.host =
        put_in_force(std::move(config), read_host_policy(view.files.entries), machine_name());
    view.values = effective_values(view.host, at_server.value_or(LicensingMode::not_configured));
    return view;
}

boost::json::object json_of(const Call& call, const View& view) {
    boost::json::array settings;
    for (const EffectiveValue& value : view.values) {
        const PolicyItem& item = item_of(value.setting);
        settings.push_back(
            boost::json::object{{"setting", name_of(value.setting)},
                                {"title", title(call, value.setting)},
                                {"key", item.key},
                                {"value_name", item.value},
                                {"form", name_of(item.form)},
                                {"acts_at", item.at_the_server ? "license_server" : "host"},
                                {"policy", name_of(view.host.policy.state(value.setting))},
                                {"value", value.value},
                                {"from", name_of(value.source)}});
    }
    boost::json::array problems;
    for (const auto& [file, error] : view.files.unusable) {
        problems.push_back(
            boost::json::object{{"problem", error.code},
                                {"file", file},
                                {"sentence", translated_detail(call.language(), error.detail)}});
    }
    for (const PolicyProblem& problem : view.host.policy.problems) {
        boost::json::object each{{"problem", name_of(problem.fault)},
                                 {"value_name", problem.value},
                                 {"found", problem.found},
                                 {"note", is_only_a_note(problem.fault)},
                                 {"sentence", sentence(call, problem)},
                                 {"mend", mend(call, problem)}};
        if (problem.setting) each["setting"] = name_of(*problem.setting);
        problems.push_back(std::move(each));
    }
    return {{"files", boost::json::value_from(view.files.found)},
            {"agent_answers", view.agent_answers},
            {"other_entries", count_others(view.files.entries)},
            {"settings", std::move(settings)},
            {"problems", std::move(problems)}};
}

void print_problem(Call& call, std::string_view level, const std::string& what,
                   const std::string& how) {
    call.print_line(call.text("doctor.level." + std::string(level)) + ": " + printable(what));
    if (!how.empty()) call.print(wrap(printable(how), call.terminal().columns, 4));
}

std::string shown_value(const Call& call, const EffectiveValue& value) {
    if (value.value.empty()) return "-";
    const bool flag = item_of(value.setting).form == PolicyForm::flag;
    return flag ? call.yes_or_no(value.value == "yes") : value.value;
}

void print_view(Call& call, const View& view) {
    Table table({{call.text("column.setting")},
                 {call.text("column.policy")},
                 {call.text("column.value")},
                 {call.text("column.from")}});
    for (const EffectiveValue& value : view.values) {
        table.add({setting_name(value.setting),
                   state_word(call, view.host.policy.state(value.setting)),
                   shown_value(call, value),
                   call.text("policy.from." + std::string(name_of(value.source)))});
    }
    call.print_table(table);
    for (const auto& [file, error] : view.files.unusable)
        print_problem(call, "bad", translated_detail(call.language(), file + ": " + error.detail),
                      call.text("policy.unusable_mend"));
    for (const PolicyProblem& problem : view.host.policy.problems) {
        print_problem(call, is_only_a_note(problem.fault) ? "note" : "warning",
                      sentence(call, problem), mend(call, problem));
    }
    for (const std::string& file : view.files.found)
        call.say("policy.read", {{"file", file}});
    if (view.files.found.empty()) call.say("policy.none");
    if (const size_t others = count_others(view.files.entries); others > 0)
        call.say("policy.others", {{"count", std::to_string(others)}});
    if (!view.agent_answers) call.warn("policy.agent_silent");
}

Exit show(Call& call, const Where& where) {
    auto config = host_config(where);
    if (!config) return call.fail(config.error());
    const View view = look(std::move(*config));
    if (!where.file.empty() && view.files.found.empty()) {
        return call.fail({"file_not_found", "`" + where.file + "`"});
    }
    if (call.json()) {
        call.print_json(json_of(call, view));
    } else {
        print_view(call, view);
    }
    return view.well() ? Exit::ok : Exit::error;
}

struct EditOptions : Where {
    std::string setting;
    std::string state;
    std::vector<std::string> values;
};

// The editor's word in English or French, in any case, with or without accents.
std::optional<PolicyState> state_of(std::string_view word) {
    std::string plain;
    for (size_t i = 0; i < word.size(); ++i) {
        const std::string_view rest = word.substr(i);
        if (rest.starts_with("\xC3\xA9") || rest.starts_with("\xC3\x89")) {
            plain += 'e';
            ++i;
        } else if (word[i] == ' ' || word[i] == '-') {
            plain += '_';
        } else {
            plain += word[i] >= 'A' && word[i] <= 'Z' ? static_cast<char>(word[i] + 32) : word[i];
        }
    }
    if (plain == "active") return PolicyState::enabled;
    if (plain == "desactive") return PolicyState::disabled;
    if (plain == "non_configure") return PolicyState::not_configured;
    return from_name<PolicyState>(plain);
}

std::optional<uint32_t> number_of(PolicySetting setting, const std::string& text) {
    if (setting == PolicySetting::licensing_mode) {
        if (text == "per_device") return 2;
        if (text == "per_user") return 4;
    }
    if (text.empty() || text.size() > 9 ||
        text.find_first_not_of("0123456789") != std::string::npos) {
        return {};
    }
    return static_cast<uint32_t>(std::stoul(text));
}

Result<HostPolicy::Pairs> pairs_of(const Call& call, const std::vector<std::string>& values) {
    HostPolicy::Pairs pairs;
    for (const std::string& value : values) {
        const size_t equals = value.find('=');
        if (equals == 0 || equals == std::string::npos)
            return fail("usage", call.text("policy.usage.pair", {{"value", value}}));
        pairs.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
    return pairs;
}

std::string joined(const std::vector<std::string>& values, char between) {
    std::string out;
    for (const std::string& value : values) {
        if (!out.empty()) out += between;
        out += value;
    }
    return out;
}

Result<> enable(const Call& call, RegistryPol& entries, const PolicyItem& item,
                const std::vector<std::string>& values) {
    const std::string name = setting_name(item.setting);
    const auto usage = [&](std::string_view key) {
        return fail("usage", call.text("policy.usage." + std::string(key), {{"setting", name}}));
    };
    if (item.form == PolicyForm::flag) {
        if (!values.empty()) return usage("no_value");
        set_flag(entries, item);
        return {};
    }
    if (values.empty()) return usage("value");
    if (item.form == PolicyForm::list) {
        CALM_TRY_ASSIGN(const auto pairs, pairs_of(call, values));
        set_list(entries, item, pairs);
    } else if (item.form == PolicyForm::text) {
        const bool servers = item.setting == PolicySetting::license_servers;
        set_text(entries, item, joined(values, servers ? ',' : ' '));
    } else {
        const auto number = number_of(item.setting, values.front());
        if (!number || values.size() > 1) return usage("number");
        set_number(entries, item, *number);
    }
    return {};
}

// Errors: `policy_value_invalid`: a host would not use what is written.
Result<> check(const Call& call, HostConfig config, const RegistryPol& entries,
               PolicySetting setting) {
    const EffectiveHost host =
        put_in_force(std::move(config), read_host_policy(entries), machine_name());
    for (const PolicyProblem& problem : host.policy.problems) {
        if (problem.setting == setting && !is_only_a_note(problem.fault))
            return fail("policy_value_invalid", sentence(call, problem));
    }
    return {};
}

// Errors: those of read_file() and decode_registry_pol().
Result<RegistryPol> entries_of(const std::string& file) {
    auto bytes = read_file(file, kRegistryPolBytesMax);
    if (!bytes && bytes.error().code == "file_not_found") return RegistryPol{};
    if (!bytes) return std::unexpected(bytes.error());
    auto entries = decode_registry_pol(*bytes);
    if (!entries) return fail(entries.error().code, file + ": " + entries.error().detail);
    return entries;
}

mode_t mode_of(const std::string& file) {
    struct stat about {};
    return stat(file.c_str(), &about) == 0 ? about.st_mode & 0777 : 0644;
}

Result<> change(const Call& call, const EditOptions& options, const PolicyItem& item,
                PolicyState state, std::string& file) {
    CALM_TRY_ASSIGN(HostConfig config, host_config(options));
    if (config.policy_files.empty()) return fail("usage", call.text("policy.usage.file"));
    file = config.policy_files.back();
    CALM_TRY_ASSIGN(RegistryPol entries, entries_of(file));
    if (state == PolicyState::enabled) {
        CALM_TRY(enable(call, entries, item, options.values));
        CALM_TRY(check(call, std::move(config), entries, item.setting));
    } else {
        if (!options.values.empty()) {
            return fail("usage", call.text("policy.usage.no_value",
                                           {{"setting", setting_name(item.setting)}}));
        }
        if (state == PolicyState::disabled) set_disabled(entries, item);
        if (state == PolicyState::not_configured) set_not_configured(entries, item);
    }
    return replace_file(file, encode_registry_pol(entries), mode_of(file));
}

Exit edit(Call& call, const EditOptions& options) {
    const auto setting = from_name<PolicySetting>(options.setting);
    const auto state = state_of(options.state);
    if (!setting || !state) {
        return call.fail({"usage", call.text("policy.usage.state", {{"state", options.state}})});
    }
    const PolicyItem& item = item_of(*setting);
    std::string file;
    if (const auto done = change(call, options, item, *state, file); !done)
        return call.fail(done.error());
    if (call.json()) {
        call.print_json(boost::json::object{{"setting", name_of(*setting)},
                                            {"policy", name_of(*state)},
                                            {"key", item.key},
                                            {"value_name", item.value},
                                            {"file", file}});
        return Exit::ok;
    }
    const std::string value = joined(options.values, ' ');
    call.print_line(call.text(value.empty() ? "policy.done" : "policy.done_value",
                              {{"title", title(call, *setting)},
                               {"state", state_word(call, *state)},
                               {"value", printable(value)}}));
    call.say(item.at_the_server ? "policy.written_for_server" : "policy.written", {{"file", file}});
    return Exit::ok;
}

void add_where(Form& form, Where& where) {
    form.option("--config", "FILE", where.config);
    form.option("--file", "FILE", where.file);
}

}  // namespace

Action declare_host_policy_show(Form& form) {
    auto& where = form.make<Where>();
    add_where(form, where);
    return [&where](Call& call) { return show(call, where); };
}

Action declare_host_policy_edit(Form& form) {
    auto& options = form.make<EditOptions>();
    form.only_names_of<PolicySetting>(form.argument("SETTING", options.setting));
    form.offers(form.argument("STATE", options.state), {"enabled", "disabled", "not_configured"});
    form.optional_argument("VALUE", options.values);
    add_where(form, options);
    return [&options](Call& call) { return edit(call, options); };
}

}  // namespace calm::cli
