/** One command of the palette. */

import { type App, type Command, MarkdownView } from "obsidian";

/** What is done, or what is done only where it can be. */
type Act = (() => void) | Pick<Command, "checkCallback">;

export function command(id: string, name: string, icon: string, act: Act): Command {
	return { id, name, icon, ...(typeof act === "function" ? { callback: act } : act) };
}

/** Done only where something is found, with that. */
export function where<T>(find: () => T | null, act: (found: T) => void): Pick<Command, "checkCallback"> {
	return {
		checkCallback: (isChecking) => {
			const found = find();
			if (found !== null && !isChecking) act(found);
			return found !== null;
		},
	};
}

/** What can be done only where a note is open. */
export function inNote(app: App, act: (view: MarkdownView, path: string) => Promise<void>): Pick<Command, "checkCallback"> {
	const open = () => {
		const view = app.workspace.getActiveViewOfType(MarkdownView);
		return view?.file ? { view, path: view.file.path } : null;
	};
	return where(open, ({ view, path }) => void act(view, path));
}
