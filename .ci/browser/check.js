// The pages in a real browser: `node check.js BINARY SCREENSHOTS`. It starts the demonstration, does what a newcomer does
// by what the pages call things, judges every kind of page on the way, and ends with 1 and a list if anything was wrong.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { administer } from "./administration.js";
import { agree } from "./agreed.js";
import { follow, register } from "./deviation.js";
import { climb, isHidden } from "./dispute.js";
import { expect, findings, wrong } from "./findings.js";
import { FLAGS } from "./flags.js";
import { keyboard } from "./hands.js";
import { Judge, judgeWidth, NARROW, WIDE } from "./judge.js";
import { lists } from "./lists.js";
import { oversee } from "./oversight.js";
import { Person } from "./person.js";
import { reminders } from "./reminders.js";
import { startDemo } from "./server.js";
import { through } from "./sign_in.js";
import { versions } from "./versions.js";

/// What belongs to a run: the browser, the server, the judge, and who has signed in.
class Run {
    people = new Map();

    constructor(browser, server, folder) {
        Object.assign(this, { browser, server, folder, judge: new Judge(folder) });
    }

    /// A journey. What stops it is told with a picture of where it stopped, and the next one begins.
    async journey(title, act) {
        const begun = Date.now();
        try {
            await act();
        } catch (error) {
            wrong(title, error.stack);
            for (const [n, page] of this.browser.contexts().flatMap((context) => context.pages()).entries()) {
                const path = join(this.folder, `stopped-${title.replaceAll(" ", "-")}-${n}.png`);
                await page.screenshot({ path, fullPage: true }).catch(() => {});
                wrong(title, `a page was at ${page.url()}: ${path}`);
            }
        }
        console.log(`${title}: ${Math.round((Date.now() - begun) / 1000)} s`);
    }

    person(name, options) {
        return Person.at(this.browser, this.server.url, name, { viewport: WIDE, ...options });
    }

    /// The person of a name, at her own browser, signed in once.
    at = async (name) => {
        if (!this.people.has(name)) this.people.set(name, await (await this.person(name)).signIn());
        return this.people.get(name);
    };

    look = (person, name) => this.judge.look(person, name);
}

async function newcomer(run) {
    const mas = await run.person("MAS Falun");
    await mas.visit("/");
    await run.look(mas, "sign-in");
    await mas.fill({ "Användarnamn": "någon", "Lösenord": "fel" });
    await mas.press("Logga in");
    await run.look(mas, "sign-in-wrong");
    await mas.signIn();
    await run.look(mas, "work-of-mas");
    await mas.follow("Hjälp");
    await run.look(mas, "help");
    await mas.follow("Tillgänglighet");
    await run.look(mas, "accessibility");
    const number = await register(mas, (name) => run.look(mas, name));
    await mas.press("Logga ut");
    await mas.sees("Du är utloggad.");
    await run.look(mas, "signed-out");
    await mas.visit(`/cases/${number}`);
    expect((await mas.heading()) === "Logga in", "signed out", "the case is still shown");
    await follow(number, run.at, run.look);

    const stranger = await run.at("MAS Borlänge");
    await isHidden(stranger, number);
    await run.look(stranger, "not-found");
    await stranger.visit("/?list=drafts");
    await run.look(stranger, "work-empty");
}

/// Two of one organisation at the same step: the second is told, and keeps her text.
async function twoAtOnce(run, deviation) {
    const [first, second] = [await run.at("MAS Falun"), await run.at("SAS Falun")];
    for (const person of [first, second]) {
        await person.visit(`/cases/${deviation}`);
        await person.follow("Lägg till uppgifter");
        await person.fill({ Komplettering: `Det här skrev ${person.name}.` });
    }
    await first.press("Lägg till uppgifter");
    await first.sees("Klart.");
    await second.press("Lägg till uppgifter");
    await second.sees("Någon annan hann före.");
    const kept = await second.page.getByLabel("Komplettering").inputValue();
    expect(kept === `Det här skrev ${second.name}.`, "step-stale", "her text is lost");
    await run.look(second, "step-stale");
}

/// Registers once more, under other conditions.
async function again(run, options, look = () => {}) {
    const mas = await run.person("MAS Falun", options);
    await mas.signIn();
    const number = await register(mas, (name) => look(mas, name));
    await mas.close();
    return number;
}

async function narrow(run) {
    const width = (person, name) => judgeWidth(person.page, `${name} at 320 pixels`);
    await again(run, { viewport: NARROW, hasTouch: true }, width);
}

const [binary, folder] = process.argv.slice(2);
if (!folder) throw new Error("node check.js BINARY SCREENSHOTS");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const server = await startDemo(binary);
const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: FLAGS,
    env: { ...process.env, TMPDIR: server.folder },
});
try {
    const run = new Run(browser, server, folder);
    await run.journey("newcomer", () => newcomer(run));
    let deviation;
    await run.journey("without JavaScript", async () => {
        deviation = await again(run, { javaScriptEnabled: false });
    });
    await run.journey("from beside", () => oversee(deviation, run.at, run.look));
    await run.journey("through the sign-in service", () => through(run));
    await run.journey("two at once", () => twoAtOnce(run, deviation));
    await run.journey("versions", () => versions(run.at, run.look));
    await run.journey("lists and search", () => lists(run.at, run.look));
    await run.journey("reminders and calendar", async () => {
        await reminders(await run.at("MAS Falun"), run.look);
    });
    await run.journey("at 320 pixels", () => narrow(run));
    await run.journey("by keyboard alone", () => again(run, { hands: keyboard }));
    await run.journey("agreed locally", () => agree(server, run.at, run.look));
    await run.journey("up the ladder", async () => {
        const handler = await run.at("Avvikelsehandläggare Region Dalarna");
        await handler.open(deviation);
        await handler.step("Ta emot");
        await climb(deviation, run.at, run.look);
    });
    await run.journey("administration", () => administer(deviation, run.at, run.look));
    console.log(`${run.judge.names.length} pages judged; look at ${folder}`);
} finally {
    await browser.close();
    await server.stop();
}
for (const line of server.log.filter((line) => line.includes(" ERROR "))) wrong("the server's log", line);
for (const finding of findings()) console.error(`- ${finding}`);
console.error(findings().length ? `${findings().length} wrong` : "nothing wrong");
process.exitCode = findings().length ? 1 : 0;
