"""POST /api/ingest/{kind}: agents on other machines deliver what they collected."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from overview.access import token_of_request
from overview.api.ingest_schemas import (
    IDEMPOTENCY_KEY,
    BatchBody,
    IngestAnswer,
    IngestHeaders,
    TokenAnswer,
)
from overview.error_pages import NotKnown
from usage_store.api_tokens import ApiToken
from usage_store.delivery import Answer, Delivery, OtherContent, take_delivery
from usage_store.engine import Store
from usage_store.saving import KINDS
from usermon.batch import LARGEST_PACKED_BYTES, BadBatch, Batch, TooLarge, read_batch, unpack
from usermon.errors import UsermonError
from web_shared.error_pages import error_answer

# Batches without records: a pass that found nothing or failed.
RUNS = "runs"
# One writes, the others are read meanwhile. More only fill memory and keep pages waiting for a thread.
AT_ONCE = 4
_RETRY_SECONDS = 5

_KEY = re.compile(IDEMPOTENCY_KEY, re.ASCII)


class Refused(UsermonError):
    """This batch, or this token, is not taken; `status` says by which kind of fault."""

    def __init__(self, status: int, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.status = status


def ingest_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("ingest_api", __name__, tag="Ingest")
    places = threading.BoundedSemaphore(AT_ONCE)

    @api.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        answer = error_answer(error.status, error.message, error.remedy)
        if error.status == 503:
            answer.headers["Retry-After"] = str(_RETRY_SECONDS)
        return answer

    @api.post("/api/ingest/<kind>")
    @api.input(IngestHeaders, location="headers")
    @api.output(IngestAnswer)
    @api.doc(
        summary="Take a batch of records from an agent",
        description="The body is JSON, plain or with Content-Encoding gzip: at most 4 MiB as it is sent, "
        "32 MiB unpacked. A batch is kept whole or not at all. One that comes again with the same "
        "Idempotency-Key is not saved again: the answer is the first one, with the header "
        "Idempotency-Replayed. Records that make no sense stand rejected, and cost no other.",
        responses={
            400: "Not a batch of this kind.",
            404: "No such kind.",
            413: "Too large.",
            415: "Packed otherwise than with gzip.",
        },
    )
    def ingest(kind: str, headers_data: dict[str, str]) -> Response:
        token = _token()
        if kind not in KINDS and kind != RUNS:
            raise NotKnown(f"there is no kind {kind!r}", f"Known ones: {', '.join((*KINDS, RUNS))}.")
        key = headers_data["idempotency_key"]
        if not _KEY.fullmatch(key):
            raise Refused(400, "Idempotency-Key is none", "Send 8 to 128 letters, digits and '._:-'.")
        with _a_place(places):
            plain = _plain_body()
            batch = _batch(plain, kind)
            _check_source(token, batch.envelope.source)
            delivery = Delivery(
                token.name, key, sha256(kind.encode() + b"\n" + plain).hexdigest(), kind, batch
            )
            del plain
            answer = _take(store, delivery)
        return _as_response(answer)

    @api.get("/api/ingest/sources")
    @api.output(TokenAnswer)
    @api.doc(summary="What the token of this request may deliver")
    def sources() -> Response:
        token = _token()
        return jsonify(token=token.name, sources=sorted(token.sources), kinds=[*KINDS, RUNS])

    # Its body is packed, so no `input` can read it; the document tells of it all the same.
    ingest._spec.update(  # type: ignore[attr-defined]
        body=BatchBody(), content_type="application/json"
    )
    return api


def _token() -> ApiToken:
    token = token_of_request()
    if token is None:
        raise Refused(
            403,
            "batches are taken from a token of scope ingest alone",
            "Make one: `usermon-overview token NAME --scope ingest --source SOURCE`.",
        )
    return token


@contextmanager
def _a_place(places: threading.BoundedSemaphore) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise Refused(503, "too many batches at once", "Send it again a little later.")
    try:
        yield
    finally:
        places.release()


def _plain_body() -> bytes:
    request.max_content_length = LARGEST_PACKED_BYTES
    content = request.get_data(cache=False)
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return content
    if encoding != "gzip":
        raise Refused(415, f"Content-Encoding {encoding!r} is not known here", "Send it plain or with gzip.")
    try:
        return unpack(content)
    except BadBatch as error:
        raise _bad(error) from None


def _batch(plain: bytes, kind: str) -> Batch:
    try:
        return read_batch(plain, KINDS[kind].records if kind in KINDS else ())
    except BadBatch as error:
        raise _bad(error) from None


def _bad(error: BadBatch) -> Refused:
    if isinstance(error, TooLarge):
        return Refused(413, str(error), "Send less at once.")
    return Refused(400, str(error), "Agent and hub should be of one version; /api/docs describes a batch.")


def _check_source(token: ApiToken, source: str) -> None:
    if source not in token.sources:
        allowed = ", ".join(sorted(token.sources)) or "none"
        # A new token takes the old one's place, its whole list.
        wanted = " ".join(f"--source {name}" for name in sorted({*token.sources, source}))
        raise Refused(
            403,
            f"this token may not deliver the source {source!r}, only: {allowed}",
            "Make one for all of them, which takes its place: "
            f"`usermon-overview token {token.name} --scope ingest {wanted}`.",
        )


def _take(store: Store, delivery: Delivery) -> Answer:
    try:
        with store.writing() as connection:
            return take_delivery(connection, delivery, time.time())
    except OtherContent:
        raise Refused(
            422,
            "this Idempotency-Key was used for a batch with another content",
            "Give every batch a key of its own.",
        ) from None


def _as_response(answer: Answer) -> Response:
    response = jsonify(answer.content)
    response.status_code = answer.status
    if answer.is_repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response
