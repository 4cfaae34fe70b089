"""Official documents as PDF: ``render_document(kind, content)``."""

from .blocks import (
    FindingRow,
    Findings,
    Heading1,
    Heading2,
    NumberedList,
    Paragraph,
    Particulars,
    Section,
    SignatureLines,
    Table,
)
from .content import Annex, DocumentContent, Imprint
from .errors import ContentInvalid, DocumentRenderingError, RenderingRefused
from .kinds import KINDS, Kind
from .renderer import RenderedPdf, render_document

__all__ = [
    "KINDS",
    "Annex",
    "ContentInvalid",
    "DocumentContent",
    "DocumentRenderingError",
    "FindingRow",
    "Findings",
    "Heading1",
    "Heading2",
    "Imprint",
    "Kind",
    "NumberedList",
    "Paragraph",
    "Particulars",
    "RenderedPdf",
    "RenderingRefused",
    "Section",
    "SignatureLines",
    "Table",
    "render_document",
]
