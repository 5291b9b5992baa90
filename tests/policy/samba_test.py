#!/usr/bin/python3
"""Registry.pol between CALM and Samba: what one writes the other reads, and what neither knows survives.

    tests/policy/samba_test.py            (ctest sets CALM_BIN)

Samba's packing (librpc's preg.idl) and its parser for backups of policies are what domain controllers write
and read these files with.
"""
import os
import sys
import tempfile

import facts
from facts import calm, equal

try:
    from samba.dcerpc import preg
    from samba.gp_parse.gp_pol import GPPolParser
    from samba.ndr import ndr_pack, ndr_unpack
except ImportError as missing:
    print("skipped: python3-samba is not installed:", missing)
    sys.exit(77)

REMOTE = r"Software\Policies\Microsoft\Windows NT\Terminal Services"
OWN = r"Software\Policies\CALM\Host"
NONE, SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ, QWORD = 0, 1, 2, 3, 4, 7, 11
OTHERS = [
    (r"Software\Policies\Other", "LicensingMode", SZ, "somebody else's"),
    (REMOTE, "fAllowToGetHelp", DWORD, 1),
    (r"Software\Policies\Other", "Blob", BINARY, bytes(range(256))),
    (r"Software\Policies\Other", "List", MULTI_SZ, "one\0two\0\0".encode("utf-16-le")),
    (r"Software\Policies\Other\Empty", "", NONE, None),
    (r"Software\Policies\Other", "Wide", QWORD, 1 << 40),
    (r"Software\Policies\Other", "Path", EXPAND_SZ, r"%windir%\é"),
]


def entry(key, value, kind, data):
    made = preg.entry()
    made.keyname = key
    made.valuename = value
    made.type = kind
    made.data = data
    return made


def packed(entries):
    file = preg.file()
    file.header.signature = "PReg"
    file.header.version = 1
    file.num_entries = len(entries)
    file.entries = [entry(*each) for each in entries]
    return ndr_pack(file)


def plain(data):
    return list(data) if isinstance(data, (list, bytes, bytearray)) else data


def unpacked(path):
    with open(path, "rb") as file:
        read = ndr_unpack(preg.file, file.read())
    return [(each.keyname, each.valuename, each.type, plain(each.data)) for each in read.entries]


class Desk:
    def __init__(self, folder):
        self.pol = os.path.join(folder, "Registry.pol")
        self.config = os.path.join(folder, "host.toml")
        self.folder = folder
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f'[host]\nsocket = "{folder}/none"\npolicy = ["{self.pol}"]\n')

    def write(self, content):
        with open(self.pol, "wb") as file:
            file.write(content)

    def bytes(self):
        with open(self.pol, "rb") as file:
            return file.read()

    def edit(self, *arguments, status=0):
        return calm("host", "policy", "edit", *arguments, "--config", self.config, status=status)

    def show(self, status=0):
        return facts.policy(self.config, status=status)


def calm_reads_what_samba_writes(desk):
    desk.write(packed(OTHERS + [
        (REMOTE, "LicenseServers", SZ, "Server1,Server2.example.com:8443,192.168.1.1"),
        (REMOTE, "LicensingMode", DWORD, 2),
        (REMOTE, "fDisableTerminalServerTooltip", DWORD, 1),
        (REMOTE, "fSecureLicensing", DWORD, 1),
        (REMOTE, "fPreventLicenseUpgrade", DWORD, 0),
        (OWN, "Contact", SZ, "service informatique, poste 1234, 2ᵉ étage"),
        (OWN + r"\Services", "sshd", SZ, "terminal-services-2022"),
        (OWN, "**del.Language", SZ, " "),
    ]))
    said = desk.show()
    settings = said["settings"]
    equal("other entries", said["other_entries"], len(OTHERS))
    equal("problems", said["problems"], [])
    for name, value in {
        "license_servers": "https://Server1:7443, https://Server2.example.com:8443, https://192.168.1.1:7443",
        "licensing_mode": "per_device",
        "hide_notices": "yes",
        "prevent_upgrade": "no",
        "contact": "service informatique, poste 1234, 2ᵉ étage",
        "services": "sshd=terminal-services-2022",
    }.items():
        equal(name, settings[name]["value"], value)
        equal(f"{name} comes from", settings[name]["from"], "policy")
    equal("what is taken away", settings["language"]["policy"], "disabled")


def bad_values_are_named(desk):
    desk.write(packed([(REMOTE, "LicensingMode", DWORD, 3), (REMOTE, "LicenseServers", DWORD, 1),
                       (OWN, "Contakt", SZ, "x")]))
    problems = [(each["value_name"], each["problem"]) for each in desk.show(status=1)["problems"]]
    equal("problems", sorted(problems), [("Contakt", "unknown_value"), ("LicenseServers", "wrong_type"),
                                         ("LicensingMode", "unknown_mode")])


def samba_reads_what_calm_writes(desk):
    desk.write(packed(OTHERS))
    desk.edit("licensing_mode", "enabled", "per_user")
    desk.edit("license_servers", "activé", "ls1", "ls2.example.org")
    desk.edit("hide_notices", "désactivé")
    desk.edit("language", "disabled")
    desk.edit("contact", "Enabled", "poste", "1234,", "2ᵉ étage")
    desk.edit("services", "enabled", "sshd=terminal-services-2022", "xrdp-sesman=terminal-services-2022")
    others = [(key, value, kind, plain(data)) for key, value, kind, data in OTHERS]
    equal("Samba reads", unpacked(desk.pol), others + [
        (REMOTE, "LicensingMode", DWORD, 4),
        (REMOTE, "LicenseServers", SZ, "ls1,ls2.example.org"),
        (REMOTE, "fDisableTerminalServerTooltip", DWORD, 0),
        (OWN, "**del.Language", SZ, " "),
        (OWN, "Contact", SZ, "poste 1234, 2ᵉ étage"),
        (OWN + r"\Services", "**delvals.", SZ, " "),
        (OWN + r"\Services", "sshd", SZ, "terminal-services-2022"),
        (OWN + r"\Services", "xrdp-sesman", SZ, "terminal-services-2022"),
    ])
    # Packed again by Samba the file is the same.
    whole = desk.bytes()
    equal("Samba packs what it read", ndr_pack(ndr_unpack(preg.file, whole)), whole)
    for setting in ("licensing_mode", "license_servers", "hide_notices", "language", "contact", "services"):
        desk.edit(setting, "non-configuré")
    equal("nothing of CALM's is left", desk.bytes(), packed(OTHERS))


def backups_of_policies_keep_it(desk):
    desk.write(packed([]))
    desk.edit("licensing_mode", "enabled", "2")
    desk.edit("contact", "enabled", "poste 1234")
    parser = GPPolParser()
    parser.parse(desk.bytes())
    backup = os.path.join(desk.folder, "Registry.xml")
    parser.write_xml(backup)
    restored = GPPolParser()
    with open(backup, "rb") as file:
        restored.load_xml(__import__("xml.etree.ElementTree", fromlist=["x"]).fromstring(file.read()))
    restored.write_binary(desk.pol)
    settings = desk.show()["settings"]
    equal("the mode from a backup", settings["licensing_mode"]["value"], "per_device")
    equal("the contact from a backup", settings["contact"]["value"], "poste 1234")


def a_bad_edit_writes_nothing(desk):
    desk.write(packed(OTHERS))
    before = os.stat(desk.pol)
    desk.edit("language", "enabled", "de", status=1)
    desk.edit("license_servers", "enabled", "a b", status=1)
    desk.edit("services", "enabled", "sshd=No product", status=1)
    desk.edit("licensing_mode", "enabled", "3", status=1)
    desk.edit("licensing_mode", "enabled", status=2)
    desk.edit("contact", "perhaps", status=2)
    desk.edit("hide_notices", "enabled", "1", status=2)
    equal("the file is untouched", os.stat(desk.pol).st_mtime_ns, before.st_mtime_ns)
    desk.write(packed(OTHERS)[:-1])
    cut = desk.bytes()
    desk.edit("language", "enabled", "fr", status=1)
    equal("a damaged file is not written over", desk.bytes(), cut)
    equal("it is named", desk.show(status=1)["problems"][0]["problem"], "registry_pol_malformed")


def main():
    for story in (calm_reads_what_samba_writes, bad_values_are_named, samba_reads_what_calm_writes,
                  backups_of_policies_keep_it, a_bad_edit_writes_nothing):
        with tempfile.TemporaryDirectory() as folder:
            story(Desk(folder))
    return facts.end()


sys.exit(main())
