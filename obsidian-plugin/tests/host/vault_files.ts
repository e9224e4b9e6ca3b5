/** A vault's files for the page, and word of what others do to them. */

import { type FSWatcher, promises as fs, watch } from "node:fs";
import path from "node:path";

import type { Entry, HostEvent, Served } from "./wire";

export class VaultFiles {
	private readonly watchers = new Map<string, FSWatcher>();
	private readonly waiting = new Map<string, NodeJS.Timeout>();

	constructor(
		readonly root: string,
		private readonly tell: (event: HostEvent) => void,
	) {}

	readonly served = {
		"vault.facts": () => ({ name: path.basename(this.root), path: this.root }),
		"vault.list": () => this.all(""),
		"vault.folder": (question) => this.entries(question.path),
		"vault.stat": (question) => this.entry(question.path).catch(() => null),
		"vault.read": async (question) => (await fs.readFile(this.at(question.path))).toString("base64"),
		"vault.write": async (question) => {
			const bytes = Buffer.from(question.bytes, "base64");
			await fs.writeFile(this.at(question.path), bytes, { flag: question.isNew ? "wx" : "w" });
			return this.entry(question.path);
		},
		"vault.rename": async (question) => {
			if (await fs.stat(this.at(question.to)).then(() => true, () => false)) {
				throw Object.assign(new Error("Destination file already exists!"), { code: "EEXIST" });
			}
			await fs.rename(this.at(question.path), this.at(question.to));
			return null;
		},
		"vault.remove": async (question) => {
			await fs.rm(this.at(question.path), { recursive: true });
			return null;
		},
		"vault.trash": (question) => this.trash(question.path),
		"vault.mkdir": async (question) => {
			await fs.mkdir(this.at(question.path), { recursive: true });
			this.watch(question.path);
			return this.entry(question.path);
		},
	} satisfies Partial<Served>;

	close(): void {
		for (const watcher of this.watchers.values()) watcher.close();
		for (const timer of this.waiting.values()) clearTimeout(timer);
	}

	private at(relative: string): string {
		const full = path.resolve(this.root, relative);
		if (full !== this.root && !full.startsWith(this.root + path.sep)) throw new Error(`${relative} is not in the vault`);
		return full;
	}

	private async entry(relative: string): Promise<Entry> {
		const stat = await fs.stat(this.at(relative));
		const { birthtimeMs: ctime, mtimeMs: mtime, size } = stat;
		return { path: relative, isFolder: stat.isDirectory(), ctime, mtime, size };
	}

	/** What lies in a folder, without what Obsidian does not show. */
	private async entries(folder: string): Promise<Entry[]> {
		const names = await fs.readdir(this.at(folder)).catch(() => []);
		const visible = names.filter((name) => !name.startsWith("."));
		const found = await Promise.all(
			visible.map((name) => this.entry(folder === "" ? name : `${folder}/${name}`).catch(() => null)),
		);
		return found.filter((entry) => entry !== null);
	}

	private async all(folder: string): Promise<Entry[]> {
		this.watch(folder);
		const entries = await this.entries(folder);
		const below = await Promise.all(entries.filter((entry) => entry.isFolder).map((entry) => this.all(entry.path)));
		return [...entries, ...below.flat()];
	}

	private async trash(relative: string): Promise<null> {
		const { dir, name, ext } = path.parse(relative);
		await fs.mkdir(this.at(path.join(".trash", dir)), { recursive: true });
		for (let turn = 0; ; turn++) {
			const to = this.at(path.join(".trash", dir, turn === 0 ? `${name}${ext}` : `${name} ${turn}${ext}`));
			if (await fs.stat(to).then(() => true, () => false)) continue;
			await fs.rename(this.at(relative), to);
			return null;
		}
	}

	/** One watcher a folder: the recursive one opens every file. */
	private watch(folder: string): void {
		if (this.watchers.has(folder)) return;
		const watcher = watch(this.at(folder), () => {
			clearTimeout(this.waiting.get(folder));
			this.waiting.set(folder, setTimeout(() => this.tell({ kind: "folder", path: folder }), 30));
		});
		watcher.on("error", () => {
			watcher.close();
			this.watchers.delete(folder);
		});
		this.watchers.set(folder, watcher);
	}
}
