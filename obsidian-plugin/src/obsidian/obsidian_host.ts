/** Obsidian, as panels see it. */

import { type ReadableAtom, atom } from "nanostores";
import {
	type App,
	Component,
	ConfirmationModal,
	type EventRef,
	type HoverParent,
	type HoverPopover,
	MarkdownRenderer,
	MarkdownView,
	Notice,
	type OpenViewState,
	type PaneType,
	type TFile,
	type View,
	type WorkspaceLeaf,
	setIcon,
} from "obsidian";

import { openOver } from "./over";
import { PanelView } from "./panel_view";
import { panelOf } from "./panels";
import type { CallOptions, Result, VaultMethod, VaultParams } from "../rpc";
import type { Change, SummaryRun } from "../protocol";
import type { State } from "../state";
import { insertAtCursor } from "../writing/writing";
import { type Acts, type Choices, type Host, type PanelName, type Place, type Renamed, type Where, afterRename } from "../ui/host";

/** The name under which page previews of our links are known to Obsidian. */
export const HOVER_SOURCE = "vault-librarian";
const KEPT = "vault-librarian:";
const NOTICE_WITH_ACTION_MS = 12_000;
const LEAVES: Record<Where, PaneType | false> = { here: false, tab: "tab", split: "split" };

/** Who answers calls: the part of the librarian that panels hear of. */
export interface Answering {
	readonly state: ReadableAtom<State>;
	readonly generation: ReadableAtom<number>;
	call<M extends VaultMethod>(method: M, params: VaultParams<M>, options?: CallOptions): Promise<Result<M>>;
}

export class ObsidianHost implements Host, HoverParent {
	hoverPopover: HoverPopover | null = null;
	readonly state: ReadableAtom<State>;
	readonly generation: ReadableAtom<number>;
	readonly summarised = atom("");
	readonly keptRuns = atom<readonly SummaryRun[]>([]);
	readonly activeNote = atom<string | null>(null);
	readonly lastRename = atom<Renamed | null>(null);

	constructor(
		private readonly app: App,
		private readonly librarian: Answering,
		readonly choices: ReadableAtom<Choices>,
		readonly acts: Acts,
		readonly ended: AbortSignal,
	) {
		this.state = librarian.state;
		this.generation = librarian.generation;
	}

	/** Go with the note that is worked on, from now on until the reference is let go of. */
	follow(): EventRef {
		const told = (file: TFile | null) => {
			// No file is open while a panel has the focus: the note stays the one that was worked on.
			if (file !== null) this.activeNote.set(file.path);
		};
		told(this.app.workspace.getActiveFile());
		return this.app.workspace.on("file-open", told);
	}

	/** A file got another path or is gone, or a folder with all that was in it. */
	changed({ kind, path, newPath }: Change): void {
		const active = this.activeNote.get();
		if (newPath != null) {
			const renamed = { from: path, to: newPath };
			this.lastRename.set(renamed);
			if (active !== null) this.activeNote.set(afterRename(active, renamed));
		} else if (kind === "deleted" && (active === path || active?.startsWith(`${path}/`))) this.activeNote.set(null);
	}

	call<M extends VaultMethod>(method: M, params: VaultParams<M>, options: CallOptions = {}): Promise<Result<M>> {
		return this.librarian.call(method, params, options);
	}

	async openNote(path: string, where: Where, line?: number): Promise<void> {
		await this.open(path, where, line === undefined ? {} : { eState: { line } });
	}

	async openToWrite(path: string, at: Place): Promise<void> {
		const view = await this.open(path, "here", { state: { mode: "source" } });
		if (!(view instanceof MarkdownView)) return;
		view.editor.setCursor(at);
		view.editor.focus();
	}

	insertLink(path: string): boolean {
		const file = this.app.vault.getFileByPath(path);
		const view = this.writtenNote();
		if (file === null || view === null) return false;
		view.editor.replaceSelection(this.linkTo(file, view.file));
		view.editor.focus();
		return true;
	}

	async insertText(text: string, reason: string, told: string): Promise<boolean> {
		const view = this.writtenNote() ?? (await this.uncovered());
		if (!view?.file) return false;
		await view.save();
		await insertAtCursor({ app: this.app, host: this }, view, text, reason, told);
		return true;
	}

	dragLink(event: DragEvent, path: string): void {
		const file = this.app.vault.getFileByPath(path);
		if (file === null || event.dataTransfer === null) return;
		event.dataTransfer.setData("text/plain", this.linkTo(file, this.app.workspace.getActiveFile()));
		event.dataTransfer.effectAllowed = "copyLink";
	}

	hoverLink(event: MouseEvent, target: HTMLElement, path: string): void {
		this.app.workspace.trigger("hover-link", {
			event,
			source: HOVER_SOURCE,
			hoverParent: this,
			targetEl: target,
			linktext: path,
			sourcePath: this.activeNote.get() ?? "",
		});
	}

	async renderMarkdown(element: HTMLElement, markdown: string, sourcePath: string): Promise<() => void> {
		const shown = new Component();
		shown.load();
		await MarkdownRenderer.render(this.app, markdown, element, sourcePath, shown);
		return () => shown.unload();
	}

	icon(element: HTMLElement, name: string): void {
		setIcon(element, name);
	}

	notice(text: string, action?: { label: string; run: () => void }): void {
		if (!action) {
			new Notice(text);
			return;
		}
		const message = createFragment((fragment) => {
			fragment.createSpan({ text: `${text} ` });
			fragment.createEl("button", { text: action.label, cls: "vl-notice-action" });
		});
		const notice = new Notice(message, NOTICE_WITH_ACTION_MS);
		notice.messageEl.querySelector("button")?.addEventListener("click", () => {
			notice.hide();
			action.run();
		});
	}

	confirm(question: { title: string; body: string; confirm: string; isDangerous?: boolean }): Promise<boolean> {
		return new Promise((answer) => {
			const modal = new ConfirmationModal(this.app);
			modal.setTitle(question.title);
			modal.setContent(question.body);
			modal.addButton((button) => {
				button.setButtonText(question.confirm).onClick(() => answer(true));
				if (question.isDangerous) button.setDestructive();
				else button.setCta();
			});
			modal.addCancelButton();
			// The click of a button closes it, too: a promise keeps its first answer.
			openOver(modal, this.ended, () => answer(false));
		});
	}

	async copy(text: string): Promise<void> {
		await activeWindow.navigator.clipboard.writeText(text);
	}

	recall<T>(key: string): T | undefined {
		return (this.app.loadLocalStorage(KEPT + key) as T | null) ?? undefined;
	}

	remember(key: string, value: unknown): void {
		this.app.saveLocalStorage(KEPT + key, value);
	}

	async show(name: PanelName): Promise<void> {
		const { type, place, typed } = panelOf(name);
		const { workspace } = this.app;
		const leaf = workspace.getLeavesOfType(type)[0] ?? (place === "main" ? workspace.getLeaf("tab") : workspace.getRightLeaf(false));
		if (!leaf) return;
		await leaf.setViewState({ type, active: true });
		await workspace.revealLeaf(leaf);
		if (typed !== undefined) leaf.view.containerEl.querySelector<HTMLElement>(typed)?.focus();
	}

	private async open(path: string, where: Where, state: OpenViewState): Promise<View | undefined> {
		const file = this.app.vault.getFileByPath(path);
		if (file === null) {
			this.notice(`“${path}” is not there any more.`);
			return;
		}
		const leaf = this.app.workspace.getLeaf(LEAVES[where]);
		await leaf.openFile(file, { active: true, ...state });
		return leaf.view;
	}

	/** The note that is written in, or was last. */
	private writtenNote(): MarkdownView | null {
		const view = this.app.workspace.getMostRecentLeaf()?.view;
		// While it is read and not written, its editor is out of sight: what is put there nobody sees, and it may not last.
		return view instanceof MarkdownView && view.getMode() === "source" ? view : null;
	}

	/** The note that was worked on before a panel took its place among the notes, shown again. */
	private async uncovered(): Promise<MarkdownView | null> {
		const { workspace } = this.app;
		const isIt = ({ view }: WorkspaceLeaf) => view instanceof MarkdownView && view.file?.path === this.activeNote.get() && view.getMode() === "source";
		const leaf = workspace.getMostRecentLeaf()?.view instanceof PanelView ? workspace.getLeavesOfType("markdown").find(isIt) : null;
		if (!leaf) return null;
		await workspace.revealLeaf(leaf);
		return leaf.view as MarkdownView;
	}

	private linkTo(file: TFile, from: TFile | null): string {
		return this.app.fileManager.generateMarkdownLink(file, from?.path ?? "");
	}
}
