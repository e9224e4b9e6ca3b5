/** Windows over everything, which go with the plugin that opened them. */

import type { Modal } from "obsidian";

/** `ended` is aborted when the plugin is switched off; `onClosed` is told of the end in any case. */
export function openOver(modal: Modal, ended: AbortSignal, onClosed?: () => void): void {
	// What was begun before may ask for one when the plugin is gone.
	if (ended.aborted) return onClosed?.();
	const close = () => modal.close();
	modal.setCloseCallback(() => {
		ended.removeEventListener("abort", close);
		onClosed?.();
	});
	ended.addEventListener("abort", close);
	modal.open();
}
