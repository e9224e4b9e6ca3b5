/** Two words in the status bar; a click shows more. */

import { setTooltip } from "obsidian";

import { briefly } from "../state";
import type { Host } from "../ui/host";

/** Answers with what ends it. */
export function tellIn(element: HTMLElement, host: Host): () => void {
	element.addClass("mod-clickable");
	element.setAttribute("role", "button");
	element.tabIndex = 0;
	const open = () => void host.show(isFirst(host) ? "welcome" : "status");
	element.addEventListener("click", open);
	element.addEventListener("keydown", (event) => {
		if (event.key !== "Enter" && event.key !== " ") return;
		event.preventDefault();
		open();
	});
	return host.state.subscribe((state) => {
		element.setText(briefly(state));
		element.dataset["state"] = state.kind;
		// The tooltip is all that a screen reader says of an element, so it has the two words, too.
		setTooltip(element, `${briefly(state)}. ${"problem" in state ? state.problem.title : "Show status"}`, { placement: "top" });
	});
}

function isFirst(host: Host): boolean {
	const { kind } = host.state.get();
	return kind === "new" || kind === "missing";
}
