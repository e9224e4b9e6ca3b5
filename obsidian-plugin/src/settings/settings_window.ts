/** Obsidian's settings window, opened at a page. There is no documented way: where this one is missing, nothing opens and it is said. */

import type { App } from "obsidian";

interface SettingsWindow {
	open(): void;
	openTabById(id: string): { searchComponent?: { setValue(text: string): unknown }; updateHotkeyVisibility?: () => void } | null;
}

/** False when it cannot be opened from here. */
export function openSettings(app: App, page: string, search?: string): boolean {
	const { setting } = app as App & { setting?: Partial<SettingsWindow> };
	if (typeof setting?.open !== "function" || typeof setting.openTabById !== "function") return false;
	setting.open();
	const tab = setting.openTabById(page);
	if (search !== undefined && tab !== null) {
		tab.searchComponent?.setValue(search);
		tab.updateHotkeyVisibility?.();
	}
	return true;
}
