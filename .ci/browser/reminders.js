// How one gets one's reminders, and the address of one's calendar.

import { expect } from "./findings.js";

/// `person` is signed in; `look` judges the page where she is.
export async function reminders(person, look) {
    await person.visit("/me");
    await person.page.getByLabel("Samlade i ett mejl, på morgonen en arbetsdag").check();
    await person.press("Spara valet");
    await person.sees("Klart.");
    expect(
        await person.page.getByLabel("Samlade i ett mejl, på morgonen en arbetsdag").isChecked(),
        "me-digest",
        "the choice is not kept",
    );
    await person.press("Skapa en adress");
    await look(person, "calendar-address");
    await person.follow("Min sida");
    await look(person, "me-digest");
    await person.press("Ta bort adressen");
    await person.sees("Klart.");
}
