/** One answer: its text with numbers that open the passages it rests on, and these below it. */

import { useTold } from "../../writing/placing";
import type { Host } from "../host";
import { NoModel } from "../models/NoModel";
import { Icon, nameOf, whereTo } from "../parts";
import type { Answer } from "./asking";
import { pieces } from "./cited";

type Citation = Answer["citations"][number];

/** `hasModel`: false when nobody is chosen who could write an answer. */
export function AnswerView({ host, answer, hasModel }: { host: Host; answer: Answer; hasModel: boolean }) {
	const { citations, method, abstained, usage } = answer;
	const cited = new Map(citations.map((citation) => [citation.id, citation]));
	const without = method === "passages";
	return (
		<>
			{abstained && <p class="librarian-ask-abstained">The vault does not say. These passages come closest:</p>}
			{!abstained && !without && (
				<div class="librarian-ask-text" dir="auto">
					{pieces(answer.text, new Set(cited.keys())).map((piece, place) => {
						if ("text" in piece) return <span key={place}>{piece.text}</span>;
						const citation = cited.get(piece.id);
						return citation && <Number key={place} host={host} citation={citation} isDoubted={piece.isDoubted} />;
					})}
				</div>
			)}
			{without && !abstained && <p class="librarian-muted">Passages that may answer it:</p>}
			<Sources host={host} citations={citations.length > 0 && !abstained ? citations : closest(answer)} />
			{answer.notice !== null && hasModel && <p class="librarian-muted">{answer.notice}</p>}
			{without && !hasModel && <NoModel host={host} can="You see passages of your notes in the place of an answer." />}
			{usage && <p class="librarian-muted librarian-ask-price">{useTold(usage)}</p>}
		</>
	);
}

/** A passage's number behind a sentence; `isDoubted` where it does not seem to say so. */
function Number({ host, citation, isDoubted }: { host: Host; citation: Citation; isDoubted: boolean }) {
	const label = `Passage ${citation.id}: ${nameOf(citation.path)}${isDoubted ? ", does not seem to say so" : ""}`;
	return (
		<button
			type="button"
			class={`librarian-ask-number ${isDoubted ? "is-unsupported" : ""}`}
			aria-label={label}
			title={label}
			onClick={(event) => void host.openNote(citation.path, whereTo(event), citation.line)}
		>
			{citation.id}
			{isDoubted && "?"}
		</button>
	);
}

type Source = Pick<Citation, "path" | "heading" | "line" | "quote"> & { id?: number; supported?: boolean };

function Sources({ host, citations }: { host: Host; citations: readonly Source[] }) {
	if (citations.length === 0) return null;
	return (
		<ol class="librarian-ask-sources" aria-label="Passages">
			{citations.map((each, place) => (
				<li key={place} class="librarian-ask-source">
					<button
						type="button"
						class="librarian-link"
						onClick={(event) => void host.openNote(each.path, whereTo(event), each.line)}
						onMouseOver={(event) => host.hoverLink(event, event.currentTarget, each.path)}
					>
						{each.id !== undefined && `${each.id} · `}
						{nameOf(each.path)}
						{each.heading ? ` › ${each.heading}` : ""}
					</button>
					{each.supported === false && (
						<span class="librarian-ask-unsupported">
							<Icon host={host} name="triangle-alert" /> does not seem to say so
						</span>
					)}
					<blockquote dir="auto">{each.quote}</blockquote>
				</li>
			))}
		</ol>
	);
}

/** The passages nearest to the question, where none is cited. */
function closest({ passages }: Answer): Source[] {
	return passages.map(({ path, heading, line, text }) => ({ path, heading, line, quote: text }));
}
