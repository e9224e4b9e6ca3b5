/** Pieces that several panels are made of. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { type Coverage, ERRORS } from "../protocol";
import { CallFailed, failedWith } from "../rpc";
import type { Asked } from "./ask";
import type { Host } from "./host";

export function Icon({ host, name }: { host: Host; name: string }) {
	const element = useRef<HTMLSpanElement>(null);
	// Before anything of it is seen, else text comes a frame before its sign and is pushed aside.
	useLayoutEffect(() => {
		if (element.current) host.icon(element.current, name);
	}, [host, name]);
	return <span class="vl-icon" aria-hidden="true" ref={element} />;
}

type ButtonProps = JSX.IntrinsicElements["button"] & {
	/** The one that is most likely wanted. */
	isMain?: boolean;
};

export function Button({ isMain, ...rest }: ButtonProps) {
	return <button type="button" class={isMain ? "mod-cta" : ""} {...rest} />;
}

/** A button within a sentence. */
export function LinkButton(props: ButtonProps) {
	return <Button class="vl-link" {...props} />;
}

type IconButtonProps = ButtonProps & { host: Host; icon: string; label: string; isOn?: boolean };

/** A button that shows a sign only; `label` is read out and shown when it is hovered over. */
export function IconButton({ host, icon, label, isOn, ...rest }: IconButtonProps) {
	return (
		<Button class={`clickable-icon ${isOn ? "is-active" : ""}`} aria-label={label} aria-pressed={isOn} {...rest}>
			<Icon host={host} name={icon} />
		</Button>
	);
}

/** Buttons in a line, or as many as fit. */
export function Buttons(props: JSX.IntrinsicElements["div"]) {
	return <div class="vl-buttons" {...props} />;
}

/** A line of less weight than what is around it. */
export function Muted(props: JSX.IntrinsicElements["p"]) {
	return <p class="vl-muted" {...props} />;
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
	return (
		<>
			{ranges.map(([start, end], place) => (
				<>
					{text.slice(ranges[place - 1]?.[1] ?? 0, start)}
					<mark>{text.slice(start, end)}</mark>
				</>
			))}
			{text.slice(ranges.at(-1)?.[1] ?? 0)}
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

interface WorkingProps {
	label: string;
	done?: number;
	total?: number;
}

/** Something is on its way; `done` of `total` when that is known. */
export function Working({ label, done = 0, total = 0 }: WorkingProps) {
	return (
		<div class="vl-working" role="status">
			<span>{label}</span>
			<progress aria-label={label} {...(total > 0 && { value: done, max: total })} />
		</div>
	);
}

/** Something is on its way that need not be waited for. */
export function Underway({ onStop, ...working }: WorkingProps & { onStop: () => void }) {
	return (
		<div class="vl-underway">
			<Working {...working} />
			<Button onClick={onStop}>Stop</Button>
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

/** In the place of an answer: that it is on its way, or why there is none. */
export function Pending({ asked, label }: { asked: Asked<unknown>; label: string }) {
	const { answer, error, again } = asked;
	if (error !== null) return <Failure error={error} onRetry={again} />;
	return answer === null ? <Working label={label} /> : null;
}

/** The first of a long list, and what shows more of it: thousands take a browser long to lay out. */
export function useSome<T>(all: readonly T[], first: number, noun: string): [some: readonly T[], more: ComponentChildren] {
	const [shown, setShown] = useState(first);
	const page = Math.min(10 * first, all.length - shown);
	const more = page > 0 && <Button onClick={() => setShown(shown + page)}>{`Show ${counted(page, `more ${noun}`)}`}</Button>;
	return [all.slice(0, shown), more];
}

/** What went wrong, an error or in words, with what can be done about it. */
export function Failure({ error, onRetry, host, children }: FailureProps) {
	return (
		<div class="vl-failure" role="alert">
			<p>{worded(error)}</p>
			{children}
			<Buttons>
				{onRetry && <Button onClick={onRetry}>Try again</Button>}
				{host && isForSettings(error) && <Button onClick={() => host.acts.openSettings()}>Open settings</Button>}
			</Buttons>
		</div>
	);
}

/** Errors that end with another choice of who writes, with which key, and what it may cost. */
const FOR_SETTINGS = [
	ERRORS.NoProvider,
	ERRORS.KeyMissing,
	ERRORS.KeyRefused,
	ERRORS.AddressRefused,
	ERRORS.ModelNotFound,
	ERRORS.CreditUsedUp,
	ERRORS.BudgetExceeded,
	ERRORS.PriceUnknown,
];

/** Whether something is mended in the settings. */
export function isForSettings(error: unknown): boolean {
	return failedWith(error, ...FOR_SETTINGS);
}

const GROUP_GONE = "These notes changed since they were looked at, so this group is no more. Look for duplicates again.";

/** What to do about errors of plans and changes, which the sidecar tells by their ids. */
const WORDED: Partial<Record<ERRORS, string>> = {
	[ERRORS.GroupNotFound]: GROUP_GONE,
	[ERRORS.NotInGroup]: GROUP_GONE,
	[ERRORS.PlanNotFound]: "This preview is too old by now. Make it again.",
	[ERRORS.ChangeNotFound]: "This change is too old to be taken back: it is not kept any more.",
};

/** An error as a sentence for a person. */
export function worded(error: unknown): string {
	if (failedWith(error, ERRORS.InternalError)) {
		return `Something went wrong in the librarian itself. Its log has it as incident ${String(error.data["incident"])}.`;
	}
	const known = error instanceof CallFailed ? WORDED[error.code] : undefined;
	const told = known ?? (error instanceof Error ? error.message : String(error));
	return failedWith(error, ERRORS.StoreCorrupt) ? `${told} The command “Rebuild the index” makes it anew.` : told;
}

/** What an answer looked at, when that was not everything; a line of its own in every list. */
export function CoverageLine({ coverage }: { coverage: Coverage }) {
	const { notes, searched, skipped, embedded, checking, notice } = coverage;
	return (
		<p class="vl-coverage">
			{dotted(
				`${isPartial(coverage) ? `${number(searched)} of ` : ""}${number(notes)} notes`,
				skipped > 0 && `${number(skipped)} left out`,
				embedded != null && embedded < searched && `${number(embedded)} known by meaning`,
				checking && "still comparing with the files",
				notice,
			)}
		</p>
	);
}

/** Whether there are notes that were not looked at yet. */
export function isPartial({ notes, searched, skipped }: Coverage): boolean {
	return searched + skipped < notes;
}

/** Facts in a line, those that are there. */
export function dotted(...facts: readonly (string | false | null | undefined)[]): string {
	return facts.filter(Boolean).join(" · ");
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
