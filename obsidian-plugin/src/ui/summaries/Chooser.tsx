/** Which notes are to be summarised and how, what that will take, and what was not finished before. */

import { useState } from "preact/hooks";

import type { RunSummaries } from "../../protocol";
import { useAsked } from "../ask";
import { attempt } from "../attempt";
import type { Host } from "../host";
import { NoModel } from "../models/NoModel";
import { agreed } from "../models/price";
import { Form, Select, Submit, TextInput } from "../fields";
import { Button, Buttons, Failure, Muted, Working } from "../parts";
import type { Batch } from "./batch";
import { leftOf, leftOutTold, priceTold, runTold, subjectOf, typedOf } from "./wording";
import { useStore } from "../store";
import { WholeView, useWhole } from "./Whole";

type Wish = Pick<RunSummaries, "style" | "length">;

const SHAPES = { short: "A sentence or two", paragraph: "A paragraph", long: "Some paragraphs", bullets: "A list" };
const WISHES: Record<keyof typeof SHAPES, Wish> = {
	short: { style: "short" },
	paragraph: { style: "paragraph" },
	long: { style: "paragraph", length: 400 },
	bullets: { style: "bullets" },
};
const MADE = { each: "One of each note", all: "One of all together" };
/** Whoever types has thought for so long. */
const THOUGHT_MS = 300;

export function Chooser({ host, batch }: { host: Host; batch: Batch }) {
	const typed = useStore(host.summarised);
	const error = useStore(batch.error);
	const [shape, setShape] = useState<keyof typeof SHAPES>("short");
	const [made, setMade] = useState<keyof typeof MADE>("each");
	const whole = useWhole(host);
	const subject = subjectOf(typed);
	const asked = subject && { ...subject, ...WISHES[shape] };
	const estimate = useAsked(
		asked && ((signal) => host.call("summary.estimate", { ...asked, each: made === "each" }, { signal })),
		[typed, shape, made, useStore(host.generation)],
		THOUGHT_MS,
	);
	const told = estimate.answer;
	const begin = async () => {
		if (!asked || !told || !(await agreed(host, told))) return;
		if (made === "each") return batch.start(asked);
		await whole.make(asked);
		// What each note says is kept with it, whether it came to its end or not.
		await batch.refresh();
	};
	return (
		<>
			<Form class="vl-summaries-form" onSubmit={() => void begin()}>
				<label>
					Folder, #tag or ?search
					<TextInput
						value={typed}
						placeholder="Projects, #tides, ?spring tide, / for all"
						onValue={(words) => host.summarised.set(words)}
					/>
				</label>
				<label>
					Summaries
					<Select label="Summaries" value={made} options={MADE} onChoose={setMade} />
				</label>
				<label>
					Each summary
					<Select label="Each summary" value={shape} options={SHAPES} onChoose={setShape} />
				</label>
				<Submit disabled={told === null || estimate.isAsking || whole.isBusy || told.notes + (told.done ?? 0) === 0}>Summarise</Submit>
			</Form>
			{estimate.isAsking && <Working label="Counting" />}
			{estimate.error !== null && <Failure error={estimate.error} onRetry={estimate.again} />}
			{told !== null && !estimate.isAsking && (
				<>
					<p role="status">{priceTold(told)}</p>
					<Muted>{leftOutTold(told)}</Muted>
					{told.provider === null && <NoModel host={host} can="Summaries are the notes' own sentences." />}
				</>
			)}
			{error !== null && <Failure error={error} host={host} />}
			<WholeView host={host} whole={whole} hasModel={told?.provider != null} />
			<KeptRuns host={host} batch={batch} />
		</>
	);
}

/** Runs from before, to be gone on with or put into notes. */
function KeptRuns({ host, batch }: { host: Host; batch: Batch }) {
	const runs = useStore(host.keptRuns);
	if (runs.length === 0) return null;
	const forget = async (runId: string) => {
		await host.call("summary.forget", { runId });
		await batch.refresh();
	};
	return (
		<section aria-label="From before">
			<h3>From before</h3>
			<ul class="vl-summaries-kept">
				{runs.map((run) => (
					<li key={run.runId}>
						<strong dir="auto">{typedOf(run)}</strong> <span class="vl-muted">{runTold(run)}</span>
						<Buttons>
							<Button onClick={() => batch.show(run)}>{leftOf(run) > 0 ? "Go on…" : "Show"}</Button>
							<Button onClick={() => attempt(host, forget(run.runId))}>Forget</Button>
						</Buttons>
					</li>
				))}
			</ul>
		</section>
	);
}
