/** The first minutes: the librarian is found or installed, the person is told what it does and allows it, and sees it begin. */

import type { ComponentChildren } from "preact";

import type { Problem } from "../../state";
import { attempt } from "../attempt";
import type { Host, PanelName } from "../host";
import { Button, Buttons, LinkButton, Working, counted } from "../parts";
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
			return (
				<Section title="Reading this vault" more={<Button onClick={() => void host.acts.stop()}>Pause</Button>}>
					<Working {...progressTold(state.progress)} />
				</Section>
			);
		case "ready":
			return <Begin host={host} notes={state.status.counts.notes} />;
		case "degraded":
		case "failed":
			return <Trouble host={host} problem={state.problem} />;
		case "stopped":
			return (
				<Section title="The librarian is stopped" acts={[["Go on", host.acts.retry]]}>
					<p>What it has read is kept. It goes on from there.</p>
				</Section>
			);
	}
}

interface SectionProps {
	title: string;
	children: ComponentChildren;
	/** What stands on buttons, and what these do; the first is most likely wanted. */
	acts?: readonly (readonly [label: string, run: () => unknown])[];
	/** Below the buttons. */
	more?: ComponentChildren;
}

function Section({ title, children, acts = [], more }: SectionProps) {
	return (
		<section class="vl-step">
			<h3>{title}</h3>
			{children}
			{acts.length > 0 && (
				<Buttons>
					{acts.map(([label, run], place) => (
						<Button key={label} isMain={place === 0} onClick={() => void run()}>
							{label}
						</Button>
					))}
				</Buttons>
			)}
			{more}
		</section>
	);
}

function Install({ host, looked }: { host: Host; looked: readonly string[] }) {
	const { retry, openSettings, installCommands } = host.acts;
	const places = (
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
	);
	return (
		<Section title="Install the librarian" acts={[["Check again", retry], ["It is somewhere else", openSettings]]} more={places}>
			<p>The work is done by a program of its own on this computer, which is not there yet. Type one of these in a terminal; Python 3.11 or later is needed.</p>
			<ul class="vl-commands">
				{installCommands.map(({ label, command }) => (
					<li key={label}>
						<code>{command}</code>
						<Button onClick={() => attempt(host, copyCommand(host, command))}>Copy</Button>
					</li>
				))}
			</ul>
		</Section>
	);
}

async function copyCommand(host: Host, command: string): Promise<void> {
	await host.copy(command);
	host.notice("Copied. Paste it into a terminal.");
}

function Permission({ host }: { host: Host }) {
	const { allow, openExclusions, countNotes } = host.acts;
	const notes = countNotes();
	const takes_s = Math.max(1, Math.ceil(notes / NOTES_A_SECOND));
	const takes = takes_s < 90 ? counted(takes_s, "second") : counted(Math.ceil(takes_s / 60), "minute");
	return (
		<Section title="May it read this vault?" acts={[["Read this vault", allow], ["Leave folders out first", openExclusions]]}>
			<ul>
				<li>{`It reads ${counted(notes, "note")} once, in about ${takes}, and later only what changed. What Obsidian excludes, in its settings for files and links, is left out.`}</li>
				<li>What it learns is kept in your user data folder on this computer, not in the vault. It can be deleted at any time.</li>
				<li>Nothing is sent anywhere, unless you choose a provider of models later. No note is changed before you have seen how, and every change can be undone.</li>
			</ul>
		</Section>
	);
}

function Begin({ host, notes }: { host: Host; notes: number }) {
	const show = (panel: PanelName) => () => void host.show(panel);
	const keys = (
		<p>
			Everything is in the command palette, too. The search is quickest with a key of its own:{" "}
			<LinkButton onClick={host.acts.openHotkeys}>choose hotkeys</LinkButton>.
		</p>
	);
	return (
		<Section title="Ready" acts={[["Search notes", show("search")], ["Related notes", show("related")], ["Find duplicates", show("duplicates")]]} more={keys}>
			<p>{counted(notes, "note")} can be searched.</p>
		</Section>
	);
}

function Trouble({ host, problem: { title, detail, remedy } }: { host: Host; problem: Problem }) {
	return (
		<Section title={title} acts={[["Try again", host.acts.retry], ["Show status", () => host.show("status")]]}>
			<p role="alert">{detail}</p>
			{remedy && <p>{remedy}</p>}
		</Section>
	);
}
