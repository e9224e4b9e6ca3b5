/** A host that a panel hears nothing new from while it is hidden, so that hidden panels ask nothing. */

import { type ReadonlySignal, effect, signal } from "@preact/signals";

import type { Host } from "../ui/host";

/** `isShown` says whether the panel can be seen. Release it with the panel. */
export function whileShown(host: Host, isShown: ReadonlySignal<boolean>): { host: Host; release: () => void } {
	const activeNote = signal(host.activeNote.peek());
	const generation = signal(host.generation.peek());
	const release = effect(() => {
		if (!isShown.value) return;
		activeNote.value = host.activeNote.value;
		generation.value = host.generation.value;
	});
	const shown = Object.create(host, { activeNote: { value: activeNote }, generation: { value: generation } }) as Host;
	return { host: shown, release };
}
