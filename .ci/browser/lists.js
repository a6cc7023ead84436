// Worklists of several scopes, and the search: what is chosen stands in the address, is shown, and can be taken away.

import { expect } from "./findings.js";

/// A registrar, a manager and a secretary choose whose cases they see; a handler searches.
export async function lists(at, look) {
    const registrar = await at("Registrator Falun");
    await registrar.visit("/");
    await registrar.follow("Hela organisationens");
    await look(registrar, "work-of-organisation");
    await registrar.go(() => registrar.page.getByRole("link", { name: /^Saknar diarienummer/ }).click());
    await look(registrar, "work-unregistered");

    const manager = await at("Chef Psykiatri Falun");
    await manager.visit("/");
    await manager.follow("Min enhets");
    await look(manager, "work-of-unit");

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
    await mas.visit("/search?from=2026-03-02&to=2026-03-01&number=FALUN-1999-0001");
    await mas.sees("Den sista dagen ligger före den första.");
    await look(mas, "search-wrong");
}
