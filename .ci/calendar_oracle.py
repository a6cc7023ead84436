"""Compares our Swedish holidays with two independent packages, for 2005 to 2100.

Usage: pip install holidays workalendar && python3 .ci/calendar_oracle.py target/debug/samsyn

Exits 1 and names each difference when there is any.
"""

import json
import subprocess
import sys
from datetime import date

import holidays
from workalendar.europe import Sweden

FIRST, LAST = 2005, 2100


def ours(binary):
    """Kind by date; where two holidays share a day, a public holiday goes before an eve."""
    output = subprocess.run(
        [binary, "calendar", "holidays", str(FIRST), str(LAST), "--json"], check=True, capture_output=True, text=True
    ).stdout
    return {date.fromisoformat(day["date"]): day["kind"] for day in json.loads(output)}


def by_holidays():
    """`include_sundays` is passed because its default has changed between versions."""

    def dates(category):
        years = range(FIRST, LAST + 1)
        return holidays.Sweden(years=years, categories=(category,), include_sundays=False)

    return {day: "eve" for day in dates("de_facto")} | {day: "public_holiday" for day in dates("public")}


def by_workalendar():
    return {day for year in range(FIRST, LAST + 1) for day, _ in Sweden().holidays(year)}


def differences(our_kinds):
    theirs = by_holidays()
    for day in sorted(our_kinds.keys() | theirs.keys()):
        if our_kinds.get(day) != theirs.get(day):
            yield f"{day}: ours {our_kinds.get(day)}, holidays {theirs.get(day)}"
    for day in sorted(our_kinds.keys() ^ by_workalendar()):
        yield f"{day}: {'ours only' if day in our_kinds else 'workalendar only'}"


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-SAMSYN")
    our_kinds = ours(sys.argv[1])
    found = list(differences(our_kinds))
    print("\n".join(found) or f"{len(our_kinds)} days off in {FIRST} to {LAST}: no difference")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
