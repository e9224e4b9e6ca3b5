/** One summary of many notes together: as it is written, with the notes it is of, to be taken along. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Step, Summary } from "../../protocol";
import { type VaultParams, isCancelled } from "../../rpc";
import { useTold } from "../../writing/placing";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { Button, Buttons, Failure, Muted, Working, counted, dotted, useSome } from "../parts";
import { Taken } from "../Taken";
import { goingTold, leftOutTold } from "./wording";

const SHOWN = 20;

interface Made {
	text: string;
	/** How far reading is; null before that is known. */
	step: Step | null;
	/** The whole of it; null before it is there. */
	summary: Summary | null;
	error: unknown;
}

export type Whole = ReturnType<typeof useWhole>;

export function useWhole(host: Host) {
	const [made, setMade] = useState<Made | null>(null);
	const [isBusy, setBusy] = useState(false);
	const givenUp = useRef<AbortController | null>(null);
	const stop = () => {
		givenUp.current?.abort();
		setBusy(false);
	};
	useEffect(() => () => givenUp.current?.abort(), []);
	const make = async (asked: VaultParams<"summary.create">) => {
		const { signal } = (givenUp.current = new AbortController());
		let now: Made = { text: "", step: null, summary: null, error: null };
		const change = (some: Partial<Made>) => {
			now = { ...now, ...some };
			if (!signal.aborted) setMade(now);
		};
		change({});
		setBusy(true);
		try {
			const onText = (piece: string) => change({ text: now.text + piece });
			const summary = await host.call("summary.create", asked, { signal, onText, onStep: (step) => change({ step }) });
			change({ summary, text: summary.text });
		} catch (error) {
			if (!isCancelled(error)) change({ error });
		} finally {
			if (!signal.aborted) setBusy(false);
		}
	};
	return {
		/** What was made last, or is being made; null before. */
		made,
		isBusy,
		make,
		stop,
	};
}

/** `hasModel`: false when nobody is chosen who could write it. */
export function WholeView({ host, whole: { made, isBusy, stop }, hasModel }: { host: Host; whole: Whole; hasModel: boolean }) {
	if (made === null) return null;
	const { text, step, summary, error } = made;
	return (
		<section aria-label="Summary" aria-busy={isBusy}>
			{isBusy && (
				<>
					<Working label={step ? goingTold(step) : "Reading"} done={step?.done ?? 0} total={step?.total ?? 0} />
					<Button onClick={stop}>Stop</Button>
				</>
			)}
			<div class="vl-summaries-text" dir="auto" aria-live="polite">
				{text}
			</div>
			{!isBusy && summary === null && error === null && <Muted>Stopped.</Muted>}
			{error !== null && <Failure error={error} host={host} />}
			{summary && <Behind host={host} summary={summary} why={hasModel ? summary.why : null} />}
		</section>
	);
}

/** What it is of, who wrote it, and what can be done with it. */
function Behind({ host, summary, why }: { host: Host; summary: Summary; why: string | null | undefined }) {
	const { notes, usage, method, sources, text } = summary;
	const writer = usage ? useTold(usage) : method === "extractive" && !why && "the notes' own sentences";
	const paths = [...new Set(sources.flatMap(({ path }) => path ?? []))];
	const [some, more] = useSome(paths, SHOWN, "note");
	return (
		<>
			<Buttons>
				<span class="vl-muted">{dotted(`Of ${counted(notes, "note")}`, writer, leftOutTold(summary), why)}</span>
				<Taken host={host} text={text} what="Summary" />
			</Buttons>
			<ul class="vl-summaries-sources" aria-label="Notes it is of">
				{some.map((path) => (
					<li key={path}>
						<NoteLink host={host} path={path} />
					</li>
				))}
			</ul>
			{more}
		</>
	);
}
