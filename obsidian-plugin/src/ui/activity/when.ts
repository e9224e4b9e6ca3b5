/** How long ago something was, as people say it. */

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** `now` in milliseconds since 1970. */
export function ago(iso: string, now: number): string {
	const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
	const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
	if (seconds < MINUTE_S) return "just now";
	if (seconds < HOUR_S) return words.format(-Math.floor(seconds / MINUTE_S), "minute");
	if (seconds < DAY_S) return words.format(-Math.floor(seconds / HOUR_S), "hour");
	return words.format(-Math.floor(seconds / DAY_S), "day");
}

export function exactly(iso: string): string {
	return new Date(iso).toLocaleString("en", { dateStyle: "full", timeStyle: "medium" });
}
