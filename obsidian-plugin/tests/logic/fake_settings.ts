/** Settings and a sidecar that has them, for tests of the page that shows them. */

import type { EmbeddingEstimate, Provider, Setting, Tested, VaultSettings } from "../../src/protocol";

export const SETTINGS: Setting[] = [
	setting("excluded_folders", "folders", ["Archive", "Old/Private"], []),
	{ ...setting("max_note_mb", "number", 5, 20), minimum: 1, maximum: 1000 },
	setting("watch", "switch", true, true),
	setting("meaning", "switch", true, true),
	{ ...setting("model", "text", "/models/mine", "default"), options: ["default", "potion-base-8M"] },
	{ ...setting("embedding_threads", "number", 2, 2), minimum: 1, maximum: 64 },
	setting("embedding_paused", "switch", false, false),
	{ ...setting("brand_new", "switch", true, true), description: "What only a newer librarian knows." },
];

export const WRITING: Setting[] = [
	{ ...setting("provider", "text", "openai", "none"), options: ["none", "openai", "ollama"] },
	setting("chat_model", "text", "", ""),
	setting("base_url", "text", "", ""),
	setting("budget_day_usd", "money", "1.00", "1.00"),
	setting("model_prices", "names", ["openai/gpt-99=1/2"], []),
];

export const PROVIDERS: Provider[] = [
	{
		name: "openai",
		title: "OpenAI",
		local: false,
		baseUrl: "https://api.openai.com/v1",
		key: "needed",
		keyFrom: null,
		keyPage: "https://platform.openai.com/api-keys",
		defaultModel: "gpt-5-mini",
		chosen: true,
	},
	{
		name: "embedded",
		title: "Model files, run here",
		local: true,
		baseUrl: "",
		key: "none",
		keyFrom: null,
		keyPage: "",
		defaultModel: "",
		chosen: false,
	},
];

export function setting(name: string, kind: Setting["kind"], value: Setting["value"], otherwise: Setting["value"]): Setting {
	return { name, kind, value, default: otherwise, scope: "thisVault", description: `About ${name}.`, holds: true };
}

/** The sidecar, as far as its settings go. */
export class FakeSidecar {
	is = true;
	models: string[] | Error = ["gpt-5-mini", "gpt-5"];

	live(): string[] {
		if (this.models instanceof Error) throw this.models;
		return this.models;
	}

	tested(): Tested {
		return { works: true, model: "gpt-5-mini", told: "gpt-5-mini works, in 812 ms.", tookMs: 812, costUsd: "0.0001" };
	}

	readonly agreed: [string, string][] = [];
	readonly questions: string[] = [];
	isWanted = true;

	estimated(model: string): EmbeddingEstimate {
		if (this.trouble) throw this.trouble;
		const isOwn = model.startsWith("ollama/");
		const [costUsd, atMostUsd] = isOwn ? [null, null] : ["0.12", "0.21"];
		return { model, passages: 9, tokens: 800, costUsd, atMostUsd, dimensions: 512, told: "9 passages: about $0.12", tookMs: 5 };
	}

	told: VaultSettings = { settings: SETTINGS, notices: [] };
	readonly changes: [string, Setting["value"]][] = [];
	trouble: Error | null = null;
	reads = 0;
	restarts = 0;

	/** As the librarian does. */
	call = async (method: string, params: { model?: string; name?: string; value?: Setting["value"]; atMostUsd?: string }): Promise<unknown> => {
		switch (method) {
			case "settings.read":
				return this.read();
			case "settings.change":
				return this.change(params.name ?? "", params.value ?? "");
			case "providers.list":
				return { providers: PROVIDERS };
			case "providers.models":
				return { models: this.live() };
			case "providers.test":
				return this.tested();
			case "embedding.estimate":
				return this.estimated(params.model ?? "");
			case "embedding.agree":
				return void this.agreed.push([params.model ?? "", params.atMostUsd ?? ""]);
			default:
				throw new Error(`${method} is not expected`);
		}
	};

	async read(): Promise<VaultSettings> {
		this.reads++;
		if (this.trouble) throw this.trouble;
		return this.told;
	}

	async change(name: string, value: Setting["value"]): Promise<VaultSettings> {
		if (this.trouble) throw this.trouble;
		this.changes.push([name, value]);
		const holds = name === "embedding_paused";
		const settings = this.told.settings.map((each) => (each.name === name ? { ...each, value, holds } : each));
		this.told = { ...this.told, settings };
		return this.told;
	}

	async restart(): Promise<void> {
		this.restarts++;
		this.told = { ...this.told, settings: this.told.settings.map((each) => ({ ...each, holds: true })) };
	}
}
