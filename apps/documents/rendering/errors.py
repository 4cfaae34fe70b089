"""Errors of the official-document renderer."""


class DocumentRenderingError(Exception):
    """Base class: no PDF was made."""


class ContentInvalid(DocumentRenderingError, ValueError):
    """The content does not describe a document; the message names the field and what was expected."""


class RenderingRefused(DocumentRenderingError):
    """The page asked for a resource or an element outside the allow-list; ``refused`` lists what it was."""

    def __init__(self, refused: tuple[str, ...]) -> None:
        self.refused = refused
        super().__init__("文书渲染被拒绝，页面引用了不允许的内容：" + "；".join(refused))
