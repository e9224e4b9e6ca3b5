/** A panel as it stands in a page, with what a person does to it. */

import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";

export interface Page {
	element: HTMLElement;
	text: () => string;
	/** Elements by selector. */
	all: (selector: string) => HTMLElement[];
	/** The only control of this name: its label, or what stands on it. */
	control: (name: string | RegExp) => HTMLElement;
	has: (name: string | RegExp) => boolean;
	press: (name: string | RegExp) => Promise<void>;
	/** Choose one of a list by its value. */
	choose: (name: string, value: string) => Promise<void>;
	/** Move a slider. */
	slide: (value: number) => Promise<void>;
	/** Let all that was asked be answered. */
	settle: () => Promise<void>;
	/** Let time pass, and what comes of it; only under `vi.useFakeTimers`. */
	wait: (ms: number) => Promise<void>;
	close: () => Promise<void>;
}

const CONTROLS = "button, input, a";

export async function show(panel: ComponentChild): Promise<Page> {
	const element = document.body.appendChild(document.createElement("div"));
	await act(async () => render(panel, element));
	const all = (selector: string) => [...element.querySelectorAll<HTMLElement>(selector)];
	const named = (name: string | RegExp) =>
		all(CONTROLS).filter((each) => (typeof name === "string" ? nameOf(each) === name : name.test(nameOf(each))));
	const control = (name: string | RegExp) => {
		const [found, ...more] = named(name);
		if (found === undefined || more.length > 0) {
			throw new Error(`${1 + more.length} controls are called ${String(name)}; there are: ${all(CONTROLS).map(nameOf).join(" | ")}`);
		}
		return found;
	};
	const settle = async () => {
		// What is answered is drawn, and what is drawn may ask again.
		for (let round = 0; round < 4; round += 1) {
			await act(async () => {
				for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
			});
		}
	};
	const page: Page = {
		element,
		text: () => element.textContent ?? "",
		all,
		control,
		has: (name) => named(name).length > 0,
		press: async (name) => {
			await act(async () => {
				const found = control(name);
				found.focus();
				found.click();
			});
			await settle();
		},
		choose: async (name, value) => {
			const list = element.querySelector<HTMLSelectElement>(`select[aria-label="${name}"]`);
			if (list === null) throw new Error(`there is no list ${name}`);
			await act(async () => {
				list.value = value;
				list.dispatchEvent(new Event("change", { bubbles: true }));
			});
			await settle();
		},
		slide: async (value) => {
			const slider = element.querySelector<HTMLInputElement>("input[type=range]");
			if (slider === null) throw new Error("there is no slider");
			await act(async () => {
				slider.value = String(value);
				slider.dispatchEvent(new Event("input", { bubbles: true }));
			});
			await settle();
		},
		settle,
		wait: async (ms) => {
			await settle();
			await act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
			await settle();
		},
		close: async () => {
			await act(async () => render(null, element));
			element.remove();
		},
	};
	await settle();
	return page;
}

function nameOf(control: HTMLElement): string {
	const label = control.closest("label")?.textContent;
	return (control.getAttribute("aria-label") ?? label ?? control.textContent ?? "").replaceAll(/\s+/g, " ").trim();
}

/** An answer that a test gives when it wants to. */
export function later<T>(): { promise: Promise<T>; answer: (value: T) => void; fail: (error: unknown) => void } {
	let answer!: (value: T) => void;
	let fail!: (error: unknown) => void;
	const promise = new Promise<T>((resolve, reject) => {
		answer = resolve;
		fail = reject;
	});
	return { promise, answer, fail };
}
