/** Why a note was found, in words. */

import type { Why } from "../../protocol";

/** Fields that people call otherwise. */
const FIELDS: Record<string, string> = { aliases: "other names", body: "text" };

const KINDS: Partial<Record<Why["kind"], string>> = {
	stem: "another form of your word",
	prefix: "begins like your word",
	typo: "spelt a little differently",
};

/** One word of the note, and everywhere that it matched. */
interface Reason {
	term: string;
	kind: Why["kind"];
	fields: string[];
}

export function WhyMatched({ why }: { why: readonly Why[] }) {
	const near = why.find((each) => each.kind === "meaning");
	return (
		<div class="vl-why">
			{why.length === 0 && <span>It fits what you asked for besides words.</span>}
			{reasons(why).map(({ term, kind, fields }) => (
				<span>
					<b dir="auto">{term}</b>
					{` in ${fields.join(", ")}`}
					{KINDS[kind] && `, ${KINDS[kind]}`}
				</span>
			))}
			{near && <span>{meaning(near)}</span>}
		</div>
	);
}

/** The words that matched, in the order in which they were told, each with all its fields. */
function reasons(why: readonly Why[]): Reason[] {
	const byTerm = new Map<string, Reason>();
	for (const { term, kind, field } of why) {
		if (kind === "meaning") continue;
		const reason = byTerm.get(`${kind} ${term}`) ?? { term, kind, fields: [] };
		reason.fields.push(FIELDS[field] ?? field);
		byTerm.set(`${kind} ${term}`, reason);
	}
	return [...byTerm.values()];
}

function meaning({ field, similarity }: Why): string {
	const where = field === "title" ? "The note as a whole" : "A passage";
	const much = similarity == null ? "" : ` (similarity ${similarity.toFixed(2)} of 1)`;
	return `${where} says something near to it${much}`;
}
