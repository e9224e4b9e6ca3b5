/** Commands about templates, and what the menus of files and folders have of them. */

import { type App, type Command, type EventRef, type Menu, type TAbstractFile, TFolder } from "obsidian";

import type { Host } from "../ui/host";
import { folderOf, isNote, nameOf } from "../ui/parts";
import { Applying } from "../ui/templates/Applying";
import type { Subject } from "../ui/templates/inferring";
import { NewNote } from "../ui/templates/NewNote";
import { TemplatePanel } from "../ui/templates/TemplatePanel";
import { PanelModal } from "./panel_modal";
import { PathPicker, folders } from "./path_picker";
import { inNoteOf } from "./writing_commands";

/** The template that was used or kept last. */
const LAST = "template";
/** Notes in folders that are called so. */
const TEMPLATES = /(^|\/)_?templates?\//i;

export function templateCommands(app: App, host: Host): Command[] {
	return [
		{
			id: "template-infer",
			name: "Infer a template from a folder",
			icon: "layout-template",
			callback: () => pickFolder(app, host, (folder) => infer(app, host, { folder })),
		},
		{
			id: "template-new",
			name: "New note from a template",
			icon: "file-plus",
			callback: () => pickTemplate(app, host, (template) => make(app, host, template)),
		},
		{
			id: "template-apply",
			name: "Apply a template to this note",
			icon: "stamp",
			...inNoteOf(app, async (view, path) => {
				// The sidecar reads the file.
				await view.save();
				apply(app, host, [path]);
			}),
		},
		{
			id: "template-apply-folder",
			name: "Apply a template to the notes of a folder",
			icon: "stamp",
			callback: () =>
				pickFolder(app, host, (folder) => apply(app, host, notesOf(app).filter((path) => path.startsWith(`${folder}/`)))),
		},
	];
}

/** Put into the menus of the file explorer what can be done with a folder, or with notes that were chosen together. */
export function templateMenus(app: App, host: Host): EventRef[] {
	const item = (menu: Menu, title: string, icon: string, act: () => void) =>
		menu.addItem((each) => each.setTitle(title).setIcon(icon).onClick(act));
	return [
		app.workspace.on("file-menu", (menu, file) => {
			if (!(file instanceof TFolder)) return;
			item(menu, "Infer a template from this folder", "layout-template", () => infer(app, host, { folder: file.path }));
		}),
		app.workspace.on("files-menu", (menu, files: TAbstractFile[]) => {
			const notes = files.map(({ path }) => path).filter(isNote);
			if (notes.length === 0) return;
			item(menu, "Infer a template from these notes", "layout-template", () => infer(app, host, { notes }));
			item(menu, "Apply a template to these notes", "stamp", () => apply(app, host, notes));
		}),
	];
}

function infer(app: App, host: Host, subject: Subject): void {
	const name = nameOf(subject.folder ?? "");
	const title = name === "" ? "Template of these notes" : `Template of “${name}”`;
	const kept = (path: string) => host.remember(LAST, path);
	new PanelModal(app, title, (close) => (
		<TemplatePanel host={host} subject={subject} folder={templatesFolder(app, host)} onKept={kept} onDone={close} />
	)).open();
}

function make(app: App, host: Host, template: string): void {
	const { path } = app.fileManager.getNewFileParent(host.activeNote.get() ?? "");
	new PanelModal(app, `New note from “${nameOf(template)}”`, (close) => (
		<NewNote host={host} template={{ template }} folder={path === "/" ? "" : path} onDone={close} onBack={close} />
	)).open();
}

function apply(app: App, host: Host, notes: readonly string[]): void {
	pickTemplate(app, host, (template) => {
		const rest = notes.filter((path) => path !== template);
		if (rest.length === 0) return host.notice("There are no notes that it could be applied to.");
		new PanelModal(app, `Apply “${nameOf(template)}”`, (close) => (
			<Applying host={host} template={{ template }} notes={rest} onDone={close} onBack={close} />
		)).open();
	});
}

function pickFolder(app: App, host: Host, onPick: (folder: string) => void): void {
	new PathPicker(app, folders(app, [], folderOf(host.activeNote.get() ?? "")), onPick).open();
}

function pickTemplate(app: App, host: Host, onPick: (template: string) => void): void {
	const picked = (template: string) => {
		host.remember(LAST, template);
		onPick(template);
	};
	new PathPicker(app, { paths: templates(app, host), asked: "Which template?", none: "No such note." }, picked).open();
}

/** Every note, for any can be a template: the one that was used last first, then those in folders called so. */
function templates(app: App, host: Host): string[] {
	const last = host.recall(LAST);
	const rank = (path: string) => (path === last ? 0 : TEMPLATES.test(path) ? 1 : 2);
	return notesOf(app).sort((one, other) => rank(one) - rank(other));
}

/** Where a template is kept unless the person says otherwise. */
function templatesFolder(app: App, host: Host): string {
	const first = templates(app, host)[0] ?? "";
	return first === host.recall(LAST) || TEMPLATES.test(first) ? folderOf(first) : "Templates";
}

function notesOf(app: App): string[] {
	return app.vault.getMarkdownFiles().map(({ path }) => path);
}
