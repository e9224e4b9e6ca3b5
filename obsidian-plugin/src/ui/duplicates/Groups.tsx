/** All groups that were found, by kind. */

import type { DuplicateGroup } from "../../protocol";
import type { Host } from "../host";
import { Button, Empty, counted, number } from "../parts";
import { GroupCard } from "./GroupCard";
import type { Decided } from "./keeping";
import type { Found } from "./look";
import { type Looking, PAGE } from "./looking";
import { KINDS, KIND_TITLES, type Kind } from "./wording";
import { useStore } from "../store";

interface Props {
	host: Host;
	looking: Looking;
	/** The only kind that is shown; all when it is null. */
	kind: Kind | null;
	decide: (group: DuplicateGroup) => Decided;
}

export function Groups({ host, looking, kind, decide }: Props) {
	const { look, isOneNote, note, threshold } = looking;
	const found = useStore(look.found);
	const going = useStore(look.going);
	const kinds = kind === null ? KINDS : [kind];
	if (isOneNote && note === null) return <Empty title="No note is open">Open a note to see what says the same.</Empty>;
	const isAnswered = kinds.every((each) => found[each] !== undefined);
	const isEmpty = kinds.every((each) => (found[each]?.groups.length ?? 0) === 0);
	if (isEmpty && isAnswered) return <NothingFound isOneNote={isOneNote} kind={kind} threshold={threshold} />;
	return (
		<div class="vl-groups" aria-busy={going !== null}>
			{kinds.map((each) => {
				const of = found[each];
				return of && of.groups.length > 0 ? (
					<KindSection key={each} host={host} looking={looking} kind={each} found={of} decide={decide} />
				) : null;
			})}
		</div>
	);
}

function NothingFound({ isOneNote, kind, threshold }: { isOneNote: boolean; kind: Kind | null; threshold: number }) {
	const isLimited = threshold > 0.5 && (kind === null || kind === "near");
	const none = kind === null ? "No duplicates found" : `${KIND_TITLES[kind]}: none found`;
	return (
		<Empty title={isOneNote && kind === null ? "Nothing says the same as this note" : none}>
			{isLimited && <p>A lower limit finds more.</p>}
		</Empty>
	);
}

function KindSection({ host, looking, kind, found, decide }: Omit<Props, "kind"> & { kind: Kind; found: Found }) {
	const more = found.total - found.groups.length;
	const going = useStore(looking.look.going);
	return (
		<section class="vl-duplicates-kind" aria-label={KIND_TITLES[kind]}>
			<h3>
				{KIND_TITLES[kind]} <span class="vl-count">{number(found.total)}</span>
			</h3>
			<ul class="vl-group-list">
				{found.groups.map((group) => (
					<GroupCard
						key={group.id}
						host={host}
						group={group}
						isOpen={looking.open.has(group.id)}
						onToggle={() => looking.toggle(group.id)}
						decided={decide(group)}
						onLookAgain={looking.refresh}
					/>
				))}
			</ul>
			{more > 0 && (
				<p class="vl-more">
					<span class="vl-muted">{`${number(found.groups.length)} of ${counted(found.total, "group")} shown`}</span>
					<Button disabled={going !== null} onClick={() => looking.showMore(kind)}>
						{`Show ${number(Math.min(more, PAGE))} more`}
					</Button>
				</p>
			)}
		</section>
	);
}
