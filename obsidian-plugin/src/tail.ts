/** The end of what a process logged, in whole lines, without anything secret, and never more than a few kilobytes. */

const KEPT_CHARACTERS = 8192;
const LINE_CHARACTERS = 1024;
/** So much of a line is looked at for secrets; one that begins before the cut is whole. */
const READ_CHARACTERS = LINE_CHARACTERS + 512;

const SECRETS = [
	/\bbearer[.\s]+[\w.~+/=-]+/gi,
	/\b(api[-_ ]?key|token|secret|password|authorization)\b["']?\s*[:=]\s*["']?[^\s"',}]+/gi,
	/\b(sk|pk|rk|hf|ghp|gho|gsk|xai|xox[bp]|AIza)[-_][\w-]{8,}|\bAIza[\w-]{20,}/g,
	/[\w-]{40,}/g,
];

export class Tail {
	private kept: string[] = [];
	private kept_characters = 0;
	private open = "";

	/** `secrets` are never shown, whatever they look like. */
	constructor(private readonly secrets: readonly string[]) {}

	take(text: string): void {
		let start = 0;
		for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
			this.grow(text, start, end);
			this.keep(this.open);
			this.open = "";
			start = end + 1;
		}
		this.grow(text, start, text.length);
	}

	lines(): string[] {
		const open = this.shown(this.open);
		return open ? [...this.kept, open] : [...this.kept];
	}

	/** What was said last; empty when nothing was. */
	last(): string {
		return this.lines().at(-1) ?? "";
	}

	/** The rest of a line that is longer than anybody would read is let go. */
	private grow(text: string, start: number, end: number): void {
		this.open += text.slice(start, Math.min(end, start + READ_CHARACTERS - this.open.length));
	}

	private keep(line: string): void {
		const shown = this.shown(line);
		if (!shown) return;
		this.kept.push(shown);
		this.kept_characters += shown.length;
		while (this.kept_characters > KEPT_CHARACTERS) this.kept_characters -= this.kept.shift()?.length ?? 0;
	}

	private shown(line: string): string {
		let shown = line;
		for (const secret of this.secrets) shown = shown.replaceAll(secret, "…");
		for (const pattern of SECRETS) shown = shown.replace(pattern, "…");
		return shown.trimEnd().slice(0, LINE_CHARACTERS);
	}
}
