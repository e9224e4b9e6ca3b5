/** Rows of the settings page about a provider's model that knows what notes mean: named, priced, agreed to. */

import type { SettingDefinition } from "obsidian";

import type { EmbeddingEstimate, VaultSettings } from "../protocol";
import type { Host } from "../ui/host";

/** The sidecar, where models that read the vault are concerned. */
export interface Readers {
	/** Tries the model, and says what it would take to read what it has not read. */
	estimate(model: string): Promise<EmbeddingEstimate>;
	agree(model: string, atMostUsd: string): Promise<unknown>;
	confirm: Host["confirm"];
}

export const READER = "reader";

export class ReaderSettings {
	private typed: string | null = null;

	constructor(
		private readonly readers: Readers,
		/** Set the model, once it is agreed to. */
		private readonly choose: (model: string) => Promise<void>,
	) {}

	/** What was typed, else the provider's model that is chosen. */
	named(told: VaultSettings | null): string {
		const { value, options = [] } = told?.settings.find(({ name }) => name === "model") ?? {};
		return this.typed ?? (typeof value === "string" && /^[a-z]+\//.test(value) && !options.includes(value) ? value : "");
	}

	type(model: string): void {
		this.typed = model.trim();
	}

	definitions(priced: () => void): SettingDefinition[] {
		return [
			{
				name: "Model of a provider",
				desc:
					"In the place of the model above. It is sent what notes say, but for folders that are left out, and what is searched for. " +
					"Its key is chosen with “Who writes”.",
				control: { type: "text", key: READER, placeholder: "openai/text-embedding-3-small" },
			},
			{
				name: "Use the model of a provider",
				desc: "It is tried, and you see the price before it is sent any note.",
				searchable: false,
				action: priced,
			},
		];
	}

	async priced(told: VaultSettings | null): Promise<void> {
		const model = this.named(told);
		if (model === "") return;
		const estimate = await this.readers.estimate(model);
		const body = `${estimate.told}.`;
		if (!(await this.readers.confirm({ title: `Have ${model} read this vault?`, body, confirm: "Have it read" }))) return;
		await this.readers.agree(model, estimate.atMostUsd ?? "0");
		await this.choose(model);
	}
}
