"""Logging: one line of JSON an event, and no CPR number in it."""

import json
import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from shared.domain.cpr import masker

Event = MutableMapping[str, Any]


def mask_cpr(_logger: Any, _method: str, event: Event) -> Event:
    """Mask everything that may be a CPR number, in every text of the event, however deep."""
    for name, value in event.items():
        event[name] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    match value:
        case str():
            return masker(value)
        case bytes():
            return masker(value.decode("utf-8", "replace"))
        case dict():
            return {_masked(k): _masked(v) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list() | tuple() | set() | frozenset():
            return [_masked(v) for v in value]  # pyright: ignore[reportUnknownVariableType]
        case bool() | float() | None:
            return value
        case int():
            return value if masker(str(value)) == str(value) else masker(str(value))
        case _:
            return masker(str(value))


class _Json(logging.Formatter):
    """A record of a library as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        event = {"level": record.levelname.lower(), "logger": record.name, "event": record.getMessage()}
        if record.exc_text:
            event["exception"] = record.exc_text
        return json.dumps(event, ensure_ascii=False)


class _Mask(logging.Filter):
    """Masks the records of libraries, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            text = record.getMessage()
        except Exception:
            text = f"{record.msg} {record.args}"
        record.msg = masker(text)
        record.args = None
        if record.exc_info:
            record.exc_text = masker(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


class _Rate(logging.Filter):
    """At most `limit` records of a library in ten seconds: aiokafka writes about 90 a second while a broker is away."""

    def __init__(self, limit: int = 20) -> None:
        super().__init__()
        self._limit = limit
        self._since = 0.0
        self._count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now - self._since > 10:
            self._since, self._count = now, 0
        self._count += 1
        return self._count <= self._limit


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process: its traceback, masked."""
    sys.stderr.write(masker("".join(traceback.format_exception(kind, error, trace))))


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set up logging of the whole process, libraries included, to `stream` or standard error."""
    stream = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_cpr,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json())
    handler.addFilter(_Rate())
    handler.addFilter(_Mask())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # It writes a traceback each time that a server is still away, which the service itself says once.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)
    sys.excepthook = _uncaught


def logger(**bound: Any) -> Any:
    """A logger with these fields on every line."""
    return structlog.get_logger().bind(**bound)
