/** What Obsidian knows of notes' headings and links, and how links and files find each other. */

import type * as obs from "obsidian";

import { Events } from "./component";

export class MetadataCache extends Events {
	resolvedLinks: Record<string, Record<string, number>> = {};
	unresolvedLinks: Record<string, Record<string, number>> = {};
	readonly #vault: obs.Vault;
	readonly #caches = new Map<string, obs.CachedMetadata>();

	constructor(vault: obs.Vault) {
		super();
		this.#vault = vault;
		vault.on("create", (file) => void this.#read(file));
		vault.on("modify", (file) => void this.#read(file));
		vault.on("delete", (file) => this.#caches.delete(file.path));
		vault.on("rename", (file, oldPath) => {
			const cache = this.#caches.get(oldPath);
			this.#caches.delete(oldPath);
			if (cache) this.#caches.set(file.path, cache);
		});
	}

	/** Read the notes that are there; in large vaults only those that change later are read. */
	async load(most = 1000): Promise<void> {
		const notes = this.#vault.getMarkdownFiles();
		if (notes.length <= most) await Promise.all(notes.map((note) => this.#read(note)));
	}

	getFileCache(file: obs.TFile): obs.CachedMetadata | null {
		return this.getCache(file.path);
	}

	getCache(path: string): obs.CachedMetadata | null {
		return this.#caches.get(path) ?? null;
	}

	getFirstLinkpathDest(link: string, source: string): obs.TFile | null {
		const wanted = link.includes(".") ? [link, `${link}.md`] : [`${link}.md`];
		const folder = source.slice(0, source.lastIndexOf("/") + 1);
		for (const path of wanted) {
			const exact = this.#vault.getFileByPath(path) ?? this.#vault.getFileByPath(folder + path);
			if (exact) return exact;
		}
		const ends = wanted.map((path) => `/${path.toLowerCase()}`);
		return this.#vault.getFiles().find((file) => ends.some((end) => `/${file.path.toLowerCase()}`.endsWith(end))) ?? null;
	}

	/** The name where it is the only one, else the whole path. */
	fileToLinktext(file: obs.TFile, _source: string, omitMd = true): string {
		const isOnly = this.#vault.getFiles().filter((other) => other.name === file.name).length === 1;
		const text = isOnly ? file.name : file.path;
		return omitMd ? text.replace(/\.md$/, "") : text;
	}

	async #read(file: obs.TAbstractFile): Promise<void> {
		const note = this.#vault.getFileByPath(file.path);
		if (note?.extension !== "md") return;
		const text = await this.#vault.cachedRead(note);
		const cache = parsed(text);
		this.#caches.set(note.path, cache);
		this.trigger("changed", note, text, cache);
	}
}

function parsed(text: string): obs.CachedMetadata {
	const headings: obs.HeadingCache[] = [];
	const links: obs.LinkCache[] = [];
	let offset = 0;
	for (const [line, written] of text.split("\n").entries()) {
		const heading = /^(#{1,6})\s+(.*?)\s*$/.exec(written);
		if (heading) headings.push({ heading: heading[2] ?? "", level: heading[1]?.length ?? 1, position: place(0, written.length) });
		for (const link of written.matchAll(/(?<!!)\[\[([^\]|]+)(?:\|([^\]]*))?\]\]/g)) {
			const [original, target = "", display] = link;
			const position = place(link.index, link.index + original.length);
			links.push({ link: target, original, ...(display !== undefined && { displayText: display }), position });
		}
		offset += written.length + 1;

		function place(start: number, end: number): obs.Pos {
			return { start: { line, col: start, offset: offset + start }, end: { line, col: end, offset: offset + end } };
		}
	}
	return { headings, links };
}
