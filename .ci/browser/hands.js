// Two ways to use a page: with a mouse, and with a keyboard alone.

/// Clicks, and puts text where it belongs.
export const mouse = {
    press: (_, locator) => locator.click(),
    choose: (_, locator) => locator.check(),
    async type(_, locator, text) {
        const isSelect = await locator.evaluate((it) => it.localName === "select");
        await (isSelect ? locator.selectOption({ label: text }) : locator.fill(text));
    },
};

/// More stops than any page has: whoever has gone this far without arriving never will.
const MOST_STOPS = 250;

const isFocused = (locator) => locator.evaluate((it) => it === document.activeElement);

/// Tab until the focus is there.
async function reach(page, locator, isThere = isFocused) {
    for (let stop = 0; stop < MOST_STOPS; stop++) {
        if (await isThere(locator)) return;
        await page.keyboard.press("Tab");
    }
    throw new Error(`Tab never reaches ${locator}`);
}

/// Tab, Space, Enter, the arrows, and letters.
export const keyboard = {
    async press(page, locator) {
        await reach(page, locator);
        await page.keyboard.press("Enter");
    },
    async choose(page, locator) {
        const isRadio = (await locator.getAttribute("type")) === "radio";
        if (!isRadio) {
            await reach(page, locator);
            if (!(await locator.isChecked())) await page.keyboard.press("Space");
            return;
        }
        // Of the buttons of a group, Tab reaches one; the arrows go on from there.
        await reach(page, locator, (it) => it.evaluate((it) => it.name === document.activeElement.name));
        await page.keyboard.press("Space");
        while (!(await locator.isChecked())) await page.keyboard.press("ArrowDown");
    },
    async type(page, locator, text) {
        await reach(page, locator);
        // A day is typed as digits, the year last: without Debian's chromium-l10n, Chromium is American.
        const [year, month, day] = (await locator.getAttribute("type")) === "date" ? text.split("-") : [];
        await page.keyboard.type(year ? month + day + year : text); // of a choice, what its words begin with
    },
};
