/** One run of summaries: how far it is, each summary as it comes, and putting them into the notes. */

import { useState } from "preact/hooks";

import type { PlaceRun, RunNote } from "../../protocol";
import { useAsked } from "../ask";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { Select } from "../fields";
import { Button, Buttons, Failure, Muted, Working, counted } from "../parts";
import type { Batch } from "./batch";
import { Placing } from "./Placing";
import { goingTold, leftOf, priceTold, runTold, typedOf } from "./wording";
import { useStore } from "../store";

const SHOWN = 50;

export type Place = PlaceRun["where"];

const PLACES: Record<Place, string> = {
	top: "At the top of each note",
	end: "At the end of each note",
	property: "In the property summary",
	note: "In a new note beside each",
};

export function RunView({ host, batch }: { host: Host; batch: Batch }) {
	const [where, setWhere] = useState<Place>("top");
	const [isPlacing, setPlacing] = useState(false);
	const run = useStore(batch.run);
	const going = useStore(batch.going);
	const notes = useStore(batch.notes);
	const error = useStore(batch.error);
	const runId = run?.runId ?? "";
	const close = () => {
		setPlacing(false);
		batch.show(null);
		void batch.refresh();
	};
	return (
		<>
			{run !== null && <h3 dir="auto">{typedOf(run)}</h3>}
			{going !== null && (
				<>
					<Working label={goingTold(going)} done={going.done} total={going.total} />
					<Button onClick={() => void batch.pause()}>Pause</Button>
				</>
			)}
			{error !== null && <Failure error={error} host={host} />}
			{going === null && run !== null && !isPlacing && (
				<>
					<p role="status">{runTold(run)}</p>
					{leftOf(run) > 0 && <Rest host={host} runId={runId} />}
					<Buttons>
						{run.done < run.total && (
							<Button isMain={leftOf(run) > 0} onClick={() => void batch.start({ runId })}>
								{leftOf(run) > 0 ? "Go on" : `Try ${counted(run.leftOut, "note")} again`}
							</Button>
						)}
						{run.done > 0 && (
							<>
								<Select label="Where summaries go" value={where} options={PLACES} onChoose={setWhere} />
								<Button isMain={leftOf(run) === 0} onClick={() => setPlacing(true)}>
									Put into the notes…
								</Button>
							</>
						)}
						<Button onClick={close}>Close</Button>
					</Buttons>
				</>
			)}
			{isPlacing && run !== null && <Placing host={host} run={run} where={where} onBack={() => setPlacing(false)} onDone={close} />}
			{!isPlacing && <Notes host={host} notes={notes} />}
		</>
	);
}

/** What is still to be paid. */
function Rest({ host, runId }: { host: Host; runId: string }) {
	const estimate = useAsked((signal) => host.call("summary.estimate", { runId }, { signal }), [runId]).answer;
	return <Muted>{estimate === null ? "Counting what is left…" : `Left: ${priceTold({ ...estimate, done: 0 })}`}</Muted>;
}

function Notes({ host, notes }: { host: Host; notes: readonly RunNote[] }) {
	const [shown, setShown] = useState(SHOWN);
	const more = notes.length - shown;
	return (
		<>
			<ul class="vl-summaries-notes" aria-label="Summaries">
				{notes.slice(0, shown).map((note) => (
					<li key={note.path}>
						<NoteLink host={host} path={note.path} />
						{note.text !== null && (
							<div class="vl-summaries-text" dir="auto">
								{note.text}
							</div>
						)}
						{note.reason !== null && <Muted>{`${note.text === null ? "Left out: " : ""}${note.reason}`}</Muted>}
					</li>
				))}
			</ul>
			{more > 0 && <Button onClick={() => setShown(shown + 4 * SHOWN)}>{`Show ${counted(more, "more note")}`}</Button>}
		</>
	);
}
