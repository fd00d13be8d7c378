"""Lists of customer ids as people have them, and what is said of files that are none."""

import pytest

from ecosphere.cohorts import read_ids
from ecosphere.cohorts.uploads import MOST_LINES
from ecosphere.model import Problem
from ecosphere.text import Text

READ = {
    "one in each line": (b"c1\nc2\n", ["c1", "c2"]),
    "without an end of line": (b"c1\nc2", ["c1", "c2"]),
    "by another machine": (b"c1\r\nc2\r\n", ["c1", "c2"]),
    "by an old one": (b"c1\rc2\r", ["c1", "c2"]),
    "with a mark of bytes": (b"\xef\xbb\xbfc1\nc2", ["c1", "c2"]),
    "with the contract's header": (b"customer_id\nann\nbob", ["ann", "bob"]),
    "with a header in Chinese": ("\u5ba2\u6237\u53f7\n001\n002".encode(), ["001", "002"]),
    "and in GB18030": ("\u5ba2\u6237\u53f7\n001\n002".encode("gb18030"), ["001", "002"]),
    "with quotes": (b'"c1"\n"c""2"\n', ["c1", 'c"2']),
    "with a comma in quotes": (b'"c,1"\n"c,2"\n', ["c,1", "c,2"]),
    "with spaces of any width": ("  c1\u3000\n\u00a0c2 \n".encode(), ["c1", "c2"]),
    "with empty lines": (b"\n\nc1\n \n\nc2\n\n", ["c1", "c2"]),
    "with empty columns behind": (b"customer_id,,\nc1,,\nc2,,\n", ["c1", "c2"]),
    "twice": (b"c2\nc1\nc2\nc1\n", ["c2", "c1"]),
    "words without a header": (b"ann\nbob", ["ann", "bob"]),
    "one alone": (b"ann", ["ann"]),
    "with a mark within": ("\ufeff\ufeffc1\n".encode(), ["c1"]),
    "zeros before": (b"0012\n0013", ["0012", "0013"]),
}


@pytest.mark.parametrize(("content", "ids"), READ.values(), ids=READ)
def test_ids_are_read_in_order_and_once(content: bytes, ids: list[str]) -> None:
    assert read_ids(content) == ids


REFUSED = {
    "nothing": (b"", "ids_empty"),
    "white space": (b" \r\n\t\n", "ids_empty"),
    "a header alone": (b"customer_id\n", "ids_empty"),
    "two columns": (b"c1,a\nc2,b\n", "ids_columns"),
    "two columns later": (b"c1\nc2,b\n", "ids_columns"),
    "columns by semicolons": (b"c1;a\nc2;b\n", "ids_columns"),
    "columns by tabs": (b"c1\ta\n", "ids_columns"),
    "UTF-16": ("c1\nc2".encode("utf-16"), "ids_encoding"),
    "UTF-16 without a mark": ("c1\nc2".encode("utf-16-le"), "ids_encoding"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "ids_encoding"),
    "a quote without its pair": (b'c1\n"c2\nc3\n', "ids_quotes"),
    "too many": (b"\n" * (MOST_LINES + 1), "ids_too_many"),
}


@pytest.mark.parametrize(("content", "key"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_list_of_ids_is_refused_without_repeating_it(content: bytes, key: str) -> None:
    with pytest.raises(Problem) as refused:
        read_ids(content)
    assert refused.value.key == key
    for language in ("en", "zh"):
        assert "c1" not in Text(language).problem(refused.value)


def test_the_line_of_two_columns_is_named() -> None:
    with pytest.raises(Problem) as refused:
        read_ids(b"customer_id\n\nc1\nc2,7\n")
    assert refused.value.values == {"line": 4, "count": 2}
