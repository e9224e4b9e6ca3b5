/** One setting, and a group of them. */

import type * as obs from "obsidian";

import * as controls from "./controls";
import { Strict, as } from "./strict";

export class Setting extends Strict {
	settingEl: HTMLElement;
	infoEl: HTMLElement;
	nameEl: HTMLElement;
	descEl: HTMLElement;
	controlEl: HTMLElement;
	components: obs.BaseComponent[] = [];
	errorEl: HTMLElement | null = null;

	constructor(container: HTMLElement) {
		super();
		this.settingEl = container.createDiv("setting-item");
		this.infoEl = this.settingEl.createDiv("setting-item-info");
		this.nameEl = this.infoEl.createDiv("setting-item-name");
		this.descEl = this.infoEl.createDiv("setting-item-description");
		this.controlEl = this.settingEl.createDiv("setting-item-control");
	}

	setName(name: string | DocumentFragment): this {
		this.nameEl.setText(name);
		return this;
	}

	setDesc(description: string | DocumentFragment): this {
		this.descEl.setText(description);
		return this;
	}

	setClass(name: string): this {
		this.settingEl.addClass(name);
		return this;
	}

	setTooltip(tooltip: string): this {
		this.nameEl.title = tooltip;
		return this;
	}

	setHeading(): this {
		return this.setClass("setting-item-heading");
	}

	setErrorMessage(message: string | null): this {
		this.errorEl?.remove();
		this.errorEl = message === null ? null : this.infoEl.createDiv({ cls: "setting-item-error", text: message, attr: { role: "alert" } });
		return this;
	}

	setDisabled(isDisabled: boolean): this {
		this.settingEl.toggleClass("is-disabled", isDisabled);
		for (const component of this.components) component.setDisabled(isDisabled);
		return this;
	}

	addButton(fill: (component: obs.ButtonComponent) => unknown): this {
		return this.#add(new controls.ButtonComponent(this.controlEl), fill);
	}

	addExtraButton(fill: (component: obs.ExtraButtonComponent) => unknown): this {
		return this.#add(new controls.ExtraButtonComponent(this.controlEl), fill);
	}

	addToggle(fill: (component: obs.ToggleComponent) => unknown): this {
		const toggle = new controls.ToggleComponent(this.controlEl);
		this.#label(toggle.toggleEl.find("input"));
		return this.#add(toggle, fill);
	}

	addText(fill: (component: obs.TextComponent) => unknown): this {
		const text = new controls.TextComponent(this.controlEl);
		this.#label(text.inputEl);
		return this.#add(text, fill);
	}

	addSearch(fill: (component: obs.SearchComponent) => unknown): this {
		const search = new controls.SearchComponent(this.controlEl);
		this.#label(search.inputEl);
		return this.#add(search, fill);
	}

	addTextArea(fill: (component: obs.TextAreaComponent) => unknown): this {
		const text = new controls.TextAreaComponent(this.controlEl);
		this.#label(text.inputEl);
		return this.#add(text, fill);
	}

	addDropdown(fill: (component: obs.DropdownComponent) => unknown): this {
		const dropdown = new controls.DropdownComponent(this.controlEl);
		this.#label(dropdown.selectEl);
		return this.#add(dropdown, fill);
	}

	addSlider(fill: (component: obs.SliderComponent) => unknown): this {
		const slider = new controls.SliderComponent(this.controlEl);
		this.#label(slider.sliderEl);
		return this.#add(slider, fill);
	}

	addProgressBar(fill: (component: obs.ProgressBarComponent) => unknown): this {
		return this.#add(new controls.ProgressBarComponent(this.controlEl), fill);
	}

	addDisplayValue(fill: (component: obs.DisplayValueComponent) => unknown): this {
		fill(as<obs.DisplayValueComponent>(new controls.DisplayValueComponent(this.controlEl)));
		return this;
	}

	addComponent<T extends obs.BaseComponent>(make: (container: HTMLElement) => T): this {
		this.components.push(make(this.controlEl));
		return this;
	}

	clear(): this {
		this.controlEl.empty();
		this.components = [];
		return this;
	}

	#add<T extends obs.BaseComponent>(component: object, fill: (component: T) => unknown): this {
		this.components.push(component as T);
		fill(component as T);
		return this;
	}

	/** What is read out for a control is the setting's name, as it will be. */
	#label(control: HTMLElement): void {
		if (!this.nameEl.id) this.nameEl.id = `setting-${Math.random().toString(36).slice(2)}`;
		control.setAttribute("aria-labelledby", this.nameEl.id);
	}
}

export class SettingGroup extends Strict {
	listEl: HTMLElement;
	readonly #element: HTMLElement;
	readonly #heading: HTMLElement;
	readonly #controls: HTMLElement;

	constructor(container: HTMLElement) {
		super();
		this.#element = container.createDiv("setting-group");
		const header = this.#element.createDiv("setting-item setting-item-heading");
		this.#heading = header.createDiv("setting-item-info").createDiv("setting-item-name");
		this.#controls = header.createDiv("setting-item-control");
		this.listEl = this.#element.createDiv("setting-items");
	}

	setHeading(text: string | DocumentFragment): this {
		this.#heading.setText(text);
		return this;
	}

	addClass(...names: string[]): this {
		this.#element.addClass(...names);
		return this;
	}

	addSetting(fill: (setting: obs.Setting) => void): this {
		fill(as<obs.Setting>(new Setting(this.listEl)));
		return this;
	}

	addSearch(fill: (component: obs.SearchComponent) => unknown): this {
		fill(new controls.SearchComponent(this.#controls) as unknown as obs.SearchComponent);
		return this;
	}

	addExtraButton(fill: (component: obs.ExtraButtonComponent) => unknown): this {
		fill(new controls.ExtraButtonComponent(this.#controls) as unknown as obs.ExtraButtonComponent);
		return this;
	}
}
