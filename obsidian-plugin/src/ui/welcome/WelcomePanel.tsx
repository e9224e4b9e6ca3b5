/** The first minutes: the librarian is found or installed, the person is told what it does and allows it, and sees it begin. */

import type { ComponentChildren } from "preact";

import type { State } from "../../state";
import { attempt } from "../attempt";
import type { Host } from "../host";
import { Button, LinkButton, Working, counted, number } from "../parts";
import { progressTold } from "../progress";
import { useStore } from "../store";

/** Notes that are read in a second on a slow laptop, for saying how long it takes. */
const NOTES_A_SECOND = 5_000;

export function WelcomePanel({ host }: { host: Host }) {
	return (
		<div class="vl-panel vl-welcome">
			<h2>Vault Librarian</h2>
			<p>Finds your notes by their words and by what they mean, shows which belong together, and makes one of several that say the same.</p>
			<Step host={host} />
		</div>
	);
}

function Step({ host }: { host: Host }) {
	const state = useStore(host.state);
	switch (state.kind) {
		case "missing":
			return <Install host={host} looked={state.looked} />;
		case "new":
			return <Permission host={host} />;
		case "starting":
			return <Working label="The librarian is starting." />;
		case "opening":
			return <Reading host={host} state={state} />;
		case "ready":
			return <Begin host={host} notes={state.status.counts.notes} />;
		case "degraded":
		case "failed":
			return <Trouble host={host} state={state} />;
		case "stopped":
			return (
				<Section title="The librarian is stopped">
					<p>What it has read is kept. It goes on from there.</p>
					<Button isMain onClick={() => void host.acts.retry()}>
						Go on
					</Button>
				</Section>
			);
	}
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
	return (
		<section class="vl-step">
			<h3>{title}</h3>
			{children}
		</section>
	);
}

function Install({ host, looked }: { host: Host; looked: readonly string[] }) {
	return (
		<Section title="Install the librarian">
			<p>The work is done by a program of its own on this computer, which is not there yet. Type one of these in a terminal; Python 3.11 or later is needed.</p>
			<ul class="vl-commands">
				{host.acts.installCommands.map(({ label, command }) => (
					<li key={label}>
						<code>{command}</code>
						<Button onClick={() => attempt(host, copyCommand(host, command))}>Copy</Button>
					</li>
				))}
			</ul>
			<div class="vl-buttons">
				<Button isMain onClick={() => void host.acts.retry()}>
					Check again
				</Button>
				<Button onClick={() => host.acts.openSettings()}>It is somewhere else</Button>
			</div>
			<details>
				<summary>Where it was looked for</summary>
				<ul class="vl-looked">
					{looked.map((place) => (
						<li key={place}>
							<code>{place}</code>
						</li>
					))}
				</ul>
			</details>
		</Section>
	);
}

async function copyCommand(host: Host, command: string): Promise<void> {
	await host.copy(command);
	host.notice("Copied. Paste it into a terminal.");
}

function Permission({ host }: { host: Host }) {
	const notes = host.acts.countNotes();
	const takes_s = Math.max(1, Math.ceil(notes / NOTES_A_SECOND));
	return (
		<Section title="May it read this vault?">
			<ul>
				<li>
					It reads {counted(notes, "note")} once, in about {takes_s < 90 ? counted(takes_s, "second") : counted(Math.ceil(takes_s / 60), "minute")}, and
					later only what changed. What Obsidian excludes, in its settings for files and links, is left out.
				</li>
				<li>What it learns is kept in your user data folder on this computer, not in the vault. It can be deleted at any time.</li>
				<li>Nothing is sent anywhere, unless you choose a provider of models later. No note is changed before you have seen how, and every change can be undone.</li>
			</ul>
			<div class="vl-buttons">
				<Button isMain onClick={() => void host.acts.allow()}>
					Read this vault
				</Button>
				<Button onClick={() => host.acts.openExclusions()}>Leave folders out first</Button>
			</div>
		</Section>
	);
}

function Reading({ host, state }: { host: Host; state: Extract<State, { kind: "opening" }> }) {
	return (
		<Section title="Reading this vault">
			<Working {...progressTold(state.progress)} />
			<Button onClick={() => void host.acts.stop()}>Pause</Button>
		</Section>
	);
}

function Begin({ host, notes }: { host: Host; notes: number }) {
	return (
		<Section title="Ready">
			<p>{number(notes)} notes can be searched.</p>
			<div class="vl-buttons">
				<Button isMain onClick={() => void host.show("search")}>
					Search notes
				</Button>
				<Button onClick={() => void host.show("related")}>Related notes</Button>
				<Button onClick={() => void host.show("duplicates")}>Find duplicates</Button>
			</div>
			<p>
				Everything is in the command palette, too. The search is quickest with a key of its own:{" "}
				<LinkButton onClick={() => host.acts.openHotkeys()}>choose hotkeys</LinkButton>.
			</p>
		</Section>
	);
}

function Trouble({ host, state }: { host: Host; state: Extract<State, { kind: "degraded" | "failed" }> }) {
	const { problem } = state;
	return (
		<Section title={problem.title}>
			<p role="alert">{problem.detail}</p>
			{problem.remedy && <p>{problem.remedy}</p>}
			<div class="vl-buttons">
				<Button isMain onClick={() => void host.acts.retry()}>
					Try again
				</Button>
				<Button onClick={() => void host.show("status")}>Show status</Button>
			</div>
		</Section>
	);
}
