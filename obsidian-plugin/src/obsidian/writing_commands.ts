/** Commands that write into the note that is open. */

import type { App, Command, MarkdownView } from "obsidian";

import type { Host } from "../ui/host";
import { REWRITES } from "../ui/rewrite/WritePanel";
import { type Desk, placeOf, selected } from "../writing/inserting";
import { continueHere, summarise } from "../writing/writing";
import { openOver } from "./over";
import { PathPicker, folders } from "./path_picker";
import { command, inNote } from "./command";
import { openWriting } from "./write_modal";

export function writingCommands(app: App, host: Host): Command[] {
	const desk: Desk = { app, host };
	return [
		command("summarise", "Summarise this note", "list-collapse", inNote(app, (view) => summarise(desk, view, false))),
		command("summarise-selection", "Summarise the selection", "list-collapse", inNote(app, (view) => summarise(desk, view, true))),
		command("summarise-folder", "Summarise a folder", "list-collapse", () => pickFolder(app, host)),
		command("continue", "Continue writing at the cursor", "pen-line", inNote(app, (view) => continueHere(desk, view))),
		command("rewrite", "Rewrite the selection", "replace", inNote(app, (view, path) => rewrite(desk, view, path))),
		command("write", "Write something new at the cursor", "sparkles", inNote(app, (view, path) => write(desk, view, path))),
	];
}

function pickFolder(app: App, host: Host): void {
	openOver(new PathPicker(app, folders(app, []), (path) => summariseFolder(host, path)), host.ended);
}

/** Offer to summarise what is in a folder. */
export function summariseFolder(host: Host, path: string): void {
	// A folder may be called as a tag or a search is typed.
	host.summarised.set(/^[#?]/.test(path) ? `/${path}` : path);
	void host.show("summaries");
}

async function rewrite(desk: Desk, view: MarkdownView, path: string): Promise<void> {
	const { app, host } = desk;
	const range = await selected(desk, view);
	const asked = { path, ...(range && { range }) };
	openWriting(app, host, {
		act: range === null ? "Rewrite the note" : "Rewrite",
		label: "How should it be?",
		often: REWRITES,
		ask: (instruction, options, fresh) => host.call("text.rewrite", { ...asked, instruction, fresh }, options),
		price: (instruction, options, fresh) => host.call("text.estimateRewrite", { ...asked, instruction, fresh }, options),
	});
}

async function write(desk: Desk, view: MarkdownView, path: string): Promise<void> {
	const { app, host } = desk;
	const { at } = await placeOf(desk, view);
	openWriting(app, host, {
		act: "Write",
		label: "What should be written?",
		often: [],
		ask: (prompt, options, fresh) => host.call("text.generate", { path, at, prompt, fresh }, options),
		price: (prompt, options, fresh) => host.call("text.estimateGenerate", { path, at, prompt, fresh }, options),
	});
}
