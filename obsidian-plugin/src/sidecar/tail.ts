/** The end of what a process logged, in whole lines, without anything secret, and never more than a few kilobytes. */

const KEPT_CHARACTERS = 8192;
const KEPT_LINES = 400;
const LINE_CHARACTERS = 1024;
/** So much of a line is looked at for secrets; one that begins before the cut is whole. */
const READ_CHARACTERS = LINE_CHARACTERS + 512;

const SECRETS = [
	/\bbearer[.\s]+[\w.~+/=-]+/gi,
	/[\w-]*(api[-_ ]?key|token|secret|password|authorization)\b["']?\s*[:=]\s*["']?[^\s"',}]+/gi,
	/\b(sk|pk|rk|hf|ghp|gho|gsk|xai|xox[bp]|AIza)[-_][\w-]{8,}|\bAIza[\w-]{20,}/g,
	/[\w-]{40,}/g,
];

export class Tail {
	readonly #kept: string[] = [];
	#kept_characters = 0;
	#open = "";

	/** `secrets` are never shown, whatever they look like. */
	constructor(private readonly secrets: readonly string[]) {}

	take(text: string): void {
		let start = 0;
		for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
			this.#grow(text, start, end);
			this.#keep();
			start = end + 1;
		}
		this.#grow(text, start, text.length);
	}

	lines(): string[] {
		// Blanked only when somebody looks: a flood is not to cost more than its reading.
		const shown = [...this.#kept, this.#open].map((line) => this.#blanked(line)).filter((line) => line !== "");
		for (let over = shown.join("").length - KEPT_CHARACTERS; over > 0; ) over -= shown.shift()?.length ?? over;
		return shown;
	}

	/** What was said last; empty when nothing was. */
	last(): string {
		return this.lines().at(-1) ?? "";
	}

	/** The rest of a line that is longer than anybody would read is let go. */
	#grow(text: string, start: number, end: number): void {
		this.#open += text.slice(start, Math.min(end, start + READ_CHARACTERS - this.#open.length));
	}

	#keep(): void {
		this.#kept.push(this.#open);
		this.#kept_characters += this.#open.length;
		this.#open = "";
		while (this.#kept_characters > KEPT_CHARACTERS || this.#kept.length > KEPT_LINES) {
			this.#kept_characters -= this.#kept.shift()?.length ?? 0;
		}
	}

	#blanked(line: string): string {
		let shown = line;
		for (const secret of this.secrets) shown = shown.replaceAll(secret, "…");
		for (const pattern of SECRETS) shown = shown.replace(pattern, "…");
		return shown.trimEnd().slice(0, LINE_CHARACTERS);
	}
}
