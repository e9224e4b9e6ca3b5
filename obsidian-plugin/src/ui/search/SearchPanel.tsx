/** Search as you type, in a sidebar and in a modal. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Host } from "../host";
import { worded } from "../parts";
import { Answers } from "./Answers";
import { CheatSheet } from "./CheatSheet";
import { Foot } from "./Foot";
import { KeyHints } from "./KeyHints";
import { type Operator, inserted } from "./operators";
import { PastList } from "./PastList";
import { SearchBox } from "./SearchBox";
import { type Searching, useSearching } from "./searching";
import { StateLine } from "../changes/Unready";
import { Tools } from "./Tools";

interface Props {
	host: Host;
	isModal?: boolean;
	/** Called when the person has what was looked for, or gave up. */
	onDone?: () => void;
}

let panels = 0;

export function SearchPanel({ host, isModal = false, onDone }: Props) {
	const [id] = useState(() => `vl-search-${++panels}`);
	const box = useRef<HTMLInputElement>(null);
	const searching = useSearching(host, isModal ? onDone : undefined);
	const [isSheetOpen, setSheetOpen] = useState(false);
	const { isEmpty, choice, results } = searching;
	const rows = isEmpty ? searching.past.searches : results.hits;
	const active = rows[choice.index] ? `${id}-${choice.index}` : undefined;
	const onPick = usePick(box, searching);
	const focus = () => box.current?.focus();
	const focusing = withFocus(searching, focus);
	useLayoutEffect(() => {
		if (isModal) box.current?.focus();
	}, [isModal]);
	useLayoutEffect(() => {
		if (active) box.current?.ownerDocument.getElementById(active)?.scrollIntoView({ block: "nearest" });
	}, [searching.moves]);
	return (
		<div class={`vl-panel vl-search ${isModal ? "is-modal" : ""}`}>
			<SearchBox
				host={host}
				box={box}
				text={searching.text}
				list={rows.length > 0 ? id : undefined}
				active={active}
				keys={isModal || isEmpty ? `${id}-keys` : undefined}
				onText={focusing.write}
				onKeyDown={searching.onKeyDown}
			/>
			<Tools
				host={host}
				searching={searching}
				isSheetOpen={isSheetOpen}
				onSheet={() => setSheetOpen(!isSheetOpen)}
				onNamed={focus}
			/>
			<StateLine host={host} isOld={results.found !== null} />
			{isSheetOpen && !isEmpty && <CheatSheet onPick={onPick} />}
			{isEmpty ? (
				<Before host={host} id={id} searching={focusing} onPick={onPick} isModal={isModal} />
			) : (
				<Answers host={host} id={id} searching={focusing} isDraggable={!isModal} />
			)}
			<Foot host={host} results={results} />
			{isModal && <KeyHints id={`${id}-keys`} />}
		</div>
	);
}

/** What is clicked on to change the question may vanish with the answer: the focus goes to the box before. */
function withFocus(searching: Searching, focus: () => void): Searching {
	const { write, take, setMode } = searching;
	return {
		...searching,
		write: (text) => (focus(), write(text)),
		take: (search) => (focus(), take(search)),
		setMode: (mode) => (focus(), setMode(mode)),
	};
}

interface BeforeProps {
	host: Host;
	id: string;
	searching: Searching;
	onPick: (operator: Operator) => void;
	isModal: boolean;
}

/** The panel before anything is typed. */
function Before({ host, id, searching, onPick, isModal }: BeforeProps) {
	const { searches, error } = searching.past;
	return (
		<div class="vl-scroll">
			{error !== null && <p class="vl-coverage">Saved searches cannot be shown. {worded(error)}</p>}
			{searches.length > 0 && <PastList host={host} id={id} searching={searching} />}
			<CheatSheet onPick={onPick} />
			{!isModal && <KeyHints id={`${id}-keys`} />}
		</div>
	);
}

/** Puts operators into the box, and the cursor where one goes on typing. */
function usePick(box: RefObject<HTMLInputElement | null>, { text, write }: Searching) {
	const selection = useRef<[number, number] | null>(null);
	useLayoutEffect(() => {
		if (selection.current === null) return;
		box.current?.focus();
		box.current?.setSelectionRange(...selection.current);
		selection.current = null;
	}, [text]);
	return (operator: Operator) => {
		const start = box.current?.selectionStart ?? text.length;
		const next = inserted({ text, start, end: box.current?.selectionEnd ?? start }, operator);
		selection.current = [next.start, next.end];
		write(next.text);
	};
}
