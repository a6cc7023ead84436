"""A second interpreter: sismic runs a sample of the exported machines through the same traces as XState.

A state becomes a state of a statechart, an event's candidates become transitions in the order of the file, and `after`
becomes a transition without event that is due once its clock is. Sismic only steps: what guards and clocks mean stands here,
written anew from `meta.reads` of the export.

Usage: second.py FOLDER [HOW MANY], where the ignored test machines_and_traces_for_the_judges has written.
"""

import calendar as months
import json
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sismic.clock import SimulatedClock
from sismic.interpreter import Event, Interpreter
from sismic.model import BasicState, CompoundState, FinalState, Statechart, Transition

SWEDEN = ZoneInfo("Europe/Stockholm")
DAY = timedelta(days=1)


class Days:
    """Counts days one by one."""

    def __init__(self, off):
        self.off = {date.fromisoformat(day) for day in off}

    def is_working(self, day):
        return day.weekday() < 5 and day not in self.off

    def end(self, start, period, moved):
        unit = period.lstrip("0123456789")
        count = int(period[: -len(unit)])
        day = start
        if unit in ("m", "y"):
            month = day.month - 1 + count * (12 if unit == "y" else 1)
            year, month = day.year + month // 12, month % 12 + 1
            day = date(year, month, min(day.day, months.monthrange(year, month)[1]))
        else:
            left = count * (7 if unit == "w" else 1)
            while left:
                day += DAY
                left -= unit != "wd" or self.is_working(day)
        while moved and not self.is_working(day):
            day += DAY
        return day


def ends(day):
    """The instant at which a day is over in Sweden, in milliseconds."""
    after = day + DAY
    return int(datetime(after.year, after.month, after.day, tzinfo=SWEDEN).timestamp() * 1000)


class Case:
    """What guards are judged by."""

    def __init__(self, machine, days):
        self.days, self.fields, self.deadlines = days, machine["meta"]["fields"], machine["meta"]["deadlines"]
        self.held, self.taken, self.running, self.parties = {}, {}, {}, []
        self.now, self.told = 0, {}

    def day(self):
        said = self.told.get("day")
        return date.fromisoformat(said) if said else datetime.fromtimestamp(self.now / 1000, SWEDEN).date()

    def value(self, name, principal):
        own = "per" in self.fields[name] and principal
        return self.held.get(f"{name}@{principal}" if own else name)

    def latest(self, names, principal):
        dates = [self.value(name, principal) for name in names]
        return None if None in dates else max(map(date.fromisoformat, dates))

    def holds(self, guard, principal):
        if "set" in guard:
            if "per" in self.fields[guard["set"]] and not principal:
                return all(self.value(guard["set"], party) is not None for party in self.parties)
            return self.value(guard["set"], principal) is not None
        if "field" in guard:
            return self.value(guard["field"], principal) == guard["is"]
        if "happened" in guard:
            return self.taken.get(guard["happened"], 0) >= guard["at_least"]
        if "not" in guard:
            return not self.holds(guard["not"], principal)
        if "all" in guard:
            return all(self.holds(one, principal) for one in guard["all"])
        if "any" in guard:
            return any(self.holds(one, principal) for one in guard["any"])
        start = self.latest(guard["after"], principal)
        return start is not None and self.days.end(start, guard["notice"], False) <= self.day()

    def possible(self, params):
        when = params.get("when")
        alone = "each_party" not in params or self.told.get("last")
        return alone and (when is None or self.holds(when, self.told.get("principal")))

    def earliest(self, state_after):
        """The deadline to run out next, of those that are due: the earlier first, then by the order of their names, in which the export has them."""
        due = [
            (self.running[name]["runs_out"], n, name)
            for n, name in enumerate(state_after)
            if name in self.running and not self.running[name].get("ran_out") and self.running[name]["runs_out"] <= self.now
        ]
        return min(due)[2] if due else None

    def record(self, params):
        confirms = params.get("confirms")
        if any("replace_party" in effect for effect in params.get("effects", [])):
            self.taken = {}
        if not confirms:
            self.taken[params["step"]] = self.taken.get(params["step"], 0) + 1
            cleared = params.get("clears", [])
            self.held = {key: value for key, value in self.held.items() if key.split("@")[0] not in cleared}
        self.held |= self.told.get("data", {})
        self.parties = self.told.get("parties", self.parties)
        for name, clock in self.told.get("clocks", {}).items():
            self.running[name] = {key: date.fromisoformat(clock[key]) for key in ("start", "due")} | {"runs_out": clock["runs_out"]}
        if "deadline" in params:
            self.running[params["deadline"]]["ran_out"] = True

    def clocks(self, names):
        running = {}
        for name in names:
            deadline, before = self.deadlines[name], self.running.get(name)
            if "when" in deadline and not self.holds(deadline["when"], None):
                continue
            start = self.day()
            if "at" in deadline or "from" in deadline:
                start = self.latest([deadline["at"]] if "at" in deadline else deadline["from"], None)
            if start is None:
                continue
            kind = "due" if "at" in deadline else "start"
            same = before and ("at" not in deadline and "from" not in deadline or before[kind] == start)
            if before and (same or name in self.told.get("clocks", {})):
                running[name] = before
            else:
                moved = deadline.get("end") == "next_working_day"
                due = start if "at" in deadline else self.days.end(start, deadline["after"], moved)
                running[name] = {"start": start, "due": due, "runs_out": ends(due)}
        self.running = running


def statechart(machine):
    """The machine as sismic's, and the parameters that its code refers to by number."""
    chart, table = Statechart(machine["id"]), []

    def code(value):
        table.append(value)
        return f"table[{len(table) - 1}]"

    chart.add_state(CompoundState("machine", initial=machine["initial"]), None)
    for name, state in machine["states"].items():
        entry = [f"case.clocks({code(one['params']['deadlines'])})" for one in state.get("entry", [])]
        kind = FinalState(name) if state.get("type") == "final" else BasicState(name, on_entry="\n".join(entry) or None)
        chart.add_state(kind, "machine")
    for name, state in machine["states"].items():
        for event, candidates in state.get("on", {}).items():
            candidates = candidates if isinstance(candidates, list) else [candidates]
            for priority, one in enumerate(candidates):
                guard = f"case.possible({code(one.get('guard', {}).get('params', {}))})"
                action = f"case.record({code(one['actions'][0]['params'])})"
                chart.add_transition(Transition(name, one["target"], event, guard, action, -priority))
        for deadline, one in state.get("after", {}).items():
            names, params = code(list(state["after"])), one["guard"]["params"]
            guard = f"case.earliest({names}) == {deadline!r} and case.possible({code(params)})"
            action = f"case.record({code(one['actions'][0]['params'])})"
            chart.add_transition(Transition(name, one["target"], None, guard, action))
    return chart, table


def differs(machine, trace, days):
    chart, table = statechart(machine)
    case = Case(machine, days)
    clock = SimulatedClock()
    interpreter = Interpreter(chart, initial_context={"case": case, "table": table}, clock=clock)
    interpreter.execute()
    for n, told in enumerate(trace):
        case.now = clock.time = told["time"]
        if told["kind"] == "event":
            case.told = told
            interpreter.queue(Event(told["event"]))
            interpreter.execute_once()
        case.told = {}
        interpreter.execute()
        here = [name for name in interpreter.configuration if name != "machine"]
        final = machine["states"][told["state"]].get("type") == "final"
        if here != ([] if final else [told["state"]]) or interpreter.final != final:
            return f"{n}: it stands in {here}, not {told['state']}"
    return None


def planted(machine, trace):
    """The machine with the target of a step of the trace changed."""
    for before, told in zip(trace, trace[1:]):
        if told["kind"] != "event" or "raised" in told or not told["last"] or before["state"] == told["state"]:
            continue
        machine = json.loads(json.dumps(machine))
        leads = machine["states"][before["state"]]["on"][told["event"]]
        others = [name for name in machine["states"] if name not in (told["state"], machine["initial"])]
        (leads[0] if isinstance(leads, list) else leads)["target"] = others[0]
        return machine
    return None


def main():
    folder, most = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with open(f"{folder}/days_off.json", encoding="utf-8") as file:
        days = Days(json.load(file))
    problems, count, traces, mutants, caught = [], 0, 0, 0, 0
    with open(f"{folder}/machines.jsonl", encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            told = json.loads(line)
            is_random = told["name"].startswith("random")
            if is_random and n >= most:
                continue
            count += 1
            for trace in told["traces"][: 2 if is_random else 12]:
                traces += 1
                if problem := differs(told["machine"], trace, days):
                    problems.append(f"{told['name']}: {problem}")
                elif is_random and mutants < 50 and (mutant := planted(told["machine"], trace)):
                    mutants += 1
                    caught += differs(mutant, trace, days) is not None
    print(f"sismic: {count} machines, {traces} traces, {len(problems)} problems; planted wrong target: {caught} of {mutants} caught")
    print("\n".join(problems[:20]), file=sys.stderr)
    sys.exit(1 if problems or caught < mutants or mutants < 20 or count < 100 else 0)


if __name__ == "__main__":
    main()
