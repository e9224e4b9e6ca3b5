/** What panels need of the place they are shown in: Obsidian, a page, a test. */

import type { ReadableAtom, WritableAtom } from "nanostores";

import type { CallOptions, Result, VaultMethod, VaultParams } from "../rpc";
import type { SummaryRun } from "../protocol";
import type { State } from "../state";

/** Where a note is opened. */
export type Where = "here" | "tab" | "split";

/** How alike notes have to be that are told as nearly the same: what can be asked for. */
export const THRESHOLD = { least: 0.3, most: 1 };

/** What the person chose, which panels go by. */
export interface Choices {
	/** How searches are answered unless the person says otherwise in the box. */
	readonly mode: "hybrid" | "keyword" | "semantic";
	/** Results at a time. */
	readonly limit: number;
	/** Jaccard's index from which notes are nearly the same, 0 to 1. */
	readonly threshold: number;
	/** Where a summary goes. */
	readonly summaryPlace: "top" | "cursor" | "note" | "clipboard";
}

/** A place in a note: 0-based line, and UTF-16 units in it. */
export interface Place {
	readonly line: number;
	readonly ch: number;
}

export interface Renamed {
	readonly from: string;
	readonly to: string;
}

/** Where a file is after that: its folder may be what was renamed. */
export function afterRename(path: string, { from, to }: Renamed): string {
	return path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}

export interface Host {
	readonly state: ReadableAtom<State>;
	readonly choices: ReadableAtom<Choices>;
	/** Path of the note, canvas or other file that is worked on, relative to the vault. */
	readonly activeNote: ReadableAtom<string | null>;
	/** The last file or folder that got another path, for whoever keeps paths. */
	readonly lastRename: ReadableAtom<Renamed | null>;
	/** Aborted when the plugin is switched off. */
	readonly ended: AbortSignal;
	/** Another number after anything was indexed anew: answers from before may be out of date. */
	readonly generation: ReadableAtom<number>;

	/** The folder or #tag whose notes are to be summarised, as it is typed or was chosen. */
	readonly summarised: WritableAtom<string>;
	/** Runs of summaries of many notes, the last begun first, as they were looked up last. */
	readonly keptRuns: WritableAtom<readonly SummaryRun[]>;

	/** Ask the sidecar. Throws `CallFailed`, or `Disconnected` when there is none. */
	call<M extends VaultMethod>(method: M, params: VaultParams<M>, options?: CallOptions): Promise<Result<M>>;

	/** Open a note, at a 0-based line when one is given, and mark the passage there for a moment. */
	openNote(path: string, where: Where, line?: number): Promise<void>;
	/** Open a note to write in it, with the cursor at a place. */
	openToWrite(path: string, at: Place): Promise<void>;
	/** Put a link to a note at the cursor of the note that was worked on last; false when there is none. */
	insertLink(path: string): boolean;
	/** Put a text there, as a change that can be undone, and tell so in these words; false when there is none. */
	insertText(text: string, reason: string, told: string): Promise<boolean>;
	/** Let a link to a note be dragged from here into a note. */
	dragLink(event: DragEvent, path: string): void;
	/** Show a note's preview beside `target`, as the host does for links that are hovered over. */
	hoverLink(event: MouseEvent, target: HTMLElement, path: string): void;

	/** Fill `element` with a Markdown text as the host shows it; call what comes of it once it is not shown any more. */
	renderMarkdown(element: HTMLElement, markdown: string, sourcePath: string): Promise<() => void>;
	/** Fill `element` with an icon of Lucide's. */
	icon(element: HTMLElement, name: string): void;
	/** Tell something in passing, with one thing that can be done about it. */
	notice(text: string, action?: { label: string; run: () => void }): void;
	/** Ask before something that matters; false when the person does not want it. */
	confirm(question: { title: string; body: string; confirm: string; isDangerous?: boolean }): Promise<boolean>;
	copy(text: string): Promise<void>;

	/** What a panel wants to know the next time, on this device and for this vault. */
	recall<T>(key: string): T | undefined;
	remember(key: string, value: unknown): void;

	/** Show another panel, in its place in the host. */
	show(panel: PanelName): Promise<void>;
	/** What the status and welcome panels can make happen. */
	readonly acts: Acts;
}

export type PanelName = "ask" | "summaries" | "search" | "related" | "duplicates" | "activity" | "status" | "welcome";

export interface Acts {
	/** Allow this vault to be indexed, and begin. */
	allow: () => Promise<void>;
	/** Look for the sidecar again, and start it. */
	retry: () => Promise<void>;
	stop: () => Promise<void>;
	/** Let slow reading of notes rest, or go on. */
	pause: () => Promise<void>;
	resume: () => Promise<void>;
	openSettings: () => void;
	/** Where Obsidian is told which folders to leave out: before a vault is read, the librarian's own settings are not there yet. */
	openExclusions: () => void;
	/** Where keys are given to our commands. */
	openHotkeys: () => void;
	/** What helps to find out what is wrong, without anything secret or any text of notes. */
	diagnostics: () => string;
	/** The last lines that the sidecar logged, and the errors that were met. */
	lastErrors: () => string[];
	/** What a person types to install the sidecar that goes with this plugin. */
	readonly installCommands: { label: string; command: string }[];
	/** Notes of the vault as the host counts them, before anything is indexed. */
	countNotes: () => number;
}
