"""What a client sent under its own id, made comparable: the same again must be the same."""

import json
from hashlib import sha256
from typing import Any


def request_hash(content: dict[str, Any]) -> str:
    """Of ids, texts and lists of them; whatever is absent counts as nothing."""
    told = {name: value for name, value in content.items() if value not in (None, "", [], ())}
    text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
