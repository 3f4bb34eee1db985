"""How containers are to run."""

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.runtimes import ContainerSpec, Mount, Role
from orchestrator.services_spec import ServicesKind, collectors_spec, overview_spec
from orchestrator.spec_hash import spec_hash
from tests.factories import site, source
from tests.orchestrator.specs import spec_of
from usermon.alert_settings import AlertSettings
from usermon.mail_settings import MailSettings
from usermon.site_look import SiteLook
from usermon.state_folder import StateFolder


def services(tmp_path: Path, **changed: object) -> ServicesKind:
    config = tmp_path / "usermon.toml"
    config.write_text('[[source]]\nname = "local"\n')
    (tmp_path / "quota").mkdir(exist_ok=True)
    kind = ServicesKind(
        deployment="0a1b2c3d4e",
        state=StateFolder(Path("/srv/usermon")),
        image="usermon-services:1",
        image_id="sha256:2222",
        bind_address="0.0.0.0",
        run_as=(10_001, 10_001),
        memory_bytes=512 << 20,
        cpus=1.0,
        timezone="UTC",
        overview_port=8080,
        host="localhost",
        config=config,
        site=site(source(path=tmp_path / "quota"), source("cryo", tmp_path / "not-there")),
    )
    return replace(kind, **changed)  # type: ignore[arg-type]


def test_a_dashboard_sees_its_own_two_folders_read_only_and_nothing_else() -> None:
    assert spec_of("alice").mounts == (
        Mount(Path("/srv/usermon/published/alice"), "/data"),
        Mount(Path("/srv/usermon/secrets/alice"), "/run/usermon"),
    )
    assert all(mount.read_only for mount in spec_of("alice").mounts)


def test_a_dashboard_is_cut_off_from_the_others_and_is_not_root() -> None:
    assert spec_of().isolated
    assert 0 not in spec_of().run_as


OTHER: dict[str, Any] = {
    "name": "other",
    "role": Role.OVERVIEW,
    "user": "bob",
    "image": "other:1",
    "image_id": "sha256:9",
    "command": ("sh",),
    "environment": {"USERMON_USER": "bob"},
    "mounts": (Mount(Path("/srv"), "/data"),),
    "bind_address": "127.0.0.1",
    "port": 9,
    "container_port": 9,
    "run_as": (1, 1),
    "memory_bytes": 1,
    "cpus": 2.0,
    "pids": 1,
    "healthcheck": ("CMD", "true"),
    "isolated": False,
}


@pytest.mark.parametrize("field", [f.name for f in fields(ContainerSpec) if f.name != "spec_hash"])
def test_every_field_counts_in_the_hash(field: str) -> None:
    spec = spec_of("alice", 8100)
    assert spec_hash(replace(spec, **{field: OTHER[field]})) != spec.spec_hash


def test_the_same_specification_has_the_same_hash() -> None:
    spec = spec_of("alice", 8100)
    assert spec_hash(replace(spec, environment=dict(spec.environment))) == spec.spec_hash
    assert spec_of("alice", 8100).spec_hash == spec.spec_hash


def test_the_overview_sees_the_store_and_the_admins_secrets_but_no_users(tmp_path: Path) -> None:
    mounts = {
        mount.target: (str(mount.source), mount.read_only)
        for mount in overview_spec(services(tmp_path)).mounts
    }
    assert mounts == {
        "/state/store": ("/srv/usermon/store", False),
        "/state/admin": ("/srv/usermon/admin", True),
        str(tmp_path / "usermon.toml"): (str(tmp_path / "usermon.toml"), True),
    }


def test_overview_and_collectors_see_the_logo_and_follow_a_new_one(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg/>")
    kind = services(tmp_path, site=replace(site(), look=SiteLook(logo=logo)))
    for spec_of_service in (overview_spec, collectors_spec):
        before = spec_of_service(kind)
        logo.write_text("<svg>new</svg>")
        after = spec_of_service(kind)
        logo.write_text("<svg/>")
        assert before is not None
        assert after is not None
        assert Mount(logo, str(logo)) in before.mounts
        assert before.spec_hash != after.spec_hash


def test_a_logo_that_is_not_there_keeps_nobody_from_starting(tmp_path: Path) -> None:
    kind = services(tmp_path, site=replace(site(), look=SiteLook(logo=tmp_path / "logo.svg")))
    assert [mount for mount in overview_spec(kind).mounts if mount.target.endswith("logo.svg")] == []


def test_the_overview_alone_sees_the_secrets_of_alerts_and_follows_new_ones(tmp_path: Path) -> None:
    password = tmp_path / "smtp-password"
    password.write_text("s3cret")
    mail = MailSettings("smtp.example.org", "usermon@example.org", user="u", password_file=password)
    kind = services(tmp_path, site=replace(site(), alerts=AlertSettings(mail=mail)))
    before, collectors = overview_spec(kind), collectors_spec(kind)
    os.utime(password, (1, 1))
    after = overview_spec(kind)
    assert Mount(password, str(password)) in before.mounts
    assert collectors is not None
    assert str(password) not in {mount.target for mount in collectors.mounts}
    assert before.spec_hash != after.spec_hash
    assert "s3cret" not in repr(before)


def test_the_collectors_see_their_sources_where_they_are_on_the_host(tmp_path: Path) -> None:
    spec = collectors_spec(services(tmp_path))
    assert spec is not None
    mounts = {mount.target: (str(mount.source), mount.read_only) for mount in spec.mounts}
    config, quota = str(tmp_path / "usermon.toml"), str(tmp_path / "quota")
    # A source that is not there is left out: the engine could not mount it.
    assert mounts == {
        "/state/store": ("/srv/usermon/store", False),
        "/state/published": ("/srv/usermon/published", False),
        config: (config, True),
        quota: (quota, True),
    }
    assert spec.port is None


@pytest.mark.parametrize("name", ["logs/io.log", "logs/io-*.log", "logs/20[0-9]*/io.log", "logs"])
def test_of_files_that_are_replaced_the_collectors_see_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "io.log").touch()
    of_file = replace(services(tmp_path), site=site(source("io", tmp_path / name, collector="io_log")))
    spec = collectors_spec(of_file)
    assert spec is not None
    assert [mount for mount in spec.mounts if mount.target.endswith("logs")] == [
        Mount(tmp_path / "logs", str(tmp_path / "logs"))
    ]


def test_an_edited_usermon_toml_makes_new_collectors(tmp_path: Path) -> None:
    before = collectors_spec(services(tmp_path))
    kind = services(tmp_path)
    (tmp_path / "usermon.toml").write_text('[[source]]\nname = "cryo"\n')
    after = collectors_spec(kind)
    assert before is not None
    assert after is not None
    assert before.spec_hash != after.spec_hash


def test_without_usermon_toml_there_are_no_collectors(tmp_path: Path) -> None:
    assert collectors_spec(services(tmp_path, config=None, site=None)) is None


def test_a_database_elsewhere_reaches_the_services_as_a_file(tmp_path: Path) -> None:
    environment = overview_spec(services(tmp_path, store_url_since=5)).environment
    assert environment["USERMON_STORE_URL_FILE"] == "/state/store/store-url"
    assert "USERMON_STORE_URL" not in environment
