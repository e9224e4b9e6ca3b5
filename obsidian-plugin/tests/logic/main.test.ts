import { App } from "obsidian-test-mocks/obsidian";
import { expect, test, vi } from "vitest";

import VaultLibrarian from "../../src/main";
import { Librarian, type LibrarianOptions } from "../../src/sidecar/librarian";

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

test("the first sidecar has the keys that were chosen before, however slowly the settings are read", async () => {
	const app = App.createConfigured__({ files: { "a.md": "one" } });
	const { adapter } = app.vault;
	adapter.exists = async () => new Promise((answer) => window.setTimeout(() => answer(true), 20));
	adapter.read = async () => JSON.stringify({ version: 1, keys: { openai: "my-key" } });
	app.secretStorage.getSecret = (name: string) => `secret of ${name}`;
	app.workspace.onLayoutReady = (run) => void window.setTimeout(run);
	let given: unknown;
	const start = vi.spyOn(Librarian.prototype, "start").mockImplementation(async function (this: Librarian) {
		given = (Reflect.get(this, "options") as LibrarianOptions).secrets?.();
	});
	const plugin = new VaultLibrarian(app.asOriginalType__(), { ...MANIFEST, dir: "plugins/vault-librarian" });
	plugin.load();
	await vi.waitFor(() => expect(start).toHaveBeenCalled());
	expect(given).toEqual({ openai: "secret of my-key" });
	plugin.unload();
	start.mockRestore();
});
