"""Contents of official documents for the tests; every name is invented."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from apps.documents.rendering import DocumentContent, Imprint, Paragraph

ISSUER = "示例市人力资源和社会保障局"
SENTENCE = (
    "经审查，你单位提交的专业技术人员继续教育基地申报材料齐全，符合规定形式。请登录平台查看办理进度，"
    "并在评审期间保持联系畅通，按要求配合考察。"
)


def seal_image(size: int = 400) -> bytes:
    """A red ring on a transparent ground, as PNG."""
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((6, 6, size - 6, size - 6), outline=(220, 0, 0, 255), width=size // 40)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def bare(**changes: Any) -> DocumentContent:
    """A document with nothing but a title, a body of one sentence and a date."""
    values: dict[str, Any] = {"title": "关于公布名单的通知", "date": date(2026, 3, 2), "body": [Paragraph(SENTENCE)]}
    return DocumentContent(**{**values, **changes})


def full(**changes: Any) -> DocumentContent:
    """A document that has every part."""
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "示人社专基〔2026〕3号",
        "title": "关于受理专业技术人员继续教育基地申报的通知",
        "addressee": "示例职业培训学院",
        "legal_basis": ["《示例市专业技术人员继续教育基地管理办法》第八条第（五）项"],
        "signature_organisation": ISSUER,
        "imprint": Imprint(["示例市财政局", "示例市教育局"], f"{ISSUER}办公室", date(2026, 3, 3)),
        "verification_code": "K7QM-2X9D-4HTR",
        "verification_url": "https://portal.example/verify/K7QM-2X9D-4HTR",
    }
    return bare(**{**values, **changes})
