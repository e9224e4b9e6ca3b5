/** Asking the vault: a question, its answer with what it rests on, and more questions after that. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Unready, isReady } from "../changes/Unready";
import type { Host } from "../host";
import { ModelFailure, NoModel } from "../models/NoModel";
import { Price } from "../models/price";
import { useWriter } from "../models/writer";
import { Form, Submit, TextLines } from "../fields";
import { Button, Buttons, Empty, IconButton, Muted } from "../parts";
import { AnswerText } from "./AnswerText";
import { AnswerView } from "./AnswerView";
import { Looked } from "./Looked";
import { type Asking, type Turn, useAsking } from "./asking";
import { useStore } from "../store";

export function AskPanel({ host }: { host: Host }) {
	const asking = useAsking(host);
	const { turns } = asking;
	const writer = useWriter(host, asking.isBusy);
	const list = useRef<HTMLDivElement>(null);
	// The last one has room for its answer below it: nothing moves while that comes.
	useEffect(() => list.current?.lastElementChild?.scrollIntoView(), [turns.length]);
	const canAsk = isReady(useStore(host.state));
	// What was answered stays to be read, whoever is away.
	if (!canAsk && turns.length === 0) return <Unready host={host} />;
	return (
		<div class="vl-panel vl-ask">
			<div class="vl-scroll vl-ask-turns" aria-live="polite" ref={list}>
				{turns.length === 0 && (
					<Empty title="Ask your notes">
						<p>The answer comes from this vault alone, with the passages that it rests on.</p>
						{writer === "" && <NoModel host={host} can="You are shown passages of your notes in the place of an answer." />}
					</Empty>
				)}
				{turns.map((turn, place) => (
					<TurnView key={place} host={host} turn={turn} asking={asking} isLast={place === turns.length - 1} hasModel={writer !== ""} />
				))}
			</div>
			{canAsk ? <Question host={host} asking={asking} writer={writer ?? ""} /> : <Unready host={host} />}
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
	const { answer } = turn;
	const isComing = isLast && asking.isBusy && answer === null;
	const written = answer === null ? turn.text : answer.method === "model" ? answer.text : "";
	return (
		<section class="vl-ask-turn" aria-label={turn.question} aria-busy={isComing}>
			<h5 dir="auto">{turn.question}</h5>
			{turn.read && <Looked host={host} read={turn.read} asking={isLast && !isComing ? asking : null} canFind={hasModel} />}
			{written !== "" && <AnswerText host={host} text={written} citations={answer && answer.citations} />}
			{answer !== null && <AnswerView host={host} answer={answer} hasModel={hasModel} />}
			{isComing && (
				<Muted role="status">
					{turn.text === "" ? "Reading the passages that matter…" : "Writing…"}
				</Muted>
			)}
			{!isComing && answer === null && turn.error === null && <Muted>Stopped.</Muted>}
			{turn.error !== null && (
				<ModelFailure
					host={host}
					error={turn.error}
					can="Questions cannot be answered in words without one."
					{...(isLast && { onRetry: () => void asking.again() })}
				/>
			)}
		</section>
	);
}

function Question({ host, asking, writer }: { host: Host; asking: Asking; writer: string }) {
	const [typed, setTyped] = useState("");
	const { isBusy, turns } = asking;
	const question = typed.trim();
	const submit = () => {
		if (question === "") return;
		setTyped("");
		void asking.ask(question);
	};
	const struck = (event: KeyboardEvent) => {
		if (event.key !== "Escape" || !isBusy) return;
		event.preventDefault();
		asking.stop();
	};
	return (
		<Form class="vl-ask-form" onSubmit={submit} onKeyDown={struck}>
			<TextLines
				aria-label="Question"
				placeholder={turns.length === 0 ? "What do you want to know?" : "Ask more about it"}
				value={typed}
				onValue={setTyped}
			/>
			<Buttons>
				{isBusy ? <Button onClick={asking.stop}>Stop</Button> : <Submit disabled={question === ""}>Ask</Submit>}
				{turns.length > 0 && <IconButton host={host} icon="rotate-ccw" label="Begin anew" onClick={asking.clear} />}
				<Price
					host={host}
					ask={question === "" || isBusy ? null : (signal) => asking.price(question, signal)}
					inputs={[question, turns]}
					before={writer}
				/>
			</Buttons>
		</Form>
	);
}
