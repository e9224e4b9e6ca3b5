/** The plugin: `onload` puts its pieces together and registers them, and nothing more is done before the workspace is there. */

import { signal } from "@preact/signals";
import { FileSystemAdapter, Plugin, TFile } from "obsidian";

import { batched } from "./changes";
import { SEARCH_FLAGS, searched } from "./cli";
import { windowClock } from "./clock";
import { commands } from "./commands";
import { applyEdits } from "./edits";
import { hearFiles } from "./file_events";
import { installCommands } from "./install";
import { Librarian, means } from "./librarian";
import { HOVER_SOURCE, ObsidianHost } from "./obsidian_host";
import { openNotes } from "./open_notes";
import { PANELS } from "./panels";
import { openSettings } from "./settings_window";
import { tellIn } from "./status_bar";
import type { Acts, Choices } from "./ui/host";
import { PanelView } from "./views/panel_view";

/** Whether this vault may be read, kept on this device. */
const ALLOWED = "vault-librarian:allowed";

export default class VaultLibrarian extends Plugin {
	override onload(): void {
		const librarian = this.librarian();
		const choices = signal<Choices>({ mode: "hybrid", limit: 20, threshold: 0.5 });
		const host = new ObsidianHost(this.app, librarian, choices, this.acts(librarian));
		for (const panel of PANELS) {
			this.registerView(panel.type, (leaf) => new PanelView(leaf, panel, host));
		}
		for (const command of commands(this.app, host)) this.addCommand(command);
		this.register(tellIn(this.addStatusBarItem(), host));
		this.registerHoverLinkSource(HOVER_SOURCE, { display: this.manifest.name, defaultMod: true });
		this.registerCliHandler(this.manifest.id, "Search notes", SEARCH_FLAGS, (params) => searched(host, params));
		this.registerEvent(this.app.workspace.on("quit", (tasks) => tasks.addPromise(librarian.stop())));
		this.register(() => void librarian.stop());
		this.app.workspace.onLayoutReady(() => this.begin(librarian, host));
	}

	private begin(librarian: Librarian, host: ObsidianHost): void {
		this.registerEvent(host.follow());
		const changes = batched((some) => librarian.changed(some), windowClock);
		this.register(() => changes.stop());
		hearFiles(this.app.vault, (listener) => this.registerEvent(listener), changes);
		this.registerEvent(this.app.vault.on("rename", (file, from) => file instanceof TFile && host.renamed(file, from)));
		void librarian.start();
	}

	private librarian(): Librarian {
		const { app } = this;
		const { adapter } = app.vault;
		// The manifest keeps it off anything but a desktop, where vaults are folders.
		const vaultPath = adapter instanceof FileSystemAdapter ? adapter.getBasePath() : "";
		const open = openNotes(app.workspace);
		return new Librarian(
			{
				vaultPath,
				version: this.manifest.version,
				command: () => "",
				isAllowed: () => app.loadLocalStorage(ALLOWED) === true,
				applyEdit: (asked, signal) => applyEdits(app, open, asked, signal),
			},
			means(),
		);
	}

	private acts(librarian: Librarian): Acts {
		return {
			allow: () => {
				this.app.saveLocalStorage(ALLOWED, true);
				return librarian.start();
			},
			retry: () => librarian.retry(),
			stop: () => librarian.stop(),
			pause: () => librarian.pause(),
			resume: () => librarian.resume(),
			openSettings: () => void openSettings(this.app, this.manifest.id),
			openHotkeys: () => void openSettings(this.app, "hotkeys", this.manifest.name),
			diagnostics: () => librarian.diagnostics(),
			lastErrors: () => librarian.lastErrors(),
			installCommands: installCommands(this.manifest.version),
			countNotes: () => this.app.vault.getMarkdownFiles().length,
		};
	}
}
