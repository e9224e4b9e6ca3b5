/** The sidecar's own settings as rows of the settings page. */

import type { SettingDefinition, SettingDefinitionItem } from "obsidian";

import type { Setting, VaultSettings } from "../protocol";
import { dropdown, number, words } from "./rows";

/** What the sidecar said of its settings last; null where it was not asked. */
export type Told = VaultSettings | null;

/** What keys of these controls begin with. */
export const PREFIX = "sidecar.";

export const EXCLUDED = "excluded_folders";

/** What each is called to a person. */
const NAMES: Readonly<Record<string, string>> = {
	max_note_mb: "Largest note",
	meaning: "Find by meaning",
	model: "Model",
	embedding_threads: "Threads for a slow model",
	embedding_paused: "Let a slow model rest",
	watch: "Notice what other programs change",
	keyword_memory_mb: "Memory for reading notes, in megabytes",
	catalog_memory_mb: "Memory for links and statistics, in megabytes",
	catalog_threads: "Threads for links and statistics",
	record_usage: "Record how long answers take",
};

/** What these do; others are told as the sidecar does. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
	meaning: "Notes are also found by what they mean, and related notes are known. It happens on this machine, unless you choose a provider's model.",
	model: "What knows what notes mean. The command “librarian models” lists others, and downloads one when asked.",
	watch: "Notes that are changed outside Obsidian are found as soon as they are.",
};

const READING = ["max_note_mb"];
const MEANING = ["meaning", "model", "embedding_threads", "embedding_paused"];
/** Those that are told among the models that write. */
const WRITING = ["provider", "chat_model", "base_url"];

export interface FolderActs {
	add: () => void;
	remove: (index: number) => void;
}

/** Rows for what was told, with the folders that are left out first; `more` about what knows what notes mean. */
export function definitions(told: VaultSettings, folders: FolderActs, more: readonly SettingDefinition[]): SettingDefinitionItem[] {
	const { settings, notices } = told;
	const named = (names: readonly string[]) => settings.filter(({ name }) => names.includes(name)).flatMap(row);
	const others = settings.filter(({ name }) => ![...MEANING, ...READING, ...WRITING].includes(name)).flatMap(row);
	return [
		...notices.map((notice) => words("The librarian's settings were mended", notice)),
		{
			type: "list",
			heading: "Folders that are left out",
			emptyState: "All folders are read. Those that Obsidian excludes are left out anyway.",
			items: excluded(told).map((name) => ({ name, searchable: false })),
			addItem: { name: "Leave out a folder", action: folders.add },
			onDelete: folders.remove,
		},
		{ type: "group", heading: "Reading notes", items: [...named(READING), ...named(MEANING), ...more] },
		{ type: "page", name: "Memory and more", desc: "For unusual vaults and machines.", items: others },
	];
}

export function settingOf(told: Told, wanted: string): Setting | undefined {
	return told?.settings.find(({ name }) => name === wanted);
}

/** The folders that are left out. */
export function excluded(told: Told): string[] {
	const folders = settingOf(told, EXCLUDED)?.value;
	return Array.isArray(folders) ? folders : [];
}

/** Of those that are typed otherwise, or not here, none. */
function row(setting: Setting): SettingDefinition[] {
	const { kind, default: usual, minimum, maximum } = setting;
	const [name, desc, key] = [nameOf(setting), DESCRIPTIONS[setting.name] ?? setting.description, PREFIX + setting.name];
	switch (kind) {
		case "switch":
			return [{ name, desc, control: { type: "toggle", key, defaultValue: usual === true } }];
		case "number":
			return [number(name, desc, key, minimum ?? 0, maximum ?? Number.MAX_SAFE_INTEGER, { defaultValue: Number(usual) })];
		case "text":
			return [dropdown(name, desc, key, optionsOf(setting))];
		default:
			return [];
	}
}

function nameOf({ name }: Setting): string {
	const spaced = name.replaceAll("_", " ");
	return NAMES[name] ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function optionsOf({ options = [], value }: Setting): Record<string, string> {
	const names = typeof value === "string" && !options.includes(value) ? [...options, value] : options;
	return Object.fromEntries(names.map((name) => [name, name === "default" ? "The one that came with the librarian" : name]));
}
