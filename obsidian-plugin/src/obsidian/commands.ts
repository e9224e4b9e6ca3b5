/** What is in the command palette. No hotkeys are set: they are the person's. */

import type { App, Command } from "obsidian";

import type { Host } from "../ui/host";
import { whatOf } from "../ui/activity/wording";
import { takeBackListed } from "../ui/changes/carrying";
import { tellUndone } from "../ui/changes/done";
import { attempt } from "../ui/attempt";
import { SearchModal } from "./search_modal";
import { templateCommands } from "./template_commands";
import { writingCommands } from "./writing_commands";

export function commands(app: App, host: Host): Command[] {
	return [
		{ id: "search", name: "Search notes", icon: "search", callback: () => new SearchModal(app, host).open() },
		{ id: "search-panel", name: "Open search panel", icon: "panel-right", callback: () => void host.show("search") },
		{ id: "related", name: "Show related notes", icon: "waypoints", callback: () => void host.show("related") },
		{ id: "duplicates", name: "Find duplicates", icon: "copy", callback: () => void host.show("duplicates") },
		...writingCommands(app, host),
		...templateCommands(app, host),
		{ id: "activity", name: "Show changes made by the librarian", icon: "history", callback: () => void host.show("activity") },
		{ id: "undo", name: "Undo the librarian's last change", icon: "undo-2", callback: () => attempt(host, undoLast(host)) },
		{ id: "status", name: "Show status", icon: "library", callback: () => void host.show("status") },
		{ id: "welcome", name: "Show welcome", icon: "library", callback: () => void host.show("welcome") },
		{ id: "rebuild", name: "Rebuild the index", icon: "hammer", callback: () => attempt(host, rebuild(host)) },
		{ id: "restart", name: "Restart", icon: "refresh-cw", callback: () => void host.acts.retry() },
		...resting(host),
	];
}

function resting(host: Host): Command[] {
	const stateOfMeaning = () => {
		const state = host.state.get();
		return state.kind === "ready" ? state.status.parts.find((part) => part.name === "semantic")?.state : undefined;
	};
	return [
		{
			id: "pause",
			name: "Pause reading",
			icon: "pause",
			checkCallback: (isChecking) => {
				const can = stateOfMeaning() === "building";
				if (can && !isChecking) attempt(host, host.acts.pause());
				return can;
			},
		},
		{
			id: "resume",
			name: "Go on reading",
			icon: "play",
			checkCallback: (isChecking) => {
				const can = stateOfMeaning() === "paused";
				if (can && !isChecking) attempt(host, host.acts.resume());
				return can;
			},
		},
	];
}

async function undoLast(host: Host): Promise<void> {
	const { changes } = await host.call("edits.list", { limit: 20 });
	const last = changes.find((change) => change.state === "done" && change.undoes === null);
	if (!last) {
		host.notice("There is nothing to undo.");
		return;
	}
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
	host.notice(`The index was rebuilt: ${status.counts.notes.toLocaleString("en")} notes.`);
}
