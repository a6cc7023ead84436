// The newcomer's journey: a deviation is registered part by part, received, routed, answered, and its answer read.

import { ahead } from "./days.js";
import { expect } from "./findings.js";

const WHAT = "Kallelsen till mötet kom aldrig fram till boendet. <b>Ingen</b> visste vem som skulle ringa. 🧩";

/// The parts of the form, by their headings.
const PARTS = {
    "Vad gäller det?": { "Vad gäller avvikelsen?": "En kallad part kom inte" },
    "Vad hände?": {
        "Vad hände?": WHAT,
        "Händelsen inträffade": ahead(-3),
        "Upptäcktes": ahead(-3),
    },
    "Så hittar mottagaren händelsen": {
        "Så hittar mottagaren händelsen": {
            "Plats, verksamhet eller enhet hos mottagaren": "Psykiatri Falun",
            "Tid på dagen": "Förmiddagen",
            "Kontakt hos er": "MAS, telefontid vardagar 9-10",
        },
    },
    "Personen": {
        "Vad betydde det för personen?": "Fick vänta två veckor till.",
        "Hur bråttom är det?": "Brådskande",
    },
    "Svar och statistik": {
        "Önskar du svar?": "Ja",
        "Personens kön": "Kvinna",
        "Personens åldersgrupp": "25-44 år",
    },
};

/// Registers a deviation against the region, and tells its number. `look` judges each page on the way; `further` are parts that
/// the form has besides.
export async function register(person, look, further = {}) {
    await person.follow("Registrera");
    await look("register");
    await person.follow("Registrera avvikelse");
    await look("register-whom");
    await person.fill({ Mottagare: "Region Dalarna" });
    await person.press("Fortsätt");
    let at = 1;
    for (const [heading, fields] of Object.entries({ ...PARTS, ...further })) {
        expect((await person.heading()) === heading, "register", `part ${at} is not called ${heading}`);
        await look(`register-part-${at}`);
        if (heading === "Så hittar mottagaren händelsen") await forget(person, fields, look);
        else await person.fill(fields);
        await person.press("Fortsätt");
        at += 1;
    }
    await person.sees(WHAT);
    await look("register-last-look");
    await person.press("Registrera avvikelse");
    await person.sees(/^Registrerat/);
    await look("register-receipt");
    return (await person.page.getByText(/FALUN-\d+-\d+/).first().innerText()).match(/FALUN-\d+-\d+/)[0];
}

/// Forgets one field: is told so, finds it by the link, and has lost nothing.
async function forget(person, fields, look) {
    const { page } = person;
    const [[title, { "Kontakt hos er": contact, ...remembered }]] = Object.entries(fields);
    await person.press("Fortsätt");
    await look("register-part-3-empty");
    await person.fill({ [title]: remembered });
    await person.press("Fortsätt");
    const summary = page.getByRole("alert");
    await summary.waitFor();
    const where = "register-part-3-errors";
    expect((await page.title()).startsWith("Fel"), where, "the title does not begin with what is wrong");
    const isFocused = await summary.evaluate((it) => it === document.activeElement);
    expect(isFocused, where, "the focus is not at the error summary");
    await look(where);
    await person.hands.press(page, summary.getByRole("link").first());
    const field = page.getByLabel("Kontakt hos er");
    const isThere = await field.evaluate((it) => location.hash === `#${it.id}`);
    expect(isThere, where, "the summary's link does not lead to the field");
    for (const [label, typed] of Object.entries(remembered)) {
        const kept = await page.getByLabel(label).inputValue();
        expect(kept === typed, where, `${label} has lost what was typed: ${kept}`);
    }
    await person.fill({ [title]: { "Kontakt hos er": contact } });
}

/// What the receiver does, and the sender after it. `at` gives the person of a name, signed in.
export async function follow(number, at, look) {
    const handler = await at("Avvikelsehandläggare Region Dalarna");
    await look(handler, "work");
    await handler.open(number);
    await look(handler, "case-as-receiver");
    await handler.step("Ta emot");
    await handler.step("Fördela", { "Ansvarig enhet": "Psykiatri Falun" });
    await note(handler, look);

    const manager = await at("Chef Psykiatri Falun");
    await manager.open(number);
    await manager.follow("Svara");
    await look(manager, "step");
    await manager.fill({ Orsak: "Kallelsen skickades till en adress som inte gäller." });
    await manager.press("Svara");
    await look(manager, "step-errors");
    expect((await manager.page.getByLabel("Orsak", { exact: true }).inputValue()) !== "", "step-errors", "what was typed is lost");
    await manager.fill({
        "Orsaksområde": ["Kommunikation och information"],
        "Behöver något ändras hos er?": ["Rutiner", "Samverkan"],
        "Hur sannolikt är det att det händer igen?": "2 - Någon gång i månaden",
        "Hur allvarligt kan det bli då?": "2 - Måttlig",
        "Vidtagna åtgärder": "Adresslistan är rättad.",
        "Följder": "Mötet blev av två veckor senare.",
        "Planerade åtgärder": { "Planerade åtgärder 1": { "Åtgärd": "Gå igenom listan varje kvartal", "Orsak som åtgärden ska ta bort": "Kommunikation och information", Vems: "Region Dalarna" } },
    });
    await manager.press("Lägg till en till");
    await look(manager, "step-another-row");
    await manager.fill({ "Planerade åtgärder": { "Planerade åtgärder 1": { "Klar senast": "2030-01-31" } } });
    await manager.press("Svara");
    await manager.sees("Klart.");
    await look(manager, "case-answered");

    const mas = await at("MAS Falun");
    await mas.open(number);
    await mas.sees("Adresslistan är rättad.");
    await look(mas, "case-as-sender");
    await mas.step("Jag har läst svaret");
    await mas.step("Avsluta");
}

/// A note for her own side, with what could break a page in it.
async function note(person, look) {
    const text = "<script>alert(1)</script> \u202Ebaklänges\u202C 🧑‍⚕️ " + "lång".repeat(60);
    await person.press("Spara anteckningen");
    await look(person, "case-note-errors");
    await person.fill({ Anteckning: text, "Vem ska kunna läsa den?": "Bara vi" });
    await person.press("Spara anteckningen");
    await person.sees("Klart.");
    await person.sees("<script>alert(1)</script>");
    await look(person, "case-with-note");
}
