/** A heading that shows and hides what is below it. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Host } from "../host";
import { Icon } from "../parts";

interface Props {
	host: Host;
	/** Of the heading; panels begin with 3. */
	level: 3 | 4;
	isOpen: boolean;
	onToggle: () => void;
	children: ComponentChildren;
}

export function Expander({ host, level, isOpen, onToggle, children }: Props) {
	const Heading = `h${level}` as const;
	return (
		<Heading class="vl-expander">
			<button type="button" aria-expanded={isOpen} onClick={onToggle}>
				<Icon host={host} name={isOpen ? "chevron-down" : "chevron-right"} />
				<span class="vl-expander-label">{children}</span>
			</button>
		</Heading>
	);
}

interface FoldProps {
	host: Host;
	class: string;
	title: string;
	children: ComponentChildren;
}

/** A part of a panel that is drawn when it is wanted. */
export function Fold({ host, class: name, title, children }: FoldProps) {
	const [isOpen, setOpen] = useState(false);
	return (
		<section class={name}>
			<Expander host={host} level={3} isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
				{title}
			</Expander>
			{isOpen && children}
		</section>
	);
}
