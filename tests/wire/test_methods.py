"""Every method, over a real websocket."""

from __future__ import annotations

from datetime import date

from librarian.methods import METHODS
from librarian.server import Serving

from .fake_library import FakeLibrary
from .peer import dial, guest, request


async def test_initialize_says_who_answers_and_what_it_can(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        result = (await peer.initialize())["result"]
        assert result["server"]["name"] == "librarian"
        assert result["protocol"] == 1
        assert result["capabilities"]["methods"] == [method.name for method in METHODS]


async def test_a_client_may_say_more_of_itself_than_we_know(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        params = {
            "client": {"name": "a", "version": "1", "os": "x"},
            "capabilities": {"future": 1, "applyEdit": ["/v"]},
        }
        assert "result" in await peer.ask("session.initialize", params)
        assert next(iter(serving.sessions)).apply_edit_vaults == ("/v",)


async def test_another_protocol_is_refused_by_name(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        answer = await peer.ask("session.initialize", {"client": {"name": "a", "version": "1"}, "protocol": 2})
        assert answer["error"]["code"] == -32004
        assert answer["error"]["data"] == {"ours": 1, "theirs": 2}


async def test_nothing_but_ping_and_discovery_works_before_initialize(serving: Serving) -> None:
    early = {"session.initialize", "session.ping", "session.shutdown", "rpc.discover"}
    async with dial(serving.port) as peer:
        for method in METHODS:
            if method.name not in early:
                assert (await peer.ask(method.name))["error"]["code"] == -32002
        assert (await peer.ask("session.ping"))["result"] is None


async def test_requests_sent_right_behind_initialize_find_it_done(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        await peer.send(request("session.initialize", {"client": {"name": "a", "version": "1"}}, 1))
        await peer.send(request("vault.open", {"path": "/v"}, 2))
        answers = {answer["id"]: answer for answer in [await peer.read(), await peer.read()]}
        assert answers[2]["result"]["vaultId"] == "v1"


async def test_search_answers_in_camel_case_with_utf16_ranges(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        result = (await peer.ask("search.query", {"vaultId": "v1", "text": "👩‍🚀 naïve 家"}))["result"]
        assert result["hits"][0]["passage"]["ranges"] == [[0, 13]]
        assert result["tookMs"] == 0.5
        assert result["coverage"]["searched"] + result["coverage"]["skipped"] == result["coverage"]["notes"]


async def test_every_vault_method_answers(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        of_vault = {"vaultId": "v1"}
        assert (await peer.ask("vault.status", of_vault))["result"]["timings"]["scanMs"] == 1
        assert (await peer.ask("search.save", {**of_vault, "name": "n", "text": "t"}))["result"]["savedAt"]
        assert (await peer.ask("search.saved", of_vault))["result"]["searches"][0]["mode"] == "hybrid"
        assert (await peer.ask("search.forget", {**of_vault, "name": "n"}))["result"] is None
        assert (await peer.ask("search.forget", {**of_vault, "name": "n"}))["error"]["code"] == -32042
        assert (await peer.ask("notes.links", {**of_vault, "path": "a.md"}))["result"]["outgoing"][0]["target"] is None
        assert (await peer.ask("statistics.overview", of_vault))["result"]["largest"] == [["a.md", 7]]
        change = {"kind": "renamed", "path": "a.md", "newPath": "b.md"}
        assert (await peer.ask("vault.changed", {**of_vault, "changes": [change]}))["result"] is None
        assert library.vault("v1").changes[0].new_path == "b.md"
        assert (await peer.ask("vault.close", of_vault))["result"] is None
        assert (await peer.ask("vault.status", of_vault))["error"]["code"] == -32012


async def test_plans_are_applied_and_changes_are_listed_and_undone(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        of_plan = {"vaultId": "v1", "planId": "p1"}
        unconfirmed = (await peer.ask("edits.apply", of_plan))["error"]
        assert (unconfirmed["code"], unconfirmed["data"]) == (-32072, {"notes": 21})
        applied = (await peer.ask("edits.apply", {**of_plan, "confirmation": "yes"}))["result"]
        assert applied == {"changeId": "c1", "applied": ["a.md"], "conflicts": [], "offer": None}
        assert (await peer.ask("edits.apply", {**of_plan, "planId": "p2"}))["error"]["code"] == -32071
        (change,) = (await peer.ask("edits.list", {"vaultId": "v1"}))["result"]["changes"]
        assert (change["madeAt"], change["notes"][0]["to"]) == ("2026-01-02T03:04:05+00:00", "b.md")
        undone = (await peer.ask("edits.undo", {"vaultId": "v1", "changeId": "c1"}))["result"]
        assert undone["conflicts"] == [{"path": "b.md", "reason": "changed", "read": "00", "ours": "00", "found": "11"}]
        assert (await peer.ask("edits.undo", {"vaultId": "v1", "changeId": "c2"}))["error"]["code"] == -32073
        many = {"vaultId": "v1", "changeId": "many"}
        unsure = (await peer.ask("edits.undo", many))["error"]
        assert (unsure["code"], unsure["data"]["notes"]) == (-32072, 21)
        sure = await peer.ask("edits.undo", {**many, "confirmation": unsure["data"]["confirmation"]})
        assert sure["result"]["applied"] == []


async def test_settings_are_told_and_changed(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        folders = {"vaultId": "v1", "name": "excluded_folders", "value": ["Archive"]}
        (before,) = (await peer.ask("settings.read", {"vaultId": "v1"}))["result"]["settings"]
        assert (before["value"], before["holds"], before["scope"], before["minimum"]) == ([], True, "thisVault", None)
        (after,) = (await peer.ask("settings.change", folders))["result"]["settings"]
        assert (after["value"], after["holds"]) == (["Archive"], False)
        wrong = (await peer.ask("settings.change", {**folders, "value": 3, "forEveryVault": True}))["error"]
        assert (wrong["code"], wrong["data"]) == (-32041, {"setting": "excluded_folders"})
        assert (await peer.ask("settings.change", {**folders, "value": {}}))["error"]["code"] == -32602
        assert (await peer.ask("settings.read", {"vaultId": "v2"}))["error"]["code"] == -32012


async def test_what_models_cost_is_told_by_days_and_caps(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        days = {"by": "model", "since": "2026-03-01", "until": "2026-03-31"}
        summary = (await peer.ask("usage.summary", days))["result"]
        assert library.costs.asked[-1] == ("model", date(2026, 3, 1), date(2026, 3, 31), None)
        (row,) = summary["rows"]
        assert (row["key"], row["costUsd"], row["thinkingTokens"]) == ("openai/gpt-5-mini", "0.00045", 40)
        caps = (await peer.ask("usage.budget"))["result"]["caps"]
        assert [(cap["cap"], cap["leftUsd"]) for cap in caps] == [
            ("call", "0.50"), ("run", "2.00"), ("day", "4.99955"), ("month", "19.99955"),
        ]  # fmt: skip
        for wrong in ({"by": "colour"}, {"by": "day", "since": "yesterday"}, {"by": "day", "since": 20260310}, {}):
            assert (await peer.ask("usage.summary", wrong))["error"]["code"] == -32602


async def test_a_summary_comes_word_by_word_and_then_whole(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        params = {"vaultId": "v1", "path": "a.md", "range": [2, 9], "style": "short", "progressToken": "s"}
        answer = (await peer.ask("summary.create", params))["result"]
        assert {each["params"]["token"] for each in peer.notices} == {"s"}
        values = [each["params"]["value"] for each in peer.notices]
        told, text = {each["kind"] for each in values}, "".join(each.get("text", "") for each in values)
        assert (told, text) == ({"step", "delta"}, "It floods twice.")
        assert (answer["text"], answer["method"], answer["usage"]) == ("It floods twice. 50", "model", None)
        assert answer["sources"] == [{"path": "a.md", "line": 3, "text": "Marsh"}]


async def test_a_summary_that_broke_off_leaves_what_was_written(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        error = (await peer.ask("summary.create", {"vaultId": "v1", "path": "gone.md"}))["error"]
        assert (error["code"], error["data"]["partial"]) == (-32081, "It floods")


async def test_summaries_are_priced_and_placed(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        estimate = (await peer.ask("summary.estimate", {"vaultId": "v1", "folder": "", "length": 99}))["result"]
        assert (estimate["inputTokens"], estimate["costUsd"], estimate["atMostUsd"]) == (99, "0.01", "0.02")
        placing = {"vaultId": "v1", "path": "a.md", "text": "It floods.", "where": "top"}
        plan = (await peer.ask("summary.place", placing))["result"]
        assert plan["edits"][0]["replacements"] == [{"start": 0, "end": 0, "text": "top It floods."}]
        assert (await peer.ask("summary.place", {**placing, "where": "moon"}))["error"]["code"] == -32602


async def test_summaries_of_many_notes_are_made_listed_placed_and_forgotten(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        params = {"vaultId": "v1", "folder": "A", "style": "short", "progressToken": "s"}
        run = (await peer.ask("summary.run", params))["result"]
        assert (run["runId"], run["done"], run["total"], run["folder"], run["costUsd"]) == ("r1", 2, 2, "A", "0.01")
        (step,) = [each["params"]["value"] for each in peer.notices]
        assert (step["runId"], step["costUsd"], step["done"]) == ("r1", "0.01", 1)
        error = (await peer.ask("summary.run", {"vaultId": "v1", "tag": "gone"}))["error"]
        assert (error["code"], error["data"]["run"]["done"]) == (-32081, 1)
        of_run = {"vaultId": "v1", "runId": "r1"}
        (listed,) = (await peer.ask("summary.runs", {"vaultId": "v1"}))["result"]["runs"]
        assert (listed["runId"], listed["done"]) == ("r1", 1)
        notes = (await peer.ask("summary.notes", {**of_run, "after": 3}))["result"]["notes"]
        assert notes == [{"number": 5, "path": "b.md", "text": None, "reason": "it says nothing"}]
        planned = (await peer.ask("summary.placeAll", {**of_run, "where": "top"}))["result"]
        assert (planned["plan"]["planId"], planned["leftOut"][0]["path"]) == ("p1", "b.md")
        assert (await peer.ask("summary.forget", of_run))["result"] is None
        for method, more in (("notes", {}), ("placeAll", {"where": "top"}), ("forget", {})):
            other = await peer.ask(f"summary.{method}", {"vaultId": "v1", "runId": "r2", **more})
            assert (other["error"]["code"], other["error"]["data"]) == (-32049, {"runId": "r2"})
        for wrong in ({}, {"path": "a.md"}, {"folder": "", "tag": "x"}, {"folder": "", "method": "magic"}):
            assert (await peer.ask("summary.run", {"vaultId": "v1", **wrong}))["error"]["code"] == -32602
        each = (await peer.ask("summary.estimate", {"vaultId": "v1", "folder": "", "each": True}))["result"]
        assert each["calls"] == 1


async def test_a_summary_is_of_one_thing(serving: Serving) -> None:
    wrong: list[dict[str, object]] = [
        {}, {"path": "a.md", "tag": "x"}, {"folder": "", "query": "x"}, {"path": "a.md", "range": [3, 2]},
        {"tag": "x", "range": [1, 2]}, {"path": "a.md", "style": "poem"}, {"path": "a.md", "length": 5},
    ]  # fmt: skip
    async with guest(serving.port) as peer:
        for params in wrong:
            assert (await peer.ask("summary.create", {"vaultId": "v1", **params}))["error"]["code"] == -32602


async def test_a_plan_for_duplicates_comes_with_its_edits(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        of_group = {"vaultId": "v1", "groupId": "g1", "keeper": "a.md", "action": "merge"}
        plan = (await peer.ask("duplicates.plan", of_group))["result"]
        assert plan["edits"] == [
            {
                "kind": "rewrite",
                "path": "a.md",
                "digest": "00",
                "replacements": [{"start": 0, "end": 0, "text": "merge"}],
            },
            {"kind": "trash", "path": "b.md", "digest": "11"},
        ]
        assert (plan["planId"], plan["preview"][0]["path"], plan["confirmation"]) == ("p1", "b.md", "yes")
        stranger = (await peer.ask("duplicates.plan", {**of_group, "keeper": "c.md"}))["error"]
        assert (stranger["code"], stranger["data"]) == (-32046, {"path": "c.md", "notes": ["a.md", "b.md"]})
        assert (await peer.ask("duplicates.plan", {**of_group, "groupId": "g2"}))["error"]["code"] == -32045
        assert (await peer.ask("duplicates.plan", {**of_group, "action": "burn"}))["error"]["code"] == -32602


async def test_templates_are_inferred_kept_and_applied(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        of_vault = {"vaultId": "v1"}
        found = (await peer.ask("templates.infer", {**of_vault, "folder": "N", "useModel": True}))["result"]
        assert (found["text"], found["confidence"], found["tookMs"], found["usage"]) == (
            "# {{title}}\n",
            0.75,
            1.5,
            None,
        )
        assert found["properties"] == [{"name": "read_on", "type": "date", "share": 0.5, "default": [], "values": []}]
        asked = {"folder": "N", "notes": (), "syntax": "core", "least": 0.5, "use_model": True}
        assert library.vault("v1").templates.asked == [asked]
        priced = (await peer.ask("templates.estimate", {**of_vault, "notes": ["a.md"], "useModel": True}))["result"]
        assert (priced["model"], priced["costUsd"], priced["atMostUsd"]) == ("m", "0.01", "0.02")
        few = (await peer.ask("templates.infer", {**of_vault, "folder": "empty"}))["error"]
        left_out = [{"path": "empty/a.md", "reason": "it is a drawing"}]
        assert (few["code"], few["data"]) == (-32047, {"found": 1, "least": 3, "leftOut": left_out})
        saved = (await peer.ask("templates.save", {**of_vault, "path": "T.md", "text": "x"}))["result"]
        assert (saved["edits"][0]["kind"], saved["edits"][0]["content"]) == ("create", "x")
        applied = await peer.ask("templates.apply", {**of_vault, "template": "T.md", "notes": ["a.md", "b.md"]})
        assert [edit["path"] for edit in applied["result"]["edits"]] == ["a.md", "b.md"]
        evil = await peer.ask("templates.apply", {**of_vault, "text": "<%* evil %>", "notes": ["a.md"]})
        assert evil["error"]["code"] == -32048
        for wrong in ({}, {"folder": "N", "notes": ["a.md"]}, {"notes": []}, {"folder": "N", "least": 0}):
            assert (await peer.ask("templates.infer", {**of_vault, **wrong}))["error"]["code"] == -32602
        for wrong in (
            {"notes": ["a.md"]},
            {"text": "x", "template": "T.md", "notes": ["a.md"]},
            {"text": "x", "notes": []},
        ):
            assert (await peer.ask("templates.apply", {**of_vault, **wrong}))["error"]["code"] == -32602


async def test_what_json_cannot_say_becomes_null(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        outline = await peer.ask("notes.outline", {"vaultId": "v1", "path": "a.md"})
        assert outline["result"]["properties"] == {"n": None}
        table = await peer.ask("statistics.query", {"vaultId": "v1", "sql": "select 1"})
        assert table["result"]["rows"] == [[1, "x", None, None]]


async def test_errors_carry_what_a_program_needs(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        held = (await peer.ask("vault.open", {"path": "/held"}))["error"]
        assert (held["code"], held["data"]) == (-32013, {"pid": 4321})
        missing = (await peer.ask("notes.outline", {"vaultId": "v1", "path": "b.md"}))["error"]
        assert (missing["code"], missing["data"]) == (-32021, {"path": "b.md"})


async def test_a_notification_of_changes_has_no_answer(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        changes = [{"kind": "modified", "path": "a.md"}]
        await peer.send(request("vault.changed", {"vaultId": "v1", "changes": changes}, None))
        assert (await peer.ask("session.ping", call_id=9))["id"] == 9
        assert [change.path for change in library.vault("v1").changes] == ["a.md"]


async def test_opening_tells_progress_under_the_clients_token(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        await peer.initialize()
        await peer.ask("vault.open", {"path": "/v", "progressToken": "mine"})
        told = await peer.notice()
        assert told["method"] == "$/progress"
        assert told["params"] == {
            "token": "mine",
            "value": {"vaultId": "v1", "part": "keyword", "phase": "reading", "done": 1, "total": 2},
        }


async def test_an_open_vault_tells_its_progress_until_the_client_leaves(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        vault = library.vault("v1")
        vault.tell(3)
        told = await peer.notice()
        assert (told["method"], told["params"]["done"]) == ("vault.progress", 3)
    async with dial(serving.port) as other:
        await other.initialize()
        while serving.seats > 1:  # the first client's goodbye may still be on its way
            await other.ask("session.ping")
    assert vault.listeners == []


async def test_a_vault_that_another_client_uses_stays_open(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as first, guest(serving.port) as second:
        await first.ask("vault.close", {"vaultId": "v1"})
        assert "result" in await second.ask("vault.status", {"vaultId": "v1"})
        await second.ask("vault.close", {"vaultId": "v1"})
        assert library.closed == ["v1"]


async def test_calls_on_a_vault_are_timed(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        await peer.ask("search.query", {"vaultId": "v1", "text": "x"})
        await peer.ask("search.query", {"vaultId": "v1"})
        names = [name for name, took_ms in library.vault("v1").statistics.recorded if took_ms > 0]
        assert names == ["search.query"]


async def test_shutdown_is_answered_and_then_stops_the_sidecar(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        assert (await peer.ask("session.shutdown"))["result"] is None
        await serving.stopping.wait()


async def test_discovery_describes_every_method(serving: Serving) -> None:
    async with dial(serving.port) as peer:
        document = (await peer.ask("rpc.discover"))["result"]
        assert [method["name"] for method in document["methods"]] == [method.name for method in METHODS]


async def test_a_rebuild_tells_its_progress_to_its_caller_and_to_who_listens(serving: Serving) -> None:
    async with guest(serving.port) as caller, guest(serving.port) as listener:
        rebuilt = await caller.ask("vault.rebuild", {"vaultId": "v1", "progressToken": 7})
        assert rebuilt["result"]["vaultId"] == "v1"
        told = {notice["method"]: notice["params"] for notice in caller.notices}
        assert told["$/progress"] == {"token": 7, "value": told["vault.progress"]}
        assert (await listener.notice())["method"] == "vault.progress"
        assert "result" in await listener.ask("session.ping")
        assert listener.notices == []


async def test_providers_are_listed_without_their_keys_and_what_is_wrong_with_one_is_told(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        rows = (await peer.ask("providers.list", {"vaultId": "v1"}))["result"]["providers"]
        (chosen,) = [row for row in rows if row["chosen"]]
        assert (chosen["name"], chosen["keyFrom"]) == ("anthropic", "plugin")
        assert "CANARY" not in str(rows)
        nowhere = {"provider": "ollama", "baseUrl": "http://127.0.0.1:1/v1"}
        tested = (await peer.ask("providers.test", {**nowhere, "model": "m"}))["result"]
        assert (tested["works"], tested["model"]) == (False, "m")
        assert "is it running?" in tested["told"]
        assert (await peer.ask("providers.models", nowhere))["error"]["code"] == -32081
        assert (await peer.ask("providers.models", {"provider": "nobody"}))["error"]["code"] == -32051
        assert (await peer.ask("providers.list", {"vaultId": "v2"}))["error"]["code"] == -32012


async def test_an_answer_comes_word_by_word_and_then_whole_with_its_citations(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        params = {"vaultId": "v1", "question": "How often does it flood?", "limit": 3, "progressToken": "a"}
        answer = (await peer.ask("answer.ask", params))["result"]
        told = [notice["params"]["value"] for notice in peer.notices if notice["method"] == "$/progress"]
        assert "".join(value["text"] for value in told) == answer["text"] == "It floods [[Marsh#Tides|1]]."
        assert answer["citations"] == [
            {"id": 1, "path": "Marsh.md", "heading": "Tides", "line": 3, "quote": "It floods.", "supported": True}
        ]
        assert (answer["passages"][0]["score"], answer["unknownCitations"], answer["method"]) == (3, 0, "model")
        for wrong in ({"question": ""}, {"limit": 21}, {"method": "oracle"}, {"understood": {"query": 3}}):
            assert (await peer.ask("answer.ask", {**params, **wrong}))["error"]["code"] == -32602


async def test_an_answer_that_broke_off_leaves_what_was_written(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        error = (await peer.ask("answer.ask", {"vaultId": "v1", "question": "what is gone?"}))["error"]
        assert error["data"]["partial"] == "It floods"


async def test_a_question_is_understood_and_what_was_understood_can_be_sent_back(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        asked = {"vaultId": "v1", "text": "And why?", "history": [{"question": "What is it?", "answer": "Mud."}]}
        understood = (await peer.ask("query.understand", asked))["result"]
        assert understood["words"] == ["What is it?", "And why?"]
        mine = {**understood, "query": "mine", "subQuestions": ["one", "other"]}
        params = {"vaultId": "v1", "question": "And why?", "understood": mine, "method": "passages"}
        assert (await peer.ask("answer.ask", params))["result"]["understood"] == mine
        assert (await peer.ask("query.understand", {**asked, "method": "model"}))["result"]["method"] == "model"
