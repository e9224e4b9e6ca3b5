import type { SettingDefinition, SettingDefinitionItem, SettingDefinitionList } from "obsidian";
import { App, Plugin } from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, test } from "vitest";

import { device } from "../../src/settings/device";
import { CallFailed } from "../../src/rpc";
import { Settings } from "../../src/settings/settings";
import { LibrarianSettingTab } from "../../src/settings/settings_tab";
import { PathPicker, folders as foldersOf } from "../../src/obsidian/path_picker";
import { FakeSidecar, SETTINGS, WRITING } from "./fake_settings";

let app: App;
let sidecar: FakeSidecar;
let saved: unknown;
let notices: string[];
let picked: string;
let isFull: boolean;
let tab: LibrarianSettingTab;
let settings: Settings;
let fields: { name: string; onChoose: (name: string) => void }[];

beforeEach(() => {
	app = App.createConfigured__({ files: { "Archive/a.md": "", "New/b.md": "" } });
	sidecar = new FakeSidecar();
	[saved, notices, picked] = [null, [], "New"];
	isFull = false;
	const save = async (data: object) => {
		if (isFull) throw new Error("The disk is full.");
		saved = data;
	};
	const file = { load: async () => undefined, save, keep: async () => "" };
	const manifest = { id: "vault-librarian", name: "", author: "", version: "", minAppVersion: "", description: "" };
	class TestPlugin extends Plugin {}
	settings = new Settings(file);
	fields = [];
	tab = new LibrarianSettingTab(app.asOriginalType__(), new TestPlugin(app, manifest).asOriginalType2__(), {
		settings,
		device: device(app.asOriginalType__()),
		librarian: {
			state: { get: () => ({ kind: sidecar.is ? "ready" : "stopped" }) } as never,
			call: sidecar.call as never,
			retry: () => sidecar.restart(),
			command: "/opt/librarian",
		},
		host: {
			notice: (text) => notices.push(text),
			confirm: async ({ title, body }) => {
				sidecar.questions.push(`${title} ${body}`);
				return sidecar.isWanted;
			},
		},
		keyField: (_row, name, onChoose) => void fields.push({ name, onChoose }),
		pickFolder: (_except, onPick) => onPick(picked),
		platform: "linux",
	});
});

async function settled(): Promise<void> {
	for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

async function shown(): Promise<void> {
	tab.update();
	await settled();
}

/** Every row, also those of groups, lists and pages. */
function rows(items: readonly SettingDefinitionItem[] = tab.settingItems): SettingDefinition[] {
	return items.flatMap((item) => ("type" in item ? rows(item.items ?? []) : [item]));
}

function named(name: string): SettingDefinition {
	const found = rows().find((each) => each.name === name);
	if (!found) throw new Error(`no row ${name} among ${rows().map((each) => each.name).join(", ")}`);
	return found;
}

function folders(): SettingDefinitionList {
	return tab.settingItems.find((item): item is SettingDefinitionList => "type" in item && item.type === "list")!;
}

function isVisible(row: SettingDefinition): boolean {
	return typeof row.visible === "function" ? row.visible() : (row.visible ?? true);
}

function act(row: SettingDefinition): void {
	row.action?.(document.createElement("div"), 0);
}

test("every control has a value and takes another", async () => {
	await shown();
	const controls = rows().flatMap((row) => (row.control ? [row.control] : []));
	expect(controls.map(({ key }) => key)).toEqual([
		"mode", "limit", "threshold", "summaryPlace", "command", "sidecar.max_note_mb", "sidecar.meaning", "sidecar.model", "sidecar.embedding_threads",
		"sidecar.embedding_paused", "reader", "sidecar.watch", "sidecar.brand_new",
	]);
	const others: Record<string, unknown> = { mode: "keyword", summaryPlace: "cursor", command: "/elsewhere/librarian", "sidecar.model": "default", reader: "openai/x" };
	for (const control of controls) {
		const before = tab.getControlValue(control.key);
		expect(before, control.key).not.toBeUndefined();
		const other = others[control.key] ?? (typeof before === "boolean" ? !before : 1);
		await tab.setControlValue(control.key, other);
		expect(tab.getControlValue(control.key), control.key).toBe(other);
	}
	expect(saved).toEqual({ version: 1, mode: "keyword", limit: 1, threshold: 1, summaryPlace: "cursor" });
	expect(sidecar.changes).toContainEqual(["max_note_mb", 1]);
	expect(device(app.asOriginalType__()).command()).toBe("/elsewhere/librarian");
});

test("what is typed is looked at before it is kept", async () => {
	await shown();
	const largest = named("Largest note").control;
	const command = named("Where the command “librarian” is").control;
	if (largest?.type !== "number" || command?.type !== "text") throw new Error("other controls than these");
	expect([largest.min, largest.max, largest.defaultValue]).toEqual([1, 1000, 20]);
	expect(await Promise.all([5, 0, 1.5, 1001].map(async (value) => await largest.validate?.(value)))).toEqual([
		undefined, "A whole number from 1 to 1000.", "A whole number from 1 to 1000.", "A whole number from 1 to 1000.",
	]);
	for (const path of ["", "/opt/librarian", "C:\\Tools\\librarian.exe", "\\\\server\\librarian.exe"]) {
		expect(await command.validate?.(path)).toBeUndefined();
	}
	for (const path of ["librarian", "./librarian", "~/bin/librarian"]) expect(await command.validate?.(path)).toContain("whole path");
});

test("models that are here can be picked, and the one that is chosen, wherever it is", async () => {
	await shown();
	const control = named("Model").control;
	expect(control?.type === "dropdown" && Object.keys(control.options)).toEqual(["default", "potion-base-8M", "/models/mine"]);
});

test("folders are left out and taken in again", async () => {
	await shown();
	expect(folders().items?.map(({ name }) => name)).toEqual(["Archive", "Old/Private"]);
	folders().addItem?.action(document.createElement("div"));
	await settled();
	expect(folders().items?.map(({ name }) => name)).toEqual(["Archive", "Old/Private", "New"]);
	folders().onDelete?.(0);
	await settled();
	expect(sidecar.changes.at(-1)).toEqual(["excluded_folders", ["Old/Private", "New"]]);
	expect(folders().items?.map(({ name }) => name)).toEqual(["Old/Private", "New"]);
});

test("what does not hold yet does once the librarian has started again, at the latest when the page is closed", async () => {
	await shown();
	const again = named("Start the librarian again");
	expect(isVisible(again)).toBe(false);
	await tab.setControlValue("sidecar.embedding_paused", true);
	expect(isVisible(again)).toBe(false);
	await tab.setControlValue("sidecar.max_note_mb", 50);
	expect(isVisible(again)).toBe(true);
	act(again);
	await settled();
	expect([sidecar.restarts, isVisible(named("Start the librarian again"))]).toEqual([1, false]);
	tab.hide();
	await tab.setControlValue("sidecar.meaning", false);
	tab.hide();
	tab.hide();
	await settled();
	expect(sidecar.restarts).toBe(2);
});

test("changes reach the sidecar in the order they were made in", async () => {
	await shown();
	await Promise.all([5, 50, 500].map((value) => tab.setControlValue("sidecar.max_note_mb", value)));
	expect(sidecar.changes.map(([, value]) => value)).toEqual([5, 50, 500]);
});

test("without the sidecar its part says so, and it is not asked", async () => {
	sidecar.is = false;
	await shown();
	expect(named("The librarian is not ready").desc).toContain("once it is");
	expect(rows().some(({ control }) => control?.key.startsWith("sidecar."))).toBe(false);
	expect(sidecar.reads).toBe(0);
	sidecar.is = true;
	await shown();
	expect(named("Largest note")).toBeDefined();
});

test("the sidecar is asked once each time the page is shown, and the page is built anew only when it says something new", async () => {
	let built = 0;
	const build = tab.getSettingDefinitions.bind(tab);
	tab.getSettingDefinitions = () => (built++, build());
	await shown();
	expect([sidecar.reads, built]).toEqual([1, 2]);
	await shown();
	expect([sidecar.reads, built]).toEqual([2, 3]);
});

test("what the sidecar does not take is told, and the page shows what is so", async () => {
	await shown();
	sidecar.trouble = new CallFailed(-32043, "The model x is not downloaded yet. Run: librarian models download x");
	await tab.setControlValue("sidecar.model", "x");
	expect(notices).toEqual(["The model x is not downloaded yet. Run: librarian models download x"]);
	expect(tab.getControlValue("sidecar.model")).toBe("/models/mine");
	sidecar.trouble = null;
	await tab.setControlValue("sidecar.model", "default");
	expect(tab.getControlValue("sidecar.model")).toBe("default");
});

test("settings that cannot be read are told in their place", async () => {
	sidecar.trouble = new CallFailed(-32030, "The librarian's own folder cannot be written to.");
	await shown();
	expect(named("The librarian's settings cannot be read").desc).toContain("own folder");
});

test("a settings file that was mended is told", async () => {
	sidecar.told = { ...sidecar.told, notices: ["The settings file was no JSON."] };
	await shown();
	expect(named("The librarian's settings were mended").desc).toBe("The settings file was no JSON.");
});

test("what the librarian does on a machine is told before it does it", async () => {
	sidecar.is = false;
	await shown();
	expect(named("It keeps files outside the vault").desc).toContain("~/.local/share/vault-librarian");
	for (const name of ["It starts a program", "It reads environment variables", "It uses no network until you choose a model that needs it"]) {
		expect(named(name).desc).toBeTruthy();
	}
});

test("the command is looked for again when that is wanted", async () => {
	await shown();
	expect(named("Where the command “librarian” is").desc).toContain("/opt/librarian");
	act(named("Look for it again"));
	expect(sidecar.restarts).toBe(1);
	await settled();
	expect(sidecar.reads).toBe(2);
});

test("a choice that cannot be kept is told", async () => {
	isFull = true;
	await tab.setControlValue("limit", 30);
	expect(notices).toEqual(["The disk is full."]);
});

test("folders are put in order once, not at every key", () => {
	let asked = 0;
	const all = app.vault.getAllFolders();
	app.vault.getAllFolders = () => (asked++, all);
	const picker = new PathPicker(app.asOriginalType__(), foldersOf(app.asOriginalType__(), []), () => undefined);
	for (const query of ["", "n", "ne", "new"]) picker.getSuggestions(query);
	expect(asked).toBe(1);
	expect(picker.getSuggestions("")).toEqual(["Archive", "New"]);
});

test("folders to leave out are picked from those of the vault, by some of their letters", async () => {
	await app.vault.createFolder("New/Deep Sea");
	const seen: string[] = [];
	const picker = new PathPicker(app.asOriginalType__(), foldersOf(app.asOriginalType__(), ["Archive"]), (path) => seen.push(path));
	const row = createDiv();
	const [folder] = picker.getSuggestions("sea new");
	if (folder) picker.renderSuggestion(folder, row);
	if (folder) picker.onChooseSuggestion(folder);
	expect(["", "NEW", "attic"].map((query) => picker.getSuggestions(query).length)).toEqual([2, 2, 0]);
	expect([row.textContent, seen]).toEqual(["New/Deep Sea", ["New/Deep Sea"]]);
	expect(foldersOf(app.asOriginalType__(), [], "New/Deep Sea").paths).toEqual(["New/Deep Sea", "Archive", "New"]);
});

async function withModels(provider = "openai"): Promise<void> {
	const writing = WRITING.map((each) => (each.name === "provider" ? { ...each, value: provider } : each));
	sidecar.told = { ...sidecar.told, settings: [...SETTINGS, ...writing] };
	await shown();
	await settled();
}

test("who writes is chosen by name, and which model from those that are there now", async () => {
	await withModels();
	const [who, which] = [named("Who writes").control, named("Writing model").control];
	expect(who?.type === "dropdown" && who.options).toEqual({ none: "Nobody", openai: "OpenAI", ollama: "ollama" });
	expect(which?.type === "dropdown" && which.options).toEqual({
		"": "The usual one: gpt-5-mini",
		"gpt-5-mini": "gpt-5-mini",
		"gpt-5": "gpt-5",
	});
	await tab.setControlValue("sidecar.provider", "none");
	expect(rows().some(({ name }) => name === "Key" || name === "Writing model")).toBe(false);
});

test("models that cannot be listed are typed, with why", async () => {
	sidecar.models = new CallFailed(-32082, "OpenAI needs a key.");
	await withModels();
	const row = named("Writing model");
	expect([row.control?.type, row.desc]).toEqual(["text", "OpenAI needs a key."]);
});

test("models are listed anew whenever the page is opened", async () => {
	sidecar.models = new CallFailed(-32051, "No model file is downloaded.");
	await withModels();
	sidecar.models = ["model.gguf"];
	tab.hide();
	await shown();
	await settled();
	const { control } = named("Writing model");
	expect(control?.type === "dropdown" && Object.keys(control.options as object)).toEqual(["", "model.gguf"]);
});

test("a file that is run here has neither an address nor a key", async () => {
	await withModels("embedded");
	expect(rows().map(({ name }) => name)).toContain("Test the model");
	expect(rows().some(({ name }) => name === "Address" || name === "Key")).toBe(false);
});

test("a key is chosen by its name, kept by its name only, and the librarian is started again with it", async () => {
	await withModels();
	expect(named("Key").desc).toContain("You get one at https://platform.openai.com/api-keys.");
	named("Key").render?.(null as never, null as never);
	expect(fields.at(-1)?.name).toBe("");
	fields.at(-1)?.onChoose("my-openai-key");
	await settled();
	expect(saved).toMatchObject({ keys: { openai: "my-openai-key" } });
	expect([settings.keys, sidecar.restarts]).toEqual([{ openai: "my-openai-key" }, 1]);
});

test("a model is tested, and what came of it is told in words", async () => {
	await withModels();
	act(named("Test the model"));
	await settled();
	expect(notices).toEqual(["gpt-5-mini works, in 812 ms."]);
});

test("a provider's model reads the vault once its price was seen and agreed to", async () => {
	await shown();
	const use = named("Use the model of a provider");
	act(use);
	await settled();
	expect(sidecar.questions).toEqual([]);
	await tab.setControlValue("reader", " openai/text-embedding-3-small ");
	sidecar.isWanted = false;
	act(use);
	await settled();
	expect(sidecar.questions).toEqual(["Have openai/text-embedding-3-small read this vault? 9 passages: about $0.12."]);
	expect([sidecar.agreed, sidecar.changes]).toEqual([[], []]);
	sidecar.isWanted = true;
	act(use);
	await settled();
	expect(sidecar.agreed).toEqual([["openai/text-embedding-3-small", "0.21"]]);
	expect(sidecar.changes).toEqual([["model", "openai/text-embedding-3-small"]]);
	expect(isVisible(named("Start the librarian again"))).toBe(true);
});

test("a provider's model that is chosen already can be agreed to, and one that fails is told", async () => {
	const settings = SETTINGS.map((each) => (each.name === "model" ? { ...each, value: "ollama/nomic-embed-text" } : each));
	sidecar.told = { ...sidecar.told, settings };
	await shown();
	expect(tab.getControlValue("reader")).toBe("ollama/nomic-embed-text");
	act(named("Use the model of a provider"));
	await settled();
	expect(sidecar.agreed).toEqual([["ollama/nomic-embed-text", "0"]]);
	sidecar.trouble = new CallFailed(-32081, "ollama cannot be reached.", {});
	act(named("Use the model of a provider"));
	await settled();
	expect(notices).toEqual(["ollama cannot be reached."]);
});

test("a budget is an amount", async () => {
	await withModels();
	const control = named("At most in a day").control;
	if (control?.type !== "text") throw new Error("another control");
	expect(await Promise.all(["0.50", "3", "", "a", "1,5"].map(async (value) => Boolean(await control.validate?.(value))))).toEqual([
		false, false, true, true, true,
	]);
});

test("prices that are not known are typed, with commas between", async () => {
	await withModels();
	const key = "sidecar.model_prices";
	expect(named("Prices that are not known").control).toMatchObject({ type: "text", key });
	expect(tab.getControlValue(key)).toBe("openai/gpt-99=1/2");
	await tab.setControlValue(key, "openai/gpt-99=1/2, custom/mine=0/0,");
	expect(sidecar.changes.at(-1)).toEqual(["model_prices", ["openai/gpt-99=1/2", "custom/mine=0/0"]]);
});

test("another provider begins without the model and the address of the one before", async () => {
	await withModels();
	await tab.setControlValue("sidecar.chat_model", "gpt-5");
	await tab.setControlValue("sidecar.provider", "ollama");
	expect(sidecar.changes.slice(1)).toEqual([["provider", "ollama"], ["chat_model", ""]]);
	expect([tab.getControlValue("sidecar.chat_model"), tab.getControlValue("sidecar.base_url")]).toEqual(["", ""]);
});
