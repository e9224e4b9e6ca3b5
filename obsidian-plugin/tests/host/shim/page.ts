/** The page's own script: opens a vault as Obsidian does, and gives tests what they drive it by. */

import * as commands from "@codemirror/commands";
import * as state from "@codemirror/state";
import * as view from "@codemirror/view";
import type * as obs from "obsidian";

import { App } from "./app";
import { child_process } from "./child_process";
import { extendDom } from "./dom";
import { connect, nodeModules } from "./node";
import { obsidian } from "./obsidian";
import { registered, runCommand } from "./plugin";
import { Strict } from "./strict";
import { controls } from "./workspace";

/** What `quit` gives those who have something to finish. */
class Tasks extends Strict {
	readonly #promises: Promise<unknown>[] = [];

	add(act: () => Promise<unknown>): void {
		this.#promises.push(act());
	}

	addPromise(promise: Promise<unknown>): void {
		this.#promises.push(promise);
	}

	isEmpty(): boolean {
		return this.#promises.length === 0;
	}

	promise(): Promise<unknown> {
		return Promise.all(this.#promises);
	}
}

type Wrapped = (require: (name: string) => unknown, module: object, exports: object) => void;
type PluginClass = new (app: obs.App, manifest: obs.PluginManifest) => obs.Plugin;

let app: obs.App;
let plugin: obs.Plugin | null = null;
/** What Obsidian's editor is made of, which extensions of it have to be made of, too. */
const codemirror = { "@codemirror/commands": commands, "@codemirror/state": state, "@codemirror/view": view };
let modules: Record<string, object> = {};

async function textOf(name: string): Promise<string> {
	return (await fetch(`/plugin/${name}`)).text();
}

/** The plugin's class, out of the release's script: the bridge wraps it into a function, as Obsidian does. */
async function loaded(): Promise<PluginClass> {
	const module: { exports: { default?: PluginClass } } = { exports: {} };
	await new Promise<void>((resolve, reject) => {
		const loadPlugin = (load: Wrapped) => {
			try {
				load(required, module, module.exports);
			} catch (error) {
				reject(error instanceof Error ? error : new Error(String(error)));
			}
		};
		Object.assign(window, { loadPlugin });
		const script = createEl("script", { attr: { src: "/plugin/wrapped.js" } });
		script.addEventListener("load", () => resolve());
		script.addEventListener("error", () => reject(new Error("there is no main.js")));
		document.head.append(script);
	});
	return module.exports.default ?? (module.exports as unknown as PluginClass);
}

function required(name: string): unknown {
	const module = modules[name];
	if (!module) throw new Error(`the shim has no module ${name}`);
	return module;
}

/** What a journey does from outside. */
const host = {
	async open(): Promise<void> {
		extendDom();
		await connect();
		modules = { obsidian, ...codemirror, ...nodeModules(child_process) };
		app = await App.open(document.body.find(".workspace"));
		Object.assign(window, { app });
	},

	/** Load the plugin as Obsidian does when it starts; answers with what `onload` took, in milliseconds. */
	async enable(): Promise<number> {
		const manifest = JSON.parse(await textOf("manifest.json")) as obs.PluginManifest;
		const styles = createEl("style", { text: await textOf("styles.css"), attr: { "data-plugin": manifest.id } });
		document.head.append(styles);
		const Loaded = await loaded();
		const began = performance.now();
		plugin = new Loaded(app, manifest);
		await (plugin.load() as unknown);
		const took_ms = performance.now() - began;
		controls.get(app.workspace)?.ready();
		return took_ms;
	},

	async disable(): Promise<void> {
		await (plugin?.unload() as unknown);
		plugin = null;
		document.head.querySelector("style[data-plugin]")?.remove();
	},

	/** As when the window is closed: everybody is heard out. */
	async quit(): Promise<void> {
		const tasks = new Tasks();
		app.workspace.trigger("quit", tasks);
		await tasks.promise();
	},

	command: (id: string): boolean => runCommand(app, id),
	commands: (): string[] => [...registered.commands.keys()],
	hotkeys: (): unknown[] => [...registered.commands.values()].flatMap((command) => command.hotkeys ?? []),
	cli: (name: string, data: obs.CliData) => registered.cli.get(name)?.(data),

	openSettings(id: string): void {
		const { setting } = app as unknown as { setting: { open(): void; openTabById(id: string): unknown } };
		setting.open();
		setting.openTabById(id);
	},

	async openNote(path: string): Promise<void> {
		const file = app.vault.getFileByPath(path);
		if (!file) throw new Error(`there is no ${path}`);
		await app.workspace.getLeaf(false).openFile(file);
	},
};

export type PageHost = typeof host;
Object.assign(window, { host });
