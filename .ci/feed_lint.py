#!/usr/bin/env python3
"""Judges calendars of deadlines with parsers that are not ours, PyPI icalendar and vobject: `.ci/feed_lint.py FILE.ics|FOLDER ...`.

Each must parse without an error, have lines that end with CRLF and hold at most 75 octets, and entries for whole days with an
id of their own, a sequence, words and a way to the case; together they must have some. Every fault is named; the status is 1 if
there is any, or no calendar at all.
"""

import datetime
import re
import sys
from pathlib import Path

import icalendar
import vobject


def faults_of(raw):
    """Yields what is wrong with a calendar, a sentence for each fault."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw) or not raw.endswith(b"\r\n"):
        yield "a line does not end with CRLF"
    longest = max(len(line) for line in raw.split(b"\r\n"))
    if longest > 75:
        yield f"a line of {longest} octets; the most is 75"
    try:
        calendar = icalendar.Calendar.from_ical(raw)
        # RFC 5545 wants a component in a calendar, and one without any is what most programs give for nothing to do.
        if calendar.subcomponents:
            vobject.readOne(raw.decode()).validate(raiseException=True)
        yield from entry_faults(calendar)
    except Exception as error:  # whatever the two parsers raise is a fault
        yield f"does not hold: {type(error).__name__}: {error}"


def entry_faults(calendar):
    if calendar.errors or "METHOD" in calendar or not calendar.get("PRODID") or calendar.get("VERSION") != "2.0":
        yield f"the calendar has errors, a method, or no product or version: {calendar.errors}"
    seen = set()
    for entry in calendar.subcomponents:
        uid, day = str(entry.get("UID")), entry.decoded("DTSTART")
        if entry.name != "VEVENT" or entry.errors:
            yield f"{uid} is no entry: {entry.errors}"
        if uid in seen or not re.fullmatch(r"[^@\s]+@[^@\s]+", uid):
            yield f"{uid} stands twice, or is no id"
        seen.add(uid)
        if isinstance(day, datetime.datetime) or not isinstance(day, datetime.date):
            yield f"{uid} is for no whole day"
        if int(entry.get("SEQUENCE", -1)) < 1:
            yield f"{uid} has no sequence"
        if not str(entry["SUMMARY"]).strip() or not str(entry["URL"]).startswith("http"):
            yield f"{uid} says nothing, or leads nowhere"


def main(arguments):
    files = []
    for path in map(Path, arguments):
        files.extend(sorted(path.glob("*.ics")) if path.is_dir() else [path])
    faults = [f"{file}: {fault}" for file in files for fault in faults_of(file.read_bytes())]
    entries = sum(file.read_bytes().count(b"BEGIN:VEVENT") for file in files)
    if not entries:
        faults.append("no calendars, or none with an entry, to look at")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(files)} calendars, {entries} entries, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
