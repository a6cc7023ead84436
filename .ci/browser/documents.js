// A document: attached by the one who writes the statement, picked for it one by one, and saved by the body's secretary.

import { readFile } from "node:fs/promises";

import { expect } from "./findings.js";

/// What the document is called.
export const DOCUMENT = "protokoll från mötet.pdf";
const PDF = Buffer.from("%PDF-1.7\ntrailer<<>>\n%%EOF\n");
const PROGRAM = Buffer.from("MZ\x90\0\x03\0\0\0This program cannot be run in DOS mode.", "latin1");

function choose(person, name, buffer) {
    return person.page.getByLabel("Fil", { exact: true }).setInputFiles({ name, mimeType: "application/pdf", buffer });
}

/// Attaches one to the case that she is at, after a program that only says that it is one.
export async function attach(person, look) {
    await person.follow("Lägg till en handling");
    await look(person, "document");
    await person.fill({ Beskrivning: "Protokollet från mötet i mars." });
    await choose(person, "faktura.pdf", PROGRAM);
    await person.press("Lägg till en handling");
    await person.sees("Filen är inte av ett slag som tas emot.");
    await look(person, "document-refused");
    const kept = await person.page.getByLabel("Beskrivning").inputValue();
    expect(kept === "Protokollet från mötet i mars.", "document-refused", "what was typed is lost");
    await choose(person, DOCUMENT, PDF);
    await person.press("Lägg till en handling");
    await person.sees("Klart.");
    await person.sees(DOCUMENT);
    await look(person, "case-with-document");
    const path = new URL(person.page.url()).pathname;
    await person.follow("Skriv yttrande");
    await look(person, "step-with-document");
    await person.visit(path);
}

/// Saves it from the page of the case, where it is the only one.
export async function save(person) {
    const link = person.page.getByRole("region", { name: "Handlingar" }).getByRole("link");
    expect((await link.count()) === 1, "documents of the secretary", `there are ${await link.count()}`);
    const [download] = await Promise.all([person.page.waitForEvent("download"), link.click()]);
    expect(download.suggestedFilename() === DOCUMENT, "download", `it is called ${download.suggestedFilename()}`);
    const saved = await readFile(await download.path());
    expect(saved.equals(PDF), "download", "it is not what was attached");
}
