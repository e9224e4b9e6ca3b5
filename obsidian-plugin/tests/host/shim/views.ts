/** Views: what a leaf shows. */

import type * as obs from "obsidian";

import { Component } from "./component";
import { current } from "./current";
import { Editor, type Editing, editing } from "./editor";
import { setIcon } from "./icons";
import { as } from "./strict";

export abstract class View extends Component {
	app: obs.App;
	icon = "file";
	navigation = false;
	leaf: obs.WorkspaceLeaf;
	containerEl: HTMLElement;
	scope: obs.Scope | null = null;

	constructor(leaf: obs.WorkspaceLeaf) {
		super();
		this.leaf = leaf;
		this.app = current.app;
		this.containerEl = createDiv({ cls: "workspace-leaf-content" });
	}

	abstract getViewType(): string;
	abstract getDisplayText(): string;

	protected onOpen(): Promise<void> {
		return Promise.resolve();
	}

	protected onClose(): Promise<void> {
		return Promise.resolve();
	}

	getIcon(): string {
		return this.icon;
	}

	getState(): Record<string, unknown> {
		return {};
	}

	setState(_state: unknown, _result: obs.ViewStateResult): Promise<void> {
		return Promise.resolve();
	}

	getEphemeralState(): Record<string, unknown> {
		return {};
	}

	setEphemeralState(_state: unknown): void {}

	onResize(): void {}

	onPaneMenu(_menu: obs.Menu, _source: string): void {}
}

export abstract class ItemView extends View {
	contentEl: HTMLElement;

	constructor(leaf: obs.WorkspaceLeaf) {
		super(leaf);
		const header = this.containerEl.createDiv("view-header");
		header.createDiv("view-header-title-container").createDiv("view-header-title");
		header.createDiv("view-actions");
		this.contentEl = this.containerEl.createDiv("view-content");
	}

	addAction(icon: string, title: string, callback: (event: MouseEvent) => unknown): HTMLElement {
		const actions = this.containerEl.find(".view-actions");
		const button = actions.createEl("button", { cls: "clickable-icon view-action", attr: { "aria-label": title } });
		setIcon(button, icon);
		button.addEventListener("click", callback);
		return button;
	}
}

export class EmptyView extends ItemView {
	getViewType(): string {
		return "empty";
	}

	getDisplayText(): string {
		return "New tab";
	}

	protected override onOpen(): Promise<void> {
		this.contentEl.createDiv({ cls: "empty-state", text: "No file is open" });
		return Promise.resolve();
	}
}

export abstract class FileView extends ItemView {
	allowNoFile = false;
	file: obs.TFile | null = null;
	override navigation = true;

	getDisplayText(): string {
		return this.file?.basename ?? "";
	}

	override getState(): Record<string, unknown> {
		return { file: this.file?.path };
	}

	override async setState(state: unknown, result: obs.ViewStateResult): Promise<void> {
		await super.setState(state, result);
		const { file: path } = state as { file?: string };
		const file = path === undefined ? null : this.app.vault.getFileByPath(path);
		if (file === this.file) return;
		if (this.file) await this.onUnloadFile(this.file);
		this.file = file;
		if (file) await this.onLoadFile(file);
	}

	protected override async onClose(): Promise<void> {
		if (this.file) await this.onUnloadFile(this.file);
		this.file = null;
	}

	onLoadFile(_file: obs.TFile): Promise<void> {
		return Promise.resolve();
	}

	onUnloadFile(_file: obs.TFile): Promise<void> {
		return Promise.resolve();
	}

	onRename(_file: obs.TFile): Promise<void> {
		return Promise.resolve();
	}

	canAcceptExtension(_extension: string): boolean {
		return false;
	}
}

/** How long after the last change Obsidian saves a note. */
const SAVED_AFTER_MS = 2000;

export abstract class TextFileView extends FileView {
	data = "";
	requestSave: () => void;
	#timer = 0;

	constructor(leaf: obs.WorkspaceLeaf) {
		super(leaf);
		this.requestSave = () => {
			window.clearTimeout(this.#timer);
			this.#timer = window.setTimeout(() => void this.save(), SAVED_AFTER_MS);
		};
	}

	abstract getViewData(): string;
	abstract setViewData(data: string, clear: boolean): void;
	abstract clear(): void;

	override async onLoadFile(file: obs.TFile): Promise<void> {
		this.data = await this.app.vault.read(file);
		this.setViewData(this.data, true);
		// What others write is taken over, unless there is something here that was not saved yet.
		this.registerEvent(
			this.app.vault.on("modify", (changed) => {
				if (changed === this.file) void this.#takeOver(changed as obs.TFile);
			}),
		);
	}

	override async onUnloadFile(_file: obs.TFile): Promise<void> {
		await this.save();
	}

	async save(_clear?: boolean): Promise<void> {
		window.clearTimeout(this.#timer);
		const text = this.getViewData();
		if (!this.file || text === this.data) return;
		this.data = text;
		await this.app.vault.modify(this.file, text);
	}

	async #takeOver(file: obs.TFile): Promise<void> {
		const text = await this.app.vault.read(file);
		// Another note may be shown by now.
		if (file !== this.file || text === this.data || this.getViewData() !== plain(this.data)) return;
		this.data = text;
		if (plain(text) !== this.getViewData()) this.setViewData(text, false);
	}
}

export class MarkdownView extends TextFileView {
	editor: obs.Editor;
	hoverPopover: obs.HoverPopover | null = null;
	readonly #editing: Editing;

	constructor(leaf: obs.WorkspaceLeaf) {
		super(leaf);
		this.icon = "file-text";
		this.#editing = editing(this.contentEl.createDiv("markdown-source-view cm-s-obsidian mod-cm6"), () => this.#edited());
		this.editor = as<obs.Editor>(new Editor(this.#editing.view));
		this.register(() => this.#editing.close());
	}

	getViewType(): string {
		return "markdown";
	}

	getMode(): obs.MarkdownViewModeType {
		return "source";
	}

	getViewData(): string {
		return this.editor.getValue();
	}

	/** Another version of the same note comes in as a change of its own, which keeps the cursor and can be undone. */
	setViewData(data: string, clear: boolean): void {
		if (clear) this.#editing.show(data);
		else this.editor.transaction({ changes: [difference(this.editor, plain(data))] });
	}

	clear(): void {
		this.#editing.show("");
	}

	override setEphemeralState(state: unknown): void {
		const { line } = (state ?? {}) as { line?: number };
		if (line === undefined) return;
		this.editor.setCursor({ line, ch: 0 });
		this.editor.scrollIntoView({ from: { line, ch: 0 }, to: { line, ch: 0 } }, true);
	}

	override getEphemeralState(): Record<string, unknown> {
		return { line: this.editor.getCursor().line };
	}

	override canAcceptExtension(extension: string): boolean {
		return extension === "md";
	}

	#edited(): void {
		if (this.getViewData() !== plain(this.data)) this.requestSave();
		this.app.workspace.trigger("editor-change", this.editor, this);
	}
}

/** A text as editors have it: with one kind of line end. */
function plain(text: string): string {
	return text.replace(/\r\n?/g, "\n");
}

/** The one range in which two texts differ. */
function difference(editor: obs.Editor, after: string): obs.EditorChange {
	const before = editor.getValue();
	let start = 0;
	while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
	let end = 0;
	while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++;
	const [from, to] = [editor.offsetToPos(start), editor.offsetToPos(before.length - end)];
	return { from, to, text: after.slice(start, after.length - end) };
}
