// Worklists of several scopes, and the search: what is chosen stands in the address, is shown, and can be taken away.

import { expect } from "./findings.js";

/// Each begins where her own work shows; a handler searches, and finds her drafts again.
export async function lists(at, look) {
    const registrar = await at("Registrator Falun");
    await registrar.visit("/");
    await look(registrar, "work-unregistered");
    await registrar.go(() => registrar.page.getByRole("link", { name: /^Att göra/ }).click());
    await look(registrar, "work-of-organisation");

    const manager = await at("Chef Psykiatri Falun");
    await manager.visit("/");
    await look(manager, "work-of-unit");

    const secretary = await at("Nätverkssekreterare");
    await secretary.visit("/");
    await look(secretary, "work-of-bodies");
    await secretary.follow("Sök på annat än nummer");
    await look(secretary, "search-of-secretary");

    const mas = await at("MAS Falun");
    await mas.visit("/");
    await mas.follow("Sök på annat än nummer");
    await look(mas, "search");
    await mas.page.getByLabel("Slag av ärende").selectOption("deviation");
    await mas.page.getByLabel("Öppnat från och med").fill("2026-01-01");
    await mas.press("Sök");
    await mas.sees("Du söker på");
    await look(mas, "search-found");
    expect(mas.path.includes("workflow=deviation") && mas.path.includes("from=2026-01-01"), "search", `is at ${mas.path}`);
    await mas.follow("Ta bort Slag av ärende");
    expect(!mas.path.includes("workflow=deviation") && mas.path.includes("from=2026-01-01"), "search", `is at ${mas.path}`);
    await mas.visit("/search?status=open");
    if ((await mas.page.getByRole("link", { name: "Nästa sida" }).count()) > 0) {
        await mas.follow("Nästa sida");
        await look(mas, "search-second-page");
        await mas.follow("Föregående sida");
    }
    await mas.visit("/register/deviation/register");
    await mas.fill({ Mottagare: "Region Dalarna" });
    await mas.press("Fortsätt");
    await mas.fill({ "Vad gäller avvikelsen?": "En kallad part kom inte" });
    await mas.press("Fortsätt");
    await mas.visit("/?list=drafts");
    await mas.sees("Avvikelse i samverkan: Region Dalarna");
    await look(mas, "work-drafts");
    await mas.visit("/search?from=2026-03-02&to=2026-03-01&number=FALUN-1999-0001");
    await mas.sees("Den sista dagen ligger före den första.");
    await look(mas, "search-wrong");
}
