/** A text that grows, shown so that the browser lays out what is new of it, however long the rest is. */

/**
 * Fills an element with exactly the text that is shown. Its whole lines are blocks, whose layout a browser keeps; where it begins and
 * where it grows it stands in the line that the element is in.
 */
export class GrowingText {
	#text = "";
	#end: Text;

	constructor(private readonly element: HTMLElement) {
		this.#end = this.#begin();
	}

	show(text: string): void {
		if (!text.startsWith(this.#text)) {
			this.element.replaceChildren();
			this.#end = this.#begin();
			this.#text = "";
		}
		const more = text.slice(this.#text.length);
		const lines = more.lastIndexOf("\n") + 1;
		this.#text = text;
		this.#end.appendData(lines > 0 ? more.slice(0, lines) : more);
		if (lines === 0) return;
		if (this.element.childElementCount > 1) this.element.lastElementChild?.addClass("is-whole");
		this.#end = this.#begin();
		this.#end.appendData(more.slice(lines));
	}

	/** Its words are within an element of their own: what marks them is as wide as they are, and not as the block. */
	#begin(): Text {
		const [piece, words] = [createSpan(), new Text()];
		piece.createSpan().append(words);
		this.element.append(piece);
		return words;
	}
}
