"""Settings from the environment. Every value of a process comes from here; `docs/operations.md` lists them."""

from functools import cached_property
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process needs to know about its surroundings."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=False, hide_input_in_errors=True)

    kafka_bootstrap_servers: str = ""
    """Comma-separated host:port list."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_sasl_username: str = ""
    kafka_sasl_password: SecretStr = SecretStr("")
    kafka_ssl_cafile: str = ""
    kafka_ssl_certfile: str = ""
    kafka_ssl_keyfile: str = ""
    kafka_session_timeout_ms: int = Field(default=7_000, ge=6_000, le=10_000)
    """How long a killed member keeps its partitions: with its restart it must stay under ten seconds."""
    kafka_medlem: str = ""
    """A name this process keeps through restarts (static membership), such as its pod's; another for every process of a
    service. A restarted member then has its partitions back at once; one that stays away keeps them for the session
    timeout, also after a clean stop. Empty: every start is a new member."""
    kafka_replication: int = Field(default=1, ge=1)
    """Replicas of the topics that are made; 3 in production."""
    kafka_partitioner: int | None = Field(default=None, ge=1)
    """Overrides the number of partitions of topics declared with more than one."""

    database_url: SecretStr = SecretStr("")
    """PostgreSQL; a service with a server of its own has `DATABASE_URL_<SERVICE>`."""

    cpr_hemmelighed: SecretStr = SecretStr("")
    """Secret of the record keys and person ids made from CPR numbers (contracts.noegle)."""

    kortleverandoer_url: str = ""
    digital_post_url: str = ""
    nets_url: str = ""
    cpr_online_url: str = ""
    """The paid single look-up in CPR. Without it every look-up is refused, and nothing is paid."""
    nets_noegle: SecretStr = SecretStr("")
    """Secret key of the payments at Nets, for municipalities without one of their own."""
    nets_noegler: dict[str, SecretStr] = {}
    """Secret keys at Nets by kommunekode, as JSON: each municipality is a merchant of its own."""

    batch_stoerrelse: int = Field(default=500, ge=1, le=5000)
    """Messages in one transaction at most."""
    forsoeg: int = Field(default=6, ge=1)
    """Tries of a failing message before it is parked."""
    genforsoeg_foerste_s: float = 0.5
    """First backoff in seconds; doubles with jitter up to `genforsoeg_laengste_s`."""
    genforsoeg_laengste_s: float = 60.0
    nedlukning_s: float = 15.0
    """Grace time of a clean stop in seconds."""

    helbred_vaert: str = "127.0.0.1"
    helbred_port: int = Field(default=0, ge=0, le=65535)
    """Port of /health and /metrics; 0 picks a free one."""
    opslag_vaert: str = "127.0.0.1"
    opslag_port: int = Field(default=0, ge=0, le=65535)
    """Port of the read API; 0 picks a free one."""
    opslag_jwks: str = ""
    """Where the public keys of tokens are: an https address or a file. Without it the read API refuses everything."""
    opslag_udsteder: str = ""
    """Who issues the tokens (`iss`); the same holds without it."""
    opslag_modtager: str = "sygesikring"
    """Whom the tokens are for (`aud`)."""
    log_niveau: str = "INFO"

    @cached_property
    def kafka_servere(self) -> list[str]:
        """The bootstrap servers as a list: FastStream does not split a string."""
        return [s.strip() for s in self.kafka_bootstrap_servers.split(",") if s.strip()]
