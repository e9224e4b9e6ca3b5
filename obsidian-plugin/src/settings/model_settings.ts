/** Rows of the settings page about models that write: whose, which, where, by what key, and what they may cost. */

import type { Setting as Row, SettingDefinition, SettingDefinitionItem } from "obsidian";

import type { Provider, Setting, Tested, VaultSettings } from "../protocol";
import { worded } from "../ui/parts";
import { PREFIX } from "./sidecar_settings";

/** The sidecar, where models are concerned. */
export interface Models {
	providers(): Promise<readonly Provider[]>;
	/** Those that a provider has now; asks it. */
	models(): Promise<readonly string[]>;
	test(): Promise<Tested>;
}

/** Keys that are kept in Obsidian's own place for secrets; here are only the names that they have there. */
export interface KeyNames {
	of(provider: string): string;
	choose(provider: string, name: string): Promise<void>;
	/** A field in which a secret is chosen by its name, or made. */
	field(row: Row, name: string, onChoose: (name: string) => void): void;
}

const NONE = "none";
/** What these settings are called in the sidecar. They are not told among its others. */
export const MODEL_SETTINGS = [
	"provider", "chat_model", "base_url", "fallback_providers", "model_prices",
	"budget_call_usd", "budget_run_usd", "budget_day_usd", "budget_month_usd", "ask_from_usd",
]; // prettier-ignore

const BUDGETS: readonly (readonly [setting: string, name: string, desc?: string])[] = [
	["ask_from_usd", "Ask first from", "In US dollars. Of what costs less the price is told, and it is begun at once."],
	["budget_day_usd", "At most in a day"],
	["budget_month_usd", "At most in a month"],
	["budget_run_usd", "At most for one run over many notes"],
	["budget_call_usd", "At most for one request"],
];

/** Typed with commas between. */
const LISTS = [
	["model_prices", "Prices that are not known", "In US dollars for a million tokens read, and written.", "openai/some-model=0.25/1.25"],
	["fallback_providers", "Who may stand in", "Providers that your notes are sent to when the chosen one cannot answer. Nobody, unless you name them.", "ollama"],
] as const;

const KEY_FROM: Readonly<Record<"plugin" | "environment" | "keyring", string>> = {
	plugin: "The key comes from Obsidian.",
	environment: "The key comes from an environment variable.",
	keyring: "The key comes from the keyring of this system.",
};

export interface ModelPorts {
	models: Models;
	keys: KeyNames;
	notice: (text: string) => void;
	/** Build the page anew. */
	show: () => void;
}

export class ModelSettings {
	private providers: readonly Provider[] = [];
	private live: readonly string[] = [];
	private trouble = "";
	/** Whose models are listed; empty when they are to be asked for. */
	listed = "";

	constructor(private readonly ports: ModelPorts) {}

	/** Ask who there is, and what the chosen one has; the page is built anew when there is more to show. */
	async read(told: VaultSettings): Promise<void> {
		// A sidecar from before there were models has nothing to tell of them.
		if (textOf(told, "provider") === "") return;
		try {
			this.providers = await this.ports.models.providers();
		} catch (error) {
			this.trouble = worded(error);
		}
		await this.list(told);
		this.ports.show();
	}

	private async list(told: VaultSettings): Promise<void> {
		const [provider, address] = [textOf(told, "provider"), textOf(told, "base_url")];
		const listed = `${provider} ${address}`;
		if (listed === this.listed) return;
		[this.listed, this.live, this.trouble] = [listed, [], ""];
		if (provider === NONE) return;
		try {
			this.live = await this.ports.models.models();
		} catch (error) {
			this.trouble = worded(error);
		}
	}

	definitions(told: VaultSettings): SettingDefinitionItem[] {
		const provider = told.settings.find(({ name }) => name === "provider");
		if (!provider) return [];
		const name = String(provider.value);
		const isChosen = name !== NONE;
		// A file that is run here is asked at no address.
		const isFile = this.providers.find((each) => each.name === name)?.key === "none";
		const how = isFile ? [] : [where(told), this.key(name)];
		const items = [this.whose(provider), ...(isChosen ? [this.which(told), ...how, this.test()] : [])];
		return [{ type: "group", heading: "Models that write", items: [...items, ...budgets(told, isChosen)] }];
	}

	private whose({ options = [], value }: Setting): SettingDefinition {
		const titles = new Map(this.providers.map(({ name, title, local }) => [name, local ? `${title} (your own machines)` : title]));
		const names = options.includes(String(value)) ? options : [...options, String(value)];
		return {
			name: "Who writes",
			desc:
				"With nobody, summaries are made of the notes' own sentences, and questions are answered with passages. With a provider, " +
				"what it needs of your notes is sent to it, and to nobody else.",
			control: {
				type: "dropdown",
				key: `${PREFIX}provider`,
				options: Object.fromEntries(names.map((each) => [each, each === NONE ? "Nobody" : (titles.get(each) ?? each)])),
			},
		};
	}

	private which(told: VaultSettings): SettingDefinition {
		const chosen = textOf(told, "chat_model");
		const provider = this.providers.find(({ name }) => name === textOf(told, "provider"));
		const usual = provider?.defaultModel ? `The usual one: ${provider.defaultModel}` : "Choose one";
		const key = `${PREFIX}chat_model`;
		if (this.live.length === 0) {
			const desc = this.trouble || "Its name, as the provider has it.";
			return { name: "Writing model", desc, control: { type: "text", key, placeholder: provider?.defaultModel ?? "" } };
		}
		const names = this.live.includes(chosen) || chosen === "" ? this.live : [...this.live, chosen];
		const options = { "": usual, ...Object.fromEntries(names.map((name) => [name, name])) };
		return { name: "Writing model", desc: "What the provider has now.", control: { type: "dropdown", key, options } };
	}

	private key(name: string): SettingDefinition {
		const provider = this.providers.find((each) => each.name === name);
		const from = provider?.keyFrom ? KEY_FROM[provider.keyFrom] : "";
		const none = provider?.key === "taken" ? "It works without one." : "It needs one.";
		const page = provider?.keyPage ? ` You get one at ${provider.keyPage}.` : "";
		return {
			name: "Key",
			desc: `${from || none + page} It is kept where Obsidian keeps secrets, and never in a file of the vault.`,
			searchable: false,
			render: (row) => {
				const { keys } = this.ports;
				keys.field(row, keys.of(name), (chosen) => void keys.choose(name, chosen));
			},
		};
	}

	private test(): SettingDefinition {
		return {
			name: "Test the model",
			desc: "Asks it for one word, which costs as much as that word.",
			searchable: false,
			action: () => void this.tested(),
		};
	}

	private async tested(): Promise<void> {
		try {
			this.ports.notice((await this.ports.models.test()).told);
		} catch (error) {
			this.ports.notice(worded(error));
		}
	}
}

function where(told: VaultSettings): SettingDefinition {
	return {
		name: "Address",
		desc: "Where it is asked, if not at the provider's own address: of a server of yours, up to and with “/v1”.",
		control: { type: "text", key: `${PREFIX}base_url`, placeholder: textOf(told, "base_url") || "Its own" },
	};
}

function budgets(told: VaultSettings, isChosen: boolean): SettingDefinition[] {
	if (!isChosen) return [];
	const has = ([setting]: readonly [string, ...unknown[]]) => told.settings.some(({ name }) => name === setting);
	const sums = BUDGETS.filter(has).map(([setting, name, desc]): SettingDefinition => ({
		name,
		desc: desc ?? "In US dollars, over all vaults. What could pass it is not begun.",
		control: { type: "text", key: PREFIX + setting, placeholder: "0.50", validate: dollars },
	}));
	const lists = LISTS.filter(has).map(([setting, name, desc, placeholder]): SettingDefinition => ({
		name,
		desc,
		control: { type: "text", key: PREFIX + setting, placeholder },
	}));
	return [...sums, ...lists];
}

function dollars(value: string): string | undefined {
	return /^\d{1,6}(\.\d{1,6})?$/.test(value) ? undefined : "An amount such as 0.50.";
}

function textOf({ settings }: VaultSettings, name: string): string {
	const value = settings.find((each) => each.name === name)?.value;
	return typeof value === "string" ? value : "";
}
