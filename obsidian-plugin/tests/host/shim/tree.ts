/** The vault's files in the page's memory, kept true by what the vault does and by what the bridge tells of others. */

import type * as obs from "obsidian";

import type { Entry } from "../wire";
import { TFile, TFolder, parentPath, place } from "./files";
import { ask, hear } from "./node";

type Tell = (name: "create" | "modify" | "delete" | "rename", file: obs.TAbstractFile, oldPath?: string) => void;

export class Tree {
	readonly root: TFolder;
	readonly #files = new Map<string, TFile | TFolder>();
	/** One thing at a time: what the bridge tells is compared only when no change of ours is half done. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly vault: obs.Vault,
		private readonly tell: Tell,
	) {
		this.root = new TFolder(vault, "/");
		this.#files.set("/", this.root);
	}

	async load(): Promise<void> {
		for (const entry of await ask("vault.list", {})) this.put(entry);
		hear((event) => {
			if (event.kind === "folder") void this.inTurn(() => this.compare(event.path));
		});
	}

	get(path: string): TFile | TFolder | null {
		return this.#files.get(path === "" ? "/" : path) ?? null;
	}

	all(): (TFile | TFolder)[] {
		return [...this.#files.values()];
	}

	inTurn<T>(act: () => Promise<T>): Promise<T> {
		const result = this.#turn.then(act);
		this.#turn = result.catch(() => undefined);
		return result;
	}

	/** Take note of a file as it is now, and tell when that is news. */
	note(entry: Entry): TFile | TFolder {
		const known = this.get(entry.path);
		if (!known) {
			const made = this.put(entry);
			this.tell("create", made);
			return made;
		}
		if (known instanceof TFile) {
			const { mtime, size } = known.stat;
			if (mtime !== entry.mtime || size !== entry.size) {
				known.stat = statOf(entry);
				this.tell("modify", known);
			}
		}
		return known;
	}

	/** Take note that a file is gone, or a folder with all that lay in it. */
	drop(path: string): void {
		const file = this.get(path);
		if (!file) return;
		if (file instanceof TFolder) for (const child of [...file.children]) this.drop(child.path);
		this.#files.delete(path);
		file.parent?.children.remove(file);
		this.tell("delete", file);
	}

	/** Take note of a new path, and of those of all that lies below. */
	move(file: obs.TAbstractFile, to: string): void {
		const from = file.path;
		file.parent?.children.remove(file);
		this.#files.delete(from);
		place(file, to);
		this.adopt(file as TFile | TFolder);
		this.tell("rename", file, from);
		if (!(file instanceof TFolder)) return;
		for (const child of [...file.children]) this.move(child, `${to}/${child.name}`);
	}

	private put(entry: Entry): TFile | TFolder {
		const file = entry.isFolder ? new TFolder(this.vault, entry.path) : new TFile(this.vault, entry.path);
		if (file instanceof TFile) file.stat = statOf(entry);
		this.adopt(file);
		return file;
	}

	private adopt(file: TFile | TFolder): void {
		this.#files.set(file.path, file);
		const parent = this.get(parentPath(file.path));
		if (!(parent instanceof TFolder)) return;
		file.parent = parent;
		if (!parent.children.includes(file)) parent.children.push(file);
	}

	private async compare(folder: string): Promise<void> {
		const known = this.get(folder);
		if (!(known instanceof TFolder)) return;
		const entries = await ask("vault.folder", { path: folder });
		const there = new Set(entries.map((entry) => entry.path));
		for (const child of [...known.children]) if (!there.has(child.path)) this.drop(child.path);
		for (const entry of entries) {
			const isNew = !this.get(entry.path);
			this.note(entry);
			if (isNew && entry.isFolder) await this.compare(entry.path);
		}
	}
}

function statOf({ ctime, mtime, size }: Entry): obs.FileStats {
	return { ctime, mtime, size };
}
