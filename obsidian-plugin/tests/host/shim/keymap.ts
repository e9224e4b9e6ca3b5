/** Keys: scopes on a stack, of which the uppermost hears first. */

import type * as obs from "obsidian";

import { Strict, as } from "./strict";

interface Handler extends obs.KeymapEventHandler {
	wanted: obs.Modifier[] | null;
	act: obs.KeymapEventListener;
}

const handlers = new WeakMap<object, Handler[]>();

export class Scope extends Strict {
	readonly #parent: obs.Scope | undefined;

	constructor(parent?: obs.Scope) {
		super();
		this.#parent = parent;
		handlers.set(this, []);
		parents.set(this, this.#parent);
	}

	register(modifiers: obs.Modifier[] | null, key: string | null, act: obs.KeymapEventListener): obs.KeymapEventHandler {
		const names = modifiers?.join(",") ?? null;
		const handler: Handler = { scope: as<obs.Scope>(this), modifiers: names, key, wanted: modifiers, act };
		handlers.get(this)?.push(handler);
		return handler;
	}

	unregister(handler: obs.KeymapEventHandler): void {
		handlers.get(this)?.remove(handler as Handler);
	}
}

const parents = new WeakMap<object, obs.Scope | undefined>();

export class Keymap extends Strict {
	readonly #scopes: obs.Scope[] = [];

	constructor() {
		super();
		// Before anything else in the page does.
		document.addEventListener("keydown", (event) => this.#hear(event), { capture: true });
	}

	pushScope(scope: obs.Scope): void {
		this.#scopes.push(scope);
	}

	popScope(scope: obs.Scope): void {
		this.#scopes.remove(scope);
	}

	static isModifier(event: MouseEvent | TouchEvent | KeyboardEvent, modifier: obs.Modifier): boolean {
		const held = { Mod: event.ctrlKey, Ctrl: event.ctrlKey, Meta: event.metaKey, Shift: event.shiftKey, Alt: event.altKey };
		return held[modifier];
	}

	static isModEvent(event?: obs.UserEvent | null): obs.PaneType | boolean {
		if (!event) return false;
		if ("button" in event && event.button === 1) return "tab";
		if (!event.ctrlKey) return false;
		if (!event.altKey) return "tab";
		return event.shiftKey ? "window" : "split";
	}

	#hear(event: KeyboardEvent): void {
		let scope = this.#scopes.at(-1);
		for (; scope; scope = parents.get(scope)) {
			for (const handler of [...(handlers.get(scope) ?? [])].reverse()) {
				if (!fits(handler, event)) continue;
				const result: unknown = handler.act(event, { ...handler, vkey: event.key });
				if (result !== false) return;
				event.preventDefault();
				event.stopPropagation();
				return;
			}
		}
	}
}

function fits({ key, wanted }: Handler, event: KeyboardEvent): boolean {
	if (key !== null && key.toLowerCase() !== event.key.toLowerCase()) return false;
	if (wanted === null) return true;
	const names = new Set<string>(wanted.map((one) => (one === "Mod" ? "Ctrl" : one)));
	const held = { Ctrl: event.ctrlKey, Meta: event.metaKey, Shift: event.shiftKey, Alt: event.altKey };
	return Object.entries(held).every(([name, isHeld]) => names.has(name) === isHeld);
}
