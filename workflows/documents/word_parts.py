"""The constant parts of our Word files: styles, fonts, settings, relations. 版式"""

from __future__ import annotations

from typing import Final

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
KINDS: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMESPACES: Final = f'xmlns:w="{W}" xmlns:r="{OFFICE}/relationships"'
NEVER: Final = "2000-01-01T00:00:00Z"

CONTENT_TYPES: Final = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{KINDS}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{KINDS}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{KINDS}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{KINDS}.fontTable+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{KINDS}.header+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{KINDS}.footer+xml"/>'
    f'<Override PartName="/word/footer2.xml" ContentType="{KINDS}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>'
)


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'


RELATIONS: Final = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    + _relation("rId1", f"{OFFICE}/relationships/officeDocument", "word/document.xml")
    + _relation("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")
    + _relation("rId3", f"{OFFICE}/relationships/extended-properties", "docProps/app.xml")
    + "</Relationships>"
)
DOCUMENT_RELATIONS: Final = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    + _relation("rIdStyles", f"{OFFICE}/relationships/styles", "styles.xml")
    + _relation("rIdSettings", f"{OFFICE}/relationships/settings", "settings.xml")
    + _relation("rIdFonts", f"{OFFICE}/relationships/fontTable", "fontTable.xml")
    + _relation("rIdHeader1", f"{OFFICE}/relationships/header", "header1.xml")
    + _relation("rIdFooter1", f"{OFFICE}/relationships/footer", "footer1.xml")
    + _relation("rIdFooter2", f"{OFFICE}/relationships/footer", "footer2.xml")
    + "</Relationships>"
)
SETTINGS: Final = (
    f'{HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:updateFields w:val="true"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)
"""Fields (page numbers of the contents) are brought up to date when the file is opened."""


def _font(name: str, other: str, kind: str) -> str:
    return (
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{kind}"/></w:font>'
    )


FONTS: Final = (
    f"{HEAD}<w:fonts {NAMESPACES}>"
    + _font("宋体", "SimSun", "auto")
    + _font("黑体", "SimHei", "modern")
    + _font("仿宋", "FangSong", "modern")
    + _font("楷体", "KaiTi", "modern")
    + "</w:fonts>"
)


def _paragraph_style(
    code: str, name: str, *, layout: str = "", run: str = "", based: str = "Normal", follows: str = ""
) -> str:
    following = f'<w:next w:val="{follows}"/>' if follows else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{code}"><w:name w:val="{name}"/><w:basedOn w:val="{based}"/>'
        f"{following}<w:qFormat/><w:pPr>{layout}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _type(face: str, half_points: int, *, bold: bool = False) -> str:
    """A run's looks: Chinese face, size in half points."""
    weight = "<w:b/>" if bold else ""
    return (
        f'<w:rFonts w:eastAsia="{face}"/>{weight}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    )


CENTRED: Final = '<w:jc w:val="center"/>'
BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
STYLES: Final = (
    f"{HEAD}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Times New Roman" w:eastAsia="宋体" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    '<w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
    '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
    '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:styleId="Printed"><w:name w:val="Printed"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
    f"<w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr></w:style>"
    + _paragraph_style(
        "Heading1",
        "heading 1",
        layout='<w:keepNext/><w:spacing w:before="120" w:after="240"/><w:jc w:val="center"/><w:outlineLvl w:val="0"/>',
        run=_type("宋体", 36, bold=True),
    )
    + _paragraph_style(
        "Heading2",
        "heading 2",
        layout='<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="1"/>',
        run=_type("黑体", 32),
    )
    + _paragraph_style(
        "Heading3",
        "heading 3",
        layout='<w:keepNext/><w:spacing w:before="160" w:after="80"/><w:outlineLvl w:val="2"/>',
        run=_type("楷体", 28, bold=True),
    )
    + _paragraph_style("Annex", "附件编号", run=_type("黑体", 32))
    + _paragraph_style(
        "CoverTitle",
        "封面标题",
        layout='<w:spacing w:line="720" w:lineRule="atLeast"/><w:jc w:val="center"/>',
        run=_type("宋体", 48, bold=True),
    )
    + _paragraph_style(
        "CoverLine",
        "封面项目",
        layout='<w:spacing w:line="720" w:lineRule="atLeast"/><w:ind w:left="840"/>',
        run=_type("仿宋", 32),
    )
    + _paragraph_style(
        "CoverImprint",
        "封面落款",
        layout='<w:spacing w:line="560" w:lineRule="atLeast"/><w:jc w:val="center"/>',
        run=_type("宋体", 32),
    )
    + _paragraph_style(
        "ContentsTitle",
        "目录标题",
        layout='<w:spacing w:before="240" w:after="360"/><w:jc w:val="center"/>',
        run=_type("黑体", 36),
    )
    + _paragraph_style(
        "TOC1",
        "toc 1",
        layout='<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9298"/></w:tabs>'
        '<w:spacing w:line="480" w:lineRule="atLeast"/>',
        run=_type("仿宋", 28),
    )
    + _paragraph_style(
        "Running",
        "正文",
        layout='<w:spacing w:line="560" w:lineRule="atLeast"/><w:ind w:firstLineChars="200" w:firstLine="600"/>',
        run=_type("仿宋", 30),
    )
    + _paragraph_style("Note", "表注", layout='<w:spacing w:before="80"/>', run=_type("宋体", 21))
    + _paragraph_style("Remark", "补充说明", layout=CENTRED, run=_type("楷体", 21))
    + _paragraph_style(
        "Cell", "表格文字", layout='<w:spacing w:before="40" w:after="40" w:line="320" w:lineRule="atLeast"/>'
    )
    + _paragraph_style(
        "CellSmall",
        "表格小字",
        layout='<w:spacing w:before="20" w:after="20"/>',
        run=_type("宋体", 18),
    )
    + _paragraph_style(
        "Gap", "间隔", layout='<w:spacing w:line="120" w:lineRule="exact"/>', run=_type("宋体", 10)
    )
    + _paragraph_style("Header", "header", layout=CENTRED, run=_type("宋体", 18))
    + _paragraph_style(
        "Mark",
        "草稿标记",
        layout=CENTRED,
        run='<w:rFonts w:eastAsia="黑体"/><w:color w:val="C00000"/><w:sz w:val="28"/>',
    )
    + _paragraph_style("Footer", "footer", layout=CENTRED, run=_type("宋体", 18))
    + _paragraph_style("Foot", "页脚说明", layout=CENTRED, run='<w:color w:val="595959"/><w:sz w:val="14"/>')
    + "</w:styles>"
)


def core_properties(title: str, stamp: str) -> str:
    """The file's title (already escaped) and dates; ``stamp`` is ISO in UTC, '' for a blank form."""
    at = stamp or NEVER
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>历程</dc:creator><cp:lastModifiedBy>历程</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified></cp:coreProperties>'
    )


def app_properties() -> str:
    """What wrote the file."""
    return f'{HEAD}<Properties xmlns="{OFFICE}/extended-properties"><Application>Licheng</Application></Properties>'
