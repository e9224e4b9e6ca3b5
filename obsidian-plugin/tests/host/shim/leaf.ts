/** Leaves and the groups of tabs that they stand in. */

import type * as obs from "obsidian";

import { Events } from "./component";
import { setIcon } from "./icons";
import { as } from "./strict";
import { EmptyView, type FileView, MarkdownView } from "./views";

/** What a leaf needs of the workspace that it is part of. */
export interface Surroundings {
	app: obs.App;
	creators: Map<string, obs.ViewCreator>;
	chosen(leaf: WorkspaceLeaf): void;
	changed(): void;
	gone(leaf: WorkspaceLeaf): void;
}

/** A side, or one of the panes in the middle: one of its leaves is shown, a tab stands for each. */
export class TabGroup {
	readonly leaves: WorkspaceLeaf[] = [];
	shown: WorkspaceLeaf | null = null;
	readonly element: HTMLElement;
	private readonly tabs: HTMLElement;

	constructor(
		readonly side: "left" | "main" | "right",
		parent: HTMLElement,
	) {
		this.element = parent.createDiv("workspace-tabs");
		this.tabs = this.element.createDiv("workspace-tab-header-container");
	}

	add(leaf: WorkspaceLeaf): void {
		this.leaves.push(leaf);
		this.element.append(elementOf(leaf));
		this.show(leaf);
	}

	remove(leaf: WorkspaceLeaf): void {
		this.leaves.remove(leaf);
		elementOf(leaf).remove();
		if (this.shown === leaf) this.shown = this.leaves.at(-1) ?? null;
		this.draw();
	}

	show(leaf: WorkspaceLeaf): void {
		this.shown = leaf;
		this.draw();
	}

	draw(): void {
		this.element.toggle(this.leaves.length > 0);
		for (const leaf of this.leaves) elementOf(leaf).toggle(leaf === this.shown);
		this.tabs.replaceChildren(...this.leaves.map((leaf) => this.tab(leaf)));
	}

	private tab(leaf: WorkspaceLeaf): HTMLElement {
		const tab = createDiv({ cls: "workspace-tab-header", attr: { "aria-label": leaf.getDisplayText() } });
		tab.toggleClass("is-active", leaf === this.shown);
		setIcon(tab.createSpan("workspace-tab-header-inner-icon"), leaf.getIcon());
		tab.createSpan({ cls: "workspace-tab-header-inner-title", text: leaf.getDisplayText() });
		tab.addEventListener("click", () => surroundings.get(leaf)?.chosen(leaf));
		return tab;
	}
}

const groups = new WeakMap<WorkspaceLeaf, TabGroup>();
const elements = new WeakMap<WorkspaceLeaf, HTMLElement>();
const surroundings = new WeakMap<WorkspaceLeaf, Surroundings>();

export function elementOf(leaf: WorkspaceLeaf): HTMLElement {
	return elements.get(leaf) as HTMLElement;
}

export function groupOf(leaf: WorkspaceLeaf): TabGroup {
	return groups.get(leaf) as TabGroup;
}

/** A view's own doings, which are no plugin's business to call. */
interface Opening {
	load(): unknown;
	onOpen(): Promise<void>;
	onClose(): Promise<void>;
	unload(): void;
}

export class WorkspaceLeaf extends Events {
	view: obs.View;
	hoverPopover: obs.HoverPopover | null = null;
	readonly #around: Surroundings;
	#isPinned = false;

	constructor(around: Surroundings, group: TabGroup) {
		super();
		this.#around = around;
		const element = createDiv("workspace-leaf");
		elements.set(this, element);
		surroundings.set(this, around);
		groups.set(this, group);
		this.view = as<obs.View>(new EmptyView(this as never));
		element.append(this.view.containerEl);
		void (this.view as unknown as Opening).onOpen();
		for (const type of ["mousedown", "focusin"]) element.addEventListener(type, () => around.chosen(this), { capture: true });
		group.add(this);
	}

	get isDeferred(): boolean {
		return false;
	}

	loadIfDeferred(): Promise<void> {
		return Promise.resolve();
	}

	getViewState(): obs.ViewState {
		return { type: this.view.getViewType(), state: this.view.getState(), pinned: this.#isPinned };
	}

	async setViewState(state: obs.ViewState, ephemeral?: unknown): Promise<void> {
		if (state.type !== this.view.getViewType()) await this.open(this.#create(state.type));
		await this.view.setState(state.state ?? {}, { history: false });
		if (ephemeral !== undefined) this.view.setEphemeralState(ephemeral);
		this.#refresh();
		if (state.active) this.#around.chosen(this);
		this.#around.changed();
	}

	async open(view: obs.View): Promise<obs.View> {
		await this.#closeView();
		this.view = view;
		view.containerEl.dataset["type"] = view.getViewType();
		elementOf(this).replaceChildren(view.containerEl);
		const opening = view as unknown as Opening;
		opening.load();
		await opening.onOpen();
		this.#refresh();
		return view;
	}

	async openFile(file: obs.TFile, state: obs.OpenViewState = {}): Promise<void> {
		const type = file.extension === "md" ? "markdown" : "other";
		await this.setViewState({ type, state: { ...state.state, file: file.path } }, state.eState);
		if (state.active ?? true) {
			this.#around.chosen(this);
			if (this.view instanceof MarkdownView) this.view.editor.focus();
		}
	}

	getEphemeralState(): unknown {
		return this.view.getEphemeralState();
	}

	setEphemeralState(state: unknown): void {
		this.view.setEphemeralState(state);
	}

	setPinned(isPinned: boolean): void {
		this.#isPinned = isPinned;
		this.trigger("pinned-change", isPinned);
	}

	getIcon(): string {
		return this.view.getIcon();
	}

	getDisplayText(): string {
		return this.view.getDisplayText();
	}

	getRoot(): obs.WorkspaceItem {
		return this.#around.app.workspace[({ left: "leftSplit", main: "rootSplit", right: "rightSplit" } as const)[groupOf(this).side]];
	}

	detach(): void {
		groupOf(this).remove(this);
		void this.#closeView();
		this.#around.gone(this);
		this.#around.changed();
	}

	#create(type: string): obs.View {
		const creator = this.#around.creators.get(type);
		if (!creator) throw new Error(`no view of type ${type} is registered`);
		return creator(this as unknown as obs.WorkspaceLeaf);
	}

	async #closeView(): Promise<void> {
		const closing = this.view as unknown as Opening;
		await closing.onClose();
		closing.unload();
	}

	#refresh(): void {
		groupOf(this).draw();
		const title = this.view.containerEl.find(".view-header-title") as HTMLElement | null;
		title?.setText(this.view.getDisplayText());
	}
}

/** The file that a leaf shows. */
export function fileOf(leaf: WorkspaceLeaf | null): obs.TFile | null {
	const view = leaf?.view as Partial<FileView> | undefined;
	return view && "file" in view ? (view.file ?? null) : null;
}
