/** The app, and its settings window. */

import type * as obs from "obsidian";

import { Events } from "./component";
import { current } from "./current";
import { FileManager } from "./file_manager";
import { Keymap, Scope } from "./keymap";
import { MetadataCache } from "./metadata";
import { Modal } from "./modal";
import { ask } from "./node";
import { registered } from "./plugin";
import { Strict, as } from "./strict";
import { Vault, treeOf } from "./vault";
import { Workspace } from "./workspace";

class SecretStorage extends Events {
	readonly #secrets = new Map<string, string>();

	setSecret(id: string, secret: string): void {
		this.#secrets.set(id, secret);
	}

	getSecret(id: string): string | null {
		return this.#secrets.get(id) ?? null;
	}

	listSecrets(): string[] {
		return [...this.#secrets.keys()];
	}
}

/** What a settings page gives those who open it at something. */
interface Page {
	searchComponent?: { setValue(text: string): void };
	updateHotkeyVisibility?: () => void;
}

/**
 * The settings window. Obsidian's types do not tell of it, and plugins use it all the same to show a person where something is set:
 * there is no other way.
 */
class SettingsWindow extends Modal {
	#shown: obs.PluginSettingTab | null = null;

	override onOpen(): void {
		this.modalEl.addClass("mod-settings");
		this.setTitle("Settings");
	}

	openTabById(id: string): Page | null {
		this.#hideShown();
		this.modalEl.dataset["tab"] = id;
		if (id === "hotkeys") return this.#hotkeys();
		const tab = registered.tabs.find((one) => one.plugin === id)?.tab;
		if (!tab) return null;
		this.#shown = tab;
		this.contentEl.replaceChildren(tab.containerEl);
		tab.update();
		if (tab.settingItems.length === 0) (tab as unknown as { display(): void }).display();
		return {};
	}

	override onClose(): void {
		this.#hideShown();
	}

	/** The commands that keys can be given to, those whose names have the words that were looked for. */
	#hotkeys(): Page {
		const box = createEl("input", { type: "search", attr: { "aria-label": "Filter" } });
		const list = createDiv("hotkey-list");
		this.contentEl.replaceChildren(box, list);
		const updateHotkeyVisibility = () => {
			const names = [...registered.commands.values()].map((command) => command.name);
			const wanted = names.filter((name) => name.toLowerCase().includes(box.value.toLowerCase()));
			list.replaceChildren(...wanted.map((name) => createDiv({ cls: "setting-item", text: name })));
		};
		updateHotkeyVisibility();
		return { searchComponent: { setValue: (text) => void (box.value = text) }, updateHotkeyVisibility };
	}

	#hideShown(): void {
		this.#shown?.hide();
		this.#shown = null;
	}
}

export class App extends Strict {
	keymap: obs.Keymap;
	scope: obs.Scope;
	vault: obs.Vault;
	workspace: obs.Workspace;
	metadataCache: obs.MetadataCache;
	fileManager: obs.FileManager;
	secretStorage: obs.SecretStorage;
	lastEvent: obs.UserEvent | null = null;
	setting: SettingsWindow;

	private constructor(facts: { name: string; path: string }, container: HTMLElement) {
		super();
		const app = as<obs.App>(this);
		current.app = app;
		this.keymap = as<obs.Keymap>(new Keymap());
		this.scope = as<obs.Scope>(new Scope());
		this.keymap.pushScope(this.scope);
		this.vault = as<obs.Vault>(new Vault(facts));
		this.metadataCache = as<obs.MetadataCache>(new MetadataCache(this.vault));
		this.fileManager = as<obs.FileManager>(new FileManager(app));
		this.secretStorage = as<obs.SecretStorage>(new SecretStorage());
		this.workspace = as<obs.Workspace>(new Workspace(app, container));
		this.setting = new SettingsWindow(app);
	}

	static async open(container: HTMLElement): Promise<obs.App> {
		const app = new App(await ask("vault.facts", {}), container);
		await treeOf(app.vault).load();
		await (app.metadataCache as unknown as MetadataCache).load();
		return as<obs.App>(app);
	}

	isDarkMode(): boolean {
		return document.body.hasClass("theme-dark");
	}

	loadLocalStorage(key: string): unknown {
		const text = window.localStorage.getItem(this.#key(key));
		return text === null ? null : (JSON.parse(text) as unknown);
	}

	saveLocalStorage(key: string, data: unknown): void {
		if (data === null || data === undefined) window.localStorage.removeItem(this.#key(key));
		else window.localStorage.setItem(this.#key(key), JSON.stringify(data));
	}

	#key(key: string): string {
		return `${this.vault.getName()}-${key}`;
	}
}
