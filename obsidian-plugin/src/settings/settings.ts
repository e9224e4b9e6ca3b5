/**
 * What a person chose in the plugin itself, kept in its data.json. What cannot be used there becomes its default, with a notice, and the
 * file as it was is kept.
 */

import { atom } from "nanostores";
import type { Plugin } from "obsidian";

import { type Choices, THRESHOLD } from "../ui/host";

const VERSION = 1;

export const DEFAULTS: Choices = { mode: "hybrid", limit: 20, threshold: 0.5, summaryPlace: "top" };

export const MAX_LIMIT = 200;

/** Unknown settings that are named to a person, and how much of each name. */
const NAMED = 3;
const NAME_CHARACTERS = 40;

export const MODES: Record<Choices["mode"], string> = { hybrid: "Words and meaning", keyword: "Words", semantic: "Meaning" };
export const PLACES: Record<Choices["summaryPlace"], string> = {
	top: "At the top of the note",
	cursor: "At the cursor",
	note: "In a new note",
	clipboard: "On the clipboard",
};

/** What each choice is called to a person, and may be. */
const FITS: Readonly<Record<keyof Choices, readonly [name: string, fits: (value: unknown) => boolean]>> = {
	mode: ["how notes are searched", (value) => isOneOf(value, MODES)],
	limit: ["results at a time", (value) => Number.isInteger(value) && isWithin(value, 1, MAX_LIMIT)],
	threshold: ["how alike duplicates are", (value) => isWithin(value, THRESHOLD.least, THRESHOLD.most)],
	summaryPlace: ["where a summary goes", (value) => isOneOf(value, PLACES)],
};

/** What names of secrets in Obsidian look like. */
const SECRET = /^[a-z0-9-]{1,200}$/;

/** Names of secrets, by the name of the provider whose key they are. */
export type KeyNames = Readonly<Record<string, string>>;

/** The file that the choices are kept in. */
export interface DataFile {
	/** What it holds; undefined when it is not there. Throws when that is no JSON. */
	load(): Promise<unknown>;
	save(data: object): Promise<void>;
	/** Put it aside as it is; tells under which name. */
	keep(): Promise<string>;
}

export class Settings {
	readonly choices = atom<Choices>(DEFAULTS);
	/** What the keys of providers are called among Obsidian's secrets, by the provider's name. The keys themselves are not here. */
	keys: KeyNames = {};

	constructor(private readonly file: DataFile) {}

	/** Choose by its name the secret that is a provider's key; none with an empty name. */
	async chooseKey(provider: string, name: string): Promise<void> {
		const { [provider]: _, ...others } = this.keys;
		this.keys = name === "" ? others : { ...others, [provider]: name };
		await this.#save();
	}

	/** Read the choices, also when somebody else changed the file; answers with what a person should know. */
	async load(): Promise<string[]> {
		let data: unknown;
		try {
			data = await this.file.load();
		} catch {
			return await this.#mend(["The plugin's settings could not be read, so the defaults are used."]);
		}
		const { choices, keys, notices } = understood(data);
		this.choices.set(choices);
		this.keys = keys;
		return notices.length > 0 ? await this.#mend(notices) : [];
	}

	async change(some: Partial<Choices>): Promise<void> {
		this.choices.set({ ...this.choices.get(), ...some });
		await this.#save();
	}

	async #mend(notices: string[]): Promise<string[]> {
		try {
			const name = await this.file.keep();
			await this.#save();
			return [...notices, `The settings as they were are kept as ${name}.`];
		} catch {
			// Nothing is written over what could not be kept.
			return notices;
		}
	}

	async #save(): Promise<void> {
		await this.file.save({ version: VERSION, ...this.choices.get(), ...(Object.keys(this.keys).length > 0 && { keys: this.keys }) });
	}
}

/** What can be used of the content of data.json, and what cannot. */
export function understood(data: unknown): { choices: Choices; keys: KeyNames; notices: string[] } {
	if (data === undefined || data === null) return { choices: DEFAULTS, keys: {}, notices: [] };
	if (typeof data !== "object" || Array.isArray(data)) {
		return { choices: DEFAULTS, keys: {}, notices: ["The plugin's settings are not what they should be, so the defaults are used."] };
	}
	const { version, keys, ...said } = data as Record<string, unknown>;
	const notices = version === VERSION ? [] : ["The plugin's settings are of another version; what is known of them is used."];
	const choices: Record<string, unknown> = { ...DEFAULTS };
	const unknown: string[] = [];
	for (const [key, value] of Object.entries(said)) {
		const [name, fits] = Object.hasOwn(FITS, key) ? FITS[key as keyof Choices] : [];
		if (!name) unknown.push(key);
		else if (fits?.(value)) choices[key] = value;
		else notices.push(`The setting “${name}” cannot be used, so its default is.`);
	}
	// The file comes with the vault, and may hold anything.
	if (unknown.length > NAMED) notices.push(`${unknown.length} unknown settings are ignored.`);
	else notices.push(...unknown.map((key) => `An unknown setting, “${key.slice(0, NAME_CHARACTERS)}”, is ignored.`));
	return { choices: choices as unknown as Choices, keys: named(keys), notices };
}

function named(keys: unknown): KeyNames {
	if (typeof keys !== "object" || keys === null) return {};
	const found = Object.entries(keys).filter((each): each is [string, string] => typeof each[1] === "string" && SECRET.test(each[1]));
	return Object.fromEntries(found);
}

/** The plugin's data.json. */
export function dataFile(plugin: Pick<Plugin, "app" | "manifest" | "saveData">): DataFile {
	const { adapter, configDir } = plugin.app.vault;
	const folder = plugin.manifest.dir ?? `${configDir}/plugins/${plugin.manifest.id}`;
	const [path, aside] = [`${folder}/data.json`, `${folder}/data.json.bak`];
	return {
		// Not by `loadData`, which says nothing of a file that is no JSON.
		load: async () => ((await adapter.exists(path)) ? (JSON.parse(await adapter.read(path)) as unknown) : undefined),
		save: (data) => plugin.saveData(data),
		keep: async () => {
			await adapter.write(aside, await adapter.read(path));
			return "data.json.bak";
		},
	};
}

function isWithin(value: unknown, least: number, most: number): boolean {
	return typeof value === "number" && value >= least && value <= most;
}

function isOneOf(value: unknown, options: object): boolean {
	return typeof value === "string" && Object.hasOwn(options, value);
}
