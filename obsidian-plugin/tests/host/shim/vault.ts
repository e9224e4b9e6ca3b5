/** Obsidian's vault and its adapter over the bridge, which has the real files. */

import type * as obs from "obsidian";

import type { Entry } from "../wire";
import { Events } from "./component";
import { TFile, TFolder } from "./files";
import { ask, fromBase64, toBase64 } from "./node";
import { Strict, as } from "./strict";
import { Tree } from "./tree";

/** As Obsidian reads text: a byte order mark is no part of it, and what is not UTF-8 is replaced. */
function decoded(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

function encoded(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
	return fromBase64(await ask("vault.read", { path }));
}

export class FileSystemAdapter extends Strict {
	readonly #facts: { name: string; path: string };

	constructor(facts: { name: string; path: string }) {
		super();
		this.#facts = facts;
	}

	getName(): string {
		return this.#facts.name;
	}

	getBasePath(): string {
		return this.#facts.path;
	}

	getFullPath(path: string): string {
		return `${this.#facts.path}/${path}`;
	}

	async exists(path: string): Promise<boolean> {
		return (await ask("vault.stat", { path })) !== null;
	}

	async stat(path: string): Promise<obs.Stat | null> {
		const entry = await ask("vault.stat", { path });
		return entry && { type: entry.isFolder ? "folder" : "file", ctime: entry.ctime, mtime: entry.mtime, size: entry.size };
	}

	async read(path: string): Promise<string> {
		return decoded(await readBytes(path));
	}

	async readBinary(path: string): Promise<ArrayBuffer> {
		return (await readBytes(path)).buffer;
	}
}

/** What a vault does beyond the plugin's eyes. */
const trees = new WeakMap<object, Tree>();

export class Vault extends Events {
	adapter: obs.DataAdapter;
	configDir = ".obsidian";

	constructor(facts: { name: string; path: string }) {
		super();
		this.adapter = as<obs.DataAdapter>(new FileSystemAdapter(facts));
		trees.set(this, new Tree(this as unknown as obs.Vault, (name, ...data) => this.trigger(name, ...data)));
	}

	get #tree(): Tree {
		return treeOf(this);
	}

	getName(): string {
		return this.adapter.getName();
	}

	getRoot(): obs.TFolder {
		return this.#tree.root;
	}

	getAbstractFileByPath(path: string): obs.TAbstractFile | null {
		return this.#tree.get(path);
	}

	getFileByPath(path: string): obs.TFile | null {
		const file = this.#tree.get(path);
		return file instanceof TFile ? file : null;
	}

	getFolderByPath(path: string): obs.TFolder | null {
		const file = this.#tree.get(path);
		return file instanceof TFolder ? file : null;
	}

	getAllLoadedFiles(): obs.TAbstractFile[] {
		return this.#tree.all();
	}

	getFiles(): obs.TFile[] {
		return this.#tree.all().filter((file) => file instanceof TFile);
	}

	getMarkdownFiles(): obs.TFile[] {
		return this.getFiles().filter((file) => file.extension === "md");
	}

	getAllFolders(includeRoot = false): obs.TFolder[] {
		return this.#tree.all().filter((file) => file instanceof TFolder && (includeRoot || !file.isRoot())) as TFolder[];
	}

	async read(file: obs.TFile): Promise<string> {
		return decoded(await readBytes(file.path));
	}

	async cachedRead(file: obs.TFile): Promise<string> {
		return this.read(file);
	}

	async readBinary(file: obs.TFile): Promise<ArrayBuffer> {
		return (await readBytes(file.path)).buffer;
	}

	create(path: string, text: string): Promise<obs.TFile> {
		return this.#write(path, encoded(text), true);
	}

	createBinary(path: string, bytes: ArrayBuffer): Promise<obs.TFile> {
		return this.#write(path, new Uint8Array(bytes), true);
	}

	createFolder(path: string): Promise<obs.TFolder> {
		return this.#tree.inTurn(async () => {
			if (this.#tree.get(path)) throw new Error("Folder already exists.");
			return this.#tree.note(await ask("vault.mkdir", { path })) as TFolder;
		});
	}

	async modify(file: obs.TFile, text: string): Promise<void> {
		await this.#write(file.path, encoded(text), false);
	}

	async modifyBinary(file: obs.TFile, bytes: ArrayBuffer): Promise<void> {
		await this.#write(file.path, new Uint8Array(bytes), false);
	}

	/** Nothing of the vault comes between reading and writing. */
	process(file: obs.TFile, change: (text: string) => string): Promise<string> {
		return this.#tree.inTurn(async () => {
			const before = decoded(await readBytes(file.path));
			const after = change(before);
			if (after !== before) this.#tree.note(await written(file.path, encoded(after), false));
			return after;
		});
	}

	rename(file: obs.TAbstractFile, to: string): Promise<void> {
		return this.#tree.inTurn(async () => {
			await ask("vault.rename", { path: file.path, to });
			this.#tree.move(file, to);
		});
	}

	delete(file: obs.TAbstractFile): Promise<void> {
		return this.#tree.inTurn(async () => {
			await ask("vault.remove", { path: file.path });
			this.#tree.drop(file.path);
		});
	}

	/** There is no system's trash here: everything goes into the vault's own. */
	trash(file: obs.TAbstractFile, _system: boolean): Promise<void> {
		return this.#tree.inTurn(async () => {
			await ask("vault.trash", { path: file.path });
			this.#tree.drop(file.path);
		});
	}

	#write(path: string, bytes: Uint8Array, isNew: boolean): Promise<obs.TFile> {
		return this.#tree.inTurn(async () => {
			if (isNew && this.#tree.get(path)) throw new Error("File already exists.");
			return this.#tree.note(await written(path, bytes, isNew)) as TFile;
		});
	}
}

function written(path: string, bytes: Uint8Array, isNew: boolean): Promise<Entry> {
	return ask("vault.write", { path, bytes: toBase64(bytes), isNew });
}

export function treeOf(vault: object): Tree {
	const tree = trees.get(vault);
	if (!tree) throw new Error("no vault of the shim");
	return tree;
}
