/** How far a look is, what it covered, and what it did not. */

import { useEffect, useState } from "preact/hooks";

import { windowClock } from "../../clock";
import type { DuplicateCoverage } from "../../protocol";
import { useReady } from "../changes/Unready";
import type { Host } from "../host";
import { CoverageLine, Failure, Muted, Underway, isNote, number } from "../parts";
import type { FoundByKind } from "./look";
import type { Looking } from "./looking";
import { Remark } from "./Remark";
import { KINDS, KIND_TITLES } from "./wording";

/** A look that is answered sooner is not worth a line that comes and goes. */
const SLOW_MS = 400;

const PHASES: Record<string, string> = {
	reading: "Reading notes",
	comparing: "Comparing notes",
	"reading files": "Comparing other files",
	"comparing meanings": "Comparing what notes mean",
};

export function LookStatus({ host, looking }: { host: Host; looking: Looking }) {
	const { going, found, left, error } = looking;
	const isSlow = useSlow(going !== null);
	const ready = useReady(host);
	return (
		<div class="vl-look">
			{going !== null && (isSlow || Object.keys(found).length === 0) && (
				<Underway label={PHASES[going.phase] ?? "Looking for duplicates"} done={going.done} total={going.total} onStop={looking.stop} />
			)}
			{ready && error !== null && <Failure error={error} />}
			{ready && going === null && left.length > 0 && (
				<Remark told={leftTold(looking)} onClick={() => looking.ask(left)}>
					{error === null ? "Go on" : "Try again"}
				</Remark>
			)}
			{looking.isStale && (
				<Remark told="Notes changed since." disabled={going !== null} onClick={looking.refresh}>
					Look again
				</Remark>
			)}
			<Covered host={host} found={found} />
		</div>
	);
}

/** What was not looked for to the end, and whether something from before stands there. */
function leftTold({ left, found, error }: Looking): string {
	const isOld = left.some((kind) => found[kind]);
	const titles = left.map((kind) => KIND_TITLES[kind].toLowerCase()).join(", ");
	const what =
		left.length === KINDS.length && !isOld ? "Nothing was looked for to the end." : `Not looked for to the end: ${titles}.`;
	return `${error === null ? "Stopped. " : ""}${what}${isOld ? " What is shown of these is from before." : ""}`;
}

function Covered({ host, found }: { host: Host; found: FoundByKind }) {
	const coverage = (found.meaning ?? found.near ?? found.identical ?? found.contained)?.coverage;
	if (coverage === undefined) return null;
	return (
		<div class="vl-covered">
			<CoverageLine coverage={coverage} />
			{isUncounted(found) && <Muted>Words and links are not counted yet: which note to keep may change.</Muted>}
			{coverage.notReady?.includes("meaning") && (
				<Remark told={meaningUntold(coverage)} onClick={() => void host.show("status")}>
					Show status
				</Remark>
			)}
		</div>
	);
}

/** Whether what speaks for keeping a note is not known yet. */
function isUncounted(found: FoundByKind): boolean {
	return Object.values(found).some(({ groups }) => groups[0]?.notes.some((note) => isNote(note.path) && note.words === null));
}

/** Why notes that say the same in other words cannot be told yet. */
function meaningUntold({ embedded, searched }: DuplicateCoverage): string {
	const read = embedded ? `${number(embedded)} of ${number(searched)}` : "none";
	return `Not told yet: what says the same in other words. Every note has to be read for its meaning first; so far ${read} are.`;
}

/** Whether something has been under way for a while. */
function useSlow(isUnderWay: boolean): boolean {
	const [isSlow, setSlow] = useState(false);
	useEffect(() => {
		setSlow(false);
		if (isUnderWay) return windowClock.after(SLOW_MS, () => setSlow(true));
	}, [isUnderWay]);
	return isSlow && isUnderWay;
}
