/** Writing with a model over the note that it is for. */

import type { App } from "obsidian";

import type { Host } from "../ui/host";
import { type Wanted, WritePanel } from "../ui/rewrite/WritePanel";
import { openOver } from "./over";
import { PanelModal } from "./panel_modal";

export function openWriting(app: App, host: Host, wanted: Wanted): void {
	openOver(new PanelModal(app, wanted.act, (close) => <WritePanel host={host} wanted={wanted} onDone={close} />), host.ended);
}
