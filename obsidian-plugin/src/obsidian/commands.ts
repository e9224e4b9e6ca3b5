/** What is in the command palette. No hotkeys are set: they are the person's. */

import type { App, Command } from "obsidian";

import type { Part } from "../protocol";
import type { Host, PanelName } from "../ui/host";
import { whatOf } from "../ui/activity/wording";
import { takeBackListed } from "../ui/changes/carrying";
import { tellUndone } from "../ui/changes/done";
import { attempt } from "../ui/attempt";
import { counted } from "../ui/parts";
import { command, where } from "./command";
import { openOver } from "./over";
import { SearchModal } from "./search_modal";
import { templateCommands } from "./template_commands";
import { writingCommands } from "./writing_commands";

export function commands(app: App, host: Host): Command[] {
	const show = (panel: PanelName) => () => void host.show(panel);
	const attempted = (act: (host: Host) => Promise<void>) => () => attempt(host, act(host));
	return [
		command("search", "Search notes", "search", () => openOver(new SearchModal(app, host), host.ended)),
		command("search-panel", "Open search panel", "panel-right", show("search")),
		command("related", "Show related notes", "waypoints", show("related")),
		command("duplicates", "Find duplicates", "copy", show("duplicates")),
		command("ask", "Ask your notes", "message-square", show("ask")),
		...writingCommands(app, host),
		command("summaries", "Summarise many notes", "list-collapse", show("summaries")),
		...templateCommands(app, host),
		command("activity", "Show changes made by the librarian", "history", show("activity")),
		command("undo", "Undo the librarian's last change", "undo-2", attempted(undoLast)),
		command("status", "Show status", "library", show("status")),
		command("welcome", "Show welcome", "library", show("welcome")),
		command("rebuild", "Rebuild the index", "hammer", attempted(rebuild)),
		command("restart", "Restart", "refresh-cw", () => void host.acts.retry()),
		command("pause", "Pause reading", "pause", where(meaning(host, "building"), () => attempt(host, host.acts.pause()))),
		command("resume", "Go on reading", "play", where(meaning(host, "paused"), () => attempt(host, host.acts.resume()))),
	];
}

/** What knows what notes mean, while it is in a state. */
function meaning(host: Host, wanted: Part["state"]): () => Part | null {
	return () => {
		const state = host.state.get();
		const parts = state.kind === "ready" ? state.status.parts : [];
		return parts.find((part) => part.name === "semantic" && part.state === wanted) ?? null;
	};
}

async function undoLast(host: Host): Promise<void> {
	const { changes } = await host.call("edits.list", { limit: 20 });
	const last = changes.find((change) => change.state === "done" && change.undoes === null);
	if (!last) return host.notice("There is nothing to undo.");
	const undone = await takeBackListed(host, last);
	if (undone !== null) await tellUndone(host, undone, `${whatOf(last)}. `);
}

async function rebuild(host: Host): Promise<void> {
	const wanted = await host.confirm({
		title: "Rebuild the index?",
		body: "What the librarian knows of this vault is thrown away and read anew from the notes. No note is touched, and nothing that cannot be made again is lost.",
		confirm: "Rebuild",
	});
	if (!wanted) return;
	const status = await host.call("vault.rebuild", {});
	host.notice(`The index was rebuilt: ${counted(status.counts.notes, "note")}.`);
}
