/** Pieces that several panels are made of. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Coverage, ErrorName } from "../protocol";
import { CallFailed } from "../rpc";
import type { Host } from "./host";

export function Icon({ host, name }: { host: Host; name: string }) {
	const element = useRef<HTMLSpanElement>(null);
	// Before anything of it is seen, else text comes a frame before its sign and is pushed aside.
	useLayoutEffect(() => {
		if (element.current) host.icon(element.current, name);
	}, [host, name]);
	return <span class="vl-icon" aria-hidden="true" ref={element} />;
}

interface ButtonProps {
	onClick: (event: MouseEvent) => void;
	children?: ComponentChildren;
	/** The one that is most likely wanted. */
	isMain?: boolean;
	isDangerous?: boolean;
	disabled?: boolean;
	title?: string;
}

export function Button({ onClick, children, isMain, isDangerous, disabled, title }: ButtonProps) {
	const kind = isDangerous ? "mod-warning" : isMain ? "mod-cta" : "";
	return (
		<button type="button" class={kind} onClick={onClick} disabled={disabled ?? false} title={title}>
			{children}
		</button>
	);
}

/** A button within a sentence. */
export function LinkButton({ onClick, children }: { onClick: () => void; children: string }) {
	return (
		<button type="button" class="vl-link" onClick={onClick}>
			{children}
		</button>
	);
}

/** A button that shows a sign only; `label` is read out and shown when it is hovered over. */
export function IconButton(props: {
	host: Host;
	icon: string;
	label: string;
	onClick: (event: MouseEvent) => void;
	isOn?: boolean;
	disabled?: boolean;
	/** -1 where another element of the same list takes the focus. */
	tabIndex?: number;
}) {
	return (
		<button
			type="button"
			class={`clickable-icon ${props.isOn ? "is-active" : ""}`}
			aria-label={props.label}
			aria-pressed={props.isOn}
			disabled={props.disabled ?? false}
			tabIndex={props.tabIndex}
			onClick={props.onClick}
		>
			<Icon host={props.host} name={props.icon} />
		</button>
	);
}

/** A share to choose, which is told beside it. */
export function Slider(props: {
	label: string;
	value: number;
	least: number;
	most: number;
	step: number;
	told: string;
	onValue: (value: number) => void;
}) {
	return (
		<label class="vl-slider">
			<span>{props.label}</span>
			<input
				type="range"
				min={props.least}
				max={props.most}
				step={props.step}
				value={props.value}
				aria-label={props.label}
				aria-valuetext={props.told}
				onInput={(event) => props.onValue(Number(event.currentTarget.value))}
			/>
			<output aria-hidden="true">{props.told}</output>
		</label>
	);
}

/** A text with the ranges marked that matched: `[start, end)` in UTF-16 units, ascending. */
export function Marked({ text, ranges }: { text: string; ranges: readonly (readonly [number, number])[] }) {
	const pieces: JSX.Element[] = [];
	let at = 0;
	for (const [start, end] of ranges) {
		pieces.push(<>{text.slice(at, start)}</>, <mark>{text.slice(start, end)}</mark>);
		at = end;
	}
	return (
		<>
			{pieces}
			{text.slice(at)}
		</>
	);
}

/** The panel when there is nothing to show, with why, and what can be done. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
	return (
		<div class="vl-empty">
			<p class="vl-empty-title">{title}</p>
			{children}
		</div>
	);
}

/** Something is on its way; `done` of `total` when that is known. */
export function Working({ label, done = 0, total = 0 }: { label: string; done?: number; total?: number }) {
	return (
		<div class="vl-working" role="status">
			<span>{label}</span>
			{total > 0 ? <progress value={done} max={total} aria-label={label} /> : <progress aria-label={label} />}
		</div>
	);
}

interface FailureProps {
	error: unknown;
	onRetry?: () => void;
	/** With one there is also the way to the settings, where it is mended there. */
	host?: Host;
	children?: ComponentChildren;
}

/** What went wrong, an error or in words, with what can be done about it. */
export function Failure({ error, onRetry, host, children }: FailureProps) {
	return (
		<div class="vl-failure" role="alert">
			<p>{worded(error)}</p>
			{children}
			<div class="vl-buttons">
				{onRetry && <Button onClick={onRetry}>Try again</Button>}
				{host && isForSettings(error) && <Button onClick={() => host.acts.openSettings()}>Open settings</Button>}
			</div>
		</div>
	);
}

/** Errors that end with another choice of who writes, with which key, and what it may cost. */
const FOR_SETTINGS: readonly ErrorName[] = [
	"NoProvider",
	"KeyMissing",
	"KeyRefused",
	"AddressRefused",
	"ModelNotFound",
	"CreditUsedUp",
	"BudgetExceeded",
	"PriceUnknown",
];

/** Whether something is mended in the settings. */
export function isForSettings(error: unknown): boolean {
	return error instanceof CallFailed && error.kind !== undefined && FOR_SETTINGS.includes(error.kind);
}

/** An error as a sentence for a person. */
export function worded(error: unknown): string {
	if (error instanceof CallFailed && error.kind === "InternalError") {
		return `Something went wrong in the librarian itself. Its log has it as incident ${String(error.data["incident"])}.`;
	}
	const told = error instanceof Error ? error.message : String(error);
	return error instanceof CallFailed && error.kind === "StoreCorrupt" ? `${told} The command “Rebuild the index” makes it anew.` : told;
}

/** What an answer looked at, when that was not everything; a line of its own in every list. */
export function CoverageLine({ coverage }: { coverage: Coverage }) {
	const told = [];
	if (coverage.searched < coverage.notes - coverage.skipped) {
		told.push(`${number(coverage.searched)} of ${number(coverage.notes)} notes`);
	}
	if (coverage.skipped > 0) told.push(`${number(coverage.skipped)} left out`);
	if (coverage.embedded != null && coverage.embedded < coverage.searched) {
		told.push(`${number(coverage.embedded)} known by meaning`);
	}
	if (coverage.checking) told.push("still comparing with the files");
	if (coverage.notice) told.push(coverage.notice);
	const all = coverage.searched + coverage.skipped >= coverage.notes;
	return (
		<p class="vl-coverage">
			{all && `${number(coverage.notes)} notes`}
			{all && told.length > 0 && " · "}
			{told.join(" · ")}
		</p>
	);
}

export function number(value: number): string {
	return value.toLocaleString("en");
}

/** `12 notes`, `1 note`. */
export function counted(count: number, one: string, several = `${one}s`): string {
	return `${number(count)} ${count === 1 ? one : several}`;
}

/** A note's name: its path without folders and extension. */
export function nameOf(path: string): string {
	return legible(path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/i, ""));
}

/** A name as it stands in a sentence: without what would turn the sentence around it, and have it say something else. */
export function legible(name: string): string {
	return name.replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
}

/** The folder that a note lies in; empty at the top of the vault. */
export function folderOf(path: string): string {
	return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Whether a file is a note, and not a canvas, a base or an attachment. */
export function isNote(path: string): boolean {
	return /\.md$/i.test(path);
}

/** Where a person wants a note opened, by the keys that were held. */
export function whereTo(event: MouseEvent | KeyboardEvent): "here" | "tab" | "split" {
	const isMod = event.ctrlKey || event.metaKey;
	if (isMod && event.altKey) return "split";
	return isMod ? "tab" : "here";
}
