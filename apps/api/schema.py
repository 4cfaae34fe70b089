"""The schema's parts that come from the rulebooks' vocabulary, and the refusals every operation may answer with."""

from __future__ import annotations

from typing import Any

from apps.api.problems import MEDIA_TYPE, TYPES
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.facts import LARGEST_COUNT, SCHEMA, Field
from apps.jurisdictions.rulebooks.money import CATEGORIES

MOST_APPLICATIONS = 1000
"""Applications in one batch."""

Described = dict[str, Any]

_FACTS = {"$ref": "#/components/schemas/Facts"}
_BUDGET = {"$ref": "#/components/schemas/Budget"}
FACTS_BODY: Described = {"oneOf": [_FACTS, {"type": "array", "items": _FACTS, "maxItems": MOST_APPLICATIONS}]}
BUDGET_BODY: Described = _BUDGET
_DIVISION = "^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}$"
_COUNT: Described = {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}
_TEXT: Described = {"type": "string", "pattern": "\\S"}


def facts_component() -> Described:
    """The facts of one application, from the vocabulary of the rulebooks."""
    return {
        "type": "object",
        "description": "一份申报的事实；没有给出的键即为未知。",
        "properties": {field.key: _fact(field) for field in SCHEMA},
        "additionalProperties": False,
    }


def _fact(field: Field) -> Described:
    return {**_type_of(field), "description": "；".join(text for text in (field.label, field.help) if text)}


def _type_of(field: Field) -> Described:
    codes = [code for code, _ in field.choices]
    match field.kind:
        case "choice":
            return {"type": "string", "enum": codes}
        case "choices":
            return {"type": "array", "items": {"type": "string", "enum": codes}}
        case "boolean":
            return {"type": "boolean"}
        case "count" | "money":
            return dict(_COUNT)
        case "division":
            return {"type": "string", "pattern": _DIVISION}
        case "date":
            return {"type": "string", "format": "date"}
        case "jurisdiction":
            return {"type": "string", "enum": list(registry.jurisdictions())}
        case "records":
            return {"type": "array", "items": _record(field)}


def _record(field: Field) -> Described:
    return {
        "type": "object",
        "properties": {key.key: _fact(key) for key in field.fields},
        "required": [key.key for key in field.fields],
        "additionalProperties": False,
    }


def budget_component() -> Described:
    """A project cycle's budget, in fen."""
    part = {
        "type": "object",
        "properties": {"when": _TEXT, "amount_fen": _COUNT},
        "required": ["when", "amount_fen"],
        "additionalProperties": False,
    }
    line = {
        "type": "object",
        "properties": {
            "category": {"type": "string", "enum": list(CATEGORIES)},
            "item": _TEXT,
            "amount_fen": _COUNT,
            "finance_approval": {"oneOf": [{"type": "boolean"}, {"type": "string"}]},
            "agreed_schedule": {"type": "array", "items": part, "minItems": 1},
        },
        "required": ["category", "item", "amount_fen"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "description": "一个项目周期的预算，金额为整数分。",
        "properties": {
            "cycle": _TEXT,
            "granted_before_fen": _COUNT,
            "lines": {"type": "array", "items": line},
        },
        "required": ["cycle", "granted_before_fen", "lines"],
        "additionalProperties": False,
    }


def problem_component() -> Described:
    """The body of a refusal (RFC 9457)."""
    text: Described = {"type": "string"}
    error = {
        "type": "object",
        "properties": {
            "field": {**text, "description": "哪一项，如 annual_trainees、prior_fraud[0].date、page"},
            "in": {**text, "enum": ["query", "path", "body"]},
            "position": {"type": "integer", "nullable": True, "description": "批量时的位置，从0起"},
            "message": {**text, "description": "应填什么"},
        },
        "required": ["field", "in", "position", "message"],
    }
    return {
        "type": "object",
        "description": "问题详情（RFC 9457）。",
        "properties": {
            "type": {**text, "format": "uri", "description": "问题类型的说明地址"},
            "title": text,
            "status": {"type": "integer"},
            "detail": {**text, "description": "本次为何被拒绝"},
            "instance": {**text, "description": "所请求的路径"},
            "errors": {"type": "array", "items": error},
        },
        "required": ["type", "title", "status", "detail", "instance", "errors"],
    }


def complete(result: Described, generator: Any, request: Any, public: bool) -> Described:
    """Add the vocabulary, the shape of a problem and the refusals of every operation to the generated schema."""
    schemas = result["components"]["schemas"]
    schemas["Facts"] = facts_component()
    schemas["Budget"] = budget_component()
    schemas["Problem"] = problem_component()
    for operations in result["paths"].values():
        for method, operation in operations.items():
            operation["responses"].update(_refusals(method, operation))
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] == "jurisdiction":
                    parameter["schema"] = {"type": "string", "enum": list(registry.jurisdictions())}
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return result


def _refusals(method: str, operation: Described) -> Described:
    codes = ["invalid-input", "not-acceptable", "too-many-requests"]
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    if "path" in places:
        codes.append("not-found")
    if "cases" in operation["tags"]:
        codes += ["not-signed-in", "not-permitted"]
    if method == "post":
        codes += ["not-permitted", "too-large", "unsupported-media-type"]
    return {str(TYPES[code].status): _refusal(code) for code in codes}


def _refusal(code: str) -> Described:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"{TYPES[code].title}。{TYPES[code].detail}", "content": content}
