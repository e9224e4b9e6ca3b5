/** A panel in one of Obsidian's leaves. */

import { atom } from "nanostores";
import { ItemView, type WorkspaceLeaf } from "obsidian";
import { render } from "preact";

import type { Panel } from "./panels";
import type { Host } from "../ui/host";
import { whileShown } from "./shown";

export class PanelView extends ItemView {
	override navigation = false;

	constructor(
		leaf: WorkspaceLeaf,
		private readonly panel: Panel,
		private readonly host: Host,
	) {
		super(leaf);
		this.icon = panel.icon;
	}

	override getViewType(): string {
		return this.panel.type;
	}

	override getDisplayText(): string {
		return this.panel.title;
	}

	protected override async onOpen(): Promise<void> {
		const isShown = atom(true);
		const seen = new IntersectionObserver((entries) => {
			isShown.set(entries.some((entry) => entry.isIntersecting));
		});
		seen.observe(this.contentEl);
		const { host, release } = whileShown(this.host, isShown);
		this.register(release);
		this.register(() => seen.disconnect());
		const { Component } = this.panel;
		render(<Component host={host} />, this.contentEl);
	}

	protected override async onClose(): Promise<void> {
		render(null, this.contentEl);
	}
}
