/** Obsidian's functions that stand by themselves. */

import type * as obs from "obsidian";

export function normalizePath(path: string): string {
	const cleaned = path.replace(/[\u00A0\u202F]/g, " ").replace(/[\\/]+/g, "/").replace(/^\/|\/$/g, "").normalize("NFC");
	return cleaned === "" ? "/" : cleaned;
}

export function debounce<T extends unknown[], V>(act: (...args: [...T]) => V, after_ms = 0, isReset = false): obs.Debouncer<T, V> {
	let timer = 0;
	let last: [...T] | null = null;
	const run = (): V | void => {
		window.clearTimeout(timer);
		timer = 0;
		const args = last;
		last = null;
		return args ? act(...args) : undefined;
	};
	const debounced = (...args: [...T]) => {
		last = args;
		if (timer !== 0 && !isReset) return debounced;
		window.clearTimeout(timer);
		timer = window.setTimeout(run, after_ms);
		return debounced;
	};
	const cancel = () => {
		window.clearTimeout(timer);
		timer = 0;
		last = null;
		return debounced;
	};
	return Object.assign(debounced, { cancel, run }) as unknown as obs.Debouncer<T, V>;
}

export const apiVersion = "1.13.1";

export function requireApiVersion(version: string): boolean {
	const [wanted, own] = [version, apiVersion].map((one) => one.split(".").map(Number));
	for (const [at, part] of (own ?? []).entries()) if (part !== (wanted?.[at] ?? 0)) return part > (wanted?.[at] ?? 0);
	return true;
}

export function setTooltip(element: HTMLElement, tooltip: string): void {
	element.setAttribute("aria-label", tooltip);
}

export function getLinkpath(link: string): string {
	return link.split("#")[0] ?? "";
}

export function stripHeadingForLink(heading: string): string {
	return heading.replace(/[#|^:]|%%|\[\[|\]\]/g, " ").replace(/\s+/g, " ").trim();
}

export function getLanguage(): string {
	return "en";
}
