/** A panel over whatever is open, for as long as something takes. */

import { type App, Modal } from "obsidian";
import { type ComponentChild, render } from "preact";

export class PanelModal extends Modal {
	constructor(
		app: App,
		private readonly title: string,
		/** Makes the panel, which is given what closes the window. */
		private readonly panel: (close: () => void) => ComponentChild,
	) {
		super(app);
	}

	override onOpen(): void {
		this.setTitle(this.title);
		this.modalEl.addClass("vl-modal");
		render(<div class="vl-panel">{this.panel(() => this.close())}</div>, this.contentEl);
	}

	override onClose(): void {
		render(null, this.contentEl);
	}
}
