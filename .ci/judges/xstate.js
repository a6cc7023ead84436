// Holds XState against the engine: every machine is led through its traces, and must stand where the engine stood, with the
// same steps possible. Then machines with a planted fault, each of which must be caught.
//
// Usage: node xstate.js FOLDER, where the ignored test machines_and_traces_for_the_judges has written.

import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { Calendar, differs } from "./machine.js";

const MUTANTS = 300; // of each kind
const folder = process.argv[2];
const calendar = new Calendar(JSON.parse(readFileSync(`${folder}/days_off.json`, "utf8")));

/** The states that are visited before the trace is over. */
const visited = (trace) => [...new Set(trace.slice(0, -1).map((told) => told.state))];
const lists = (transition) => (Array.isArray(transition) ? transition : [transition]);
const copy = (machine) => structuredClone(machine);
const other = (machine, state) => Object.keys(machine.states).find((name) => name !== state && name !== "$start");

/** Faults, each planted where the trace comes by: answers with what to run, or nothing where there is no such place. */
const faults = {
  "wrong target"(machine, trace) {
    for (let n = 1; n < trace.length; n++) {
      const [before, told] = [trace[n - 1], trace[n]];
      if (told.kind !== "event" || told.raised || !told.last || before.state === told.state) continue;
      lists(machine.states[before.state].on[told.event])[0].target = other(machine, told.state);
      return machine;
    }
  },
  "guard negated"(machine, trace) {
    for (const state of visited(trace)) {
      for (const transition of Object.values(machine.states[state].on ?? {}).flatMap(lists)) {
        const params = transition.guard?.params;
        if (!params?.when || params.each_party || params.confirms) continue;
        params.when = { not: params.when };
        return machine;
      }
    }
  },
  "state missing"(machine, trace) {
    delete machine.states[trace.at(-1).state];
    return machine;
  },
  "transition missing"(machine, trace) {
    for (const told of trace.filter((told) => told.can.events.length > 0)) {
      delete machine.states[told.state].on[told.can.events[0]];
      return machine;
    }
  },
  ...Object.fromEntries(
    [["delay longer", 1], ["delay shorter", -1]].map(([name, more]) => [
      name,
      (machine, trace) => {
        const told = trace.find(({ raised }) => raised?.length === 1 && raised[0].alone && moved(machine, raised[0]));
        const deadline = machine.meta.deadlines[told?.raised[0].deadline];
        const [, count, unit] = /^(\d+)(d|w|m)$/.exec(deadline?.after ?? "") ?? [];
        // Of two that run out together the other would do it; moved to a working day, two lengths may be one; what a date of a field begins anew is begun anew by another, too.
        if (!count || deadline.end === "next_working_day" || deadline.from || deadline.when || Number(count) + more < 0) return undefined;
        deadline.after = `${Number(count) + more}${unit}`;
        return machine;
      },
    ]),
  ),
  "deadlines swapped"(machine, trace) {
    const told = trace.find(({ raised }) => raised?.length === 1 && raised[0].tied);
    if (!told) return undefined;
    const state = machine.states[told.raised[0].from];
    state.after = Object.fromEntries(Object.entries(state.after).reverse());
    return machine;
  },
  "candidates swapped"(machine, trace) {
    for (let n = 1; n < trace.length; n++) {
      const [before, told] = [trace[n - 1], trace[n]];
      const candidates = machine.states[before.state].on?.[told.event];
      if (told.kind !== "event" || told.raised || !told.last || before.state === told.state) continue;
      // Where a clock leads there too, and perhaps at once, the fault might make no difference.
      const others = Object.values(machine.states[before.state].after ?? {}).map((after) => after.target);
      if (!Array.isArray(candidates) || others.includes(told.state)) continue;
      candidates.reverse();
      return machine;
    }
  },
};

const moved = (machine, { from, deadline }) => machine.states[from].after[deadline].target !== from;

const counts = { machines: 0, traces: 0, steps: 0, raised: 0 };
const planted = Object.fromEntries(Object.keys(faults).map((kind) => [kind, { planted: 0, caught: 0 }]));
const problems = [];

for await (const line of createInterface({ input: createReadStream(`${folder}/machines.jsonl`) })) {
  const { name, machine, traces } = JSON.parse(line);
  counts.machines += 1;
  for (const [n, trace] of traces.entries()) {
    counts.traces += 1;
    counts.steps += trace.filter((told) => told.kind === "event").length;
    counts.raised += trace.flatMap((told) => told.raised ?? []).length;
    const problem = differs(machine, trace, calendar);
    if (problem) problems.push(`${name}, trace ${n}, ${problem}`);
    if (problem || !name.startsWith("random")) continue;
    for (const [kind, plant] of Object.entries(faults)) {
      if (planted[kind].planted === MUTANTS) continue;
      const mutant = plant(copy(machine), trace);
      if (!mutant) continue;
      planted[kind].planted += 1;
      if (differs(mutant, trace, calendar)) planted[kind].caught += 1;
      else problems.push(`${name}, trace ${n}: nobody noticed: ${kind}`);
    }
  }
}
console.log(`XState: ${counts.machines} machines, ${counts.traces} traces, ${counts.steps} steps, ${counts.raised} raised by time`);
for (const [kind, { planted: all, caught }] of Object.entries(planted)) {
  console.log(`planted ${kind}: ${caught} of ${all} caught`);
  if (all < 20) problems.push(`${kind}: planted only ${all} times`);
}
problems.slice(0, 20).forEach((problem) => console.error(problem));
if (problems.length > 0 || counts.machines < 1000) {
  console.error(`${problems.length} problems`);
  process.exit(1);
}
