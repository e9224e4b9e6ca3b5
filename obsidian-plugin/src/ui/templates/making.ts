/** Notes made from templates. */

import type { VaultParams } from "../../rpc";
import { tellDone } from "../changes/done";
import { conflictTold, pathShown } from "../changes/wording";
import type { Host, Place } from "../host";

/** A template's text with the plugin whose words it has, or the note that is one. */
export type Template = Omit<VaultParams<"templates.apply">, "notes">;

/** Make a note and open it where it is written in first. Throws where there is one of that name. */
export async function makeNote(host: Host, template: Template, path: string): Promise<void> {
	const { planId, confirmation, edits } = await host.call("templates.apply", { ...template, notes: [path] });
	const [edit] = edits;
	if (edit?.kind !== "create") throw new Error(conflictTold({ path, reason: "exists" }));
	// Just this note was asked for: there is nothing left to confirm.
	const applied = await host.call("edits.apply", { planId, confirmation });
	const [against] = applied.conflicts;
	if (against) throw new Error(conflictTold(against));
	tellDone(host, applied, `“${pathShown(path)}” was made.`);
	await host.openToWrite(path, firstEmpty(edit.content));
}

/** What a person fills in first: the first item, label or section of the body that says nothing yet; else its end. */
export function firstEmpty(text: string): Place {
	const lines = text.split(/\r\n|\n|\r/);
	const at = (line: number): Place => ({ line, ch: lines[line]?.length ?? 0 });
	const last = lines.length - 1;
	for (let line = lines[0] === "---" ? lines.indexOf("---", 1) + 1 : 0; line <= last; line += 1) {
		const said = lines[line] ?? "";
		if (/^\s*([-*+]|\d+[.)]) +(\[ \] *)?$|::\s*$/.test(said)) return at(line);
		const next = lines.findIndex((each, place) => place > line && each.trim() !== "");
		const level = levelOf(said);
		// A section of several is no place to write in, and neither is the title above them.
		if (level > 0 && (next < 0 || (levelOf(lines[next] ?? "") || 7) <= level)) return at(Math.min(line + 1, last));
	}
	return at(last);
}

/** 0 for a line that is no heading. */
function levelOf(line: string): number {
	return /^(#{1,6}) /.exec(line)?.[1]?.length ?? 0;
}
