/** Writing with a model over the note that it is for. */

import { type App, Modal } from "obsidian";
import { render } from "preact";

import type { Host } from "../ui/host";
import { type Wanted, WritePanel } from "../ui/rewrite/WritePanel";

export class WriteModal extends Modal {
	constructor(
		app: App,
		private readonly host: Host,
		private readonly wanted: Wanted,
	) {
		super(app);
	}

	override onOpen(): void {
		this.setTitle(this.wanted.act);
		this.modalEl.addClass("librarian-write-modal");
		render(<WritePanel host={this.host} wanted={this.wanted} onDone={() => this.close()} />, this.contentEl);
	}

	override onClose(): void {
		render(null, this.contentEl);
	}
}
