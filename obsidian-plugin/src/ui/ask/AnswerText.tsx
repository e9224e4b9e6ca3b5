/** An answer's text as the host shows Markdown, also while it comes, with numbers that open the passages it rests on. */

import { render } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { attempt } from "../attempt";
import type { Host } from "../host";
import { nameOf, whereTo } from "../parts";
import type { Answer } from "./asking";

type Citation = Answer["citations"][number];

interface Written {
	host: Host;
	text: string;
	/** Null while the text comes: what its numbers lead to is told at its end. */
	citations: readonly Citation[] | null;
}

/** What the sidecar puts behind a sentence that names no passage. */
const UNCITED = "[?]";
/** What is shown of the sidecar's links to passages: the number, and whether the passage does not seem to say so. */
const SHOWN = /^(\d*)(\??)$/;

/** A text takes the place of the one before once it is drawn, one a frame at most: nothing flickers, and nothing is empty meanwhile. */
export function AnswerText(written: Written) {
	const place = useRef<HTMLDivElement>(null);
	const latest = useRef(written);
	latest.current = written;
	const isDrawing = useRef(false);
	const release = useRef(() => {});
	const draw = async () => {
		if (isDrawing.current) return;
		isDrawing.current = true;
		try {
			for (let drawn: Written | null = null; place.current && drawn !== latest.current; await nextFrame(place.current)) {
				drawn = latest.current;
				const last = release.current;
				release.current = await drawInto(place.current, drawn);
				last();
			}
		} finally {
			isDrawing.current = false;
		}
	};
	useLayoutEffect(() => attempt(written.host, draw()), [written.text, written.citations]);
	useEffect(() => () => release.current(), []);
	return <div class="vl-ask-text markdown-rendered" dir="auto" ref={place} />;
}

function nextFrame(element: HTMLElement | null): Promise<unknown> {
	return new Promise((resolve) => element?.ownerDocument.defaultView?.requestAnimationFrame(resolve) ?? resolve(null));
}

async function drawInto(place: HTMLElement, { host, text, citations }: Written): Promise<() => void> {
	const made = place.cloneNode() as HTMLElement;
	const release = await host.renderMarkdown(made, text.replaceAll(UNCITED, "[[?]]"), "");
	for (const link of made.querySelectorAll("a")) {
		const [, number, doubt] = SHOWN.exec(link.textContent) ?? [];
		const citation = citations?.find(({ id }) => String(id) === number);
		const mark = new DocumentFragment();
		if (number && (citation || !citations)) render(<Number host={host} id={number} citation={citation} isDoubted={doubt !== ""} />, mark);
		else if (doubt) render(<Uncited />, mark);
		// Nothing else that a model wrote leads anywhere.
		else mark.append(link.textContent);
		link.replaceWith(mark);
	}
	place.replaceChildren(...made.childNodes);
	return release;
}

/** A passage's number behind a sentence; `isDoubted` where it does not seem to say so. */
function Number({ host, id, citation, isDoubted }: { host: Host; id: string; citation: Citation | undefined; isDoubted: boolean }) {
	const label = `Passage ${id}${citation ? `: ${nameOf(citation.path)}` : ""}${isDoubted ? ", does not seem to say so" : ""}`;
	return (
		<button
			type="button"
			class={`vl-ask-number ${isDoubted ? "is-unsupported" : ""}`}
			aria-label={label}
			title={label}
			disabled={!citation}
			onClick={(event) => citation && void host.openNote(citation.path, whereTo(event), citation.line)}
		>
			{id}
			{isDoubted && "?"}
		</button>
	);
}

function Uncited() {
	return (
		<span class="vl-ask-uncited" role="img" tabIndex={0} aria-label="No passage is named for this" title="No passage is named for this">
			?
		</span>
	);
}
