import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { ERRORS, type Setting } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { type World, world } from "./world";

let here: World;
beforeEach(() => {
	here = world();
	mkdirSync(join(here.vault, "Attic"));
	writeFileSync(join(here.vault, "Attic", "Zeppelin.md"), "A zeppelin, dismantled.\n");
});
afterEach(() => here.end());

test("a folder is left out once the sidecar has started again, and what it cannot take is said", async () => {
	const librarian = here.librarian();
	await librarian.start();
	const excluded = ({ settings }: { settings: Setting[] }) => settings.find(({ name }) => name === "excluded_folders");
	const found = async () => {
		const { hits } = await librarian.call("search.query", { text: "dismantled", mode: "keyword" });
		return hits.map(({ path }) => path);
	};
	expect(excluded(await librarian.call("settings.read", {}))).toMatchObject({ kind: "folders", value: [], scope: "default", holds: true });
	const answer = await librarian.call("settings.change", { name: "excluded_folders", value: ["Attic"] });
	expect(excluded(answer)).toMatchObject({ value: ["Attic"], scope: "thisVault", holds: false });
	expect(await found()).toEqual(["Attic/Zeppelin.md"]);
	await librarian.retry();
	expect(excluded(await librarian.call("settings.read", {}))).toMatchObject({ value: ["Attic"], holds: true });
	await expect.poll(found, { timeout: 20_000 }).toEqual([]);
	const refused = librarian.call("settings.change", { name: "max_note_mb", value: "many" });
	await expect(refused).rejects.toBeInstanceOf(CallFailed);
	await expect(refused).rejects.toMatchObject({ code: ERRORS.SettingInvalid });
});
