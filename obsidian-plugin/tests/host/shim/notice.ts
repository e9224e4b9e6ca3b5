/** Notices and menus: what comes up in passing. */

import type * as obs from "obsidian";

import { Component } from "./component";
import { setIcon } from "./icons";
import { Strict, as } from "./strict";

export class Notice extends Strict {
	noticeEl: HTMLElement;
	containerEl: HTMLElement;
	messageEl: HTMLElement;

	constructor(message: string | DocumentFragment, duration = 5000) {
		super();
		this.containerEl = activeDocument.querySelector<HTMLElement>(".notice-container") ?? activeDocument.body.createDiv("notice-container");
		this.noticeEl = this.containerEl.createDiv("notice");
		this.messageEl = this.noticeEl.createDiv("notice-message");
		this.setMessage(message);
		this.noticeEl.addEventListener("click", () => this.hide());
		if (duration > 0) window.setTimeout(() => this.hide(), duration);
	}

	setMessage(message: string | DocumentFragment): this {
		this.messageEl.setText(message);
		return this;
	}

	hide(): void {
		this.noticeEl.remove();
	}
}

class MenuItem extends Strict {
	readonly #row: HTMLElement;
	readonly #icon: HTMLElement;
	readonly #title: HTMLElement;

	constructor(menu: HTMLElement, close: () => void) {
		super();
		this.#row = menu.createDiv({ cls: "menu-item", attr: { role: "menuitem", tabindex: "-1" } });
		this.#icon = this.#row.createSpan("menu-item-icon");
		this.#title = this.#row.createSpan("menu-item-title");
		this.#row.addEventListener("click", close);
	}

	setTitle(title: string | DocumentFragment): this {
		this.#title.setText(title);
		return this;
	}

	setIcon(icon: string | null): this {
		if (icon) setIcon(this.#icon, icon);
		return this;
	}

	setChecked(isChecked: boolean | null): this {
		this.#row.setAttr("aria-checked", isChecked);
		this.#row.toggleClass("is-checked", isChecked ?? false);
		return this;
	}

	setDisabled(isDisabled: boolean): this {
		this.#row.toggleClass("is-disabled", isDisabled);
		return this;
	}

	setWarning(isWarning: boolean): this {
		this.#row.toggleClass("is-warning", isWarning);
		return this;
	}

	setIsLabel(isLabel: boolean): this {
		this.#row.toggleClass("is-label", isLabel);
		return this;
	}

	setSection(section: string): this {
		this.#row.dataset["section"] = section;
		return this;
	}

	onClick(callback: (event: MouseEvent | KeyboardEvent) => unknown): this {
		this.#row.addEventListener("click", callback);
		return this;
	}
}

export class Menu extends Component {
	readonly #element = createDiv({ cls: "menu", attr: { role: "menu" } });
	#hidden: (() => unknown) | undefined;

	static forEvent(event: PointerEvent | MouseEvent): Menu {
		return new Menu().showAtMouseEvent(event);
	}

	addItem(fill: (item: obs.MenuItem) => unknown): this {
		fill(as<obs.MenuItem>(new MenuItem(this.#element, () => this.hide())));
		return this;
	}

	addSeparator(): this {
		this.#element.createDiv("menu-separator");
		return this;
	}

	setNoIcon(): this {
		this.#element.addClass("mod-no-icon");
		return this;
	}

	setUseNativeMenu(_isNative: boolean): this {
		return this;
	}

	setParentElement(_element: HTMLElement): this {
		return this;
	}

	showAtMouseEvent(event: MouseEvent): this {
		return this.showAtPosition({ x: event.clientX, y: event.clientY });
	}

	showAtPosition({ x, y }: obs.MenuPositionDef): this {
		this.#element.setCssStyles({ left: `${x}px`, top: `${y}px` });
		activeDocument.body.append(this.#element);
		window.setTimeout(() => activeDocument.addEventListener("mousedown", this.#outside, { capture: true }), 0);
		return this;
	}

	hide(): this {
		activeDocument.removeEventListener("mousedown", this.#outside, { capture: true });
		if (this.#element.isConnected) this.#hidden?.();
		this.#element.remove();
		return this;
	}

	close(): void {
		this.hide();
	}

	onHide(callback: () => unknown): void {
		this.#hidden = callback;
	}

	readonly #outside = (event: MouseEvent): void => {
		if (!this.#element.contains(event.target as Node)) this.hide();
	};
}
