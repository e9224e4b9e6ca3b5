/** Commands that write into the note that is open. */

import { type App, type Command, MarkdownView } from "obsidian";

import type { Host } from "../ui/host";
import { REWRITES } from "../ui/rewrite/WritePanel";
import { type Desk, placeOf, selected } from "../writing/inserting";
import { continueHere, summarise } from "../writing/writing";
import { PathPicker, folders } from "./path_picker";
import { WriteModal } from "./write_modal";

export function writingCommands(app: App, host: Host): Command[] {
	const desk: Desk = { app, host };
	const inNote = (act: (view: MarkdownView) => Promise<void>) => inNoteOf(app, act);
	return [
		{ id: "ask", name: "Ask your notes", icon: "message-square", callback: () => void host.show("ask") },
		{ id: "summarise", name: "Summarise this note", icon: "list-collapse", ...inNote((view) => summarise(desk, view, false)) },
		{ id: "summarise-selection", name: "Summarise the selection", icon: "list-collapse", ...inNote((view) => summarise(desk, view, true)) },
		{ id: "summarise-folder", name: "Summarise a folder", icon: "list-collapse", callback: () => pickFolder(app, host) },
		{ id: "summaries", name: "Summarise many notes", icon: "list-collapse", callback: () => void host.show("summaries") },
		{ id: "continue", name: "Continue writing at the cursor", icon: "pen-line", ...inNote((view) => continueHere(desk, view)) },
		{ id: "rewrite", name: "Rewrite the selection", icon: "replace", ...inNote((view) => rewrite(desk, view)) },
		{ id: "write", name: "Write something new at the cursor", icon: "sparkles", ...inNote((view) => write(desk, view)) },
	];
}

/** What can be done only where a note is open. */
export function inNoteOf(app: App, act: (view: MarkdownView, path: string) => Promise<void>): Pick<Command, "checkCallback"> {
	return {
		checkCallback: (isChecking) => {
			const view = app.workspace.getActiveViewOfType(MarkdownView);
			if (view?.file == null) return false;
			if (!isChecking) void act(view, view.file.path);
			return true;
		},
	};
}

function pickFolder(app: App, host: Host): void {
	new PathPicker(app, folders(app, []), (path) => summariseFolder(host, path)).open();
}

/** Offer to summarise what is in a folder. */
export function summariseFolder(host: Host, path: string): void {
	host.summarised.set(path);
	void host.show("summaries");
}

async function rewrite(desk: Desk, view: MarkdownView): Promise<void> {
	const { app, host } = desk;
	const path = view.file?.path ?? "";
	const range = await selected(desk, view);
	const asked = { path, ...(range && { range }) };
	new WriteModal(app, host, {
		act: range === null ? "Rewrite the note" : "Rewrite",
		label: "How should it be?",
		often: REWRITES,
		ask: (instruction, options, fresh) => host.call("text.rewrite", { ...asked, instruction, fresh }, options),
		price: (instruction, options, fresh) => host.call("text.estimateRewrite", { ...asked, instruction, fresh }, options),
	}).open();
}

async function write(desk: Desk, view: MarkdownView): Promise<void> {
	const { app, host } = desk;
	const path = view.file?.path ?? "";
	const { at } = await placeOf(desk, view);
	new WriteModal(app, host, {
		act: "Write",
		label: "What should be written?",
		often: [],
		ask: (prompt, options, fresh) => host.call("text.generate", { path, at, prompt, fresh }, options),
		price: (prompt, options, fresh) => host.call("text.estimateGenerate", { path, at, prompt, fresh }, options),
	}).open();
}
