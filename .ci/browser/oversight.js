// Those who look into a case from beside it: the auditor, the data protection officer, the archivist.

import { expect } from "./findings.js";

/// `at` gives the person of a name, signed in; `look` judges the page where she is.
export async function oversee(number, at, look) {
    const auditor = await at("Revisor Falun");
    await auditor.visit("/");
    expect((await auditor.page.getByRole("link", { name: "Registrera" }).count()) === 0, "work-of-auditor", "she may register");
    await look(auditor, "work-of-auditor");
    await auditor.visit(`/cases/${number}`);
    await look(auditor, "case-as-auditor");
    await auditor.follow("Ärendets logg");
    await auditor.sees("Loggen är hel.");
    await look(auditor, "case-log");

    const officer = await at("Dataskyddsombud Falun");
    await officer.visit(`/cases/${number}`);
    await officer.follow("Vilka hos oss har läst ärendet?");
    await officer.sees("Revisor Falun");
    expect(!(await officer.page.content()).includes("Avvikelsehandläggare"), "case-reads", "it names the other side's people");
    await look(officer, "case-reads");
    await officer.follow("Läslogg");
    await officer.fill({ Vem: "Revisor Falun" });
    await officer.press("Visa");
    await officer.sees("Läste ärendets logg");
    await look(officer, "reads");
    await officer.visit("/reads?from=x");
    await look(officer, "reads-errors");

    await remove(number, await at("Arkivansvarig Falun"), look);
    const handler = await at("Avvikelsehandläggare Region Dalarna");
    await handler.visit(`/cases/${number}`);
    await handler.sees("Innehåll borttaget");
    await look(handler, "case-with-removal");
}

async function remove(number, archivist, look) {
    await archivist.visit(`/cases/${number}`);
    await archivist.follow("Ta bort innehåll");
    await look(archivist, "removals");
    const words = await archivist.page.locator("section .written").first().innerText();
    await archivist.go(() => archivist.page.getByRole("link", { name: /^Ta bort / }).first().click());
    await look(archivist, "removal-question");
    await archivist.press("Ta bort för gott");
    await look(archivist, "removal-errors");
    await archivist.fill({ "Varför?": "En uppgift om vem det gäller hade kommit med", "Förklaring": "Beslut 12." });
    await archivist.press("Ta bort för gott");
    await archivist.sees("Texten är borttagen.");
    const left = await archivist.page.getByText(words, { exact: true }).count();
    expect(left === 0, "removals", "the text is still there");
}
