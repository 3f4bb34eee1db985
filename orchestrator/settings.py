"""Settings of the orchestrator, from the environment or .env; each is refused by name when wrong."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator

from usage_store.settings import StoreSettings
from usermon.errors import SettingsError
from usermon.secret import Secret

_SIZE = re.compile(r"(\d+)\s*([kmg]?)b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_SMALLEST_MEMORY = 32 * 1024**2


def parse_size(value: object) -> object:
    """Bytes of "128m", "1g" or a plain number; anything else is left to be refused."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        if isinstance(value, str):
            raise ValueError('write a number of bytes, or one with k, m or g: "128m"')
        return value
    return int(match[1]) * _FACTORS[match[2].lower()]


MemorySize = Annotated[int, BeforeValidator(parse_size), Field(ge=_SMALLEST_MEMORY)]
Port = Annotated[int, Field(ge=1, le=65_535)]


class OrchestratorSettings(StoreSettings):
    runtime: Literal["docker"] = "docker"
    host: str = "localhost"  # the name in URLs, by which people reach this machine
    scheme: Literal["http", "https"] = "http"  # in URLs; https where a proxy with TLS stands before all ports
    bind_address: str = "0.0.0.0"  # noqa: S104 - users sit at other machines; every page asks for a password
    base_port: Port = 8100
    port_step: Annotated[int, Field(ge=1, le=1000)] = 1
    overview_port: Port = 8080
    probe_host: str = "127.0.0.1"  # where the orchestrator itself reaches the published ports

    image: str = ""  # empty: the one `orchestrator build` makes
    services_image: str = ""
    base_image: str = ""

    memory: MemorySize = 128 * 1024**2
    cpus: Annotated[float, Field(gt=0, le=1024)] = 1.0
    services_memory: MemorySize = 512 * 1024**2
    parallel: Annotated[int, Field(ge=1, le=256)] = 8
    ready_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0

    admin_password: SecretStr | None = None
    admin_password_file: Path | None = None

    @field_validator("bind_address")
    @classmethod
    def _address(cls, value: str) -> str:
        # The engine publishes on addresses alone, and says so only when the old containers are gone.
        try:
            return str(ip_address(value))
        except ValueError:
            raise ValueError('write an address of this machine, or "0.0.0.0" for all of them') from None

    @field_validator("host", "probe_host")
    @classmethod
    def _host_name(cls, value: str) -> str:
        # It goes into URLs: no scheme, path, port or blanks.
        if not re.fullmatch(r"[A-Za-z0-9.:_-]+|\[[0-9A-Fa-f:]+\]", value) or value.startswith("-"):
            raise ValueError("write a host name or an address, without http:// and without a port")
        return value

    @field_validator("admin_password")
    @classmethod
    def _not_empty(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value():
            raise ValueError("it is empty; leave it out to have one made")
        return value

    @property
    def url_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host and not self.host.startswith("[") else self.host

    def url_of(self, port: int) -> str:
        return f"{self.scheme}://{self.url_host}:{port}/"

    def chosen_admin_password(self) -> Secret | None:
        """What the admin set, from the environment or the file named there; None: one is made.

        Raises:
            SettingsError: the file cannot be read, or is empty.
        """
        if self.admin_password is not None:
            return Secret(self.admin_password.get_secret_value())
        if self.admin_password_file is None:
            return None
        name = "USERMON_ADMIN_PASSWORD_FILE"
        try:
            text = self.admin_password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                name, f"{name}: cannot read the file: {error}", "Name a readable text file."
            ) from error
        if not text:
            raise SettingsError(
                name, f"{name}: {self.admin_password_file} is empty", "Write the password in it."
            )
        return Secret(text)
