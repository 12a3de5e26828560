"""The demonstration's declarations: every form of the Guiyang pack, filled from the base's figures."""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from programmes.schema import Pack

YEARS = ("2020", "2021", "2022")
GROWTH = (Decimal("8.50"), Decimal("11.20"), Decimal("12.60"))


def declaration_of(base: dict[str, Any], texts: dict[str, Any], pack: Pack) -> dict[str, dict[str, Any]]:
    """Form code → raw data for a base of ``guiyang.yaml``, as its unit would type it."""
    written = {
        code: {key: text.format(**base) for key, text in texts[code].items()}
        for code in ("GY_REPORT", "GY_PLAN")
    }
    return written | {
        "GY_OVERALL": _overall(base),
        "GY_KEY_ENT": {"rows": [_firm(base, n) for n in range(1, 6)], "as_of_date": "2025-12-31"},
        "GY_SERVICE_ORG": {
            "rows": [_service(base, n, text) for n, text in enumerate(texts["service"], 1)],
            "as_of_date": "2025-12-31",
        },
        "GY_KEY_PROJECT": {"rows": [_project(base, n, text) for n, text in enumerate(texts["projects"], 1)]},
        "GY_SUPP": _supplement(base),
        "GY_SUPP_EXTRA": {"plan_horizon_years": "3"},
    }


def _series(last: int) -> list[Decimal]:
    """Three years that end at ``last`` with the growth rates above."""
    values = [Decimal(last)]
    for rate in reversed(GROWTH[1:]):
        values.insert(0, (values[0] / (1 + rate / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return values


def _grid(key: str, values: list[Any]) -> dict[str, Any]:
    return {f"{key}_{year}": str(value) for year, value in zip(YEARS, values, strict=True)}


def _counted(key: str, last: int) -> dict[str, Any]:
    """A whole-number series with the growth that follows from it."""
    values = [last - 6, last - 3, last]
    rates = [Decimal("7.50")] + [
        ((Decimal(b) / Decimal(a) - 1) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for a, b in itertools.pairwise(values)
    ]
    return _grid(key, values) | _grid(f"{key}_growth", rates)


def _overall(base: dict[str, Any]) -> dict[str, Any]:
    revenue = int(base["revenue"])
    data = _grid("main_revenue", _series(revenue)) | _grid("main_revenue_growth", list(GROWTH))
    data |= _grid("profit", _series(revenue // 11)) | _grid("profit_growth", list(GROWTH))
    data |= _counted("above_scale_ent", 9 + int(base["key"])) | _counted("employees", int(base["all"]) * 31)
    staff = int(base["all"]) * 8
    data |= _grid("researchers", [staff - 80, staff - 40, staff])
    data |= {f"researchers_{year}_senior": str(staff // 12 + n) for n, year in enumerate(YEARS)}
    data |= _grid("researchers_share", ["2.10", "2.40", "2.75"])
    for n, year in enumerate(YEARS):
        data[f"tech_reserve_{year}"] = (
            f"累计有效发明专利{18 + 9 * n}件，参与制定标准{2 + n}项，建成创新平台{1 + n}个。"
        )
        data[f"innovation_capability_{year}"] = (
            f"研发投入强度{5 + n}.{3 * n + 1}%，开展关键技术攻关{3 + n}项。"
        )
    return data | _grid("fixed_investment", [revenue // 9, revenue // 8, revenue // 7])


def _firm(base: dict[str, Any], n: int) -> dict[str, Any]:
    share = int(base["revenue"]) // (6 + n)
    return {
        "no": str(n),
        "name": f"{base['place']}{'云智数联讯'[n - 1]}科技有限公司",
        "total_assets_wan": str(share * 2),
        "equity_wan": str(share),
        "total_revenue_wan": str(share),
        "total_profit_wan": str(share // 9),
        "net_profit_wan": str(share // 11),
        "main_revenue_mix_pct": f"软件产品{50 + n}，信息技术服务{50 - n}",
        "employees": str(320 - 30 * n),
    }


def _service(base: dict[str, Any], n: int, business: str) -> dict[str, Any]:
    return {
        "no": str(n),
        "name": f"{base['place']}企业服务中心（{business[:4]}）",
        "org_type": "社会化服务机构",
        "employees": str(12 + 4 * n),
        "business_scope": business,
        "qualification": "市级中小企业公共服务示范平台",
        "platform_info": f"在{base['park']}设有服务窗口和线上平台，年服务企业{120 + 30 * n}家次。",
        "planned_projects": "完善线上服务系统，扩大服务覆盖面。",
    }


def _project(base: dict[str, Any], n: int, name: str) -> dict[str, Any]:
    return {
        "no": str(n),
        "project_unit": f"{base['park']}运营管理有限公司",
        "project_name": f"{base['park']}{name}",
        "place": base["place"],
        "content": f"围绕{base['field']}，建设配套设施和系统，改造面积约{n * 3000}平方米。",
        "performance_goal": f"建成后服务企业{60 * n}家以上，带动就业{200 * n}人。",
        "progress": ("已完成立项和选址", "完成初步设计", "正在施工", "开展前期论证")[n - 1],
        "national_fund_status": ("none", "applying", "none", "none")[n - 1],
        "total_investment_wan": str(2600 * n),
        "remark": "",
    }


def _supplement(base: dict[str, Any]) -> dict[str, Any]:
    zone = str(base["place"]).startswith("贵阳")
    return {
        "applicant_org_type": "development_zone" if zone else "district",
        "fields": ["bigdata_service", "cloud"],
        "carrier_kind": base["carrier"],
        "bigdata_ent_count": str(base["firms"]),
        "ent_total": str(base["all"]),
        "key_enterprise_count": str(base["key"]),
        "software_revenue_wan": str(base["software"]),
        "total_revenue_wan": str(base["revenue"]),
        "floor_area_sqm": str(base["area"]),
        "public_services": ["policy", "legal", "accounting", "recruit", "training"],
        "mgmt_mode": "third_party",
        "mgmt_org_name": base.get("manager") or f"{base['park']}运营管理有限公司",
        "mgmt_type": "enterprise",
        "mgmt_independent_legal_person": True,
        "mgmt_reg_place": "贵阳市",
    }


def pdf_of(text: str) -> bytes:
    """A small, valid one-page PDF that carries ``text`` (ASCII)."""
    stream = f"BT /F1 14 Tf 72 760 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
