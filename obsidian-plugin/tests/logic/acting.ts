/** Acting as a person does on a panel in a test. */

import { act } from "preact/test-utils";

import type { Status } from "../../src/protocol";

/** Do something, and wait for all that promises make of it. */
export async function settled(something: () => void): Promise<void> {
	await act(async () => {
		something();
		for (let turn = 0; turn < 20; turn++) await Promise.resolve();
	});
}

/** Strike a key; false when the panel kept its usual effect from happening. */
export async function strike(element: Element, key: string, held: KeyboardEventInit = {}): Promise<boolean> {
	let went = true;
	await settled(() => {
		went = element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held }));
	});
	return went;
}

export async function click(element: Element | null | undefined, held: MouseEventInit = {}): Promise<void> {
	if (!element) throw new Error("there is nothing to click on");
	await settled(() => void element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...held })));
}

export async function type(field: HTMLInputElement, text: string): Promise<void> {
	await settled(() => {
		field.value = text;
		field.dispatchEvent(new Event("input", { bubbles: true }));
	});
}

/** A question that waits for its answer. */
export interface Question<P, R> {
	params: P;
	signal: AbortSignal;
	answer: (answer: R) => Promise<void>;
	fail: (error: Error) => Promise<void>;
}

/** Questions in the order in which they are asked, to be answered in any. */
export class Questions<P, R> {
	readonly all: Question<P, R>[] = [];
	readonly ask = (params: P, { signal }: { signal?: AbortSignal }): Promise<R> =>
		new Promise((resolve, reject) => {
			this.all.push({
				params,
				signal: signal ?? new AbortController().signal,
				answer: (answer) => settled(() => resolve(answer)),
				fail: (error) => settled(() => reject(error)),
			});
		});

	/** The last that was asked. */
	get latest(): Question<P, R> {
		const question = this.all[this.all.length - 1];
		if (!question) throw new Error("nothing was asked");
		return question;
	}
}

/** The state of a vault, of which the part that knows meanings is given. */
export function statusWith(semantic: Status["parts"][number]["state"], more: Partial<Status> = {}): Status {
	return {
		vaultId: "v",
		path: "/vault",
		ready: { keyword: true, catalog: true, semantic: semantic === "ready" },
		parts: [{ name: "semantic", state: semantic, done: 20, total: 150, detail: null }],
		counts: { notes: 150, canvases: 0, bases: 0, attachments: 0 },
		skipped: [],
		timings: { scanMs: 1, keywordMs: 1 },
		...more,
	};
}
