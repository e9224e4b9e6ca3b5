/** What the librarian does on a machine, as a person wants to know it before, and the store wants it told. */

import type { SettingDefinition } from "obsidian";

/** Where the sidecar keeps its files, by what the system is called in Node. */
const PLACES: Readonly<Record<string, string>> = {
	darwin: "~/Library/Application Support/vault-librarian",
	win32: "%LOCALAPPDATA%\\vault-librarian",
};
const ELSEWHERE = "~/.local/share/vault-librarian and ~/.config/vault-librarian";

export function disclosures(platform: string): SettingDefinition[] {
	return [
		{
			name: "It starts a program",
			desc:
				"The librarian is a program that you install yourself. It is started with Obsidian and ends with it; nothing is ever " +
				"installed or updated for you. To find it, this plugin looks at the usual folders and asks your shell where commands are.",
		},
		{
			name: "It keeps files outside the vault",
			desc:
				"Its indexes, its settings, and what notes said before it changed them lie in " +
				`${PLACES[platform] ?? ELSEWHERE}, which nobody else on this machine may read. The command “librarian paths” shows them.`,
		},
		{
			name: "It reads environment variables",
			desc:
				"Those that say where commands and your folders are, and LIBRARIAN_DATA and LIBRARIAN_CONFIG, which name other places " +
				"for its files.",
		},
		{
			name: "It uses no network until you choose a model that needs it",
			desc:
				"Plugin and program talk on this machine only, with a key that is new at every start. Only if you choose a provider of " +
				"models are parts of notes sent to it: when you ask for what it writes; or all notes, and what is searched for, if you have it " +
				"read the vault, after you saw the price; never from folders that are left out. If you download another model, by a command " +
				"that you type, that is fetched.",
		},
		{
			name: "It takes keys of providers from Obsidian's secrets",
			desc:
				"Those that you choose on this page, by their names. They are given to the program when it starts, and written to no " +
				"file. It also finds those in environment variables such as OPENAI_API_KEY, and in the keyring of your system.",
		},
		{
			name: "It changes notes only when you say so",
			desc:
				"You see what would change before. What it changed in the last 30 days, up to a gigabyte, can be taken back. Nothing is " +
				"deleted: it goes into the trash.",
		},
		{
			name: "It reports nothing to anybody",
			desc: "How long answers take is recorded on this machine for your own use, and can be switched off.",
		},
	];
}
