/** What a question was understood as, in one line; opened, each part can be left out and more be added, to ask again. */

import { useState } from "preact/hooks";

import type { Host } from "../host";
import { Form, TextInput } from "../fields";
import { ModelFailure } from "../models/NoModel";
import { Button, Buttons, IconButton, Muted, Underway } from "../parts";
import type { Asking, Understood } from "./asking";
import { type OtherWords, useOtherWords } from "./other_words";

const PARTS = [
	["words", "Words"],
	["expansions", "Or"],
	["filters", "Only notes"],
	["subQuestions", "And each of"],
] as const;

/** Clauses of the search's language that hold for every note, as opposed to words. */
const FILTER = /^(-?)(tag|path|after|before):"?(.+?)"?$|^\[.+\]$|^-\S/;
const TOLD: Record<string, string> = { tag: "tagged", path: "in", after: "changed since", before: "changed before" };

/** `asking`: null where it cannot be changed any more; `canFind`: whether a model is there to find other words. */
export function Looked({ host, read, asking, canFind }: { host: Host; read: Understood; asking: Asking | null; canFind: boolean }) {
	const [edited, setEdited] = useState<Understood | null>(null);
	const told = PARTS.slice(0, 3).flatMap(([part]) => (read[part] ?? []).map(inWords)).join(" · ") || read.query;
	const line = `Looked for: ${told}${read.method === "plain" ? " · at any time, for nothing is of the time that was named" : ""}`;
	return (
		<div class="vl-ask-looked">
			{line}
			{asking && (
				<>
					{" · "}
					<button
						type="button"
						class="vl-link"
						aria-expanded={edited !== null}
						onClick={() => setEdited(edited === null ? read : null)}
					>
						{edited === null ? "change" : "leave it"}
					</button>
				</>
			)}
			{asking && edited !== null && <Changing host={host} asking={asking} edited={edited} setEdited={setEdited} canFind={canFind} />}
		</div>
	);
}

interface ChangingProps {
	host: Host;
	asking: Asking;
	edited: Understood;
	/** Null: it is not to be changed any more. */
	setEdited: (change: Understood | null | ((before: Understood | null) => Understood | null)) => void;
	canFind: boolean;
}

function Changing({ host, asking, edited, setEdited, canFind }: ChangingProps) {
	const [typed, setTyped] = useState("");
	// The filters stay as the person made them, also while the model was at it.
	const other = useOtherWords(asking.otherWords, (found) => setEdited((before) => before && { ...found, filters: before.filters ?? [] }));
	const withTyped = (): Understood => {
		setTyped("");
		return withMore(edited, typed.trim());
	};
	const again = () => {
		void asking.again({ ...withTyped(), query: "" });
		setEdited(null);
	};
	const find = () => {
		setEdited(withTyped());
		other.find();
	};
	return (
		<Form onSubmit={() => setEdited(withTyped())}>
			{PARTS.map(([part, label]) => (
				<Chips
					key={part}
					host={host}
					label={label}
					parts={edited[part] ?? []}
					leaveOut={(place) => setEdited({ ...edited, [part]: edited[part]?.filter((_, each) => each !== place) })}
				/>
			))}
			<TextInput aria-label="Look for this, too" placeholder="A word, or tag:…, path:…, after:…" value={typed} onValue={setTyped} />
			<Buttons>
				<Button isMain onClick={again}>
					Ask again
				</Button>
				{canFind && (
					<Button title="The model says what else to look for, which costs a little" disabled={other.isFinding} onClick={find}>
						Find other words
					</Button>
				)}
			</Buttons>
			<Finding host={host} other={other} onRetry={find} />
		</Form>
	);
}

function withMore(understood: Understood, more: string): Understood {
	if (more === "") return understood;
	const part = FILTER.test(more) ? "filters" : "words";
	return { ...understood, [part]: [...(understood[part] ?? []), more] };
}

/** That other words are looked for, or why there are none. */
function Finding({ host, other, onRetry }: { host: Host; other: OtherWords; onRetry: () => void }) {
	const { isFinding, told, error, stop } = other;
	return (
		<>
			{isFinding && <Underway label="Looking for other words" onStop={stop} />}
			{told !== "" && <Muted role="status">{told}</Muted>}
			{error !== null && <ModelFailure host={host} error={error} can="Other words cannot be found without one." onRetry={onRetry} />}
		</>
	);
}

function Chips({ host, label, parts, leaveOut }: { host: Host; label: string; parts: readonly string[]; leaveOut: (place: number) => void }) {
	if (parts.length === 0) return null;
	return (
		<ul class="vl-ask-chips" aria-label={label}>
			<li class="vl-muted" aria-hidden="true">
				{label}
			</li>
			{parts.map((each, place) => (
				<li key={each} class="vl-ask-chip">
					{inWords(each)}
					<IconButton host={host} icon="x" label={`Leave out ${inWords(each)}`} onClick={() => leaveOut(place)} />
				</li>
			))}
		</ul>
	);
}

/** A clause as a person says it; what is none stays as it is. */
function inWords(clause: string): string {
	const [, no, name, value] = FILTER.exec(clause) ?? [];
	return name ? `${no ? "not " : ""}${TOLD[name] ?? ""} ${value ?? ""}` : clause;
}
