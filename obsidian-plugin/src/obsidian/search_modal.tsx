/** The search over whatever is open, gone as soon as something was found. */

import { type App, Modal } from "obsidian";
import { render } from "preact";

import type { Host } from "../ui/host";
import { SearchPanel } from "../ui/search/SearchPanel";

export class SearchModal extends Modal {
	constructor(
		app: App,
		private readonly host: Host,
	) {
		super(app);
	}

	override onOpen(): void {
		this.modalEl.addClass("vl-search-modal");
		this.modalEl.setAttr("aria-label", "Search notes");
		render(<SearchPanel host={this.host} isModal onDone={() => this.close()} />, this.contentEl);
	}

	override onClose(): void {
		render(null, this.contentEl);
	}
}
