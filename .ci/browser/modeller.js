// Opens the BPMN documents of ours in bpmn-js, the modeller's own viewer, in Chromium: without an error or a warning, every start and
// state of the definition, and every step from one to another, as an element on the canvas, no shape upon another. Then documents
// with a planted fault, each of which must be caught.
//
// Usage: node modeller.js FOLDER [SCREENSHOTS], where the ignored test machines_and_traces_for_the_judges has written. A picture
// of each shipped definition is left in the second folder.

import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

import { FLAGS } from "./flags.js";

const VIEWER = createRequire(import.meta.url).resolve("bpmn-js/dist/bpmn-viewer.production.min.js");

/// What is to be seen of a definition: its starts and states, and each step that leads from one to another, by its name. Read off its
/// other export, the machine, where what leaves a case in its state is a way too: it is not drawn.
function drawn({ states: { $start: before, ...states } }) {
    const ways = Object.entries(states).flatMap(([from, { on, after }]) =>
        [on, after].flatMap((by) => Object.values(by ?? {})).flat()
            .map(({ target, description }) => ({ from: `state_${from}`, to: `state_${target}`, name: description })));
    // A start is named, and the way from it is not.
    const begun = Object.entries(before.on).map(([id, { target }]) => ({ from: `start_${id}`, to: `state_${target}`, name: "" }));
    return {
        nodes: [...begun.map(({ from }) => from), ...Object.keys(states).map((state) => `state_${state}`)],
        ways: [...begun, ...ways.filter(({ from, to }) => from !== to)],
    };
}

/// Runs in the page: opens a document and answers what is wrong with what is on the canvas.
async function open({ bpmn, nodes, ways }) {
    window.viewer?.destroy();
    window.viewer = new window.BpmnJS({ container: "#canvas" });
    const problems = [];
    try {
        const { warnings } = await window.viewer.importXML(bpmn);
        problems.push(...warnings.map(({ message }) => `a warning: ${message}`));
    } catch (error) {
        return [`it does not open: ${error.message}`];
    }
    window.viewer.get("canvas").zoom("fit-viewport");
    const registry = window.viewer.get("elementRegistry");
    const isSeen = (element) => {
        const box = element && registry.getGraphics(element)?.getBBox();
        return Boolean(box && box.width + box.height > 0);
    };
    problems.push(...nodes.filter((id) => !isSeen(registry.get(id))).map((id) => `${id} is not on the canvas`));
    const all = registry.getAll().filter((element) => element.type !== "label");
    const lines = all.filter((element) => element.waypoints);
    // A timer is at the edge of the state that it leaves; steps that lead the same way are one line, which names them all.
    const leads = (line, { from, to, name }) => {
        const { source, target, businessObject } = line;
        return (source?.host ?? source)?.id === from && target?.id === to && (businessObject.name ?? "").includes(name);
    };
    const unseen = ways.filter((way) => !lines.some((line) => isSeen(line) && leads(line, way)));
    problems.push(...unseen.map(({ from, to, name }) => `no way on the canvas: ${name}, ${from} > ${to}`));
    const shapes = all.filter((element) => element.parent && !element.waypoints);
    for (const [n, a] of shapes.entries()) {
        for (const b of shapes.slice(n + 1)) {
            const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            if (!apart && a.host !== b && b.host !== a) problems.push(`${a.id} lies upon ${b.id}`);
        }
    }
    const elements = window.viewer.getDefinitions().rootElements[0].flowElements;
    problems.push(...elements.filter(({ id }) => !registry.get(id)).map(({ id }) => `${id} is not on the canvas`));
    return problems;
}

const faults = {
    "target gone": (text) => text.replace(/targetRef="[^"]*"/, 'targetRef="nowhere"'),
    "leads elsewhere": (text) => {
        const [first, other] = [...new Set(text.match(/(?<=targetRef=")[^"]*/g))];
        return other && text.replace(`targetRef="${first}"`, `targetRef="${other}"`);
    },
    "step unnamed": (text) => text.replace(/(<bpmn:sequenceFlow [^>]*name=")[^"]+"/, '$1"'),
    "shape missing": (text) => text.replace(/<bpmndi:BPMNShape[^]*?<\/bpmndi:BPMNShape>/, ""),
    "edge missing": (text) => text.replace(/<bpmndi:BPMNEdge[^]*?<\/bpmndi:BPMNEdge>/, ""),
    "shape of nothing": (text) => text.replace(/(<bpmndi:BPMNShape [^>]*bpmnElement=")[^"]*"/, '$1nothing"'),
    "shape upon another": (text) => {
        const [first, second] = text.match(/(?<=bpmnElement="state_[^"]*">\s*)<dc:Bounds [^>]*\/>/g) ?? [];
        return second && text.replace(second, first);
    },
};

const [folder, screens] = process.argv.slice(2);
if (screens) await mkdir(screens, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
await page.setContent('<!doctype html><title>bpmn-js</title><div id="canvas" style="height: 1180px"></div>');
await page.addScriptTag({ path: VIEWER });

const problems = [];
const caught = Object.fromEntries(Object.keys(faults).map((kind) => [kind, [0, 0]]));
let [count, shipped] = [0, 0];
for await (const line of createInterface({ input: createReadStream(join(folder, "machines.jsonl")) })) {
    const { name, machine, bpmn } = JSON.parse(line);
    if (!bpmn) continue;
    count += 1;
    const isShipped = !name.startsWith("random");
    if (isShipped) shipped += 1;
    const seen = drawn(machine);
    const found = await page.evaluate(open, { bpmn, ...seen });
    problems.push(...found.map((problem) => `${name}: ${problem}`));
    if (isShipped && screens) await page.screenshot({ path: join(screens, `${name}.png`) });
    if (count > 20 && !isShipped) continue;
    for (const [kind, plant] of Object.entries(faults)) {
        const broken = plant(bpmn);
        if (!broken) continue;
        caught[kind][1] += 1;
        if ((await page.evaluate(open, { bpmn: broken, ...seen })).length > 0) caught[kind][0] += 1;
        else problems.push(`${name}: nobody noticed: ${kind}`);
    }
}
await browser.close();
console.log(`bpmn-js: ${count} documents opened, ${shipped} of shipped definitions, ${problems.length} problems`);
for (const [kind, [of, all]] of Object.entries(caught)) console.log(`planted ${kind}: ${of} of ${all} caught`);
problems.slice(0, 20).forEach((problem) => console.error(problem));
const isBlind = Object.values(caught).some(([, all]) => all === 0);
process.exit(problems.length > 0 || isBlind || count < 100 || shipped === 0 ? 1 : 0);
