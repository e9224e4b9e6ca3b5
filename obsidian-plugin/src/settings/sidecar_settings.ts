/** The sidecar's own settings as rows of the settings page. */

import type { SettingControl, SettingDefinition, SettingDefinitionItem } from "obsidian";

import type { Setting, VaultSettings } from "../protocol";
import { MODEL_SETTINGS } from "./model_settings";

/** What keys of these controls begin with. */
export const PREFIX = "sidecar.";

export const EXCLUDED = "excluded_folders";

/** What each is called, and what it does, to a person; others are told as the sidecar does. */
const WORDS: Readonly<Record<string, readonly [name: string, desc: string]>> = {
	max_note_mb: ["Largest note", "In megabytes. Of larger ones the name is found, and not what they say."],
	meaning: [
		"Find by meaning",
		"Notes are also found by what they mean, and related notes are known. It happens on this machine, unless you choose a provider's model.",
	],
	model: ["Model", "What knows what notes mean. The command “librarian models” lists others, and downloads one when asked."],
	embedding_threads: ["Threads for a slow model", "How much of the processor it may use; an instant one uses all for a moment."],
	embedding_paused: ["Let a slow model rest", "Notes that it has not read yet are found without it meanwhile."],
	watch: ["Notice what other programs change", "Notes that are changed outside Obsidian are found as soon as they are."],
	keyword_memory_mb: ["Memory for reading notes", "In megabytes. With more, a large vault is read a little faster."],
	catalog_memory_mb: ["Memory for links and statistics", "In megabytes, before the disk is used."],
	catalog_threads: ["Threads for links and statistics", "How much of the processor they may use."],
	record_usage: ["Record how long answers take", "On this machine only."],
};

const MEANING = ["meaning", "model", "embedding_threads", "embedding_paused"];
const READING = ["max_note_mb"];

export interface FolderActs {
	add: () => void;
	remove: (index: number) => void;
}

/** Rows for what was told, with the folders that are left out first; `more` about what knows what notes mean. */
export function definitions(
	{ settings, notices }: VaultSettings,
	folders: FolderActs,
	more: readonly SettingDefinition[],
): SettingDefinitionItem[] {
	const named = (names: readonly string[]) => settings.filter(({ name }) => names.includes(name)).flatMap(row);
	const others = settings.filter(({ name }) => ![...MEANING, ...READING, ...MODEL_SETTINGS, EXCLUDED].includes(name)).flatMap(row);
	return [
		...notices.map((notice): SettingDefinition => ({ name: "The librarian's settings were mended", desc: notice, searchable: false })),
		{
			type: "list",
			heading: "Folders that are left out",
			emptyState: "All folders are read. Those that Obsidian excludes are left out anyway.",
			items: excluded(settings).map((name) => ({ name, searchable: false })),
			addItem: { name: "Leave out a folder", action: folders.add },
			onDelete: folders.remove,
		},
		{ type: "group", heading: "Reading notes", items: [...named(READING), ...named(MEANING), ...more] },
		{ type: "page", name: "Memory and more", desc: "For unusual vaults and machines.", items: others },
	];
}

/** The folders that are left out. */
export function excluded(settings: readonly Setting[]): string[] {
	const folders = settings.find(({ name }) => name === EXCLUDED)?.value;
	return Array.isArray(folders) ? folders : [];
}

function row(setting: Setting): SettingDefinition[] {
	const control = controlOf(setting);
	const [name, desc] = wordsOf(setting);
	return control ? [{ name, desc, control }] : [];
}

function controlOf(setting: Setting): SettingControl | null {
	const key = PREFIX + setting.name;
	switch (setting.kind) {
		case "switch":
			return { type: "toggle", key, defaultValue: setting.default === true };
		case "number":
			return numberOf(key, setting);
		case "text":
			return { type: "dropdown", key, options: optionsOf(setting) };
		default:
			return null;
	}
}

function numberOf(key: string, setting: Setting): SettingControl {
	const [min, max] = [setting.minimum ?? 0, setting.maximum ?? Number.MAX_SAFE_INTEGER];
	return {
		type: "number",
		key,
		min,
		max,
		step: 1,
		...(typeof setting.default === "number" ? { defaultValue: setting.default } : {}),
		validate: (value) => wholeNumber(value, min, max),
	};
}

/** What is wrong with a number that was typed; nothing when it fits. */
export function wholeNumber(value: number, min: number, max: number): string | undefined {
	return Number.isInteger(value) && value >= min && value <= max ? undefined : `A whole number from ${min} to ${max}.`;
}

function optionsOf({ options = [], value }: Setting): Record<string, string> {
	const names = typeof value === "string" && !options.includes(value) ? [...options, value] : options;
	return Object.fromEntries(names.map((name) => [name, name === "default" ? "The one that came with the librarian" : name]));
}

function wordsOf({ name, description }: Setting): readonly [name: string, desc: string] {
	const spaced = name.replaceAll("_", " ");
	return WORDS[name] ?? [spaced.charAt(0).toUpperCase() + spaced.slice(1), description];
}
