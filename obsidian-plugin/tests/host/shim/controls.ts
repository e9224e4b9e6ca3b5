/** Buttons, boxes, switches: what a setting holds. */

import type * as obs from "obsidian";

import { setIcon } from "./icons";
import { Strict } from "./strict";

export abstract class BaseComponent extends Strict {
	disabled = false;

	setDisabled(isDisabled: boolean): this {
		this.disabled = isDisabled;
		return this;
	}
}

// Its `then` is what Obsidian calls it; the language takes objects that have one for promises.
Object.defineProperty(BaseComponent.prototype, "then", {
	value<T>(this: T, act: (component: T) => unknown): T {
		act(this);
		return this;
	},
});

export class ButtonComponent extends BaseComponent {
	buttonEl: HTMLButtonElement;
	#act: ((event: MouseEvent) => unknown) | undefined;

	constructor(container: HTMLElement) {
		super();
		this.buttonEl = container.createEl("button");
		this.buttonEl.addEventListener("click", (event) => void this.#act?.(event));
	}

	override setDisabled(isDisabled: boolean): this {
		this.buttonEl.disabled = isDisabled;
		return super.setDisabled(isDisabled);
	}

	setCta(): this {
		return this.setClass("mod-cta");
	}

	removeCta(): this {
		this.buttonEl.removeClass("mod-cta");
		return this;
	}

	setWarning(): this {
		return this.setClass("mod-warning");
	}

	setDestructive(): this {
		return this.setClass("mod-destructive").setClass("mod-warning");
	}

	removeDestructive(): this {
		this.buttonEl.removeClass("mod-destructive", "mod-warning");
		return this;
	}

	setTooltip(tooltip: string): this {
		this.buttonEl.setAttr("aria-label", tooltip);
		return this;
	}

	setButtonText(text: string): this {
		this.buttonEl.setText(text);
		return this;
	}

	setIcon(icon: string): this {
		setIcon(this.buttonEl, icon);
		return this;
	}

	setClass(name: string): this {
		this.buttonEl.addClass(name);
		return this;
	}

	onClick(act: (event: MouseEvent) => unknown): this {
		this.#act = act;
		return this;
	}
}

export class ExtraButtonComponent extends BaseComponent {
	extraSettingsEl: HTMLElement;

	constructor(container: HTMLElement) {
		super();
		this.extraSettingsEl = container.createEl("button", { cls: "clickable-icon extra-setting-button" });
		this.setIcon("settings");
	}

	override setDisabled(isDisabled: boolean): this {
		(this.extraSettingsEl as HTMLButtonElement).disabled = isDisabled;
		return super.setDisabled(isDisabled);
	}

	setTooltip(tooltip: string): this {
		this.extraSettingsEl.setAttr("aria-label", tooltip);
		return this;
	}

	setIcon(icon: string): this {
		setIcon(this.extraSettingsEl, icon);
		return this;
	}

	onClick(act: () => unknown): this {
		this.extraSettingsEl.addEventListener("click", () => void act());
		return this;
	}
}

export abstract class ValueComponent<T> extends BaseComponent {
	abstract getValue(): T;
	abstract setValue(value: T): this;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

export abstract class AbstractTextComponent<T extends Field> extends ValueComponent<string> {
	inputEl: T;
	#heard: ((value: string) => unknown) | undefined;

	constructor(input: T) {
		super();
		this.inputEl = input;
		input.addEventListener("input", () => this.onChanged());
	}

	override setDisabled(isDisabled: boolean): this {
		this.inputEl.disabled = isDisabled;
		return super.setDisabled(isDisabled);
	}

	getValue(): string {
		return this.inputEl.value;
	}

	setValue(value: string): this {
		this.inputEl.value = value;
		return this;
	}

	setPlaceholder(placeholder: string): this {
		this.inputEl.placeholder = placeholder;
		return this;
	}

	onChanged(): void {
		this.#heard?.(this.getValue());
	}

	onChange(callback: (value: string) => unknown): this {
		this.#heard = callback;
		return this;
	}
}

export class TextComponent extends AbstractTextComponent<HTMLInputElement> {
	constructor(container: HTMLElement) {
		super(container.createEl("input", { type: "text", attr: { spellcheck: "false" } }));
	}
}

export class TextAreaComponent extends AbstractTextComponent<HTMLTextAreaElement> {
	constructor(container: HTMLElement) {
		super(container.createEl("textarea", { attr: { spellcheck: "false" } }));
	}
}

export class SearchComponent extends AbstractTextComponent<HTMLInputElement> {
	clearButtonEl: HTMLElement;

	constructor(container: HTMLElement) {
		const box = container.createDiv("search-input-container");
		super(box.createEl("input", { type: "search" }));
		this.clearButtonEl = box.createDiv("search-input-clear-button");
		this.clearButtonEl.addEventListener("click", () => {
			this.setValue("");
			this.onChanged();
		});
	}
}

export class ToggleComponent extends ValueComponent<boolean> {
	toggleEl: HTMLElement;
	readonly #box: HTMLInputElement;
	#heard: ((value: boolean) => unknown) | undefined;

	constructor(container: HTMLElement) {
		super();
		this.toggleEl = container.createEl("label", "checkbox-container");
		this.#box = this.toggleEl.createEl("input", { type: "checkbox" });
		this.#box.addEventListener("change", () => this.#changed());
	}

	override setDisabled(isDisabled: boolean): this {
		this.#box.disabled = isDisabled;
		return super.setDisabled(isDisabled);
	}

	getValue(): boolean {
		return this.#box.checked;
	}

	setValue(isOn: boolean): this {
		this.#box.checked = isOn;
		this.toggleEl.toggleClass("is-enabled", isOn);
		return this;
	}

	setTooltip(tooltip: string): this {
		this.#box.setAttr("aria-label", tooltip);
		return this;
	}

	onClick(): void {
		this.#box.click();
	}

	onChange(callback: (value: boolean) => unknown): this {
		this.#heard = callback;
		return this;
	}

	#changed(): void {
		this.toggleEl.toggleClass("is-enabled", this.#box.checked);
		this.#heard?.(this.#box.checked);
	}
}

export class DropdownComponent extends ValueComponent<string> {
	selectEl: HTMLSelectElement;

	constructor(container: HTMLElement) {
		super();
		this.selectEl = container.createEl("select", "dropdown");
	}

	override setDisabled(isDisabled: boolean): this {
		this.selectEl.disabled = isDisabled;
		return super.setDisabled(isDisabled);
	}

	addOption(value: string, display: string): this {
		this.selectEl.createEl("option", { value, text: display });
		return this;
	}

	addOptions(options: Record<string, string>): this {
		for (const [value, display] of Object.entries(options)) this.addOption(value, display);
		return this;
	}

	getValue(): string {
		return this.selectEl.value;
	}

	setValue(value: string): this {
		this.selectEl.value = value;
		return this;
	}

	onChange(callback: (value: string) => unknown): this {
		this.selectEl.addEventListener("change", () => void callback(this.getValue()));
		return this;
	}
}

export class SliderComponent extends ValueComponent<number> {
	sliderEl: HTMLInputElement;
	#format = (value: number) => String(value);

	constructor(container: HTMLElement) {
		super();
		this.sliderEl = container.createEl("input", { cls: "slider", type: "range" });
	}

	override setDisabled(isDisabled: boolean): this {
		this.sliderEl.disabled = isDisabled;
		return super.setDisabled(isDisabled);
	}

	setInstant(_isInstant: boolean): this {
		return this;
	}

	setLimits(min: number | null, max: number | null, step: number | "any"): this {
		this.sliderEl.setAttrs({ min, max, step });
		return this;
	}

	getValue(): number {
		return Number(this.sliderEl.value);
	}

	setValue(value: number): this {
		this.sliderEl.value = String(value);
		this.sliderEl.setAttr("aria-valuetext", this.getValuePretty());
		return this;
	}

	getValuePretty(): string {
		return this.#format(this.getValue());
	}

	setDisplayFormat(format: (value: number) => string): this {
		this.#format = format;
		return this;
	}

	setDynamicTooltip(): this {
		return this;
	}

	onChange(callback: (value: number) => unknown): this {
		this.sliderEl.addEventListener("change", () => void callback(this.getValue()));
		return this;
	}
}

export class ProgressBarComponent extends ValueComponent<number> {
	readonly #bar: HTMLProgressElement;

	constructor(container: HTMLElement) {
		super();
		this.#bar = container.createEl("progress", { attr: { max: 100 } });
	}

	getValue(): number {
		return this.#bar.value;
	}

	setValue(value: number): this {
		this.#bar.value = value;
		return this;
	}
}

/** A value that is shown and not changed. */
export class DisplayValueComponent extends Strict {
	valueEl: HTMLElement;

	constructor(container: HTMLElement) {
		super();
		this.valueEl = container.createSpan("setting-display-value");
	}

	setValue(value: string | null): this {
		this.valueEl.setText(value ?? "");
		return this;
	}

	setStatus(status: "warning" | null): this {
		this.valueEl.toggleClass("mod-warning", status === "warning");
		return this;
	}
}

/** Chooses one of Obsidian's secrets by its name. */
export class SecretComponent extends BaseComponent {
	readonly #name: HTMLInputElement;

	constructor(_app: obs.App, container: HTMLElement) {
		super();
		this.#name = container.createEl("input", { type: "text", attr: { "aria-label": "Name of the secret" } });
	}

	setValue(name: string): this {
		this.#name.value = name;
		return this;
	}

	onChange(act: (name: string) => unknown): this {
		this.#name.addEventListener("change", () => void act(this.#name.value));
		return this;
	}
}
