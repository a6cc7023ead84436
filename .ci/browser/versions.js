// Versions in motion: what the second ones, a local agreement and a county's own times change, and a case that began under the first and goes on under it.

import { expect } from "./findings.js";

/// `at` gives the person of a name, signed in; `look` judges the page where she is.
export async function versions(at, look) {
    const admin = await at("Systemadministratör länet");
    await admin.visit("/admin/workflows");
    const changes = admin.page.getByRole("link", { name: /^Vad versionen ändrar/ });
    const paths = await changes.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(paths.length === 4, "admin-workflows", `${paths.length} versions tell what they change`);
    for (const [n, path] of paths.entries()) {
        await admin.visit(path);
        await admin.sees(/: från version (1 till version 2|2 till version 2 med (lokal överenskommelse \(falun, version 1\)|länets egna tider \(version 1\)))$/);
        const leaked = (await admin.page.getByRole("main").innerText()).match(/\w+@\d|[a-z]_[a-z]\w*/);
        expect(!leaked, path, `a name out of the file is shown: ${leaked}`);
        await look(admin, `admin-changes-of-version-${n + 1}`);
    }

    const sas = await at("SAS Avesta");
    await sas.visit("/search?status=open&workflow=deviation");
    await sas.go(() => sas.page.getByRole("main").getByRole("link", { name: /^AVESTA-\d{4}-\d+$/ }).first().click());
    await sas.sees("Ärendet följer nu version 2 av ärendetypen");
    await look(sas, "case-gone-over");
}
