/** A plan with what it would do, carried out when that is wanted. */

import { useState } from "preact/hooks";

import { type Applied, type Conflict, ERRORS, type Plan, type PlannedEdit } from "../../protocol";
import { Disconnected, failedWith } from "../../rpc";
import type { Host } from "../host";
import { Button, Buttons, Failure, worded } from "../parts";
import { carryOut } from "./carrying";
import { Conflicts } from "./Outcome";
import { PlanPreview } from "./PlanPreview";
import { useTelling } from "./telling";
import { conflictTold } from "./wording";

/** Notes that a notice names. */
const NAMED = 3;

interface Props {
	host: Host;
	plan: Plan;
	/** What stands on the button that carries it out. */
	act: string;
	/** What would happen to a file, in words. */
	told?: (edit: PlannedEdit) => string;
	onDone: (applied: Applied) => void;
	/** What stands on the other one. */
	back?: string;
	onBack: () => void;
	/** Make another preview, where this one came to nothing. */
	onAgain?: () => void;
	/** Told when it begins to be carried out, and when that is over. */
	onBusy?: (isBusy: boolean) => void;
}

/** What stood against it: an error, or notes. */
interface Against {
	error: unknown;
	conflicts: readonly Conflict[];
}

export function Planned({ host, plan, act, told, onDone, back = "Back", onBack, onAgain, onBusy }: Props) {
	const [isBusy, setBusy] = useState(false);
	const [against, setAgainst] = useState<Against | null>(null);
	const telling = useTelling(host);
	// It is another preview that is wanted then, or a look at what became of this one.
	const isOver =
		against !== null &&
		(against.conflicts.length > 0 ||
			against.error instanceof Disconnected ||
			failedWith(against.error, ERRORS.PlanNotFound, ERRORS.EditRefused));
	const busy = (next: boolean) => {
		setBusy(next);
		onBusy?.(next);
	};
	const fail = (error: unknown, conflicts: readonly Conflict[] = []) => {
		const words = [worded(error), ...conflicts.slice(0, NAMED).map(conflictTold)].join(" ");
		if (!telling.elsewhere(words)) setAgainst({ error, conflicts });
	};
	const apply = async () => {
		busy(true);
		setAgainst(null);
		try {
			const applied = await carryOut(host, plan);
			if (applied === null) return;
			if (applied.conflicts.length === 0) onDone(applied);
			else fail("Nothing was changed.", applied.conflicts);
		} catch (error) {
			fail(error);
		} finally {
			busy(false);
		}
	};
	return (
		<>
			<PlanPreview plan={plan} {...(told && { told })} />
			{against && (
				<Failure error={against.error}>
					<Conflicts conflicts={against.conflicts} />
				</Failure>
			)}
			<Buttons>
				{!isOver && (
					<Button isMain disabled={isBusy} onClick={() => void apply()}>
						{isBusy ? `${act}…` : act}
					</Button>
				)}
				{against && onAgain && <Button onClick={onAgain}>Preview again</Button>}
				{against?.error instanceof Disconnected && <Button onClick={() => void host.show("activity")}>See what was changed</Button>}
				<Button disabled={isBusy} onClick={onBack}>
					{back}
				</Button>
			</Buttons>
		</>
	);
}
