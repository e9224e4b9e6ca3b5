import type { App } from "obsidian";

declare global {
	interface Window {
		/** Obsidian's own, and the shim's. */
		app: App;
	}
}
