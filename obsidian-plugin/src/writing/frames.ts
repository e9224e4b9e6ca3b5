/** Pieces of a text that comes in a stream, given on once for each frame that is drawn: more often nobody sees, and it would flicker. */

/** Run something before the next frame is drawn, unless what is returned is called before. */
export type NextFrame = (run: () => void) => () => void;

/** The frames of a window, which draws none while it is hidden: pieces then wait. */
export function framesOf(window: Window): NextFrame {
	return (run) => {
		const number = window.requestAnimationFrame(run);
		return () => window.cancelAnimationFrame(number);
	};
}

export interface Framed {
	add: (piece: string) => void;
	/** Give on what waits, and nothing after that. */
	end: () => void;
}

export function framed(next: NextFrame, give: (text: string) => void): Framed {
	let waiting = "";
	let isOver = false;
	let cancel: (() => void) | null = null;
	const flush = () => {
		cancel = null;
		const text = waiting;
		waiting = "";
		if (text !== "") give(text);
	};
	return {
		add: (piece) => {
			if (isOver) return;
			waiting += piece;
			cancel ??= next(flush);
		},
		end: () => {
			cancel?.();
			flush();
			isOver = true;
		},
	};
}
