/** Events and components: what nearly everything of Obsidian's derives from. */

import type * as obs from "obsidian";

import { Strict } from "./strict";

type Callback = (...data: never[]) => unknown;

type DomCallback = (this: HTMLElement, event: never) => unknown;

interface Registered {
	name: string;
	callback: Callback;
	context: unknown;
	owner: Events;
}

export class Events extends Strict {
	readonly #registered = new Set<Registered>();

	on(name: string, callback: Callback, context?: unknown): obs.EventRef {
		const registered: Registered = { name, callback, context, owner: this };
		this.#registered.add(registered);
		return registered;
	}

	off(name: string, callback: Callback): void {
		for (const one of this.#registered) if (one.name === name && one.callback === callback) this.#registered.delete(one);
	}

	offref(ref: obs.EventRef): void {
		this.#registered.delete(ref as Registered);
	}

	/** A listener that throws does not keep the others from hearing. */
	trigger(name: string, ...data: unknown[]): void {
		for (const { callback, context, name: own } of [...this.#registered]) {
			if (own !== name) continue;
			try {
				callback.apply(context, data as never[]);
			} catch (error) {
				reportError(error);
			}
		}
	}
}

function forget(ref: obs.EventRef): void {
	const { owner } = ref as Registered;
	owner.offref(ref);
}

export class Component extends Strict {
	readonly #undone: (() => unknown)[] = [];
	readonly #children = new Set<obs.Component>();
	#isLoaded = false;

	load(): unknown {
		if (this.#isLoaded) return undefined;
		this.#isLoaded = true;
		const loading = this.onload();
		for (const child of this.#children) child.load();
		return loading;
	}

	onload(): unknown {
		return undefined;
	}

	unload(): void {
		if (!this.#isLoaded) return;
		this.#isLoaded = false;
		for (const child of [...this.#children]) this.removeChild(child);
		for (const undo of this.#undone.splice(0).reverse()) undo();
		this.onunload();
	}

	onunload(): void {}

	addChild<T extends obs.Component>(child: T): T {
		this.#children.add(child);
		if (this.#isLoaded) child.load();
		return child;
	}

	removeChild<T extends obs.Component>(child: T): T {
		this.#children.delete(child);
		child.unload();
		return child;
	}

	register(undo: () => unknown): void {
		this.#undone.push(undo);
	}

	registerEvent(ref: obs.EventRef): void {
		this.register(() => forget(ref));
	}

	registerDomEvent(target: EventTarget, type: string, callback: DomCallback, options?: boolean | AddEventListenerOptions): void {
		const listener = callback as unknown as EventListener;
		target.addEventListener(type, listener, options);
		this.register(() => target.removeEventListener(type, listener, options));
	}

	registerInterval(id: number): number {
		this.register(() => window.clearInterval(id));
		return id;
	}
}
