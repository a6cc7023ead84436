// Through the sign-in service and back: somebody who has to choose among her commissions, and somebody who is not let in.

import { expect } from "./findings.js";

/// Somebody before the service, whose button for each user has her name.
async function before(run, name) {
    const person = await run.person(name, { service: run.server.service });
    await person.visit("/register");
    await person.follow("Logga in med provkort");
    expect(person.page.url().startsWith(run.server.service), name, `she is at ${person.page.url()}`);
    return person;
}

/// The journey.
export async function through(run) {
    const tove = await before(run, "Tove Tvåuppdrag");
    await tove.press("Tove Tvåuppdrag");
    expect((await tove.heading()) === "Välj uppdrag", "commission", "she is not asked for her commission");
    await run.look(tove, "commission");
    await tove.press("Logga in");
    await run.look(tove, "commission-missing");
    await tove.fill({ "Vilket uppdrag arbetar du i nu?": "Sjuksköterska på akuten, Region Dalarna" });
    await tove.press("Logga in");
    expect(tove.path === "/register", "commission", `she wanted to register, and is at ${tove.path}`);
    await run.look(tove, "register-of-employee");
    await tove.visit("/me");
    await tove.sees("Sjuksköterska på akuten");
    await run.look(tove, "me-in-commission");
    await tove.close();

    const frank = await before(run, "Frank Främmande");
    await frank.press("Frank Främmande");
    await frank.sees("Din organisation är inte med");
    await run.look(frank, "sign-in-elsewhere");
    await frank.close();
}
