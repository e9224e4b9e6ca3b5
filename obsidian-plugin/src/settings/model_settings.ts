/** Rows of the settings page about models that write: whose, which, where, by what key, and what they may cost. */

import type { SettingDefinition, SettingDefinitionItem } from "obsidian";

import type { Provider, Setting, VaultSettings } from "../protocol";
import { worded } from "../ui/parts";
import type { SettingsPorts } from "./ports";
import { button, dropdown, text } from "./rows";
import { PREFIX, settingOf } from "./sidecar_settings";

const NONE = "none";

const CAP = "In US dollars, over all vaults. What could pass it is not begun.";
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

const KEY_FROM: Readonly<Record<NonNullable<Provider["keyFrom"]>, string>> = {
	plugin: "Obsidian",
	environment: "an environment variable",
	keyring: "the keyring of this system",
};

export interface ModelActs {
	/** Build the page anew. */
	show: () => void;
	chooseKey: (provider: string, name: string) => void;
}

export class ModelSettings {
	#providers: readonly Provider[] = [];
	#live: readonly string[] = [];
	#trouble = "";
	/** Whose models are listed; empty when they are to be asked for. */
	listed = "";

	constructor(
		private readonly ports: SettingsPorts,
		private readonly acts: ModelActs,
	) {}

	/** Ask who there is, and what the chosen one has; the page is built anew when there is more to show. */
	async read(told: VaultSettings): Promise<void> {
		const [provider, address] = [textOf(told, "provider"), textOf(told, "base_url")];
		// A sidecar from before there were models has nothing to tell of them.
		if (provider === "") return;
		const { librarian } = this.ports;
		await this.#tried(async () => (this.#providers = (await librarian.call("providers.list", {})).providers));
		const listed = `${provider} ${address}`;
		if (listed !== this.listed) {
			[this.listed, this.#live, this.#trouble] = [listed, [], ""];
			if (provider !== NONE) await this.#tried(async () => (this.#live = (await librarian.call("providers.models", {})).models));
		}
		this.acts.show();
	}

	async #tried(act: () => Promise<unknown>): Promise<void> {
		await act().catch((error: unknown) => (this.#trouble = worded(error)));
	}

	definitions(told: VaultSettings): SettingDefinitionItem[] {
		const setting = settingOf(told, "provider");
		if (!setting) return [];
		const name = String(setting.value);
		const provider = this.#providers.find((each) => each.name === name);
		const items = [this.#whose(setting)];
		if (name !== NONE) {
			items.push(this.#which(told, provider));
			// A file that is run here is asked at no address.
			if (provider?.key !== "none") items.push(where(told), this.#key(name, provider));
			items.push(button("Test the model", "Asks it for one word, which costs as much as that word.", () => void this.#test()), ...budgets(told));
		}
		return [{ type: "group", heading: "Models that write", items }];
	}

	#whose({ options = [], value }: Setting): SettingDefinition {
		const titles = new Map(this.#providers.map(({ name, title, local }) => [name, local ? `${title} (your own machines)` : title]));
		const names = options.includes(String(value)) ? options : [...options, String(value)];
		return dropdown(
			"Who writes",
			"With nobody, summaries are made of the notes' own sentences, and questions are answered with passages. With a provider, " +
				"what it needs of your notes is sent to it, and to nobody else.",
			`${PREFIX}provider`,
			Object.fromEntries(names.map((each) => [each, each === NONE ? "Nobody" : (titles.get(each) ?? each)])),
		);
	}

	#which(told: VaultSettings, provider: Provider | undefined): SettingDefinition {
		const [name, key] = ["Writing model", `${PREFIX}chat_model`];
		const chosen = textOf(told, "chat_model");
		const usual = provider?.defaultModel ?? "";
		if (this.#live.length === 0) return text(name, this.#trouble || "Its name, as the provider has it.", key, usual);
		const names = this.#live.includes(chosen) || chosen === "" ? this.#live : [...this.#live, chosen];
		const options = names.map((each) => [each, each]);
		return dropdown(name, "What the provider has now.", key, {
			"": usual ? `The usual one: ${usual}` : "Choose one",
			...(Object.fromEntries(options) as Record<string, string>),
		});
	}

	#key(name: string, provider: Provider | undefined): SettingDefinition {
		const { keyFrom, key, keyPage } = provider ?? {};
		const page = keyPage ? ` You get one at ${keyPage}.` : "";
		const from = keyFrom ? `The key comes from ${KEY_FROM[keyFrom]}.` : key === "taken" ? `It works without one.${page}` : `It needs one.${page}`;
		return {
			name: "Key",
			desc: `${from} It is kept where Obsidian keeps secrets, and never in a file of the vault.`,
			searchable: false,
			render: (row) => {
				const { settings, keyField } = this.ports;
				keyField(row, settings.keys[name] ?? "", (chosen) => this.acts.chooseKey(name, chosen));
			},
		};
	}

	async #test(): Promise<void> {
		const { librarian, host } = this.ports;
		host.notice(await librarian.call("providers.test", {}).then(({ told }) => told, worded));
	}
}

function where(told: VaultSettings): SettingDefinition {
	return text(
		"Address",
		"Where it is asked, if not at the provider's own address: of a server of yours, up to and with “/v1”.",
		`${PREFIX}base_url`,
		textOf(told, "base_url") || "Its own",
	);
}

function budgets(told: VaultSettings): SettingDefinition[] {
	const has = ([setting]: readonly [string, ...unknown[]]) => settingOf(told, setting);
	return [
		...BUDGETS.filter(has).map(([setting, name, desc = CAP]) => text(name, desc, PREFIX + setting, "0.50", dollars)),
		...LISTS.filter(has).map(([setting, name, desc, placeholder]) => text(name, desc, PREFIX + setting, placeholder)),
	];
}

function dollars(value: string): string | undefined {
	return /^\d{1,6}(\.\d{1,6})?$/.test(value) ? undefined : "An amount such as 0.50.";
}

function textOf(told: VaultSettings, name: string): string {
	const value = settingOf(told, name)?.value;
	return typeof value === "string" ? value : "";
}
