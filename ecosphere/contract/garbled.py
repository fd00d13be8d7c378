"""Text read in the wrong encoding."""

import re

# Where Chinese UTF-8 is read as GBK, the first two bytes of its characters become one of these.
_LEADS = sorted({
    bytes((first, second)).decode("gbk")
    for first in range(0xE4, 0xEA)
    for second in range(0x80, 0xC0)
    if second != 0xFF
})  # fmt: skip

# U+FFFD; the same read once more as GBK; GBK or UTF-8 read as Latin-1; UTF-8 read as GBK.
_CERTAIN = r"\x{FFFD}|锟斤拷|烫烫烫|[\x{C0}-\x{FF}]{4}|[\x{C2}-\x{F4}][\x{80}-\x{BF}]{2}"
SUSPECT = _CERTAIN + "|[" + "".join(_LEADS) + "]"

_CERTAIN_HERE = re.compile(re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: chr(int(m[1], 16)), _CERTAIN))


def garbled(text: str) -> bool:
    """Whether a suspect text is mojibake: read back in the right encoding it is Chinese."""
    if _CERTAIN_HERE.search(text):
        return True
    try:
        back = text.encode("gbk")
    except UnicodeEncodeError:
        return False
    plain = back.rstrip(b"?").decode("utf-8", errors="replace").rstrip("\ufffd")
    return len(plain) > 1 and "\ufffd" not in plain and any("一" <= c <= "鿿" for c in plain)
