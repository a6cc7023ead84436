"""Reads the exported log of the demonstration back: the XES by the rules of IEEE 1849, the CSV by Python's own reader, the one
against the other, and both against the machines: every event of a log is one that its model has, that of the version under which it
happened.

Usage: logs.py PATH-OF-SAMSYN FOLDER, where the folder holds the demonstration's database.
"""

import csv
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as tree
from datetime import datetime

SPACE = "{http://www.xes-standard.org/}"
KINDS = {"string": str, "int": int, "date": datetime.fromisoformat}
LIFECYCLE = {"start", "withdraw", "complete"}
ORDER = ["extension", "global", "classifier", "trace"]


def samsyn(binary, folder, *args):
    env = {**os.environ, "DATABASE_URL": "sqlite:samsyn.db"}
    ran = subprocess.run([binary, *args], cwd=folder, env=env, check=True, capture_output=True)
    return ran.stdout.decode("utf-8")


def attributes(element):
    """The attributes of a log's part, each of its type."""
    values = {}
    for child in element:
        kind = child.tag.removeprefix(SPACE)
        if kind in KINDS:
            assert set(child.attrib) == {"key", "value"}, child.attrib
            assert child.attrib["key"] not in values, f"{child.attrib['key']} twice"
            values[child.attrib["key"]] = KINDS[kind](child.attrib["value"])
    return values


def judged(text):
    """The traces of a log that is one by the standard: by case, its events."""
    log = tree.fromstring(text)
    assert log.tag == f"{SPACE}log" and log.attrib["xes.version"] == "1849-2016", log.tag
    places = [ORDER.index(child.tag.removeprefix(SPACE)) for child in log]
    assert places == sorted(places), "the parts of a log have an order"
    prefixes = {child.attrib["prefix"] for child in log.iter(f"{SPACE}extension")}
    assert prefixes == {"concept", "lifecycle", "time", "org"}, prefixes
    wanted = {part.attrib["scope"]: set(attributes(part)) for part in log.iter(f"{SPACE}global")}
    keys = {key for part in log.iter(f"{SPACE}classifier") for key in part.attrib["keys"].split()}
    assert keys <= wanted["event"], "a classifier rests on what every event has"
    traces = {}
    for trace in log.iter(f"{SPACE}trace"):
        of_case, events = attributes(trace), [attributes(event) for event in trace.iter(f"{SPACE}event")]
        assert wanted["trace"] <= set(of_case), of_case
        for event in events:
            assert wanted["event"] <= set(event), event
            assert event["lifecycle:transition"] in LIFECYCLE, event
            unknown = {key.split(":")[0] for key in event if ":" in key} - prefixes
            assert not unknown, f"no extension declares {unknown}"
        assert of_case["concept:name"] not in traces, "a case twice"
        traces[of_case["concept:name"]] = (of_case, events)
    return traces


def broken(text):
    """The log with one fault each."""
    yield text.replace("</log>", "")
    yield text.replace('key="concept:name"', 'key="name"')
    yield text.replace('key="time:timestamp" value="2', 'key="time:timestamp" value="yesterday 2')
    yield text.replace('prefix="org"', 'prefix="organisation"')
    yield text.replace('value="complete"', 'value="finished"')


def is_caught(text):
    try:
        judged(text)
    except (AssertionError, ValueError, tree.ParseError):
        return True
    return False


def main():
    binary, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    xes = samsyn(binary, folder, "log", "export", "--format", "xes")
    traces = judged(xes)
    rows = list(csv.DictReader(io.StringIO(samsyn(binary, folder, "log", "export", "--format", "csv"), newline="")))
    told = [(row["case"], row["activity"], int(row["entry"]), row["room"], row["version"]) for row in rows]
    seen = [
        (case, event["concept:name"], event["entry"], event["room"], event["version"])
        for case, (_, events) in traces.items()
        for event in events
    ]
    assert told == seen, "XES and CSV do not say the same"
    machines, strange, crossed = {}, [], 0

    def machine(of_case, event):
        name = f"{of_case['workflow']}@{event['version']}"
        if name not in machines:
            machines[name] = json.loads(samsyn(binary, folder, "workflow", "export", name, "--format", "xstate"))["states"]
        return machines[name]

    for case, (of_case, events) in traces.items():
        state = "$start"
        for event in (event for event in events if event["kind"] == "step"):
            if event["concept:name"] != "system":
                here = machine(of_case, event)[state]
                leads = [here.get("on", {}).get(event["concept:name"], [])]
                leads += [one for one in here.get("after", {}).values() if one["actions"][0]["params"]["step"] == event["concept:name"]]
                targets = {one["target"] for lead in leads for one in (lead if isinstance(lead, list) else [lead])}
                if event["to"] not in targets:
                    strange.append(f"{case} entry {event['entry']}: {event['concept:name']} from {state} to {event['to']}")
            state = event["to"]
        crossed += len({event["version"] for event in events}) > 1
    caught = [is_caught(text) for text in broken(xes)]
    print(f"XES: {len(traces)} traces, {len(seen)} events, as the CSV says; {len(machines)} models replay them, {len(strange)} steps strange")
    print(f"{crossed} traces go over from one version to another")
    print(f"planted in XES: {sum(caught)} of {len(caught)} caught")
    print("\n".join(strange[:20]), file=sys.stderr)
    sys.exit(1 if strange or not all(caught) or len(traces) < 10 or not crossed else 0)


if __name__ == "__main__":
    main()
