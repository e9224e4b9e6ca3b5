/** A choice of a few things, each with its words. */

interface Props<T extends string> {
	label: string;
	value: T;
	options: Record<T, string>;
	onChoose: (value: T) => void;
}

export function Select<T extends string>({ label, value, options, onChoose }: Props<T>) {
	return (
		<select class="dropdown" aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value as T)}>
			{Object.entries<string>(options).map(([each, words]) => (
				<option key={each} value={each}>
					{words}
				</option>
			))}
		</select>
	);
}
