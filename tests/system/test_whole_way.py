"""From two user lists and folders of reports to pages and numbers, through real containers.

On our own facility, whose numbers pandas reads a second time, and on the shared samples with their
expected answers where they lie beside the checkout.
"""

import csv
import io
import json
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pandas as pd
import pytest

from benchmarks.facility import Facility, facility, get, site_file, some_users
from tests.shared_data import SHARED_STORAGE, expected_storage, shared_data_is_here

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Standing:
    """A facility that is up, and what it must show."""

    place: Facility
    answer: dict[str, Any]
    listed: list[str]
    final: dict[str, dict[str, float]]  # of those with a history: local_gb, local_files, cryo_gb, cryo_files


def stand_up(place: Facility, local: Path, cryo: Path, data: Path) -> dict[str, Any]:
    (place.root / "usermon.toml").write_text(site_file(data), encoding="utf-8")
    lists = ("--local", str(local), "--cryo", str(cryo), "--select", "both")
    answer: dict[str, Any] = json.loads(place.orchestrator("up", *lists, "--json").stdout)
    return answer


def our_standing(place: Facility) -> Standing:
    users = place.users
    local, cryo = place.root / "local.txt", place.root / "cryo.txt"
    # One in each list only, and one in both who has no history.
    local.write_text("\n".join([*users, "onlylocal", "nodata"]) + "\n", encoding="utf-8")
    cryo.write_text("\n".join(["onlycryo", *reversed(users), "nodata"]) + "\n", encoding="utf-8")
    answer = stand_up(place, local, cryo, place.root / "data")
    final = {user: final_by_pandas(place.root / "data", user) for user in users}
    return Standing(place, answer, [*users, "nodata"], final)


def final_by_pandas(data: Path, user: str) -> dict[str, float]:
    final: dict[str, float] = {}
    for volume in ("local", "cryo"):
        frame = pd.read_csv(data / volume / f"{user}.csv", names=["date", "gb", "files"])
        final[f"{volume}_gb"] = float(frame["gb"].iloc[-1])
        final[f"{volume}_files"] = float(frame["files"].iloc[-1])
    return final


def shared_standing(place: Facility) -> Standing:
    expected = expected_storage()
    answer = stand_up(
        place, SHARED_STORAGE / "local_users.txt", SHARED_STORAGE / "cryo_users.txt", SHARED_STORAGE
    )
    return Standing(place, answer, expected["lists"]["both"], expected["final"])


FACILITIES = {"ours": our_standing} | ({"shared": shared_standing} if shared_data_is_here() else {})


@pytest.fixture(scope="module", params=list(FACILITIES))
def standing(request: pytest.FixtureRequest) -> Iterator[Standing]:
    with facility(some_users(3), samples=100) as place:
        yield FACILITIES[request.param](place)


def admin_api(standing: Standing, path: str) -> Any:
    password = standing.place.passwords()["(admin)"]
    status, body = get(standing.place.overview_port, path, "admin", password)
    assert status == 200, body
    return json.loads(body)


def test_everybody_in_both_lists_has_a_dashboard_that_is_ready(standing: Standing) -> None:
    dashboards = standing.answer["dashboards"]
    assert sorted(d["user"] for d in dashboards) == sorted(standing.listed)
    assert {d["state"] for d in dashboards} == {"ready"}
    ports = [d["port"] for d in dashboards]
    assert sorted(ports) == list(range(min(ports), min(ports) + len(ports)))


def test_each_dashboard_opens_with_its_own_password_alone(standing: Standing) -> None:
    passwords = standing.place.passwords()
    dashboards = standing.answer["dashboards"][:3]
    for dashboard, neighbour in zip(dashboards, [*dashboards[1:], dashboards[0]], strict=True):
        user, port = dashboard["user"], dashboard["port"]
        assert get(port, "/", user, passwords[user])[0] == 200
        assert get(port, "/", user, passwords[neighbour["user"]])[0] in (401, 429)
        assert get(port, "/", neighbour["user"], passwords[neighbour["user"]])[0] in (401, 429)


def test_every_dashboard_exports_the_final_numbers_of_the_reports(standing: Standing) -> None:
    passwords = standing.place.passwords()
    for dashboard in standing.answer["dashboards"]:
        user = dashboard["user"]
        status, body = get(dashboard["port"], "/export/storage.csv", user, passwords[user])
        assert status == 200
        newest: dict[str, dict[str, str]] = {}
        for row in csv.DictReader(io.StringIO(body.decode())):
            if row["volume"] not in newest or row["date"] >= newest[row["volume"]]["date"]:
                newest[row["volume"]] = row
        final = {
            f"{volume}_{kind}": float(row[column])
            for volume, row in newest.items()
            for kind, column in (("gb", "GB"), ("files", "nfiles"))
        }
        assert final == standing.final.get(user, {}), user


@pytest.mark.parametrize(("volume", "other"), [("local", "cryo"), ("cryo", "local")])
def test_the_bubbles_show_gb_against_files_sized_by_the_other_volume(
    standing: Standing, volume: str, other: str
) -> None:
    bubbles = admin_api(standing, f"/api/bubbles/{volume}")
    shown = {bubble["user"]: (bubble["x"], bubble["y"], bubble["size"]) for bubble in bubbles}
    expected = {
        user: (final[f"{volume}_gb"], final[f"{volume}_files"], final[f"{other}_gb"])
        for user, final in standing.final.items()
    }
    assert {user: bubble for user, bubble in shown.items() if user in expected} == expected


def test_the_overview_knows_every_dashboard(standing: Standing) -> None:
    answer = admin_api(standing, "/api/dashboards")
    dashboards = answer["dashboards"] if isinstance(answer, dict) else answer
    assert {d["user"] for d in dashboards} == set(standing.listed)
    assert {d["state"] for d in dashboards} == {"ready"}


def test_reconciling_writes_the_three_lists(standing: Standing) -> None:
    if standing.place.users[0] not in standing.listed:
        expected = expected_storage()["lists"]
        local, cryo = SHARED_STORAGE / "local_users.txt", SHARED_STORAGE / "cryo_users.txt"
    else:
        expected = {"both": standing.listed, "cryo_only": ["onlycryo"], "local_only": ["onlylocal"]}
        local, cryo = standing.place.root / "local.txt", standing.place.root / "cryo.txt"
    with tempfile.TemporaryDirectory() as out:
        standing.place.orchestrator(
            "users", "reconcile", "--local", str(local), "--cryo", str(cryo), "--out", out
        )
        for name in ("both", "cryo_only", "local_only"):
            written = (Path(out) / f"{name}.txt").read_text(encoding="utf-8").splitlines()
            assert sorted(written) == sorted(expected[name])


def containers(standing: Standing) -> list[dict[str, Any]]:
    """What the engine says of this deployment's containers."""
    engine = docker.from_env()
    deployment = (standing.place.state / "deployment").read_text(encoding="utf-8").strip()
    label = f"org.usermon.deployment={deployment}"
    return [container.attrs for container in engine.containers.list(filters={"label": label})]


def test_the_engine_confirms_what_each_container_may_do(standing: Standing) -> None:
    found = containers(standing)
    assert len(found) == len(standing.listed) + 2  # the overview and the collectors
    for container in found:
        host = container["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["CapAdd"]
        assert "no-new-privileges" in " ".join(host["SecurityOpt"])
        assert min(host["Memory"], host["PidsLimit"], host["NanoCpus"]) > 0
        assert not host["Privileged"]
        assert container["Config"]["User"].split(":")[0] not in ("", "0", "root")


def test_a_dashboard_mounts_its_own_two_folders_and_nothing_else(standing: Standing) -> None:
    state = standing.place.state
    for container in containers(standing):
        user = container["Config"]["Labels"].get("org.usermon.user")
        if user is None:
            continue
        mounts = {m["Destination"]: (m["Source"], m["RW"]) for m in container["Mounts"]}
        assert mounts == {
            "/data": (str(state / "published" / user), False),
            "/run/usermon": (str(state / "secrets" / user), False),
        }


def test_no_password_or_hash_is_in_a_label_an_environment_or_a_command(standing: Standing) -> None:
    secrets = [
        path.read_text(encoding="utf-8").strip()
        for path in (standing.place.state / "secrets").rglob("*-*")
        if path.is_file()
    ]
    secrets += list(standing.place.passwords().values())
    assert len(secrets) > len(standing.listed)
    for container in containers(standing):
        described = json.dumps(
            [container["Config"], container["HostConfig"], container["Args"], container["Name"]]
        )
        assert not [secret for secret in secrets if secret and secret in described]


def test_one_dashboard_cannot_reach_another(standing: Standing) -> None:
    engine = docker.from_env()
    dashboards = [c for c in containers(standing) if c["Config"]["Labels"].get("org.usermon.user")]
    first, second = dashboards[:2]
    (network,) = second["NetworkSettings"]["Networks"].values()
    published = int(second["Config"]["Labels"]["org.usermon.port"])
    addresses = [(network["IPAddress"], 8050), (network["Gateway"], published)]
    for address in addresses:
        # From the machine itself both ways are open: what stops a neighbour is not the lack of a way.
        socket.create_connection(address, timeout=5).close()
    refused = 17  # engines lose the output of commands that end at once, and no exit codes
    script = (
        "import socket,sys\n"
        "try: socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)\n"
        f"except OSError: sys.exit({refused})\n"
    )
    for host, port in addresses:
        result = engine.containers.get(first["Id"]).exec_run(["python3", "-c", script, host, str(port)])
        assert result.exit_code == refused, (host, port, result.output)
