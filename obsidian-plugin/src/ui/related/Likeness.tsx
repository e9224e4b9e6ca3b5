/** How near two notes are in meaning, as a bar. */

export function Likeness({ similarity }: { similarity: number }) {
	const percent = Math.round(100 * Math.min(1, Math.max(0, similarity)));
	const words = `${percent} % alike in meaning`;
	return (
		<span class="vl-likeness" role="img" aria-label={words} title={words}>
			<span class="vl-likeness-part" style={{ width: `${percent}%` }} />
		</span>
	);
}
