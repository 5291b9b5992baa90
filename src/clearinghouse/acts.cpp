// The table of acts, and four eyes.
#include "clearinghouse/acts.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace calm::clearinghouse {
namespace {

constexpr std::array kActs{
    Act{"define_product", false, define_product},
    Act{"add_customer", false, add_customer},
    Act{"take_order", true, take_order},
    Act{"make_keys", true, make_keys},
    Act{"issue_pack", true, issue_for_server},
    Act{"renew_pack", true, renew_pack},
    Act{"revoke_pack", false, revoke_pack},
    Act{"split_pack", false, split_pack},
    Act{"merge_packs", false, merge_packs},
    Act{"replace_server", false, replace_server},
    Act{"read_out_activation", false, read_out_certificate},
    Act{"read_out_pack", true, read_out_terms},
};

Result<const Act*> act_named(std::string_view name) {
    const auto* const found = std::ranges::find(kActs, name, &Act::name);
    if (found == kActs.end()) return fail("database_damaged", "an act is not known");
    return found;
}

Result<Reply> ask_for_approval(Office& office, const Act& act, std::string_view body,
                               const Actor& actor) {
    return office.books.in_transaction([&]() -> Result<Reply> {
        CALM_TRY(office.books.run(
            "INSERT INTO approvals(act, body, account, asked_at) VALUES(?, ?, ?, ?)", act.name,
            body, actor.account, office.now()));
        const int64_t approval = office.books.last_id();
        CALM_TRY(office.books.note(office.now(), actor.account, "approval_asked", "",
                                   fmt::format("{} {}", approval, act.name)));
        return Reply{.status = 202,
                     .body = fmt::format(R"({{"approval":{},"act":"{}"}})", approval, act.name)};
    });
}

}  // namespace

std::span<const Act> all_acts() {
    return kActs;
}

Result<Reply> perform_act(StaffDesk& desk, std::string_view name, std::string_view body,
                          const Actor& actor) {
    CALM_TRY_ASSIGN(const Act* act, act_named(name));
    CALM_TRY_ASSIGN(const auto* json, desk.json.read(body));
    // What a product key gives was approved when the key was made, and a key is kept nowhere as it
    // is printed.
    const bool of_key =
        act->perform == &read_out_terms && json->is_object() && json->get_object().contains("key");
    if (act->issues && desk.office.rules.four_eyes && !of_key)
        return ask_for_approval(desk.office, *act, body, actor);
    return desk.office.books.in_transaction([&] { return act->perform(desk, *json, actor); });
}

Result<Reply> approve_act(StaffDesk& desk, uint32_t approval, const Actor& actor) {
    Office& office = desk.office;
    return office.books.in_transaction([&]() -> Result<Reply> {
        CALM_TRY_ASSIGN(auto row, office.books.query("SELECT act, body, account, done_at FROM "
                                                     "approvals WHERE id = ?",
                                                     approval));
        CALM_TRY_ASSIGN(const bool found, row.step());
        if (!found) return fail("approval_unknown", fmt::format("nothing waits as `{}`", approval));
        if (!row.is_null(3)) return fail("approval_done", "somebody has approved it already");
        const Actor asker{.account = std::string(row.text(2)), .role = actor.role};
        if (asker.account == actor.account)
            return fail("approval_own", "whoever asked for it cannot approve it");
        CALM_TRY_ASSIGN(const Act* act, act_named(row.text(0)));
        const std::string body(row.text(1));
        row.reset();
        CALM_TRY_ASSIGN(const auto* json, desk.json.read(body));
        CALM_TRY_ASSIGN(Reply reply, act->perform(desk, *json, asker));
        CALM_TRY(office.books.run("UPDATE approvals SET approved_by = ?, done_at = ? WHERE id = ?",
                                  actor.account, office.now(), approval));
        CALM_TRY(office.books.note(office.now(), actor.account, "approved", "",
                                   fmt::format("{} {} of {}", approval, act->name, asker.account)));
        return reply;
    });
}

}  // namespace calm::clearinghouse
