/** Commands about templates. */

import type { App, Command } from "obsidian";

import type { Host } from "../ui/host";
import { folderOf, nameOf } from "../ui/parts";
import { Applying } from "../ui/templates/Applying";
import type { Subject } from "../ui/templates/inferring";
import { NewNote } from "../ui/templates/NewNote";
import { TemplatePanel } from "../ui/templates/TemplatePanel";
import { command, inNote } from "./command";
import { openOver } from "./over";
import { PanelModal } from "./panel_modal";
import { PathPicker, folders } from "./path_picker";

/** The template that was used or kept last. */
const LAST = "template";
/** Notes in folders that are called so. */
const TEMPLATES = /(^|\/)_?templates?\//i;

export function templateCommands(app: App, host: Host): Command[] {
	return [
		command("template-infer", "Infer a template from a folder", "layout-template", () =>
			pickFolder(app, host, (folder) => infer(app, host, { folder })),
		),
		command("template-new", "New note from a template", "file-plus", () => pickTemplate(app, host, (template) => make(app, host, template))),
		command(
			"template-apply",
			"Apply a template to this note",
			"stamp",
			inNote(app, async (view, path) => {
				// The sidecar reads the file.
				await view.save();
				apply(app, host, [path]);
			}),
		),
		command("template-apply-folder", "Apply a template to the notes of a folder", "stamp", () =>
			pickFolder(app, host, (folder) => apply(app, host, notesOf(app).filter((path) => path.startsWith(`${folder}/`)))),
		),
	];
}

export function infer(app: App, host: Host, subject: Subject): void {
	const name = nameOf(subject.folder ?? "");
	const title = name === "" ? "Template of these notes" : `Template of “${name}”`;
	const kept = (path: string) => host.remember(LAST, path);
	const panel = (close: () => void) => (
		<TemplatePanel host={host} subject={subject} folder={templatesFolder(app, host)} onKept={kept} onDone={close} />
	);
	openOver(new PanelModal(app, title, panel), host.ended);
}

function make(app: App, host: Host, template: string): void {
	const { path } = app.fileManager.getNewFileParent(host.activeNote.get() ?? "");
	const panel = (close: () => void) => (
		<NewNote host={host} template={{ template }} folder={path === "/" ? "" : path} onDone={close} onBack={close} />
	);
	openOver(new PanelModal(app, `New note from “${nameOf(template)}”`, panel), host.ended);
}

export function apply(app: App, host: Host, notes: readonly string[]): void {
	pickTemplate(app, host, (template) => {
		const rest = notes.filter((path) => path !== template);
		if (rest.length === 0) return host.notice("There are no notes that it could be applied to.");
		const panel = (close: () => void) => (
			<Applying host={host} template={{ template }} notes={rest} onDone={close} onBack={close} />
		);
		openOver(new PanelModal(app, `Apply “${nameOf(template)}”`, panel), host.ended);
	});
}

function pickFolder(app: App, host: Host, onPick: (folder: string) => void): void {
	openOver(new PathPicker(app, folders(app, [], folderOf(host.activeNote.get() ?? "")), onPick), host.ended);
}

function pickTemplate(app: App, host: Host, onPick: (template: string) => void): void {
	const picked = (template: string) => {
		host.remember(LAST, template);
		onPick(template);
	};
	openOver(new PathPicker(app, { paths: templates(app, host), asked: "Which template?", none: "No such note." }, picked), host.ended);
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
