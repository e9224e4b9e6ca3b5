/** Telling of a change that was made, with the way back. */

import type { Applied } from "../../protocol";
import { attempt } from "../attempt";
import type { Host } from "../host";
import { takeBack } from "./carrying";
import { undoneTold } from "./Outcome";

export function tellDone(host: Host, { changeId, applied }: Applied, words: string): void {
	if (changeId === null) return host.notice("Nothing was changed.");
	const undo = async () => {
		const back = await takeBack(host, changeId, applied);
		if (back !== null) await tellUndone(host, back);
	};
	host.notice(words, { label: "Undo", run: () => attempt(host, undo()) });
}

/** `of`: what was taken back, as the beginning of a sentence. */
export async function tellUndone(host: Host, back: Applied, of = ""): Promise<void> {
	// What was left as it is stands there, with what can be done about it.
	if (back.conflicts.length > 0) await host.show("activity");
	host.notice(of + undoneTold(back));
}
