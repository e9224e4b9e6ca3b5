/** Rows of the settings page about a provider's model that knows what notes mean: named, priced, agreed to. */

import type { SettingDefinition } from "obsidian";

import type { SettingsPorts } from "./ports";
import { button, text } from "./rows";
import { type Told, settingOf } from "./sidecar_settings";

export const READER = "reader";

/** The provider's model that is chosen; empty where it is none of a provider. */
export function readerOf(told: Told): string {
	const { value, options = [] } = settingOf(told, "model") ?? {};
	return typeof value === "string" && /^[a-z]+\//.test(value) && !options.includes(value) ? value : "";
}

export function readerRows(use: () => void): SettingDefinition[] {
	return [
		text(
			"Model of a provider",
			"In the place of the model above. It is sent what notes say, but for folders that are left out, and what is searched for. " +
				"Its key is chosen with “Who writes”.",
			READER,
			"openai/text-embedding-3-small",
		),
		button("Use the model of a provider", "It is tried, and you see the price before it is sent any note.", use),
	];
}

/** Whether the person agrees to what it takes that a model reads the vault, which is asked after it was tried. */
export async function readerAgreed({ librarian, host }: SettingsPorts, model: string): Promise<boolean> {
	const { told, atMostUsd } = await librarian.call("embedding.estimate", { model });
	if (!(await host.confirm({ title: `Have ${model} read this vault?`, body: `${told}.`, confirm: "Have it read" }))) return false;
	await librarian.call("embedding.agree", { model, atMostUsd: atMostUsd ?? "0" });
	return true;
}
