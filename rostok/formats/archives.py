"""ZIP archives → members in memory. Nothing is unpacked to disk, so a member's path can do no harm."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from rostok.formats.discover import is_service_name
from rostok.formats.sniffing import FileRefused
from rostok.wording import integer

MAX_UNPACKED = 1 << 30  # bytes of all members together
MAX_MEMBERS = 20_000
MAX_DEPTH = 2  # an archive in an archive is met (a mail of archives by school), a third level is not


def members(data: bytes, name: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """Shown name and bytes of each file of an archive, in the order of names.

    Raises FileRefused: damaged, under a password, too large when unpacked, nested too deep.
    """
    if depth > MAX_DEPTH:
        raise FileRefused("archive-too-large", name, size=_levels(depth), limit=_levels(MAX_DEPTH))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _members(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise FileRefused("archive-damaged", name) from error


def _members(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, bytes]]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if any(info.flag_bits & 0x1 for info in infos):
        raise FileRefused("archive-protected", name)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_UNPACKED or len(infos) > MAX_MEMBERS:
        raise FileRefused("archive-too-large", name, size=_size(unpacked), limit=_size(MAX_UNPACKED))
    named = sorted(((member_name(info), info) for info in infos), key=lambda pair: pair[0])
    for shown, info in named:
        if not any(is_service_name(part) for part in shown.split("/") if part not in {".", ".."}):
            # zipfile reads no more than the declared size and checks the sum, so a lying size is damage.
            yield f"{name}!{shown}", archive.read(info)


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a member; archives made in Russian Windows have it in CP866 without saying so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("cp866")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    return name.replace("\\", "/").lstrip("/")


def _size(number: int) -> str:
    return f"{integer(number / (1 << 20))} МБ"


def _levels(number: int) -> str:
    return f"{number} × ZIP"
