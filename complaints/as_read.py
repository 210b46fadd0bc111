"""What somebody has read, in one number: whoever decides about words states it, so that nobody decides about what was
written since. Pure.
"""

import hashlib
import json


def digest(said: object) -> str:
    """The same for the same words (SHA-256, hex). `said` is what JSON can say, in an order of its own."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
