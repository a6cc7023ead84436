// An exported definition, run by XState: what its guards, actions and delays mean, written anew from `meta.reads` of the
// export and the table of conditions in workflows/README.md, without a look at the engine.

import { SimulatedClock, assign, createActor, createMachine } from "xstate";

const NEVER = 1e13;

export class Calendar {
  constructor(daysOff) {
    this.off = new Set(daysOff);
  }

  isWorking(day) {
    const weekday = utc(day).getUTCDay();
    return weekday !== 0 && weekday !== 6 && !this.off.has(day);
  }

  nextWorking(day) {
    while (!this.isWorking(day)) day = plusDays(day, 1);
    return day;
  }

  /** The last day of a period that begins after a day. */
  end(start, period, moved) {
    const [, count, unit] = /^(\d+)(wd|d|w|m|y)$/.exec(period);
    const due = this.#count(start, Number(count), unit);
    return moved ? this.nextWorking(due) : due;
  }

  #count(start, count, unit) {
    if (unit === "d") return plusDays(start, count);
    if (unit === "w") return plusDays(start, 7 * count);
    if (unit === "m" || unit === "y") return plusMonths(start, unit === "m" ? count : 12 * count);
    let day = start;
    for (let left = count; left > 0; ) {
      day = plusDays(day, 1);
      if (this.isWorking(day)) left -= 1;
    }
    return day;
  }
}

const utc = (day) => new Date(`${day}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);
const plusDays = (day, days) => iso(new Date(utc(day).getTime() + days * 86_400_000));

function plusMonths(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))));
}

const clocks = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm", dateStyle: "short", timeStyle: "medium" });

/** The day in Stockholm at an instant. */
export const dayAt = (millis) => clocks.format(millis).slice(0, 10);

/** The instant at which a day is over in Stockholm. */
const ends = new Map();
function endOf(day) {
  if (!ends.has(day)) {
    const next = plusDays(day, 1);
    const midnight = [1, 2].map((hours) => utc(next).getTime() - hours * 3_600_000);
    ends.set(day, midnight.find((millis) => clocks.format(millis) === `${next} 00:00:00`));
  }
  return ends.get(day);
}

/** The machine of an export, ready to be run against a clock. */
export function interpreted(exported, calendar, clock) {
  const { fields, deadlines } = exported.meta;
  const now = (event) => event.day ?? dayAt(clock.now());
  const value = (context, name, principal) =>
    context.held[fields[name]?.per && principal ? `${name}@${principal}` : name];

  function isSet(context, name, principal) {
    if (fields[name]?.per && !principal) {
      return context.parties.every((party) => value(context, name, party) !== undefined);
    }
    return value(context, name, principal) !== undefined;
  }

  const latest = (context, names, principal) => {
    const dates = names.map((name) => value(context, name, principal));
    return dates.includes(undefined) ? undefined : dates.sort().at(-1);
  };

  function holds(guard, context, day, principal) {
    if ("set" in guard) return isSet(context, guard.set, principal);
    if ("field" in guard) return value(context, guard.field, principal) === guard.is;
    if ("happened" in guard) return (context.taken[guard.happened] ?? 0) >= guard.at_least;
    if ("not" in guard) return !holds(guard.not, context, day, principal);
    if ("all" in guard) return guard.all.every((one) => holds(one, context, day, principal));
    if ("any" in guard) return guard.any.some((one) => holds(one, context, day, principal));
    const from = latest(context, guard.after, principal);
    return from !== undefined && calendar.end(from, guard.notice, false) <= day;
  }

  const when = (params, context, event) =>
    !params.when || holds(params.when, context, now(event), event.principal);

  function record({ context, event }, params) {
    const effects = params.effects ?? [];
    const clears = params.clears ?? [];
    const kept = Object.entries(context.held).filter(([key]) => !clears.includes(key.split("@")[0]));
    const taken = effects.some((effect) => effect.replace_party) ? {} : { ...context.taken };
    if (!params.confirms) taken[params.step] = (taken[params.step] ?? 0) + 1;
    const running = { ...context.running, ...event.clocks };
    if (params.deadline) running[params.deadline] = { ...running[params.deadline], ranOut: true };
    // A confirmation that is not the last empties nothing.
    const held = { ...(params.confirms ? context.held : Object.fromEntries(kept)), ...event.data };
    return { held, taken, running, parties: event.parties ?? context.parties };
  }

  /** What a clock counts from, where it runs. */
  function anchor(deadline, context, day) {
    if (deadline.when && !holds(deadline.when, context, day)) return undefined;
    if (deadline.at) return value(context, deadline.at);
    return deadline.from ? latest(context, deadline.from) : day;
  }

  function settle({ context, event }, params) {
    const [running, day] = [{}, now(event)];
    for (const name of params.deadlines) {
      const [deadline, before] = [deadlines[name], context.running[name]];
      const from = anchor(deadline, context, day);
      if (from === undefined) continue;
      const counted = deadline.at ? before?.due === from : deadline.from ? before?.start === from : true;
      if (before && (counted || event.clocks?.[name])) {
        running[name] = before;
      } else {
        const due = deadline.at ? from : calendar.end(from, deadline.after, deadline.end === "next_working_day");
        running[name] = { start: from, due, runs_out: endOf(due) };
      }
    }
    return { running };
  }

  const left = (name) => ({ context }) => {
    const clock_ = context.running[name];
    return clock_ && !clock_.ranOut ? clock_.runs_out - clock.now() : NEVER;
  };
  const machine = createMachine({ ...exported, context: { held: {}, taken: {}, running: {}, parties: [] } });
  return machine.provide({
    guards: {
      possible: ({ context, event }, params) => when(params, context, event) && (!params.each_party || event.last),
      runs: ({ context, event }, params) => {
        const clock_ = context.running[params.deadline];
        return Boolean(clock_) && !clock_.ranOut && when(params, context, event);
      },
    },
    actions: { record: assign(record), clocks: assign(settle) },
    delays: Object.fromEntries(Object.keys(deadlines).map((name) => [name, left(name)])),
  });
}

/** What is wrong when a machine is led through a trace; nothing where all is as the trace says. */
export function differs(exported, trace, calendar) {
  const clock = new SimulatedClock();
  clock.increment(trace[0].time - clock.now());
  let actor;
  try {
    actor = createActor(interpreted(exported, calendar, clock), { clock, logger: () => {} });
  } catch (error) {
    return `the machine is none: ${error.message}`;
  }
  let fault;
  actor.subscribe({ error: (error) => (fault = error) });
  actor.start();
  for (const [n, told] of trace.entries()) {
    clock.increment(told.time - clock.now());
    if (told.kind === "event") {
      const { event, day, principal, last, data, parties, clocks } = told;
      actor.send({ type: event, day, principal, last, data, parties, clocks });
    }
    // The simulated clock looks only once for what a timer's own step has made due at once.
    for (let before; before !== actor.getSnapshot(); ) {
      before = actor.getSnapshot();
      clock.increment(0);
    }
    if (fault) return `${n}: ${fault.message}`;
    const snapshot = actor.getSnapshot();
    if (snapshot.value !== told.state) return `${n}: it stands in ${snapshot.value}, not ${told.state}`;
    const { principal, day, parties, events } = told.can;
    for (const event of Object.keys(exported.states[told.state]?.on ?? {})) {
      const can = snapshot.can({ type: event, principal, day, parties, last: true });
      if (can !== events.includes(event)) return `${n}: ${event} is ${can ? "" : "not "}possible in ${told.state}`;
    }
    const strange = events.find((event) => !snapshot.can({ type: event, principal, day, last: true }));
    if (strange) return `${n}: ${strange} is not possible in ${told.state}`;
  }
  const snapshot = actor.getSnapshot();
  const isFinal = exported.states[trace.at(-1).state]?.type === "final";
  if ((snapshot.status === "done") !== isFinal) return `the machine is ${snapshot.status}`;
  return undefined;
}
