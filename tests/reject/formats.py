#!/usr/bin/env python3
"""JSON and SARIF of every program here: well-formed, complete, and saying the same as the text. CTest calls it with ACC."""
import glob, json, os, re, subprocess, sys

acc = os.environ["ACC"]
os.chdir(os.path.dirname(os.path.abspath(__file__)))
failed = False


def check(name, condition, what):
    global failed
    if not condition:
        print(f"FAIL: {name}: {what}")
        failed = True


def said(name, form):
    flags = open(name[:-3] + ".flags").read().split() if os.path.exists(name[:-3] + ".flags") else ["--emit=c"]
    command = [acc, *flags, "-fdiagnostics-format=" + form, name, "-o", "/dev/null"]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True).stderr


def ours(name, form, begins):  # the preprocessor may have words of its own around it
    return next(json.loads(line) for line in said(name, form).splitlines() if line.startswith(begins))


def text_of(name):
    found = []
    for line in said(name, "text").splitlines():
        m = re.match(r"\S+?:(\d+):(\d+): (error|warning): (.*?)(?: \[(ACC\d+)\])?(?: \[-W.*\])?$", line)
        if m and (m[5] or not m[4].startswith("missing terminating")):  # which is the preprocessor's too
            found.append((int(m[1]), int(m[2]), m[3], m[5], m[4]))
    return sorted(found, key=str)


def json_of(name):
    found = []
    for d in ours(name, "json", "["):
        for key in ("kind", "message", "column-origin", "locations", "children", "escape-source"):
            check(name, key in d, f"no {key} in {d}")
        caret = d["locations"][0]["caret"]
        for place in [caret] + [c["locations"][0]["caret"] for c in d["children"]]:
            check(name, {"file", "line", "column", "display-column", "byte-column"} <= set(place), f"a place in part: {place}")
        for fix in d.get("fixits", []):
            check(name, {"start", "next", "string"} <= set(fix), f"a fix in part: {fix}")
        found.append((caret["line"], caret["display-column"], d["kind"], d.get("metadata", {}).get("rule"), d["message"]))
    return sorted(found, key=str)


def region(name, r, empty=False):
    check(name, r["startLine"] >= 1 and r["startColumn"] >= 1, f"a place before the first: {r}")
    check(name, r["endColumn"] >= r["startColumn"] + (not empty), f"an empty region: {r}")


def sarif_of(name):
    log = ours(name, "sarif", "{")
    check(name, log["version"] == "2.1.0" and "sarif-schema-2.1.0" in log["$schema"], "not SARIF 2.1.0")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    check(name, driver["name"] == "acc" and driver["version"], "no name and version")
    rules = {r["id"]: r for r in driver["rules"]}
    check(name, len(rules) == len(driver["rules"]), "a rule twice")
    for rule in rules.values():
        if rule["id"].startswith("ACC"):
            check(name, rule["shortDescription"]["text"] and rule["fullDescription"]["text"], f"no description of {rule}")
    check(name, run["columnKind"] == "unicodeCodePoints" and run["originalUriBaseIds"]["PWD"]["uri"].endswith("/"), "no base")
    found = []
    for r in run["results"]:
        check(name, r["ruleId"] in rules and r["level"] in ("error", "warning"), f"an unknown rule: {r}")
        (place,) = r["locations"]
        at = place["physicalLocation"]
        region(name, at["region"], empty=True)  # where something is missing
        check(name, at["artifactLocation"]["uri"] == name, f"another file: {at}")
        for other in r.get("relatedLocations", []):
            region(name, other["physicalLocation"]["region"])
            check(name, other["message"]["text"], f"a note without words: {other}")
        for fix in r.get("fixes", []):
            for change in fix["artifactChanges"]:
                for replacement in change["replacements"]:
                    region(name, replacement["deletedRegion"], empty=True)
                    check(name, "text" in replacement["insertedContent"], f"a fix in part: {fix}")
        number = r["ruleId"] if r["ruleId"].startswith("ACC") else None
        start = at["region"]
        found.append((start["startLine"], start["startColumn"], r["level"], number, r["message"]["text"]))
    return sorted(found, key=str)


programs = sorted(glob.glob("*.ac"))
for program in programs:
    text = text_of(program)
    check(program, text, "the text says nothing")
    for form, other in (("JSON", json_of(program)), ("SARIF", sarif_of(program))):
        check(program, text == other, f"the text and {form} differ:\n{text}\n{other}")
print(f"{len(programs)} programs")
sys.exit(failed or not programs)
