"""Everything that can go wrong and be told to a person.

    LibrarianError
    ├── ProtocolError                 what a client did wrong
    │   ├── NotInitialized            a call came before ``session.initialize``
    │   ├── TooBusy                   more calls in flight than one client may have
    │   └── ProtocolMismatch          client and sidecar speak different versions
    ├── VaultError
    │   ├── VaultNotFound             the folder is not there, or is not a folder
    │   ├── VaultNotOpen              no such ``vaultId``
    │   ├── VaultHeld                 another process owns this vault's stores
    │   ├── VaultUnavailable          the folder was there and is gone (unmounted?)
    │   └── VaultUnwritable           the folder can be read, but not be written to
    ├── NoteError
    │   ├── NoteNotFound              no note at this path
    │   ├── PathRefused               a path that leaves the vault or is not spelled as one
    │   ├── EditRefused               an edit that cannot be carried out, whoever writes
    │   ├── NoteChanged               a note is no longer the version that was read
    │   ├── NoteExists                there is a file where one should be made
    │   └── NoteUnreadable            a file that is too large, no text, or kept from us
    ├── StoreError
    │   ├── StoreTooNew               written by a newer version
    │   ├── StoreCorrupt              cannot be read; moved aside or rebuilt
    │   ├── ChangeUnreadable          a change of the journal that cannot be read any more
    │   └── StorageFull               no room left on the disk
    ├── QueryRefused                  SQL that is not read-only, too slow, or wrong
    ├── SettingInvalid                a setting that is unknown or has the wrong type
    ├── SavedSearchNotFound
    ├── GroupNotFound                 no such group of duplicates, or its notes changed since
    ├── NotInGroup                    a note that is none of the group of duplicates it was named for
    ├── RunNotFound                   no such run of summaries, or it is not kept any more
    ├── TooFewNotes                   not enough notes to tell a template from
    ├── TemplateUnusable              a template that cannot be filled
    ├── ModelUnusable                 an embedding model that is missing or damaged
    ├── DownloadFailed                a model that did not arrive, or not as it should be
    ├── EditError
    │   ├── PlanNotFound              no such plan, or one that was carried out or is too old
    │   ├── ConfirmationNeeded        a change of many notes that was not confirmed
    │   └── ChangeNotFound            no such change in the journal
    ├── ModelError                    a model that writes, or its provider
    │   ├── NoProvider                none is chosen, or none is called so
    │   ├── KeyMissing                a provider that wants a key, and there is none
    │   ├── AddressRefused            an address that keys or notes must not be sent to
    │   ├── CreditUsedUp              the account with the provider has nothing left
    │   ├── KeyringUnusable           this machine has no place to keep keys, or it does not open
    │   ├── ProviderUnreachable       not running, no network, or silent for too long
    │   ├── ProviderBusy              it asks for patience; ``retryAfterS`` where it says how much
    │   ├── KeyRefused                the key is wrong, or may not do this
    │   ├── ModelNotFound             the provider has no such model
    │   ├── PromptTooLong             more text than the model reads at once
    │   ├── AnswerBroken              an answer that ends in its midst, or is not what was agreed
    │   ├── ProviderFailed            a fault on the provider's side
    │   ├── ContentRefused            the provider does not let its model read or say this
    │   ├── ProviderResting           it failed so often that it is left alone for a moment
    │   └── RequestRefused            the provider does not take a request as it was made
    ├── MoneyError                    what a call would cost keeps it from being made
    │   ├── BudgetExceeded            it could pass a cap; ``data`` has ``cap``, ``leftUsd``, ``wantedUsd`` and more
    │   ├── PriceUnknown              nobody knows what the model costs: a person must say
    │   └── PriceNotAgreed            a run that a person must agree to before anything is sent
    ├── WorkerError                   a child process that runs a heavy library for us
    │   ├── WorkerDied                it ended in the middle of a call
    │   └── WorkerFailed              what was called there raised; ``data`` has ``kind``, the name of its class
    ├── Cancelled                     the client took its call back
    ├── NobodyThere                   no sidecar answers where one was looked for
    └── RemoteFault                   a sidecar answered with a code that has no class here

Each class carries its wire code; messages are sentences a person can act on, fields are what a program needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from librarian.money import SETTING_OF, Cap, usd


class LibrarianError(Exception):
    """Root of everything we raise on purpose; ``data`` goes onto the wire beside the message.

    Messages fit wherever they are read. What is to be typed on a command line is ``data["hint"]``, which other
    clients replace by a way of their own.
    """

    code: ClassVar[int] = -32000

    def __init__(self, message: str, *, hint: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data: dict[str, Any] = {**data, "hint": hint} if hint else data

    @property
    def with_hint(self) -> str:
        """The message, with what to type on a command line."""
        return f"{self.message} {self.data.get('hint', '')}".rstrip()


class ProtocolError(LibrarianError):
    code = -32001


class NotInitialized(ProtocolError):
    code = -32002

    def __init__(self) -> None:
        super().__init__("Call session.initialize first.")


class TooBusy(ProtocolError):
    code = -32003

    def __init__(self, limit: int) -> None:
        super().__init__(f"More than {limit} calls are waiting; let some finish first.", limit=limit)


class ProtocolMismatch(ProtocolError):
    code = -32004

    def __init__(self, ours: int, theirs: int) -> None:
        older = "the sidecar (pip or uv: upgrade vault-librarian)" if ours < theirs else "the client"
        super().__init__(f"Protocol {theirs} was asked for, this is {ours}: update {older}.", ours=ours, theirs=theirs)


class VaultError(LibrarianError):
    code = -32010


class VaultNotFound(VaultError):
    code = -32011

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no folder at {path}. Give the folder that holds your notes.", path=path)


class VaultNotOpen(VaultError):
    code = -32012

    def __init__(self, vault_id: str) -> None:
        super().__init__(f"No vault {vault_id!r} is open. Call vault.open first.", vaultId=vault_id)


class VaultHeld(VaultError):
    code = -32013

    def __init__(self, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"This vault's index is in use by {who}. Close it there, or stop that process.", pid=pid)


class VaultUnavailable(VaultError):
    code = -32014

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The vault at {path} cannot be read now. Nothing was changed; is its disk mounted?", path=path
        )


class VaultUnwritable(VaultError):
    code = -32015

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be written to: {reason}. Nothing of it was changed.", path=path)


class NoteError(LibrarianError):
    code = -32020


class NoteNotFound(NoteError):
    code = -32021

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no note at {path!r} in this vault.", path=path)


class PathRefused(NoteError):
    code = -32022

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path!r} is not a path inside the vault: {reason}.", reason=reason)


class EditRefused(NoteError):
    code = -32023

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path!r} cannot be changed so: {reason}.", path=path, reason=reason)


class NoteChanged(NoteError):
    code = -32024

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} was changed by somebody else meanwhile, and is left as it is.", path=path)


class NoteExists(NoteError):
    code = -32025

    def __init__(self, path: str) -> None:
        super().__init__(f"There is a file at {path!r} already; it is left as it is.", path=path)


class NoteUnreadable(NoteError):
    code = -32026

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path!r} cannot be read: {reason}.", path=path, reason=reason)


class StoreError(LibrarianError):
    code = -32030


class StoreTooNew(StoreError):
    code = -32031

    def __init__(self, store: str, found: int, known: int) -> None:
        super().__init__(
            f"The {store} was written by a newer version (schema {found}, this one knows {known}). "
            "Update vault-librarian.",
            store=store,
            found=found,
            known=known,
        )


class StoreCorrupt(StoreError):
    code = -32032

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"The {store} cannot be read ({reason}).", store=store, hint="Run: librarian rebuild")


class StorageFull(StoreError):
    code = -32033

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"No room is left on the disk that holds {folder}. Free some space and try again.", folder=folder
        )


class ChangeUnreadable(StoreError):
    code = -32034

    def __init__(self, change_id: str) -> None:
        super().__init__(
            f"What the journal kept of the change {change_id!r} is damaged, so it cannot be taken back.",
            changeId=change_id,
        )


class QueryRefused(LibrarianError):
    code = -32040


class SettingInvalid(LibrarianError):
    code = -32041


class SavedSearchNotFound(LibrarianError):
    code = -32042

    def __init__(self, name: str) -> None:
        super().__init__(f"No saved search is called {name!r}.", name=name)


class GroupNotFound(LibrarianError):
    code = -32045

    def __init__(self, group_id: str) -> None:
        super().__init__(
            f"There is no group of duplicates {group_id!r}, or its notes changed since. Look for duplicates again.",
            groupId=group_id,
        )


class RunNotFound(LibrarianError):
    code = -32049

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There are no summaries under way, or made, by the name {run_id!r}.", runId=run_id)


class NotInGroup(LibrarianError):
    code = -32046

    def __init__(self, path: str, notes: Sequence[str]) -> None:
        super().__init__(
            f"{path!r} is not in this group of duplicates. Its notes are: {', '.join(notes[:20])}.",
            path=path,
            notes=list(notes),
        )


class TooFewNotes(LibrarianError):
    code = -32047

    def __init__(self, found: int, least: int, left_out: Sequence[tuple[str, str]] = ()) -> None:
        """``left_out``: paths of notes that were found and are of no use, each with the reason."""
        which = f"; {left_out[0][0]!r} is left out: {left_out[0][1]}" if left_out else ""
        more = f", and {len(left_out) - 1} more are" if len(left_out) > 1 else ""
        here = f"here {'is' if found == 1 else 'are'} {found}"
        short = here if found < least else f"of the {found} here no {least} are made alike"
        super().__init__(
            f"A template is told from {least} notes at least, and {short}{which}{more}.",
            found=found,
            least=least,
            leftOut=[{"path": path, "reason": reason} for path, reason in left_out[:100]],
        )


class TemplateUnusable(LibrarianError):
    code = -32048

    def __init__(self, reason: str) -> None:
        super().__init__(f"The template cannot be used: {reason}.", reason=reason)


class ModelUnusable(LibrarianError):
    code = -32043


class DownloadFailed(LibrarianError):
    code = -32044


class EditError(LibrarianError):
    code = -32070


class PlanNotFound(EditError):
    code = -32071

    def __init__(self, plan_id: str) -> None:
        super().__init__(
            f"There is no plan {plan_id!r}: it was carried out, or is too old. Make it anew.", planId=plan_id
        )


class ConfirmationNeeded(EditError):
    code = -32072

    def __init__(self, notes: int, confirmation: str | None = None) -> None:
        """``confirmation``: what to send, where there is no preview that has it, as for taking a change back."""
        where = "Look at its preview, and send the confirmation in it."
        if confirmation is None:
            super().__init__(f"This changes {notes} notes. {where}", notes=notes)
        else:
            told = f"This takes back changes to {notes} notes. Send the confirmation with it if you want that."
            super().__init__(told, notes=notes, confirmation=confirmation)


class ChangeNotFound(EditError):
    code = -32073

    def __init__(self, change_id: str) -> None:
        super().__init__(f"The journal has no change {change_id!r}.", changeId=change_id)


class ModelError(LibrarianError):
    """``data`` has ``provider``, the name of its preset. No text of a provider is ever part of a message."""

    code = -32080


class NoProvider(ModelError):
    code = -32051


class KeyMissing(ModelError):
    code = -32052

    def __init__(self, provider: str, title: str, variable: str) -> None:
        super().__init__(
            f"{title} needs a key.",
            provider=provider,
            hint=f"Give one: librarian keys set {provider}; or set the environment variable {variable}.",
        )


class AddressRefused(ModelError):
    code = -32053

    def __init__(self, provider: str, reason: str, hint: str = "") -> None:
        super().__init__(f"The address of {provider} is not used: {reason}.", provider=provider, hint=hint)


class KeyringUnusable(ModelError):
    code = -32054


class CreditUsedUp(ModelError):
    code = -32055

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"Your account with {provider} has no credit left. Add some there, or choose another provider.",
            provider=provider,
        )


class ProviderUnreachable(ModelError):
    code = -32081

    def __init__(self, provider: str, reason: str, *, sent: bool = False) -> None:
        """``sent``: the request may have arrived, and may cost."""
        super().__init__(f"{provider} cannot be reached: {_ended(reason)}", provider=provider, sent=sent)


class ProviderBusy(ModelError):
    code = -32082

    def __init__(self, provider: str, retry_after_s: float | None = None) -> None:
        wait = "in a moment" if retry_after_s is None else f"in {retry_after_s:.0f} s"
        super().__init__(
            f"{provider} takes no more requests now. Try again {wait}.", provider=provider, retryAfterS=retry_after_s
        )

    @property
    def retry_after_s(self) -> float | None:
        """Seconds until the provider wants to hear from us again, where it says so."""
        wait: float | None = self.data.get("retryAfterS")
        return wait


class KeyRefused(ModelError):
    code = -32083

    def __init__(self, provider: str, reason: str = "it is wrong, was withdrawn, or may not use this model") -> None:
        super().__init__(f"{provider} does not accept the key: {reason}.", provider=provider)


class ModelNotFound(ModelError):
    code = -32084

    def __init__(self, provider: str, model: str, reason: str = "", hint: str = "") -> None:
        super().__init__(
            f"{provider} has no model {model!r}. {reason}".rstrip(),
            provider=provider,
            model=model,
            hint=hint if reason else f"See those it has: librarian providers models {provider}",
        )


class PromptTooLong(ModelError):
    code = -32085

    def __init__(self, provider: str, model: str) -> None:
        super().__init__(
            f"This is more text than {model} of {provider} reads at once. Choose less, or another model.",
            provider=provider,
            model=model,
        )


class AnswerBroken(ModelError):
    code = -32086

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(f"The answer of {provider} is broken: {_ended(reason)} Try again.", provider=provider)


class ProviderFailed(ModelError):
    code = -32087

    def __init__(self, provider: str, status: int | None = None) -> None:
        what = f"HTTP status {status}" if status is not None else "no reason given"
        super().__init__(f"{provider} failed ({what}). Try again later.", provider=provider, status=status)


class ContentRefused(ModelError):
    code = -32088

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} refuses to answer this text. Choose another text or provider.", provider=provider)


class RequestRefused(ModelError):
    code = -32089

    def __init__(self, provider: str, model: str, status: int | None = None) -> None:
        what = f"HTTP status {status}" if status is not None else "no reason given"
        super().__init__(
            f"{provider} does not take this request for {model} ({what}). Does the model write text? Try another.",
            provider=provider,
            model=model,
            status=status,
        )


class ProviderResting(ModelError):
    code = -32056

    def __init__(self, provider: str, again_in_s: float, again_at: str) -> None:
        """``again_at``: the time of day at which it is tried again, as a person reads it."""
        super().__init__(
            f"{provider} failed several times in a row, so it is left alone until {again_at}. "
            "Is it running, and is the network there?",
            provider=provider,
            retryAfterS=round(again_in_s, 3),
        )

    @property
    def retry_after_s(self) -> float:
        """Seconds until it is tried again."""
        wait: float = self.data["retryAfterS"]
        return wait


class MoneyError(LibrarianError):
    code = -32090


class BudgetExceeded(MoneyError):
    code = -32091

    def __init__(
        self, cap: Cap, *, limit_micro: int, spent_micro: int, wanted_micro: int, agreed: bool = False
    ) -> None:
        """``agreed``: the cap is one that was agreed for this run, and not the setting."""
        left = max(0, limit_micro - spent_micro)
        whose = {"call": "one call", "run": "this run", "day": "today", "month": "this month"}[cap]
        super().__init__(
            f"This may cost up to ${usd(wanted_micro)}; of ${usd(limit_micro)} for {whose}, ${usd(left)} are left."
            + (" Start it anew with a higher cap." if agreed else ""),
            cap=cap,
            limitUsd=usd(limit_micro),
            leftUsd=usd(left),
            wantedUsd=usd(wanted_micro),
            setting=None if agreed else SETTING_OF[cap],
            hint="" if agreed else f"To raise it: librarian config set {SETTING_OF[cap]} AMOUNT",
        )


class PriceUnknown(MoneyError):
    code = -32092

    def __init__(self, provider: str, model: str) -> None:
        super().__init__(
            f"What {model} of {provider} costs is not known, so nothing was sent.",
            provider=provider,
            model=model,
            hint=self.way(provider, model),
        )

    @staticmethod
    def way(provider: str, model: str) -> str:
        """How a person tells a price on a command line."""
        way = f'librarian config set model_prices "{provider}/{model}=READ/WRITTEN"'
        return f"Say it, in US dollars for a million tokens read and written: {way}"


class PriceNotAgreed(MoneyError):
    code = -32093

    def __init__(self, model: str, sums: str = "") -> None:
        """``sums``: what it would cost, in words."""
        super().__init__(
            f"{model} has not read these notes{sums}. Nothing is sent before you agree: choose the model once more.",
            model=model,
            hint=f"To agree: librarian models use {model}",
        )


class WorkerError(LibrarianError):
    code = -32060


class WorkerDied(WorkerError):
    code = -32061

    def __init__(self, module: str, reason: str) -> None:
        super().__init__(
            f"The process that runs {module} ended ({reason}). The next attempt starts it anew.", reason=reason
        )


class WorkerFailed(WorkerError):
    code = -32062

    def __init__(self, module: str, kind: str, message: str) -> None:
        super().__init__(f"{module} failed: {kind}: {message}", kind=kind, reason=message)


class Cancelled(LibrarianError):
    code = -32800

    def __init__(self) -> None:
        super().__init__("Cancelled.")


class NobodyThere(LibrarianError):
    code = -32050


class RemoteFault(LibrarianError):
    """``remote_code`` is what was answered: one of the protocol's own codes, or that of a newer version."""

    def __init__(self, code: int, message: str, **data: Any) -> None:
        super().__init__(message, **data)
        self.remote_code = code


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def from_wire(code: int, message: str, data: dict[str, Any] | None) -> LibrarianError:
    """Turn an error object of the wire back into the error it was."""
    for kind in kinds(LibrarianError):
        if kind.code == code:
            # Past the constructor of the class: its message is made already, its arguments are not all known here.
            error = kind.__new__(kind)
            LibrarianError.__init__(error, message, **(data or {}))
            return error
    return RemoteFault(code, message, **(data or {}))


def kinds(root: type[LibrarianError]) -> list[type[LibrarianError]]:
    """List every class below ``root`` that has a code of its own, in the order of the tree."""
    below = [kind for child in root.__subclasses__() for kind in (child, *kinds(child))]
    return [kind for kind in below if "code" in vars(kind)]
