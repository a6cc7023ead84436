// A walk through a page by Tab alone: every stop in the order of the document, each seen and marked as the focus, no trap.

import { expect, wrong } from "./findings.js";

/// Walks from the top of the page to its end.
export async function walk(page, where) {
    const stops = await page.evaluate(begin);
    let at = -1;
    for (let pressed = 0; at < stops.length - 1; pressed++) {
        if (pressed > stops.length * 4 + 20) return wrong(where, `Tab is trapped at ${stops[at]}`); // a date has four stops
        await page.keyboard.press("Tab");
        const { index, what, problem } = await page.evaluate(stopAt);
        if (index === at) continue; // inside a date
        if (index === undefined) return wrong(where, `Tab ends at ${what} after ${stops[at]}, before ${stops[at + 1]}`);
        expect(index === at + 1, where, `Tab goes from ${stops[at]} to ${stops[index]}, not to ${stops[at + 1]}`);
        if (index < at) return;
        expect(!problem, where, `the focus at ${stops[index]}: ${problem}`);
        at = index;
    }
}

/// In the page: what Tab should stop at, in order; and the focus before all of it.
function begin() {
    const isOn = (it) => it.checkVisibility({ visibilityProperty: true }) && !it.disabled && it.tabIndex >= 0;
    // Of radio buttons that belong together Tab stops at the chosen one, or else at the first.
    const isReached = (it) => {
        if (it.type !== "radio") return true;
        const group = [...document.getElementsByName(it.name)];
        return it === (group.find((other) => other.checked) ?? group[0]);
    };
    const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    window.walked = [...document.querySelectorAll(focusable)].filter((it) => isOn(it) && isReached(it));
    document.activeElement.blur();
    const looks = (it) => JSON.stringify([getComputedStyle(it).outline, getComputedStyle(it).boxShadow]);
    window.unfocused = window.walked.map(looks);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    return window.walked.map((it) => `<${it.localName}> "${(it.innerText || it.name || it.id).trim().slice(0, 40)}"`);
}

/// In the page: where the focus is, and what is wrong with how it shows.
function stopAt() {
    const it = document.activeElement;
    const index = window.walked.indexOf(it);
    if (index < 0) return { what: it.outerHTML.slice(0, 80) };
    const { left, top, right, bottom, width, height } = it.getBoundingClientRect();
    const style = getComputedStyle(it);
    const looks = JSON.stringify([style.outline, style.boxShadow]);
    // The middle of the part of it that is in the window.
    const middle = (from, to, room) => (Math.max(from, 0) + Math.min(to, room)) / 2;
    const over = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
    const isCovered = !over || !(it.contains(over) || over.contains(it));
    const problem = width < 4 || height < 4 ? "too small to be seen"
        : bottom < 0 || right < 0 || top > innerHeight || left > innerWidth ? "outside the window"
        : isCovered ? `covered by ${over?.outerHTML.slice(0, 60)}`
        : looks === window.unfocused[index] ? "looks as without it"
        : style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2 ? "no outline of two pixels" : "";
    return { index, problem };
}
