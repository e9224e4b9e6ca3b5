/** A host that a panel hears nothing new from while it is hidden, so that hidden panels ask nothing. */

import { type ReadableAtom, atom, effect } from "nanostores";

import type { Host } from "../ui/host";

/** `isShown` says whether the panel can be seen. Release it with the panel. */
export function whileShown(host: Host, isShown: ReadableAtom<boolean>): { host: Host; release: () => void } {
	const activeNote = atom(host.activeNote.get());
	const generation = atom(host.generation.get());
	const release = effect([isShown, host.activeNote, host.generation], (isSeen, note, latest) => {
		if (!isSeen) return;
		activeNote.set(note);
		generation.set(latest);
	});
	const shown = Object.create(host, { activeNote: { value: activeNote }, generation: { value: generation } }) as Host;
	return { host: shown, release };
}
