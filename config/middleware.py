"""What no room should have to think of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBadRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class PieceByPiece(MiddlewareMixin):
    """Under ASGI a file goes out block by block: by itself Django would first read it whole into memory."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if (
            isinstance(request, ASGIRequest)
            and isinstance(response, StreamingHttpResponse)
            and not response.is_async
        ):
            # What is set here is closed with the answer, and so is the file, which the answer knows already.
            response.streaming_content = _blocks(response.streaming_content)  # type: ignore[assignment]
        return response


async def _blocks(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Each block is read in a thread, when the one before it has been sent."""
    blocks = iter(content)
    following = sync_to_async(next, thread_sensitive=False)
    while (block := await following(blocks, None)) is not None:
        yield block


class RefuseNul:
    """A NUL character in an address or a form is never meant, and PostgreSQL cannot store it: 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path or _in_form(request):
            return HttpResponseBadRequest("NUL", content_type="text/plain")
        return self.get_response(request)


def _in_form(request: HttpRequest) -> bool:
    if request.method != "POST" or request.content_type not in FORMS:
        return False
    return any("\x00" in value for _key, values in request.POST.lists() for value in values)
