"""Where the data goes: to stdout, or to a file that is written as a whole or not at all."""

import errno
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TextIO

from scenario_usage_cli.cli.formats import check_format
from scenario_usage_cli.cli.opening import check_open, make_place, show_page
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.files import replace_file, write_whole
from scenario_usage_cli.render import FORMATS, list_formats, load_renderer
from scenario_usage_cli.settings import Settings

if TYPE_CHECKING:
    from scenario_usage_cli.report.view import View

STDOUT = "-"
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR_FOLDERS = ("/dev/fd", "/proc/self/fd", "/proc/thread-self/fd")
_MOST_LINKS = 40


class TargetOptions(Protocol):
    """Where a view goes, and how many of its rows."""

    @property
    def output(self) -> str | None:
        """That of --output."""
        ...

    @property
    def top(self) -> int | None:
        """That of --top."""
        ...

    @property
    def show(self) -> bool:
        """That of --open."""
        ...


def is_stdout(target: str | None) -> bool:
    """Whether a target is this process's stdout, under any name and through any links."""
    if target in (None, STDOUT):
        return True
    try:
        return _find_descriptor(_follow(target)) == 1
    except (OSError, ValueError):  # as check_output says
        return False


def check_output(target: str | None, *, option: str = "--output") -> None:
    """Raise ConfigurationError early, before anything is fetched, if a file cannot be written."""
    if target is None or is_stdout(target):
        return
    with _explain(target, option):
        if target.endswith("/"):
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        path = _follow(target)
        if (descriptor := _find_descriptor(path)) is not None:
            os.fstat(descriptor)
            return
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder")
        if path.is_file() and _is_read_only(path):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        is_writable = path.exists() and os.access(path, os.W_OK)
        if not is_writable and (_is_special(path) or not _takes_files(path.parent)):
            raise PermissionError(errno.EACCES, "you may not write there")
        with suppress(FileNotFoundError):
            path.lstat()


def prepare_format(
    settings: Settings, command: str, options: TargetOptions, runtime: Runtime
) -> str:
    """The format of a command's output, ready to be written, before anything is fetched.

    Raises BadArgument where a terminal would get bytes, or --open what is not a page,
    and the errors of `check_format` and `load_renderer`.
    """
    chosen, to_stdout = check_format(settings, list_formats(command)), is_stdout(options.output)
    if options.show:
        check_open(chosen, command, options.output, to_stdout=to_stdout)
    elif FORMATS[chosen].is_binary and to_stdout and runtime.stdout.isatty():
        raise BadArgument(
            f"a terminal cannot show the format {chosen}",
            hint=f"name a file: --output {command}{FORMATS[chosen].suffixes[0]}",
        )
    load_renderer(chosen)
    return chosen


def write_output(
    target: str | None,
    runtime: Runtime,
    write: Callable[[Any], None],
    *,
    option: str = "--output",
    private: bool = False,
    is_binary: bool = False,
) -> None:
    """Let `write` fill the target. Raises ConfigurationError if that fails.

    What it writes is text, or bytes if that `is_binary`, and complete before the first byte goes
    out. A regular file is replaced as a whole
    (written beside it, synced, renamed) and stays as it was on failure; if the system only allows
    writing into it, that is done with a warning. Anything else, such as a device or a FIFO, is
    written to directly. With `private`, only its owner may use the file.
    """
    content = io.BytesIO() if is_binary else io.StringIO()
    write(content)
    with open_output(target, runtime, option=option, private=private) as put:
        put(content.getvalue())


def tell_warnings(
    warnings: Sequence[str], view: "View", output_format: str, runtime: Runtime
) -> None:
    """Write warnings to stderr, but for those that people read in the view itself."""
    shown_as = FORMATS.get(output_format)
    told = view.told if shown_as and shown_as.is_for_people else ()
    for warning in warnings:
        if warning not in told:
            runtime.warn(warning)


def write_view(view: "View", shown_as: str, options: TargetOptions, runtime: Runtime) -> None:
    """Write a view in a format, or in another look, to the target of --output.

    With --open, that is a file of its own, if none is named, and is shown. Raises
    ConfigurationError if it cannot be written.
    """
    target = options.output
    if options.show and target is None:
        with _explain("a temporary file", "to"):
            target = make_place(f"{view.document['report']}.html")
    render, found = load_renderer(shown_as), FORMATS.get(shown_as)
    medium = runtime.build_medium(to_stdout=is_stdout(target), top=options.top)
    write_output(
        target,
        runtime,
        lambda out: render(view, out, medium),
        is_binary=found is not None and found.is_binary,
    )
    if options.show and target is not None:
        show_page(target, runtime)


@contextmanager
def open_output(
    target: str | None, runtime: Runtime, *, option: str = "--output", private: bool = False
) -> Iterator[Callable[[str | bytes], None]]:
    """Give a function that writes a piece of text, or bytes, to the target at once.

    A regular file is put in its place at the end of the block; if the block fails, the previous
    file stays. Raises ConfigurationError if the target cannot be written.
    """
    if target is None or is_stdout(target):

        def put(piece: str | bytes) -> None:
            with _explain("stdout", "to"):
                if isinstance(piece, bytes):
                    _find_buffer(runtime.stdout).write(piece)
                else:
                    runtime.stdout.write(piece)
                runtime.stdout.flush()

        yield put
        return

    def tell_in_place(reason: str) -> None:
        runtime.warn(
            f"{option} {target} cannot be replaced as a whole ({reason}); it is written in place"
        )

    with ExitStack() as opened:
        with _explain(target, option):
            file = opened.enter_context(_open_target(target, tell_in_place, private=private))

        def put_bytes(piece: str | bytes) -> None:
            if isinstance(piece, str):
                piece = piece.encode("utf-8", "backslashreplace")
            with _explain(target, option):
                write_whole(file, piece)
                file.flush()

        yield put_bytes
        with _explain(target, option):
            opened.close()


def _find_buffer(stream: TextIO) -> IO[bytes]:
    """What takes bytes below a stream of text; raises OSError if nothing does."""
    if not hasattr(stream, "buffer"):  # replaced, for example by an editor
        raise OSError(errno.ENOTSUP, "it takes text only")
    return stream.buffer


def _open_target(
    target: str, tell_in_place: Callable[[str], None], *, private: bool
) -> AbstractContextManager[IO[bytes]]:
    """Open a device, a FIFO or an open descriptor for writing, or a file for replacing it.

    A file that cannot be replaced as a whole is written over.
    """
    path = _follow(target)
    if (descriptor := _find_descriptor(path)) is not None:
        return os.fdopen(os.dup(descriptor), "wb", buffering=0)
    if _is_special(path):
        return path.open("ab", buffering=0)
    if _takes_files(path.parent) or not path.exists():
        return replace_file(
            path,
            private=private,
            in_place=lambda error: tell_in_place(error.strerror or str(error)),
        )
    # Imported here, as few runs find such a folder.
    from scenario_usage_cli.rewriting import rewrite_file

    return rewrite_file(
        path, private=private, in_place=lambda: tell_in_place("its folder takes no files")
    )


def _follow(target: str) -> Path:
    """The path that a name leads to through links, up to a descriptor of this process.

    The descriptor may not be a file. Raises OSError for links without an end.
    """
    path = Path(target).absolute()
    for _ in range(_MOST_LINKS):
        if _find_descriptor(path) is not None:
            return path
        path = Path(os.path.realpath(path.parent), path.name)
        if _find_descriptor(path) is not None or not path.is_symlink():
            return path
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _find_descriptor(path: Path) -> int | None:
    """The number of the descriptor of this process that a path names, or None."""
    if re.fullmatch("[0-9]{1,9}", path.name):
        folders = {*_DESCRIPTOR_FOLDERS, *map(os.path.realpath, _DESCRIPTOR_FOLDERS)}
        return int(path.name) if str(path.parent) in folders else None
    return _STREAMS.get(str(path))


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _is_read_only(path: Path) -> bool:
    """Whether a file is on a read-only file system, which may be mounted at the file itself."""
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _takes_files(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


@contextmanager
def _explain(target: str, option: str) -> Iterator[None]:
    """Turn a refusal of the system into an error that names the target."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"cannot write {option} {target}: {reason}", hint=_advise(error, target)
        ) from error


def _advise(error: Exception, target: str) -> str:
    """The hint for a refusal of the system."""
    match getattr(error, "errno", None):
        case errno.ENOENT | errno.ENOTDIR:
            with suppress(OSError):  # the current folder may be gone
                folder = Path(os.path.realpath(target)).parent
                if not folder.exists():
                    return f"make the folder {folder} first, or choose another place"
        case errno.EISDIR:
            return f"name a file in it, such as {target.rstrip('/')}/usage.csv"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "choose a place where you may write"
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return "make room, or choose another place"
        case errno.ENAMETOOLONG:
            return "choose a shorter name"
        case errno.ELOOP:
            return "remove the link that leads back to itself, or choose another place"
        case errno.EBADF:
            return "open it first, as in 3>usage.csv, or name a file"
    return "choose another place"
