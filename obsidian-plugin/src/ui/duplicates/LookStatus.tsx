/** How far a look is, what it covered, and what it did not. */

import { useEffect, useState } from "preact/hooks";

import type { DuplicateCoverage } from "../../protocol";
import { isReady } from "../changes/Unready";
import { failureTold } from "../changes/wording";
import type { Host } from "../host";
import { Button, CoverageLine, Failure, isNote, number, Working } from "../parts";
import type { FoundByKind, Going } from "./look";
import type { Looking } from "./looking";
import { type Kind, KINDS, KIND_TITLES } from "./wording";
import { useStore } from "../store";

/** A look that is answered sooner is not worth a line that comes and goes. */
const SLOW_MS = 400;

const PHASES: Record<string, string> = {
	reading: "Reading notes",
	comparing: "Comparing notes",
	"reading files": "Comparing other files",
	"comparing meanings": "Comparing what notes mean",
};

export function LookStatus({ host, looking }: { host: Host; looking: Looking }) {
	const { look } = looking;
	const going = useStore(look.going);
	const found = useStore(look.found);
	const left = useStore(look.left);
	const error = useStore(look.error);
	const isSlow = useSlow(going !== null);
	const ready = isReady(useStore(host.state));
	const isFirst = Object.keys(found).length === 0;
	return (
		<div class="vl-look">
			{going !== null && (isSlow || isFirst) && <Underway going={going} stop={look.stop} />}
			{ready && error !== null && <Failure error={failureTold(error)} />}
			{ready && going === null && left.length > 0 && (
				<p class="vl-remark" role="status">
					<span>{leftTold(left, found, error !== null)}</span>
					<Button onClick={() => look.ask(left)}>{error === null ? "Go on" : "Try again"}</Button>
				</p>
			)}
			{looking.isStale && (
				<p class="vl-remark" role="status">
					<span>Notes changed since.</span>
					<Button disabled={going !== null} onClick={looking.refresh}>
						Look again
					</Button>
				</p>
			)}
			<Covered host={host} found={found} />
		</div>
	);
}

function Underway({ going, stop }: { going: Going; stop: () => void }) {
	return (
		<div class="vl-underway">
			<Working label={PHASES[going.phase] ?? "Looking for duplicates"} done={going.done} total={going.total} />
			<Button onClick={stop}>Stop</Button>
		</div>
	);
}

/** What was not looked for to the end, and whether something from before stands there. */
function leftTold(left: readonly Kind[], found: FoundByKind, isFailed: boolean): string {
	const titles = left.map((kind) => KIND_TITLES[kind].toLowerCase()).join(", ");
	const isOld = left.some((kind) => found[kind] !== undefined);
	const isNothing = left.length === KINDS.length && !isOld;
	const what = isNothing ? "Nothing was looked for to the end." : `Not looked for to the end: ${titles}.`;
	return `${isFailed ? "" : "Stopped. "}${what}${isOld ? " What is shown of these is from before." : ""}`;
}

function Covered({ host, found }: { host: Host; found: FoundByKind }) {
	const coverage = (found.meaning ?? found.near ?? found.identical ?? found.contained)?.coverage;
	if (coverage === undefined) return null;
	return (
		<div class="vl-covered">
			<CoverageLine coverage={coverage} />
			{isUncounted(found) && <p class="vl-muted">Words and links are not counted yet: which note to keep may change.</p>}
			{coverage.notReady?.includes("meaning") && (
				<p class="vl-remark">
					<span>{meaningUntold(coverage)}</span>
					<Button onClick={() => void host.show("status")}>Show status</Button>
				</p>
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
		if (!isUnderWay) return setSlow(false);
		const timer = window.setTimeout(() => setSlow(true), SLOW_MS);
		return () => window.clearTimeout(timer);
	}, [isUnderWay]);
	return isSlow && isUnderWay;
}
