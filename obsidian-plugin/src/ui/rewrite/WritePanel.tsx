/** Having a model write: what is wanted, the text as it comes, and what it would change before anything is changed. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { CostEstimate, Draft } from "../../protocol";
import { type CallOptions, isCancelled } from "../../rpc";
import { useTold } from "../../writing/placing";
import { Planned } from "../changes/Planned";
import { attempt } from "../attempt";
import type { Host } from "../host";
import { ModelFailure } from "../models/NoModel";
import { Price, agreed } from "../models/price";
import { Form, Submit, TextLines } from "../fields";
import { Button, Buttons, Muted } from "../parts";

export interface Wanted {
	label: string;
	/** What the act is called: “Rewrite”. */
	act: string;
	/** Asked for often: what stands on the button, and what is asked. */
	often: readonly (readonly [label: string, instruction: string])[];
	/** `isAgain`: the same was asked just before, so that another answer is wanted. */
	ask: (instruction: string, options: CallOptions, isAgain: boolean) => Promise<Draft>;
	/** What that will cost. */
	price: (instruction: string, options: CallOptions, isAgain: boolean) => Promise<CostEstimate>;
}

export const REWRITES: Wanted["often"] = [
	["Shorter", "Make it shorter, and keep what matters."],
	["Clearer", "Say it more clearly, in plain words."],
	["Fix mistakes", "Correct spelling and grammar, and change nothing else."],
	["As a list", "Turn it into a list."],
];

export function WritePanel({ host, wanted, onDone }: { host: Host; wanted: Wanted; onDone: () => void }) {
	const [instruction, setInstruction] = useState("");
	const [text, setText] = useState("");
	const [draft, setDraft] = useState<Draft | null>(null);
	const [failure, setFailure] = useState<unknown>(null);
	const [isBusy, setBusy] = useState(false);
	const given_up = useRef<AbortController | null>(null);
	const last = useRef("");
	useEffect(() => () => given_up.current?.abort(), []);
	const write = async (asked: string) => {
		given_up.current?.abort();
		const mine = new AbortController();
		given_up.current = mine;
		setBusy(true);
		setText("");
		setDraft(null);
		setFailure(null);
		try {
			const onText = (piece: string) => !mine.signal.aborted && setText((before) => before + piece);
			if (!(await agreed(host, await wanted.price(asked, { signal: mine.signal }, asked === last.current))) || mine.signal.aborted) return;
			const answer = await wanted.ask(asked, { signal: mine.signal, onText }, asked === last.current);
			last.current = asked;
			if (!mine.signal.aborted) setDraft(answer);
		} catch (error) {
			if (!mine.signal.aborted && !isCancelled(error)) setFailure(error);
		} finally {
			if (given_up.current === mine) setBusy(false);
		}
	};
	const stop = () => {
		given_up.current?.abort();
		setBusy(false);
	};
	// What is asked for often costs much the same, whichever it is.
	const typical = instruction.trim() || (wanted.often[0]?.[1] ?? "");
	return (
		<div class="vl-panel vl-write">
			<Form onSubmit={() => void (instruction.trim() !== "" && write(instruction))}>
				<label>
					{wanted.label}
					<TextLines data-initial-focus value={instruction} onValue={setInstruction} />
				</label>
				<Buttons>
					{wanted.often.map(([label, asked]) => (
						<Button key={label} disabled={isBusy} onClick={() => void write(asked)}>
							{label}
						</Button>
					))}
					<Submit disabled={isBusy || instruction.trim() === ""}>{wanted.act}</Submit>
				</Buttons>
				<Price host={host} ask={typical === "" ? null : (signal) => wanted.price(typical, { signal }, false)} inputs={[typical]} />
			</Form>
			{isBusy && draft === null && (
				<>
					<Muted role="status">
						Writing…
					</Muted>
					<SoFar text={text} />
					<Button onClick={stop}>Stop</Button>
				</>
			)}
			{failure !== null && (
				<ModelFailure host={host} error={failure} can="Nothing can be written without one.">
					{text !== "" && (
						<>
							<SoFar text={text} />
							<Button onClick={() => attempt(host, host.copy(text))}>Copy what there is</Button>
						</>
					)}
				</ModelFailure>
			)}
			{draft !== null && <Written host={host} draft={draft} onDone={onDone} />}
		</div>
	);
}

function SoFar({ text }: { text: string }) {
	return (
		<div class="vl-write-text" dir="auto" aria-label="What is written so far" role="region" tabIndex={0}>
			{text}
		</div>
	);
}

function Written({ host, draft, onDone }: { host: Host; draft: Draft; onDone: () => void }) {
	const { plan } = draft;
	return (
		<>
			<Muted role="status">
				{useTold(draft.usage)}
				{!draft.whole && " · it had more to say than there was room for"}
			</Muted>
			{draft.hunks.length > 0 && plan !== null ? (
				<Planned key={plan.planId} host={host} plan={plan} act="Put it into the note" onDone={onDone} back="Discard" onBack={onDone} />
			) : (
				<>
					<p>Nothing would change.</p>
					<Button onClick={onDone}>Discard</Button>
				</>
			)}
		</>
	);
}
