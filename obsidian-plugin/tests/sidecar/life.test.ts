import { afterEach, beforeEach, expect, test } from "vitest";

import { type World, lives, world } from "./world";

let here: World;
beforeEach(() => {
	here = world();
});
afterEach(() => here.end());

test("the sidecar is found, started, asked and stopped", async () => {
	const librarian = here.librarian();
	await librarian.start();
	expect(librarian.state.value.kind).toBe("ready");
	const answer = await librarian.call("search.query", { text: "coffee" });
	expect(answer.coverage.searched).toBeGreaterThan(0);
	await librarian.stop();
	expect(librarian.state.value).toEqual({ kind: "stopped" });
	expect(here.pids.map(lives)).toEqual([false]);
});
