/** A text that is being written, over the note that it is for, or between its lines: nothing of it is in the note before it is whole. */

import type { ReadableAtom } from "nanostores";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Button, dotted } from "../parts";
import { useStore } from "../store";
import { GrowingText } from "./growing";

export interface DraftSeen {
	/** What it will be: “Summary”. */
	readonly title: string;
	readonly text: ReadableAtom<string>;
	/** How far it is, in words. */
	readonly stage: ReadableAtom<string>;
	/** Who writes it; empty where that is not known. */
	readonly writer: ReadableAtom<string>;
}

interface DraftProps {
	draft: DraftSeen;
	onCancel: () => void;
}

export function DraftBox({ draft, onCancel }: DraftProps) {
	const text = useStore(draft.text);
	const box = useRef<HTMLDivElement>(null);
	const shown = useRef<GrowingText | null>(null);
	useLayoutEffect(() => {
		if (!box.current) return;
		shown.current ??= new GrowingText(box.current);
		shown.current.show(text);
		box.current.scrollTo({ top: box.current.scrollHeight });
	}, [text]);
	return (
		<section class="vl-draft" aria-label={draft.title} aria-busy="true">
			<header class="vl-draft-head">
				<span class="vl-draft-title">{draft.title}</span>
				<DraftState draft={draft} onCancel={onCancel} />
			</header>
			<div class="vl-draft-text" dir="auto" tabIndex={0} ref={box} />
		</section>
	);
}

/** The text as it will stand in its line, or in the callout that it will be. Whoever shows it fills its element, at once. */
export function DraftHere({ draft, onCancel, isCallout }: DraftProps & { isCallout: boolean }) {
	const text = <span class="vl-draft-text" />;
	return (
		<>
			{isCallout ? (
				<div class="callout" data-callout="summary" dir="auto">
					<div class="callout-title">
						<div class="callout-title-inner">{draft.title}</div>
					</div>
					<div class="callout-content">{text}</div>
				</div>
			) : (
				text
			)}
			<span class="vl-draft-bar">
				<DraftState draft={draft} onCancel={onCancel} />
			</span>
		</>
	);
}

function DraftState({ draft, onCancel }: DraftProps) {
	return (
		<>
			<span class="vl-muted" role="status">
				{dotted(useStore(draft.stage), useStore(draft.writer))}
			</span>
			<Button onClick={onCancel} title="Nothing is put into the note">
				Cancel (Esc)
			</Button>
		</>
	);
}
