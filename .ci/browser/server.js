// The demonstration as a server: started in a folder of its own on a free port, gone afterwards.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

async function freePort() {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address();
    listener.close();
    await once(listener, "close");
    return port;
}

/// The sign-in service, for whoever is sent back to this server: its address, and how to stop it.
async function startProvider(url) {
    const script = new URL("../oidc/provider.js", import.meta.url).pathname;
    const provider = spawn(process.execPath, [script, `${url}/sign-in/oidc/callback`], { stdio: ["pipe", "pipe", "ignore"] });
    const gone = once(provider, "exit").then(() => {
        throw new Error("the sign-in service did not start: npm ci --prefix .ci/oidc");
    });
    const [line] = await Promise.race([once(createInterface(provider.stdout), "line"), gone]);
    gone.catch(() => {}); // it is stopped in the end
    return { issuer: line.replace("listening on ", ""), stop: () => provider.kill() };
}

/// Gives organisations of the demonstration the HSA ids that the sign-in service names.
async function giveHsaIds(binary, cwd, env) {
    let file = await readFile(new URL("../../src/demo/organisation.yaml", import.meta.url), "utf8");
    for (const [id, hsa] of [["region-dalarna", "SE2321000180-REGION"], ["falun", "SE2120002239-FALUN"]]) {
        file = file.replace(`  - id: ${id}\n`, (line) => `${line}    hsa_id: ${hsa}\n`);
    }
    await writeFile(join(cwd, "organisation.yaml"), file);
    await command(binary, ["import", "organisation.yaml"], cwd, env);
}

/// Runs a command on the demonstration's database.
async function command(binary, args, cwd, env) {
    const [status] = await once(spawn(binary, args, { cwd, env, stdio: ["ignore", "ignore", "inherit"] }), "exit");
    if (status !== 0) throw new Error(`samsyn ${args.join(" ")} ended with ${status}`);
}

/// Resolves when it listens: its address, the folder it lies in, what it logged, how to run a command beside it and to stop it.
export async function startDemo(binary) {
    const folder = await mkdtemp(join(tmpdir(), "samsyn-browser-"));
    const listen = `127.0.0.1:${await freePort()}`;
    const url = `http://${listen}`;
    const provider = await startProvider(url);
    const env = {
        PATH: process.env.PATH,
        SAMSYN_LISTEN: listen,
        SAMSYN_PUBLIC_URL: url,
        SAMSYN_OIDC_ISSUER: provider.issuer,
        SAMSYN_OIDC_CLIENT_ID: "samsyn",
        SAMSYN_OIDC_CLIENT_SECRET: "not-so-secret-here",
        SAMSYN_OIDC_NAME: "provkort",
    };
    const server = spawn(resolve(binary), ["demo", "--serve"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(server, "exit");
    const log = [];
    createInterface(server.stderr).on("line", (line) => log.push(line));
    const listening = new Promise((resolve) => {
        createInterface(server.stdout).on("line", (line) => line.startsWith("listening") && resolve());
    });
    const stop = async () => {
        server.kill();
        provider.stop();
        await ended;
        await rm(folder, { recursive: true });
    };
    const died = ended.then(([status]) => {
        throw new Error(`the server ended with ${status}:\n${log.slice(-20).join("\n")}`);
    });
    died.catch(() => {}); // after it listens, its end is asked for
    await Promise.race([listening, died]);
    await giveHsaIds(resolve(binary), folder, env);
    const samsyn = (...args) => command(resolve(binary), args, folder, env);
    return { url, service: provider.issuer, folder, log, samsyn, stop };
}
