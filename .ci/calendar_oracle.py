"""Compares our Swedish holidays with two independent packages, for 2005 to 2100, and where our periods end with a count day by
day over the days off of one of them.

Usage: pip install holidays workalendar && python3 .ci/calendar_oracle.py target/debug/samsyn

Exits 1 and names each difference when there is any.
"""

import calendar as months
import json
import random
import subprocess
import sys
from datetime import date, timedelta

import holidays
from workalendar.europe import Sweden

FIRST, LAST = 2005, 2100
PERIODS = 600
DAY = timedelta(days=1)


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


def counted(off, start, count, unit):
    """Where a period ends, counted day by day."""
    day, step = start, DAY if count > 0 else -DAY
    if unit in ("m", "y"):
        month = start.month - 1 + count * (12 if unit == "y" else 1)
        year, month = start.year + month // 12, month % 12 + 1
        return date(year, month, min(start.day, months.monthrange(year, month)[1]))
    left = abs(count) * (7 if unit == "w" else 1)
    while left:
        day += step
        left -= unit != "wd" or (day.weekday() < 5 and day not in off)
    return day


def due_differences(binary):
    dice, off = random.Random(2005), by_holidays().keys()
    most = {"d": 400, "wd": 250, "w": 60, "m": 14, "y": 3}
    for _ in range(PERIODS):
        start = date(FIRST + 5, 1, 1) + dice.randrange((LAST - FIRST - 10) * 365) * DAY
        unit = dice.choice(["wd", "wd", "d", "w", "m", "y"])
        count = dice.choice([-1, 1]) * dice.randrange(1, most[unit])
        period = f"{count}{unit}"
        ends = due = counted(off, start, count, unit)
        while due.weekday() > 4 or due in off:
            due += DAY if count > 0 else -DAY
        command = [binary, "calendar", "due", start.isoformat(), period, "--json"]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        if (ours["ends"], ours["due"]) != (ends.isoformat(), due.isoformat()):
            yield f"{period} from {start}: ours {ours['ends']}, {ours['due']}; counted {ends}, {due}"


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-SAMSYN")
    our_kinds = ours(sys.argv[1])
    found = list(differences(our_kinds))
    print("\n".join(found) or f"{len(our_kinds)} days off in {FIRST} to {LAST}: no difference")
    due = list(due_differences(sys.argv[1]))
    print("\n".join(due) or f"{PERIODS} periods, counted day by day: no difference")
    found += due
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
