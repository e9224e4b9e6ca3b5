/** Measures in the page: how long frames are, and how long it takes from a key to the picture that it leads to. */

import type { Page } from "playwright-core";

export interface Spread {
	count: number;
	p50_ms: number;
	p95_ms: number;
	max_ms: number;
}

export function spread(values: readonly number[]): Spread {
	const sorted = [...values].sort((one, other) => one - other);
	const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN) * 10) / 10;
	return { count: sorted.length, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
}

interface Measured {
	/** From each key to the picture. */
	keys: number[];
	/** Between pictures. */
	frames: number[];
	/** Of each question to the sidecar: until its answer was heard, and as much of that as the sidecar says it took. */
	answers: { heard_ms: number; took_ms: number }[];
	/** What kept the page from anything else for more than 50 ms. */
	long: number[];
}

/**
 * Measure while `act` goes on. A key's picture is the first frame in which there is what `shown` selects; keys that come before it
 * are measured to the same one.
 */
export async function measure(page: Page, shown: string, act: () => Promise<void>): Promise<Measured> {
	await page.evaluate((selector) => {
		const found: Measured = { keys: [], frames: [], answers: [], long: [] };
		const pressed: number[] = [];
		let isOver = false;
		let last = performance.now();
		const longTasks = new PerformanceObserver((list) => found.long.push(...list.getEntries().map((entry) => entry.duration)));
		longTasks.observe({ type: "longtask" });
		const press = (event: KeyboardEvent) => void pressed.push(event.timeStamp);
		document.addEventListener("keydown", press, { capture: true });
		const asked = new Map<unknown, number>();
		const heard = ({ data }: MessageEvent<string>) => {
			const { id, result } = JSON.parse(data) as { id?: unknown; result?: { tookMs?: number } | null };
			const at = asked.get(id);
			if (at !== undefined && result?.tookMs !== undefined) found.answers.push({ heard_ms: performance.now() - at, took_ms: result.tookMs });
			asked.delete(id);
		};
		const send = Object.getOwnPropertyDescriptor(WebSocket.prototype, "send")?.value as (this: WebSocket, text: string) => void;
		const listening = new Set<WebSocket>();
		WebSocket.prototype.send = function (this: WebSocket, text: string) {
			if (!listening.has(this)) this.addEventListener("message", heard);
			listening.add(this);
			asked.set((JSON.parse(text) as { id?: unknown }).id, performance.now());
			send.call(this, text);
		};
		const painted = new MessageChannel();
		let waiting: number[] = [];
		painted.port1.onmessage = () => {
			const now = performance.now();
			found.keys.push(...waiting.splice(0).map((at) => now - at));
		};
		const frame = (now: number) => {
			found.frames.push(now - last);
			last = now;
			// A message that is sent before a picture is drawn is heard after it.
			if (pressed.length > 0 && document.querySelector(selector)) {
				waiting = pressed.splice(0);
				painted.port2.postMessage(null);
			}
			if (!isOver) requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
		const end = () => {
			isOver = true;
			longTasks.disconnect();
			WebSocket.prototype.send = send;
			for (const socket of listening) socket.removeEventListener("message", heard);
			document.removeEventListener("keydown", press, { capture: true });
			return found;
		};
		Object.assign(window, { endMeasuring: end });
	}, shown);
	await act();
	await page.waitForTimeout(300);
	return page.evaluate(() => (window as unknown as { endMeasuring(): Measured }).endMeasuring());
}
