/** Stands for Obsidian in a process of its own, to be killed: starts a sidecar and says its id. */

import { holds, world } from "./world";

const here = world(process.argv[2]);
const librarian = here.librarian();
await librarian.start();
if (librarian.state.get().kind !== "ready") throw new Error(JSON.stringify(librarian.state.get()));
process.stdout.write(`${here.pids.join()}\n`);
await holds(() => false, 600_000);
