/** The panels, with the names and places that they have in Obsidian. */

import type { FunctionComponent } from "preact";

import { ActivityPanel } from "../ui/activity/ActivityPanel";
import { AskPanel } from "../ui/ask/AskPanel";
import { DuplicatesPanel } from "../ui/duplicates/DuplicatesPanel";
import type { Host, PanelName } from "../ui/host";
import { RelatedPanel } from "../ui/related/RelatedPanel";
import { SearchPanel } from "../ui/search/SearchPanel";
import { StatusPanel } from "../ui/status/StatusPanel";
import { SummariesPanel } from "../ui/summaries/SummariesPanel";
import { WelcomePanel } from "../ui/welcome/WelcomePanel";

export interface Panel {
	readonly name: PanelName;
	/** The type of its view, kept by Obsidian in the layout of a vault. */
	readonly type: string;
	readonly title: string;
	readonly icon: string;
	/** Where it opens the first time; a person may move it. */
	readonly place: "side" | "main";
	/** What takes the keyboard when it is asked for; where there is nothing to type, whoever writes a note is left there. */
	readonly typed?: string;
	readonly Component: FunctionComponent<{ host: Host }>;
}

export const PANELS: readonly Panel[] = [
	panel("ask", "Ask your notes", "message-square", "side", AskPanel),
	panel("summaries", "Summaries of many notes", "list-collapse", "main", SummariesPanel),
	{ ...panel("search", "Search notes", "search", "side", SearchPanel), typed: "input[role=combobox]" },
	panel("related", "Related notes", "waypoints", "side", RelatedPanel),
	panel("duplicates", "Duplicates", "copy", "main", DuplicatesPanel),
	panel("activity", "Changes by the librarian", "history", "side", ActivityPanel),
	panel("status", "Librarian", "library", "side", StatusPanel),
	panel("welcome", "Welcome to the librarian", "library", "main", WelcomePanel),
];

function panel(
	name: PanelName,
	title: string,
	icon: string,
	place: Panel["place"],
	Component: FunctionComponent<{ host: Host }>,
): Panel {
	return { name, type: `vault-librarian-${name}`, title, icon, place, Component };
}

export function panelOf(name: PanelName): Panel {
	const found = PANELS.find((each) => each.name === name);
	if (!found) throw new Error(`there is no panel ${name}`);
	return found;
}
