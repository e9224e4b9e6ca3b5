/** What a plugin is made of, and what it registers. */

import type { Extension } from "@codemirror/state";
import type * as obs from "obsidian";

import { Component } from "./component";
import { extendEditors } from "./editor";
import { setIcon } from "./icons";
import { ask } from "./node";
import { controls } from "./workspace";

/** What plugins have registered, for the host to use. */
export const registered = {
	commands: new Map<string, obs.Command>(),
	tabs: [] as { plugin: string; tab: obs.PluginSettingTab }[],
	hoverSources: new Map<string, obs.HoverLinkSource>(),
	protocols: new Map<string, obs.ObsidianProtocolHandler>(),
	cli: new Map<string, obs.CliHandler>(),
};

export abstract class Plugin extends Component {
	app: obs.App;
	manifest: obs.PluginManifest;
	settings: unknown = undefined;

	constructor(app: obs.App, manifest: obs.PluginManifest) {
		super();
		this.app = app;
		this.manifest = manifest;
	}

	override onload(): Promise<void> | void {}

	addRibbonIcon(icon: string, title: string, act: (event: MouseEvent) => unknown): HTMLElement {
		const ribbon = activeDocument.querySelector<HTMLElement>(".workspace-ribbon");
		const button = ribbon?.createEl("button", { cls: "clickable-icon side-dock-ribbon-action", attr: { "aria-label": title } });
		if (!button) throw new Error("the page has no ribbon");
		setIcon(button, icon);
		button.addEventListener("click", act);
		this.register(() => button.remove());
		return button;
	}

	addStatusBarItem(): HTMLElement {
		const bar = activeDocument.querySelector<HTMLElement>(".status-bar");
		const item = bar?.createDiv(`status-bar-item plugin-${this.manifest.id}`);
		if (!item) throw new Error("the page has no status bar");
		this.register(() => item.remove());
		return item;
	}

	addCommand(command: obs.Command): obs.Command {
		const id = `${this.manifest.id}:${command.id}`;
		if (registered.commands.has(id)) throw new Error(`there are two commands ${id}`);
		registered.commands.set(id, { ...command, id, name: `${this.manifest.name}: ${command.name}` });
		this.register(() => registered.commands.delete(id));
		return command;
	}

	removeCommand(id: string): void {
		registered.commands.delete(`${this.manifest.id}:${id}`);
	}

	addSettingTab(tab: obs.PluginSettingTab): void {
		const added = { plugin: this.manifest.id, tab };
		registered.tabs.push(added);
		tab.update();
		this.register(() => registered.tabs.remove(added));
	}

	registerView(type: string, creator: obs.ViewCreator): void {
		const control = controls.get(this.app.workspace);
		if (control?.creators.has(type)) throw new Error(`Attempting to register an existing view type "${type}"`);
		control?.creators.set(type, creator);
		this.register(() => void control?.forgetView(type));
	}

	registerEditorExtension(extension: Extension): void {
		this.register(extendEditors(extension));
	}

	registerHoverLinkSource(id: string, info: obs.HoverLinkSource): void {
		registered.hoverSources.set(id, info);
		this.register(() => registered.hoverSources.delete(id));
	}

	registerObsidianProtocolHandler(action: string, handler: obs.ObsidianProtocolHandler): void {
		registered.protocols.set(action, handler);
		this.register(() => registered.protocols.delete(action));
	}

	registerCliHandler(command: string, _description: string, _flags: obs.CliFlags | null, handler: obs.CliHandler): void {
		registered.cli.set(command, handler);
		this.register(() => registered.cli.delete(command));
	}

	async loadData(): Promise<unknown> {
		const text = await ask("plugin.read", {});
		return text === null ? null : (JSON.parse(text) as unknown);
	}

	async saveData(data: unknown): Promise<void> {
		await ask("plugin.write", { text: JSON.stringify(data, null, 2) });
	}

	onUserEnable(): void {}
}

/** Run a command as the palette does; false where it cannot be run now. */
export function runCommand(app: obs.App, id: string): boolean {
	const command = registered.commands.get(id);
	if (!command) throw new Error(`there is no command ${id}`);
	const { activeEditor } = app.workspace;
	const editor = activeEditor?.editor;
	if (command.editorCheckCallback || command.editorCallback) {
		if (!editor || !activeEditor) return false;
		if (command.editorCheckCallback?.(true, editor, activeEditor) === false) return false;
		void (command.editorCheckCallback?.(false, editor, activeEditor) ?? command.editorCallback?.(editor, activeEditor));
		return true;
	}
	if (command.checkCallback) {
		if (command.checkCallback(true) !== true) return false;
		command.checkCallback(false);
		return true;
	}
	void command.callback?.();
	return true;
}
