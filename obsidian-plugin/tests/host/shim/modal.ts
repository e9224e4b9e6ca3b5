/** Modals: over everything, with the keys to themselves. */

import type * as obs from "obsidian";

import { ButtonComponent } from "./controls";
import { setIcon } from "./icons";
import { Scope } from "./keymap";
import { Strict, as } from "./strict";

export class Modal extends Strict {
	app: obs.App;
	scope: obs.Scope;
	containerEl: HTMLElement;
	modalEl: HTMLElement;
	titleEl: HTMLElement;
	contentEl: HTMLElement;
	shouldRestoreSelection = true;
	#isOpen = false;
	#focused: Element | null = null;
	#closed: (() => unknown) | undefined;

	constructor(app: obs.App) {
		super();
		this.app = app;
		this.scope = as<obs.Scope>(new Scope());
		this.containerEl = createDiv("modal-container");
		this.containerEl.createDiv("modal-bg").addEventListener("click", () => this.close());
		this.modalEl = this.containerEl.createDiv({ cls: "modal", attr: { role: "dialog", "aria-modal": "true" } });
		const close = this.modalEl.createEl("button", { cls: "modal-close-button clickable-icon", attr: { "aria-label": "Close" } });
		setIcon(close, "x");
		close.addEventListener("click", () => this.close());
		this.titleEl = this.modalEl.createDiv("modal-header").createDiv("modal-title");
		this.contentEl = this.modalEl.createDiv("modal-content");
		this.scope.register([], "Escape", () => {
			this.close();
			return false;
		});
	}

	open(): void {
		if (this.#isOpen) return;
		this.#isOpen = true;
		this.#focused = activeDocument.activeElement;
		activeDocument.body.append(this.containerEl);
		this.app.keymap.pushScope(this.scope);
		// A box to look for something in has no button to close it.
		const [first, close] = ["[data-initial-focus]", ".modal-close-button"].map((each) => this.modalEl.querySelector<HTMLElement>(each));
		(first ?? close)?.focus();
		void this.onOpen();
	}

	close(): void {
		if (!this.#isOpen) return;
		this.#isOpen = false;
		this.app.keymap.popScope(this.scope);
		this.onClose();
		this.#closed?.();
		this.containerEl.remove();
		if (this.shouldRestoreSelection && this.#focused instanceof HTMLElement) this.#focused.focus();
	}

	onOpen(): Promise<void> | void {}

	onClose(): void {}

	setTitle(title: string): this {
		this.titleEl.setText(title);
		this.modalEl.setAttr("aria-label", title);
		return this;
	}

	setContent(content: string | DocumentFragment): this {
		this.contentEl.setText(content);
		return this;
	}

	setCloseCallback(callback: () => unknown): this {
		this.#closed = callback;
		return this;
	}
}

class ConfirmationButton extends ButtonComponent {
	setInitialFocus(): this {
		this.buttonEl.dataset["initialFocus"] = "";
		return this;
	}

	setSecondary(): this {
		this.buttonEl.addClass("mod-secondary");
		return this;
	}

	setCancel(): this {
		this.buttonEl.addClass("mod-cancel");
		return this;
	}
}

export class ConfirmationModal extends Modal {
	buttonContainerEl: HTMLElement;

	constructor(app: obs.App) {
		super(app);
		this.modalEl.addClass("mod-confirmation");
		this.buttonContainerEl = this.modalEl.createDiv("modal-button-container");
	}

	addClass(name: string): this {
		this.modalEl.addClass(name);
		return this;
	}

	addCheckbox(text: string, act: (value: boolean) => unknown): this {
		const label = this.buttonContainerEl.createEl("label", { cls: "mod-checkbox" });
		const box = label.createEl("input", { type: "checkbox" });
		label.appendText(text);
		box.addEventListener("change", () => void act(box.checked));
		return this;
	}

	/** A button closes the modal, unless what it does says otherwise. */
	addButton(fill: (button: obs.ConfirmationButton) => unknown): this {
		const button = new ConfirmationButton(this.buttonContainerEl);
		const onClick = button.onClick.bind(button);
		button.onClick = (act) => onClick(async (event) => (await act(event)) || this.close());
		button.onClick(() => undefined);
		fill(as<obs.ConfirmationButton>(button));
		return this;
	}

	addCancelButton(text = "Cancel"): this {
		return this.addButton((button) => button.setButtonText(text).setCancel());
	}
}
