/** What is offered while the box is empty: saved and recent searches. */

import type { Host } from "../host";
import { Icon } from "../parts";
import { MODES } from "./modes";
import type { PastSearch } from "./past";
import type { Searching } from "./searching";

interface Props {
	host: Host;
	id: string;
	searching: Searching;
}

export function PastList(props: Props) {
	const rows = props.searching.past.searches.map((search, index) => ({ search, index }));
	return (
		<div class="vl-past" role="listbox" aria-label="Earlier searches" id={props.id}>
			<Group {...props} title="Saved" rows={rows.filter(({ search }) => search.name !== null)} />
			<Group {...props} title="Recent" rows={rows.filter(({ search }) => search.name === null)} />
		</div>
	);
}

interface GroupProps extends Props {
	title: string;
	rows: { search: PastSearch; index: number }[];
}

function Group({ host, id, title, rows, searching: { choice, past, take } }: GroupProps) {
	if (rows.length === 0) return null;
	return (
		<div role="group" aria-label={title}>
			<h6 class="vl-group" aria-hidden="true">
				{title}
			</h6>
			{rows.map(({ search, index }) => (
				<div
					key={`${search.name} ${search.text}`}
					class={`vl-past-row ${index === choice.index ? "is-selected" : ""}`}
					role="option"
					id={`${id}-${index}`}
					aria-selected={index === choice.index}
					onClick={() => take(search)}
				>
					<Icon host={host} name={search.name === null ? "history" : "bookmark"} />
					<span class="vl-past-name" dir="auto">
						{search.name ?? search.text}
					</span>
					{search.name !== null && search.name !== search.text && (
						<span class="vl-past-text" dir="auto">
							{search.text}
						</span>
					)}
					{search.mode !== "hybrid" && (
						<span class="vl-past-mode">{MODES[search.mode]}</span>
					)}
					<span
						class="vl-sign clickable-icon"
						aria-hidden="true"
						title="Forget this search"
						onClick={(event) => {
							event.stopPropagation();
							void past.forget(search);
						}}
					>
						<Icon host={host} name="x" />
					</span>
				</div>
			))}
		</div>
	);
}
