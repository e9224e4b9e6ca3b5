/** A host for panels in tests: answers that were laid down for each method, and a record of all that was done. */

import { atom } from "nanostores";

import type { CostEstimate, MethodName, SummaryRun } from "../src/protocol";
import type { CallOptions, Result, VaultMethod, VaultParams } from "../src/rpc";
import type { State } from "../src/state";
import { renderInto } from "./host/shim/markdown";
import type { Acts, Choices, Host, PanelName, Place, Renamed, Where } from "../src/ui/host";

type Answer = (params: never, options: CallOptions) => unknown;

/** What an act takes of a model on one's own machine. */
export const FREE: CostEstimate = {
	provider: "ollama",
	model: "gemma3",
	local: true,
	calls: 1,
	cached: 0,
	inputTokens: 500,
	costUsd: "0.00",
	atMostUsd: "0.00",
	expectedMs: null,
	asks: false,
	leftUsd: "5.00",
	exceeds: null,
};

const PRICES = ["answer.estimate", "summary.estimate", "text.estimateContinue", "text.estimateGenerate", "text.estimateRewrite"] as const;

export class FakeHost implements Host {
	readonly state = atom<State>({ kind: "starting" });
	readonly choices = atom<Choices>({ mode: "hybrid", limit: 20, threshold: 0.8, summaryPlace: "top" });
	readonly activeNote = atom<string | null>(null);
	readonly lastRename = atom<Renamed | null>(null);
	readonly ended = new AbortController().signal;
	readonly generation = atom(0);
	readonly summarised = atom("");
	readonly keptRuns = atom<readonly SummaryRun[]>([]);
	/** Every call, with its parameters, and everything else that was asked of the host. */
	readonly history: { act: string; with: unknown }[] = [];
	isConfirming = true;
	/** Whether there is a note that is written in. */
	isWriting = true;
	/** Acts cost nothing, and nothing was spent, unless a test says otherwise. */
	private readonly answers = new Map<MethodName, Answer>([
		...PRICES.map((method) => [method, () => FREE] as const),
		["summary.runs", () => ({ runs: [] })],
		["usage.summary", () => ({ by: "feature", rows: [], totalUsd: "0.00" })],
	]);
	private readonly remembered = new Map<string, unknown>();

	/** Lay down what a method answers; it may throw, or answer later. */
	on<M extends VaultMethod>(
		method: M,
		answer: (params: VaultParams<M>, options: CallOptions) => Result<M> | Promise<Result<M>>,
	): this {
		this.answers.set(method, answer);
		return this;
	}

	async call<M extends VaultMethod>(method: M, params: VaultParams<M>, options: CallOptions = {}): Promise<Result<M>> {
		this.history.push({ act: method, with: params });
		const answer = this.answers.get(method);
		if (!answer) throw new Error(`no answer was laid down for ${method}`);
		return (await answer(params as never, options)) as Result<M>;
	}

	/** How often something was done, and with what. */
	did(act: string): unknown[] {
		return this.history.filter((each) => each.act === act).map((each) => each.with);
	}

	async openNote(path: string, where: Where, line?: number): Promise<void> {
		this.history.push({ act: "openNote", with: { path, where, line } });
	}

	async openToWrite(path: string, at: Place): Promise<void> {
		this.history.push({ act: "openToWrite", with: { path, at } });
	}

	insertLink(path: string): boolean {
		this.history.push({ act: "insertLink", with: path });
		return true;
	}

	dragLink(_event: DragEvent, path: string): void {
		this.history.push({ act: "dragLink", with: path });
	}

	hoverLink(_event: MouseEvent, _target: HTMLElement, path: string): void {
		this.history.push({ act: "hoverLink", with: path });
	}

	async renderMarkdown(element: HTMLElement, markdown: string): Promise<() => void> {
		renderInto(element, markdown);
		return () => void this.history.push({ act: "release", with: markdown });
	}

	async insertText(text: string, reason: string, told: string): Promise<boolean> {
		this.history.push({ act: "insertText", with: { text, reason, told } });
		return this.isWriting;
	}

	icon(element: HTMLElement, name: string): void {
		element.dataset["icon"] = name;
	}

	notice(text: string, action?: { label: string; run: () => void }): void {
		this.history.push({ act: "notice", with: { text, action } });
	}

	async confirm(question: { title: string; body: string; confirm: string }): Promise<boolean> {
		this.history.push({ act: "confirm", with: question });
		return this.isConfirming;
	}

	async copy(text: string): Promise<void> {
		this.history.push({ act: "copy", with: text });
	}

	recall<T>(key: string): T | undefined {
		return this.remembered.get(key) as T | undefined;
	}

	remember(key: string, value: unknown): void {
		this.remembered.set(key, value);
	}

	async show(panel: PanelName): Promise<void> {
		this.history.push({ act: "show", with: panel });
	}

	readonly acts: Acts = {
		allow: async () => void this.history.push({ act: "allow", with: null }),
		retry: async () => void this.history.push({ act: "retry", with: null }),
		stop: async () => void this.history.push({ act: "stop", with: null }),
		pause: async () => void this.history.push({ act: "pause", with: null }),
		resume: async () => void this.history.push({ act: "resume", with: null }),
		openSettings: () => void this.history.push({ act: "openSettings", with: null }),
		openExclusions: () => void this.history.push({ act: "openExclusions", with: null }),
		openHotkeys: () => void this.history.push({ act: "openHotkeys", with: null }),
		diagnostics: () => "diagnostics",
		lastErrors: () => [],
		installCommands: [{ label: "uv", command: "uv tool install vault-librarian" }],
		countNotes: () => 30,
	};
}
