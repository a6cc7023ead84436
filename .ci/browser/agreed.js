// What Falun has agreed locally, and the times that the county has set: once they are published, the form and the page of a case
// under them. What comes after goes by them too.

import { register } from "./deviation.js";

const FALUN = "Lokal överenskommelse i Falun (påhittat exempel)";

/// Publishes both, and registers a deviation of Falun's.
export async function agree(server, at, look) {
    for (const name of ["deviation@2+falun@1", "local-dispute@2+county@1"]) {
        await server.samsyn("workflow", "publish", name, "--as", "systemadministrator-lanet");
    }
    const mas = await at("MAS Falun");
    await mas.visit("/");
    const number = await register(mas, (name) => look(mas, `local-${name}`), { [FALUN]: { "När på dygnet hände det?": "Natt" } });
    await mas.visit(`/cases/${number}`);
    await mas.sees(`${FALUN}, version 1`);
    await look(mas, "local-case");
    await mas.visit("/search");
    await look(mas, "local-search");
}
