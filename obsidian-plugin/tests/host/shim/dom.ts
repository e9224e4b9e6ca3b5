/** What Obsidian adds to elements, nodes and the window. */

import type { Part } from "./strict";

type Info = DomElementInfo | string | undefined;

function make<E extends Element>(element: E, parent: Node | null, info: Info, callback?: (element: E) => void): E {
	const { cls, text, attr = {}, parent: other, prepend, ...rest } = typeof info === "string" ? { cls: info } : (info ?? {});
	if (cls !== undefined) element.addClasses([cls].flat().flatMap((one) => one.split(" ").filter((name) => name !== "")));
	if (text !== undefined) element.setText(text);
	element.setAttrs({ ...attr, ...rest });
	const into = other ?? parent;
	if (into && prepend) into.insertBefore(element, into.firstChild);
	else into?.appendChild(element);
	callback?.(element);
	return element;
}

function documentOf(node: Node): Document {
	return node.nodeType === Node.DOCUMENT_NODE ? (node as Document) : (node.ownerDocument ?? document);
}

/** Additions to a prototype, with the types that Obsidian declares. */
function additions<T>(members: Part<T> & ThisType<T>): object {
	return members;
}

const SVG = "http://www.w3.org/2000/svg";

const nodeMembers = additions<Node>({
	detach() {
		this.parentNode?.removeChild(this);
	},
	empty() {
		while (this.lastChild) this.removeChild(this.lastChild);
	},
	appendText(text) {
		this.appendChild(documentOf(this).createTextNode(text));
	},
	instanceOf(type: new () => unknown) {
		return this instanceof type;
	},
	createEl(tag: keyof HTMLElementTagNameMap, info?: Info, callback?: (element: never) => void) {
		return make(documentOf(this).createElement(tag), this, info, callback as never);
	},
	createDiv(info, callback) {
		return make(documentOf(this).createElement("div"), this, info, callback);
	},
	createSpan(info, callback) {
		return make(documentOf(this).createElement("span"), this, info, callback);
	},
	createSvg(tag: keyof SVGElementTagNameMap, info?: SvgElementInfo | string, callback?: (element: never) => void) {
		return make(documentOf(this).createElementNS(SVG, tag), this, info, callback as never);
	},
});

const elementMembers = additions<Element>({
	getText() {
		return this.textContent ?? "";
	},
	setText(text) {
		if (typeof text === "string") this.textContent = text;
		else this.replaceChildren(text);
	},
	addClass(...names) {
		this.classList.add(...names);
	},
	addClasses(names) {
		this.classList.add(...names);
	},
	removeClass(...names) {
		this.classList.remove(...names);
	},
	removeClasses(names) {
		this.classList.remove(...names);
	},
	toggleClass(names, value) {
		for (const name of [names].flat()) this.classList.toggle(name, value);
	},
	hasClass(name) {
		return this.classList.contains(name);
	},
	setAttr(name, value) {
		if (value === null || value === false) this.removeAttribute(name);
		else this.setAttribute(name, String(value));
	},
	setAttrs(attributes) {
		for (const [name, value] of Object.entries(attributes)) this.setAttr(name, value);
	},
	getAttr(name) {
		return this.getAttribute(name);
	},
	matchParent(selector) {
		return this.closest(selector);
	},
	isActiveElement() {
		return this.ownerDocument.activeElement === this;
	},
	find(selector: string) {
		return this.querySelector(selector);
	},
	findAll(selector) {
		return [...this.querySelectorAll<HTMLElement>(selector)];
	},
});

const htmlMembers = additions<HTMLElement>({
	show() {
		this.setCssStyles({ display: "" });
	},
	hide() {
		this.setCssStyles({ display: "none" });
	},
	toggle(isShown) {
		this.style.display = isShown ? "" : "none";
	},
	toggleVisibility(isVisible) {
		this.style.visibility = isVisible ? "" : "hidden";
	},
	isShown() {
		return this.offsetParent !== null;
	},
	setCssStyles(styles) {
		Object.assign(this.style, styles);
	},
	setCssProps(props) {
		for (const [name, value] of Object.entries(props)) this.style.setProperty(name, value);
	},
	onClickEvent(listener, options) {
		this.addEventListener("click", listener, options);
		this.addEventListener("auxclick", listener, options);
	},
	onWindowMigrated() {
		return () => undefined;
	},
});

/** Put Obsidian's additions into this page. */
export function extendDom(): void {
	const own = { configurable: true };
	Object.defineProperties(Node.prototype, {
		...Object.getOwnPropertyDescriptors(nodeMembers),
		doc: { ...own, get: documentOfThis },
		win: { ...own, get: windowOfThis },
		constructorWin: { ...own, get: () => window },
	});
	Object.defineProperties(Element.prototype, Object.getOwnPropertyDescriptors(elementMembers));
	Object.defineProperties(HTMLElement.prototype, Object.getOwnPropertyDescriptors(htmlMembers));
	Object.defineProperties(UIEvent.prototype, {
		targetNode: { ...own, get: targetOfThis },
		win: { ...own, get: () => window },
		doc: { ...own, get: () => document },
	});
	Object.assign(window, {
		activeWindow: window,
		activeDocument: document,
		sleep: (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms)),
		nextFrame: () => new Promise<void>((resolve) => window.requestAnimationFrame(() => resolve())),
		createEl: (tag: keyof HTMLElementTagNameMap, info?: Info) => make(document.createElement(tag), null, info),
		createDiv: (info?: Info) => make(document.createElement("div"), null, info),
		createSpan: (info?: Info) => make(document.createElement("span"), null, info),
		createFragment: (fill?: (fragment: DocumentFragment) => void) => {
			const fragment = document.createDocumentFragment();
			fill?.(fragment);
			return fragment;
		},
	});
	extendLanguage();
}

function documentOfThis(this: Node): Document {
	return documentOf(this);
}

function windowOfThis(this: Node): Window {
	return documentOf(this).defaultView ?? window;
}

function targetOfThis(this: UIEvent): EventTarget | null {
	return this.target;
}

function extendLanguage(): void {
	const members: object & ThisType<unknown[]> = {
		first() {
			return this[0];
		},
		last() {
			return this.at(-1);
		},
		contains(item: unknown) {
			return this.includes(item);
		},
		remove(item: unknown) {
			const at = this.indexOf(item);
			if (at >= 0) this.splice(at, 1);
		},
		unique() {
			return [...new Set(this)];
		},
	};
	for (const [name, value] of Object.entries(members) as [string, unknown][]) {
		Object.defineProperty(Array.prototype, name, { value, configurable: true, writable: true });
	}
	Object.defineProperty(String.prototype, "contains", {
		value(this: string, part: string) {
			return this.includes(part);
		},
		configurable: true,
	});
}
