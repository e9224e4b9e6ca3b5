/** What the librarian is doing, what it knows, what it left out and why, and what went wrong. */

import { useEffect, useState } from "preact/hooks";

import type { Part, Skipped, Status } from "../../protocol";
import { type State, briefly, isAtWork } from "../../state";
import { useAsked } from "../ask";
import { attempt } from "../attempt";
import { StateLine } from "../changes/Unready";
import type { Host } from "../host";
import { Button, Buttons, Failure, IconButton, LinkButton, Muted, counted, number } from "../parts";
import { lookUp } from "../summaries/batch";
import { leftOf, runTold, typedOf } from "../summaries/wording";
import { Spending } from "./Spending";
import { useStore } from "../store";

const PARTS: Record<Part["name"], string> = {
	keyword: "Words",
	catalog: "Links and statistics",
	semantic: "Meaning",
	watcher: "Changes outside Obsidian",
};

const STATES: Record<Part["state"], string> = {
	absent: "Off",
	building: "Reading",
	checking: "Comparing",
	ready: "Ready",
	paused: "Paused",
	failed: "Failed",
};

export function StatusPanel({ host }: { host: Host }) {
	const state = useStore(host.state);
	return (
		<div class="vl-panel vl-status">
			<header class="vl-status-head">
				<h2 aria-live="polite">{briefly(state)}</h2>
				<IconButton host={host} icon="settings" label="Open settings" onClick={host.acts.openSettings} />
			</header>
			{state.kind === "ready" ? <Ready host={host} told={state.status} /> : <NotReady host={host} />}
			<Errors host={host} />
			<Buttons>
				<Button onClick={() => attempt(host, copyDiagnostics(host))} title="Versions, states and the log's last lines: no note, no name of one, no key">
					Copy diagnostics
				</Button>
				<Button onClick={() => void host.acts.retry()}>Restart</Button>
				{isRunning(state) && <Button onClick={() => void host.acts.stop()}>Stop</Button>}
			</Buttons>
		</div>
	);
}

/** Whether there is something to stop: a process, or one that is about to be started again. */
function isRunning({ kind }: State): boolean {
	return kind === "starting" || kind === "opening" || kind === "ready" || kind === "degraded";
}

async function copyDiagnostics(host: Host): Promise<void> {
	await host.copy(host.acts.diagnostics());
	host.notice("Diagnostics copied.");
}

function NotReady({ host }: { host: Host }) {
	const state = useStore(host.state);
	if (state.kind !== "degraded" && state.kind !== "failed") return <StateLine host={host} isOld={false} />;
	const { title, detail, remedy } = state.problem;
	return (
		<div class="vl-failure" role="alert">
			<p class="vl-failure-title">{title}</p>
			<p>{detail}</p>
			{remedy && <p>{remedy}</p>}
		</div>
	);
}

function Ready({ host, told }: { host: Host; told: Status }) {
	// What was told last may be half a minute old when the panel opens; from then on all that is new is told.
	const [before] = useState(told);
	const asked = useAsked((signal) => host.call("vault.status", {}, { signal }), []);
	const status = told === before ? (asked.answer ?? told) : told;
	const { counts } = status;
	const files = [
		counted(counts.notes, "note"),
		counted(counts.canvases, "canvas", "canvases"),
		counted(counts.bases, "base"),
		counted(counts.attachments, "other file"),
	];
	return (
		<>
			{asked.error !== null && <Failure error={asked.error} onRetry={asked.again} />}
			<p class="vl-status-counts">{files.join(" · ")}</p>
			<ul class="vl-parts" aria-label="Parts">
				{status.parts.map((part) => (
					<PartLine key={part.name} part={part} />
				))}
			</ul>
			<Resting host={host} parts={status.parts} />
			<Spending host={host} />
			<Unfinished host={host} />
			<LeftOut host={host} skipped={status.skipped} />
			<Muted>
				Searches were answered {seconds(status.timings.scanMs + status.timings.keywordMs)} after the vault was opened.
			</Muted>
		</>
	);
}

/** Summaries of many notes that somebody paused, or that were cut short. */
function Unfinished({ host }: { host: Host }) {
	useEffect(() => attempt(host, lookUp(host)), [host]);
	const run = useStore(host.keptRuns).find((each) => leftOf(each) > 0);
	if (!run) return null;
	return (
		<p>
			{`Summaries of “${typedOf(run)}” are not finished: ${runTold(run)}. `}
			<Button onClick={() => void host.show("summaries")}>Show</Button>
		</p>
	);
}

function PartLine({ part }: { part: Part }) {
	const { state, detail } = part;
	const [name, done, total] = [PARTS[part.name], part.done ?? 0, part.total ?? 0];
	return (
		<li class="vl-part" data-state={state}>
			<span>{name}</span>
			<span class="vl-part-state">{STATES[state]}</span>
			{isAtWork(part) && total > 0 && (
				<span class="vl-part-progress">
					<progress value={done} max={total} aria-label={name} />
					<span>{`${number(done)} of ${number(total)}`}</span>
				</span>
			)}
			{detail && <span class="vl-part-detail">{detail}</span>}
		</li>
	);
}

/** A slow model may be let rest, and told to go on. */
function Resting({ host, parts }: { host: Host; parts: readonly Part[] }) {
	const semantic = parts.find((part) => part.name === "semantic");
	if (semantic?.state === "paused") return <Button onClick={() => attempt(host, host.acts.resume())}>Go on reading</Button>;
	if (semantic?.state === "building") return <Button onClick={() => attempt(host, host.acts.pause())}>Pause reading</Button>;
	return null;
}

/** Files that are listed at a time: in a large vault there may be thousands. */
const PAGE = 50;

function LeftOut({ host, skipped }: { host: Host; skipped: readonly Skipped[] }) {
	const [count, setCount] = useState(PAGE);
	if (skipped.length === 0) return <Muted>Nothing was left out.</Muted>;
	const shown = skipped.slice(0, count);
	const more = skipped.length - shown.length;
	return (
		<details class="vl-left-out">
			<summary>{counted(skipped.length, "file")} left out</summary>
			<ul>
				{shown.map((each) => (
					<li key={each.path}>
						<bdi>
							<LinkButton onClick={() => attempt(host, host.openNote(each.path, "here"))}>{each.path}</LinkButton>
						</bdi>
						<span class="vl-muted">{each.reason}</span>
					</li>
				))}
			</ul>
			{more > 0 && <Button onClick={() => setCount(count + 4 * PAGE)}>{`Show more of ${counted(more, "other file")}`}</Button>}
		</details>
	);
}

function Errors({ host }: { host: Host }) {
	const { kind } = useStore(host.state);
	const errors = host.acts.lastErrors();
	if (errors.length === 0) return null;
	return (
		<details class="vl-errors" open={kind === "failed"}>
			<summary>{counted(errors.length, "message")} of the log</summary>
			<pre tabIndex={0}>{errors.join("\n")}</pre>
		</details>
	);
}

function seconds(took_ms: number): string {
	return took_ms < 1000 ? `${Math.round(took_ms)} ms` : `${(took_ms / 1000).toFixed(1)} s`;
}
