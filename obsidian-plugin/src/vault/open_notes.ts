/** Files that are open in the workspace, perhaps with changes that are not saved yet. */

import { type Editor, MarkdownView, TextFileView, type Workspace } from "obsidian";

/** A view that shows a file's text and saves it. */
export interface OpenNote {
	text(): string;
	save(): Promise<void>;
	/** Where it is being written: only that has a cursor, and a history of what was typed. */
	editor: Pick<Editor, "getValue" | "transaction" | "offsetToPos"> | null;
}

/** What is open of a file. */
export interface OpenNotes {
	views(path: string): OpenNote[];
	/** The text in an editor that is no view of its own, as in a canvas, and cannot be told to save. */
	embedded(path: string): string | null;
}

export function openNotes(workspace: Pick<Workspace, "iterateAllLeaves" | "activeEditor">): OpenNotes {
	return {
		views: (path) => viewsOf(workspace, path).map(opened),
		embedded: (path) => {
			const active = workspace.activeEditor;
			if (!active?.editor || active.file?.path !== path || active instanceof TextFileView) return null;
			return active.editor.getValue();
		},
	};
}

function viewsOf(workspace: Pick<Workspace, "iterateAllLeaves">, path: string): TextFileView[] {
	const found: TextFileView[] = [];
	workspace.iterateAllLeaves((leaf) => {
		if (leaf.view instanceof TextFileView && leaf.view.file?.path === path) found.push(leaf.view);
	});
	return found;
}

function opened(view: TextFileView): OpenNote {
	const editor = view instanceof MarkdownView && view.getMode() === "source" ? view.editor : null;
	return { text: () => editor?.getValue() ?? view.getViewData(), save: () => view.save(), editor };
}
