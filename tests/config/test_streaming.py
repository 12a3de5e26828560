"""Under ASGI a large file goes out block by block: memory does not grow with it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from config.middleware import PieceByPiece


class Counted(io.BytesIO):
    """A file that knows how much of it has been read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        self.taken += len(block)
        return block


def passed(request: HttpRequest, answer: HttpResponse | StreamingHttpResponse) -> StreamingHttpResponse:
    done = PieceByPiece(lambda _request: answer)(request)
    assert isinstance(done, StreamingHttpResponse)
    return done


async def test_only_what_was_asked_for_is_read() -> None:
    file = Counted(b"x" * 1_000_000)
    answer = passed(AsyncRequestFactory().get("/"), FileResponse(file, content_type="application/pdf"))
    assert file.taken == 0
    blocks = aiter(answer)
    size = len(await anext(blocks))
    assert (file.taken, size) == (FileResponse.block_size, FileResponse.block_size)
    async for block in blocks:
        size += len(block)
    assert size == 1_000_000
    answer.close()
    assert file.closed


async def test_blocks_that_are_computed_go_out_one_by_one() -> None:
    made = []

    def blocks() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"%d" % number

    answer = passed(AsyncRequestFactory().get("/"), StreamingHttpResponse(blocks()))
    first = aiter(answer)
    assert (await anext(first), made) == (b"0", [0])
    assert [block async for block in first] == [b"1", b"2"]


def test_everything_else_stays_as_it_is() -> None:
    answer = FileResponse(io.BytesIO(b"abc"), content_type="application/pdf")
    assert b"".join(passed(RequestFactory().get("/"), answer)) == b"abc"  # type: ignore[arg-type]
    plain = HttpResponse("abc")
    assert PieceByPiece(lambda _request: plain)(AsyncRequestFactory().get("/")) is plain


def test_it_stands_outside_of_everything_that_answers() -> None:
    assert settings.MIDDLEWARE[0] == "config.middleware.PieceByPiece"
