"""What the portal lets through to Prefect, and what a form that is sent in becomes. The rules alone, without a server."""

import json
from uuid import UUID

import pytest

from arshjul.errors import RefusedError
from notifications.sent_form import Sender, SentForm, seal, sender_of
from portal.prefect.allowed import (
    is_anothers,
    is_page,
    json_of,
    kind_of,
    parameters_of,
    tried_out,
    without_who,
)

ID = str(UUID(int=7))
SECRET = b"0123456789abcdef0123456789abcdef"
SCHEMA = {"properties": {"till": {"type": "string"}, "vem": {"type": "string"}}, "required": ["till", "vem"]}
FORM = {"id": ID, "name": "Vila brev", "tags": ["formulär"], "parameter_openapi_schema": SCHEMA}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"flow_runs/{ID}"),
        ("GET", f"flow_runs/{ID}/graph-v2"),
        ("HEAD", f"flow_runs/{ID}/logs/download"),
        ("GET", "admin/version"),
        ("POST", "flow_runs/filter"),
        ("POST", "artifacts/latest/count"),
        ("POST", "deployments/paginate"),
        ("POST", "ui/task_runs/dashboard/counts"),
        ("POST", "ui/schemas/validate"),
    ],
)
def test_reads_are_let_through(method, path):
    assert kind_of(method, path) == "read"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", f"deployments/{ID}"),  # its pull_steps are commands
        ("POST", "deployments/"),
        ("POST", f"deployments/{ID}/create_flow_run/bulk"),
        ("POST", f"deployments/{ID}/schedule"),
        ("POST", f"deployments/{ID}/pause_deployment"),
        ("DELETE", f"deployments/{ID}"),
        ("POST", "deployments/get_scheduled_flow_runs"),
        ("POST", "flow_runs/"),
        ("POST", f"flow_runs/{ID}/set_state"),
        ("POST", f"flow_runs/{ID}/resume"),
        ("POST", "flow_runs/bulk_delete"),
        ("POST", "automations/"),
        ("POST", "work_pools/"),
        ("POST", "work_pools/pool/get_scheduled_flow_runs"),
        ("POST", "variables/filter"),
        ("POST", "variables/count"),
        ("GET", "variables/name/x"),
        ("POST", "block_documents/filter"),
        ("GET", f"block_documents/{ID}"),
        ("GET", "block_types/slug/secret/block_documents"),
        ("GET", "admin/settings"),
        ("PUT", "admin/storage"),
        ("GET", "csrf-token"),
        ("GET", "collections/views/aggregate-worker-metadata"),  # Prefect would fetch it from elsewhere
        ("POST", "events"),
        ("POST", "logs/"),
        ("GET", "docs"),
        ("GET", "openapi.json"),
        ("GET", f"flow_runs/{ID}/../../admin/settings"),
        ("GET", f"flow_runs/{ID}/"),
        ("GET", f"flow_runs//{ID}"),
        ("GET", "work_pools/../admin"),
        ("GET", "work_pools/a%2fb"),
        ("GET", "work_pools/.."),
        ("GET", "artifacts/../latest"),
        ("GET", "automations/related-to/."),
        ("POST", "work_pools/../queues/filter"),
        ("GET", "flow_runs/filter"),
        ("PUT", "flow_runs/filter"),
        ("POST", "flow_runs/filter\n"),
        ("POST", f"deployments/{ID}/create_flow_run/"),
        ("POST", f"deployments/../deployments/{ID}/create_flow_run"),
        ("OPTIONS", "flow_runs/filter"),
    ],
)
def test_nothing_else_is(method, path):
    assert kind_of(method, path) is None


def test_a_form_is_sent_in_by_its_deployment():
    assert kind_of("POST", f"deployments/{ID}/create_flow_run") == "form"
    assert kind_of("POST", "deployments/1/create_flow_run") is None


def test_a_page_is_a_name_without_ways_out():
    for path in ("", "v2/", "v2/runs", "v2/assets/index-Dyy5jLiI.js", f"v2/runs/flow-run/{ID}", "runs"):
        assert is_page(path)
    for path in ("..", "../api/admin/settings", "v2/../../api", "v2/./x", "v2//x", "v2/%2e%2e", "v2/x?y", "v2\\x"):
        assert not is_page(path)
    assert not is_page("a" * 60_000 + "!")  # at once: one sign more never doubles the search
    assert is_page("v2/assets/a..b.js")


def test_a_form_does_not_ask_who_fills_it_in():
    shown = without_who(FORM)["parameter_openapi_schema"]
    assert (list(shown["properties"]), shown["required"]) == (["till"], ["till"])
    assert "vem" in SCHEMA["properties"]
    report = {**FORM, "tags": ["rapport"]}
    assert without_who(report) is report


def test_a_form_is_given_its_own_fields_and_who_is_logged_in_whatever_it_says():
    sent = {
        "parameters": {"till": "2027-09-15", "vem": "kommundirektören", "enheter": "alla"},
        "job_variables": {"command": "id"},
        "state": {"type": "COMPLETED"},
        "work_queue_name": "annan",
    }
    assert parameters_of(FORM, sent, "Eva Ekonom") == {"till": "2027-09-15", "vem": "Eva Ekonom"}
    assert parameters_of(FORM, {}, "Eva Ekonom") == {"vem": "Eva Ekonom"}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {"parameters": "x"},
        {"parameters": None},
        {"parameters": {"till": {"__prefect_kind": "jinja", "template": "{{ 7 * 7 }}"}}},
        {"parameters": {"till": ["2027-09-15"]}},
        {"parameters": {"till": 7}},
    ],
)
def test_a_form_of_anything_but_words_is_refused(sent):
    with pytest.raises(RefusedError):
        parameters_of(FORM, sent, "Eva Ekonom")


@pytest.mark.parametrize("kind", ["workspace_variable", "jinja", "annat", 7, ["json"]])
def test_no_variable_of_prefects_is_told_by_trying_a_form_out(kind):
    hidden = {"__prefect_kind": kind, "variable_name": "lösenord", "template": "{{ x }}"}
    for values in ({"till": hidden}, {"till": [hidden]}, {"till": {"__prefect_kind": "json", "value": hidden}}):
        with pytest.raises(RefusedError, match="Skriv värdet i fältet"):
            tried_out({"schema": SCHEMA, "values": values})


def test_a_form_that_is_tried_out_goes_on_as_it_was_read():
    sent = {"schema": SCHEMA, "values": {"till": {"__prefect_kind": None, "value": "x"}, "vem": "å"}}
    assert json.loads(tried_out(json_of(json.dumps(sent).encode()))) == sent
    for none in (b"{", b"[" * 100_000, b"[]", b"\xff"):
        with pytest.raises(RefusedError):
            tried_out(json_of(none))


class TestSeal:
    form = SentForm(deployment=ID, key="k1", parameters={"till": "2027-09-15", "vem": "Eva Ekonom"})
    eva = Sender("Eva Ekonom", "eva@example.se", "3f2a")

    def test_says_who_sent_the_form_in(self):
        assert sender_of(SECRET, seal(SECRET, self.eva, self.form), self.form) == self.eva

    @pytest.mark.parametrize(
        "other",
        [
            SentForm(deployment=str(UUID(int=8)), key="k1", parameters=form.parameters),
            SentForm(deployment=ID, key="k2", parameters=form.parameters),
            SentForm(deployment=ID, key="k1", parameters={**form.parameters, "till": "2027-12-24"}),
            SentForm(deployment=ID, key="k1", parameters={**form.parameters, "vem": "kommundirektören"}),
            SentForm(deployment=ID, key="", parameters={}),
        ],
    )
    def test_fits_no_other_run(self, other):
        assert sender_of(SECRET, seal(SECRET, self.eva, self.form), other) is None

    @pytest.mark.parametrize("sealed", [None, "", "Eva Ekonom", "WyJFdmEiXQ.abc", 7, {}, "å"])
    def test_cannot_be_made_without_the_secret(self, sealed):
        assert sender_of(SECRET, sealed, self.form) is None
        assert sender_of(SECRET, seal(b"x" * 32, self.eva, self.form), self.form) is None


def test_a_form_of_another_installation_on_the_same_server_is_told_from_ours():
    ours = {"tags": ["formulär", "kommun:hedemora", "installation:3f2a90b1c4d5"]}
    assert not is_anothers(ours, "3f2a90b1c4d5")
    assert is_anothers(ours, "9c1e77a0d2b4")
    assert is_anothers({"tags": [*ours["tags"], "installation:9c1e77a0d2b4"]}, "3f2a90b1c4d5")  # both is neither's
