#!/usr/bin/python3
"""The policy templates: well-formed, whole in both languages, and of one mind with what a host reads.

    tests/policy/templates_test.py            (ctest sets CALM_BIN)
"""
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as xml

import facts
from facts import equal, expect

SPACE = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"
CALM_KEY = r"Software\Policies\CALM\Host"
FOLDER = os.path.join(facts.ROOT, "packaging", "policy")
LANGUAGES = ["en-US", "fr-FR"]
# How each form of value is entered, and what enters it in an editor.
FORMS = {"text": "text", "enum": "text", "decimal": "number", "list": "list"}
BOXES = {"text": "textBox", "enum": "dropdownList", "decimal": "decimalTextBox", "list": "listBox"}


def name_of(element):
    return element.tag.removeprefix(SPACE)


def references(tree, table):
    """The names in $(TABLE.NAME) of every attribute."""
    found = set()
    for element in tree.iter():
        for text in element.attrib.values():
            found.update(re.findall(r"\$\(" + table + r"\.([^)]*)\)", text))
    return found


def values_of(policy):
    """(value name, form, element) of all that the policy writes."""
    elements = policy.find(SPACE + "elements")
    if elements is None:
        yield policy.get("valueName"), "flag", None
        return
    for element in elements:
        kind = name_of(element)
        if kind == "list":
            key, _, value = element.get("key").rpartition("\\")
            equal(f"the key of the list {value}", key, CALM_KEY)
            equal(f"{value} has names of its own", element.get("explicitValue"), "true")
        else:
            value = element.get("valueName")
        yield value, FORMS[kind], element


def check_language(admx, language):
    adml = xml.parse(os.path.join(FOLDER, language, "calm.adml")).getroot()
    strings = {each.get("id"): each.text for each in adml.iter(SPACE + "string")}
    equal(f"{language}: the strings", set(strings), references(admx, "string"))
    for name, text in strings.items():
        expect(f"{language}: {name} has a text", bool(text and text.strip()))
    shown = {each.get("id"): each for each in adml.iter(SPACE + "presentation")}
    equal(f"{language}: the presentations", set(shown), references(admx, "presentation"))
    for policy in admx.iter(SPACE + "policy"):
        elements = policy.find(SPACE + "elements")
        if elements is None:
            continue
        wanted = {each.get("id"): BOXES[name_of(each)] for each in elements}
        boxes = {box.get("refId"): name_of(box) for box in shown[policy.get("name")]}
        equal(f"{language}: what {policy.get('name')} is entered in", boxes, wanted)
    return strings


def main():
    admx = xml.parse(os.path.join(FOLDER, "calm.admx")).getroot()
    texts = [check_language(admx, language) for language in LANGUAGES]
    for name, english in texts[0].items():
        if name not in ("Contact",):
            expect(f"{name} is translated", texts[1][name] != english)

    with tempfile.TemporaryDirectory() as desk:
        config = os.path.join(desk, "host.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[host]\nsocket = "{desk}/none"\npolicy = ["{desk}/Registry.pol"]\n')
        known = {
            each["value_name"]: each["form"]
            for each in facts.policy(config)["settings"].values()
            if each["key"] == CALM_KEY
        }
        offered = {}
        for policy in admx.iter(SPACE + "policy"):
            name = policy.get("name")
            equal(f"{name}: its class", policy.get("class"), "Machine")
            equal(f"{name}: its key", policy.get("key"), CALM_KEY)
            for value, form, element in values_of(policy):
                equal(f"{name} is called as its value", name, value)
                offered[value] = form
                if form == "flag":
                    numbers = [policy.find(f"{SPACE}{word}Value/{SPACE}decimal") for word in ("enabled", "disabled")]
                    equal(f"{name}: its numbers", [each.get("value") for each in numbers], ["1", "0"])
                elif form == "number":
                    # What the template lets through, the program takes; what is beyond, it names.
                    for edge, beyond in (("minValue", -1), ("maxValue", 1)):
                        number = int(element.get(edge))
                        facts.calm("host", "policy", "edit", "budget_ms", "enabled", str(number), "--config", config)
                        facts.calm("host", "policy", "edit", "budget_ms", "enabled", str(number + beyond), "--config",
                                   config, status=1)
                elif element.tag == SPACE + "enum":
                    for item in element.iter(SPACE + "string"):
                        facts.calm("host", "policy", "edit", "language", "enabled", item.text, "--config", config)
        equal("the values that the templates offer and those that a host reads", offered, known)
    return facts.end()


sys.exit(main())
