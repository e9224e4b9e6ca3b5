"""What the wire offers: every method, notice and question, one noun a file. Knows notes, not frames."""

from __future__ import annotations

from typing import Any

from librarian.methods import (
    answer,
    duplicates,
    edits,
    embedding,
    notes,
    providers,
    query,
    rpc,
    search,
    session,
    settings,
    statistics,
    summary,
    templates,
    text,
    usage,
    vault,
    workspace,
)
from librarian.methods.statistics import record
from librarian.rpc.contract import Method, Notice, Question

METHODS: tuple[Method[Any], ...] = (
    session.initialize,
    session.ping,
    session.shutdown,
    rpc.discover,
    vault.open_,
    vault.status,
    vault.changed,
    vault.rebuild,
    vault.close,
    embedding.pause,
    embedding.resume,
    embedding.estimate,
    embedding.agree,
    settings.read,
    settings.change,
    providers.list_,
    providers.models,
    providers.test,
    search.query,
    search.save,
    search.saved,
    search.forget,
    query.understand,
    answer.ask,
    answer.estimate,
    notes.outline,
    notes.links,
    notes.related,
    notes.mentions,
    edits.apply,
    edits.list_,
    edits.undo,
    text.insert,
    text.rewrite,
    text.continue_,
    text.generate,
    text.estimate_rewrite,
    text.estimate_continue,
    text.estimate_generate,
    duplicates.scan,
    duplicates.of_note,
    duplicates.compare,
    duplicates.dismiss,
    duplicates.restore,
    duplicates.dismissed,
    duplicates.plan,
    templates.infer,
    templates.estimate,
    templates.save,
    templates.apply,
    statistics.overview,
    statistics.query,
    summary.create,
    summary.estimate,
    summary.place,
    summary.run,
    summary.runs,
    summary.notes,
    summary.place_all,
    summary.forget,
    usage.summary,
    usage.budget,
)

NOTICES: tuple[Notice, ...] = (vault.PROGRESS,)

QUESTIONS: tuple[Question, ...] = (workspace.APPLY_EDIT,)

__all__ = ["METHODS", "NOTICES", "QUESTIONS", "record"]
