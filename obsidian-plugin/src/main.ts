/** The plugin: `onload` puts its pieces together and registers them, and nothing more is done before the workspace is there. */

import { FileSystemAdapter, Notice, Plugin, SecretComponent } from "obsidian";

import { SEARCH_FLAGS, searched } from "./obsidian/cli";
import { commands } from "./obsidian/commands";
import { type Device, device } from "./settings/device";
import { applyEdits } from "./vault/edits";
import { menus } from "./obsidian/menus";
import { hearFiles } from "./vault/file_events";
import { drafts } from "./writing/draft_field";
import { installCommands } from "./sidecar/install";
import { Librarian, means } from "./sidecar/librarian";
import { HOVER_SOURCE, ObsidianHost } from "./obsidian/obsidian_host";
import { openNotes } from "./vault/open_notes";
import { openOver } from "./obsidian/over";
import { PANELS } from "./obsidian/panels";
import { Settings, dataFile } from "./settings/settings";
import { LibrarianSettingTab } from "./settings/settings_tab";
import { openSettings } from "./settings/settings_window";
import { tellIn } from "./obsidian/status_bar";
import type { Acts } from "./ui/host";
import type { Change } from "./protocol";
import { PathPicker, folders } from "./obsidian/path_picker";
import { PanelView } from "./obsidian/panel_view";

export default class VaultLibrarian extends Plugin {
	readonly #ended = new AbortController();
	readonly #choices = new Settings(dataFile(this));

	override onload(): void {
		const chosen = device(this.app);
		const librarian = this.#librarian(chosen);
		// Panels of the last time are there before the layout is ready.
		librarian.expect();
		const host = new ObsidianHost(this.app, librarian, this.#choices.choices, this.#acts(librarian, chosen), this.#ended.signal);
		for (const panel of PANELS) {
			this.registerView(panel.type, (leaf) => new PanelView(leaf, panel, host));
		}
		for (const command of commands(this.app, host)) this.addCommand(command);
		for (const menu of menus(this.app, host)) this.registerEvent(menu);
		const page = this.#page(librarian, chosen, host);
		this.addSettingTab(page);
		// Half of the page is the sidecar's, which comes and goes.
		this.register(librarian.state.listen(({ kind }, before) => kind !== before?.kind && page.update()));
		this.register(tellIn(this.addStatusBarItem(), host));
		this.registerEditorExtension(drafts);
		this.registerHoverLinkSource(HOVER_SOURCE, { display: this.manifest.name, defaultMod: true });
		this.registerCliHandler(this.manifest.id, "Search notes", SEARCH_FLAGS, (params) => searched(host, params));
		this.registerEvent(this.app.workspace.on("quit", (tasks) => tasks.addPromise(librarian.stop())));
		this.register(() => {
			this.#ended.abort();
			void librarian.end();
		});
		// The layout may become ready after a plugin was switched off again.
		this.app.workspace.onLayoutReady(() => this.#ended.signal.aborted || void this.#begin(librarian, host));
	}

	override async onExternalSettingsChange(): Promise<void> {
		this.#tell(await this.#choices.load());
	}

	async #begin(librarian: Librarian, host: ObsidianHost): Promise<void> {
		this.registerEvent(host.follow());
		const tell = (change: Change) => {
			librarian.changed(change);
			host.changed(change);
		};
		hearFiles(this.app.vault, (listener) => this.registerEvent(listener), tell);
		// First, for a sidecar is given its keys when it starts.
		this.#tell(await this.#choices.load());
		await librarian.start();
		// Once: whoever closes it without an answer finds it in the status bar.
		const { kind } = librarian.state.get();
		if ((kind === "new" || kind === "missing") && !host.recall("welcomed")) {
			host.remember("welcomed", true);
			await host.show("welcome");
		}
	}

	#openSettings(page: string, name: string, search?: string): void {
		if (!openSettings(this.app, page, search)) this.#tell([`Open Obsidian's settings, and there “${name}”.`]);
	}

	#tell(notices: readonly string[]): void {
		if (notices.length > 0) new Notice(notices.join("\n"));
	}

	#librarian(chosen: Device): Librarian {
		const { app } = this;
		const { adapter } = app.vault;
		// The manifest keeps it off anything but a desktop, where vaults are folders.
		const vaultPath = adapter instanceof FileSystemAdapter ? adapter.getBasePath() : "";
		const open = openNotes(app.workspace);
		return new Librarian(
			{
				vaultPath,
				version: this.manifest.version,
				secrets: () => this.#secrets(),
				...chosen,
				applyEdit: (asked, signal) => applyEdits(app, open, asked, signal),
			},
			means(),
		);
	}

	/** The keys that were chosen, as they are now. */
	#secrets(): Record<string, string> {
		const chosen = Object.entries(this.#choices.keys).map(([provider, name]) => [provider, this.app.secretStorage.getSecret(name)]);
		return Object.fromEntries(chosen.filter((each): each is [string, string] => Boolean(each[1])));
	}

	#acts(librarian: Librarian, chosen: Device): Acts {
		return {
			allow: () => {
				chosen.allow(true);
				return librarian.start();
			},
			retry: () => librarian.retry(),
			stop: () => librarian.stop(),
			pause: () => librarian.pause(),
			resume: () => librarian.resume(),
			openSettings: () => this.#openSettings(this.manifest.id, this.manifest.name),
			openExclusions: () => this.#openSettings("file", "Files and links"),
			openHotkeys: () => this.#openSettings("hotkeys", "Hotkeys", this.manifest.name),
			diagnostics: () => librarian.diagnostics(),
			lastErrors: () => librarian.lastErrors(),
			installCommands: installCommands(this.manifest.version),
			countNotes: () => this.app.vault.getMarkdownFiles().length,
		};
	}

	#page(librarian: Librarian, chosen: Device, host: ObsidianHost): LibrarianSettingTab {
		const { app } = this;
		return new LibrarianSettingTab(app, this, {
			settings: this.#choices,
			device: chosen,
			librarian,
			host,
			keyField: (row, name, onChoose) => void row.addComponent((element) => new SecretComponent(app, element).setValue(name).onChange(onChoose)),
			pickFolder: (except, onPick) => openOver(new PathPicker(app, folders(app, except), onPick), this.#ended.signal),
			platform: process.platform,
		});
	}
}
