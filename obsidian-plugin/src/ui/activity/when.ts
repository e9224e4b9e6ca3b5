/** How long ago something was, as people say it. */

const UNITS = [
	["day", 24 * 60 * 60],
	["hour", 60 * 60],
	["minute", 60],
] as const;

/** `now` in milliseconds since 1970. */
export function ago(iso: string, now: number): string {
	const seconds = Math.round((now - Date.parse(iso)) / 1000);
	for (const [unit, size] of UNITS) {
		if (seconds >= size) return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
	}
	return "just now";
}

export function exactly(iso: string): string {
	return new Date(iso).toLocaleString("en", { dateStyle: "full", timeStyle: "medium" });
}
