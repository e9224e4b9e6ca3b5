/** Setting tabs, drawn from what they declare. */

import type * as obs from "obsidian";

import { current } from "./current";
import { Setting, SettingGroup } from "./setting";
import { Strict, as } from "./strict";

type Item = obs.SettingDefinitionItem;
type Control = obs.SettingControl;

export abstract class SettingPage extends Strict {
	rootEl = createDiv("setting-page");
	titlebarEl = this.rootEl.createDiv("setting-page-title");
	containerEl = this.rootEl.createDiv();
	title = "";

	abstract display(): void;

	hide(): void {}
}

export abstract class SettingTab extends Strict {
	icon = "settings";
	app: obs.App = current.app;
	containerEl = createDiv("vertical-tab-content");
	settingItems: Item[] = [];
	#cleanups: (() => void)[] = [];
	#refreshes: (() => void)[] = [];

	getSettingDefinitions(): Item[] {
		return [];
	}

	/** Ask for the definitions anew, and draw them where they are shown. */
	update(): void {
		this.settingItems = this.getSettingDefinitions();
		if (this.containerEl.isConnected) this.#draw(this.settingItems);
	}

	getControlValue(_key: string): unknown {
		return undefined;
	}

	setControlValue(_key: string, _value: unknown): void | Promise<void> {}

	refreshDomState(): void {
		for (const refresh of this.#refreshes) refresh();
	}

	display(): void {
		this.settingItems = this.getSettingDefinitions();
		this.#draw(this.settingItems);
	}

	hide(): void {
		for (const clean of this.#cleanups.splice(0)) clean();
		this.#refreshes = [];
		this.containerEl.empty();
	}

	#draw(items: Item[]): void {
		for (const clean of this.#cleanups.splice(0)) clean();
		this.#refreshes = [];
		this.containerEl.empty();
		for (const item of items) this.#drawItem(item, this.containerEl, 0);
		this.refreshDomState();
	}

	#drawItem(item: Item, container: HTMLElement, index: number, group?: SettingGroup): void {
		if ("type" in item && item.type === "page") return this.#drawPage(item, container);
		if ("type" in item) return this.#drawGroup(item, container);
		const setting = new Setting(container).setName(item.name).setDesc(item.desc ?? "");
		this.#showWhere(setting.settingEl, item.visible);
		if (item.render) {
			const around = group ?? new SettingGroup(createDiv());
			const clean = item.render(as<obs.Setting>(setting), as<obs.SettingGroup>(around));
			if (clean) this.#cleanups.push(clean);
		} else if (item.action) {
			const act = item.action;
			setting.settingEl.addClass("mod-action");
			setting.addButton((button) => button.setButtonText(item.name).onClick(() => act(setting.settingEl, index)));
			this.#disableWhere(setting, item.disabled);
		} else if (item.control) {
			drawControl(setting, item.control, this.#bound(setting, item.control));
			this.#disableWhere(setting, item.control.disabled);
		}
	}

	#drawGroup(item: obs.SettingDefinitionGroup | obs.SettingDefinitionList, container: HTMLElement): void {
		const holder = container.createDiv();
		const group = new SettingGroup(holder).setHeading(item.heading ?? "");
		if (item.cls) group.addClass(item.cls);
		this.#showWhere(holder, item.visible);
		for (const fill of item.extraButtons ?? []) group.addExtraButton(fill);
		const list = item.type === "list" ? (item as obs.SettingDefinitionList) : null;
		const add = list?.addItem;
		if (add) group.addExtraButton((button) => button.setIcon("plus").setTooltip(add.name).onClick(() => add.action(holder)));
		const items = item.items ?? [];
		for (const [index, one] of items.entries()) {
			this.#drawItem(one, group.listEl, index, group);
			const remove = list?.onDelete;
			if (!remove) continue;
			const control = group.listEl.lastElementChild?.find(".setting-item-control") as HTMLElement;
			new Setting(createDiv()).addExtraButton((button) => {
				button.setIcon("trash-2").setTooltip(`Delete ${"name" in one ? one.name : ""}`).onClick(() => remove(index));
				control.append(button.extraSettingsEl);
			});
		}
		if (items.length === 0 && list?.emptyState !== undefined) group.listEl.createDiv("setting-empty").setText(list.emptyState);
	}

	#drawPage(item: obs.SettingDefinitionPage, container: HTMLElement): void {
		const row = new Setting(container).setName(item.name).setDesc(item.desc ?? "").setClass("mod-page");
		this.#showWhere(row.settingEl, item.visible);
		row.addDisplayValue((value) => value.setValue(valueOf(item.displayValue) ?? "").setStatus(valueOf(item.status) ?? null));
		row.addButton((button) => button.setButtonText("Open").setTooltip(`Open ${item.name}`).onClick(() => this.#openPage(item)));
	}

	#openPage(item: obs.SettingDefinitionPage): void {
		if (item.items) {
			this.#draw([]);
			new Setting(this.containerEl)
				.setName(item.name)
				.setHeading()
				.addButton((button) => button.setButtonText("Back").onClick(() => this.#draw(this.settingItems)));
			for (const one of item.items) this.#drawItem(one, this.containerEl, 0);
			this.refreshDomState();
		}
		const page = item.page?.();
		if (!page) return;
		this.#draw([]);
		this.containerEl.append(page.rootEl);
		page.titlebarEl.setText(item.name);
		page.display();
		this.#cleanups.push(() => page.hide());
	}

	/** How a control reads and writes its setting. */
	#bound(setting: Setting, control: Control): Bound {
		const check = control.validate as ((value: unknown) => string | void | Promise<string | void>) | undefined;
		return {
			value: this.getControlValue(control.key) ?? control.defaultValue,
			write: async (value) => {
				const wrong = await check?.(value);
				setting.setErrorMessage(wrong || null);
				if (!wrong) await this.setControlValue(control.key, value);
				this.refreshDomState();
			},
		};
	}

	#showWhere(element: HTMLElement, visible: boolean | (() => boolean) | undefined): void {
		this.#refreshes.push(() => element.toggle(valueOf(visible) ?? true));
	}

	#disableWhere(setting: Setting, disabled: boolean | (() => boolean) | undefined): void {
		this.#refreshes.push(() => setting.setDisabled(valueOf(disabled) ?? false));
	}
}

export abstract class PluginSettingTab extends SettingTab {
	readonly #plugin: obs.Plugin;

	constructor(app: obs.App, plugin: obs.Plugin) {
		super();
		this.app = app;
		this.#plugin = plugin;
	}

	override getControlValue(key: string): unknown {
		return (this.#plugin.settings as Record<string, unknown> | undefined)?.[key];
	}

	override async setControlValue(key: string, value: unknown): Promise<void> {
		this.#plugin.settings = { ...(this.#plugin.settings as object), [key]: value };
		await this.#plugin.saveData(this.#plugin.settings);
	}
}

interface Bound {
	value: unknown;
	write: (value: unknown) => Promise<void>;
}

function valueOf<T>(value: T | (() => T) | undefined): T | undefined {
	return typeof value === "function" ? (value as () => T)() : value;
}

function drawControl(setting: Setting, control: Control, { value, write }: Bound): void {
	const text = typeof value === "string" || typeof value === "number" ? `${value}` : "";
	switch (control.type) {
		case "toggle":
			setting.addToggle((toggle) => toggle.setValue(value === true).onChange(write));
			return;
		case "dropdown":
			setting.addDropdown((dropdown) => dropdown.addOptions(control.options).setValue(text).onChange(write));
			return;
		case "slider":
			setting.addSlider((slider) => {
				if (control.displayFormat) slider.setDisplayFormat(control.displayFormat);
				slider.setLimits(control.min, control.max, control.step).setValue(Number(value ?? control.min)).onChange(write);
			});
			return;
		case "number":
			setting.addText((field) => {
				field.inputEl.setAttrs({ type: "number", min: control.min ?? null, max: control.max ?? null, step: control.step ?? null });
				field.setPlaceholder(control.placeholder ?? "").setValue(text);
				field.onChange((typed) => write(Number(typed)));
			});
			return;
		case "textarea":
			setting.addTextArea((field) => field.setPlaceholder(control.placeholder ?? "").setValue(text).onChange(write));
			return;
		case "text":
		case "file":
		case "folder":
			setting.addText((field) => field.setPlaceholder(control.placeholder ?? "").setValue(text).onChange(write));
			return;
		case "color":
			throw new Error("the shim has no colour control");
	}
}
