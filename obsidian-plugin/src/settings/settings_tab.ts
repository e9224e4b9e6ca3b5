/** The plugin's page among Obsidian's settings: what is kept here, on this device, and by the sidecar. */

import { type App, type Plugin, PluginSettingTab, type SettingDefinitionItem } from "obsidian";

import { disclosures } from "./disclosures";
import type { Setting } from "../protocol";
import { ModelSettings } from "./model_settings";
import type { SettingsPorts } from "./ports";
import { READER, readerAgreed, readerOf, readerRows } from "./reader_settings";
import { button, dropdown, number, text, words } from "./rows";
import { MAX_LIMIT, MODES, PLACES } from "./settings";
import { type Told, definitions, EXCLUDED, excluded, PREFIX, settingOf } from "./sidecar_settings";
import { type Choices, THRESHOLD } from "../ui/host";
import { worded } from "../ui/parts";

export class LibrarianSettingTab extends PluginSettingTab {
	#told: Told = null;
	#trouble: unknown = null;
	/** While the page is built because the sidecar answered, it is not asked again. */
	#isAnswered = false;
	#isReading = false;
	/** One change after the other, in the order they were made in. */
	#changing: Promise<void> = Promise.resolve();
	readonly #models: ModelSettings;
	/** The model of a provider that was typed to read the vault. */
	#reader: string | null = null;

	readonly #ports: SettingsPorts;

	constructor(app: App, plugin: Plugin, ports: SettingsPorts) {
		super(app, plugin);
		this.#ports = ports;
		this.#models = new ModelSettings(ports, {
			show: () => this.#show(),
			chooseKey: (provider, name) => void this.#guarded(() => this.#chooseKey(provider, name)),
		});
	}

	override getSettingDefinitions(): SettingDefinitionItem[] {
		if (!this.#isAnswered) void this.#read();
		return [...this.#own(), this.#command(), ...this.#sidecars(), this.#disclosed()];
	}

	override getControlValue(key: string): unknown {
		const { device, settings } = this.#ports;
		const own = settings.choices.get();
		if (key === "command") return device.command();
		if (key === READER) return this.#readerNow();
		if (isOwn(key, own)) return own[key];
		const setting = this.#settingOf(key);
		return setting?.kind === "names" && Array.isArray(setting.value) ? setting.value.join(", ") : setting?.value;
	}

	override async setControlValue(key: string, value: unknown): Promise<void> {
		const { device, settings } = this.#ports;
		if (key === "command") device.setCommand(String(value));
		else if (key === READER) this.#reader = String(value).trim();
		else if (isOwn(key, settings.choices.get())) await this.#guarded(() => settings.change({ [key]: value }));
		else await this.#change(key.slice(PREFIX.length), this.#typed(key, value));
	}

	#readerNow(): string {
		return this.#reader ?? readerOf(this.#told);
	}

	#settingOf(key: string): Setting | undefined {
		return settingOf(this.#told, key.slice(PREFIX.length));
	}

	/** What a control gave, as the sidecar takes it. */
	#typed(key: string, value: unknown): Setting["value"] {
		if (this.#settingOf(key)?.kind !== "names") return value as Setting["value"];
		return String(value).split(",").map((each) => each.trim()).filter(Boolean); // prettier-ignore
	}

	override hide(): void {
		super.hide();
		// Until it is opened again, there may be others.
		this.#models.listed = "";
		if (this.#isWaiting()) void this.#restart();
	}

	#own(): SettingDefinitionItem[] {
		return [
			dropdown("Search for", "How notes are searched, unless you say otherwise in the search box.", "mode", MODES),
			number("Results at a time", "", "limit", 1, MAX_LIMIT),
			{
				name: "How alike duplicates are",
				desc: "Notes that share less of what they say are not told as nearly the same.",
				control: {
					type: "slider",
					key: "threshold",
					min: THRESHOLD.least,
					max: THRESHOLD.most,
					step: 0.05,
					displayFormat: (value) => `${Math.round(100 * value)} %`,
				},
			},
			dropdown("Where a summary goes", "", "summaryPlace", PLACES),
		];
	}

	#command(): SettingDefinitionItem {
		const { command } = this.#ports.librarian;
		return {
			type: "group",
			heading: "On this device",
			items: [
				text(
					"Where the command “librarian” is",
					command ? `Found: ${command}` : "It was not found yet. Leave this empty to have it looked for in the usual places.",
					"command",
					"Looked for by itself",
					wholePath,
				),
				{ name: "Look for it again", desc: "And start it, if it is there.", action: () => void this.#restart() },
			],
		};
	}

	#sidecars(): SettingDefinitionItem[] {
		if (this.#told === null) {
			return [
				this.#trouble === null
					? words("The librarian is not ready", "What it reads, and how, can be set here once it is.")
					: words("The librarian's settings cannot be read", worded(this.#trouble)),
			];
		}
		const again = "What you changed here holds once it has, which takes a moment. It is done when you close this page, too.";
		return [
			{ ...button("Start the librarian again", again, () => void this.#restart()), visible: () => this.#isWaiting() },
			...this.#models.definitions(this.#told),
			...definitions(
				this.#told,
				{ add: () => this.#leaveOut(), remove: (index) => this.#takeIn(index) },
				readerRows(() => void this.#guarded(() => this.#haveRead())),
			),
		];
	}

	#disclosed(): SettingDefinitionItem {
		return {
			type: "page",
			name: "What the librarian does on this machine",
			desc: "Programs, files, network.",
			items: disclosures(this.#ports.platform).map(([name, desc]) => ({ name, desc })),
		};
	}

	/** Have the model of a provider that is named read the vault, once its price was agreed to. */
	async #haveRead(): Promise<void> {
		const model = this.#readerNow();
		if (model === "" || !(await readerAgreed(this.#ports, model))) return;
		await this.#change("model", model);
		this.#show();
	}

	async #read(): Promise<void> {
		const { librarian } = this.#ports;
		if (librarian.state.get().kind !== "ready") {
			this.#told = this.#trouble = null;
			return;
		}
		if (this.#isReading) return;
		this.#isReading = true;
		try {
			const told = await librarian.call("settings.read", {});
			const isNews = JSON.stringify(told) !== JSON.stringify(this.#told);
			[this.#told, this.#trouble] = [told, null];
			if (isNews) this.#show();
			if (isNews || !this.#models.listed) await this.#models.read(told);
		} catch (error) {
			[this.#told, this.#trouble] = [null, error];
			this.#show();
		} finally {
			this.#isReading = false;
		}
	}

	/** Build the page anew from what is known. */
	#show(): void {
		this.#isAnswered = true;
		try {
			this.update();
		} finally {
			this.#isAnswered = false;
		}
	}

	#change(name: string, value: Setting["value"]): Promise<void> {
		this.#changing = this.#changing.then(() =>
			this.#guarded(async () => {
				await this.#tell(name, value);
				// Building the page anew would take the cursor out of the field that is typed in.
				if (name === EXCLUDED) this.#show();
				else if (name === "provider") await this.#otherProvider();
				else this.refreshDomState();
			}),
		);
		return this.#changing;
	}

	async #tell(name: string, value: Setting["value"]): Promise<void> {
		this.#told = await this.#ports.librarian.call("settings.change", { name, value });
	}

	/** The model and the address of one provider are none of another's. */
	async #otherProvider(): Promise<void> {
		for (const name of ["chat_model", "base_url"]) if (settingOf(this.#told, name)?.value) await this.#tell(name, "");
		if (this.#told) await this.#models.read(this.#told);
	}

	/** A key goes to the librarian when it starts, and at no other time. */
	async #chooseKey(provider: string, name: string): Promise<void> {
		await this.#ports.settings.chooseKey(provider, name);
		await this.#restart();
	}

	#leaveOut(): void {
		const folders = excluded(this.#told);
		this.#ports.pickFolder(folders, (path) => void this.#change(EXCLUDED, [...folders, path]));
	}

	#takeIn(index: number): void {
		const folders = excluded(this.#told);
		void this.#change(EXCLUDED, folders.filter((_, each) => each !== index));
	}

	/** Whether something was chosen that does not hold yet. */
	#isWaiting(): boolean {
		return this.#told?.settings.some(({ holds }) => !holds) ?? false;
	}

	async #restart(): Promise<void> {
		this.#told = this.#trouble = null;
		this.#show();
		await this.#guarded(() => this.#ports.librarian.retry());
		this.update();
	}

	async #guarded(act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			this.#ports.host.notice(worded(error));
			this.#show();
		}
	}
}

function isOwn(key: string, own: Choices): key is keyof Choices {
	return Object.hasOwn(own, key);
}

/** What is wrong with a path that was typed; nothing when it is whole, or empty. */
function wholePath(path: string): string | undefined {
	return path.trim() === "" || /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path.trim()) ? undefined : "Give the whole path, from the top.";
}
