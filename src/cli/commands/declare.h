// Every command's declaration: its options, and what it does. One file here for each group.
#pragma once

#include "cli/command.h"

namespace calm::cli {

Action declare_account_add(Form& form);
Action declare_account_list(Form& form);
Action declare_account_remove(Form& form);
Action declare_account_token(Form& form);
Action declare_admit(Form& form);
Action declare_alert_acknowledge(Form& form);
Action declare_alert_list(Form& form);
Action declare_alert_show(Form& form);
Action declare_alert_test(Form& form);
Action declare_audit_export(Form& form);
Action declare_audit_list(Form& form);
Action declare_audit_verify(Form& form);
Action declare_backup(Form& form);
Action declare_cal_borrow(Form& form);
Action declare_cal_lend(Form& form);
Action declare_cal_list(Form& form);
Action declare_cal_recall(Form& form);
Action declare_cal_release(Form& form);
Action declare_cal_revoke(Form& form);
Action declare_cal_show(Form& form);
Action declare_cal_token(Form& form);
Action declare_clock_accept(Form& form);
Action declare_completion(Form& form);
Action declare_device_accept(Form& form);
Action declare_device_list(Form& form);
Action declare_device_merge(Form& form);
Action declare_device_separate(Form& form);
Action declare_doctor(Form& form);
Action declare_explain(Form& form);
Action declare_export_sqlite(Form& form);
Action declare_forecast(Form& form);
Action declare_host_license(Form& form);
Action declare_host_list(Form& form);
Action declare_host_remove(Form& form);
Action declare_host_set(Form& form);
Action declare_host_show(Form& form);
Action declare_host_token(Form& form);
Action declare_pack_assign(Form& form);
Action declare_queue_list(Form& form);
Action declare_install_claim(Form& form);
Action declare_install_list(Form& form);
Action declare_install_move(Form& form);
Action declare_install_release(Form& form);
Action declare_station_add(Form& form);
Action declare_station_list(Form& form);
Action declare_station_remove(Form& form);
Action declare_station_set(Form& form);
Action declare_station_show(Form& form);
Action declare_init(Form& form);
Action declare_login(Form& form);
Action declare_logout(Form& form);
Action declare_pack_add(Form& form);
Action declare_pack_convert(Form& form);
Action declare_pack_declare(Form& form);
Action declare_pack_list(Form& form);
Action declare_pack_remove(Form& form);
Action declare_pack_show(Form& form);
Action declare_position(Form& form);
Action declare_product_add(Form& form);
Action declare_product_check(Form& form);
Action declare_product_import(Form& form);
Action declare_product_list(Form& form);
Action declare_product_set(Form& form);
Action declare_product_show(Form& form);
Action declare_report_verify(Form& form);
Action declare_restore(Form& form);
Action declare_settings_set(Form& form);
Action declare_settings_show(Form& form);
Action declare_simulate(Form& form);
Action declare_status(Form& form);
Action declare_subject_erase(Form& form);
Action declare_subject_export(Form& form);
Action declare_vendor_init(Form& form);
Action declare_vendor_list(Form& form);
Action declare_vendor_pack(Form& form);
Action declare_vendor_show(Form& form);
Action declare_vendor_trust(Form& form);
Action declare_version(Form& form);

}  // namespace calm::cli
