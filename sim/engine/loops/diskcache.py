"""Compiled functions kept on disk, and never served after an edit.

A file is named by the hash of the files that its function comes from and of every file of the package that
they import, because numba's own cache does not notice an edit in a function that a cached function calls. It
starts with a checksum, because numba would load a flipped bit as machine code: what is damaged counts as
missing, is compiled anew and replaced.

Functions of one name are told apart in machine code by a number. Numba counts from 1 in every process, and code that
two processes compiled is loaded into a third, where of two inner functions of one name the first one is called for
both. So every process counts from a place of its own.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
import pickle
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numba
from numba.core import sigutils
from numba.core.bytecode import FunctionIdentity
from numba.core.caching import _Cache
from numba.core.ccallback import CFunc
from numba.core.codegen import ll as llvm  # type: ignore[attr-defined]  # the binding that numba itself goes through
from numba.core.compiler import CompileResult
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys  # type: ignore[attr-defined]
from numba.core.serialize import dumps

from sim.engine.loops.checked import found_kept, keep_file
from sim.engine.loops.folder import cache_folder
from sim.engine.loops.sources import mark_of, run_text


def count_from_own_place() -> None:
    """Number the functions that this process compiles as no other process does."""
    FunctionIdentity._unique_ids = itertools.count(int.from_bytes(os.urandom(6), "big") << 16)


count_from_own_place()
os.register_at_fork(after_in_child=count_from_own_place)


def keep(name: str, text: str, space: dict[str, Any], origins: Iterable[Callable[..., Any]], salt: str = "") -> Any:
    """Compile the function ``name`` of a source text, from disk where it stands already.

    Parameters
    ----------
    name, text : str
        The function and the source that defines it.
    space : dict
        Its globals; ``__name__`` must be importable.
    origins : iterable of callable
        Functions whose files, with all they import, decide whether a kept one is still valid.
    salt : str
        Anything else that tells this function from others of the same text.
    """
    run_text(name, text, space)
    return _kept(space[name], f"{name}_{mark_of(text, origins, salt)}")


def kept(function: Callable[..., Any]) -> Any:
    """Compile a function of the package through the cache, as a decorator."""
    return _kept(function, "")


def _kept(function: Callable[..., Any], stem: str) -> Any:
    # No door for C: nobody knocks there, and it costs time to build.
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    made = numba.njit(**options)(function)
    made._cache = _Checked(function, stem)
    return made


class Native(NamedTuple):
    """Native code of one function: where it lies, and whether it came from the disk."""

    address: int
    from_disk: bool


def native_code(stem: str, sig: Any, compiled: Callable[[], CFunc]) -> Native:
    """Native code with an address, from disk where it stands already.

    Parameters
    ----------
    stem : str
        Name of the file: of the function, and the mark of its sources.
    sig : Signature
        Types of its arguments and of what it returns.
    compiled : callable
        Compiles it; asked only where it does not stand.
    """
    file = _file_of(stem, sig)
    content = found_kept(file)
    if content:
        symbol, _, code = content.partition(b"\0")
    else:
        made = compiled()
        _, _, (code, _) = made._library.serialize_using_object_code()  # type: ignore[attr-defined]
        symbol = made.native_name.encode()
        keep_file(file, symbol + b"\0" + code)
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return Native(engine.get_function_address(symbol.decode()), bool(content))


@functools.cache
def _engine() -> llvm.ExecutionEngine:
    """What puts machine code into memory; numba's own would build its type rules and parse each function again."""
    context = cpu_target.target_context  # what loops call of numba's helpers is known from here on
    rtsys.initialize(context)
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)


def as_native(name: str, text: str, space: dict[str, Any], sig: Any) -> CFunc:
    """Compile a function of a source text as native code."""
    run_text(name, text, space)
    made = CFunc(space[name], sigutils.normalize_signature(sig), {}, {"error_model": "numpy", "_nrt": False})
    made.compile()
    return made


def _file_of(stem: str, signature: Any) -> str:
    mark = hashlib.sha256(f"{signature!r} {_target()}".encode()).hexdigest()[:16]
    return f"{stem}_{mark}.code"


@functools.cache
def _target() -> str:
    """What the compiler writes for: the processor, and what it can do."""
    return repr(cpu_target.target_context.codegen().magic_tuple())


class _Checked(_Cache):
    """What numba asks about kept machine code of one function: a file for each signature, with a checksum."""

    def __init__(self, function: Callable[..., Any], stem: str) -> None:
        self._function, self._known = function, stem

    @property
    def _stem(self) -> str:
        """Name of its files; of a function of the package worked out when it is first called, for few of them are."""
        if not self._known:
            self._known = f"{self._function.__name__}_{mark_of(self._function.__qualname__, [self._function])}"
        return self._known

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        content = found_kept(_file_of(self._stem, signature))
        if not content:
            return None
        rtsys.initialize(target_context)  # all that kept code needs; numba's type rules take a quarter of a second
        return CompileResult._rebuild(target_context, *pickle.loads(content))

    def save_overload(self, signature: Any, result: Any) -> None:
        if not result.lifted and not result.library.has_dynamic_globals:
            *state, environments = result._reduce()
            # Those without constants say nothing, and name modules of numba that would be loaded for them.
            full = tuple(one for one in environments if one.consts)
            keep_file(_file_of(self._stem, signature), dumps((*state, full)))

    def enable(self) -> None:
        """Numba asks for it; this cache is always on."""

    disable = flush = enable
