// Somebody at a browser: she finds things by what they are called, and sees that every answer is ours and safe. What her
// hands can do - a mouse, or a keyboard alone - is in `hands.js`.

import { expect, wrong } from "./findings.js";
import { mouse } from "./hands.js";

/// What the Content-Security-Policy must say at least.
const POLICY = ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"];

export class Person {
    /// Opens a browser of her own: no cookies, nothing kept. `service` is where she may go besides.
    static async at(browser, url, name, { hands = mouse, service, ...options } = {}) {
        const context = await browser.newContext({ baseURL: url, locale: "sv-SE", reducedMotion: "reduce", ...options });
        const person = new Person();
        Object.assign(person, { name, url, context, page: await context.newPage(), hands });
        context.setDefaultTimeout(15_000); // how long something may be missing before we say so
        context.on("request", (request) => {
            const expected = [url, service].some((start) => start && request.url().startsWith(start));
            expect(expected, name, `something is asked for from elsewhere: ${request.url()}`);
        });
        context.on("response", (response) => {
            if (response.url().startsWith(url)) person.#judgeHeaders(response);
        });
        person.page.on("pageerror", (error) => wrong(name, `script error: ${error.message}`));
        return person;
    }

    #judgeHeaders(response) {
        const headers = response.headers();
        const where = `${response.request().method()} ${new URL(response.url()).pathname}`;
        expect(response.status() < 500, where, `answers ${response.status()}`);
        const policy = headers["content-security-policy"] ?? "";
        for (const part of POLICY) expect(policy.includes(part), where, `Content-Security-Policy lacks ${part}`);
        expect(!/unsafe|\*|data:|https?:/.test(policy), where, `Content-Security-Policy is lax: ${policy}`);
        expect(headers["x-content-type-options"] === "nosniff", where, "X-Content-Type-Options is not nosniff");
        if (!headers["content-type"]?.startsWith("text/html")) return;
        expect(headers["cache-control"] === "no-store", where, "may be kept by the browser");
        this.html = response.text().catch(() => ""); // a redirect has none
    }

    /// Does something that leads to another page, and is there.
    async go(act) {
        await Promise.all([this.page.waitForEvent("load"), act()]);
        const inline = await this.page.evaluate(() => {
            const elements = [...document.querySelectorAll("*")];
            const bad = elements.filter((it) => it.matches("script, style, [style]")
                || it.getAttributeNames().some((name) => name.startsWith("on")));
            return bad.map((it) => it.outerHTML.slice(0, 80));
        });
        for (const it of inline) wrong(this.path, `inline script or style: ${it}`);
    }

    /// Where she is.
    get path() {
        const { pathname, search } = new URL(this.page.url());
        return pathname + search;
    }

    visit(path) {
        return this.go(() => this.page.goto(path));
    }

    /// Follows a link by its words.
    follow(words) {
        return this.go(() => this.hands.press(this.page, this.page.getByRole("link", { name: words, exact: true }).first()));
    }

    /// Presses a button by its words.
    press(words) {
        return this.go(() => this.hands.press(this.page, this.page.getByRole("button", { name: words, exact: true })));
    }

    /// Fills in a form: `{label: value}`; a list of values ticks each, a nested object fills in a group, a function is asked
    /// for the value.
    async fill(fields, scope = this.page.getByRole("main")) {
        for (const [label, given] of Object.entries(fields)) {
            const value = typeof given === "function" ? given() : given;
            const name = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}( \\(frivilligt\\))?$`);
            const group = scope.getByRole("group", { name });
            if ((await group.count()) === 0) {
                await this.hands.type(this.page, scope.getByLabel(name), value);
            } else if (typeof value === "object" && !Array.isArray(value)) {
                await this.fill(value, group);
            } else {
                for (const choice of [value].flat()) {
                    const role = Array.isArray(value) ? "checkbox" : "radio";
                    await this.hands.choose(this.page, group.getByRole(role, { name: choice, exact: true }));
                }
            }
        }
    }

    /// Whether the page says it; waits until it does.
    async sees(words) {
        await this.page.getByText(words).first().waitFor();
    }

    /// The first heading.
    heading() {
        return this.page.getByRole("heading", { level: 1 }).innerText();
    }

    /// Signs in with one click, as the demonstration lets her.
    async signIn() {
        await this.visit("/");
        await this.press(this.name);
        for (const cookie of await this.context.cookies()) {
            expect(cookie.httpOnly && cookie.sameSite !== "None", this.name, `cookie ${cookie.name} is open to others`);
        }
        return this;
    }

    /// Opens a case from a list, however many pages the list has.
    async open(number, list = "Att göra") {
        await this.visit("/");
        const wider = this.page.getByRole("link", { name: "Hela organisationens" });
        if (list !== "Att göra" && (await wider.count()) > 0) await this.follow("Hela organisationens");
        if (list !== "Att göra") await this.go(() => this.page.getByRole("link", { name: list }).click());
        const link = this.page.getByRole("link", { name: number, exact: true });
        while ((await link.count()) === 0) await this.follow("Nästa sida");
        await this.follow(number);
    }

    /// Takes a step of the case that she is at, and is back there.
    async step(title, fields = {}) {
        await this.follow(title);
        await this.fill(fields);
        await this.press(title);
        await this.sees("Klart.");
    }

    close() {
        return this.context.close();
    }
}
