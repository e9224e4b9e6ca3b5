/** What the menus of files and folders have of the librarian. */

import { type App, type EventRef, type Menu, type TAbstractFile, TFolder } from "obsidian";

import type { Host } from "../ui/host";
import { isNote } from "../ui/parts";
import { apply, infer } from "./template_commands";
import { summariseFolder } from "./writing_commands";

/** In the file explorer: for a folder, and for notes that were chosen together. */
export function menus(app: App, host: Host): EventRef[] {
	const item = (menu: Menu, title: string, icon: string, act: () => void) =>
		menu.addItem((each) => each.setTitle(title).setIcon(icon).onClick(act));
	return [
		app.workspace.on("file-menu", (menu, file) => {
			if (!(file instanceof TFolder)) return;
			item(menu, "Infer a template from this folder", "layout-template", () => infer(app, host, { folder: file.path }));
			item(menu, "Summarise notes", "list-collapse", () => summariseFolder(host, file.path));
		}),
		app.workspace.on("files-menu", (menu, files: TAbstractFile[]) => {
			const notes = files.map(({ path }) => path).filter(isNote);
			if (notes.length === 0) return;
			item(menu, "Infer a template from these notes", "layout-template", () => infer(app, host, { notes }));
			item(menu, "Apply a template to these notes", "stamp", () => apply(app, host, notes));
		}),
	];
}
