// The demonstration as a server: started in a folder of its own on a free port, gone afterwards.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
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

/// Resolves when it listens: its address, the folder it lies in, what it logged, and how to stop it.
export async function startDemo(binary) {
    const folder = await mkdtemp(join(tmpdir(), "samsyn-browser-"));
    const listen = `127.0.0.1:${await freePort()}`;
    const url = `http://${listen}`;
    const env = { PATH: process.env.PATH, SAMSYN_LISTEN: listen, SAMSYN_PUBLIC_URL: url };
    const server = spawn(resolve(binary), ["demo", "--serve"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(server, "exit");
    const log = [];
    createInterface(server.stderr).on("line", (line) => log.push(line));
    const listening = new Promise((resolve) => {
        createInterface(server.stdout).on("line", (line) => line.startsWith("listening") && resolve());
    });
    const stop = async () => {
        server.kill();
        await ended;
        await rm(folder, { recursive: true });
    };
    const died = ended.then(([status]) => {
        throw new Error(`the server ended with ${status}:\n${log.slice(-20).join("\n")}`);
    });
    died.catch(() => {}); // after it listens, its end is asked for
    await Promise.race([listening, died]);
    return { url, folder, log, stop };
}
