/** What is looked for: how alike notes have to be, which kinds are shown, and whether of one note only. */

import { THRESHOLD } from "../host";
import { Button, Slider, number } from "../parts";
import type { Looking } from "./looking";
import { KINDS, KIND_TITLES, percent } from "./wording";

export function Controls({ looking }: { looking: Looking }) {
	const { threshold, found } = looking;
	const counts = KINDS.map((kind) => found[kind]?.total);
	const all = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
	return (
		<div class="vl-duplicates-controls">
			<Slider
				label="Nearly the same from"
				value={threshold}
				{...THRESHOLD}
				step={0.01}
				told={percent(threshold)}
				onValue={looking.setThreshold}
			/>
			<label class="vl-switch">
				<input type="checkbox" checked={looking.isOneNote} onChange={(event) => looking.setOneNote(event.currentTarget.checked)} />
				Only the active note
			</label>
			<Button disabled={looking.going !== null} onClick={looking.refresh}>
				Look again
			</Button>
			<div class="vl-filters" role="group" aria-label="Kinds that are shown">
				{[null, ...KINDS].map((kind, place) => {
					const isOn = looking.kind === kind;
					const count = kind === null ? all : counts[place - 1];
					return (
						<Button class={`vl-filter ${isOn ? "is-active" : ""}`} aria-pressed={isOn} onClick={() => looking.setKind(isOn ? null : kind)}>
							{kind === null ? "All" : KIND_TITLES[kind]} <span class="vl-count">{count === undefined ? "…" : number(count)}</span>
						</Button>
					);
				})}
			</div>
		</div>
	);
}
