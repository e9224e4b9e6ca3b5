/** What is looked for: how alike notes have to be, which kinds are shown, and whether of one note only. */

import { THRESHOLD } from "../host";
import { Button, Slider, number } from "../parts";
import type { FoundByKind } from "./look";
import type { Looking } from "./looking";
import { KINDS, KIND_TITLES, type Kind, percent } from "./wording";
import { useStore } from "../store";

interface Props {
	looking: Looking;
	/** The only kind that is shown. */
	kind: Kind | null;
	onKind: (kind: Kind | null) => void;
}

export function Controls({ looking, kind, onKind }: Props) {
	return (
		<div class="vl-duplicates-controls">
			<Slider
				label="Nearly the same from"
				value={looking.threshold}
				{...THRESHOLD}
				step={0.01}
				told={percent(looking.threshold)}
				onValue={looking.setThreshold}
			/>
			<label class="vl-switch">
				<input type="checkbox" checked={looking.isOneNote} onChange={(event) => looking.setOneNote(event.currentTarget.checked)} />
				Only the active note
			</label>
			<Button disabled={useStore(looking.look.going) !== null} onClick={looking.refresh}>
				Look again
			</Button>
			<Filters kind={kind} onKind={onKind} found={useStore(looking.look.found)} />
		</div>
	);
}

function Filters({ kind, onKind, found }: Omit<Props, "looking"> & { found: FoundByKind }) {
	const all = KINDS.reduce((sum, each) => sum + (found[each]?.total ?? 0), 0);
	return (
		<div class="vl-filters" role="group" aria-label="Kinds that are shown">
			<Filter label="All" count={all} isOn={kind === null} onClick={() => onKind(null)} />
			{KINDS.map((each) => (
				<Filter
					key={each}
					label={KIND_TITLES[each]}
					count={found[each]?.total}
					isOn={kind === each}
					onClick={() => onKind(kind === each ? null : each)}
				/>
			))}
		</div>
	);
}

function Filter({ label, count, isOn, onClick }: { label: string; count: number | undefined; isOn: boolean; onClick: () => void }) {
	return (
		<button type="button" class={`vl-filter ${isOn ? "is-active" : ""}`} aria-pressed={isOn} onClick={onClick}>
			{label} <span class="vl-count">{count === undefined ? "…" : number(count)}</span>
		</button>
	);
}
