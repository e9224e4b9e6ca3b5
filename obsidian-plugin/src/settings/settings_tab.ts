/** The plugin's page among Obsidian's settings: what is kept here, on this device, and by the sidecar. */

import { type App, type Plugin, PluginSettingTab, type SettingDefinitionItem } from "obsidian";

import type { Device } from "./device";
import { disclosures } from "./disclosures";
import type { Setting, VaultSettings } from "../protocol";
import { type KeyNames, type Models, ModelSettings } from "./model_settings";
import { READER, type Readers, ReaderSettings } from "./reader_settings";
import { MAX_LIMIT, type Settings } from "./settings";
import { definitions, EXCLUDED, excluded, PREFIX, wholeNumber } from "./sidecar_settings";
import { type Choices, THRESHOLD } from "../ui/host";
import { worded } from "../ui/parts";

/** The sidecar's settings, where there is one. */
export interface SidecarSettings {
	isThere(): boolean;
	read(): Promise<VaultSettings>;
	change(name: string, value: Setting["value"]): Promise<VaultSettings>;
	/** Start the sidecar again, so that all holds. */
	restart(): Promise<void>;
}

export interface SettingsPorts {
	settings: Settings;
	device: Device;
	sidecar: SidecarSettings;
	models: Models;
	readers: Readers;
	keys: KeyNames;
	/** Where the command was found; empty when it was not. */
	foundCommand: () => string;
	/** Look for the command again, and start it. */
	lookAgain: () => Promise<void>;
	/** Let the person pick a folder that is none of these. */
	pickFolder: (except: readonly string[], onPick: (path: string) => void) => void;
	notice: (text: string) => void;
	/** As Node calls the system. */
	platform: string;
}

const MODES: Readonly<Record<Choices["mode"], string>> = { hybrid: "Words and meaning", keyword: "Words", semantic: "Meaning" };
const PLACES: Readonly<Record<Choices["summaryPlace"], string>> = {
	top: "At the top of the note",
	cursor: "At the cursor",
	note: "In a new note",
	clipboard: "On the clipboard",
};
const OWN: readonly (keyof Choices)[] = ["mode", "limit", "threshold", "summaryPlace"];

export class LibrarianSettingTab extends PluginSettingTab {
	private told: VaultSettings | null = null;
	private trouble: unknown = null;
	/** While the page is built because the sidecar answered, it is not asked again. */
	private isAnswered = false;
	private isReading = false;
	/** One change after the other, in the order they were made in. */
	private changing: Promise<void> = Promise.resolve();
	private readonly models: ModelSettings;
	private readonly reader: ReaderSettings;

	constructor(
		app: App,
		plugin: Plugin,
		private readonly ports: SettingsPorts,
	) {
		super(app, plugin);
		const { models, keys, notice } = ports;
		const chosen = { ...keys, choose: (provider: string, name: string) => this.guarded(() => this.chooseKey(provider, name)) };
		this.models = new ModelSettings({ models, keys: chosen, notice, show: () => this.show() });
		this.reader = new ReaderSettings(ports.readers, async (model) => {
			await this.change("model", model);
			this.show();
		});
	}

	override getSettingDefinitions(): SettingDefinitionItem[] {
		if (!this.isAnswered) void this.read();
		return [...this.own(), ...this.command(), ...this.sidecars(), this.disclosed()];
	}

	override getControlValue(key: string): unknown {
		if (key === "command") return this.ports.device.command();
		if (key === READER) return this.reader.named(this.told);
		if (isOwn(key)) return this.ports.settings.choices.get()[key];
		const setting = this.settingOf(key);
		return setting?.kind === "names" && Array.isArray(setting.value) ? setting.value.join(", ") : setting?.value;
	}

	override async setControlValue(key: string, value: unknown): Promise<void> {
		if (key === "command") this.ports.device.setCommand(String(value));
		else if (key === READER) this.reader.type(String(value));
		else if (isOwn(key)) await this.guarded(() => this.ports.settings.change({ [key]: value }));
		else if (key.startsWith(PREFIX)) await this.change(key.slice(PREFIX.length), this.typed(key, value));
	}

	private settingOf(key: string): Setting | undefined {
		return this.told?.settings.find(({ name }) => PREFIX + name === key);
	}

	/** What a control gave, as the sidecar takes it. */
	private typed(key: string, value: unknown): Setting["value"] {
		if (this.settingOf(key)?.kind !== "names") return value as Setting["value"];
		return String(value).split(",").map((each) => each.trim()).filter(Boolean); // prettier-ignore
	}

	override hide(): void {
		super.hide();
		// Until it is opened again, there may be others.
		this.models.listed = "";
		if (this.isWaiting()) void this.restart();
	}

	private own(): SettingDefinitionItem[] {
		return [
			{
				name: "Search for",
				desc: "How notes are searched, unless you say otherwise in the search box.",
				control: { type: "dropdown", key: "mode", options: MODES },
			},
			{
				name: "Results at a time",
				control: {
					type: "number",
					key: "limit",
					min: 1,
					max: MAX_LIMIT,
					step: 1,
					validate: (value) => wholeNumber(value, 1, MAX_LIMIT),
				},
			},
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
			{
				name: "Where a summary goes",
				control: { type: "dropdown", key: "summaryPlace", options: PLACES },
			},
		];
	}

	private command(): SettingDefinitionItem[] {
		const found = this.ports.foundCommand();
		return [
			{
				type: "group",
				heading: "On this device",
				items: [
					{
						name: "Where the command “librarian” is",
						desc: found ? `Found: ${found}` : "It was not found yet. Leave this empty to have it looked for in the usual places.",
						control: { type: "text", key: "command", placeholder: "Looked for by itself", validate: wholePath },
					},
					{
						name: "Look for it again",
						desc: "And start it, if it is there.",
						action: () => void this.lookAgain(),
					},
				],
			},
		];
	}

	private sidecars(): SettingDefinitionItem[] {
		if (this.told === null) {
			const desc = this.trouble === null ? "What it reads, and how, can be set here once it is." : worded(this.trouble);
			const name = this.trouble === null ? "The librarian is not ready" : "The librarian's settings cannot be read";
			return [{ name, desc, searchable: false }];
		}
		return [
			{
				name: "Start the librarian again",
				desc: "What you changed here holds once it has, which takes a moment. It is done when you close this page, too.",
				visible: () => this.isWaiting(),
				searchable: false,
				action: () => void this.restart(),
			},
			...this.models.definitions(this.told),
			...definitions(
				this.told,
				{ add: () => this.leaveOut(), remove: (index) => this.takeIn(index) },
				this.reader.definitions(() => void this.guarded(() => this.reader.priced(this.told))),
			),
		];
	}

	private disclosed(): SettingDefinitionItem {
		return {
			type: "page",
			name: "What the librarian does on this machine",
			desc: "Programs, files, network.",
			items: disclosures(this.ports.platform),
		};
	}

	private async read(): Promise<void> {
		if (!this.ports.sidecar.isThere()) {
			this.told = this.trouble = null;
			return;
		}
		if (this.isReading) return;
		this.isReading = true;
		try {
			const told = await this.ports.sidecar.read();
			const isNews = JSON.stringify(told) !== JSON.stringify(this.told);
			[this.told, this.trouble] = [told, null];
			if (isNews) this.show();
			if (isNews || !this.models.listed) await this.models.read(told);
		} catch (error) {
			[this.told, this.trouble] = [null, error];
			this.show();
		} finally {
			this.isReading = false;
		}
	}

	/** Build the page anew from what is known. */
	private show(): void {
		this.isAnswered = true;
		try {
			this.update();
		} finally {
			this.isAnswered = false;
		}
	}

	private change(name: string, value: Setting["value"]): Promise<void> {
		this.changing = this.changing.then(() =>
			this.guarded(async () => {
				this.told = await this.ports.sidecar.change(name, value);
				// Building the page anew would take the cursor out of the field that is typed in.
				if (name === EXCLUDED) this.show();
				else if (name === "provider") await this.otherProvider(this.told);
				else this.refreshDomState();
			}),
		);
		return this.changing;
	}

	/** The model and the address of one provider are none of another's. */
	private async otherProvider(told: VaultSettings): Promise<void> {
		const isChosen = ({ name, value }: Setting) => (name === "chat_model" || name === "base_url") && value !== "";
		for (const { name } of told.settings.filter(isChosen)) this.told = await this.ports.sidecar.change(name, "");
		await this.models.read(this.told ?? told);
	}

	/** A key goes to the librarian when it starts, and at no other time. */
	private async chooseKey(provider: string, name: string): Promise<void> {
		await this.ports.keys.choose(provider, name);
		await this.restart();
	}

	private leaveOut(): void {
		const folders = excluded(this.told?.settings ?? []);
		this.ports.pickFolder(folders, (path) => void this.change(EXCLUDED, [...folders, path]));
	}

	private takeIn(index: number): void {
		const folders = excluded(this.told?.settings ?? []);
		void this.change(EXCLUDED, folders.filter((_, each) => each !== index));
	}

	/** Whether something was chosen that does not hold yet. */
	private isWaiting(): boolean {
		return this.told?.settings.some(({ holds }) => !holds) ?? false;
	}

	private async restart(): Promise<void> {
		this.told = this.trouble = null;
		this.show();
		await this.guarded(() => this.ports.sidecar.restart());
		this.update();
	}

	private async lookAgain(): Promise<void> {
		await this.guarded(() => this.ports.lookAgain());
		this.update();
	}

	private async guarded(act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			this.ports.notice(worded(error));
			this.show();
		}
	}
}

function isOwn(key: string): key is keyof Choices {
	return (OWN as readonly string[]).includes(key);
}

/** What is wrong with a path that was typed; nothing when it is whole, or empty. */
function wholePath(path: string): string | undefined {
	return path.trim() === "" || /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path.trim()) ? undefined : "Give the whole path, from the top.";
}
