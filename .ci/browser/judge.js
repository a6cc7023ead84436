// Judges a page as it stands: accessibility in light and dark, valid HTML, a walk by Tab, no scrolling sideways at 320
// pixels; and leaves screenshots where a person can look.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { HtmlValidate } from "html-validate";

import { expect, wrong } from "./findings.js";
import { walk } from "./walk.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const html = new HtmlValidate({
    extends: ["html-validate:recommended", "html-validate:document"],
    rules: {
        // Each is the rule, but for what the standard allows and we mean:
        // - the error summary and the receipt stand before the page's heading, as GOV.UK's do;
        "heading-level": ["error", { minInitialRank: "h2" }],
        // - boxes to tick that belong together have one name, as radio buttons do;
        "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "submit"] }],
        // - an id is a field's path, which has dots;
        "valid-id": ["error", { relaxed: true }],
        // - our own stylesheet, from our own server, needs no digest.
        "require-sri": ["error", { target: "crossorigin" }],
    },
});

export const WIDE = { width: 1200, height: 900 };
export const NARROW = { width: 320, height: 640 };

export class Judge {
    /// Screenshots go to the folder.
    constructor(folder) {
        this.folder = folder;
        this.names = [];
    }

    /// Judges the page where somebody is, under a name.
    async look(person, name) {
        const { page } = person;
        this.names.push(name);
        await judgeHtml(name, await person.html);
        await judgeLinks(page, name);
        const size = page.viewportSize();
        await page.setViewportSize(WIDE);
        await this.#shoot(page, name);
        for (const colorScheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme });
            await judgeAccessibility(page, `${name} (${colorScheme})`);
        }
        await this.#shoot(page, `${name}-dark`);
        await page.emulateMedia({ colorScheme: "light" });
        await walk(page, name);
        await page.setViewportSize(NARROW);
        await judgeWidth(page, name);
        await this.#shoot(page, `${name}-320`);
        await page.setViewportSize(size);
    }

    #shoot(page, name) {
        return page.screenshot({ path: join(this.folder, `${name}.png`), fullPage: true });
    }
}

async function judgeHtml(where, source) {
    const report = await html.validateString(source);
    for (const message of report.results.flatMap((result) => result.messages)) {
        wrong(where, `HTML: ${message.ruleId} at ${message.line}:${message.column}: ${message.message} ${message.selector ?? ""}`);
    }
}

/// A link inside the page leads somewhere, above all from the error summary to a field.
async function judgeLinks(page, where) {
    const broken = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
        .filter((it) => !document.getElementById(it.hash.slice(1)))
        .map((it) => `${it.hash} "${it.innerText}"`));
    for (const it of broken) wrong(where, `a link leads nowhere: ${it}`);
}

async function judgeAccessibility(page, where) {
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
    const { violations } = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), TAGS);
    for (const { id, help, nodes } of violations) {
        const places = nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
        const why = nodes[0].any[0]?.message ?? "";
        wrong(where, `axe: ${id}: ${help} (${nodes.length}: ${places}) ${why}`);
    }
}

/// Nothing sticks out to the right.
export async function judgeWidth(page, where) {
    const [content, room, out] = await page.evaluate(() => {
        const room = window.innerWidth;
        const out = [...document.querySelectorAll("main *")].filter((it) => it.getBoundingClientRect().right > room + 1);
        return [document.scrollingElement.scrollWidth, room, out.at(-1)?.outerHTML.slice(0, 120)];
    });
    expect(content <= room, where, `scrolls sideways: ${content} px wide in ${room} px: ${out}`);
}
