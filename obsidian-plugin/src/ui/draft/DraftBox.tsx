/** A text that is being written, over the note that it is for: nothing of it is in the note before it is whole. */

import "@preact/signals"; // the box follows the signals of its draft

import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Button } from "../parts";

export interface DraftSeen {
	/** What it will be: “Summary”. */
	readonly title: string;
	readonly text: ReadonlySignal<string>;
	/** How far it is, in words. */
	readonly stage: ReadonlySignal<string>;
}

export function DraftBox({ draft, onCancel }: { draft: DraftSeen; onCancel: () => void }) {
	const text = draft.text.value;
	const shown = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		if (shown.current) shown.current.scrollTop = shown.current.scrollHeight;
	}, [text]);
	return (
		<section class="librarian-draft" aria-label={draft.title} aria-busy="true">
			<header class="librarian-draft-head">
				<span class="librarian-draft-title">{draft.title}</span>
				<span class="librarian-muted" role="status">
					{draft.stage.value}
				</span>
				<Button onClick={onCancel} title="Nothing is put into the note">
					Cancel (Esc)
				</Button>
			</header>
			<div class="librarian-draft-text" dir="auto" tabIndex={0} ref={shown}>
				{text}
			</div>
		</section>
	);
}
