/** Icons by Lucide's names: drawn by hand for those in use, a square for all others. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS: Record<string, string> = {
	search: "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16 16l5 5",
	x: "M5 5l14 14M19 5L5 19",
	check: "M4 13l5 5L20 6",
	"text-cursor-input": "M5 4h3m4 0H8M8 4v16M5 20h6M13 8h7v8h-7M4 8H2v8h2",
	plus: "M12 4v16M4 12h16",
	"chevron-down": "M5 9l7 7l7-7",
	"chevron-right": "M9 5l7 7l-7 7",
	"chevron-up": "M5 15l7-7l7 7",
	"file-text": "M6 2h9l5 5v15H6zM9 12h8M9 16h8",
	file: "M6 2h9l5 5v15H6z",
	files: "M8 6h8l4 4v12H8zM8 6V2H4v16h4",
	copy: "M9 9h12v12H9zM5 15H3V3h12v2",
	link: "M9 15l6-6M11 7l2-2a4 4 0 0 1 6 6l-2 2M13 17l-2 2a4 4 0 0 1-6-6l2-2",
	pin: "M9 3h6v7l3 4H6l3-4zM12 14v7",
	"trash-2": "M4 6h16M9 6V3h6v3M6 6l1 15h10l1-15",
	"undo-2": "M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3",
	history: "M4 4v5h5M4 9a9 9 0 1 1-1 5M12 7v5l4 2",
	settings: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
	"circle-help": "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20M9 9a3 3 0 1 1 3 4v1M12 17v1",
	star: "M12 3l3 6l6 1l-4 5l1 6l-6-3l-6 3l1-6l-4-5l6-1z",
	bookmark: "M6 3h12v18l-6-4l-6 4z",
	"book-open": "M12 6c-2-2-6-2-9-1v14c3-1 7-1 9 1c2-2 6-2 9-1V5c-3-1-7-1-9 1v14",
	"layout-dashboard": "M4 4h7v9H4zM14 4h6v5h-6zM14 12h6v8h-6zM4 16h7v4H4z",
	paperclip: "M20 11l-8 8a5 5 0 0 1-7-7l9-9a3 3 0 0 1 5 5l-9 9a1 1 0 0 1-2-2l8-8",
	pause: "M7 4h3v16H7zM14 4h3v16h-3z",
	play: "M6 3l14 9l-14 9z",
	"refresh-cw": "M20 4v5h-5M4 20v-5h5M4 10a8 8 0 0 1 16-1M20 14a8 8 0 0 1-16 1",
	table: "M4 4h16v16H4zM4 10h16M4 15h16M10 4v16",
	unlink: "M9 17H7a5 5 0 0 1-1-10M15 7h2a5 5 0 0 1 1 10M4 3l16 18",
	waypoints: ["12 3", "5 10", "19 10", "12 17"].map((at) => `M${at}a2 2 0 1 0 0 4a2 2 0 1 0 0-4`).join("") + "M7 12h10M10 6l-4 4M14 18l4-4",
	"message-square": "M3 4h18v13H9l-6 4z",
	"rotate-ccw": "M4 4v5h5M4 9a9 9 0 1 1-1 5",
	"triangle-alert": "M12 3l10 18H2zM12 10v5M12 17v1",
	library: "M4 3v18M8 3v18M12 3v18M16 4l4 17",
};

export function setIcon(parent: HTMLElement, name: string): void {
	const svg = document.createElementNS(SVG, "svg");
	const attributes = {
		viewBox: "0 0 24 24",
		class: `svg-icon lucide-${name}`,
		fill: "none",
		stroke: "currentColor",
		"stroke-width": "2",
		"stroke-linecap": "round",
		"stroke-linejoin": "round",
	};
	for (const [attribute, value] of Object.entries(attributes)) svg.setAttribute(attribute, value);
	const path = document.createElementNS(SVG, "path");
	path.setAttribute("d", PATHS[name] ?? "M5 5h14v14H5z");
	svg.append(path);
	parent.replaceChildren(svg);
}
