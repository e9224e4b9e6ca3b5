import { App } from "obsidian-test-mocks/obsidian";
import { expect, test } from "vitest";

import { device } from "../../src/settings/device";
import { type DataFile, DEFAULTS, dataFile, Settings, understood } from "../../src/settings/settings";

class FakeFile implements DataFile {
	saved: unknown;
	kept: string | null = null;
	isFull = false;

	constructor(private text: string | null) {}

	async load(): Promise<unknown> {
		return this.text === null ? undefined : (JSON.parse(this.text) as unknown);
	}

	async save(data: object): Promise<void> {
		this.saved = data;
		this.text = JSON.stringify(data);
	}

	async keep(): Promise<string> {
		if (this.isFull) throw new Error("ENOSPC");
		this.kept = this.text;
		return "kept.json";
	}
}

const WHOLE = { version: 1, mode: "keyword", limit: 50, threshold: 0.9, summaryPlace: "note" };

test("without a file everything is a default, and nothing is written", async () => {
	const file = new FakeFile(null);
	const settings = new Settings(file);
	expect(await settings.load()).toEqual([]);
	expect(settings.choices.get()).toEqual(DEFAULTS);
	expect(file.saved).toBeUndefined();
});

test("what was chosen is read, and what is changed is kept", async () => {
	const file = new FakeFile(JSON.stringify(WHOLE));
	const settings = new Settings(file);
	expect(await settings.load()).toEqual([]);
	expect(settings.choices.get()).toEqual({ mode: "keyword", limit: 50, threshold: 0.9, summaryPlace: "note" });
	await settings.change({ limit: 10 });
	expect(file.saved).toEqual({ ...WHOLE, limit: 10 });
	expect(settings.choices.get().limit).toBe(10);
});

const WRONG: Record<string, unknown>[] = [
	{ mode: "best" }, { mode: 1 }, { limit: "20" }, { limit: 0 }, { limit: 201 }, { limit: 1.5 }, { threshold: 2 },
	{ threshold: null }, { colour: "red" }, { constructor: 1 }, { version: 2 }, { version: "1" },
];

test.each(WRONG)("a setting that cannot be used becomes its default, with a notice, and the old is kept: %j", async (wrong) => {
	const before = JSON.stringify({ ...WHOLE, ...wrong });
	const file = new FakeFile(before);
	const settings = new Settings(file);
	const notices = await settings.load();
	expect(notices).toHaveLength(2);
	expect(notices[1]).toContain("kept.json");
	expect(file.kept).toBe(before);
	for (const [key, value] of Object.entries({ mode: "keyword", limit: 50, threshold: 0.9, summaryPlace: "note" })) {
		const expected = key in wrong ? DEFAULTS[key as keyof typeof DEFAULTS] : value;
		expect(settings.choices.get()[key as keyof typeof DEFAULTS]).toBe(expected);
	}
	expect(await new Settings(file).load()).toEqual([]);
});

test("thousands of settings that nobody knows fill no notice", async () => {
	const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, number) => [`unknown ${number}`, number]));
	const some = { ["x".repeat(10_000)]: 1 };
	for (const said of [many, some]) {
		const { choices, notices } = understood({ version: 1, ...said });
		expect(choices).toEqual(DEFAULTS);
		expect(notices.join().length).toBeLessThan(100);
		expect(notices).toHaveLength(1);
	}
});

test.each(["[]", "3", '"text"', "{", ""])("a file that is none of ours is kept and replaced: %s", async (text) => {
	const file = new FakeFile(text);
	const settings = new Settings(file);
	expect(await settings.load()).toHaveLength(2);
	expect(settings.choices.get()).toEqual(DEFAULTS);
	expect([file.kept, file.saved]).toEqual([text, { version: 1, ...DEFAULTS }]);
});

test("what cannot be kept is not written over", async () => {
	const file = new FakeFile("{");
	file.isFull = true;
	expect(await new Settings(file).load()).toHaveLength(1);
	expect(file.saved).toBeUndefined();
});

test("nothing that a file says makes reading it fail", () => {
	for (const data of [null, undefined, true, [1], { version: {}, mode: {}, limit: [], threshold: Number.NaN, __proto__: null }]) {
		expect(Object.keys(understood(data).choices)).toEqual(Object.keys(DEFAULTS));
	}
});

test("the file is the plugin's data.json, and is kept beside it", async () => {
	const app = App.createConfigured__({ files: {} });
	const folder = `${app.vault.configDir}/plugins/vault-librarian`;
	const plugin = {
		app: app.asOriginalType__(),
		manifest: { id: "vault-librarian", name: "", author: "", version: "", minAppVersion: "", description: "" },
		saveData: (data: unknown) => app.vault.adapter.write(`${folder}/data.json`, JSON.stringify(data)),
	};
	const file = dataFile(plugin);
	expect(await file.load()).toBeUndefined();
	await app.vault.adapter.write(`${folder}/data.json`, '{"version":1,"limit":"x"}');
	expect((await new Settings(file).load()).at(-1)).toContain("data.json.bak");
	expect(await app.vault.adapter.read(`${folder}/data.json.bak`)).toBe('{"version":1,"limit":"x"}');
	expect(await file.load()).toEqual({ version: 1, ...DEFAULTS });
	await app.vault.adapter.write(`${folder}/data.json`, "{");
	await expect(file.load()).rejects.toThrow();
});

test("the command and the leave to index are kept on this device", () => {
	const app = App.createConfigured__({ files: {} });
	const here = device(app.asOriginalType__());
	expect([here.command(), here.isAllowed()]).toEqual(["", false]);
	here.setCommand(" /opt/librarian ");
	here.allow(true);
	expect([here.command(), here.isAllowed()]).toEqual(["/opt/librarian", true]);
	here.setCommand("");
	here.allow(false);
	expect([here.command(), here.isAllowed()]).toEqual(["", false]);
	app.saveLocalStorage("vault-librarian:command", { path: 1 });
	app.saveLocalStorage("vault-librarian:allowed", "yes");
	expect([here.command(), here.isAllowed()]).toEqual(["", false]);
});
