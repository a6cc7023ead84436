"""Judges the exported machines by their graph alone, with networkx: every state can be reached, from every state one where the
case ends, and nothing leads on from there. Our checker's verdicts on machines that have lost a step must be the same.

Usage: soundness.py FOLDER, where the ignored test machines_and_traces_for_the_judges has written.
"""

import json
import sys

import networkx as nx

BEFORE = "$start"


def graph(machine):
    lines = nx.DiGraph()
    lines.add_nodes_from(machine["states"])
    for name, state in machine["states"].items():
        for leads in [*state.get("on", {}).values(), *state.get("after", {}).values()]:
            lines.add_edges_from((name, one["target"]) for one in (leads if isinstance(leads, list) else [leads]))
    return lines


def unsound(machine):
    lines = graph(machine)
    finals = {name for name, state in machine["states"].items() if state.get("type") == "final"}
    reached = {BEFORE} | nx.descendants(lines, BEFORE)
    if lost := set(lines) - reached:
        return f"cannot be reached: {sorted(lost)}"
    ending = finals | {before for final in finals for before in nx.ancestors(lines, final)}
    if stuck := set(lines) - ending:
        return f"can never end: {sorted(stuck)}"
    if leaving := [final for final in finals if lines.out_degree(final)]:
        return f"goes on after the end: {leaving}"
    return None


def planted(machine):
    """The machine with one fault each: a state that nothing leads to, one that leads nowhere, an end that goes on."""
    final = next(name for name, state in machine["states"].items() if state.get("type") == "final")
    first = next(name for name in machine["states"] if name not in (BEFORE, final))
    strange = [
        {"lonely": {"on": {"go": {"target": final}}}},
        {"stuck": {}, first: {**machine["states"][first], "always": [], "on": {"go": {"target": "stuck"}}}},
        {final: {**machine["states"][final], "on": {"go": {"target": first}}}},
    ]
    return [{**machine, "states": {**machine["states"], **states}} for states in strange]


def main():
    folder, problems, count, caught, all_planted = sys.argv[1], [], 0, 0, 0
    with open(f"{folder}/machines.jsonl", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            count += 1
            if problem := unsound(told["machine"]):
                problems.append(f"{told['name']}: {problem}")
            if count % 30 == 0:
                mutants = planted(told["machine"])
                all_planted += len(mutants)
                caught += sum(unsound(mutant) is not None for mutant in mutants)
    with open(f"{folder}/verdicts.json", encoding="utf-8") as file:
        verdicts = json.load(file)
    for n, verdict in enumerate(verdicts):
        problem = unsound(verdict["machine"])
        if (problem is None) != verdict["sound"]:
            problems.append(f"verdict {n}: ours sound {verdict['sound']}, the graph's {problem}")
    faulty = sum(not verdict["sound"] for verdict in verdicts)
    print(f"networkx: {count} machines sound; {len(verdicts)} that lost a step, {faulty} of them unsound: the same verdict")
    print(f"planted unsound: {caught} of {all_planted} caught")
    print("\n".join(problems[:20]), file=sys.stderr)
    sys.exit(1 if problems or caught < all_planted or count < 1000 or faulty < 50 else 0)


if __name__ == "__main__":
    main()
