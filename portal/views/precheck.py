"""预审问卷: may we declare at all? Asked before an account or a draft exists; nothing is kept on the server."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from portal.limits import allowed, per_hour
from portal.precheck import HERE, KIND, OTHER, REGION, regions_of, sheet, unanswered_sheet
from portal.programmes import Guide, guide_at
from programmes.models import Round
from programmes.nominations import nomination_of, nomination_told, only_nominated
from programmes.schema import Pack
from workflows.carried import carry


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def precheck(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The questionnaire as of what was sent; 422 where an answer could not be understood, 429 for an address that asks

    too often. Five queries, one more where the round goes by an earlier edition.
    """
    guide = guide_at(public_id)
    if guide is None:
        raise Http404
    round_ = _round(guide, request.POST.get("round") or request.GET.get("round") or "")
    pack = round_.edition.pack if round_ is not None else guide.pack
    sent = request.method == "POST"
    if sent and not allowed(request, "precheck"):
        return _too_often(request, guide, round_, pack)
    data = request.POST if sent else _register(request, guide)
    shown = sheet(guide.programme, pack, round_, data, data.getlist, sent=sent)
    by_itself = not only_nominated(pack)
    if (
        by_itself
        and sent
        and request.POST.get("go") == "start"
        and shown.asked
        and not (shown.faults or shown.barred)
    ):
        return _start(request, guide, round_, shown.carry)
    context = {"guide": guide, "sheet": shown, "round": round_, "sent": sent} | _nomination(pack)
    faulty = sent and bool(shown.faults)
    return render(request, "portal/precheck.html", context, status=422 if faulty else 200)


def _nomination(pack: Pack) -> dict[str, str | bool]:
    """That others nominate, where they do, with the clause."""
    spec = nomination_of(pack)
    if spec is None:
        return {}
    return {
        "nomination": nomination_told(spec),
        "nomination_clause": spec.clause,
        "only_nominated": spec.only,
    }


def _too_often(request: HttpRequest, guide: Guide, round_: Round | None, pack: Pack) -> HttpResponse:
    reason = _("同一网络地址每小时最多核对%(n)d次，请稍后再点“重新核对”；所填答案已保留在下方。") % {
        "n": per_hour("precheck")
    }
    if request.headers.get("HX-Request"):  # shown beside the page, which stays as it is
        return HttpResponse(reason, "text/plain; charset=utf-8", HTTPStatus.TOO_MANY_REQUESTS)
    shown = unanswered_sheet(guide.programme, pack, request.POST, request.POST.getlist, refused=reason)
    context = {"guide": guide, "sheet": shown, "round": round_, "sent": True} | _nomination(pack)
    return render(request, "portal/precheck.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)


def _round(guide: Guide, wanted: str) -> Round | None:
    """The round asked about: the one named, else the one open now, else the next."""
    calls = [*guide.open, *guide.coming]
    named = [call.round for call in calls if str(call.round.public_id) == wanted]
    found = next(iter([*named, *(call.round for call in calls)]), None)
    if found is not None and found.edition_id == guide.edition.pk:
        found.edition = guide.edition  # known already: not asked again
    return found


def _start(
    request: HttpRequest, guide: Guide, round_: Round | None, answers: dict[str, object]
) -> HttpResponse:
    """On to the draft, the answers with the browser; whoever is not signed in is asked to first."""
    wanted = {"round": str(round_.public_id)} if round_ is not None else {}
    page = f"{reverse('cases:start')}?{urlencode(wanted)}"
    answer: HttpResponse = HttpResponseRedirect(page)
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204, headers={"HX-Redirect": page})
    carry(request, answer, guide.programme, answers)
    return answer


def _register(request: HttpRequest, guide: Guide) -> QueryDict:
    """Of somebody signed in, what the directory of units already says."""
    data = QueryDict(mutable=True)
    actor = getattr(request, "actor", None)
    if isinstance(actor, Actor) and actor.organisation is not None:
        unit = actor.organisation
        data[KIND] = unit.kind
        known = dict(regions_of(guide.programme.authority))
        inside = unit.is_within(guide.programme.authority)
        data[REGION] = unit.region_code if unit.region_code in known else HERE if inside else OTHER
    return data
