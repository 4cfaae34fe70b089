"""What reached the insides of other products' PDF engines must be printed as text here, or stop the rendering."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError

from apps.documents.rendering import (
    KINDS,
    Annex,
    ContentInvalid,
    FindingRow,
    Findings,
    Heading1,
    Heading2,
    Imprint,
    NumberedList,
    Paragraph,
    Particulars,
    RenderingRefused,
    Section,
    SignatureLines,
    Table,
    render_document,
    renderer,
)
from apps.documents.rendering.fetcher import AllowListFetcher, OwnImage
from apps.documents.rendering.renderer import render_html_page

from .builders import full, seal_image
from .measures import MM, pages, text

CANARY = "canary-7f3a-of-a-file-outside"

MARKUP = [
    "<img src=file://{path}>",
    '<img src="http://127.0.0.1:9/x.png">',
    "<img src=x onerror=alert(1)>",
    "<link rel=attachment href=file://{path}>",
    "<a rel=attachment href=file://{path}>x</a>",
    "<a href=file://{path}>x</a>",
    "<link rel=stylesheet href=file://{path}>",
    "<style>@import url(file://{path});</style>",
    "</style><style>*{{content:url(file://{path})}}</style>",
    "</title><script>fetch('file://{path}')</script>",
    "<iframe src=file://{path}></iframe>",
    "<object data=file://{path}></object>",
    "<embed src=file://{path}>",
    '<svg><image href="file://{path}"/></svg>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file://{path}"/></svg>',
    '<svg><use href="file://{path}#a"/></svg>',
    "<annotation file=/etc/passwd content=/etc/passwd icon=Graph />",
    '<p style="background:url(file://{path})">x</p>',
    '<base href="file:///">',
    '<meta http-equiv=refresh content="0;url=file://{path}">',
    '<input type=text value="x">',
    "<!-- --><!DOCTYPE x [<!ENTITY e SYSTEM 'file://{path}'>]>",
]
TEMPLATE_SYNTAX = [
    "{{ settings.SECRET_KEY }}",
    "{% include 'base.html' %}",
    "{% load static %}",
    "{% debug %}",
    "{{ content.to_json }}",
    "{# hidden #}",
]


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(CANARY)
    return path


def everywhere(hostile: str):
    """A document that carries the hostile text in every field a person can fill in."""
    row = FindingRow(hostile, hostile, hostile, hostile)
    blocks = [
        Paragraph(hostile),
        Heading1(hostile),
        Heading2(hostile),
        NumberedList([hostile]),
        Table([hostile], [[hostile]], caption=hostile),
        Particulars([(hostile, hostile)], caption=hostile),
        Findings([row], caption=hostile),
        SignatureLines([hostile]),
        Section(hostile, [Paragraph(hostile)]),
    ]
    return full(
        issuer=hostile,
        number=hostile,
        title=hostile,
        addressee=hostile,
        body=blocks,
        legal_basis=[hostile],
        remedies=hostile,
        annexes=[Annex(hostile, [Paragraph(hostile)])],
        signature_organisation=hostile,
        imprint=Imprint([hostile], hostile),
        verification_code=hostile,
        verification_url=hostile,
        watermark=hostile,
        version_hash=hostile,
        level=hostile,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_every_field_of_every_kind_is_printed_as_text(kind, secret_file):
    hostile = f"<img src=file://{secret_file}><link rel=attachment href=file://{secret_file}></style>"
    rendered = render_document(kind, everywhere(hostile))
    assert "<imgsrc=file:///" in text(rendered.pdf)
    assert_nothing_from_outside(rendered.pdf)


@pytest.mark.parametrize("hostile", MARKUP)
def test_markup_typed_by_a_person_is_printed_as_text(hostile, secret_file):
    typed = hostile.format(path=secret_file)
    rendered = render_document("admission", full(title="通知", body=[Paragraph(typed)], remedies=typed))
    assert "".join(typed.split()) in text(rendered.pdf)
    assert_nothing_from_outside(rendered.pdf)


@pytest.mark.parametrize("hostile", TEMPLATE_SYNTAX)
def test_template_syntax_typed_by_a_person_is_printed_as_text(hostile, settings):
    rendered = render_document("admission", full(body=[Paragraph(hostile)]))
    printed = text(rendered.pdf)
    assert "".join(hostile.split()) in printed
    assert settings.SECRET_KEY not in printed


def assert_nothing_from_outside(pdf: bytes) -> None:
    reader = PdfReader(BytesIO(pdf))
    assert CANARY not in text(pdf)
    assert CANARY.encode() not in pdf
    assert reader.attachments == {}
    assert "/AcroForm" not in reader.trailer["/Root"]
    assert [page.get("/Annots") for page in reader.pages] == [None] * len(reader.pages)
    for stream in (page.get_contents().get_data() for page in reader.pages):
        assert CANARY.encode() not in stream


@pytest.mark.parametrize("hostile", [entry for entry in MARKUP if not entry.startswith("<!--")])
def test_page_that_lets_markup_through_is_refused_loudly(hostile, secret_file):
    html = f"<html lang=zh-CN><title>x</title><body>{hostile.format(path=secret_file)}</body></html>"
    with pytest.raises(RenderingRefused) as refusal:
        render_html_page(html, form="document")
    assert refusal.value.refused


def test_refusal_names_what_was_refused(secret_file):
    with pytest.raises(RenderingRefused) as refusal:
        render_html_page(f"<p>x</p><img src='file://{secret_file}'>", form="document")
    assert refusal.value.refused == (f"<img src=file://{secret_file}>",)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1:9/",
        "https://portal.example/x",
        "ftp://127.0.0.1:9/x",
        "data:image/png;base64,iVBORw0KGgo=",
        "document-font:../../etc/passwd",
        "document-image:other",
    ],
)
def test_fetcher_stops_the_rendering_at_any_address_it_does_not_know(url):
    fetcher = AllowListFetcher(images={"seal": OwnImage(b"x", "image/png")})
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(url)
    assert fetcher.refused == [url]


@pytest.mark.parametrize(
    "html",
    [
        "<img src='file://{path}'>",
        "<p style=\"background: url('file://{path}')\">x</p>",
        "<link rel=attachment href='file://{path}'>",
        "<style>@import url('file://{path}');</style>",
        "<object data='file://{path}'></object>",
        "<embed src='file://{path}'>",
        "<svg><image href='file://{path}' width='9' height='9'/></svg>",
        "<base href='file:///'><img src='etc/passwd'>",
    ],
)
def test_fetcher_alone_stops_the_rendering_when_the_markup_check_is_left_out(html, secret_file, monkeypatch):
    monkeypatch.setattr(renderer, "refused_markup", lambda root, own: ())
    with pytest.raises(RenderingRefused) as refusal:
        renderer.render_html_page(html.format(path=secret_file), form="document")
    assert refusal.value.refused in ((f"file://{secret_file}",), ("file:///etc/passwd",))


def test_layout_engine_reads_the_file_without_our_fetcher(secret_file):
    """The control: the same page with the engine's own fetcher does carry the file, so the tests above can fail."""
    page = HTML(string=f"<link rel=attachment href='file://{secret_file}'><p>x</p>")
    attached = PdfReader(BytesIO(page.write_pdf(stylesheets=[CSS(string="p {}")]))).attachments
    assert [content for contents in attached.values() for content in contents] == [CANARY.encode()]


def test_invisible_and_direction_changing_characters_do_not_reach_the_page():
    typed = "金额\u202e00001\u202c元\u200b合\u2066计\ufeff\u00ad完\x00毕\U000e0041"
    rendered = render_document("admission", full(body=[Paragraph(typed)]))
    printed = text(rendered.pdf)
    assert "金额00001元合计完毕" in printed
    assert not set("\u202e\u202c\u200b\u2066\ufeff\u00ad\x00\U000e0041") & set(printed)


def test_very_long_unbroken_text_stays_inside_the_type_area():
    long = "A" * 900
    body = [Paragraph(long), Table(["列甲", "列乙"], [[long, "短"]]), Particulars([("标签", long)])]
    rendered = render_document("admission", full(title="通知", body=body))
    found = pages(rendered.pdf)
    right = max(char["x1"] for page in found for char in page.chars if char["text"] == "A")
    assert right <= (210 - 26) * MM + 0.5
    assert sum(char["text"] == "A" for page in found for char in page.chars) == 2700


@pytest.mark.parametrize(
    "data", [b"", b"not an image", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 60]
)
def test_seal_that_is_no_png_or_jpeg_is_refused(data):
    with pytest.raises(ContentInvalid, match="seal_image"):
        render_document("admission", full(seal_image=data))


def test_seal_of_absurd_size_is_refused():
    out = BytesIO()
    Image.new("1", (4001, 10)).save(out, "PNG")
    with pytest.raises(ContentInvalid, match="4000 pixels"):
        render_document("admission", full(seal_image=out.getvalue()))


def test_seal_is_re_encoded_without_its_metadata():
    info, out = PngInfo(), BytesIO()
    info.add_text("comment", CANARY)
    Image.open(BytesIO(seal_image())).save(out, "PNG", pnginfo=info)
    assert CANARY.encode() in out.getvalue()
    assert CANARY.encode() not in render_document("admission", full(seal_image=out.getvalue())).pdf


def test_verification_address_too_long_for_a_code_is_refused():
    with pytest.raises(ContentInvalid, match="verification_url"):
        render_document("admission", full(verification_url="https://portal.example/" + "a" * 5000))
