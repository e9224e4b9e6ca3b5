/**
 * Changes to notes that the sidecar asks for, carried out by Obsidian: each only where the file still is the version that was read.
 *
 * What is not named in the answer the sidecar does itself, and what is refused undoes the whole change; why something is left or refused:
 * docs/decisions/0016-edits-in-the-editor.md.
 */

import { type DataAdapter, type FileManager, normalizePath, type TFile, type Vault } from "obsidian";

import type { OpenNote, OpenNotes } from "./open_notes";
import type { ApplyEdit, Create, EditorAnswer, Rename, Replacement, Rewrite, Trash } from "../protocol";
import { decoded, digestOf, encoded, isPlain, isSameText, reverted, rewritten, united } from "./rewriting";

/** The part of Obsidian that changes files. */
export interface Files {
	vault: Pick<Vault, "configDir" | "getFileByPath" | "getFolderByPath" | "process" | "createBinary" | "createFolder" | "rename"> & {
		adapter: Pick<DataAdapter, "exists" | "read" | "readBinary">;
	};
	fileManager: Pick<FileManager, "trashFile">;
}

type Edit = ApplyEdit["edits"][number];

type Refused = { reason: string };
/** What became of one edit: the digest that its file has now, why it was refused, or that it is left: not for Obsidian to do. */
type Outcome = { digest: string | null } | Refused | typeof LEFT;

const LEFT = null;
const CHANGED: Refused = { reason: "it is another version than the one that was read" };

/**
 * Carry out what Obsidian can of a change. Nothing is begun while a note of it has changes that were not saved; nothing more is begun
 * once one was refused, or `signal` is aborted.
 */
export async function applyEdits(files: Files, open: OpenNotes, question: ApplyEdit, signal: AbortSignal): Promise<EditorAnswer> {
	const answer: EditorAnswer = { changed: [], refused: [] };
	for (const act of [settled, carriedOut]) {
		for (const edit of question.edits) {
			if (signal.aborted || answer.refused.length > 0) return answer;
			const outcome = await act(files, open, edit);
			if (outcome === LEFT) continue;
			if ("reason" in outcome) answer.refused.push({ path: edit.path, ...outcome });
			else answer.changed.push({ path: edit.path, ...outcome });
		}
	}
	return answer;
}

/** See that nobody is just writing in the file of an edit: what an editor has not saved yet is saved, and makes it another version. */
async function settled(files: Files, open: OpenNotes, edit: Edit): Promise<Refused | typeof LEFT> {
	const file = known(files, edit.path);
	if (file === null || "content" in edit) return LEFT;
	const views = open.views(file.path);
	if (views.length === 0 && open.embedded(file.path) === null) return LEFT;
	try {
		await saved(files, views, file.path);
	} catch {
		return { reason: "it has changes that cannot be saved" };
	}
	const bytes = await bytesAt(files, file.path);
	if (bytes === null) return LEFT;
	const texts = [...views.map((view) => view.text()), open.embedded(file.path)];
	if (!texts.every((text) => text === null || isSameText(text, decoded(bytes)))) return { reason: "it is being written in, and is not saved yet" };
	return digestOf(bytes) === edit.digest ? LEFT : CHANGED;
}

async function saved(files: Files, views: readonly OpenNote[], path: string): Promise<void> {
	for (const view of views) {
		const bytes = await bytesAt(files, path);
		if (bytes !== null && !isSameText(view.text(), decoded(bytes))) await view.save();
	}
}

async function carriedOut(files: Files, open: OpenNotes, edit: Edit): Promise<Outcome> {
	// Where it fails, the sidecar tells by the files what is left to do, and does it, or says in its own words what is wrong.
	return (await settled(files, open, edit)) ?? (await done(files, open, edit).catch(() => LEFT));
}

async function done(files: Files, open: OpenNotes, edit: Edit): Promise<Outcome> {
	if ("content" in edit) return await created(files, edit);
	const file = known(files, edit.path);
	if (file === null) return LEFT;
	if ("replacements" in edit) return await rewrote(files, open, file, edit);
	if ("to" in edit) return await renamed(files, file, edit);
	return edit.kind === "trash" ? await trashed(files, file, edit) : LEFT;
}

async function rewrote(files: Files, open: OpenNotes, file: TFile, edit: Rewrite): Promise<Outcome> {
	for (const view of open.views(file.path)) {
		const outcome = view.editor ? await typed(files, view, view.editor, file, edit) : undefined;
		if (outcome !== undefined) return outcome;
	}
	return await processed(files, file, edit);
}

/** Rewrite a note in the editor that shows it, which keeps its cursor and history; undefined where that is not possible. */
async function typed(
	files: Files,
	view: OpenNote,
	editor: NonNullable<OpenNote["editor"]>,
	file: TFile,
	edit: Rewrite,
): Promise<Outcome | undefined> {
	const bytes = await bytesAt(files, file.path);
	if (bytes === null) return LEFT;
	if (digestOf(bytes) !== edit.digest) return CHANGED;
	const text = decoded(bytes);
	// Nothing is awaited from this look on until the editor has it all, so nobody types in between.
	if (!isPlain(text) || editor.getValue() !== text) return undefined;
	const wanted = rewritten(text, edit.replacements);
	put(editor, edit.replacements);
	if (editor.getValue() === text) return undefined;
	for (let tries = 0; tries < 2 && (await digestAt(files, file.path)) === edit.digest; tries++) await view.save().catch(() => undefined);
	const digest = await digestAt(files, file.path);
	if (digest !== edit.digest) return told(digest);
	if (editor.getValue() !== wanted) return { reason: "it is being written in, and cannot be saved" };
	put(editor, reverted(text, edit.replacements));
	return LEFT;
}

function put(editor: NonNullable<OpenNote["editor"]>, replacements: readonly Replacement[]): void {
	const changes = united(replacements).map(({ start, end, text }) => ({
		from: editor.offsetToPos(start),
		to: editor.offsetToPos(end),
		text,
	}));
	// From the end on, so that no place depends on whether those before it are made already.
	editor.transaction({ changes: changes.reverse() });
}

/** Rewrite a file that no editor shows, or none that has its text to the unit. */
async function processed(files: Files, file: TFile, edit: Rewrite): Promise<Outcome> {
	let fits = false;
	try {
		await files.vault.process(file, (text) => {
			fits = digestOf(encoded(text)) === edit.digest;
			if (!fits) throw new Error("not the version that was read");
			return rewritten(text, edit.replacements);
		});
	} catch (error) {
		if (fits) throw error;
	}
	const digest = await digestAt(files, file.path);
	if (fits) return told(digest);
	// The version is right, but Obsidian's text is not all of it: it reads no byte order mark, and would write none.
	return digest === edit.digest || digest === null ? LEFT : CHANGED;
}

async function created(files: Files, edit: Create): Promise<Outcome> {
	// Obsidian sets no permission bits, and what was private would come back open to others.
	if (edit.mode != null || !isSpelledAsKept(edit.path) || !isVisible(edit.path)) return LEFT;
	if (await files.vault.adapter.exists(edit.path)) return { reason: "there is a file already" };
	await makeFolders(files, edit.path);
	const content = edit.encoding === "base64" ? unpacked(edit.content) : encoded(edit.content);
	await files.vault.createBinary(edit.path, content.slice().buffer);
	return told(await digestAt(files, edit.path));
}

async function renamed(files: Files, file: TFile, edit: Rename): Promise<Outcome> {
	if (!isSpelledAsKept(edit.to) || !isVisible(edit.to)) return LEFT;
	if (await files.vault.adapter.exists(edit.to)) return { reason: "there is a file already where it should go" };
	if ((await digestAt(files, file.path)) !== edit.digest) return CHANGED;
	await makeFolders(files, edit.to);
	await files.vault.rename(file, edit.to);
	return told(await digestAt(files, edit.to));
}

async function trashed(files: Files, file: TFile, edit: Trash): Promise<Outcome> {
	// Nothing of ours deletes a note; the sidecar puts it into the vault's own trash.
	if (await isTrashDeleting(files)) return LEFT;
	const { path } = file;
	if ((await digestAt(files, path)) !== edit.digest) return CHANGED;
	await files.fileManager.trashFile(file);
	return (await files.vault.adapter.exists(path)) ? { reason: "the trash did not take it" } : { digest: null };
}

/** Whether the person chose that what goes into the trash is deleted; also where that cannot be known. */
async function isTrashDeleting(files: Files): Promise<boolean> {
	const { adapter, configDir } = files.vault;
	const path = `${configDir}/app.json`;
	try {
		if (!(await adapter.exists(path))) return false;
		const chosen = JSON.parse(await adapter.read(path)) as { trashOption?: unknown } | null;
		return chosen?.trashOption === "none";
	} catch {
		return true;
	}
}

async function makeFolders(files: Files, path: string): Promise<void> {
	const names = path.split("/").slice(0, -1);
	for (const [index] of names.entries()) {
		const folder = names.slice(0, index + 1).join("/");
		if (files.vault.getFolderByPath(folder) === null) await files.vault.createFolder(folder);
	}
}

/** The file as Obsidian knows it, which spells names in one form of Unicode. */
function known(files: Files, path: string): TFile | null {
	return files.vault.getFileByPath(path) ?? files.vault.getFileByPath(normalizePath(path));
}

/**
 * Whether a path leads to what Obsidian shows: not out of the vault, and not to its own files, where a file that is made may be a program
 * that it runs. The sidecar asks for no such thing; whatever else might ask is not obeyed.
 */
function isVisible(path: string): boolean {
	return path.split(/[\\/]/).every((name) => name !== "" && !name.startsWith("."));
}

/** Whether Obsidian makes a file under this very name; it puts plain spaces for others, and another form of Unicode. */
function isSpelledAsKept(path: string): boolean {
	return normalizePath(path) === path;
}

function told(digest: string | null): Outcome {
	return digest === null ? { reason: "it is gone" } : { digest };
}

async function digestAt(files: Files, path: string): Promise<string | null> {
	const bytes = await bytesAt(files, path);
	return bytes === null ? null : digestOf(bytes);
}

async function bytesAt(files: Files, path: string): Promise<Uint8Array | null> {
	const { adapter } = files.vault;
	return (await adapter.exists(path)) ? new Uint8Array(await adapter.readBinary(path)) : null;
}

/** Bytes from base64. Throws where it is none. */
function unpacked(content: string): Uint8Array {
	return Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
}
