/** What a template was told from: which properties and headings, how often, and what varies. */

import type { InferredTemplate, TemplateProperty } from "../../protocol";
import { pathShown } from "../changes/wording";
import { percent } from "../duplicates/wording";
import { counted } from "../parts";

const LEFT_OUT = 50;

export function Found({ answer: { properties, headings, leftOut } }: { answer: InferredTemplate }) {
	const rows = [
		...properties.map((each) => [each.name, each.share, `${each.type}, ${said(each)}`] as const),
		...headings.map(({ level, text, share }) => [`${"#".repeat(level)} ${text}`, share, "heading"] as const),
	];
	return (
		<>
			{rows.length > 0 && (
				<details open>
					<summary>What the notes have</summary>
					<table class="vl-template-parts">
						<tbody>
							{rows.map(([name, share, says], place) => (
								<tr key={place} dir="auto">
									<th scope="row">{name}</th>
									<td>{percent(share)}</td>
									<td>{says}</td>
								</tr>
							))}
						</tbody>
					</table>
				</details>
			)}
			{leftOut.length > 0 && (
				<details>
					<summary>{`${counted(leftOut.length, "note")} left out`}</summary>
					<ul class="vl-conflicts">
						{leftOut.slice(0, LEFT_OUT).map(({ path, reason }) => (
							<li key={path}>{`${pathShown(path)}: ${reason}`}</li>
						))}
					</ul>
				</details>
			)}
		</>
	);
}

function said({ default: begins, values }: TemplateProperty): string {
	if (values.length > 0) return `one of ${values.join(", ")}`;
	return begins.length > 0 ? `mostly ${begins.join(", ")}` : "differs";
}
