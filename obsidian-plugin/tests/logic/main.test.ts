import { App } from "obsidian-test-mocks/obsidian";
import { expect, test } from "vitest";

import VaultLibrarian from "../../src/main";

const MANIFEST = { id: "vault-librarian", name: "Vault Librarian", version: "0.1.0", author: "", minAppVersion: "1.13.0", description: "" };

test("a plugin that is switched off before the layout is ready begins nothing", () => {
	const app = App.createConfigured__({ files: { "a.md": "one" } });
	const waiting: (() => unknown)[] = [];
	app.workspace.onLayoutReady = (run) => void waiting.push(run);
	let listeners = 0;
	const { vault } = app;
	vault.on = (() => void (listeners += 1)) as never;
	const plugin = new VaultLibrarian(app.asOriginalType__(), { ...MANIFEST, dir: "plugins/vault-librarian" });
	plugin.load();
	plugin.unload();
	for (const run of waiting) run();
	expect([waiting.length, listeners]).toEqual([1, 0]);
});
