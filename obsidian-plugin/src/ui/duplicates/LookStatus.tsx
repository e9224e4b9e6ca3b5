/** How far a look is, what it covered, and what it did not. */

import { useEffect, useState } from "preact/hooks";

import { failureTold } from "../changes/wording";
import type { Host } from "../host";
import { Button, CoverageLine, Working, number } from "../parts";
import type { FoundByKind, Going } from "./look";
import type { Looking } from "./looking";
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
	const { look } = looking;
	const going = look.going.value;
	const found = look.found.value;
	const left = look.left.value;
	const error = look.error.value;
	const isSlow = useSlow(going !== null);
	const isFirst = Object.keys(found).length === 0;
	return (
		<div class="librarian-look">
			{going !== null && (isSlow || isFirst) && <Underway going={going} stop={look.stop} />}
			{error !== null && (
				<div class="librarian-failure" role="alert">
					<p>{failureTold(error)}</p>
				</div>
			)}
			{going === null && left.length > 0 && (
				<p class="librarian-remark" role="status">
					<span>{leftTold(left, found, error !== null)}</span>
					<Button onClick={() => look.ask(left)}>{error === null ? "Go on" : "Try again"}</Button>
				</p>
			)}
			{looking.isStale && (
				<p class="librarian-remark" role="status">
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
		<div class="librarian-underway">
			<Working label={PHASES[going.phase] ?? "Looking for duplicates"} done={going.done} total={going.total} />
			<Button onClick={stop}>Stop</Button>
		</div>
	);
}

/** What was not looked for to the end, and whether something from before stands there. */
function leftTold(left: Looking["look"]["left"]["value"], found: FoundByKind, isFailed: boolean): string {
	const titles = left.map((kind) => KIND_TITLES[kind].toLowerCase()).join(", ");
	const isOld = left.some((kind) => found[kind] !== undefined);
	const what = left.length === KINDS.length && !isOld ? "Nothing was looked for to the end." : `Not looked for to the end: ${titles}.`;
	return `${isFailed ? "" : "Stopped. "}${what}${isOld ? " What is shown of these is from before." : ""}`;
}

function Covered({ host, found }: { host: Host; found: FoundByKind }) {
	const coverage = (found.meaning ?? found.near ?? found.identical ?? found.contained)?.coverage;
	if (coverage === undefined) return null;
	const notReady = coverage.notReady ?? [];
	const isMeaningOff = notReady.includes("meaning") && coverage.embedded == null;
	return (
		<div class="librarian-covered">
			<CoverageLine coverage={coverage} />
			{notReady.length > 0 && (
				<p class="librarian-remark">
					<span>
						{`Not told yet: ${notReady.map((kind) => KIND_TITLES[kind].toLowerCase()).join(", ")}. `}
						{!isMeaningOff && `Every note has to be read for its meaning first: ${number(coverage.embedded ?? 0)} of ${number(coverage.searched)} are.`}
						{isMeaningOff && "Reading notes for their meaning is switched off, or has not begun."}
					</span>
					<Button onClick={() => void host.show("status")}>Show status</Button>
				</p>
			)}
		</div>
	);
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
