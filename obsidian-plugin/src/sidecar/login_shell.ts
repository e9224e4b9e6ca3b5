/** What a login shell knows and a program that was started from a desktop does not: the person's whole PATH. */

import { type Clock, isOverIn } from "../clock";
import { type Child, type System, textOf } from "./system";

const ANSWER_MS = 3_000;
const MAX_CHARACTERS = 65_536;
/** Profiles print what they like; what is between these is the answer. */
const BEGIN = "librarian-path-begin:";
const END = ":librarian-path-end";

/** Ask the person's shell for its PATH; null when there is no shell, or it does not answer in time. */
export async function loginPath(system: System, clock: Clock): Promise<string | null> {
	const shell = system.env["SHELL"];
	if (!shell?.startsWith("/")) return null;
	let child: Child;
	try {
		child = system.spawn(shell, ["-lc", `printf '%s%s%s' '${BEGIN}' "$PATH" '${END}'`], system.env);
	} catch {
		return null;
	}
	let said = "";
	const decoder = new TextDecoder();
	child.stdin?.on("error", () => undefined);
	child.stdin?.end();
	child.stdout?.on("data", (chunk) => {
		said = (said + textOf(chunk, decoder)).slice(-MAX_CHARACTERS);
	});
	child.stderr?.on("data", () => undefined);
	const over = new Promise((resolve) => {
		child.on("close", resolve);
		child.on("error", resolve);
	});
	if (!(await isOverIn(clock, ANSWER_MS, over))) child.kill("SIGKILL");
	const from = said.indexOf(BEGIN);
	const to = said.indexOf(END, from);
	return from >= 0 && to > from ? said.slice(from + BEGIN.length, to) : null;
}
