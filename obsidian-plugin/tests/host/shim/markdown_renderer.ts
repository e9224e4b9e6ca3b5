/** What shows Markdown outside of notes. */

import type * as obs from "obsidian";

import { Component } from "./component";
import { renderInto } from "./markdown";

export abstract class MarkdownRenderer extends Component {
	/** What stands in the element already stays. */
	static async render(_app: obs.App, markdown: string, element: HTMLElement, _sourcePath: string, _parent: obs.Component): Promise<void> {
		const made = element.ownerDocument.createElement("div");
		renderInto(made, markdown);
		element.append(...made.childNodes);
	}
}
