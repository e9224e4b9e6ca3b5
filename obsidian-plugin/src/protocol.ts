// Generated from the sidecar's declarations by `python -m librarian.rpc`. Do not edit.

export const PROTOCOL = 1;
export const SUBPROTOCOL = "librarian.v1";

export interface Agree {
	vaultId: string;
	/** As the setting `model` has it: `PROVIDER/MODEL`, or `PROVIDER/MODEL@URL`. */
	model: string;
	/** The sum that was told by `embedding.estimate`, or another. */
	atMostUsd: string;
}

/** An answer from a vault. */
export interface Answer {
	/** Markdown. Each sentence is followed by links to the passages it stands on, `[[note#heading|1]]`; where the passage does not seem to say so, the link's text is `1?`. Behind one that names no passage stands `[?]`. */
	text: string;
	/** In the order in which they are named. */
	citations: Citation[];
	/** The vault does not say; `passages` are what comes closest. */
	abstained: boolean;
	/** What was looked at, best first. */
	passages: AnswerPassage[];
	/** `passages`: no model was asked, and the text is what the notes themselves say. */
	method: "model" | "passages";
	/** What a person must know of how it was made. */
	notice: string | null;
	/** What was looked for in the end. */
	understood: Understanding;
	/** Sentences of the answer that name passages which do not seem to say so. */
	unsupported: string[];
	/** Sentences of the answer that name no passage, though they claim something. */
	uncited?: string[];
	/** Numbers of passages that the model made up; they are left out of the text. */
	unknownCitations: number;
	usage: ModelUse | null;
	coverage: Coverage;
	/** How long it took to find the passages. */
	retrievalMs: number;
}

/** A passage of a note that an answer may stand on. */
export interface AnswerPassage {
	/** The number it is cited by, from 1. */
	id: number;
	path: string;
	title: string;
	heading: string | null;
	/** 0-based line of the note on which `text` starts. */
	line: number;
	text: string;
	score: number;
}

/** What became of a change, or of taking one back. */
export interface Applied {
	/** Under which the journal has it; None where nothing was changed. */
	changeId: string | null;
	/** Paths that were changed. */
	applied: string[];
	conflicts: Conflict[];
	/** For notes that were changed since a change that was to be taken back: what takes back those of its places that nobody touched, and leaves all others. To be carried out by `edits.apply`. */
	offer?: Plan | null;
}

export interface Apply {
	vaultId: string;
	planId: string;
	/** From the plan, where it has one: more than 20 notes, or a tenth of the vault, are not changed without it. */
	confirmation?: string | null;
}

/** Edits of one change, for the editor to carry out: each only where the file still has the digest that was read. */
export interface ApplyEdit {
	vaultId: string;
	changeId: string;
	actor: string;
	reason: string;
	edits: (Rewrite | Create | Rename | Trash)[];
}

/** Gives a template, or names the note that is one: one of the two. */
export interface ApplyTemplate {
	vaultId: string;
	text?: string | null;
	template?: string | null;
	/** Those that are not there are made. */
	notes: string[];
	/** Whose words in the template count; both when it is not given. */
	syntax?: "core" | "templater" | null;
}

export interface Ask {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	question: string;
	/** What was asked and answered before, oldest first. */
	history?: Turn[];
	/** What to look for, as `query.understand` told it or a person changed it; read from the question otherwise. */
	understood?: Understanding | null;
	/** Passages that the answer is made from, at most. */
	limit?: number;
	/** `auto`: by the model that is chosen, else the passages themselves. `model`: an error where none is chosen. */
	method?: "auto" | "model" | "passages";
}

export interface Asked {
	vaultId: string;
	text: string;
	/** What was asked before, oldest first: a question may go on from there. */
	history?: Turn[];
	/** `model`: the model that is chosen adds other words for it; where it fails, rules have read it. It is sent the question and no note, and writes 400 tokens at most: that price is counted, and not told before. */
	method?: "rules" | "model";
}

export interface BrokenLink {
	source: string;
	line: number;
	text: string;
}

/** Every cap on spending, over all vaults, and what is left. */
export interface Budget {
	/** Today where the sidecar runs: `2026-11-26`. */
	day: string;
	caps: CapLeft[];
	/** What a person must know about these figures. */
	notice?: string | null;
}

export interface BudgetOf {
	/** Whose caps are meant, where a vault has some of its own. What is spent is of all vaults. */
	vaultId?: string | null;
}

/** One cap. */
export interface CapLeft {
	cap: "call" | "run" | "day" | "month";
	limitUsd: string;
	/** Nothing for `call` and `run`, which begin anew each time. */
	spentUsd: string;
	leftUsd: string;
	/** The setting that holds it. */
	setting: string;
}

/** Something that happened to a file, as a client tells it. */
export interface Change {
	kind: "created" | "modified" | "deleted" | "renamed";
	/** Relative to the vault. Of a folder, and of what is not there and was not known, the whole vault is looked at; the empty path asks for just that. */
	path: string;
	/** Only for `renamed`. */
	newPath?: string | null;
}

export interface ChangeSetting {
	vaultId: string;
	name: string;
	/** None takes the choice back. */
	value: boolean | number | string | string[] | null;
	/** Choose for all vaults that have no choice of their own, and not for this one. */
	forEveryVault?: boolean;
}

export interface Changed {
	vaultId: string;
	changes: Change[];
}

/** A file as a change of the journal has it. */
export interface ChangedNote {
	kind: "rewrite" | "create" | "rename" | "trash";
	path: string;
	/** The new path, for `rename`. */
	to: string | null;
	/** BLAKE3 of the version before; None for a new file. */
	before: string | null;
	/** BLAKE3 of the version after; None for one that was put into the trash. */
	after: string | null;
}

/** The journal, newest first. */
export interface Changes {
	changes: JournalledChange[];
}

/** A passage that the answer names, and the place to open. */
export interface Citation {
	id: number;
	path: string;
	heading: string | null;
	/** 0-based line of the note on which `quote` starts. */
	line: number;
	/** The sentence of the passage that comes nearest to what was said. */
	quote: string;
	/** Whether it says what the sentences say that name it, as far as words, numbers, names and meaning tell. */
	supported: boolean;
}

/** What the client can do for the sidecar. */
export interface ClientCapabilities {
	/** Folders of the vaults whose edits this client applies itself. */
	applyEdit?: string[];
}

/** Who is calling. */
export interface ClientInfo {
	name: string;
	version: string;
}

export interface Compare {
	vaultId: string;
	/** The path of the note on the left, as for `notes.outline`; other files of text can be compared, too. */
	a: string;
	b: string;
	/** Lines that are shown around a difference. */
	context?: number;
}

/** A line of either note, or of both, as one row of a view with two columns. */
export interface ComparedLine {
	/** `removed` is on the left only, `added` on the right only; of `changed` ones, some words differ. */
	kind: "same" | "changed" | "removed" | "added";
	/** Together they are the line, without its end. */
	left: Piece[] | null;
	right: Piece[] | null;
}

/** Two notes side by side. Line ends, space at the end of lines and blank lines at the end are no difference. */
export interface Comparison {
	/** The path of the first. */
	left: string;
	right: string;
	/** Jaccard's index of their shingles of five words, without front matter, as among duplicates. */
	similarity: number;
	/** None where both are the same. */
	hunks: Difference[];
	/** Lines that are the same in both whole notes; likewise the next three. */
	same: number;
	changed: number;
	removed: number;
	added: number;
	/** Lines that differ and are not in `hunks`, which hold some megabytes at most. */
	more: number;
}

/** A note that is not what it should be, and was left as it is. */
export interface Conflict {
	path: string;
	/** `refused`: the editor that was asked to change it would not. */
	reason: "changed" | "missing" | "exists" | "refused";
	/** BLAKE3 of the version that the edit was made from; None where there was to be none. */
	read: string | null;
	/** BLAKE3 of the version that the edit makes. */
	ours: string | null;
	/** BLAKE3 of the version that is there now. */
	found: string | null;
}

export interface ContinueText {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	/** As a person names it; that of the note when it is not given. */
	language?: string | null;
	/** Ask the model even where its answer to the same is kept, which costs nothing. */
	fresh?: boolean;
	path: string;
	/** In UTF-16 units of the whole note. */
	at: number;
	instruction?: string | null;
}

/** What an act will take of models, before it is begun. */
export interface CostEstimate {
	/** None where no model will be asked, since none is chosen or wanted; likewise the next. */
	provider: string | null;
	model: string | null;
	/** It runs on the person's own machines and costs nothing but time. */
	local: boolean;
	/** With those that are answered from what is kept. */
	calls: number;
	/** Calls that are answered from what is kept here, for nothing. */
	cached: number;
	/** That will be sent. */
	inputTokens: number;
	/** What it will likely cost, in US dollars; `0.00` for models on this machine; None where no model will be asked. */
	costUsd: string | null;
	atMostUsd: string | null;
	/** How long a model on this machine will likely take; None where that is not known. */
	expectedMs: number | null;
	/** It costs as much as a person wants to be asked about first: the setting `ask_from_usd`. */
	asks: boolean;
	/** What may still be spent today, or this month where that is less. */
	leftUsd: string | null;
	/** The cap that ends it, before it begins or in its midst; None where all leave room. */
	exceeds: CapLeft | null;
}

/** Files of the vault by what they are. */
export interface Counts {
	notes: number;
	canvases: number;
	bases: number;
	attachments: number;
}

/** What an answer looked at. `searched + skipped == notes`, all over the `.md` files that are not hidden. */
export interface Coverage {
	notes: number;
	searched: number;
	skipped: number;
	/** Notes that can be found by meaning, where the answer looked for that. */
	embedded?: number | null;
	/** True while files are still compared with the index, so that the answer may lag behind them. */
	checking?: boolean | null;
	/** Why the model that was chosen did not answer, where a simpler one did. */
	notice?: string | null;
}

/** Makes a file where there is none. */
export interface Create {
	kind?: "create";
	path: string;
	content: string;
	/** How `content` stands for bytes: as UTF-8, or as base64 where they are not that. */
	encoding?: "text" | "base64";
	/** Permission bits; None for those that its folder gives. What was trashed comes back with those it had. */
	mode?: number | null;
}

/** Totals as they were seen on one day. */
export interface DayCount {
	/** `YYYY-MM-DD` */
	day: string;
	notes: number;
	words: number;
	links: number;
	tags: number;
}

/** The next piece of a text that is being written. The whole comes with the answer, and holds where they differ. */
export interface Delta {
	kind?: "delta";
	text: string;
}

/** Neighbouring lines that differ, with some around them. */
export interface Difference {
	/** 0-based line of the left note, front matter included, at which it begins. */
	leftLine: number;
	rightLine: number;
	lines: ComparedLine[];
}

export interface Discover {
}

/** Notes that were said to be no duplicates. */
export interface DismissedGroup {
	/** As it was dismissed; `duplicates.restore` takes it. */
	groupId: string;
	kind: "identical" | "near" | "contained" | "meaning";
	/** Their paths now; of one that cannot be found any more, the last that was known. */
	notes: string[];
	/** ISO 8601, UTC. */
	dismissedAt: string;
	/** False when so many of its notes changed or are gone that it leaves nothing out any more. */
	stands: boolean;
}

/** The last dismissed first. */
export interface DismissedGroups {
	groups: DismissedGroup[];
}

/** A text with what it would change. */
export interface Draft {
	/** Without images and links from elsewhere, HTML and control characters, whatever the model wrote. */
	text: string;
	/** What it replaces on the left and itself on the right, line by line, as `duplicates.compare` tells it. */
	hunks: Difference[];
	/** Lines that differ and are not in `hunks`. */
	more: number;
	/** False where the model had more to say than it was given room for. */
	whole: boolean;
	/** Puts it into the note by `edits.apply`; None where no note was named, and where one that was to be gone on with was changed meanwhile. */
	plan: Plan | null;
	usage: ModelUse | null;
}

export interface DuplicateAnswer {
	/** Identical ones first, then those nearly the same, those with a passage in common, those with one meaning; of each kind the most similar first. */
	groups: DuplicateGroup[];
	/** Groups there are. */
	total: number;
	/** The pairs of notes that are closest to the threshold, the most similar first: what a slightly different one would leave out, or add. */
	edges: EdgeCase[];
	coverage: DuplicateCoverage;
	tookMs: number;
}

/** What a look for duplicates looked at. */
export interface DuplicateCoverage {
	notes: number;
	searched: number;
	skipped: number;
	/** Notes that can be found by meaning, where the answer looked for that. */
	embedded?: number | null;
	/** True while files are still compared with the index, so that the answer may lag behind them. */
	checking?: boolean | null;
	/** Why the model that was chosen did not answer, where a simpler one did. */
	notice?: string | null;
	/** Kinds that were asked for and of which not all can be told yet, because notes are still being read. */
	notReady?: ("identical" | "near" | "contained" | "meaning")[];
}

/** Notes that say the same as the first of them, by their similarity to it. The first is the one to keep, or the one that was asked about. */
export interface DuplicateGroup {
	/** Of these versions of these notes. */
	id: string;
	kind: "identical" | "near" | "contained" | "meaning";
	/** The least of its notes'. */
	similarity: number;
	notes: DuplicateNote[];
	keeper: string;
	/** Why the keeper is suggested. */
	why: string;
}

/** One note of a group, or one of its files that are no notes. */
export interface DuplicateNote {
	path: string;
	title: string;
	/** These are None while statistics are not known yet, and for files that are no notes. */
	words: number | null;
	/** Links of other notes that lead to it. */
	links: number | null;
	created: string | null;
	modified: string | null;
	/** To the first of the group. For `near` Jaccard's index of their shingles of five words; for `contained` the share of the shorter one's shingles that the other has; for `meaning` the cosine of their vectors; else 1. */
	similarity: number;
	/** For `contained`. */
	passage?: SharedPassage | null;
}

export interface DuplicatesOf {
	vaultId: string;
	/** Relative to the vault, with `/` and extension, as spelled on disk. */
	path: string;
	threshold?: number;
}

/** Two notes whose similarity is close to the threshold, on either side of it. */
export interface EdgeCase {
	/** Their paths. */
	notes: [string, string];
	/** Jaccard's index of their shingles of five words. */
	similarity: number;
}

/** What an editor did with edits; a file that it does not name is changed without it. */
export interface EditorAnswer {
	changed: EditorChanged[];
	refused: EditorRefused[];
}

/** A file that an editor changed as it was asked to. */
export interface EditorChanged {
	/** As in the edit: for `rename`, the old one. */
	path: string;
	/** BLAKE3 of what is there now (for `rename`: at the new path); None for what went into the trash. */
	digest: string | null;
}

/** A file that an editor would not change. */
export interface EditorRefused {
	path: string;
	/** For the log: that it is another version, that something is not saved … */
	reason: string;
}

/** What it would take to have a vault read by a provider's model. */
export interface EmbeddingEstimate {
	model: string;
	/** That it has not read yet. */
	passages: number;
	tokens: number;
	/** What it will likely cost, in US dollars; None: nothing, since it runs on the person's own machines. */
	costUsd: string | null;
	/** What it may cost at most: the sum to agree to. */
	atMostUsd: string | null;
	/** Numbers in a vector, a byte each. */
	dimensions: number;
	/** The same in words. */
	told: string;
	tookMs: number;
}

export interface Estimate {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	/** Every note of a folder and those in it; the empty one is the whole vault. */
	folder?: string | null;
	/** Every note with the tag, or with one below it. */
	tag?: string | null;
	/** The best notes for a query. */
	query?: string | null;
	style?: "short" | "bullets" | "paragraph";
	/** Words, more or less; 50 for `short`, else 150. */
	length?: number | null;
	/** As a person names it; that of the notes when it is not given. Only a model can write another. */
	language?: string | null;
	/** A note, as for `notes.outline`. One of path, text, folder, tag and query is given; text may come with path. */
	path?: string | null;
	/** Of the note, or of the text in it: from the first line to before the second, from 0. */
	range?: [number, number] | null;
	/** As it is in an editor, where that is not saved yet. */
	text?: string | null;
	/** `auto`: by the model that is chosen, else by the notes' own sentences. */
	method?: "auto" | "extractive" | "model";
	/** Ask the model even where an answer of it is kept. */
	fresh?: boolean;
	/** As for `summary.run`: each note by itself, without one summary of all. */
	each?: boolean;
	/** What it will take to go on with this run, in the place of path, text, folder, tag and query. */
	runId?: string | null;
}

export interface Forget {
	vaultId: string;
	name: string;
}

export interface GenerateText {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	/** As a person names it; that of the note when it is not given. */
	language?: string | null;
	/** Ask the model even where its answer to the same is kept, which costs nothing. */
	fresh?: boolean;
	prompt: string;
	/** The note that it is for, which is shown to the model; where there is none, the plan makes it. */
	path?: string | null;
	/** In UTF-16 units; the end of the note when it is not given. */
	at?: number | null;
}

/** Totals at the end of one month. */
export interface Growth {
	/** `YYYY-MM` */
	month: string;
	/** Notes created in that month (by property `created`/`date` where given, else by the file system). */
	created: number;
	/** Notes that existed at its end, of those that exist today. */
	notes: number;
	words: number;
}

/** One note (or canvas, or base) that matched. */
export interface Hit {
	path: string;
	title: string;
	kind: "note" | "canvas" | "base" | "attachment";
	score: number;
	passage: Passage;
	why: Why[];
}

/** Whole lines that a plan would replace, as plain text; long ones are cut, with an ellipsis. */
export interface Hunk {
	/** 0-based line of the note, before. */
	line: number;
	removed: string;
	added: string;
}

export interface InferTemplate {
	vaultId: string;
	/** Relative to the vault, empty for all of it; notes in folders below count, too. Of several kinds of notes the largest is taken, and the others are told. */
	folder?: string | null;
	/** All of them are taken, whatever their kind. */
	notes?: string[] | null;
	/** The share of the notes that must have a property or heading, so that it is part of the template. */
	least?: number;
	/** For Obsidian's own Templates, or for the plugin Templater. */
	syntax?: "core" | "templater";
	/** Have the model that is chosen find a name, and a hint for each heading. It sees headings and the names and types of properties, and no text of any note. Without it, or where it cannot be asked, the answer says so. */
	useModel?: boolean;
}

/** A template, and what it was told from. */
export interface InferredTemplate {
	/** Empty where the notes have nothing in common. */
	text: string;
	name: string;
	syntax: "core" | "templater";
	/** Those that it was told from, all of one kind. */
	notes: string[];
	properties: TemplateProperty[];
	headings: TemplateHeading[];
	/** How often the notes have what the template has, on average, from 0 to 1. */
	confidence: number;
	/** Further kinds of at least three notes, the largest first; name their notes to have their template. */
	others: TemplateKind[];
	leftOut: NotTaken[];
	/** Notes that were meant. */
	found: number;
	/** Those of them that were looked at; of very many, some, spread evenly. */
	read: number;
	/** `model`: the name and hints are a model's; all else is never. */
	method: "structure" | "model";
	usage?: ModelUse | null;
	/** Why no model was asked though that was wanted. */
	notice?: string | null;
	tookMs: number;
}

export interface Initialize {
	client: ClientInfo;
	/** The version of the protocol that the client was written for. */
	protocol?: number | null;
	capabilities?: ClientCapabilities;
}

/** The sidecar's half of the introduction. */
export interface Initialized {
	server: ServerInfo;
	protocol: number;
	capabilities: ServerCapabilities;
}

export interface Insert {
	vaultId: string;
	/** Relative to the vault, with `/` and extension, as spelled on disk. */
	path: string;
	text: string;
	/** `[start, end)` in UTF-16 units of the whole note, which the text takes the place of; both the same to put it between. Without it the note is made. */
	range?: [number, number] | null;
	/** What the journal calls it. */
	reason?: string;
	/** BLAKE3 of the file that `range` counts in: where it is another by now, nothing is put in. */
	digest?: string | null;
}

/** A change that the journal can take back. */
export interface JournalledChange {
	changeId: string;
	actor: string;
	reason: string;
	/** The change that this one took back. */
	undoes: string | null;
	/** ISO 8601, UTC. */
	madeAt: string;
	/** `unfinished`: under way, or cut short and not settled yet. `conflicted`: given up, because somebody else changed notes meanwhile; those are as they were left, all others as before. */
	state: "unfinished" | "done" | "undone" | "conflicted";
	/** The first of them, as many as fit into an answer. */
	notes: ChangedNote[];
	/** Files that it changed beside these. */
	more?: number;
}

/** A note that was not read. */
export interface LeftOut {
	path: string;
	reason: string;
}

/** A link from one note to another, by where it stands and where it leads. */
export interface Link {
	source: string;
	/** Path of the file it resolves to; None when there is none. */
	target: string | null;
	/** The link's path and subpath as written. */
	text: string;
	display: string | null;
	kind: "wiki" | "wiki_embed" | "markdown" | "markdown_embed" | "property";
	line: number;
	/** For an unresolved link: a note with this alias. */
	suggestion?: string | null;
}

/** All links into and out of one note. */
export interface Links {
	outgoing: Link[];
	backlinks: Link[];
	unresolved: Link[];
}

export interface ListChanges {
	vaultId: string;
	limit?: number;
}

export interface ListNotes {
	vaultId: string;
	runId: string;
	/** The number of the last note that is known already. */
	after?: number;
	limit?: number;
}

/** A note that another one names without a link. */
export interface Mention {
	/** The other note: the one that mentions, or the one that is mentioned. */
	path: string;
	title: string;
	/** As it is written. */
	name: string;
	count: number;
	/** The note that mentions links to the other somewhere else. */
	linked: boolean;
	/** The first place, in the note that mentions. */
	passage: Passage;
}

/** Unlinked mentions in both directions: those without any link first, then the most frequent. */
export interface Mentions {
	incoming: Mention[];
	outgoing: Mention[];
	tookMs: number;
}

export interface MentionsOf {
	vaultId: string;
	/** Relative to the vault, with `/` and extension, as spelled on disk. */
	path: string;
	limit?: number;
}

/** What an answer took of models. */
export interface ModelUse {
	provider: string;
	model: string;
	calls: number;
	/** Calls that were answered from what is kept here, for nothing. */
	cached: number;
	/** All that was read, from a provider's cache or not. */
	inputTokens: number;
	outputTokens: number;
	/** US dollars, as a decimal number; `0.00` for models on this machine. */
	costUsd: string;
	/** A part was counted here, since the provider did not tell, rather too high. */
	estimated: boolean;
	tookMs: number;
}

/** A note that nothing was told from. */
export interface NotTaken {
	path: string;
	reason: string;
}

/** One of several notes, by itself. */
export interface NoteSummary {
	path: string;
	text: string;
}

export interface OfDays {
	by: "feature" | "model" | "day" | "vault";
	/** The first day, as `2026-11-26`, of the calendar where the sidecar runs; likewise the next. */
	since?: string | null;
	/** The last day, counted in. */
	until?: string | null;
	/** Calls for this vault only; without it, those for all. */
	vaultId?: string | null;
}

export interface OfGroup {
	vaultId: string;
	/** As `duplicates.scan` or `duplicates.ofNote` told it since the vault was opened. */
	groupId: string;
}

/** Names one note of one vault. */
export interface OfNote {
	vaultId: string;
	/** Relative to the vault, with `/` and extension, as spelled on disk. */
	path: string;
}

export interface OfProvider {
	/** Whose choices count; without it those for every vault. */
	vaultId?: string | null;
	/** Without it, the one that is chosen; likewise the next. */
	provider?: string | null;
	baseUrl?: string | null;
}

export interface OfProviders {
	/** Whose choices count; without it those for every vault. */
	vaultId?: string | null;
}

export interface OfReader {
	vaultId: string;
	/** As the setting `model` has it: `PROVIDER/MODEL`, or `PROVIDER/MODEL@URL`. */
	model: string;
}

export interface OfRun {
	vaultId: string;
	runId: string;
}

/** Names the vault that is meant. */
export interface OfVault {
	vaultId: string;
}

export interface Open {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	/** The vault's folder, absolute. */
	path: string;
}

/** What `vault.open` answers with. */
export interface Opened {
	vaultId: string;
	notes: number;
	ready: Ready;
}

/** A note at a glance. */
export interface Outline {
	path: string;
	title: string;
	aliases: string[];
	tags: string[];
	properties: Record<string, unknown>;
	headings: OutlineHeading[];
	tasks: Task[];
	words: number;
	/** Why the front matter is not valid YAML, when it is not. */
	frontmatterError?: string | null;
}

/** A heading and where it stands. */
export interface OutlineHeading {
	level: number;
	text: string;
	line: number;
}

/** The vault in figures. Lists are cut to the first hundred; the counts beside them are whole. */
export interface Overview {
	notes: number;
	words: number;
	links: number;
	tags: number;
	attachments: number;
	tasksOpen: number;
	tasksDone: number;
	/** Notes that nothing links to and that link to nothing. */
	orphanCount: number;
	orphans: string[];
	brokenLinkCount: number;
	brokenLinks: BrokenLink[];
	topTags: TagCount[];
	/** Path and words. */
	largest: [string, number][];
	/** Path and backlinks. */
	mostLinked: [string, number][];
	growth: Growth[];
	history: DayCount[];
	tookMs: number;
}

/** One derived store and what it is doing. */
export interface Part {
	name: "keyword" | "catalog" | "semantic" | "watcher";
	state: "absent" | "building" | "checking" | "ready" | "paused" | "failed";
	done?: number;
	total?: number;
	/** What a person should know, for example why it is paused. */
	detail?: string | null;
}

/** The best piece of a note for a query. */
export interface Passage {
	text: string;
	/** The nearest heading above, without its hashes. */
	heading: string | null;
	/** 0-based line of the note on which `text` starts. */
	line: number;
	/** What matched: `[start, end)` in UTF-16 units of `text`, ascending. */
	ranges: [number, number][];
}

/** A part of a line. */
export interface Piece {
	text: string;
	/** Whether the other side has it, too. White space at the end of a line always counts as the same. */
	same: boolean;
}

export interface Ping {
}

export interface PlaceRun {
	vaultId: string;
	runId: string;
	/** As for `summary.place`. */
	where: "top" | "end" | "property" | "note";
}

export interface PlaceSummary {
	vaultId: string;
	/** Relative to the vault, with `/` and extension, as spelled on disk. */
	path: string;
	/** Images, HTML and what plugins would run are taken out of it. */
	text: string;
	/** `top`: a callout below the properties; `end`: the same at the end; `property`: the property `summary`; `note`: a new note beside it. A callout or property of ours that is there already is replaced. */
	where: "top" | "end" | "property" | "note";
	/** Other notes with theirs, which are written, and taken back, together with it. */
	more?: NoteSummary[];
}

/** A change that was proposed and waits to be carried out. */
export interface Plan {
	planId: string;
	/** All of them, exactly; the preview shows what they would do. */
	edits: (Rewrite | Create | Rename | Trash)[];
	preview: PlannedEdit[];
	/** To be sent along by whoever looked at the preview; None where there is no need to confirm. */
	confirmation: string | null;
}

export interface PlanOf {
	vaultId: string;
	groupId: string;
	/** The note of the group that is kept; all links to the others are led to it. */
	keeper: string;
	/** `merge`: it takes in every word of the others, which go into the trash. `stub`: the same, but each leaves a short note that links to it. `trash`: the others go into the trash as they are. */
	action: "merge" | "stub" | "trash";
	/** Those of the group that give way to the keeper; all others when it is not given. */
	notes?: string[] | null;
}

/** What a plan would do to one file. */
export interface PlannedEdit {
	kind: "rewrite" | "create" | "rename" | "trash";
	path: string;
	to: string | null;
	/** The first differences, for `rewrite` and `create`; of a plan for many files, those of the first files. */
	hunks: Hunk[];
	/** How many differences of this file are not shown. */
	more: number;
}

/** A plan that puts the summaries of a run into their notes. */
export interface PlannedSummaries {
	/** None where there is nothing to write. */
	plan: Plan | null;
	/** Notes that changed since they were summarised, are gone, or cannot be changed. */
	leftOut?: LeftOut[];
	more?: number;
}

/** The notice `vault.progress`. */
export interface Progress {
	vaultId: string;
	part: "keyword" | "catalog" | "semantic";
	/** What is being done, in words: `reading`, `committing` … */
	phase: string;
	done: number;
	total: number;
}

/** One that can be chosen. */
export interface Provider {
	name: string;
	title: string;
	/** It runs on the person's own machines and costs nothing but time. */
	local: boolean;
	/** Where it is asked: its own address, or the one that was chosen. */
	baseUrl: string;
	/** `taken`: it works without one, unless it was set up to want one. */
	key: "needed" | "taken" | "none";
	/** Where its key comes from; None: there is none. */
	keyFrom: "plugin" | "environment" | "keyring" | null;
	/** The page where one gets a key; empty where there is none. */
	keyPage: string;
	/** Empty: one has to be chosen. */
	defaultModel: string;
	chosen: boolean;
}

/** The models that a provider has now. */
export interface ProviderModels {
	provider: string;
	models: string[];
}

/** Every provider there is to choose. */
export interface Providers {
	providers: Provider[];
}

export interface Query {
	vaultId: string;
	/** The query language of the search box; any text is a query. */
	text: string;
	limit?: number;
	offset?: number;
	mode?: "hybrid" | "keyword" | "semantic";
}

/** Which abilities answer over the whole vault. */
export interface Ready {
	keyword: boolean;
	catalog: boolean;
	/** Every passage is embedded and indexed. */
	semantic: boolean;
}

export interface Rebuild {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
}

export interface RelatedAnswer {
	hits: RelatedNote[];
	coverage: Coverage;
	tookMs: number;
}

/** A note that says much the same as another. */
export interface RelatedNote {
	path: string;
	title: string;
	/** Mean cosine of one note's passages with the nearest of the other's; shared boilerplate counts little. */
	similarity: number;
	/** Whether either links to the other; None while links are not known yet. */
	linked: boolean | null;
	/** The passage of this note that is nearest. */
	passage: Passage;
}

/** Names a note, or gives a text: one of the two. */
export interface RelatedTo {
	vaultId: string;
	/** Relative to the vault, as for `notes.outline`. */
	path?: string | null;
	text?: string | null;
	limit?: number;
	/** False leaves out notes that link to it, or that it links to. */
	includeLinked?: boolean;
}

/** Moves a file to where there is none. */
export interface Rename {
	kind?: "rename";
	path: string;
	digest: string;
	to: string;
}

/** New text for the range `[start, end)` of a note. */
export interface Replacement {
	start: number;
	end: number;
	text: string;
}

/** Puts new text in place of ranges of a note; all else stays, to the byte. */
export interface Rewrite {
	kind?: "rewrite";
	path: string;
	/** BLAKE3 of the version that was read, in hexadecimal digits. */
	digest: string;
	/** In any order; none may overlap another. Of several at one place, the first is put first. */
	replacements: Replacement[];
}

/** Names a note, or gives a text: one of the two. */
export interface RewriteText {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	/** As a person names it; that of the note when it is not given. */
	language?: string | null;
	/** Ask the model even where its answer to the same is kept, which costs nothing. */
	fresh?: boolean;
	instruction: string;
	path?: string | null;
	/** `[start, end)` of the note in UTF-16 units; without it, all below its properties. */
	range?: [number, number] | null;
	text?: string | null;
}

/** What a run made of one note. */
export interface RunNote {
	/** Grows with every note that is done, or done again. */
	number: number;
	path: string;
	text: string | null;
	/** Why there is no summary, or that only the beginning was read. */
	reason: string | null;
}

/** Notes of a run in the order in which they were done. */
export interface RunNotes {
	notes: RunNote[];
}

export interface RunSummaries {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	/** Every note of a folder and those in it; the empty one is the whole vault. */
	folder?: string | null;
	/** Every note with the tag, or with one below it. */
	tag?: string | null;
	/** The best notes for a query. */
	query?: string | null;
	style?: "short" | "bullets" | "paragraph";
	/** Words, more or less; 50 for `short`, else 150. */
	length?: number | null;
	/** As a person names it; that of the notes when it is not given. Only a model can write another. */
	language?: string | null;
	/** As for `summary.create`. */
	method?: "auto" | "extractive" | "model";
	/** A run to go on with, in the place of folder, tag and query; all else is as when it began. */
	runId?: string | null;
	/** Begin anew, where the same was begun before, and ask the model even where an answer of it is kept. */
	fresh?: boolean;
}

export interface Save {
	vaultId: string;
	name: string;
	text: string;
	mode?: "hybrid" | "keyword" | "semantic";
}

export interface SaveTemplate {
	vaultId: string;
	/** Relative to the vault, with `/` and extension, as spelled on disk. */
	path: string;
	/** As it is to stand in the note: nothing in it is filled. */
	text: string;
}

/** A query kept under a name. */
export interface SavedSearch {
	name: string;
	text: string;
	mode: "hybrid" | "keyword" | "semantic";
	/** ISO 8601, UTC. */
	savedAt: string;
}

export interface SavedSearches {
	searches: SavedSearch[];
}

export interface Scan {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	kinds?: ("identical" | "near" | "contained" | "meaning")[];
	/** Jaccard's index of shingles of five words, from which notes are nearly the same. */
	threshold?: number;
	/** A folder relative to the vault, in which all notes of a group lie. */
	scope?: string | null;
	/** Groups in the answer; all when it is not given. */
	limit?: number | null;
}

/** All hits of one page, and how many there are. */
export interface SearchAnswer {
	hits: Hit[];
	total: number;
	coverage: Coverage;
	/** How the query was in fact answered. */
	mode: "hybrid" | "keyword" | "semantic";
	tookMs: number;
}

/** What the sidecar can do. */
export interface ServerCapabilities {
	methods: string[];
	notices: string[];
}

/** Who is answering. */
export interface ServerInfo {
	name: string;
	version: string;
}

/** A setting as it is chosen for one vault. */
export interface Setting {
	name: string;
	/** `folders`, `names`: lists of text. `money`: US dollars, as text such as `0.50`. */
	kind: "switch" | "number" | "text" | "folders" | "names" | "money";
	value: boolean | number | string | string[];
	default: boolean | number | string | string[];
	/** Whose choice the value is; one for this vault goes before one for every vault. */
	scope: "default" | "everyVault" | "thisVault";
	description: string;
	/** For `number`; likewise the next. */
	minimum?: number | null;
	maximum?: number | null;
	/** For `text`: values that are known to work here; others may, too. */
	options?: string[];
	/** False while the open vault still goes by another value: until it is closed and opened, or the sidecar is started anew. */
	holds: boolean;
}

/** A passage of a note that stands in the first note of its group, too; a word or a few may differ. */
export interface SharedPassage {
	/** Words that stand in both. */
	words: number;
	/** 0-based line of the note on which it begins. */
	line: number;
	lastLine: number;
	/** 0-based line of the first note of the group on which it begins there. */
	firstNoteLine: number;
	firstNoteLastLine: number;
}

export interface Shutdown {
}

/** A file whose text is not indexed. */
export interface Skipped {
	path: string;
	reason: string;
}

export interface Sql {
	vaultId: string;
	sql: string;
}

/** The whole state of one vault. */
export interface Status {
	vaultId: string;
	path: string;
	ready: Ready;
	parts: Part[];
	counts: Counts;
	skipped: Skipped[];
	timings: Timings;
}

export interface StatusOf {
	vaultId: string;
	/** Answer once every index is true to the vault, however long that takes, a slow model's included. */
	wait?: boolean;
}

/** How far a work of several steps is. */
export interface Step {
	kind?: "step";
	/** What is being done, in words. */
	phase: string;
	done: number;
	total: number;
	/** Of summaries of many notes: what they can be asked for by. */
	runId?: string | null;
	/** What it has cost so far, where it costs something. */
	costUsd?: string | null;
}

export interface Summarise {
	/** Chosen by the client; without it no progress is told. */
	progressToken?: string | number | null;
	vaultId: string;
	/** Every note of a folder and those in it; the empty one is the whole vault. */
	folder?: string | null;
	/** Every note with the tag, or with one below it. */
	tag?: string | null;
	/** The best notes for a query. */
	query?: string | null;
	style?: "short" | "bullets" | "paragraph";
	/** Words, more or less; 50 for `short`, else 150. */
	length?: number | null;
	/** As a person names it; that of the notes when it is not given. Only a model can write another. */
	language?: string | null;
	/** A note, as for `notes.outline`. One of path, text, folder, tag and query is given; text may come with path. */
	path?: string | null;
	/** Of the note, or of the text in it: from the first line to before the second, from 0. */
	range?: [number, number] | null;
	/** As it is in an editor, where that is not saved yet. */
	text?: string | null;
	/** `auto`: by the model that is chosen, else by the notes' own sentences. */
	method?: "auto" | "extractive" | "model";
	/** Ask the model even where an answer of it is kept. */
	fresh?: boolean;
}

/** A summary. */
export interface Summary {
	/** Markdown. What a model wrote has no images, no HTML and no links that its sources lack. */
	text: string;
	/** `extractive`: sentences of the notes as they stand there. */
	method: "extractive" | "model";
	/** Why no model was asked, where one might have been. */
	why?: string | null;
	sources: SummarySource[];
	/** How many were read. */
	notes: number;
	/** Of several notes, each by itself. */
	parts?: NoteSummary[];
	leftOut?: LeftOut[];
	/** Notes that were left out beside these. */
	more?: number;
	usage?: ModelUse | null;
	/** Of several notes by a model: what each note's own can be placed by. */
	runId?: string | null;
	tookMs: number;
}

/** What a summary will take, before it is made. */
export interface SummaryEstimate {
	/** None where no model will be asked, since none is chosen or wanted; likewise the next. */
	provider: string | null;
	model: string | null;
	/** It runs on the person's own machines and costs nothing but time. */
	local: boolean;
	/** With those that are answered from what is kept. */
	calls: number;
	/** Calls that are answered from what is kept here, for nothing. */
	cached: number;
	/** That will be sent. */
	inputTokens: number;
	/** What it will likely cost, in US dollars; `0.00` for models on this machine; None where no model will be asked. */
	costUsd: string | null;
	atMostUsd: string | null;
	/** How long a model on this machine will likely take; None where that is not known. */
	expectedMs: number | null;
	/** It costs as much as a person wants to be asked about first: the setting `ask_from_usd`. */
	asks: boolean;
	/** What may still be spent today, or this month where that is less. */
	leftUsd: string | null;
	/** The cap that ends it, before it begins or in its midst; None where all leave room. */
	exceeds: CapLeft | null;
	notes: number;
	/** Notes that an unfinished run has done already. They are not asked again, and not counted. */
	done?: number;
	leftOut?: LeftOut[];
	/** Notes that are left out beside these. */
	more?: number;
}

/** Summaries of many notes, each by itself. Whatever is done is kept for 30 days, whoever stops whenever. */
export interface SummaryRun {
	runId: string;
	folder: string | null;
	tag: string | null;
	query: string | null;
	style: "short" | "bullets" | "paragraph";
	length: number | null;
	language: string | null;
	method: "extractive" | "model";
	/** Who was chosen when it began; one that is not finished goes on with whoever is chosen then. */
	provider: string | null;
	model: string | null;
	/** ISO 8601, UTC. */
	begunAt: string;
	/** Notes that there were when it was last worked at. */
	total: number;
	done: number;
	/** Notes without a summary, each with its reason; they are tried again when nothing else is left to do. */
	leftOut: number;
	/** What it has cost so far, in US dollars; None where no model is asked. */
	costUsd: string | null;
}

/** The last begun first. */
export interface SummaryRuns {
	runs: SummaryRun[];
}

/** Where something in a summary is from. */
export interface SummarySource {
	/** None for a text that was given. */
	path: string | null;
	/** 0-based; of the text that was given, where it was. */
	line: number;
	/** The sentence as it stands in the summary, or the heading under which a part begins that a model read. */
	text: string;
}

/** The result of a SQL query. */
export interface Table {
	columns: string[];
	rows: unknown[][];
	/** More rows than the limit existed. */
	truncated: boolean;
	tookMs: number;
}

export interface TagCount {
	tag: string;
	notes: number;
}

/** A task list item. */
export interface Task {
	/** The character between the brackets; a space when open. */
	status: string;
	text: string;
	line: number;
}

/** A heading of the template. */
export interface TemplateHeading {
	level: number;
	text: string;
	/** Of the notes, from 0 to 1. */
	share: number;
}

/** Notes of the same folder that are made in another way, and could have a template of their own. */
export interface TemplateKind {
	name: string;
	notes: string[];
}

/** A property of the template. */
export interface TemplateProperty {
	name: string;
	/** As Obsidian has them. */
	type: "text" | "list" | "number" | "checkbox" | "date" | "datetime";
	/** Of the notes, from 0 to 1. */
	share: number;
	/** What new notes begin with, as the template has it; more than one only in a list. */
	default: string[];
	/** The few values that recur in the notes, the most frequent first; empty where they are many. */
	values: string[];
}

export interface TestProvider {
	/** Whose choices count; without it those for every vault. */
	vaultId?: string | null;
	/** Without it, the one that is chosen; likewise the next. */
	provider?: string | null;
	baseUrl?: string | null;
	model?: string | null;
}

/** How a test of a provider went. */
export interface Tested {
	works: boolean;
	model: string;
	/** What is wrong and what to do, or that it works. */
	told: string;
	/** What to type on a command line, where that helps. */
	hint?: string | null;
	tookMs: number;
	/** US dollars, as a decimal number; `0.00` where nothing was sent; None where nobody knows its price. */
	costUsd: string | null;
}

/** How long the last opening took, in milliseconds. */
export interface Timings {
	scanMs: number;
	keywordMs: number;
	catalogMs?: number | null;
	semanticMs?: number | null;
}

/** Puts a file into the trash that the vault is set to. */
export interface Trash {
	kind?: "trash";
	path: string;
	digest: string;
}

/** A question that was asked before, and what was answered. */
export interface Turn {
	question: string;
	answer?: string;
}

/** A question as something to look for. A client may change it and send it back. */
export interface Understanding {
	/** Clauses of the query language that hold for every note: `tag:recipe`, `after:2026-11-16`. */
	filters?: string[];
	/** What it is about; what stood in quotes is one entry. */
	words?: string[];
	/** Other words for it, looked for beside them. */
	expansions?: string[];
	/** The questions it is made of, each looked for by itself; none when it asks one thing. */
	subQuestions?: string[];
	/** What is looked for, in the query language; made of filters and words where it is left empty. */
	query?: string;
	/** `plain`: nothing was found at the times it names, so notes of any time were looked at. */
	method: "rules" | "model" | "plain";
}

export interface Undo {
	vaultId: string;
	changeId: string;
	/** From the error `ConfirmationNeeded`, which tells of how many notes: as for a plan, many are not changed without. */
	confirmation?: string | null;
}

/** Calls that have something in common. */
export interface UsageRow {
	/** The feature, the model as `provider/model`, the day as `2026-11-26`, or the vault's id, empty for none. */
	key: string;
	calls: number;
	/** Without those read from or written to a provider's cache. */
	inputTokens: number;
	/** With those spent on thinking. */
	outputTokens: number;
	cacheReadTokens: number;
	cacheWriteTokens: number;
	thinkingTokens: number;
	/** US dollars, as a decimal number. */
	costUsd: string;
	/** Calls that were answered from what is kept here, for nothing. */
	cached: number;
	/** Calls whose cost is not what the provider told, but rather too high: running, cut short, or told nothing. */
	estimated: number;
	/** How long models on this machine took, which cost nothing else. */
	localMs: number;
	/** Tests of models of which nobody knew what they cost: they are not in the sum. */
	unpriced: number;
}

/** Use of models over some days. */
export interface UsageSummary {
	by: "feature" | "model" | "day" | "vault";
	rows: UsageRow[];
	totalUsd: string;
}

/** Every setting of one vault. */
export interface VaultSettings {
	settings: Setting[];
	/** What was wrong in the file that they are kept in, and is mended. */
	notices: string[];
}

/** One reason why a note matched. */
export interface Why {
	/** title, aliases, headings, tags, properties, path or body. */
	field: string;
	/** The word of the note that matched; empty for `meaning`. */
	term: string;
	/** `meaning`: the passage says something near to the query; then there is no `term`. */
	kind: "exact" | "stem" | "prefix" | "typo" | "meaning";
	/** Cosine of query and passage, for `meaning`. */
	similarity?: number | null;
}

/** Every method, by its name: what it takes and what it answers with. */
export interface Methods {
	/** Introduce client and sidecar to each other; every other method waits for this one. */
	"session.initialize": { params: Initialize; result: Initialized };
	/** Answer at once; for measuring and for keeping watch. */
	"session.ping": { params: Ping; result: null };
	/** Stop the sidecar once this call is answered. */
	"session.shutdown": { params: Shutdown; result: null };
	/** Return the OpenRPC document of everything that is served here. */
	"rpc.discover": { params: Discover; result: Record<string, unknown> };
	/** Open a vault and return once every note can be found by its words. A vault that is known answers at once from its last index, with `checking` in the coverage of its answers while files are compared. The client hears `vault.progress` from then on. */
	"vault.open": { params: Open; result: Opened };
	/** Tell what every index of a vault is doing, what it holds and what was left out. */
	"vault.status": { params: StatusOf; result: Status };
	/** Tell the sidecar what happened to files; as a request it is answered once the changes can be found. */
	"vault.changed": { params: Changed; result: null };
	/** Throw away every index of a vault and make it anew from the files. */
	"vault.rebuild": { params: Rebuild; result: Status };
	/** Stop using a vault; its stores are released when no other client uses it. */
	"vault.close": { params: OfVault; result: null };
	/** Let a slow model rest until `embedding.resume`; what answers is kept true, and other vaults are not concerned. */
	"embedding.pause": { params: OfVault; result: null };
	/** Let a slow model go on reading a vault's notes. */
	"embedding.resume": { params: OfVault; result: null };
	/** Try a provider's model with one short text, and tell what it would take to have it read the notes of a vault that it has not read. */
	"embedding.estimate": { params: OfReader; result: EmbeddingEstimate };
	/** Let a provider's model, once it is chosen, read a vault for no more than this sum; without that nothing is sent. Notes that change after it read the vault go by the budgets of a day and a month. */
	"embedding.agree": { params: Agree; result: null };
	/** Tell every setting: its value for this vault as it is chosen now, its default, and what it does. */
	"settings.read": { params: OfVault; result: VaultSettings };
	/** Choose a value for one vault or for all, and tell every setting. Pausing takes effect at once; what else does not hold yet is marked, and does when the vault is opened anew. */
	"settings.change": { params: ChangeSetting; result: VaultSettings };
	/** Tell which providers of models there are, which is chosen, and where each has its key from; asks none of them. */
	"providers.list": { params: OfProviders; result: Providers };
	/** Ask a provider which models it has now. */
	"providers.models": { params: OfProvider; result: ProviderModels };
	/** Ask a model for one word, and tell in words what is wrong or that it works. It costs as much as that word. What is not chosen yet can be tested before it is: parameters go before the settings. A model whose price is not known can be, too, once at a time: that is told, and counted by `usage.summary` as of unknown price. */
	"providers.test": { params: TestProvider; result: Tested };
	/** Find notes: the best hits first, each with the passage that earned its place, and what the answer covered. */
	"search.query": { params: Query; result: SearchAnswer };
	/** Keep a query under a name, in the place of an older one of that name. */
	"search.save": { params: Save; result: SavedSearch };
	/** List the queries that were kept. */
	"search.saved": { params: OfVault; result: SavedSearches };
	/** Forget a query that was kept. */
	"search.forget": { params: Forget; result: null };
	/** Read a question: which filters it names, what it is about, and which questions it is made of. Folders and tags become filters where the vault has such. It can be changed and sent to `answer.ask`. */
	"query.understand": { params: Asked; result: Understanding };
	/** Answer a question from the notes of a vault, each sentence with a link to the passage it stands on. Where no passage comes near enough the vault does not say, and no model is asked. What a model writes is told as `$/progress` while it comes. Where it fails in the midst, the error's data has `partial`, the text by then. */
	"answer.ask": { params: Ask; result: Answer };
	/** Tell what `answer.ask` will take with the same parameters: passages are looked for, and no model is asked. */
	"answer.estimate": { params: Ask; result: CostEstimate };
	/** Show a note at a glance: properties, tags, headings, tasks. */
	"notes.outline": { params: OfNote; result: Outline };
	/** List where a note leads, what leads to it, and which of its links lead nowhere. */
	"notes.links": { params: OfNote; result: Links };
	/** Find notes that say much the same as a note or a text, linked ones marked; never the note itself. */
	"notes.related": { params: RelatedTo; result: RelatedAnswer };
	/** Find where a note names others without a link, and where others name it. */
	"notes.mentions": { params: MentionsOf; result: Mentions };
	/** Carry out a plan as one change: wholly, or not at all where a note is no longer what it was for the plan. Answered once the change can be found. A change that has begun goes on to its end even when the call is cancelled. */
	"edits.apply": { params: Apply; result: Applied };
	/** List the last changes that can be taken back: 30 days of them, or 1 GiB. */
	"edits.list": { params: ListChanges; result: Changes };
	/** Take a change back, where notes are still what it left; what was changed since stays, and is told. Taking back is a change itself, and can be taken back. */
	"edits.undo": { params: Undo; result: Applied };
	/** Put a text into a note at once, or make a note of it: for text that a person asked for, and sees there. It is a change like others: journalled before it is made, and taken back by `edits.undo`. Put between, it breaks no mark of a block of code, and lines that would end one are left out; nothing is put into a block that plugins may run. */
	"text.insert": { params: Insert; result: Applied };
	/** Have a model write a passage anew, shown as a difference; nothing is changed before `edits.apply`. Code, embeds, HTML and secrets in it are not shown to the model, and stay as they are. */
	"text.rewrite": { params: RewriteText; result: Draft };
	/** Have a model go on at a place of a note; nothing is changed before `edits.apply`. */
	"text.continue": { params: ContinueText; result: Draft };
	/** Have a model write something new, for a note or for nowhere; nothing is changed before `edits.apply`. */
	"text.generate": { params: GenerateText; result: Draft };
	/** Tell what `text.rewrite` will take with the same parameters; no model is asked. */
	"text.estimateRewrite": { params: RewriteText; result: CostEstimate };
	/** Tell what `text.continue` will take with the same parameters; no model is asked. */
	"text.estimateContinue": { params: ContinueText; result: CostEstimate };
	/** Tell what `text.generate` will take with the same parameters; no model is asked. */
	"text.estimateGenerate": { params: GenerateText; result: CostEstimate };
	/** Find notes that say the same: word for word, nearly so, in a passage, or in other words; in groups with a keeper. Another threshold, kind or scope is answered from the last look at the vault as long as no note changed. */
	"duplicates.scan": { params: Scan; result: DuplicateAnswer };
	/** Find the notes with the same text as one note, or nearly the same; the note itself comes first. */
	"duplicates.ofNote": { params: DuplicatesOf; result: DuplicateAnswer };
	/** Show what two notes differ in: lines side by side, and in those that were changed, words. */
	"duplicates.compare": { params: Compare; result: Comparison };
	/** Remember that the notes of a group are no duplicates: no two of them are told together any more. It holds as long as they say what they say now, or nearly so, also when they are moved. */
	"duplicates.dismiss": { params: OfGroup; result: null };
	/** Forget that a group was dismissed. Its id is the one that it was dismissed by, whenever that was. */
	"duplicates.restore": { params: OfGroup; result: null };
	/** List what was said to be no duplicates, and whether it still leaves anything out. */
	"duplicates.dismissed": { params: OfVault; result: DismissedGroups };
	/** Plan to keep one note of a group: the others united with it or not, and every link in the vault led to it. Nothing is changed before `edits.apply`. A plan that would lose a word, or break a link, is not made. */
	"duplicates.plan": { params: PlanOf; result: Plan };
	/** Tell from notes the template that they were made from: properties and their types, headings, lists, fixed text. Only the name and the hints below headings can be a model's, and only if that is asked for. */
	"templates.infer": { params: InferTemplate; result: InferredTemplate };
	/** Tell what `templates.infer` will take of a model with the same parameters; none is asked. */
	"templates.estimate": { params: InferTemplate; result: CostEstimate };
	/** Plan to keep a template as a new note. Nothing is written before `edits.apply`. */
	"templates.save": { params: SaveTemplate; result: Plan };
	/** Plan to make notes from a template, and to add to those that are there what they lack of it. A note's own values win, lists are united, and no text of a note is lost or moved. Nothing is changed before `edits.apply`; the plan has no edits when all notes have all of the template. */
	"templates.apply": { params: ApplyTemplate; result: Plan };
	/** Count notes, words, links and tags, now and over time, and name what is loose or broken. */
	"statistics.overview": { params: OfVault; result: Overview };
	/** Run one read-only SQL statement over the vault's catalog, within limits of time and rows. */
	"statistics.query": { params: Sql; result: Table };
	/** Summarise a note, a part of one, a text, or the notes of a folder, a tag or a query. What a model writes is told as `$/progress` while it comes. Where it fails in the midst, or a budget ends, the error's data has `partial`, the text by then. Of several notes, each is summarised first, as by `summary.run`; `run` in the error's data then tells how far that came, and the same call goes on from there. */
	"summary.create": { params: Summarise; result: Summary };
	/** Tell what `summary.create` or `summary.run` will take with the same parameters; no model is asked. */
	"summary.estimate": { params: Estimate; result: SummaryEstimate };
	/** Plan to put a summary into a note, or beside it. Nothing is changed before `edits.apply`. */
	"summary.place": { params: PlaceSummary; result: Plan };
	/** Summarise each note of a folder, a tag or a query by itself, and keep every summary as soon as it is there. Taking the call back pauses it. The same call goes on, whatever happened meanwhile, and asks about notes only that are not done, or say something else by now. A note that cannot be summarised is left out, with its reason, and keeps no other from it. `$/progress` tells how far it is, what it costs, and when the provider makes it wait. Where it fails, the error's data has `run`. */
	"summary.run": { params: RunSummaries; result: SummaryRun };
	/** List runs of summaries, finished or not, for 30 days after they were worked at, or until they are forgotten. */
	"summary.runs": { params: OfVault; result: SummaryRuns };
	/** List what came of the notes of a run, also while it is under way. */
	"summary.notes": { params: ListNotes; result: RunNotes };
	/** Plan to put every summary of a run into its note, or beside it. Nothing is changed before `edits.apply`. */
	"summary.placeAll": { params: PlaceRun; result: PlannedSummaries };
	/** Forget a run, with every summary that was made in it. What was put into notes stays. */
	"summary.forget": { params: OfRun; result: null };
	/** Add up calls of models, their tokens and what they cost, over all vaults or for one. The dearest come first; days, the last first. What is running counts with the most that it may cost. */
	"usage.summary": { params: OfDays; result: UsageSummary };
	/** Tell every cap on what models may cost, and what is left of it. */
	"usage.budget": { params: BudgetOf; result: Budget };
}

export type MethodName = keyof Methods;

/** What the sidecar says unasked. */
export interface Notices {
	/** Tells how far the work on one part of an open vault is. */
	"vault.progress": Progress;
	/** How far a call is; `token` is the `progressToken` that the call was made with. */
	"$/progress": { token: string | number; value: Progress | Delta | Step };
}

/** What the sidecar asks of a client that declared it can, in requests with ids of the sidecar's own. */
export interface Questions {
	/** Asks the client that declared the vault in `capabilities.applyEdit` to change files. What it leaves undone, or does not answer in time (then `$/cancelRequest` is sent to it), the sidecar does itself; what it refuses is not done. */
	"workspace.applyEdit": { params: ApplyEdit; result: EditorAnswer };
}

/** Every code an error may carry. */
export enum ERRORS {
	/** Not JSON, or JSON that two readers could understand differently. */
	ParseError = -32700,
	/** JSON, but not a request. */
	InvalidRequest = -32600,
	/** No such method. */
	MethodNotFound = -32601,
	/** Parameters that do not fit; `data.problems` says where. */
	InvalidParams = -32602,
	/** A fault of ours; `data.incident` finds it in the log. */
	InternalError = -32603,
	/** What a client did wrong. */
	ProtocolError = -32001,
	/** A call came before `session.initialize`. */
	NotInitialized = -32002,
	/** More calls in flight than one client may have. */
	TooBusy = -32003,
	/** Client and sidecar speak different versions. */
	ProtocolMismatch = -32004,
	VaultError = -32010,
	/** The folder is not there, or is not a folder. */
	VaultNotFound = -32011,
	/** No such `vaultid`. */
	VaultNotOpen = -32012,
	/** Another process owns this vault's stores. */
	VaultHeld = -32013,
	/** The folder was there and is gone (unmounted?). */
	VaultUnavailable = -32014,
	/** The folder can be read, but not be written to. */
	VaultUnwritable = -32015,
	NoteError = -32020,
	/** No note at this path. */
	NoteNotFound = -32021,
	/** A path that leaves the vault or is not spelled as one. */
	PathRefused = -32022,
	/** An edit that cannot be carried out, whoever writes. */
	EditRefused = -32023,
	/** A note is no longer the version that was read. */
	NoteChanged = -32024,
	/** There is a file where one should be made. */
	NoteExists = -32025,
	/** A file that is too large, no text, or kept from us. */
	NoteUnreadable = -32026,
	StoreError = -32030,
	/** Written by a newer version. */
	StoreTooNew = -32031,
	/** Cannot be read; moved aside or rebuilt. */
	StoreCorrupt = -32032,
	/** No room left on the disk. */
	StorageFull = -32033,
	/** A change of the journal that cannot be read any more. */
	ChangeUnreadable = -32034,
	/** Sql that is not read-only, too slow, or wrong. */
	QueryRefused = -32040,
	/** A setting that is unknown or has the wrong type. */
	SettingInvalid = -32041,
	SavedSearchNotFound = -32042,
	/** An embedding model that is missing or damaged. */
	ModelUnusable = -32043,
	/** A model that did not arrive, or not as it should be. */
	DownloadFailed = -32044,
	/** No such group of duplicates, or its notes changed since. */
	GroupNotFound = -32045,
	/** A note that is none of the group of duplicates it was named for. */
	NotInGroup = -32046,
	/** Not enough notes to tell a template from. */
	TooFewNotes = -32047,
	/** A template that cannot be filled. */
	TemplateUnusable = -32048,
	/** No such run of summaries, or it is not kept any more. */
	RunNotFound = -32049,
	/** No sidecar answers where one was looked for. */
	NobodyThere = -32050,
	/** None is chosen, or none is called so. */
	NoProvider = -32051,
	/** A provider that wants a key, and there is none. */
	KeyMissing = -32052,
	/** An address that keys or notes must not be sent to. */
	AddressRefused = -32053,
	/** This machine has no place to keep keys, or it does not open. */
	KeyringUnusable = -32054,
	/** The account with the provider has nothing left. */
	CreditUsedUp = -32055,
	/** It failed so often that it is left alone for a moment. */
	ProviderResting = -32056,
	/** A child process that runs a heavy library for us. */
	WorkerError = -32060,
	/** It ended in the middle of a call. */
	WorkerDied = -32061,
	/** What was called there raised; `data` has `kind`, the name of its class. */
	WorkerFailed = -32062,
	EditError = -32070,
	/** No such plan, or one that was carried out or is too old. */
	PlanNotFound = -32071,
	/** A change of many notes that was not confirmed. */
	ConfirmationNeeded = -32072,
	/** No such change in the journal. */
	ChangeNotFound = -32073,
	/** A model that writes, or its provider. */
	ModelError = -32080,
	/** Not running, no network, or silent for too long. */
	ProviderUnreachable = -32081,
	/** It asks for patience; `retryafters` where it says how much. */
	ProviderBusy = -32082,
	/** The key is wrong, or may not do this. */
	KeyRefused = -32083,
	/** The provider has no such model. */
	ModelNotFound = -32084,
	/** More text than the model reads at once. */
	PromptTooLong = -32085,
	/** An answer that ends in its midst, or is not what was agreed. */
	AnswerBroken = -32086,
	/** A fault on the provider's side. */
	ProviderFailed = -32087,
	/** The provider does not let its model read or say this. */
	ContentRefused = -32088,
	/** The provider does not take a request as it was made. */
	RequestRefused = -32089,
	/** What a call would cost keeps it from being made. */
	MoneyError = -32090,
	/** It could pass a cap; `data` has `cap`, `leftusd`, `wantedusd` and more. */
	BudgetExceeded = -32091,
	/** Nobody knows what the model costs: a person must say. */
	PriceUnknown = -32092,
	/** A run that a person must agree to before anything is sent. */
	PriceNotAgreed = -32093,
	/** The client took its call back. */
	Cancelled = -32800,
}

export interface ErrorObject {
	code: number;
	message: string;
	data?: Record<string, unknown>;
}
