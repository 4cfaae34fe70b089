"""Read JSON strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
from typing import Any

from .errors import InputError, printable


def load(content: bytes, name: str) -> Any:
    """Return the value that UTF-8 JSON holds; `name` is what an error calls it.

    NaN and infinities pass as floats, which no field takes: so the field that holds one is named. Raises InputError
    for anything that is not JSON, for a key given twice in one object, and for nesting or numbers beyond what the
    reader takes.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_distinct_pairs)
    except UnicodeDecodeError:
        raise InputError(name, "应为UTF-8编码的JSON") from None
    except json.JSONDecodeError as error:
        raise InputError(name, f"应为JSON，第{error.lineno}行第{error.colno}列有误") from None
    except RecursionError:
        raise InputError(name, "应为JSON，嵌套过深") from None
    except InputError:
        raise
    except ValueError:
        raise InputError(name, "应为JSON，数字过长") from None


def _distinct_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    distinct = dict(pairs)
    if len(distinct) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise InputError(printable(repeated), "同一对象中重复出现，应只写一次")
    return distinct
