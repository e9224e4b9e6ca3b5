/** All groups that were found, by kind. */

import type { Host } from "../host";
import { Empty, counted, number } from "../parts";
import type { Deciding } from "./deciding";
import { GroupCard } from "./GroupCard";
import type { Found } from "./look";
import { type Looking, PAGE } from "./looking";
import { Remark } from "./Remark";
import { KINDS, KIND_TITLES, type Kind } from "./wording";

interface Props {
	host: Host;
	looking: Looking;
	deciding: Deciding;
}

export function Groups(props: Props) {
	const { found, going, isWithoutNote, isOneNote, kind, threshold } = props.looking;
	if (isWithoutNote) return <Empty title="No note is open">Open a note to see what says the same.</Empty>;
	const kinds = kind === null ? KINDS : [kind];
	if (kinds.every((each) => found[each]?.groups.length === 0)) {
		const none = kind === null ? "No duplicates found" : `${KIND_TITLES[kind]}: none found`;
		return (
			<Empty title={isOneNote && kind === null ? "Nothing says the same as this note" : none}>
				{threshold > 0.5 && kinds.includes("near") && <p>A lower limit finds more.</p>}
			</Empty>
		);
	}
	return (
		<div class="vl-groups" aria-busy={going !== null}>
			{kinds.map((each) => {
				const of = found[each];
				return of && of.groups.length > 0 && <KindSection key={each} {...props} kind={each} found={of} />;
			})}
		</div>
	);
}

function KindSection({ host, looking, deciding, kind, found: { groups, total } }: Props & { kind: Kind; found: Found }) {
	const more = total - groups.length;
	return (
		<section class="vl-duplicates-kind" aria-label={KIND_TITLES[kind]}>
			<h3>
				{KIND_TITLES[kind]} <span class="vl-count">{number(total)}</span>
			</h3>
			<ul class="vl-group-list">
				{groups.map((group) => (
					<GroupCard key={group.id} host={host} group={group} looking={looking} deciding={deciding} />
				))}
			</ul>
			{more > 0 && (
				<Remark
					told={`${number(groups.length)} of ${counted(total, "group")} shown`}
					disabled={looking.going !== null}
					onClick={() => looking.showMore(kind)}
				>
					{`Show ${number(Math.min(more, PAGE))} more`}
				</Remark>
			)}
		</section>
	);
}
