/** A template that is told from notes, and told anew when something else is wanted; what a person writes into it stays. */

import { useState } from "preact/hooks";

import type { CostEstimate, InferredTemplate } from "../../protocol";
import type { VaultParams } from "../../rpc";
import { type Asked, useAsked } from "../ask";
import { isReady } from "../changes/Unready";
import type { Host } from "../host";
import { priceTold } from "../models/price";
import { useStore } from "../store";

/** A folder, or notes. */
export type Subject = Pick<VaultParams<"templates.infer">, "folder" | "notes">;
export type Syntax = InferredTemplate["syntax"];

/** After the last step of the slider. */
const SETTLED_MS = 200;
const SYNTAX = "templateSyntax";

export interface Inferring extends Asked<InferredTemplate> {
	subject: Subject;
	syntax: Syntax;
	least: number;
	/** As a person changed it, else as it was told. */
	text: string;
	isEdited: boolean;
	/** Whether a name and hints are wanted of a model. */
	isNamed: boolean;
	choose: (subject: Subject) => void;
	setSyntax: (syntax: Syntax) => void;
	setLeast: (least: number) => void;
	/** With null it is again as it was told. */
	setText: (text: string | null) => void;
	/** Have a model find a name and hints, after its price was agreed to. */
	name: () => Promise<void>;
	stopNaming: () => void;
}

export function useInferring(host: Host, given: Subject): Inferring {
	const [subject, setSubject] = useState(given);
	const [syntax, setSyntax] = useState<Syntax>(host.recall(SYNTAX) ?? "core");
	const [least, setLeast] = useState(0.5);
	const [isNamed, setNamed] = useState(false);
	const [edited, setEdited] = useState<string | null>(null);
	const ask = (signal: AbortSignal) => host.call("templates.infer", { ...subject, least, syntax, useModel: isNamed }, { signal });
	const asked = useAsked(isReady(useStore(host.state)) ? ask : null, [subject, least, syntax, isNamed], SETTLED_MS);
	const { answer } = asked;
	return {
		...asked,
		subject,
		syntax,
		least,
		text: edited ?? answer?.text ?? "",
		isEdited: edited !== null,
		isNamed,
		// A model is asked about what a person saw, and not again for each step of a slider.
		choose: (other) => (setSubject(other), setNamed(false)),
		setLeast: (share) => (setLeast(share), setNamed(false)),
		setSyntax: (other) => {
			setSyntax(other);
			host.remember(SYNTAX, other);
			// What it answered is kept, and costs nothing; what failed is not tried unasked.
			setNamed(isNamed && answer?.method === "model");
		},
		setText: setEdited,
		name: async () => {
			const estimate = await host.call("templates.estimate", { ...subject, least, useModel: true });
			// Where nobody would be asked the answer says why.
			if (estimate.model !== null && !(await isWanted(host, estimate))) return;
			if (isNamed) asked.again();
			else setNamed(true);
		},
		stopNaming: () => setNamed(false),
	};
}

/** Asked whatever it costs, since a person must know what is told to a model. */
function isWanted(host: Host, estimate: CostEstimate): Promise<boolean> {
	return host.confirm({
		title: `Ask ${estimate.model ?? ""}?`,
		body: `It is told the headings, and the names and types of properties; no text of a note. ${priceTold(estimate)}.`,
		confirm: "Ask",
	});
}
