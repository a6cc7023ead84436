#!/usr/bin/env python3
"""Judges mails as documents, with Python's own parser: `.ci/mail_lint.py FILE.eml|FOLDER ...`.

Each mail must parse without a defect, have lines that end with CRLF and hold at most 998 octets, headers in ASCII, one
each of Date, Message-ID, From, To, Subject and Auto-Submitted, and a text and an HTML part that say something. Every
fault is named; the status is 1 if there is any, or no mail at all.
"""

import re
import sys
from email import message_from_bytes, policy
from email.errors import MessageError
from pathlib import Path

REQUIRED = ["Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted", "MIME-Version"]


def faults_of(raw):
    """Yields what is wrong with a mail, a sentence for each fault."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a line does not end with CRLF"
    longest = max((len(line) for line in re.split(rb"\r?\n", raw)), default=0)
    if longest > 998:
        yield f"a line of {longest} octets; the most is 998"
    if not re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0].isascii():
        yield "a header is not ASCII"
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


def main(arguments):
    files = []
    for path in map(Path, arguments):
        files.extend(sorted(path.glob("*.eml")) if path.is_dir() else [path])
    if not files:
        print("no mails to look at", file=sys.stderr)
        return 1
    faults = [f"{file}: {fault}" for file in files for fault in faults_of(file.read_bytes())]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(files)} mails, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
