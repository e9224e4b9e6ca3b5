/** What the librarian does on a machine, as a person wants to know it before, and the store wants it told. */

/** Where the sidecar keeps its files, by what the system is called in Node. */
const PLACES: Readonly<Record<string, string>> = {
	darwin: "~/Library/Application Support/vault-librarian",
	win32: "%LOCALAPPDATA%\\vault-librarian",
};
const ELSEWHERE = "~/.local/share/vault-librarian and ~/.config/vault-librarian";

/** What it does, and more about that. */
export function disclosures(platform: string): (readonly [name: string, desc: string])[] {
	return [
		[
			"It starts a program",
			"The librarian is a program that you install yourself. It starts and ends with Obsidian; nothing is ever installed or updated " +
				"for you. To find it, this plugin looks into the usual folders and asks your shell where commands are.",
		],
		[
			"It keeps files outside the vault",
			"Its indexes, its settings, and what notes said before it changed them lie in " +
				`${PLACES[platform] ?? ELSEWHERE}, which nobody else on this machine may read. The command “librarian paths” shows them.`,
		],
		[
			"It reads environment variables",
			"Those that say where commands and your folders are, and LIBRARIAN_DATA and LIBRARIAN_CONFIG, which name other places for its files.",
		],
		[
			"It uses no network until you choose a model that needs it",
			"Plugin and program talk on this machine only, with a key that is new at every start. Only a provider of models that you choose " +
				"is sent parts of notes, when you ask for what it writes; or all notes, and what is searched for, if you have it read the vault, " +
				"after you saw the price; never from folders that are left out. Another model is fetched if you download it, by a command " +
				"that you type.",
		],
		[
			"It takes keys of providers from Obsidian's secrets",
			"Those that you choose on this page, by their names. They are given to the program when it starts, and written to no file. It " +
				"also finds those in environment variables such as OPENAI_API_KEY, and in the keyring of your system.",
		],
		[
			"It changes notes only when you say so",
			"You see what would change before. What it changed in the last 30 days, up to a gigabyte, can be taken back. Nothing is deleted: " +
				"it goes into the trash.",
		],
		["It reports nothing to anybody", "How long answers take is recorded on this machine for your own use, and can be switched off."],
	];
}
