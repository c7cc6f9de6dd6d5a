"""What the file system answered, in words for people; the same for reading and for writing."""

from __future__ import annotations

import errno
import re

from rostok.wording import N_, gettext

_WORDS = {
    errno.EACCES: N_("нет прав"),
    errno.EPERM: N_("нет прав"),
    errno.EROFS: N_("диск открыт только для чтения"),
    errno.ENOTDIR: N_("на этом месте файл, а не папка"),
    errno.EEXIST: N_("на этом месте файл, а не папка"),
    errno.EISDIR: N_("на этом месте папка, а не файл"),
    errno.EFBIG: N_("файл больше, чем разрешает система"),
    errno.ENOENT: N_("такого файла нет"),
    errno.ENAMETOOLONG: N_("имя слишком длинное"),
    errno.ELOOP: N_("ссылки ведут по кругу"),
    errno.EIO: N_("диск не читается"),
}


def error_number(error: OSError) -> int | None:
    """The system's number of the refusal; None where there is none."""
    if error.errno is not None:
        return error.errno
    # Arrow gives some refusals of the system as text only.
    found = re.search(r"errno (\d+)", str(error), re.IGNORECASE)
    return int(found.group(1)) if found else None


def in_words(error: OSError) -> str:
    """The refusal as the end of a sentence, without a full stop; a rare one by its number."""
    number = error_number(error)
    if word := _WORDS.get(number or 0):
        return gettext(word)
    return gettext("ошибка системы {number}", number=number) if number else gettext("система отказала")
