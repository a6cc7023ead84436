#!/usr/bin/env python3
"""Judges mails as documents, with parsers that are not ours: `.ci/mail_lint.py FILE.eml|FOLDER ...`.

Each mail must parse without a defect (Python's email), have lines in ASCII that end with CRLF and hold at most 998 octets,
one each of Date, Message-ID, From, To, Subject and Auto-Submitted, and a text and an HTML part that say something.
A calendar beside them must hold for PyPI vobject and icalendar, with lines that end with CRLF and hold at most 75 octets, one
entry for a whole day, the mail's date and its sender. Over all mails: each has an id of its own; of those of one thread to
one person, every later one answers the first; an entry of a calendar never falls back. Every fault is named; the status is 1
if there is any, or no mail at all.
"""

import datetime
import re
import sys
from collections import defaultdict
from email import message_from_bytes, policy
from email.errors import MessageError
from pathlib import Path

import icalendar
import vobject

REQUIRED = ["Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted", "MIME-Version"]


def faults_of(raw):
    """Yields what is wrong with a mail, a sentence for each fault."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a line does not end with CRLF"
    longest = max((len(line) for line in re.split(rb"\r?\n", raw)), default=0)
    if longest > 998:
        yield f"a line of {longest} octets; the most is 998"
    if not raw.isascii():
        yield "an octet is not ASCII"
    try:
        mail = message_from_bytes(raw, policy=policy.strict)
        yield from header_faults(mail)
        yield from part_faults(mail)
    except (MessageError, ValueError, LookupError) as error:
        yield f"does not parse: {type(error).__name__}: {error}"


def header_faults(mail):
    for name in REQUIRED:
        values = mail.get_all(name, [])
        if len(values) != 1:
            yield f"{len(values)} headers {name}; one is needed"
        for value in values:
            if not str(value).strip():
                yield f"{name} is empty"
            for defect in value.defects:
                yield f"{name}: {defect}"
    date = mail["Date"]
    if date is not None and getattr(date, "datetime", None) is None:
        yield "Date is no date"
    if not re.fullmatch(r"<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>", str(mail["Message-ID"] or "")):
        yield "Message-ID is not <left@right>"
    for name in ["From", "To"]:
        if mail[name] is not None and len(mail[name].addresses) != 1:
            yield f"{name} holds {len(mail[name].addresses)} addresses; one is needed"


def part_faults(mail):
    words = mail
    if mail.get_content_type() == "multipart/mixed":
        words, *others = mail.iter_parts()
        if [part.get_content_type() for part in others] != ["text/calendar"]:
            yield "beside the words stands something else than one calendar"
        for part in others:
            yield from part.defects
            yield from calendar_faults(mail, part)
    yield from word_faults(words)


def calendar_faults(mail, part):
    raw = part.get_payload(decode=True)
    if part.get_content_charset() != "utf-8" or part.get_param("method") != "PUBLISH":
        yield "the calendar's type names another charset than utf-8 or another method than PUBLISH"
    if not (part.get_filename() or "").endswith(".ics"):
        yield "the calendar's file is no .ics"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw) or not raw.endswith(b"\r\n"):
        yield "a line of the calendar does not end with CRLF"
    longest = max(len(line) for line in raw.split(b"\r\n"))
    if longest > 75:
        yield f"a line of the calendar of {longest} octets; the most is 75"
    try:
        vobject.readOne(raw.decode()).validate(raiseException=True)
        yield from entry_faults(mail, icalendar.Calendar.from_ical(raw))
    except Exception as error:  # whatever the two parsers raise is a fault
        yield f"the calendar does not hold: {type(error).__name__}: {error}"


def entry_faults(mail, calendar):
    if calendar.errors or str(calendar.get("METHOD")) != "PUBLISH":
        yield f"the calendar has errors or another method: {calendar.errors}"
    if len(calendar.subcomponents) != 1 or calendar.subcomponents[0].name != "VEVENT":
        yield "the calendar holds something else than one entry"
        return
    entry = calendar.subcomponents[0]
    day = entry.decoded("DTSTART")
    if entry.errors or isinstance(day, datetime.datetime) or not isinstance(day, datetime.date):
        yield "the entry is for no whole day"
    if entry.decoded("DTSTAMP") != mail["Date"].datetime:
        yield "the entry's DTSTAMP is not the mail's date"
    if str(entry["ORGANIZER"]) != f"mailto:{mail['From'].addresses[0].addr_spec}":
        yield "the entry's organizer is not the mail's sender"
    if not str(entry["SUMMARY"]).strip() or not str(entry["URL"]).startswith("http"):
        yield "the entry says nothing, or leads nowhere"


def word_faults(mail):
    if mail.get_content_type() != "multipart/alternative":
        yield f"{mail.get_content_type()} instead of multipart/alternative"
        return
    parts = list(mail.iter_parts())
    kinds = [part.get_content_type() for part in parts]
    if kinds != ["text/plain", "text/html"]:
        yield f"the parts are {', '.join(kinds)} instead of text/plain, text/html"
    for part in parts:
        kind = part.get_content_type()
        if kind.startswith("text/") and not re.sub(r"<[^>]*>", "", part.get_content()).strip():
            yield f"{kind} is empty"
        for defect in part.defects:
            yield f"{kind}: {defect}"


def ids(mail, header):
    return re.findall(r"<[^<>]+>", str(mail[header] or ""))


def entry_of(mail):
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            return icalendar.Calendar.from_ical(part.get_payload(decode=True)).subcomponents[0]
    return None


def faults_together(mails):
    """What is wrong with mails beside each other; they are in the order of their dates."""
    by_id, threads, entries = {}, defaultdict(list), {}
    for file, mail in mails:
        own = str(mail["Message-ID"]).strip()
        if own in by_id:
            yield f"{file}: has the Message-ID of another mail"
        by_id[own] = mail
        references, answers, to = ids(mail, "References"), ids(mail, "In-Reply-To"), str(mail["To"])
        if not references:
            if answers:
                yield f"{file}: answers a mail and refers to none"
        elif references[0] in by_id:
            yield f"{file}: the root of its thread is a mail"
        else:
            threads[references[0], to].append((file, own, references[1:], answers))
        entry = entry_of(mail)
        if entry is not None:
            key = (str(entry["UID"]), to)
            if int(entry["SEQUENCE"]) < entries.get(key, 0):
                yield f"{file}: the entry of its calendar falls back"
            entries[key] = int(entry["SEQUENCE"])
    for of_one in threads.values():
        firsts = {own for _, own, _, answers in of_one if not answers}
        if len(firsts) != 1:
            yield f"{of_one[0][0]}: {len(firsts)} mails of its thread to one person answer none; one does"
        for file, _, rest, answers in of_one:
            if answers and (set(answers) != firsts or rest != answers):
                yield f"{file}: answers another mail than the first of its thread, or refers to another than it answers"


def main(arguments):
    files = []
    for path in map(Path, arguments):
        files.extend(sorted(path.glob("*.eml")) if path.is_dir() else [path])
    if not files:
        print("no mails to look at", file=sys.stderr)
        return 1
    faults = [f"{file}: {fault}" for file in files for fault in faults_of(file.read_bytes())]
    mails = [(file, message_from_bytes(file.read_bytes(), policy=policy.default)) for file in files]
    if not faults:
        faults = list(faults_together(sorted(mails, key=lambda mail: mail[1]["Date"].datetime)))
    for fault in faults:
        print(fault, file=sys.stderr)
    answers = sum(mail["In-Reply-To"] is not None for _, mail in mails)
    calendars = sum(entry_of(mail) is not None for _, mail in mails) if not faults else 0
    print(f"{len(files)} mails, {answers} answer an earlier one, {calendars} with a calendar; {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
