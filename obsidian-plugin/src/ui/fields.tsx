/** Forms, and what is filled in and chosen in them. */

import type { FormHTMLAttributes, TargetedKeyboardEvent } from "preact";

/** `onSubmit` is all that happens when it is sent. */
export function Form({ onSubmit, ...rest }: Omit<FormHTMLAttributes, "onSubmit"> & { onSubmit: () => void }) {
	const sent = (event: Event) => {
		event.preventDefault();
		onSubmit();
	};
	return <form {...rest} onSubmit={sent} />;
}

/** The button that sends a form. */
export function Submit(props: { disabled: boolean; children: string }) {
	return <button type="submit" class="mod-cta" {...props} />;
}

interface Typed {
	value: string;
	onValue: (value: string) => void;
	placeholder?: string;
	"aria-label"?: string;
	"data-initial-focus"?: boolean;
}

export function TextInput({ onValue, ...rest }: Typed) {
	return <input type="text" dir="auto" {...rest} onInput={(event) => onValue(event.currentTarget.value)} />;
}

/** Some lines to type; Enter sends the form, and with Shift begins another line. */
export function TextLines({ onValue, ...rest }: Typed) {
	const struck = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
		if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		event.currentTarget.form?.requestSubmit();
	};
	return <textarea rows={2} dir="auto" {...rest} onInput={(event) => onValue(event.currentTarget.value)} onKeyDown={struck} />;
}

interface SelectProps<T extends string> {
	label: string;
	value: T;
	options: Partial<Record<T, string>>;
	onChoose: (value: T) => void;
}

/** A choice of a few things, each with its words. */
export function Select<T extends string>({ label, value, options, onChoose }: SelectProps<T>) {
	return (
		<select class="dropdown" aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value as T)}>
			{Object.entries(options).map(([each, words]) => (
				<option key={each} value={each}>
					{words as string}
				</option>
			))}
		</select>
	);
}
