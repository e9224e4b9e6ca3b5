/** What the settings page needs of the rest of the plugin. */

import type { Setting as Row } from "obsidian";

import type { Device } from "./device";
import type { Settings } from "./settings";
import type { Librarian } from "../sidecar/librarian";
import type { Host } from "../ui/host";

export interface SettingsPorts {
	settings: Settings;
	device: Device;
	librarian: Pick<Librarian, "state" | "call" | "retry" | "command">;
	host: Pick<Host, "confirm" | "notice">;
	/** A field in which one of Obsidian's secrets is chosen by its name, or made. */
	keyField: (row: Row, name: string, onChoose: (name: string) => void) => void;
	/** Let the person pick a folder that is none of these. */
	pickFolder: (except: readonly string[], onPick: (path: string) => void) => void;
	/** As Node calls the system. */
	platform: string;
}
