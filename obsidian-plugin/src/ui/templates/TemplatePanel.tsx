/** A template inferred from notes: what was found, its text to look at and change, and what becomes of it. */

import { useRef, useState } from "preact/hooks";

import { type Applied, ERRORS, type InferredTemplate, type Plan } from "../../protocol";
import { failedWith } from "../../rpc";
import { useTold } from "../../writing/placing";
import { attempt } from "../attempt";
import { tellDone } from "../changes/done";
import { useFocusOnChange } from "../changes/focus";
import { Planned } from "../changes/Planned";
import { Unready, isReady } from "../changes/Unready";
import { filesCounted, pathShown } from "../changes/wording";
import type { Host } from "../host";
import { useWriter } from "../models/writer";
import { Select } from "../fields";
import { Button, Buttons, Empty, Failure, LinkButton, Muted, Slider, Working, counted, folderOf, nameOf, number, worded } from "../parts";
import { percent } from "../duplicates/wording";
import { Applying } from "./Applying";
import { Found } from "./Found";
import { type Inferring, type Subject, type Syntax, useInferring } from "./inferring";
import { NewNote } from "./NewNote";
import { PathForm } from "./PathForm";
import { useStore } from "../store";

const SYNTAXES: Record<Syntax, string> = { core: "For Obsidian’s Templates", templater: "For Templater" };

type Stage = "look" | "keep" | "make" | "apply";

interface Props {
	host: Host;
	subject: Subject;
	/** Where templates are kept. */
	folder: string;
	/** Told where one was kept. */
	onKept: (path: string) => void;
	onDone: () => void;
}

export function TemplatePanel({ host, subject, folder, onKept, onDone }: Props) {
	const ready = isReady(useStore(host.state));
	const inferring = useInferring(host, subject);
	const [stage, setStage] = useState<Stage>("look");
	const part = useRef<HTMLDivElement>(null);
	useFocusOnChange(part, stage);
	const { answer, text, syntax } = inferring;
	const look = () => setStage("look");
	const template = { text, syntax };
	if (!ready) return <Unready host={host} />;
	return (
		<div class="vl-template" ref={part} tabIndex={-1}>
			{answer === null || stage === "look" ? (
				<Look host={host} inferring={inferring} given={subject} onStage={setStage} />
			) : stage === "keep" ? (
				<Keeping host={host} text={text} name={answer.name} folder={folder} onKept={onKept} onBack={look} />
			) : stage === "make" ? (
				<NewNote host={host} template={template} folder={folderOf(answer.notes[0] ?? "")} onDone={onDone} onBack={look} />
			) : (
				<Applying host={host} template={template} notes={answer.notes} onDone={onDone} onBack={look} />
			)}
		</div>
	);
}

interface KeepingProps {
	host: Host;
	text: string;
	name: string;
	folder: string;
	onKept: (path: string) => void;
	onBack: () => void;
}

function Keeping({ host, text, name, folder, onKept, onBack }: KeepingProps) {
	const [plan, setPlan] = useState<Plan | null>(null);
	const path = plan?.preview[0]?.path ?? "";
	const preview = async (wanted: string) => setPlan(await host.call("templates.save", { path: wanted, text }));
	if (plan === null) return <PathForm act="Preview" name={name} folder={folder} onPath={preview} onBack={onBack} />;
	const done = (applied: Applied) => {
		tellDone(host, applied, `The template is kept as “${pathShown(path)}”.`);
		onKept(path);
		onBack();
	};
	return <Planned host={host} plan={plan} act="Keep it" onDone={done} onBack={() => setPlan(null)} />;
}

interface LookProps {
	host: Host;
	inferring: Inferring;
	/** What was asked for first. */
	given: Subject;
	onStage: (stage: Stage) => void;
}

function Look({ host, inferring, given, onStage }: LookProps) {
	const { answer, error, isAsking, isNamed, least, syntax } = inferring;
	return (
		<>
			<Buttons>
				<Slider
					label="In at least"
					value={least}
					least={0.1}
					most={1}
					step={0.05}
					told={`${percent(least)} of the notes`}
					onValue={inferring.setLeast}
				/>
				<Select label="Used by" value={syntax} options={SYNTAXES} onChoose={inferring.setSyntax} />
			</Buttons>
			{isAsking && (answer === null || isNamed) && <Working label={isNamed ? "Asking for a name and hints" : "Reading notes"} />}
			{error !== null && !isAsking && <Trouble error={error} onRetry={inferring.again} />}
			{answer !== null && <Answer host={host} inferring={inferring} answer={answer} given={given} onStage={onStage} />}
		</>
	);
}

function Trouble({ error, onRetry }: { error: unknown; onRetry: () => void }) {
	// That is how the vault is, and no failure.
	if (failedWith(error, ERRORS.TooFewNotes)) return <Empty title={worded(error)} />;
	return <Failure error={error} onRetry={onRetry} />;
}

function Answer({ host, inferring, answer, given, onStage }: LookProps & { answer: InferredTemplate }) {
	const { notes, found, read, confidence, others } = answer;
	const { text, isEdited, subject, choose, setText } = inferring;
	const some = read < found ? `, of which ${number(read)} were looked at` : "";
	const acts = [["keep", "Keep it as…"], ["make", "New note from it…"], ["apply", `Apply it to ${filesCounted(notes)}…`]] as const;
	return (
		<>
			<Muted role="status">
				{`Told from ${number(notes.length)} of ${counted(found, "note")}${some}. They have ${percent(confidence)} of it on average.`}
			</Muted>
			<Buttons>
				{subject !== given && <Button onClick={() => choose(given)}>Back to all of them</Button>}
				{others.map((kind) => (
					<Button key={kind.notes[0]} onClick={() => choose({ notes: kind.notes })}>
						{`Take the ${counted(kind.notes.length, "note")} like “${nameOf(kind.notes[0] ?? "")}”`}
					</Button>
				))}
			</Buttons>
			{text === "" && !isEdited ? (
				<Empty title="These notes have nothing in common">Move the slider down, or take other notes.</Empty>
			) : (
				<textarea
					aria-label="Template"
					dir="auto"
					spellcheck={false}
					value={text}
					onInput={(event) => setText(event.currentTarget.value)}
				/>
			)}
			{isEdited && (
				<Muted>
					You changed it, so it stays. <LinkButton onClick={() => setText(null)}>Take what was inferred</LinkButton>
				</Muted>
			)}
			<Naming host={host} inferring={inferring} answer={answer} />
			<Buttons>
				{acts.map(([stage, label], place) => (
					<Button key={stage} isMain={place === 0} disabled={text === ""} onClick={() => onStage(stage)}>
						{label}
					</Button>
				))}
			</Buttons>
			<Found answer={answer} />
		</>
	);
}

/** What a model adds, where one is wanted; nothing else of a template is ever a model's. */
function Naming({ host, inferring, answer }: { host: Host; inferring: Inferring; answer: InferredTemplate }) {
	const writer = useWriter(host);
	if (writer === null) return null;
	if (inferring.isAsking && inferring.isNamed) return <Button onClick={inferring.stopNaming}>Stop</Button>;
	const { method, name, notice, usage } = answer;
	const isThere = method === "model";
	const isTold = isThere || Number(usage?.costUsd) > 0;
	return (
		<Muted role="status">
			{writer === "" && "No model is needed. One could find a name and hints. "}
			{isThere && `“${name}”, name and hints by a model · `}
			{notice && `No name and hints: ${notice} `}
			{isTold && `${useTold(usage ?? null)} `}
			{writer === "" && <LinkButton onClick={host.acts.openSettings}>Choose a model</LinkButton>}
			{writer !== "" && !isThere && (
				<LinkButton onClick={() => attempt(host, inferring.name())}>{`Have ${writer} find a name and hints`}</LinkButton>
			)}
		</Muted>
	);
}
