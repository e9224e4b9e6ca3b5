/** A vault in memory that reads and writes as Obsidian does, and whose files others change at a moment that a test names. */

import type { TFile, TFolder } from "obsidian";

import type { Files } from "../src/vault/edits";
import type { OpenNote, OpenNotes } from "../src/vault/open_notes";

export class FakeVault {
	readonly bytes = new Map<string, Uint8Array>();
	readonly folders = new Set<string>();
	/** What was put into the trash, by path. */
	readonly trash = new Map<string, Uint8Array>();
	/** Every act that changed something. */
	readonly acts: string[] = [];
	/** Called before Obsidian does something; may change files, or throw as a disk does. */
	meanwhile: (act: string, path: string) => void = () => undefined;
	/** Whether texts are read without their byte order mark. */
	dropsMark = true;

	constructor(texts: Record<string, string | Uint8Array> = {}) {
		for (const [path, text] of Object.entries(texts)) this.write(path, text);
	}

	write(path: string, content: string | Uint8Array): void {
		this.bytes.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
	}

	text(path: string): string | undefined {
		const bytes = this.bytes.get(path);
		return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
	}

	readonly files: Files = {
		vault: {
			configDir: ".settings",
			getFileByPath: (path) => (this.bytes.has(path) ? named<TFile>(path) : null),
			getFolderByPath: (path) => (this.folders.has(path) ? named<TFolder>(path) : null),
			process: async (file, change) => {
				this.meanwhile("process", file.path);
				const text = new TextDecoder("utf-8", { ignoreBOM: !this.dropsMark }).decode(this.there(file.path));
				const after = change(text);
				this.write(file.path, after);
				this.acts.push(`process ${file.path}`);
				return after;
			},
			createBinary: async (path, content) => {
				this.meanwhile("create", path);
				if (this.bytes.has(path)) throw new Error("File already exists.");
				if (path.includes("/") && !this.folders.has(path.slice(0, path.lastIndexOf("/")))) throw new Error("ENOENT");
				this.write(path, new Uint8Array(content));
				this.acts.push(`create ${path}`);
				return named<TFile>(path);
			},
			createFolder: async (path) => {
				this.folders.add(path);
				return named<TFolder>(path);
			},
			rename: async (file, to) => {
				this.meanwhile("rename", file.path);
				this.bytes.set(to, this.there(file.path));
				this.bytes.delete(file.path);
				this.acts.push(`rename ${file.path} ${to}`);
			},
			adapter: {
				exists: async (path) => this.bytes.has(path) || this.folders.has(path),
				read: async (path) => new TextDecoder().decode(this.there(path)),
				readBinary: async (path) => this.there(path).slice().buffer,
			},
		},
		fileManager: {
			trashFile: async (file) => {
				this.meanwhile("trash", file.path);
				this.trash.set(file.path, this.there(file.path));
				this.bytes.delete(file.path);
				this.acts.push(`trash ${file.path}`);
			},
		},
	};

	private there(path: string): Uint8Array {
		const bytes = this.bytes.get(path);
		if (!bytes) throw new Error(`ENOENT: ${path}`);
		return bytes;
	}
}

function named<T>(path: string): T {
	return { path } as T;
}

/** An editor with a cursor, and a history that can be gone back in; all changes of one transaction count in the text before it. */
export class FakeEditor {
	cursor = 0;
	private readonly history: string[] = [];

	constructor(private value: string) {}

	getValue(): string {
		return this.value;
	}

	type(text: string): void {
		this.transaction({ changes: [{ from: this.offsetToPos(this.cursor), text }] });
		this.cursor += text.length;
	}

	undo(): void {
		this.value = this.history.pop() ?? this.value;
	}

	offsetToPos(offset: number): { line: number; ch: number } {
		const lines = this.value.slice(0, offset).split("\n");
		return { line: lines.length - 1, ch: lines.at(-1)?.length ?? 0 };
	}

	transaction(of: { changes?: { from: Position; to?: Position; text: string }[] }): void {
		this.history.push(this.value);
		const before = this.value;
		const cursor = this.cursor;
		const changes = (of.changes ?? []).map(({ from, to, text }) => ({ start: at(before, from), end: at(before, to ?? from), text }));
		for (const { start, end, text } of changes.sort((one, other) => other.start - one.start)) {
			this.value = this.value.slice(0, start) + text + this.value.slice(end);
			if (end <= cursor && start < cursor) this.cursor += text.length - (end - start);
		}
	}
}

interface Position {
	line: number;
	ch: number;
}

function at(text: string, { line, ch }: Position): number {
	return text.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + ch;
}

/** Notes that are open, each in one view; an editor ends lines with `\n` whatever the file does, and saves them so. */
export class FakeOpenNotes implements OpenNotes {
	private readonly open = new Map<string, OpenNote & { editor: FakeEditor }>();
	readonly embeddedTexts = new Map<string, string>();
	/** Called instead of saving. */
	insteadOfSaving: ((path: string) => void) | null = null;

	constructor(private readonly vault: FakeVault) {}

	edit(path: string): FakeEditor {
		const editor = new FakeEditor((this.vault.text(path) ?? "").replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"));
		const save = async () => (this.insteadOfSaving ? this.insteadOfSaving(path) : this.save(path, editor));
		this.open.set(path, { text: () => editor.getValue(), save, editor });
		return editor;
	}

	views(path: string): OpenNote[] {
		const view = this.open.get(path);
		return view ? [view] : [];
	}

	embedded(path: string): string | null {
		return this.embeddedTexts.get(path) ?? null;
	}

	private save(path: string, editor: FakeEditor): void {
		this.vault.acts.push(`save ${path}`);
		this.vault.write(path, editor.getValue());
	}
}
