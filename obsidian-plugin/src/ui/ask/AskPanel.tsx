/** Asking the vault: a question, its answer with what it rests on, and more questions after that. */

import "@preact/signals"; // components follow the signals of the host that they read

import { useEffect, useRef, useState } from "preact/hooks";

import { Unready, isReady } from "../changes/Unready";
import type { Host } from "../host";
import { NoModel, isNoModel } from "../models/NoModel";
import { Price } from "../models/price";
import { useWriter } from "../models/writer";
import { Button, Empty, Failure, IconButton } from "../parts";
import { AnswerView } from "./AnswerView";
import { type Asking, type Turn, useAsking } from "./asking";

export function AskPanel({ host }: { host: Host }) {
	const asking = useAsking(host);
	const { turns } = asking;
	const writer = useWriter(host);
	const end = useRef<HTMLDivElement>(null);
	useEffect(() => end.current?.scrollIntoView({ block: "end" }), [turns.length]);
	if (!isReady(host.state.value)) return <Unready host={host} />;
	return (
		<div class="librarian-panel librarian-ask">
			<div class="librarian-scroll librarian-ask-turns" aria-live="polite">
				{turns.length === 0 && (
					<Empty title="Ask your notes">
						<p>The answer comes from this vault alone, with the passages that it rests on.</p>
						{writer === "" && <NoModel host={host} can="You are shown passages of your notes in the place of an answer." />}
					</Empty>
				)}
				{turns.map((turn, place) => (
					<TurnView key={place} host={host} turn={turn} asking={asking} isLast={place === turns.length - 1} hasModel={writer !== ""} />
				))}
				<div ref={end} />
			</div>
			<Question host={host} asking={asking} writer={writer ?? ""} />
		</div>
	);
}

interface TurnProps {
	host: Host;
	turn: Turn;
	asking: Asking;
	isLast: boolean;
	hasModel: boolean;
}

function TurnView({ host, turn, asking, isLast, hasModel }: TurnProps) {
	const isComing = isLast && asking.isBusy && turn.answer === null;
	return (
		<section class="librarian-ask-turn" aria-label={turn.question} aria-busy={isComing}>
			<h5 dir="auto">{turn.question}</h5>
			{turn.answer !== null && <AnswerView host={host} answer={turn.answer} hasModel={hasModel} />}
			{turn.answer === null && turn.text !== "" && (
				<div class="librarian-ask-text" dir="auto">
					{turn.text}
				</div>
			)}
			{isComing && (
				<p class="librarian-muted" role="status">
					{turn.text === "" ? "Reading the passages that matter…" : "Writing…"}
				</p>
			)}
			{!isComing && turn.answer === null && turn.error === null && <p class="librarian-muted">Stopped.</p>}
			{turn.error !== null && <Trouble host={host} turn={turn} asking={asking} />}
		</section>
	);
}

function Trouble({ host, turn, asking }: { host: Host; turn: Turn; asking: Asking }) {
	if (isNoModel(turn.error)) return <NoModel host={host} can="Questions cannot be answered in words without one." />;
	return <Failure error={turn.error} onRetry={() => void asking.ask(turn.question)} />;
}

function Question({ host, asking, writer }: { host: Host; asking: Asking; writer: string }) {
	const [question, setQuestion] = useState("");
	const submit = () => {
		const asked = question.trim();
		if (asked === "") return;
		setQuestion("");
		void asking.ask(asked);
	};
	return (
		<form
			class="librarian-ask-form"
			onSubmit={(event) => {
				event.preventDefault();
				submit();
			}}
		>
			<textarea
				rows={2}
				dir="auto"
				aria-label="Question"
				placeholder={asking.turns.length === 0 ? "What do you want to know?" : "Ask more about it"}
				value={question}
				onInput={(event) => setQuestion(event.currentTarget.value)}
				onKeyDown={(event) => {
					if (event.key === "Escape" && asking.isBusy) {
						event.preventDefault();
						asking.stop();
					}
					if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
					event.preventDefault();
					submit();
				}}
			/>
			<div class="librarian-buttons">
				{asking.isBusy ? (
					<Button onClick={asking.stop}>Stop</Button>
				) : (
					<button type="submit" class="mod-cta" disabled={question.trim() === ""}>
						Ask
					</button>
				)}
				{asking.turns.length > 0 && <IconButton host={host} icon="rotate-ccw" label="Begin anew" onClick={asking.clear} />}
				<Price
					host={host}
					ask={question.trim() === "" || asking.isBusy ? null : (signal) => asking.price(question.trim(), signal)}
					inputs={[question.trim(), asking.turns]}
					before={writer}
				/>
			</div>
		</form>
	);
}
