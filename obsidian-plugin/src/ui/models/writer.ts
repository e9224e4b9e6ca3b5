/** Who writes: the model that is chosen, as a panel shows it. */

import type { Setting } from "../../protocol";
import { useAsked } from "../ask";
import type { Host } from "../host";

/** Provider and model in words; empty when nobody writes, and null while that is not known. */
export function useWriter(host: Host): string | null {
	const isReady = host.state.value.kind === "ready";
	return useAsked(isReady ? (signal) => writerOf(host, signal) : null, [host.generation.value]).answer;
}

/** Likewise, for whoever asks once. */
export async function writerOf(host: Pick<Host, "call">, signal: AbortSignal): Promise<string> {
	return named((await host.call("settings.read", {}, { signal })).settings);
}

function named(settings: readonly Setting[]): string {
	const [provider, model] = ["provider", "chat_model"].map((name) => settings.find((each) => each.name === name)?.value);
	if (typeof provider !== "string" || provider === "none") return "";
	return typeof model === "string" && model !== "" ? `${provider} ${model}` : provider;
}
