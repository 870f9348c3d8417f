"""Damage to files: what a bad disk, a broken network and an attacker do to them, as hypothesis strategies."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import strategies as st

Damage = Callable[[bytes], bytes]

_EXTREMES = [
    b"\xff" * 8,
    b"\0" * 8,
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\xff\x7f",
    b"\0\x80",
]
_WORDS = [
    b"-1",
    b"0",
    b"1e308",
    b"-1e308",
    b"99999999999999999999",
    b"2147483648",
    b"4294967295",
    b"nan",
    b"inf",
    b"",
    b"x",
]
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_SHARE = st.integers(0, 9_999)


def _at(content: bytes, share: int) -> int:
    return share * len(content) // 10_000


def _truncate(share: int) -> Damage:
    return lambda content: content[: _at(content, share)]


def _flip(share: int, bit: int) -> Damage:
    def damage(content: bytes) -> bytes:
        if not content:
            return content
        at = _at(content, share)
        return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]

    return damage


def _overwrite(share: int, patch: bytes) -> Damage:
    return lambda content: content[: _at(content, share)] + patch + content[_at(content, share) + len(patch) :]


def _insert(share: int, patch: bytes) -> Damage:
    return lambda content: content[: _at(content, share)] + patch + content[_at(content, share) :]


def _repeat(share: int, length: int) -> Damage:
    return lambda content: content[: _at(content, share) + length] + content[_at(content, share) :]


def _remove(share: int, length: int) -> Damage:
    return lambda content: content[: _at(content, share)] + content[_at(content, share) + length :]


def _replace_number(share: int, word: bytes) -> Damage:
    def damage(content: bytes) -> bytes:
        found = _NUMBER.search(content, _at(content, share)) or _NUMBER.search(content)
        return content if found is None else content[: found.start()] + word + content[found.end() :]

    return damage


def _in_head(content_share: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    """Half of all damage goes into the first twentieth: there lie the headers."""
    return st.one_of(content_share, st.integers(0, 499))


_WHERE = _in_head(_SHARE)
_ONE = st.one_of(
    st.builds(_flip, _WHERE, st.integers(0, 7)),
    st.builds(_overwrite, _WHERE, st.one_of(st.sampled_from(_EXTREMES), st.binary(min_size=1, max_size=4))),
    st.builds(_insert, _WHERE, st.one_of(st.sampled_from(_EXTREMES), st.binary(min_size=1, max_size=9))),
    st.builds(_repeat, _WHERE, st.integers(1, 300)),
    st.builds(_remove, _WHERE, st.integers(1, 300)),
    st.builds(_replace_number, _WHERE, st.sampled_from(_WORDS)),
    st.builds(_truncate, _SHARE),
)


def damages() -> st.SearchStrategy[list[Damage]]:
    """One to three pieces of damage."""
    return st.lists(_ONE, min_size=1, max_size=3)


def damaged(content: bytes, pieces: list[Damage]) -> bytes:
    """Return the content after all damage."""
    for damage in pieces:
        content = damage(content)
    return content
