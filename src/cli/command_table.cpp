// The table of all commands, in the order of help. The examples are run by tests/cli in this order,
// against a server of their own: what an early one makes, a later one may use.
#include <array>

#include "cli/command.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

constexpr std::array kCommands{
    Command{"init", "calm init --yes --wait 10s", declare_init},
    Command{"status", "calm status\ncalm status --json", declare_status},
    Command{"doctor", "calm doctor", declare_doctor},

    Command{"product list", "calm product list", declare_product_list},
    Command{"product add",
            "calm product add sql-2012 --requires activated --overuse refuse --temporary-days 0\n"
            "calm product add exchange-2010 --requires trusted\n"
            "calm product add windows-7 --requires none",
            declare_product_add},
    Command{"product show", "calm product show sql-2012", declare_product_show},
    Command{"product set", "calm product set sql-2012 --initial-grace-days 0", declare_product_set},
    Command{"product check", "calm product check exchange-2010.toml", declare_product_check},
    Command{"product import", "calm product import exchange-2010.toml", declare_product_import},
    Command{"settings show", "calm settings show", declare_settings_show},
    Command{"settings set", "calm settings set --default-mode per_user", declare_settings_set},

    Command{"vendor init",
            "calm vendor init \"Contoso Ltd\" --output contoso "
            "--passphrase-file passphrase.txt",
            declare_vendor_init},
    Command{"vendor pack",
            "calm vendor pack sql-2012 25 --kind per_user --key contoso.key "
            "--passphrase-file passphrase.txt --output sql-users.pack\n"
            "calm vendor pack sql-2012 5 --kind per_device --until 2099-12-31 --key contoso.key "
            "--passphrase-file passphrase.txt --output sql-devices.pack",
            declare_vendor_pack},
    Command{"vendor show", "calm vendor show contoso.vendor", declare_vendor_show},
    Command{"vendor trust", "calm vendor trust contoso.vendor --yes", declare_vendor_trust},
    Command{"vendor list", "calm vendor list", declare_vendor_list},
    Command{"vendor clearinghouse",
            "calm vendor clearinghouse --key contoso.key --address https://calm.contoso.example "
            "--passphrase-file passphrase.txt --new-passphrase-file passphrase.txt --output house",
            declare_vendor_clearinghouse},
    Command{"vendor product", "calm vendor product sql-2012 --overuse refuse",
            declare_vendor_product},
    Command{"vendor customer", "calm vendor customer \"Fabrikam Ltd\" --country FR",
            declare_vendor_customer},
    Command{"vendor order",
            "calm vendor order 1 sql-2012 100 --channel volume --agreement select:1234567",
            declare_vendor_order},
    Command{"vendor keys", "calm vendor keys sql-2012 5 --count 1000 --output keys.csv",
            declare_vendor_keys},
    Command{"vendor cards", "calm vendor cards keys.csv --output cards.pdf --lang fr",
            declare_vendor_cards},
    Command{"vendor issue",
            "calm vendor issue G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --order 1 --quantity 25 "
            "--output drawn.pack\n"
            "calm vendor issue G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --product sql-2012 "
            "--quantity 25 --until 2099-12-31",
            declare_vendor_issue},
    Command{"vendor servers", "calm vendor servers", declare_vendor_servers},
    Command{"vendor packs", "calm vendor packs", declare_vendor_packs},
    Command{"vendor read-out",
            "calm vendor read-out G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --product sql-2012 "
            "--quantity 5",
            declare_vendor_read_out},
    Command{"vendor renew", "calm vendor renew \"$PACK\" --until 2100-12-31", declare_vendor_renew},
    Command{"vendor split",
            "calm vendor split \"$PACK\" "
            "--part G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W=20 "
            "--part G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W=5",
            declare_vendor_split},
    Command{"vendor merge",
            "calm vendor merge G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --pack \"$PACK\" --pack "
            "\"$OTHER_PACK\"",
            declare_vendor_merge},
    Command{"vendor revoke", "calm vendor revoke \"$PACK\" --why \"not paid\"",
            declare_vendor_revoke},
    Command{"vendor replace",
            "calm vendor replace G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W \"$NEW_SERVER\" --old "
            "dead",
            declare_vendor_replace},
    Command{"vendor report",
            "calm vendor report\ncalm vendor report --month \"$(date -u +%Y-%m)\" --json",
            declare_vendor_report},
    Command{"vendor events",
            "calm vendor events\n"
            "calm vendor events --for G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --json",
            declare_vendor_events},
    Command{"vendor approve", "calm vendor approve 1", declare_vendor_approve},

    Command{"activation list", "calm activation list\ncalm activation list --json",
            declare_activation_list},
    Command{"activation online", "calm activation online --company \"Fabrikam\"",
            declare_activation_online},
    Command{"activation request",
            "calm activation request --again-because redeployed --output again.request",
            declare_activation_request},
    Command{"activation answer", "calm activation answer again.answer", declare_activation_answer},
    Command{"activation read-out", "calm activation read-out \"$(cat read-out.txt)\"",
            declare_activation_read_out},
    Command{"activation refresh", "calm activation refresh", declare_activation_refresh},

    Command{"pack show", "calm pack show sql-users.pack", declare_pack_show},
    Command{"pack add",
            "calm pack add sql-users.pack --dry-run\ncalm pack add sql-users.pack\n"
            "calm pack add sql-devices.pack",
            declare_pack_add},
    Command{"pack declare",
            "calm pack declare exchange-2010 100 --kind per_user\n"
            "calm pack declare exchange-2010 1 --kind server\n"
            "calm pack declare windows-7 1 --kind installation",
            declare_pack_declare},
    Command{"pack list", "calm pack list\ncalm pack list --json", declare_pack_list},
    Command{"pack reserve", "calm pack reserve 1 sales 1", declare_pack_reserve},
    Command{"pack convert", "calm pack convert 1 --quantity 5", declare_pack_convert},
    Command{"pack assign", "calm pack assign 7 fs1\ncalm pack assign 7 -", declare_pack_assign},
    Command{"pack move",
            "calm pack move 8 G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --dry-run\n"
            "calm pack move 8 G5QHV-V2UVM-EMEMC-KS22E-AXDK3-GPZ29-Z5R4W --yes "
            "--output sql-more.transfer",
            declare_pack_move},
    Command{"pack remove", "calm pack remove 3 --yes", declare_pack_remove},
    Command{"pack redeem", "calm pack redeem \"$(cat product-key.txt)\"", declare_pack_redeem},
    Command{"pack read-out",
            "calm pack read-out sql-2012 5 --kind per_user \"$(cat pack-code.txt)\"",
            declare_pack_read_out},
    Command{"activation deactivate", "calm activation deactivate --yes --output gone.request",
            declare_activation_deactivate},

    Command{"host token", "calm host token --hosts 10 --valid-for 7d", declare_host_token},
    Command{"host list", "calm host list", declare_host_list},
    Command{"host show", "calm host show fs1", declare_host_show},
    Command{"host set", "calm host set fs1 --mode either --preferred per_user", declare_host_set},
    Command{"host license",
            "calm host license fs1 exchange-2010 server\n"
            "calm host license fs1 exchange-2010 server --quantity 0",
            declare_host_license},
    Command{"host remove", "calm host remove old-server --yes", declare_host_remove},
    Command{"host enrol",
            "calm host enrol --server \"$CALM_SERVER\" --token @host.token --name this-host "
            "--service sshd=sql-2012 --config host.toml --state-dir \"$PWD/host\"",
            declare_host_enrol},
    Command{"host status", "calm host status --config host.toml", declare_host_status},
    Command{"host test",
            "calm host test --config host.toml\n"
            "calm host test --service sshd --user anna --config host.toml",
            declare_host_test},
    Command{"host doctor",
            "calm host doctor --config host.toml\ncalm host doctor --json --config host.toml",
            declare_host_doctor},
    Command{"host policy show", "calm host policy show\ncalm host policy show --json",
            declare_host_policy_show},
    Command{"host policy edit",
            "calm host policy edit licensing_mode enabled per_device --file Registry.pol\n"
            "calm host policy edit license_servers enabled ls1,ls2.example.org "
            "--file Registry.pol\n"
            "calm host policy edit services enabled sshd=terminal-services-2022 "
            "--file Registry.pol\n"
            "calm host policy edit hide_notices disabled --file Registry.pol\n"
            "calm host policy edit licensing_mode not_configured --file Registry.pol",
            declare_host_policy_edit},

    Command{"station add",
            "calm station add front-desk fs1\ncalm station add spare fs1 --kind remote",
            declare_station_add},
    Command{"station list", "calm station list --host fs1", declare_station_list},
    Command{"station show", "calm station show front-desk", declare_station_show},
    Command{"station set", "calm station set front-desk --name window --kind remote",
            declare_station_set},
    Command{"station remove", "calm station remove spare --yes", declare_station_remove},
    Command{"install claim", "calm install claim windows-7 pc-1", declare_install_claim},
    Command{"install list", "calm install list --product windows-7", declare_install_list},
    Command{"install move", "calm install move windows-7 pc-1 pc-2", declare_install_move},
    Command{"install release", "calm install release windows-7 pc-2", declare_install_release},

    Command{"admit",
            "calm admit sql-2012 --user anna --host fs1\n"
            "calm admit sql-2012 --device kiosk-1 --host fs1",
            declare_admit},
    Command{"queue list", "calm queue list\ncalm queue list --product sql-2012",
            declare_queue_list},
    Command{"group list", "calm group list", declare_group_list},
    Command{"group join",
            "calm group join engineers --user anna\ncalm group join kiosks --device kiosk-1",
            declare_group_join},
    Command{"group leave", "calm group leave engineers --user anna", declare_group_leave},
    Command{"cal list",
            "calm cal list --product sql-2012 --state active\ncalm cal list --holder anna --json",
            declare_cal_list},
    Command{"cal show", "calm cal show 1", declare_cal_show},
    Command{"cal hosts", "calm cal hosts 1\ncalm cal hosts 1 --days 90", declare_cal_hosts},
    Command{"cal token", "calm cal token 1", declare_cal_token},
    Command{"cal revoke", "calm cal revoke 2 --because lost --yes", declare_cal_revoke},
    Command{"cal release", "calm cal release 1 --because left --yes", declare_cal_release},
    Command{"cal lend", "calm cal lend 3 --to bruno --until \"$(date -d '+4 weeks' +%F)\"",
            declare_cal_lend},
    Command{"cal recall", "calm cal recall 3", declare_cal_recall},
    Command{"cal borrow", "calm cal borrow 5 --until \"$(date -d '+2 weeks' +%F)\"",
            declare_cal_borrow},
    Command{"device list", "calm device list", declare_device_list},
    Command{"device merge", "calm device merge pc-1 pc-1-new", declare_device_merge},
    Command{"device separate", "calm device separate pc-1-new", declare_device_separate},
    Command{"device accept", "calm device accept pc-2", declare_device_accept},

    Command{"position",
            "calm position\ncalm position sql-2012 --json\n"
            "calm position --csv position.csv --pdf position.pdf --lang fr",
            declare_position},
    Command{"report verify",
            "calm report verify position.csv --server-id "
            "\"$(calm status --json | jq -r .license_server_id)\"",
            declare_report_verify},
    Command{"alert list", "calm alert list\ncalm alert list --state all --json",
            declare_alert_list},
    Command{"alert show", "calm alert show 1", declare_alert_show},
    Command{"alert acknowledge", "calm alert acknowledge 1", declare_alert_acknowledge},
    Command{"alert test", "calm alert test", declare_alert_test},
    Command{"refusal list",
            "calm refusal list\ncalm refusal list --product files-2026 --totals\n"
            "calm refusal list --since 2026-01-01 --json",
            declare_refusal_list},
    Command{"forecast", "calm forecast\ncalm forecast sql-2012", declare_forecast},

    Command{"audit list", "calm audit list --limit 10", declare_audit_list},
    Command{"audit export", "calm audit export log.jsonl", declare_audit_export},
    Command{"audit verify", "calm audit verify\ncalm audit verify log.jsonl", declare_audit_verify},
    Command{"subject export", "calm subject export user anna", declare_subject_export},
    Command{"subject erase", "calm subject erase user anna --because requested --yes",
            declare_subject_erase},
    Command{"subject retention",
            "calm subject retention\ncalm subject retention --days 730 --dry-run",
            declare_subject_retention},

    Command{"backup", "calm backup calm-backup.db", declare_backup},
    Command{"restore", "calm restore calm-backup.db --data ./restored", declare_restore},
    Command{"export sqlite", "calm export sqlite calm.db", declare_export_sqlite},
    Command{"clock accept", "calm clock accept --yes", declare_clock_accept},

    Command{"account add",
            "calm account add anna.b --role operator --password-file password.txt\n"
            "calm account add backup --role owner --no-password",
            declare_account_add},
    Command{"account list", "calm account list", declare_account_list},
    Command{"account role", "calm account role anna.b license_administrator", declare_account_role},
    Command{"account token", "calm account token backup --label \"nightly backup\" --valid-for 30d",
            declare_account_token},
    Command{"account add-factor", "calm account add-factor --password-file password.txt",
            declare_account_add_factor},
    Command{"account remove-factor", "calm account remove-factor anna.b --yes",
            declare_account_remove_factor},
    Command{"account password",
            "calm account password --password-file password.txt --new-password-file new.txt",
            declare_account_password},
    Command{"login", "calm login --account anna.b --password-file password.txt", declare_login},
    Command{"logout", "calm logout", declare_logout},
    Command{"account remove", "calm account remove backup --yes", declare_account_remove},

    Command{"explain", "calm explain no_cal_available\ncalm explain --list --lang fr",
            declare_explain},
    Command{"simulate", "calm simulate first.calm", declare_simulate},
    Command{"completion", "calm completion bash > calm.bash", declare_completion},
    Command{"version", "calm version", declare_version},
};

}  // namespace

std::span<const Command> commands() {
    return kCommands;
}

}  // namespace calm::cli
