// Reads every BPMN document of ours with bpmn-moddle, the parser of bpmn-js: without a warning, every reference leading
// somewhere, and every node and flow with a shape. Then documents with a planted fault, each of which must be caught. Whether
// bpmn-js shows what it has read is .ci/browser/modeller.js.
//
// Usage: node bpmn.js FOLDER, where the ignored test machines_and_traces_for_the_judges has written.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { BpmnModdle } from "bpmn-moddle";

const moddle = new BpmnModdle();

async function wrong(text) {
  let read;
  try {
    read = await moddle.fromXML(text);
  } catch (error) {
    return error.message;
  }
  if (read.warnings.length > 0) return read.warnings[0].message;
  const [process_] = read.rootElement.rootElements;
  const shown = new Map(read.rootElement.diagrams[0].plane.planeElement.map((shape) => [shape.bpmnElement, shape]));
  for (const element of process_.flowElements) {
    const shape = shown.get(element);
    if (!shape) return `${element.id} is not drawn`;
    const isFlow = element.$type === "bpmn:SequenceFlow";
    if (isFlow && (!element.sourceRef || !element.targetRef)) return `${element.id} leads from or to nowhere`;
    if (isFlow ? !(shape.waypoint?.length > 1) : !(shape.bounds?.width > 0)) return `${element.id} has no place`;
    const leads = (element.outgoing ?? []).length + (element.incoming ?? []).length;
    if (!isFlow && leads === 0) return `${element.id} stands alone`;
  }
  return shown.size === process_.flowElements.length ? undefined : "a shape of nothing";
}

const faults = {
  "shape missing": (text) => text.replace(/<bpmndi:BPMNShape[^]*?<\/bpmndi:BPMNShape>/, ""),
  "edge missing": (text) => text.replace(/<bpmndi:BPMNEdge[^]*?<\/bpmndi:BPMNEdge>/, ""),
  "target gone": (text) => text.replace(/targetRef="[^"]*"/, 'targetRef="nowhere"'),
  "unknown element": (text) => text.replaceAll("bpmn:endEvent", "bpmn:theEnd"),
};

const problems = [];
const caught = Object.fromEntries(Object.keys(faults).map((kind) => [kind, 0]));
let [count, mutants] = [0, 0];
for await (const line of createInterface({ input: createReadStream(`${process.argv[2]}/machines.jsonl`) })) {
  const { name, bpmn } = JSON.parse(line);
  if (!bpmn) continue;
  count += 1;
  const problem = await wrong(bpmn);
  if (problem) problems.push(`${name}: ${problem}`);
  if (count > 20) continue;
  mutants += 1;
  for (const [kind, plant] of Object.entries(faults)) {
    if (await wrong(plant(bpmn))) caught[kind] += 1;
    else problems.push(`${name}: nobody noticed: ${kind}`);
  }
}
console.log(`bpmn-moddle: ${count} documents read, ${problems.length} problems`);
for (const [kind, number] of Object.entries(caught)) console.log(`planted ${kind}: ${number} of ${mutants} caught`);
problems.slice(0, 20).forEach((problem) => console.error(problem));
process.exit(problems.length > 0 || count < 100 ? 1 : 0);
