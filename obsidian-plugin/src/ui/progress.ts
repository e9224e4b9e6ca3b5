/** How far the work on a vault is, in words. */

import type { Progress } from "../protocol";
import { number } from "./parts";

const PARTS: Record<Progress["part"], string> = {
	keyword: "Reading notes",
	catalog: "Collecting links and statistics",
	semantic: "Learning what notes mean",
};

export function progressTold(progress: Progress | null): { label: string; done: number; total: number } {
	if (progress === null) return { label: "Looking at the vault", done: 0, total: 0 };
	const { done, total } = progress;
	const far = total > 0 ? `: ${number(done)} of ${number(total)}` : "";
	return { label: `${PARTS[progress.part]}${far}`, done, total };
}
