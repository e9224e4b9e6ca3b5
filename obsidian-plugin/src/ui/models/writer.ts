/** Who writes: the model that is chosen, as a panel shows it. */

import type { Setting } from "../../protocol";
import { useAsked } from "../ask";
import type { Host } from "../host";
import { useStore } from "../store";

/** Provider and model in words; empty when nobody writes, and null while that is not known. Read anew when one of `inputs` changes. */
export function useWriter(host: Host, ...inputs: unknown[]): string | null {
	const read = async (signal: AbortSignal) => named((await host.call("settings.read", {}, { signal })).settings);
	const isReady = useStore(host.state).kind === "ready";
	return useAsked(isReady ? read : null, [useStore(host.generation), ...inputs]).answer;
}

function named(settings: readonly Setting[]): string {
	const [provider, model] = ["provider", "chat_model"].map((name) => settings.find((each) => each.name === name)?.value);
	if (typeof provider !== "string" || provider === "none") return "";
	return typeof model === "string" && model !== "" ? `${provider} ${model}` : provider;
}
