// What administrators do: people, roles, units, absence, workflows and mails; and that a substitute has what she needs.

import { ahead, today } from "./days.js";
import { expect } from "./findings.js";
import { isHidden } from "./dispute.js";

/// An administrator of one municipality.
async function ofFalun(at, look) {
    const admin = await at("Systemadministratör Falun");
    await admin.visit("/");
    await admin.follow("Administration");
    await look(admin, "admin");
    await admin.follow("Personer");
    await admin.fill({ "Del av namnet": "falun" });
    await admin.press("Sök");
    await look(admin, "admin-people");
    await admin.follow("Lägg till en person");
    await admin.press("Lägg till en person");
    await admin.sees("Det här behöver rättas");
    await look(admin, "admin-new-person-wrong");
    await admin.fill({ Namn: "Åsa Ek", "E-postadress": "asa.ek@falun.example", Titel: "MAS", "Första dagen": today });
    await admin.page.getByLabel("Roll", { exact: true }).selectOption({ label: "Behörig handläggare" });
    await admin.page.getByLabel("Var", { exact: true }).selectOption({ label: "Falu kommun" });
    await admin.press("Lägg till en person");
    await admin.sees("Åsa Ek");
    await look(admin, "admin-person");
    await admin.follow(/^Avsluta rollen/);
    await look(admin, "admin-end-role");
    await admin.press("Avsluta rollen");
    await admin.visit("/admin/units/falun-socialpsykiatri");
    await look(admin, "admin-unit");
    await admin.visit("/admin/organisation/falun");
    await look(admin, "admin-principal");
    await admin.visit("/admin/changes");
    await admin.sees("Person tillagd");
    await look(admin, "admin-changes");
}

/// The administrator of the county.
async function ofCounty(at, look) {
    const admin = await at("Systemadministratör länet");
    await admin.visit("/admin/organisation");
    await look(admin, "admin-organisation");
    await admin.visit("/admin/workflows");
    await admin.page.locator("img").first().scrollIntoViewIfNeeded();
    await admin.page.waitForFunction(() => document.images[0].naturalWidth > 0);
    await look(admin, "admin-workflows");
    await admin.visit("/admin/mails");
    await look(admin, "admin-mails");
    await closingDay(admin, look);
}

/// A closing day, the first of the coming working days that the form takes, and back again.
async function closingDay(admin, look) {
    await admin.visit("/admin/closing-days");
    await admin.follow("Lägg till stängd dag");
    await admin.press("Visa vad som flyttas");
    await admin.sees("Det här behöver rättas");
    await look(admin, "admin-closing-day-wrong");
    for (let days = 5; (await admin.page.getByLabel("Namn").count()) > 0; days += 1) {
        await admin.fill({ Dag: ahead(days), Namn: "klämdag" });
        await admin.press("Visa vad som flyttas");
    }
    await look(admin, "admin-closing-day-seen");
    await admin.press("Lägg till stängd dag");
    await admin.sees("klämdag");
    await look(admin, "admin-closing-days");
    await admin.press(/^Ta tillbaka/);
    await admin.sees("Inga");
}

/// A chief goes away; her substitute does her work, and who administers sees none of it.
async function substitute(number, at, look) {
    const chief = await at("Socialchef Falun");
    await chief.visit("/me/absence");
    await chief.fill({ "Första dagen": today, "Sista dagen": today });
    await chief.page.getByLabel("Ersättare").selectOption({ label: "MAS Falun" });
    await chief.page.getByLabel("Frånvaron beror på").selectOption({ label: "Ledighet" });
    await look(chief, "absence");
    await chief.press("Anmäl frånvaro");
    await chief.sees("Ersättare: MAS Falun");
    await look(chief, "me-away");
    const mas = await at("MAS Falun");
    await mas.visit("/me");
    await mas.sees("för Socialchef Falun");
    await look(mas, "me-as-substitute");
    for (const name of ["Systemadministratör Falun", "Systemadministratör länet"]) await isHidden(await at(name), number);
    await chief.press(/^Avsluta frånvaron/);
    await mas.visit("/me");
    expect(!(await mas.page.getByRole("main").innerText()).includes("för Socialchef Falun"), "absence", "it goes on");
}

export async function administer(number, at, look) {
    await ofFalun(at, look);
    await ofCounty(at, look);
    await substitute(number, at, look);
}
