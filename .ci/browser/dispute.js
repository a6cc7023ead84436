// A dispute grows out of a deviation and goes up the whole local ladder, until both parties have carried out what the
// council recommended. Every form on the way is made of the workflow; they are filled in by what stands beside each field.

import { ahead, today } from "./days.js";
import { attach, DOCUMENT, save } from "./documents.js";
import { expect } from "./findings.js";

const MEETING = {
    "Mötesdag": today,
    "Föredragande": "Sekreteraren",
    "Närvarande": "Alla ledamöter",
    "Deltog inte på grund av jäv": "Ledamoten från Falun",
};
const DECIDED = { ...MEETING, "Paragraf i protokollet": "§ 12", "Avvikande mening": "ingen" };

/// The ladder, in order: who does what, with which answers; `look` names what is judged after the step.
const LADDER = [
    ["Divisionschef psykiatri och habilitering", "Lämna ståndpunkt", { "Er ståndpunkt": "Boendet är socialtjänst." }],
    ["Socialchef Falun", "Visa eller dölj tvisten i nätverkets översikt", { "Får nätverkets sekreterare se att tvisten finns?": "Ja" }],
    ["Divisionschef psykiatri och habilitering", "Visa eller dölj tvisten i nätverkets översikt", {
        "Får nätverkets sekreterare se att tvisten finns?": "Ja",
    }],
    ["Socialchef Falun", "Föreslå tillfällig lösning", {
        "Tillfällig lösning": {
            "Ger insatsen": "Falu kommun",
            "Betalar tills vidare": "Falu kommun",
            "Från och med": today,
            "Utan att erkänna ansvar": "Ja",
        },
    }],
    ["Socialchef Falun", "Bekräfta tillfällig lösning", {}],
    ["Divisionschef psykiatri och habilitering", "Bekräfta tillfällig lösning", {}],
    ["SAS Falun", "Skriv yttrande", {
        "Yttrande till organet": "Vi är oense om vem som bär kostnaden.",
        "Handlingar som följer med": [DOCUMENT],
    }],
    ["Socialchef Falun", "Godkänn yttrande", {}],
    ["Socialchef Falun", "För vidare till Länschefsnätverket", {
        "Ni har prövat": ["Samtal mellan chefer", "Förslag till lösning"],
        "Skäl": "Tre möten har inte gett någon lösning.",
    }, "dispute-as-party"],
    ["Nätverkssekreterare", "Ange möte", { "Tas upp på mötet den": ahead(14) }, "dispute-as-body"],
    ["Nätverkssekreterare", "Lämna förslag till nätverket", { "Styrgruppens förslag": "Dela lika.", ...MEETING }],
    ["Nätverkssekreterare", "Lägg fram förslag för parterna", { "Nätverkets förslag till parterna": "Dela lika.", ...DECIDED }],
    ["Avvikelsehandläggare psykiatri", "Skriv yttrande", { "Yttrande till organet": "Kostnaden följer ansvaret." }],
    ["Hälso- och sjukvårdsdirektör", "Godkänn yttrande", {}],
    ["Hälso- och sjukvårdsdirektör", "Inte uppklarat: för vidare till Välfärdsrådet", { "Skäl": "Vi godtar inte att dela lika." }],
    ["Nätverkssekreterare", "Lämna förslag till rekommendation", { "Presidiets förslag till rekommendation": "Efter tid.", ...MEETING }],
    ["Nätverkssekreterare", "Rekommendera en lösning", { Rekommendation: "Dela kostnaden efter tid.", ...DECIDED }],
    ["Socialchef Falun", "Godta rekommendationen", {}],
    ["Hälso- och sjukvårdsdirektör", "Godta rekommendationen", {}],
    ["Socialchef Falun", "Bekräfta att lösningen är genomförd", { "Genomfört hos er den": today }],
    ["Hälso- och sjukvårdsdirektör", "Bekräfta att lösningen är genomförd", { "Genomfört hos er den": today }, "dispute-carried-out"],
];

/// What managers do from where the link in their mail leads.
const BY_MAIL = ["Godkänn yttrande", "Godta rekommendationen", "Bekräfta att lösningen är genomförd"];

/// Raises it out of a deviation, and tells its number.
async function raise(chief, deviation, look) {
    await chief.open(deviation, "Väntar på andra");
    await look(chief, "case-as-management");
    await chief.follow("Väck tvist");
    await chief.sees(deviation);
    await look(chief, "dispute-whom");
    await chief.fill({ Motpart: "Region Dalarna" });
    await chief.press("Fortsätt");
    await chief.fill({
        "Ärendemening": "Kostnad för boende, oenighet om fördelning",
        "Tvisten har sin grund i": ["En eller flera avvikelser"],
        "Avtal och punkt": "Punkt 4.2",
        "Ni är oense om": ["Vem som betalar"],
        "Berörs ett barn?": "Nej",
    });
    await chief.press("Fortsätt");
    await chief.fill({ "Er ståndpunkt": "Regionen ska bära sin del." });
    await look(chief, "dispute-part-2");
    await chief.press("Fortsätt");
    // The part about the meantime asks nothing where no child is concerned: it is passed over.
    await look(chief, "dispute-last-look");
    await chief.press("Väck tvist");
    await chief.sees(/^Registrerat/);
    return new URL(chief.page.url()).pathname.split("/").at(-1);
}

/// The whole ladder. `at` gives the person of a name, signed in.
export async function climb(deviation, at, look) {
    const number = await raise(await at("Socialchef Falun"), deviation, look);
    await isHidden(await at("Nätverkssekreterare"), number);
    for (const [name, title, fields, judged] of LADDER) {
        const person = await at(name);
        await person.visit(`/cases/${number}${BY_MAIL.includes(title) ? "/next" : ""}`);
        if (title === "Godta rekommendationen") await decides(person, title, look);
        if (name === "SAS Falun" && title === "Skriv yttrande") await attach(person, look);
        await person.step(title, fields);
        // It goes by the county's own times, which say why.
        if (judged === "dispute-as-party") await person.sees(/^Länschefsnätverket möts varje månad i länet/);
        if (judged) await look(person, judged);
        if (title.startsWith("Visa eller dölj")) await line(await at("Nätverkssekreterare"), number, name, look);
    }
    const secretary = await at("Nätverkssekreterare");
    await secretary.visit(`/cases/${number}`);
    await save(secretary);
    await secretary.visit("/");
    await look(secretary, "work-of-secretary");
    const listed = await secretary.page.getByRole("main").getByRole("link", { name: /-\d{4}-\d+$/ }).allInnerTexts();
    expect(new Set(listed).size === listed.length, "work-of-secretary", `a case is listed twice: ${listed}`);
    await secretary.follow("Ärendetrappan");
    await look(secretary, "board");
    await isHidden(secretary, deviation);
    const chief = await at("Socialchef Falun");
    await chief.open(number, "Avslutade");
    await chief.sees("Löst och genomförd");
}

/// A manager has before her what she decides on: on the page of the mail, and above the form.
async function decides(person, title, look) {
    await person.sees("Dela kostnaden efter tid.");
    await look(person, "next");
    await person.follow(title);
    await person.sees("Dela kostnaden efter tid.");
    await look(person, "step-decision");
    await person.page.goBack();
}

/// The secretary sees a line of it once both parties have said so, and nothing to open.
async function line(secretary, number, name, look) {
    await secretary.visit("/board");
    const both = !name.startsWith("Socialchef");
    expect((await secretary.page.getByText(number).count()) === Number(both), "board", `the line after ${name}`);
    await isHidden(secretary, number);
    if (!both) return;
    await secretary.visit("/board");
    await look(secretary, "board-line");
}

/// For whom a case is not, its page is the page of a case that does not exist.
export async function isHidden(person, number) {
    const text = async (path) => {
        await person.visit(path);
        return (await person.page.getByRole("main").innerText()).trim();
    };
    const there = await text(`/cases/${number}`);
    const nowhere = await text("/cases/FALUN-1999-0001");
    expect(there === nowhere, `${number} for ${person.name}`, `differs from a case that is not there: ${there}`);
}
