/** Obsidian's workspace: two sides, a middle that can be split, and what is active. */

import type * as obs from "obsidian";

import { Events } from "./component";
import { TabGroup, WorkspaceLeaf, elementOf, fileOf, groupOf } from "./leaf";
import { Strict, as } from "./strict";
import { FileView, ItemView, MarkdownView } from "./views";

class Split extends Strict {
	constructor(readonly containerEl: HTMLElement) {
		super();
	}

	get collapsed(): boolean {
		return this.containerEl.hasClass("is-collapsed");
	}

	expand(): void {
		this.containerEl.removeClass("is-collapsed");
	}

	collapse(): void {
		this.containerEl.addClass("is-collapsed");
	}
}

/** A file that is no note: its name is shown. */
class OtherView extends FileView {
	getViewType(): string {
		return "other";
	}

	override onLoadFile(file: obs.TFile): Promise<void> {
		this.contentEl.setText(file.path);
		return Promise.resolve();
	}
}

/** What the host does with a workspace, and plugins do not. */
export interface WorkspaceControl {
	creators: Map<string, obs.ViewCreator>;
	/** The layout is there: those who waited go on. */
	ready(): void;
	/** Views of a plugin that is gone show nothing any more. */
	forgetView(type: string): Promise<void>;
	leaves(): WorkspaceLeaf[];
}

export const controls = new WeakMap<object, WorkspaceControl>();

export class Workspace extends Events {
	leftSplit: obs.WorkspaceSidedock;
	rightSplit: obs.WorkspaceSidedock;
	rootSplit: obs.WorkspaceRoot;
	activeLeaf: obs.WorkspaceLeaf | null = null;
	containerEl: HTMLElement;
	layoutReady = false;
	readonly #app: obs.App;
	readonly #creators = new Map<string, obs.ViewCreator>();
	readonly #groups: TabGroup[];
	#waiting: (() => unknown)[] = [];
	/** The leaves of the middle, the last used one last. */
	#recent: WorkspaceLeaf[] = [];
	#file: obs.TFile | null = null;

	constructor(app: obs.App, containerEl: HTMLElement) {
		super();
		this.#app = app;
		this.containerEl = containerEl;
		const split = (name: string) => as<never>(new Split(containerEl.find(`.${name}`)) as never);
		this.leftSplit = split("mod-left-split");
		this.rootSplit = split("mod-root");
		this.rightSplit = split("mod-right-split");
		this.#groups = [new TabGroup("left", this.#element("left")), new TabGroup("main", this.#element("main"))];
		this.#groups.push(new TabGroup("right", this.#element("right")));
		this.#creators.set("markdown", (leaf) => as<obs.View>(new MarkdownView(leaf)));
		this.#creators.set("other", (leaf) => as<obs.View>(new OtherView(leaf)));
		controls.set(this, {
			creators: this.#creators,
			ready: () => this.#ready(),
			forgetView: (type) => this.#forgetView(type),
			leaves: () => this.#leaves(),
		});
		this.#choose(this.#leafIn(this.#group("main")));
	}

	get activeEditor(): obs.MarkdownFileInfo | null {
		const view = this.#recent.at(-1)?.view;
		return view instanceof MarkdownView ? (view) : null;
	}

	onLayoutReady(callback: () => unknown): void {
		if (this.layoutReady) callback();
		else this.#waiting.push(callback);
	}

	getLeaf(where: obs.PaneType | boolean = false): obs.WorkspaceLeaf {
		if (where === "window") throw new Error("the shim has no pop-out windows");
		const recent = this.#recent.at(-1);
		if (where === false && recent && isReplaceable(recent)) return given(recent);
		if (where === "split") {
			const group = new TabGroup("main", this.#element("main"));
			this.#groups.push(group);
			return given(this.#leafIn(group));
		}
		return given(this.#leafIn(recent ? groupOf(recent) : this.#group("main")));
	}

	getLeftLeaf(_split: boolean): obs.WorkspaceLeaf | null {
		return given(this.#leafIn(this.#group("left")));
	}

	getRightLeaf(_split: boolean): obs.WorkspaceLeaf | null {
		return given(this.#leafIn(this.#group("right")));
	}

	async ensureSideLeaf(type: string, side: obs.Side, options: { active?: boolean; reveal?: boolean; state?: unknown } = {}) {
		let leaf = this.getLeavesOfType(type).find((one) => groupOf(own(one)).side === side);
		if (!leaf) {
			leaf = given(this.#leafIn(this.#group(side)));
			await leaf.setViewState({ type, state: (options.state ?? {}) as Record<string, unknown> });
		}
		if (options.reveal ?? true) await this.revealLeaf(leaf);
		if (options.active) this.setActiveLeaf(leaf);
		return leaf;
	}

	getLeavesOfType(type: string): obs.WorkspaceLeaf[] {
		return this.#leaves().filter((leaf) => leaf.view.getViewType() === type).map(given);
	}

	detachLeavesOfType(type: string): void {
		for (const leaf of this.getLeavesOfType(type)) leaf.detach();
	}

	iterateAllLeaves(callback: (leaf: obs.WorkspaceLeaf) => unknown): void {
		for (const leaf of this.#leaves()) callback(given(leaf));
	}

	iterateRootLeaves(callback: (leaf: obs.WorkspaceLeaf) => unknown): void {
		for (const leaf of this.#leaves()) if (groupOf(leaf).side === "main") callback(given(leaf));
	}

	getMostRecentLeaf(): obs.WorkspaceLeaf | null {
		const recent = this.#recent.at(-1);
		return recent ? given(recent) : null;
	}

	revealLeaf(leaf: obs.WorkspaceLeaf): Promise<void> {
		const group = groupOf(own(leaf));
		if (group.side !== "main") this[group.side === "left" ? "leftSplit" : "rightSplit"].expand();
		group.show(own(leaf));
		return Promise.resolve();
	}

	setActiveLeaf(leaf: obs.WorkspaceLeaf, params?: { focus?: boolean } | boolean, focus?: boolean): void {
		this.#choose(own(leaf));
		const wants = typeof params === "object" ? params.focus : focus;
		if (wants && leaf.view instanceof MarkdownView) leaf.view.editor.focus();
	}

	getActiveViewOfType<T extends obs.View>(type: obs.Constructor<T>): T | null {
		const view = this.activeLeaf?.view;
		return view instanceof type ? view : null;
	}

	getActiveFile(): obs.TFile | null {
		return this.#file;
	}

	async openLinkText(link: string, source: string, where: obs.PaneType | boolean = false, state: obs.OpenViewState = {}) {
		const [path = "", subpath = ""] = link.split("#");
		const { metadataCache, vault } = this.#app;
		const file = metadataCache.getFirstLinkpathDest(path, source) ?? (await vault.create(`${path}.md`, ""));
		const heading = metadataCache.getFileCache(file)?.headings?.find((one) => one.heading === subpath);
		const eState = { ...(heading && { line: heading.position.start.line }), ...state.eState };
		await this.getLeaf(where).openFile(file, { ...state, eState });
	}

	#element(side: TabGroup["side"]): HTMLElement {
		return this.containerEl.find(side === "main" ? ".mod-root" : `.mod-${side}-split`);
	}

	#group(side: TabGroup["side"]): TabGroup {
		return this.#groups.find((group) => group.side === side) as TabGroup;
	}

	#leaves(): WorkspaceLeaf[] {
		return this.#groups.flatMap((group) => group.leaves);
	}

	#leafIn(group: TabGroup): WorkspaceLeaf {
		const around = {
			app: this.#app,
			creators: this.#creators,
			chosen: (leaf: WorkspaceLeaf) => this.#choose(leaf),
			changed: () => this.trigger("layout-change"),
			gone: (leaf: WorkspaceLeaf) => this.#gone(leaf),
		};
		return new WorkspaceLeaf(around, group);
	}

	#choose(leaf: WorkspaceLeaf): void {
		const group = groupOf(leaf);
		if (group.shown !== leaf) group.show(leaf);
		if (group.side === "main") this.#recent = [...this.#recent.filter((one) => one !== leaf), leaf];
		const isOther = this.activeLeaf !== given(leaf);
		this.activeLeaf = given(leaf);
		for (const one of this.#leaves()) elementOf(one).toggleClass("mod-active", one === leaf);
		if (isOther) this.trigger("active-leaf-change", leaf);
		if (group.side === "main") this.#setFile(fileOf(leaf));
	}

	#setFile(file: obs.TFile | null): void {
		if (file === this.#file) return;
		this.#file = file;
		this.trigger("file-open", file);
	}

	#gone(leaf: WorkspaceLeaf): void {
		this.#recent.remove(leaf);
		const main = this.#groups.filter((group) => group.side === "main");
		for (const group of main.slice(1)) if (group.leaves.length === 0) this.#groups.remove(group);
		const next = this.#recent.at(-1) ?? this.#leafIn(this.#group("main"));
		if (this.activeLeaf === given(leaf)) this.#choose(next);
	}

	#ready(): void {
		this.layoutReady = true;
		for (const callback of this.#waiting.splice(0)) callback();
	}

	async #forgetView(type: string): Promise<void> {
		this.#creators.delete(type);
		for (const leaf of this.getLeavesOfType(type)) {
			leaf.detach();
		}
		await Promise.resolve();
	}
}

/** Whether a note may be shown in the place of what a leaf shows. */
function isReplaceable(leaf: WorkspaceLeaf): boolean {
	if (leaf.getViewState().pinned) return false;
	return leaf.view.getViewType() === "empty" || leaf.view.navigation || !(leaf.view instanceof ItemView);
}

function given(leaf: WorkspaceLeaf): obs.WorkspaceLeaf {
	return leaf as unknown as obs.WorkspaceLeaf;
}

function own(leaf: obs.WorkspaceLeaf): WorkspaceLeaf {
	return leaf as unknown as WorkspaceLeaf;
}
