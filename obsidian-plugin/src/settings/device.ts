/** What is chosen for this vault on this device only, and does not travel with the vault: it names programs, and gives leave. */

import type { App } from "obsidian";

const COMMAND = "vault-librarian:command";
const ALLOWED = "vault-librarian:allowed";

export interface Device {
	/** Where the person says that the command is; empty when it is to be looked for. */
	command(): string;
	setCommand(path: string): void;
	/** Whether the person said that this vault may be indexed. */
	isAllowed(): boolean;
	allow(isAllowed: boolean): void;
}

export function device(app: Pick<App, "loadLocalStorage" | "saveLocalStorage">): Device {
	return {
		command: () => {
			const path: unknown = app.loadLocalStorage(COMMAND);
			return typeof path === "string" ? path : "";
		},
		setCommand: (path) => app.saveLocalStorage(COMMAND, path.trim() || null),
		isAllowed: () => app.loadLocalStorage(ALLOWED) === true,
		allow: (isAllowed) => app.saveLocalStorage(ALLOWED, isAllowed || null),
	};
}
